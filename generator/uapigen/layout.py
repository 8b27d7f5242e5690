# SPDX-License-Identifier: BSD-3-Clause
"""Where the C compiler puts the members of a record.

One engine for the two data models of x86: LP64 (`bits` 64) and i386's ILP32
(`bits` 32).  tests/test_layout.py holds it against gcc and clang.
"""
from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Iterator
from weakref import WeakKeyDictionary

from uapigen.model import ExternalType, Field, Hole, Layout, Slot, Spec, Struct, TypeRef

MODELS = (64, 32)

# name -> (size, alignment inside a record), per data model where they differ.
# i386 aligns 8-byte scalars to 4 inside a record unless the type says
# otherwise, which is what aligned_u64 is for.
_FIXED = {
    "char": 1,
    "schar": 1,
    "float": 4,
    "uchar": 1,
    "u8": 1,
    "s8": 1,
    "short": 2,
    "ushort": 2,
    "u16": 2,
    "s16": 2,
    "le16": 2,
    "be16": 2,
    "int": 4,
    "uint": 4,
    "u32": 4,
    "s32": 4,
    "le32": 4,
    "be32": 4,
}
_WIDE = ("u64", "s64", "le64", "be64", "longlong", "ulonglong", "double")
_WORD = ("long", "ulong", "ptr")
_ALIGNED = ("aligned_u64", "aligned_le64", "aligned_be64")


@dataclass(frozen=True, slots=True)
class Extent:
    """Size and alignment of a type.

    `pinned`: the alignment is part of the type, so `packed` around it still
    allows the record to be that much aligned.
    """

    size: int
    align: int
    pinned: bool = False


class LayoutError(Exception):
    """A type the layout of which cannot be told."""


