# SPDX-License-Identifier: BSD-3-Clause
"""What the parser makes of a header: definitions of the model, and macros nobody has read yet."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Union

from uapigen.model import (Branch, Choice, Enum, EnumEntry, Field, Function, Piece, Pos, Struct,
                           Typedef)


@dataclass(slots=True)
class Define:
    """A #define, before anybody knows what it means."""

    name: str
    params: Optional[list[str]]
    text: str
    doc: str
    pos: Pos
    behind: str = ""  # the part of doc that stands behind it


Node = Union[Define, Struct, Enum, Typedef, Function, Piece, Choice, Field, EnumEntry]


@dataclass(slots=True)
class Parsed:
    """A header as a tree."""

    path: str
    text: str
    nodes: list[Node]
    branches: dict[int, Branch] = field(default_factory=dict)  # by line of the directive
    opening: list[str] = field(default_factory=list)  # comments before everything else
