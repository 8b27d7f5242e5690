# SPDX-License-Identifier: BSD-3-Clause
"""Types, records and where their members lie."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from uapigen.model.content import Content
from uapigen.model.expr import Pos
from uapigen.model.values import Enum


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A field's type.

    `base` is a scalar name (u32, le16, be64, aligned_u64, char, int, uint,
    long, ulong ...) or the tag for kind struct/union/enum, or the name of a
    typedef for kind named.  `dims` holds array bounds, outermost first; None
    is a flexible array.  `dim_texts` keeps their spelling.  `target` is what a
    pointer other than `void *` is in C, its stars included.
    """

    kind: str  # scalar | struct | union | enum | pointer | named
    base: str
    dims: tuple[Optional[int], ...] = ()
    dim_texts: tuple[str, ...] = ()
    target: str = ""


@dataclass(slots=True, eq=False)
class Field:
    """A member.  A nested struct/union has `inner`; anonymous: empty name."""

    name: str
    type: Optional[TypeRef]
    doc: str
    pos: Pos
    inner: Optional["Struct"] = None
    reserved: str = ""  # "" | ignored | zero : what the kernel does with it
    bits: str = ""  # name of a word that describes its bit ranges
    since: str = ""
    quirk: str = ""
    width: str = ""  # of a bit-field, as spelled
    attributes: str = ""  # behind the declarator
    declare: str = ""  # the declaration, where type and name do not tell it
    macro: str = ""  # that makes the member, with its operands
    inner_enum: Optional["Enum"] = None  # an enum written in place
    count: str = ""  # of a flexible array: the field that tells how many elements there are


@dataclass(slots=True, eq=False)
class Struct:
    """A struct or union with the sizes that are asserted.

    `body` is set where more than members stands between the braces; `fields`
    then holds those that programs for x86-64 see.
    """

    name: str
    kind: str  # struct | union
    fields: list[Field]
    doc: str
    pos: Pos
    packed: bool = False
    align: int = 0
    sizes: dict[int, int] = field(default_factory=dict)  # word bits -> bytes
    header: str = ""
    since: str = ""
    quirk: str = ""
    tag: bool = True  # whether the name is its tag, or for the spec alone
    body: list[Content] = field(default_factory=list)
    leading: str = ""  # attributes before the tag
    attributes: str = ""  # behind the closing brace, where packed and align do not tell
    declarators: str = ""  # names that are defined with it; a typedef's
    typedef: bool = False
    opaque: bool = False  # the compiler alone knows the layout
    aligns: dict[int, int] = field(default_factory=dict)  # of an opaque one


@dataclass(slots=True, eq=False)
class Typedef:
    """A name for a type.  `declare` is the declaration of an unusual one."""

    name: str
    type: Optional[TypeRef]
    doc: str
    pos: Pos
    header: str = ""
    attributes: str = ""
    declare: str = ""


@dataclass(slots=True, eq=False)
class ExternalType:
    """A type that another header defines; sizes by word bits, where known."""

    name: str
    sizes: dict[int, int]
    aligns: dict[int, int]
    pos: Pos


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the layout engine put a member (see layout.py)."""

    name: str  # dotted path from the outermost struct
    offset: int
    size: int
    align: int
    field: Field


@dataclass(frozen=True, slots=True)
class Hole:
    """Bytes of a record that belong to no member."""

    offset: int
    size: int
    tail: bool


@dataclass(slots=True, eq=False)
class Layout:
    """A record for one data model (64 or 32)."""

    size: int
    align: int
    slots: list[Slot]
    holes: list[Hole]
