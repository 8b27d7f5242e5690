# SPDX-License-Identifier: BSD-3-Clause
"""Promises about results, byte by byte: ensures, padding, what does not flow."""
from __future__ import annotations

from typing import Iterator

from uapigen.backends.conformance.cases import Family, Row, c_string, condition_function, needs_of, row
from uapigen.backends.conformance.names import Names, arg_type, c_ident, prefix, scenario_symbol
from uapigen.backends.conformance.rules import copied_bytes, rules_symbol
from uapigen.backends.conformance.subject import Subject, subjects
from uapigen.layout import compute, leaves, type_extent
from uapigen.model import Command, Scenario, Spec

Part = tuple[str, int, int]  # name, offset, size


def plain_scenarios(spec: Spec, state: str) -> list[Scenario]:
    """Return set-ups that need nothing and in which a state's files differ.

    Those that exist to provoke a condition have cases of their own.
    """
    provoking = {c.provoke for c in spec.conditions.values()} - set(spec.states)
    return [
        s for s in spec.scenarios.values()
        if s.state == state and not s.needs and s.name not in provoking
    ]


def add_outputs(spec: Spec, family: Family) -> None:
    """Add a case for each promise, in each set-up the command works in."""
    for subject in subjects(spec):
        cmd = subject.command
        for ensure in cmd.ensures:
            symbol = f"holds_{c_ident(cmd.name)}_{c_ident(ensure.id)}"
            family.functions.append(condition_function(
                spec, symbol, ensure.cond, Names(spec, cmd.arg), "out", arg_type(cmd)))
            ensured = (f"&(const struct {prefix(spec)}_ensure){{\n\t\t\t"
                       + row(id=c_string(f"{cmd.name}.ensures.{ensure.id}"), text=c_string(ensure.text), holds=symbol).text
                       + ",\n\t\t}")
            for scenario in [s for state in cmd.states for s in plain_scenarios(spec, state)]:
                family.add(
                    f"{cmd.name}.{ensure.id}.{scenario.name}", f"{cmd.name}.ensures.{ensure.id}",
                    f"After {cmd.name}, {ensure.text}: {ensure.why}", "ensure", "output",
                    row(rules=f"&{rules_symbol(spec, cmd)}", scenario=f"&{scenario_symbol(spec, scenario.name)}", ensure=ensured),
                    needs_of(scenario),
                )


def _parts(spec: Spec, command: Command) -> list[Part]:
    """Return the members of the argument and the holes between them."""
    assert command.arg is not None
    if command.arg_kind != "struct":
        return [("arg", 0, type_extent(spec, command.arg, 64).size)]
    layout = compute(spec, spec.structs[command.arg.base], 64)
    parts = [(s.name, s.offset, s.size) for s in leaves(layout)]
    parts += [(f"hole-{h.offset}", h.offset, h.size) for h in layout.holes]
    return sorted(parts, key=lambda p: p[1])


def _row(spec: Spec, subject: Subject, parts: list[Part]) -> Row:
    """Return the row that looks at some bytes."""
    inner = ",\n\t\t\t".join(f"{{ {c_string(n)}, {o}, {s} }}" for n, o, s in parts)
    return row(
        rules=f"&{rules_symbol(spec, subject.command)}", scenario=f"&{scenario_symbol(spec, subject.base.name)}",
        parts=f"(const struct {prefix(spec)}_part[]){{\n\t\t\t{inner},\n\t\t}}" if parts else None,
        count=str(len(parts)) if parts else None,
    )


def _add(spec: Spec, family: Family, subject: Subject, name: str, doc: str, run: str, parts: list[Part]) -> None:
    members = _row(spec, subject, parts)
    family.add(f"{subject.command.name}.{name}", subject.command.name, doc, run, "bytes", members,
               needs_of(subject.base))


def add_padding(spec: Spec, family: Family) -> None:
    """Add a case for each part of a result, and one for the bytes around it."""
    for subject in subjects(spec):
        cmd = subject.command
        if not cmd.flow_out or subject.standing_check() is not None:
            continue
        fate = copied_bytes(spec, cmd)
        for name, offset, size in _parts(spec, cmd):
            what = {"o": "is written in full", "z": "is written as zero", ".": "keeps what it held"}[fate[offset]]
            _add(spec, family, subject, name, f"In a result of {cmd.name}, {name} {what}, whatever was there before.",
                 "padding", [(name, offset, size)])
        _add(spec, family, subject, "outside", f"{cmd.name} writes no byte before or behind its result.", "outside", [])


def _unread(subject: Subject, parts: list[Part]) -> Iterator[Part]:
    """Yield the parts of the argument that do not flow in."""
    for part in parts:
        if part[0] == "arg":
            if not subject.command.flow_in:
                yield part
        elif part[0].partition(".")[0] not in subject.command.flow_in:
            yield part


def add_flow(spec: Spec, family: Family) -> None:
    """Add cases that members which do not flow are neither read nor written."""
    for subject in subjects(spec):
        cmd = subject.command
        if cmd.arg is None or subject.standing_check() is not None:
            continue
        parts = _parts(spec, cmd)
        unread = list(_unread(subject, parts))
        for part in unread:
            _add(spec, family, subject, f"{part[0]}-not-read",
                 f"{cmd.name} gives the same result whatever {part[0]} holds.", "not_read", [part])
        named = [p for p in unread if p[0] in cmd.ignored]
        if named:
            _add(spec, family, subject, "ignored", f"{cmd.name} ignores {', '.join(p[0] for p in named)} in any combination.",
                 "not_read", named)
        fate = copied_bytes(spec, cmd) or "." * sum(p[2] for p in parts)
        for name, offset, size in parts:
            if set(fate[offset:offset + size]) == {"."}:
                _add(spec, family, subject, f"{name}-not-written", f"{cmd.name} leaves {name} as it was.", "not_written",
                     [(name, offset, size)])
