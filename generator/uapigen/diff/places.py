# SPDX-License-Identifier: BSD-3-Clause
"""Records laid out for both data models, by member."""
from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from uapigen.layout import LayoutError, compute
from uapigen.model import Field, Layout, Slot, Spec, Struct

Span = tuple[int, int]


def own_members(fields: list[Field], prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Yield the members written in a record, those of nested ones with their path."""
    for fld in fields:
        if fld.inner is not None and not (fld.type and fld.type.dims):
            yield from own_members(fld.inner.fields, prefix + (f"{fld.name}." if fld.name else ""))
        else:
            yield prefix + fld.name, fld


class Member(NamedTuple):
    """A member with its place for 64-bit and 32-bit programs."""

    name: str
    field: Field
    at64: Slot
    at32: Slot

    @property
    def span(self) -> Span:
        """First byte and the one behind the last, for 64-bit programs."""
        return self.at64.offset, self.at64.offset + self.at64.size


class Record:
    """A record laid out in both models."""

    def __init__(self, spec: Spec, struct: Struct) -> None:
        self.spec = spec
        self.struct = struct
        self.layouts: dict[int, Layout] = {b: compute(spec, struct, b) for b in (64, 32)}
        slots = {b: {s.name: s for s in layout.slots} for b, layout in self.layouts.items()}
        self.members = {name: Member(name, fld, slots[64][name], slots[32][name])
                        for name, fld in own_members(struct.fields) if name in slots[64]}

    def size(self, bits: int) -> int:
        """Return the size for a data model."""
        return self.layouts[bits].size

    def type(self, member: Member) -> tuple[str, str, tuple[Optional[int], ...]]:
        """Return a member's type without alignment and spelling."""
        ref = member.field.type
        if ref is None:
            return ("record", member.field.name, ())
        return (ref.kind, ref.base.removeprefix("aligned_"), ref.dims)

    def places(self) -> dict[str, tuple[Span, int, int]]:
        """Return where each member is, for both models."""
        return {n: (m.span, m.at32.offset, m.at32.size) for n, m in self.members.items()}


def exact(spec: Spec) -> dict[str, Record]:
    """Return the records whose layout is known, by name."""
    out = {}
    for name, struct in spec.structs.items():
        try:
            record = Record(spec, struct)
        except LayoutError:
            continue
        sizes = struct.sizes or {64: record.size(64), 32: record.size(32)}
        if not struct.opaque and sizes.get(64) == record.size(64):
            out[name] = record
    return out
