# SPDX-License-Identifier: BSD-3-Clause
"""Record layouts as text, in the manner of pahole."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Optional

from uapigen.ctypes_c import declare
from uapigen.layout import MODELS, compute
from uapigen.model import Layout, Slot, Spec, Struct

CACHELINE = 64


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the picture: what, and where in each data model."""

    depth: int
    text: str
    places: tuple[tuple[int, int], ...] = ()  # (offset, size) per model


def _same(layouts: list[Layout]) -> bool:
    """Tell whether all data models agree."""
    first = layouts[0]
    return all(
        (o.size, o.align, [(s.offset, s.size) for s in o.slots])
        == (first.size, first.align, [(s.offset, s.size) for s in first.slots])
        for o in layouts[1:]
    )


def _member_text(slot: Slot) -> str:
    """Return the declaration of the member, or of a record written in place."""
    fld = slot.field
    if fld.type is None or fld.inner is not None:
        return f"{fld.inner.kind if fld.inner else 'struct'} {{...}} {fld.name};"
    return declare(fld) + ";"


def _gap_before(layout: Layout, slot: Slot) -> str:
    """Return the remark on a hole that ends where the slot starts."""
    for hole in layout.holes:
        if not hole.tail and hole.offset + hole.size == slot.offset:
            return f"/* hole, {hole.size} bytes */"
    return ""


def _boundary(last: int, offset: int) -> tuple[int, str]:
    """Return the cacheline of `offset` and a remark if it is a new one."""
    line = offset // CACHELINE
    if line <= last:
        return last, ""
    at = line * CACHELINE
    inside = offset - at
    back = f" was {inside} bytes ago" if inside else ""
    return line, f"/* --- cacheline {line} boundary ({at} bytes){back} --- */"


def _rows(layouts: list[Layout]) -> Iterable[Row]:
    """Yield the members with the remarks between them."""
    line = 0
    seen_holes: set[tuple[int, int]] = set()
    for index, slot in enumerate(layouts[0].slots):
        depth = slot.name.count(".")
        for number, layout in enumerate(layouts):
            gap = _gap_before(layout, layout.slots[index])
            if gap and (number, slot.offset) not in seen_holes:
                seen_holes.add((number, slot.offset))
                yield Row(
                    depth, gap if len(layouts) == 1 else f"{gap[:-3]} ({MODELS[number]}-bit) */"
                )
        line, remark = _boundary(line, slot.offset)
        if remark:
            yield Row(depth, remark)
        places = tuple((o.slots[index].offset, o.slots[index].size) for o in layouts)
        yield Row(depth, _member_text(slot), places)


def _summary(layouts: list[Layout], labels: list[str]) -> list[str]:
    """Return the totals, one line per data model shown."""
    lines = []
    for label, layout in zip(labels, layouts):
        tail = next(
            (h.size for h in layout.holes if h.tail and h.offset + h.size == layout.size), 0
        )
        inner = sum(h.size for h in layout.holes) - tail
        text = f"\t/* {label}: size {layout.size}, align {layout.align}"
        text += f", holes {inner} bytes" if inner else ""
        text += f", tail padding {tail} bytes" if tail else ""
        lines.append(f"{text}, cachelines {-(-layout.size // CACHELINE)} */")
    return lines


def describe(spec: Spec, struct: Struct) -> str:
    """Return one record."""
    layouts = [compute(spec, struct, bits) for bits in MODELS]
    labels = [f"{bits}-bit" for bits in MODELS]
    if _same(layouts):
        layouts, labels = layouts[:1], ["64- and 32-bit"]
    rows = list(_rows(layouts))
    width = max((len(r.text) + 8 * r.depth for r in rows if r.places), default=0)
    lines = [f"{struct.kind} {struct.name} {{"]
    lines.append(
        f"\t{'':{width}}  /* " + " | ".join(f"{'off':>5} {'size':>5}" for _ in layouts) + " */"
    )
    for row in rows:
        text = " " * (8 * row.depth) + row.text
        if row.places:
            columns = " | ".join(f"{o:5} {s:5}" for o, s in row.places)
            text = f"{text:{width}}  /* {columns} */"
        lines.append("\t" + text)
    lines += _summary(layouts, labels)
    packed = " __attribute__((__packed__))" if struct.packed else ""
    return "\n".join(lines + [f"}}{packed};"])


def layout_text(spec: Spec, names: Optional[Iterable[str]] = None) -> str:
    """Return the layout of the named records, or of all, as text.

    Raises KeyError with the name of a record the spec does not have.
    """
    chosen = list(names) if names else list(spec.structs)
    return "\n\n".join(describe(spec, spec.structs[name]) for name in chosen) + "\n"
