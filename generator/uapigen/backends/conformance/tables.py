# SPDX-License-Identifier: BSD-3-Clause
"""What the runner reads: clauses, deviations, how to print a command, coverage."""
from __future__ import annotations

from typing import Iterable, Iterator, NamedTuple

from uapigen.backends.conformance.cases import Family, c_string, row
from uapigen.backends.conformance.checks import Coverage
from uapigen.backends.conformance.names import arg_type, c_ident, prefix
from uapigen.clauses import clauses, commands
from uapigen.ctypes_c import SIGNED
from uapigen.layout import compute, element_extent, leaves, type_extent
from uapigen.model import Command, Field, Pos, Spec
from uapigen.number import number_of
from uapigen.render import Output, c_banner, render, where

_HEX = ("aligned_u64", "u64", "ulong", "ulonglong", "ptr")


class ClauseRow(NamedTuple):
    """A line of the spec that can be judged."""

    id: str
    pos: Pos
    text: str
    untestable: str = ""


def sentence(text: str) -> str:
    """Return the first sentence of a documentation."""
    flat = " ".join(text.split())
    end = flat.find(". ")
    return flat if end < 0 else flat[: end + 1]


def _checks(spec: Spec) -> Iterator[ClauseRow]:
    for clause in clauses(spec):
        check = clause.check
        condition = check.cond_text or check.when or {"copy_in": "the argument cannot be read", "copy_head": "its first part cannot be read", "copy_tail": "what is behind the argument cannot be read", "copy_out": "the result cannot be written"}.get(check.kind, "")
        result = check.errno or "success"
        reason = spec.conditions[check.when].unprovoked if check.kind == "driver" else ""
        text = f"{condition} -> {result}: {check.why}" if condition else f"{result}: {check.why}"
        yield ClauseRow(clause.id, check.pos, text, reason)


def _behaviour(spec: Spec) -> Iterator[ClauseRow]:
    for command in commands(spec):
        yield ClauseRow(command.name, command.pos, sentence(command.doc))
        for ensure in command.ensures:
            yield ClauseRow(f"{command.name}.ensures.{ensure.id}", ensure.pos, f"{ensure.text}: {ensure.why}")
    if spec.space is not None:
        for nr, quirk in spec.space.holes.items():
            yield ClauseRow(f"ioctl.hole.0x{nr:02X}", spec.quirks[quirk].pos, spec.quirks[quirk].what)
    yield from _checks(spec)
    for region in spec.regions.values():
        yield ClauseRow(f"mmap.{region.name}", region.pos, sentence(region.doc))
    for rule in spec.poll:
        reason = spec.conditions[rule.when].unprovoked if rule.when else ""
        yield ClauseRow(f"poll.{rule.id}", rule.pos, sentence(rule.doc), reason)
    for op in spec.file_ops.values():
        yield ClauseRow(f"file.{op.name}", op.pos, sentence(op.doc))


def _elements(spec: Spec) -> Iterator[ClauseRow]:
    for constant in spec.constants.values():
        yield ClauseRow(f"constant.{constant.name}", constant.pos, sentence(constant.doc))
    for flags in spec.flags.values():
        yield ClauseRow(f"flags.{flags.name}", flags.pos, sentence(flags.doc))
    for enum in spec.enums.values():
        yield ClauseRow(f"enum.{enum.name}", enum.pos, sentence(enum.doc))
    for struct in spec.structs.values():
        yield ClauseRow(f"struct.{struct.name}", struct.pos, sentence(struct.doc))
    for cap in spec.capabilities.values():
        yield ClauseRow(f"cap.{cap.flag}", cap.pos, sentence(cap.doc))
    for limit in spec.limits.values():
        yield ClauseRow(f"limit.{limit.name}", limit.pos, sentence(limit.doc))
    for quirk in spec.quirks.values():
        yield ClauseRow(f"quirk.{quirk.id}", quirk.pos, sentence(quirk.what))
    for state in spec.states.values():
        yield ClauseRow(f"state.{state.name}", state.pos, sentence(state.doc))
    edges = [(t.from_, t.on) for t in spec.transitions]
    for t in spec.transitions:
        # Where a command leads to two states, the clause names the target too.
        tail = f".{t.to}" if edges.count((t.from_, t.on)) > 1 else ""
        yield ClauseRow(f"transition.{t.from_}.{t.on}{tail}", t.pos, sentence(t.doc))


