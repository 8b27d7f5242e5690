# SPDX-License-Identifier: BSD-3-Clause
"""The pages about structs, values, words, registers and the ledger."""
from __future__ import annotations

from typing import Iterable, NamedTuple

from uapigen.backends.docs.text import flat, place
from uapigen.backends.header.records import record
from uapigen.layout_text import describe
from uapigen.model import BitField, Spec

# Bits per line of a diagram.
_LINE = 32


class StructView(NamedTuple):
    """A struct with its layout."""

    name: str
    kind: str
    doc: str
    declaration: str
    layout: str
    place: str


class BitRow(NamedTuple):
    """A bit field, or one of its named values."""

    bits: str
    name: str
    unit: str
    doc: str


class WordView(NamedTuple):
    """A word or register."""

    name: str
    title: str
    doc: str
    diagram: str
    rows: list[BitRow]
    place: str


class Row(NamedTuple):
    """A line of a table."""

    name: str
    cells: tuple[str, ...]


class Table(NamedTuple):
    """A table with its heading."""

    name: str
    doc: str
    rows: list[Row]
    place: str


def structs(spec: Spec) -> list[StructView]:
    """Return the structs."""
    return [
        StructView(s.name, s.kind, s.doc.strip(), record(s), describe(spec, s), place(s.pos))
        for s in spec.structs.values()
    ]


def _bits(fld: BitField) -> str:
    return f"{fld.hi}:{fld.lo}" if fld.hi != fld.lo else str(fld.hi)


def _bit_rows(fields: Iterable[BitField]) -> list[BitRow]:
    rows = []
    for fld in fields:
        rows.append(BitRow(_bits(fld), f"`{fld.name}`", fld.unit, flat(fld.doc)))
        for name, value in fld.values.items():
            rows.append(BitRow("", f"= {value.text} `{name}`", "", flat(value.doc)))
    return rows


def _owners(fields: Iterable[BitField], width: int) -> list[str]:
    """Return which field each bit belongs to; masks over fields do not count."""
    owners = [""] * width
    for fld in fields:
        if not fld.group:
            for bit in range(fld.lo, fld.hi + 1):
                owners[bit] = fld.name
    return owners


def _runs(owners: list[str], high: int, low: int) -> list[tuple[int, int, str]]:
    """Return the runs of bits of one owner between two bits, high to low."""
    runs: list[tuple[int, int, str]] = []
    for bit in range(high, low - 1, -1):
        if runs and runs[-1][2] == owners[bit]:
            runs[-1] = (runs[-1][0], bit, owners[bit])
        else:
            runs.append((bit, bit, owners[bit]))
    return runs


def diagram(fields: Iterable[BitField], width: int) -> str:
    """Return the bits of a word as boxes, 32 to a line, highest first."""
    owners, lines = _owners(fields, width), []
    for high in range(width - 1, -1, -_LINE):
        top, names = "", ""
        for first, last, owner in _runs(owners, high, max(high - _LINE + 1, 0)):
            bits = f"{first}:{last}" if first != last else str(first)
            room = max(len(bits), len(owner), 1)
            top += f" {bits:^{room}} "
            names += f"|{owner or '-':^{room + 1}}"
        lines += [top.rstrip(), names + "|"]
    return "\n".join(lines)


def words(spec: Spec) -> list[WordView]:
    """Return the words."""
    order = {"le": "little endian", "be": "big endian"}
    return [
        WordView(
            w.name,
            f"{w.width} bits, {order.get(w.order, 'in host order')}",
            w.doc.strip(),
            diagram(w.fields, w.width),
            _bit_rows(w.fields),
            place(w.pos),
        )
        for w in spec.words.values()
    ]


def registers(spec: Spec) -> list[WordView]:
    """Return the registers in the order of their offsets."""
    views = []
    for reg in sorted(spec.registers.values(), key=lambda r: (r.offset, r.name)):
        title = f"offset 0x{reg.offset:x}, {reg.access}"
        title += f", {reg.count} with stride 0x{reg.stride:x}" if reg.count > 1 else ""
        if reg.inner_count > 1:
            title += f", each {reg.inner_count} with stride 0x{reg.inner_stride:x}"
        title += f", 0x{reg.reset:x} after reset" if reg.reset else ""
        rows = _bit_rows(reg.fields)
        views.append(WordView(reg.name, title, reg.doc.strip(), "", rows, place(reg.pos)))
    return views


def values(spec: Spec) -> list[Table]:
    """Return flags and enums."""
    tables = []
    for flags in spec.flags.values():
        rows = [Row(e.c_name, (f"bit {e.bit}", flat(e.doc))) for e in flags.entries]
        tables.append(Table(flags.name, flags.doc.strip(), rows, place(flags.pos)))
    for enum in spec.enums.values():
        rows = [Row(e.name, (str(e.value), flat(e.doc))) for e in enum.entries]
        tables.append(Table(f"enum {enum.name}", enum.doc.strip(), rows, place(enum.pos)))
    return tables


def constants(spec: Spec) -> list[Row]:
    """Return the published constants."""
    return [
        Row(c.name, (c.text, flat(c.doc), place(c.pos)))
        for c in spec.constants.values()
        if c.header or c.external
    ]


def _on(value: bool | None) -> str:
    return "–" if value is None else ("on" if value else "off")


def capabilities(spec: Spec) -> list[Row]:
    """Return the capabilities."""
    return [
        Row(
            name,
            (
                _on(c.kernel_default),
                _on(c.user_default),
                c.shown_from,
                "yes" if c.writable else "no",
                flat(c.doc),
                place(c.pos),
            ),
        )
        for name, c in spec.capabilities.items()
    ]


def limits(spec: Spec) -> list[Row]:
    """Return the limits."""
    rows = []
    for limit in spec.limits.values():
        text = limit.text if limit.value is None else str(limit.value)
        rows.append(Row(limit.name, (text, flat(limit.doc), place(limit.pos))))
    return rows


def versions(spec: Spec) -> list[Row]:
    """Return the versions."""
    return [Row(v.name, (flat(v.doc), place(v.pos))) for v in spec.versions.values()]


def quirks(spec: Spec) -> list[Table]:
    """Return the ledger."""
    return [
        Table(
            q.id,
            "",
            [Row(flat(q.what), (flat(q.why), q.test, ", ".join(q.exempts)))],
            place(q.pos),
        )
        for q in spec.quirks.values()
    ]


def deviations(spec: Spec) -> list[Row]:
    """Return the known differences of other drivers."""
    return [
        Row(
            d.id,
            (
                f"{d.driver} {d.versions}".strip(),
                flat(d.what),
                flat(d.why),
                ", ".join(f"`{c}`" for c in d.cases),
                place(d.pos),
            ),
        )
        for d in spec.deviations.values()
    ]
