# SPDX-License-Identifier: BSD-3-Clause
"""Manual pages: the device, each command, the library."""
from __future__ import annotations

from typing import Any, Iterator, NamedTuple

from uapigen.backends.docs.text import refuses
from uapigen.backends.header.numbers import number
from uapigen.backends.lib import commands as library
from uapigen.backends.lib import latest_version
from uapigen.backends.lib.tables import VISIBLE
from uapigen.backends.man.roff import body, code, escape, flat, quoted
from uapigen.clauses import commands, state_gate
from uapigen.ctypes_c import declare, uapi_type
from uapigen.members import fields
from uapigen.model import Check, Command, Spec
from uapigen.render import Output, man_banner, render


class Entry(NamedTuple):
    """A tagged paragraph."""

    tag: str
    text: str


class Function(NamedTuple):
    """A function of the library as its page shows it."""

    prototype: str
    text: str


def _first(doc: str) -> str:
    """Return the first sentence, without its full stop."""
    return " ".join(doc.split()).partition(". ")[0].rstrip(".")


def _summary(doc: str) -> str:
    """Return the first sentence as the NAME line wants it."""
    first = _first(doc)
    return escape(first[:1].lower() + first[1:])


def _error(spec: Spec, check: Check) -> Entry:
    """Return an entry of ERRORS."""
    name = VISIBLE.get(check.errno, check.errno)
    when = refuses(spec, check)
    why = " ".join(check.why.split())
    text = f"{when[:1].upper()}{when[1:]}. "
    return Entry(f".B {name}", flat(why if why.startswith(text[:-2]) else text + why))


def _errors(spec: Spec, command: Command) -> list[Entry]:
    """Return the errors of a command in the order of the checks."""
    assert spec.space is not None
    entries = []
    gate = state_gate(spec, command)
    if gate is not None:
        entries.append(_error(spec, gate))
    return entries + [_error(spec, c) for c in command.checks if c.errno]


def _flow(command: Command, name: str) -> str:
    ways = [w for w, n in (("in", command.flow_in), ("out", command.flow_out)) if name in n]
    return ", ".join(ways) or "ignored"


def _argument(spec: Spec, command: Command) -> dict[str, Any]:
    """Return how the argument is declared and what its members mean."""
    if command.arg is None or command.arg_kind == "none":
        return {"declaration": "", "members": [], "parameter": ""}
    ctype = uapi_type(command.arg)
    if command.arg_kind == "scalar":
        way = "read" if command.flow_in else "written"
        return {
            "declaration": "",
            "members": [],
            "parameter": f"{ctype} *arg",
            "remark": escape(f"The argument, of type {ctype}, is {way}."),
        }
    struct = spec.structs[command.arg.base]
    lines = [f"{struct.kind} {struct.name} {{"]
    lines += [f"    {declare(f)};" if f.type else f"    ... {f.name};" for f in fields(struct)]
    members = [
        Entry(f".IR {escape(f.name)} {quoted(f' ({_flow(command, f.name)})')}", flat(f.doc))
        for f in fields(struct)
    ]
    return {
        "declaration": code("\n".join([*lines, "};"])),
        "members": members,
        "parameter": f"{ctype} *arg",
    }


def _early(command: Command, spec: Spec) -> list[str]:
    """Return when the call succeeds without doing anything."""
    return [
        flat(f"If {refuses(spec, c)}, the call succeeds at once. {c.why}")
        for c in command.checks
        if not c.errno
    ]


def _command_page(spec: Spec, command: Command, shared: dict[str, Any]) -> Output:
    """Return the page of a command."""
    quirks = [
        flat(spec.quirks[q].what + " " + spec.quirks[q].why)
        for q in command.quirk
        if q in spec.quirks
    ]
    text = render(
        "man/command.2.jinja",
        **shared,
        remark_default="",
        c_name=command.c_name,
        title=quoted(command.c_name),
        summary=_summary(command.doc),
        doc=body(command.doc),
        include=command.header or next(iter(spec.headers), ""),
        number=escape(number(command)),
        errors=_errors(spec, command),
        effects=[flat(e) for e in command.effects],
        promises=[
            Entry(f".B {escape(e.id)}", flat(f"{e.text}. {e.why}")) for e in command.ensures
        ],
        early=_early(command, spec),
        since=escape(command.since),
        quirks=quirks,
        states=escape(", ".join(command.states)),
        blocking=flat(f"May wait for {command.blocking}.") if command.blocking else "",
        **{"remark": "", **_argument(spec, command)},
    )
    return Output(f"man/man2/{command.c_name}.2", text)


def _device_page(spec: Spec, shared: dict[str, Any]) -> Output:
    """Return the page of the device."""
    text = render(
        "man/device.4.jinja",
        **shared,
        title=quoted(spec.prefix),
        summary=escape(spec.title),
        doc=body(spec.doc),
        includes=[escape(h) for h in spec.headers],
        commands=[
            Entry(f".BR {escape(c.c_name)} (2)", flat(_first(c.doc)) + ".") for c in commands(spec)
        ],
        regions=[
            Entry(
                f".BR {escape(r.name)} {quoted(f' (type {r.type}, token {r.token_field})')}",
                flat(f"{r.doc} {r.length_text} bytes, {r.cache}."),
            )
            for r in sorted(spec.regions.values(), key=lambda r: r.type)
        ],
        poll=[Entry(f".B {escape(' | '.join(r.mask))}", flat(r.doc)) for r in spec.poll],
        lists=[Entry(f".B {escape(n)}", flat(i.doc)) for n, i in spec.check_lists.items()],
        operations=[Entry(f".B {escape(n)}()", flat(o.doc)) for n, o in spec.file_ops.items()],
        errors=[Entry(f".B {n}", flat(e.doc)) for n, e in spec.errnos.items() if n not in VISIBLE],
    )
    return Output(f"man/man4/{spec.prefix}.4", text)


def _library_page(spec: Spec, shared: dict[str, Any]) -> Output:
    """Return the page of the library."""
    functions = [
        Function(code(f.prototype), escape(f"{f.c_name}")) for f in library.functions(spec)
    ]
    text = render(
        "man/library.3.jinja",
        **shared,
        title=quoted(f"lib{spec.prefix}"),
        summary=escape(spec.title),
        functions=functions,
    )
    return Output(f"man/man3/lib{spec.prefix}.3", text)


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the pages."""
    if spec.space is None or not spec.commands:
        return
    shared = {
        "banner": man_banner(spec, spec.licenses["user"]),
        "p": spec.prefix,
        "version": quoted(f"{spec.prefix} {latest_version(spec)}"),
    }
    yield _device_page(spec, shared)
    for command in commands(spec):
        yield _command_page(spec, command, shared)
    yield _library_page(spec, shared)
