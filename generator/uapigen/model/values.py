# SPDX-License-Identifier: BSD-3-Clause
"""Constants, flags and enums."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

from uapigen.model.content import Content
from uapigen.model.expr import Pos


@dataclass(slots=True, eq=False)
class Constant:
    """A #define with an integer (or string) value as spelled."""

    name: str
    text: str
    value: Union[int, str]
    doc: str
    pos: Pos
    external: str = ""  # header that already defines it: not emitted
    header: str = ""


@dataclass(slots=True, eq=False)
class FlagEntry:
    """A single-bit constant of a group."""

    name: str  # short: DMA_RTAIL
    c_name: str  # HFI1_CAP_DMA_RTAIL
    bit: int
    doc: str
    pos: Pos
    bit_name: str = ""  # _HFI1_EVENT_FROZEN_BIT, when published
    since: str = ""
    quirk: str = ""


@dataclass(slots=True, eq=False)
class Flags:
    """Single-bit constants; `spelling` is shift, hex, bitname or pattern."""

    name: str
    entries: list[FlagEntry]
    spelling: str
    suffix: str  # UL, ULL, U or nothing, after the 1 of `1UL << n`
    doc: str
    pos: Pos
    max_bit: str = ""  # name of the "highest bit" macro, when published
    header: str = ""
    digits: int = 0  # least digits of hex
    pattern: str = ""  # of the value, with {} for the bit number


@dataclass(slots=True, eq=False)
class EnumEntry:
    """An enumerator."""

    name: str
    value: int
    doc: str
    pos: Pos
    explicit: bool  # `= value` is spelled in the header
    text: str = ""  # how, where it is not just the number


@dataclass(slots=True, eq=False)
class Enum:
    """An enum; entries are in the order of the header.

    `body` is set where more than entries stands between the braces; `entries`
    then holds those that programs for x86-64 see.
    """

    name: str
    entries: list[EnumEntry]
    doc: str
    pos: Pos
    header: str = ""
    tag: bool = True  # whether the name is its tag, or for the spec alone
    body: list[Content] = field(default_factory=list)
    attributes: str = ""  # behind the closing brace
    declarators: str = ""  # names that are defined with it; a typedef's
    typedef: bool = False
