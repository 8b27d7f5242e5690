# SPDX-License-Identifier: BSD-3-Clause
"""Names and reasons as tables."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.clauses import Clause, c_word, clauses, commands, state_gate
from uapigen.ctext import first_sentence, string
from uapigen.model import Check, Command, Flags, Spec
from uapigen.render import where

# What a program sees of errnos that do not leave the kernel.
VISIBLE = {"ERESTARTSYS": "EINTR", "ERESTARTNOINTR": "EINTR", "ERESTARTNOHAND": "EINTR"}


class Named(NamedTuple):
    """A number, its name and what it means, as C."""

    value: str
    name: str
    doc: str


class Reason(NamedTuple):
    """Why a call may fail, as C."""

    list: str
    id: str
    error: str
    errno_name: str
    condition: str
    why: str
    where: str


class FlagSet(NamedTuple):
    """A set of flags and its bits."""

    enumerator: str
    array: str
    doc: str
    bits: list[Named]


def command_names(spec: Spec) -> list[Named]:
    """Return the commands."""
    return [Named(c.c_name, string(c.name), string(first_sentence(c.doc))) for c in commands(spec)]


def errno_names(spec: Spec) -> list[Named]:
    """Return the errnos a program can see."""
    return [
        Named(e.name, string(e.name), string(e.doc.strip()))
        for e in spec.errnos.values()
        if e.name not in VISIBLE
    ]


def state_names(spec: Spec) -> list[Named]:
    """Return the states of an open file."""
    ordered = sorted(spec.states.values(), key=lambda s: s.value)
    return [Named(str(s.value), string(s.name), string(s.doc.strip())) for s in ordered]


def _set_word(spec: Spec, flags: Flags) -> str:
    return c_word(flags.name.removeprefix(f"{spec.name}_"))


def flag_sets(spec: Spec) -> list[FlagSet]:
    """Return the sets of flags."""
    sets = []
    for flags in spec.flags.values():
        word = _set_word(spec, flags)
        bits = [Named(str(e.bit), string(e.name), string(e.doc.strip())) for e in flags.entries]
        enumerator = f"{spec.prefix.upper()}_FLAGS_{word}"
        sets.append(FlagSet(enumerator, word.lower(), first_sentence(flags.doc), bits))
    return sets


def condition_text(spec: Spec, check: Check) -> str:
    """Return what makes a check refuse, as text."""
    if check.kind == "copy_in":
        return "the argument cannot be read"
    if check.kind == "copy_head":
        return f"the argument cannot be read up to {check.upto}"
    if check.kind == "copy_tail":
        return "the elements behind the argument cannot be read"
    if check.kind == "copy_out":
        return "the result cannot be written"
    if check.when:
        condition = spec.conditions.get(check.when)
        return condition.doc.strip() if condition else check.when
    return check.cond_text or "the command is not allowed in this state"


def _reason(spec: Spec, label: str, clause: Clause) -> Reason:
    check = clause.check
    return Reason(
        string(label),
        string(check.id),
        VISIBLE.get(check.errno, check.errno),
        string(check.errno),
        string(condition_text(spec, check)),
        string(check.why.strip()),
        string(where(check.pos)),
    )


def _gate(spec: Spec, command: Command) -> Iterator[Reason]:
    """Yield the refusal of a command in the wrong state, if there is one."""
    gate = state_gate(spec, command)
    if gate is not None:
        yield _reason(spec, command.name, Clause("ioctl", "", gate))


def reasons(spec: Spec) -> list[Reason]:
    """Return every refusal, list by list, in the order of the checks."""
    result: list[Reason] = []
    gated: set[str] = set()
    for clause in clauses(spec):
        if clause.group == "command" and clause.owner not in gated:
            gated.add(clause.owner)
            result += _gate(spec, spec.commands[clause.owner])
        if clause.check.errno:
            result.append(_reason(spec, clause.label, clause))
    for command in commands(spec):
        if command.name not in gated:
            result += _gate(spec, command)
    return result
