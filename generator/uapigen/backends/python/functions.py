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
from uapigen.members import argument_tail, find
from uapigen.model import Check, Command, Field, Spec
from uapigen.number import DIRECTIONS
from uapigen.render import where


class Row(NamedTuple):
    """A command in the table, as Python source."""

    name: str
    magic: int
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
        Row(c.name, c.magic_value, c.nr, DIRECTIONS[c.direction],
            ctype(c.arg) if c.arg else "None", _names(c.flow_in), _names(c.flow_out),
            _names(c.states), quoted(first_sentence(c.doc), 8),
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
    if fld is not None and fld.count:
        return f"{identifier(name)}: Sequence[Any] = ()"
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
    for place, param in enumerate(params[1:], 2):
        end = f") -> {result}:" if place == len(params) else ","
        if len(current) + len(", ") + len(param) + len(end) > WIDTH:
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


def _struct(spec: Spec, command: Command) -> tuple[list[str], list[str]]:
    """Return the parameters of a struct argument, and how it is made of them."""
    assert command.arg is not None
    params = [_parameter(spec, command, f) for f in command.flow_in]
    body = [f"argument = {command.arg.base}()"]
    return params, body + ([_fill(command.flow_in)] if params else [])


def _with_tail(spec: Spec, command: Command, tail: Field) -> tuple[list[str], list[str]]:
    """Return the same for an argument with elements behind it: they are counted here."""
    assert command.arg is not None
    given = [f for f in command.flow_in if f != tail.count]
    params = [_parameter(spec, command, f) for f in given]
    if tail.name in given:
        count = f"len({identifier(tail.name)})"
    else:
        count = identifier(tail.count)
        params.append(f"{count}: int")
    body = [f"argument = sized({command.arg.base}, {count})()",
            f"argument.{tail.count} = {count}"]
    return params, body + ([_fill(given)] if given else [])


def _function(spec: Spec, command: Command) -> Function:
    name = identifier(command.name.lower())
    file = "device" if "fd" in command.flow_in else "fd"  # a member may be called so
    params: list[str] = []
    body: list[str] = []
    argument = "None" if command.arg is None else "argument"
    tail = argument_tail(spec, command)
    if command.arg_kind == "struct":
        params, body = _with_tail(spec, command, tail) if tail else _struct(spec, command)
        params = ["*", *params] if params else []
    elif command.arg is not None:
        params = ["value: int"] if command.flow_in else []
        body = [f"argument = {ctype(command.arg)}({'value' if params else ''})"]
    body.append(f'_issue({file}, COMMANDS["{command.name}"], {argument})')
    if command.flow_out:
        body.append("return argument.value" if command.arg_kind == "scalar" else "return argument")
    doc = docstring(first_sentence(command.doc), 4)
    return Function(_head(name, [f"{file}: int", *params], _result(command)), doc, name, body)


def functions(spec: Spec) -> Iterator[Function]:
    """Yield the functions in the order of the numbers."""
    for command in commands(spec):
        yield _function(spec, command)
