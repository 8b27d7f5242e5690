# SPDX-License-Identifier: BSD-3-Clause
"""What a header holds besides definitions, and the order of both."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from uapigen.model.expr import Pos

if TYPE_CHECKING:
    from uapigen.model.records import Field
    from uapigen.model.values import EnumEntry


@dataclass(slots=True, eq=False)
class Piece:
    """Something without a name that stands between definitions.

    kind: include (text is what stands behind #include), comment, directive
    (text without the #), linkage (open or close of extern "C"), verbatim (C
    that the language cannot say, with the reason).
    """

    kind: str
    text: str
    pos: Pos
    why: str = ""


@dataclass(slots=True, eq=False)
class Branch:
    """One branch of a conditional; `directive` is `ifdef X`, `elif ...`, `else`.

    `active`: programs for x86-64 see this branch.
    """

    directive: str
    body: list["Content"]
    active: bool


@dataclass(slots=True, eq=False)
class Choice:
    """A conditional around definitions, members or enumerators."""

    branches: list[Branch]
    pos: Pos


@dataclass(frozen=True, slots=True)
class Ref:
    """A definition, by what it is and its key in the table of its kind.

    kind: constant, macro, flags, enum, struct, typedef, function, ioctl,
    commands.
    """

    kind: str
    key: str


Content = Union[Ref, Piece, Choice, "Field", "EnumEntry"]


def actual_name(key: str) -> str:
    """Return the C name behind a key: `NAME@2` is the second NAME of a header."""
    return key.partition("@")[0]
