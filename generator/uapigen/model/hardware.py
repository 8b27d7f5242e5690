# SPDX-License-Identifier: BSD-3-Clause
"""Words and registers of the device."""
from __future__ import annotations

from dataclasses import dataclass, field

from uapigen.model.expr import Pos
from uapigen.model.values import Constant


@dataclass(slots=True, eq=False)
class BitField:
    """A bit range of a word or register."""

    name: str
    hi: int
    lo: int
    doc: str
    pos: Pos
    unit: str = ""
    values: dict[str, Constant] = field(default_factory=dict)
    group: bool = False  # a mask over fields that have names of their own
    context: str = ""  # what decides between several names of one value

    @property
    def mask(self) -> int:
        """The in-place mask."""
        return ((1 << (self.hi - self.lo + 1)) - 1) << self.lo


@dataclass(slots=True, eq=False)
class Word:
    """Bit layout of a word in memory."""

    name: str
    width: int
    order: str  # le | be | host
    fields: list[BitField]
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Register:
    """A register of the chip, or an array of them with up to two dimensions."""

    name: str
    offset: int
    access: str  # ro | rw | wo | w1c | sc
    doc: str
    pos: Pos
    fields: list[BitField]
    count: int = 1
    stride: int = 0
    inner_count: int = 1
    inner_stride: int = 0
    reset: int = 0
