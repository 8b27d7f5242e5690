# SPDX-License-Identifier: BSD-3-Clause
"""Sizes, offsets and values of everything published, for both data models."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.conformance.cases import Family, c_string, literal, row
from uapigen.backends.conformance.names import prefix
from uapigen.layout import compute
from uapigen.model import Spec, Struct
from uapigen.render import Output, c_banner, render


class Fact(NamedTuple):
    """What the spec says of something, and the C that tells what it is."""

    what: str
    c: str
    expected64: int
    expected32: int


class Subject(NamedTuple):
    """A published element: its case name, its clause and its facts."""

    name: str
    clause: str
    doc: str
    facts: list[Fact]


def _struct(spec: Spec, struct: Struct) -> Iterator[Subject]:
    """Yield a record's size and alignment, then each member; no member can be called sizeof."""
    wide, narrow = (compute(spec, struct, bits) for bits in (64, 32))
    ctype = f"{struct.kind} {struct.name}"
    yield Subject(f"{struct.name}.sizeof", f"struct.{struct.name}", f"{ctype} has the size and alignment the spec says.", [
        Fact(f"sizeof({ctype})", f"sizeof({ctype})", wide.size, narrow.size),
        Fact(f"_Alignof({ctype})", f"_Alignof({ctype})", wide.align, narrow.align),
    ])
    for slot, small in zip(wide.slots, narrow.slots):
        facts = [Fact(f"offsetof({ctype}, {slot.name})", f"offsetof({ctype}, {slot.name})", slot.offset, small.offset)]
        if not _flexible(slot.size, slot.field.type):
            member = f"sizeof((({ctype} *)0)->{slot.name})"
            facts.append(Fact(f"sizeof({struct.name}.{slot.name})", member, slot.size, small.size))
        yield Subject(f"{struct.name}.{slot.name}", f"struct.{struct.name}",
                      f"{slot.name} of {ctype} is where the spec says.", facts)


def _flexible(size: int, ref: object) -> bool:
    return not size and bool(getattr(ref, "dims", ()))


def _values(spec: Spec) -> Iterator[Subject]:
    """Yield each published constant, flag and enumerator."""
    published = {n for h in spec.headers.values() for n in h.contents}
    for constant in spec.constants.values():
        if constant.name in published and isinstance(constant.value, int):
            yield _value(f"constants.{constant.name}", f"constant.{constant.name}", constant.name, constant.value)
    for flags in spec.flags.values():
        if flags.name in published:
            for entry in flags.entries:
                clause = f"flags.{flags.name}" + (f" quirk.{entry.quirk}" if entry.quirk else "")
                yield _value(f"flags.{entry.c_name}", clause, entry.c_name, 1 << entry.bit)
                if entry.bit_name:
                    yield _value(f"flags.{entry.bit_name}", clause, entry.bit_name, entry.bit)
    for enum in spec.enums.values():
        if enum.name in published:
            for item in enum.entries:
                yield _value(f"enums.{enum.name}.{item.name}", f"enum.{enum.name}", item.name, item.value)


def _value(name: str, clause: str, c_name: str, value: int) -> Subject:
    return Subject(name, clause, f"{c_name} is {value}.", [Fact(c_name, c_name, value, value)])


def all_subjects(spec: Spec) -> list[Subject]:
    """Return everything that is published, in the order of the spec."""
    published = {n for h in spec.headers.values() for n in h.contents}
    structs = [s for s in spec.structs.values() if s.name in published]
    return [subject for struct in structs for subject in _struct(spec, struct)] + list(_values(spec))


def add_layout(spec: Spec, family: Family) -> None:
    """Add a case per element and data model."""
    p = prefix(spec)
    at = 0
    for subject in all_subjects(spec):
        rows = ",\n\t\t\t".join(f"{{ {c_string(f.what)}, {literal(f.expected64)}, {f.c} }}" for f in subject.facts)
        family.add(subject.name, subject.clause, subject.doc, "layout", "layout",
                   row(rows=f"(const struct {p}_layout_row[]){{\n\t\t\t{rows},\n\t\t}}", count=str(len(subject.facts))))
        what = ", ".join(c_string(f.what) for f in subject.facts)
        numbers = ", ".join(literal(f.expected32) for f in subject.facts)
        family.add(f"ilp32.{subject.name}", subject.clause, f"For 32-bit programs: {subject.doc}", "layout32", "layout32",
                   row(what=f"(const char *const[]){{ {what} }}", expected=f"(const uint32_t[]){{ {numbers} }}",
                       first=str(at), count=str(len(subject.facts))))
        at += len(subject.facts)


def layout32(spec: Spec) -> Output:
    """Return the source that a 32-bit compiler turns into a table of numbers."""
    facts = [f for s in all_subjects(spec) for f in s.facts]
    includes = [f"<{h}>" for h in spec.headers]
    text = render("conformance/layout32.c.jinja", facts=facts, includes=includes, prefix=prefix(spec), banner=c_banner(
        spec, spec.licenses["user"],
        "What a 32-bit compiler makes of the published headers.  Only its data is used: the suite reads the section as numbers.",
        header=False))
    return Output("conformance/ilp32/layout.c", text)
