# SPDX-License-Identifier: BSD-3-Clause
"""The page about the commands."""
from __future__ import annotations

from typing import NamedTuple, Optional

from uapigen.backends.docs.text import CheckRow, check_rows, flat, place, quirk_link
from uapigen.backends.header.numbers import number
from uapigen.clauses import Clause, commands
from uapigen.ctypes_c import bounds, uapi_type
from uapigen.layout import compute
from uapigen.members import fields
from uapigen.model import Command, Spec
from uapigen.number import number_of

_DIRECTIONS = {"none": "–", "r": "_IOR", "w": "_IOW", "rw": "_IOWR"}


class Member(NamedTuple):
    """A line of the argument's table."""

    offset: str
    size: str
    type: str
    name: str
    flow: str
    doc: str


class Promise(NamedTuple):
    """What holds after success."""

    id: str
    text: str
    why: str
    place: str


class CommandView(NamedTuple):
    """A command as the page shows it."""

    name: str
    c_name: str
    number: str
    value: str
    direction: str
    arg: str
    states: str
    doc: str
    facts: list[str]
    members: list[Member]
    checks: list[CheckRow]
    effects: list[str]
    promises: list[Promise]
    place: str


def _flow(command: Command, name: str) -> str:
    """Return which way a member flows."""
    ways = [
        w for w, names in (("in", command.flow_in), ("out", command.flow_out)) if name in names
    ]
    return ", ".join(ways) or "ignored"


def _members(spec: Spec, command: Command) -> list[Member]:
    """Return the argument, member by member."""
    if command.arg is None or command.arg_kind == "none":
        return []
    if command.arg_kind == "scalar":
        way = "in" if command.flow_in else "out"
        return [Member("0", "", uapi_type(command.arg), "", way, "")]
    struct = spec.structs[command.arg.base]
    places = {s.name: s for s in compute(spec, struct, 64).slots}
    rows = []
    for fld in fields(struct):
        slot = places[fld.name]
        ctype = uapi_type(fld.type) + bounds(fld.type) if fld.type else "record"
        flow = f"padding ({fld.reserved})" if fld.reserved else _flow(command, fld.name)
        rows.append(Member(str(slot.offset), str(slot.size), ctype, fld.name, flow, flat(fld.doc)))
    return rows


def _facts(command: Command) -> list[str]:
    """Return remarks that are not rules of their own."""
    facts = []
    if command.since:
        facts.append(f"Since version {command.since}.")
    if command.idempotent:
        facts.append("Idempotent: repeating the call changes nothing.")
    if command.blocking:
        facts.append(f"May block: waits for {command.blocking}.")
    if command.undo:
        facts.append("A result that cannot be copied out takes the effect back.")
    for quirk in command.quirk:
        facts.append(f"Quirk: {quirk_link(quirk)}.")
    return facts


def _promises(command: Command) -> list[Promise]:
    return [Promise(e.id, f"`{flat(e.text)}`", flat(e.why), place(e.pos)) for e in command.ensures]


def view(spec: Spec, command: Command) -> CommandView:
    """Return what the page says about a command."""
    arg: Optional[str] = uapi_type(command.arg) if command.arg is not None else None
    checks = [Clause("command", command.name, c) for c in command.checks]
    return CommandView(
        command.name,
        command.c_name,
        number(command),
        f"0x{number_of(spec, command):08x}",
        _DIRECTIONS[command.direction],
        arg or "none",
        ", ".join(command.states),
        command.doc.strip(),
        _facts(command),
        _members(spec, command),
        check_rows(spec, checks),
        command.effects,
        _promises(command),
        place(command.pos),
    )


def views(spec: Spec) -> list[CommandView]:
    """Return all commands in the order of their numbers."""
    return [view(spec, c) for c in commands(spec)]


def space_rows(spec: Spec) -> list[CheckRow]:
    """Return the rules all commands share."""
    if spec.space is None:
        return []
    return check_rows(spec, [Clause("ioctl", "", c) for c in reversed(spec.space.shared)])
