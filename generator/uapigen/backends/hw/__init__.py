# SPDX-License-Identifier: BSD-3-Clause
"""Hardware names: registers, words in memory and a table of the registers."""
from __future__ import annotations

from typing import Iterable, Iterator, NamedTuple

from uapigen.ctext import Define, comment, comment_lines, defines, guard, prose, table
from uapigen.model import BitField, Constant, Register, Spec, Word
from uapigen.render import Output, c_banner, render

_ACCESS = {
    "ro": "read-only",
    "rw": "read and write",
    "wo": "write-only",
    "w1c": "writing ones clears",
    "sc": "clears itself",
}


class Group(NamedTuple):
    """A register or word: the text of its macros with their comments."""

    text: str


class TableField(NamedTuple):
    """A field in the register table."""

    name: str
    mask: str


class TableRow(NamedTuple):
    """A register in the register table: `place` offset to inner stride."""

    name: str
    place: str
    behaviour: str
    fields: list[TableField]
    fields_ref: str


def _hex(value: int) -> str:
    return f"0x{value:x}ULL"


def _address(name: str, reg: Register) -> Define:
    """Return the macro that gives a register's offset."""
    if reg.inner_count > 1 or reg.inner_stride:
        value = f"({_hex(reg.offset)} + {_hex(reg.stride)} * (n) + {_hex(reg.inner_stride)} * (m))"
        return Define(f"{name}(n, m)", value)
    if reg.count > 1 or reg.stride:
        return Define(f"{name}(n)", f"({_hex(reg.offset)} + {_hex(reg.stride)} * (n))")
    return Define(name, _hex(reg.offset))


def _masks(prefix: str, fields: Iterable[BitField]) -> Iterator[Define]:
    """Yield the in-place masks of bit fields, each before its named values."""
    for fld in fields:
        yield Define(f"{prefix}_{fld.name}", _hex(fld.mask))
        for name, value in fld.values.items():
            yield Define(f"{prefix}_{fld.name}_{name}", value.text)


def _bit_rows(fields: Iterable[BitField]) -> Iterator[tuple[str, str, str]]:
    """Yield name, bits and meaning of fields and of their named values."""
    for fld in fields:
        unit = f" In {fld.unit}." if fld.unit else ""
        bits = f"{fld.hi}:{fld.lo}" if fld.hi != fld.lo else str(fld.hi)
        yield fld.name, bits, " ".join(fld.doc.split()) + unit
        for name, value in fld.values.items():
            yield f"  {name}", f"= {value.text}", value.doc


def _count(reg: Register) -> str:
    """Return how many there are of a register, for its comment."""
    if reg.inner_count > 1:
        return f", {reg.count} x {reg.inner_count}"
    return f", {reg.count} of them" if reg.count > 1 else ""


def _register(spec: Spec, reg: Register) -> Group:
    """Return the macros of a register."""
    name = spec.hw_prefix + reg.name
    about = comment(f"{reg.name} ({_ACCESS[reg.access]}{_count(reg)}): {reg.doc}")
    text = f"{about}\n{defines([_address(name, reg)])}"
    if reg.fields:
        bits = comment_lines(table(_bit_rows(reg.fields), 77))
        text += f"\n{bits}\n{defines(_masks(name, reg.fields))}"
    return Group(text)


def _word(spec: Spec, word: Word) -> Group:
    """Return the macros of a word."""
    order = {"le": ", little endian", "be": ", big endian"}.get(word.order, "")
    about = prose(f"{word.name} ({word.width} bits{order}): {word.doc}", 77)
    bits = table(_bit_rows(word.fields), 77)
    macros = defines(_masks(spec.hw_prefix + word.name, word.fields))
    return Group(comment_lines([*about, "", *bits]) + "\n" + macros)


def _constants(spec: Spec) -> list[Constant]:
    """Return the constants that describe hardware and no header publishes."""
    return [
        c
        for c in spec.constants.values()
        if c.name.startswith(spec.hw_prefix) and not c.header and not c.external
    ]


def _row(prefix: str, reg: Register) -> TableRow:
    """Return a register's line of the table."""
    fields = [TableField(f.name, _hex(f.mask)) for f in reg.fields]
    shape = (reg.count, reg.stride, reg.inner_count, reg.inner_stride)
    place = ", ".join([_hex(reg.offset), *map(str, shape)])
    behaviour = f"{prefix}{reg.access.upper()}, {_hex(reg.reset)}"
    fields_ref = f"FIELDS(fields_{reg.name})" if fields else "0, 0"
    return TableRow(reg.name, place, behaviour, fields, fields_ref)


def _table(spec: Spec) -> list[TableRow]:
    """Return the register table in the order of the offsets."""
    registers = sorted(spec.registers.values(), key=lambda r: (r.offset, r.name))
    return [_row(spec.hw_prefix, r) for r in registers]


def _output(spec: Spec, template: str, suffix: str, doc: str, **values: object) -> Output:
    """Return a file made from a template, named after the hardware."""
    stem = spec.hw_prefix.lower()
    name = f"{stem}{suffix}"
    banner = c_banner(spec, spec.licenses["user"], doc, header=name.endswith(".h"))
    common = {"banner": banner, "guard": guard(name), "stem": stem, "prefix": spec.hw_prefix}
    return Output(f"hw/{name}", render(f"hw/{template}.jinja", **common, **values))


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the hardware headers and the register table."""
    if not spec.registers and not spec.words:
        return
    constants = defines(Define(c.name, c.text, c.doc.strip()) for c in _constants(spec))
    registers = [_register(spec, r) for r in spec.registers.values()]
    words = [_word(spec, w) for w in spec.words.values()]
    about = "Registers: offsets from the start of BAR 0, and masks of fields."
    yield _output(spec, "bits.h", "bits.h", "Access to bit fields by in-place masks.")
    yield _output(spec, "groups.h", "regs.h", about, constants=constants, groups=registers)
    about = "Words in memory: masks of their fields and named values."
    yield _output(spec, "groups.h", "words.h", about, constants="", groups=words)
    about = "All registers as a table, for models, decoders and tests."
    yield _output(spec, "regtable.h", "regtable.h", about)
    about = "All registers, in the order of their offsets."
    yield _output(spec, "regtable.c", "regtable.c", about, rows=_table(spec))