def scalar_extent(base: str, bits: int) -> Extent:
    """Return size and alignment of the scalar type `base`."""
    if base in _FIXED:
        return Extent(_FIXED[base], _FIXED[base])
    if base in _WIDE:
        return Extent(8, 8 if bits == 64 else 4)
    if base in _WORD:
        return Extent(bits // 8, bits // 8)
    if base in _ALIGNED:
        return Extent(8, 8, pinned=True)
    raise LayoutError(f"no scalar type is called {base}")


def type_extent(spec: Spec, ref: TypeRef, bits: int) -> Extent:
    """Return size and alignment of a type reference, array bounds included."""
    if -1 in ref.dims:
        raise LayoutError(f"the compiler alone knows the bounds of {ref.base}")
    external = "" if ref.kind in ("scalar", "pointer") else \
        ref.base if ref.kind == "named" else f"{ref.kind} {ref.base}"
    if external in spec.external_types:
        one = _external(spec.external_types[external], bits)
    elif ref.kind == "named":
        return _named(spec, ref, bits)
    elif ref.kind in ("struct", "union"):
        if ref.base not in spec.structs:
            raise LayoutError(f"{ref.kind} {ref.base} is defined inside another record")
        inner = compute(spec, spec.structs[ref.base], bits)
        one = Extent(inner.size, inner.align)
    elif ref.kind == "enum":
        one = Extent(4, 4)
    elif ref.kind == "pointer":
        one = scalar_extent("ptr", bits)
    else:
        one = scalar_extent(ref.base, bits)
    count = prod(0 if d is None else d for d in ref.dims)
    return Extent(one.size * count, one.align, one.pinned)


def _external(item: ExternalType, bits: int) -> Extent:
    """Return size and alignment of a type of another header."""
    if bits not in item.sizes or bits not in item.aligns:
        raise LayoutError(f"nobody has said how big {item.name} is")
    return Extent(item.sizes[bits], item.aligns[bits])


def _named(spec: Spec, ref: TypeRef, bits: int) -> Extent:
    """Return size and alignment of a typedef of the spec."""
    found = spec.typedefs.get(ref.base)
    if found is not None and found.type is not None and not found.attributes:
        inner = type_extent(spec, found.type, bits)
        count = prod(0 if d is None else d for d in ref.dims)
        return Extent(inner.size * count, inner.align, inner.pinned)
    struct = spec.structs.get(ref.base)
    if struct is not None and not struct.tag and struct.declarators == ref.base:
        whole = compute(spec, struct, bits)
        return Extent(whole.size * prod(0 if d is None else d for d in ref.dims), whole.align)
    if ref.base in ("bool", "_Bool"):
        return Extent(prod(0 if d is None else d for d in ref.dims), 1)
    if ref.base == "size_t":
        return type_extent(spec, TypeRef("scalar", "ulong", ref.dims), bits)
    raise LayoutError(f"the compiler alone knows what {ref.base} is")


def element_extent(spec: Spec, ref: TypeRef, bits: int) -> Extent:
    """Return size and alignment of one array element of `ref`."""
    return type_extent(spec, TypeRef(ref.kind, ref.base), bits)


def _field_extent(spec: Spec, fld: Field, bits: int) -> tuple[Extent, list[Slot], list[Hole]]:
    """Return a member's extent and, relative to it, what is inside."""
    if fld.width or fld.attributes or fld.declare or fld.macro or fld.inner_enum is not None:
        raise LayoutError(f"the compiler alone knows where {fld.name or 'a member'} lies")
    if fld.inner is not None:
        if fld.inner.attributes or fld.inner.leading or (fld.type and -1 in fld.type.dims):
            raise LayoutError(f"the compiler alone knows the layout of {fld.name}")
        inner = compute(spec, fld.inner, bits)
        count = prod(0 if d is None else d for d in fld.type.dims) if fld.type else 1
        return Extent(inner.size * count, inner.align), inner.slots, inner.holes
    assert fld.type is not None
    extent = type_extent(spec, fld.type, bits)
    if fld.type.kind in ("struct", "union") and not fld.type.dims \
            and fld.type.base in spec.structs:
        return extent, compute(spec, spec.structs[fld.type.base], bits).slots, []
    return extent, [], []


def _place(fld: Field, offset: int, extent: Extent, inside: list[Slot]) -> Iterator[Slot]:
    """Yield the slot of a member and those of the members inside it."""
    prefix = f"{fld.name}." if fld.name else ""
    if fld.name:
        yield Slot(fld.name, offset, extent.size, extent.align, fld)
    if fld.type is not None and fld.type.dims:
        return
    for slot in inside:
        yield Slot(prefix + slot.name, offset + slot.offset, slot.size, slot.align, slot.field)


def _round_up(value: int, align: int) -> int:
    return -(-value // align) * align


def _opaque(struct: Struct, bits: int) -> Layout:
    """Return what the spec says about a record whose members it cannot place."""
    if bits not in struct.sizes:
        raise LayoutError(f"nobody has said how big {struct.name} is")
    return Layout(struct.sizes[bits], struct.aligns.get(bits, 1), [], [])


_settled: WeakKeyDictionary[Spec, dict[tuple[Struct, int], Layout]] = WeakKeyDictionary()


def settle(spec: Spec) -> None:
    """Let each layout be computed once, of a spec that will not change any more."""
    _settled[spec] = {}


def compute(spec: Spec, struct: Struct, bits: int) -> Layout:
    """Lay out `struct` for a data model.

    Slots are in order of appearance, a named nested record before its
    members.  Holes are those of the record itself and of records written in
    place; a referenced record answers for its own.
    """
    known = _settled.get(spec)
    if known is None:
        return _lay_out(spec, struct, bits)
    found = known.get((struct, bits))
    if found is None:
        found = known[struct, bits] = _lay_out(spec, struct, bits)
    return found


def _lay_out(spec: Spec, struct: Struct, bits: int) -> Layout:
    if struct.opaque:
        return _opaque(struct, bits)
    if struct.attributes or struct.leading:
        raise LayoutError(f"the compiler alone knows the layout of {struct.name}")
    slots: list[Slot] = []
    holes: list[Hole] = []
    end = cursor = 0
    align = 1
    for fld in struct.fields:
        extent, inside, gaps = _field_extent(spec, fld, bits)
        own_align = extent.align if extent.pinned or not struct.packed else 1
        offset = 0 if struct.kind == "union" else _round_up(cursor, own_align)
        if offset > cursor:
            holes.append(Hole(cursor, offset - cursor, tail=False))
        placed = Extent(extent.size, own_align)
        slots.extend(_place(fld, offset, placed, inside))
        holes.extend(Hole(offset + h.offset, h.size, h.tail) for h in gaps)
        cursor = 0 if struct.kind == "union" else offset + extent.size
        end = max(end, offset + extent.size)
        align = max(align, own_align)
    align = max(align, struct.align)
    size = _round_up(end, align)
    if size > end:
        holes.append(Hole(end, size - end, tail=True))
    return Layout(size, align, slots, holes)


def is_aggregate(slot: Slot) -> bool:
    """Tell whether the slot is a record whose members have slots too."""
    ref = slot.field.type
    if ref is not None and ref.dims:
        return False
    return slot.field.inner is not None or (ref is not None and ref.kind in ("struct", "union"))


def leaves(layout: Layout) -> list[Slot]:
    """Return the slots that hold values, without the records around them."""
    return [s for s in layout.slots if not is_aggregate(s)]