def clause_rows(spec: Spec) -> list[ClauseRow]:
    """Return every clause of the spec."""
    return [*_behaviour(spec), *_elements(spec)]


def _file(spec: Spec, name: str, doc: str, **values: object) -> Output:
    banner = c_banner(spec, spec.licenses["user"], doc, header=False)
    return Output(f"conformance/{name}.c", render(f"conformance/{name}.c.jinja", banner=banner, prefix=prefix(spec), **values))


def clauses_file(spec: Spec) -> Output:
    """Return clauses.c."""
    rows = [
        row(id=c_string(c.id), where=c_string(where(c.pos)), text=c_string(c.text),
            untestable=c_string(c.untestable) if c.untestable else None)
        for c in clause_rows(spec)
    ]
    return _file(spec, "clauses", "Every clause of the spec that can be judged.", rows=rows)


def deviations_file(spec: Spec) -> Output:
    """Return deviations.c."""
    rows = [
        row(id=c_string(d.id), driver=c_string(d.driver), versions=c_string(d.versions),
            cases="(const char *const[]){ " + ", ".join([*(c_string(c) for c in d.cases), "NULL"]) + " }",
            what=c_string(d.what), why=c_string(d.why), where=c_string(where(d.pos)))
        for d in spec.deviations.values()
    ]
    return _file(spec, "deviations", "Known differences of other drivers.", rows=rows)


def _kind(spec: Spec, fld: Field, up: str) -> str:
    assert fld.type is not None
    base = fld.type.base
    if fld.type.dims and base in ("u8", "char", "uchar"):
        return f"{up}_FIELD_BYTES"
    if base in _HEX or base == "aligned_le64":
        return f"{up}_FIELD_HEX"
    return f"{up}_FIELD_SIGNED" if base in SIGNED else f"{up}_FIELD_UNSIGNED"


def _flag(name: str, flow: list[str]) -> str:
    return "1" if name.partition(".")[0] in flow else "0"


def _fields(spec: Spec, command: Command) -> list[str]:
    """Return the members of a command's argument as rows."""
    up = prefix(spec).upper()
    assert command.arg is not None
    if command.arg_kind != "struct":
        signed = "SIGNED" if command.arg.base in SIGNED else "HEX" if command.arg.base in _HEX else "UNSIGNED"
        flows = f"{int(bool(command.flow_in))}, {int(bool(command.flow_out))}"
        return [f'{{ "", 0, {type_extent(spec, command.arg, 64).size}, 1, {up}_FIELD_{signed}, {flows} }}']
    rows = []
    for slot in leaves(compute(spec, spec.structs[command.arg.base], 64)):
        assert slot.field.type is not None
        one = element_extent(spec, slot.field.type, 64).size
        rows.append(f"{{ {c_string(slot.name)}, {slot.offset}, {one}, {slot.size // one if one else 0}, "
                    f"{_kind(spec, slot.field, up)}, {_flag(slot.name, command.flow_in)}, {_flag(slot.name, command.flow_out)} }}")
    return rows


def commands_file(spec: Spec) -> Output:
    """Return commands.c."""
    tables = []
    for command in commands(spec):
        ctype = arg_type(command).removeprefix("struct ") if command.arg is not None else ""
        size = type_extent(spec, command.arg, 64).size if command.arg is not None else 0
        tables.append({
            "name": command.name, "c_name": command.c_name, "fields": _fields(spec, command) if command.arg is not None else [],
            "cmd": f"0x{number_of(spec, command):08x}", "size": size, "type": ctype,
        })
    return _file(spec, "commands", "How the report prints the argument of a command.", tables=tables)


def coverage_file(spec: Spec, coverage: Iterable[Coverage]) -> Output:
    """Return coverage.c."""
    return _file(spec, "coverage", "What the generated cases cover, and why they do not cover the rest.", entries=[
        {"c": e, "name": c_string(e.name), "reasons": [c_string(r) for r in e.reasons]} for e in coverage
    ])


def groups_file(spec: Spec, families: Iterable[Family]) -> Output:
    """Return groups.c."""
    return _file(spec, "groups", "All generated groups.", groups=[c_ident(f.name) for f in families])
