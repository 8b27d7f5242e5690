# SPDX-License-Identifier: BSD-3-Clause
"""Rules about structs and unions: L0101 to L0106."""
from __future__ import annotations

from typing import Iterator

from uapigen.diagnostics import count
from uapigen.diff.places import own_members
from uapigen.layout import MODELS, LayoutError, compute
from uapigen.lint.finding import Finding
from uapigen.model import Field, Layout, Spec, Struct

# Types whose size is the compiler's, the C library's or the data model's choice.
LOOSE_SCALARS = {"long", "ulong"}
LOOSE_NAMES = frozenset("""
    bool _Bool size_t ssize_t off_t loff_t time_t clock_t suseconds_t intptr_t uintptr_t
    __kernel_size_t __kernel_ssize_t __kernel_time_t __kernel_old_time_t __kernel_long_t
    __kernel_ulong_t __kernel_off_t __kernel_clock_t __kernel_suseconds_t
    """.split())
_LOOSE = {"scalar": LOOSE_SCALARS, "named": LOOSE_NAMES,
          "struct": {"timeval", "timespec", "itimerval", "itimerspec", "iovec"}}


def check_types(spec: Spec) -> Iterator[Finding]:
    """Judge every record."""
    for struct in spec.structs.values():
        yield from _layouts(spec, struct)
        for name, fld in own_members(struct.fields):
            yield from _member(f"{struct.name}.{name}", fld)


def _layouts(spec: Spec, struct: Struct) -> Iterator[Finding]:
    try:
        layouts = [compute(spec, struct, bits) for bits in MODELS]
    except LayoutError:  # the compiler alone knows it, and told the sizes at most
        if struct.sizes.get(64) != struct.sizes.get(32):
            yield _sizes(struct, struct.sizes[64], struct.sizes[32])
        return
    yield from _padding(struct, layouts)
    yield from _models(struct, layouts)


def _padding(struct: Struct, layouts: list[Layout]) -> Iterator[Finding]:
    """Yield each place with padding once, whatever the data model."""
    quirks = (struct.quirk,) if struct.quirk else ()
    seen: set[tuple[str, bool]] = set()
    for bits, layout in zip(MODELS, layouts):
        for hole in layout.holes:
            before = [s.name for s in layout.slots if s.offset < hole.offset]
            place = (before[-1] if before else "", hole.tail)
            if place in seen:
                continue
            seen.add(place)
            only = "" if bits == MODELS[0] else f" in {bits}-bit programs"
            where = "at its end" if hole.tail else f"behind `{place[0]}`"
            yield Finding("L0102" if hole.tail else "L0101", struct.name, struct.pos,
                          f"{struct.kind} {struct.name} has {count(hole.size)} of padding "
                          f"{where}{only}", "E0406", quirks)


def _models(struct: Struct, layouts: list[Layout]) -> Iterator[Finding]:
    """Yield the first member that the data models place otherwise."""
    quirks = (struct.quirk,) if struct.quirk else ()
    first, second = layouts
    for one, two in zip(first.slots, second.slots):
        if (one.offset, one.size) != (two.offset, two.size):
            yield Finding("L0103", struct.name, struct.pos,
                          f"`{struct.name}.{one.name}` lies at {one.offset} with "
                          f"{count(one.size)} in 64-bit, at {two.offset} with {count(two.size)} "
                          "in 32-bit programs", "E0408", quirks)
            return
    if first.size != second.size:
        yield _sizes(struct, first.size, second.size)


def _sizes(struct: Struct, size64: int, size32: int) -> Finding:
    return Finding("L0103", struct.name, struct.pos, f"{struct.kind} {struct.name} has "
                   f"{count(size64)} in 64-bit and {size32} in 32-bit programs", "E0408",
                   (struct.quirk,) if struct.quirk else ())


def _member(element: str, fld: Field) -> Iterator[Finding]:
    """Judge the type of a member."""
    ref = fld.type
    if fld.inner_enum is not None or (ref is not None and ref.kind == "enum"):
        yield Finding("L0106", element, fld.pos, f"`{element}` has the type of an enum")
    if "(*" in fld.declare or (ref is not None and (ref.kind == "pointer" or ref.base == "ptr")):
        yield Finding("L0104", element, fld.pos, f"`{element}` is a pointer")
    if ref is None:
        return
    if ref.base in _LOOSE.get(ref.kind, ()):
        yield Finding("L0105", element, fld.pos, f"`{element}` is of type {ref.base}, whose size "
                      "is not fixed")
