# SPDX-License-Identifier: BSD-3-Clause
"""Commands as rows of a table and as typed functions."""
from __future__ import annotations

from keyword import iskeyword
from typing import Iterator, NamedTuple

from uapigen.backends.lib.tables import VISIBLE, condition_text
from uapigen.backends.python.records import ctype
from uapigen.backends.python.source import WIDTH, docstring, quoted
from uapigen.clauses import commands, refusals
from uapigen.ctext import first_sentence, wrap
from uapigen.members import find
from uapigen.model import Check, Command, Spec
from uapigen.render import where

_DIRECTIONS = {"none": 0, "w": 1, "r": 2, "rw": 3}


class Row(NamedTuple):
    """A command in the table, as Python source."""

    name: str
    number: int
    direction: int
    argument: str
    flow_in: str
    flow_out: str
    states: str
    doc: str
    checks: list[list[str]]


class Function(NamedTuple):
    """A typed function: its head may take several lines."""

    head: str
    doc: str
    name: str
    body: list[str]


def identifier(name: str) -> str:
    """Return a name; a keyword gets an underscore."""
    return f"{name}_" if iskeyword(name) else name


def _check(spec: Spec, check: Check) -> list[str]:
    errno = VISIBLE.get(check.errno, check.errno)
    return [quoted(t, 16) for t in (check.id, errno, condition_text(spec, check), check.why,
                                    where(check.pos))]


def _checks(spec: Spec, command: Command) -> list[list[str]]:
    """Return all refusals in their order, that of the wrong state first."""
    return [_check(spec, c) for c in refusals(spec, command)]


def rows(spec: Spec) -> list[Row]:
    """Return the commands in the order of their numbers."""
    return [
        Row(c.name, c.nr, _DIRECTIONS[c.direction], ctype(c.arg) if c.arg else "None",
            _names(c.flow_in), _names(c.flow_out), _names(c.states),
            quoted(first_sentence(c.doc), 8),
            _checks(spec, c))
        for c in commands(spec)
    ]


def _names(names: list[str]) -> str:
    """Return a tuple of strings."""
    if len(names) == 1:
        return f"({names[0]!r},)"
    lines = wrap(", ".join(map(repr, names)), WIDTH - 11)
    return "(" + ("\n" + " " * 9).join(lines) + ")"


def _parameter(spec: Spec, command: Command, name: str) -> str:
    """Return a keyword parameter for a member that flows in."""
    assert command.arg is not None
    fld = find(spec.structs[command.arg.base], name)
    if fld is not None and fld.type is not None and not fld.type.dims:
        return f"{identifier(name)}: int = 0"
    return f'{identifier(name)}: bytes = b""'


def _result(command: Command) -> str:
    if not command.flow_out:
        return "None"
    assert command.arg is not None
    return "int" if command.arg_kind == "scalar" else command.arg.base


def _head(name: str, params: list[str], result: str) -> str:
    line = f"def {name}({', '.join(params)}) -> {result}:"
    if len(line) <= WIDTH:
        return line
    indent = " " * len(f"def {name}(")
    lines, current = [], f"def {name}({params[0]}"
    for param in params[1:]:
        if len(current) + len(param) + 4 > WIDTH:
            lines.append(current + ",")
            current = indent + param
        else:
            current += f", {param}"
    return "\n".join([*lines, f"{current}) -> {result}:"])


def _fill(names: list[str]) -> str:
    """Return the statement that sets the members from the parameters."""
    given = [f"{n}={n}" if identifier(n) == n else f'**{{"{n}": {identifier(n)}}}'
             for n in names]
    lines = wrap("argument, " + ", ".join(given), WIDTH - 11)
    return "_fill(" + ("\n" + " " * 10).join(lines) + ")"


def _function(spec: Spec, command: Command) -> Function:
    name = identifier(command.name.lower())
    file = "device" if "fd" in command.flow_in else "fd"  # a member may be called so
    params = [f"{file}: int"]
    if command.arg_kind == "struct":
        params += ["*", *(_parameter(spec, command, f) for f in command.flow_in)] \
            if command.flow_in else []
        assert command.arg is not None
        body = [f"argument = {command.arg.base}()"]
        body += [_fill(command.flow_in)] if command.flow_in else []
        body += [f'_issue({file}, COMMANDS["{command.name}"], argument)']
        body += ["return argument"] if command.flow_out else []
    elif command.arg_kind == "scalar":
        assert command.arg is not None
        params += ["value: int"] if command.flow_in else []
        body = [f"argument = {ctype(command.arg)}({'value' if command.flow_in else ''})",
                f'_issue({file}, COMMANDS["{command.name}"], argument)']
        body += ["return argument.value"] if command.flow_out else []
    else:
        body = [f'_issue({file}, COMMANDS["{command.name}"], None)']
    doc = docstring(first_sentence(command.doc), 4)
    return Function(_head(name, params, _result(command)), doc, name, body)


def functions(spec: Spec) -> Iterator[Function]:
    """Yield the functions in the order of the numbers."""
    for command in commands(spec):
        yield _function(spec, command)
