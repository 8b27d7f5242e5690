# SPDX-License-Identifier: BSD-3-Clause
"""One typed function per command."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.clauses import commands
from uapigen.ctext import comment_lines, prose
from uapigen.ctypes_c import user_type
from uapigen.cwrap import call
from uapigen.members import argument_tail, find
from uapigen.model import Command, Spec


class Function(NamedTuple):
    """A function of the library."""

    doc: str
    prototype: str
    text: str
    c_name: str
    since: str


class _Shape(NamedTuple):
    """How a command's argument becomes parameters."""

    param: str  # declaration, empty without argument
    doc: str  # what it is, for kernel-doc
    body: list[str]


def _name(spec: Spec, command: Command) -> str:
    return f"{spec.prefix}_{command.name.lower()}"


def _run(command: Command, arg: str) -> str:
    return call("\t", "return run", ["fd", command.c_name, arg])


def _scalar(command: Command) -> _Shape:
    """Return the shape of a command with a scalar argument."""
    assert command.arg is not None
    ctype = user_type(command.arg)
    if command.flow_out:
        doc = "the argument, and where the result goes" if command.flow_in \
            else "where the result goes"
        return _Shape(f"{ctype} *value", doc, [_run(command, "value")])
    return _Shape(f"{ctype} value", "the argument", [_run(command, "&value")])


def assign(command: Command, spec: Spec, names: list[str], to: str, source: str) -> list[str]:
    """Return statements that copy members between two structs."""
    assert command.arg is not None
    struct = spec.structs[command.arg.base]
    lines = []
    for name in names:
        fld = find(struct, name)
        plain = fld is not None and fld.type is not None and not fld.type.dims
        if plain:
            lines.append(f"\t{to}{name} = {source}{name};")
        else:
            lines.append(
                call("\t", "memcpy", [f"&{to}{name}", f"&{source}{name}", f"sizeof({to}{name})"])
            )
    return lines


def _struct(spec: Spec, command: Command) -> _Shape:
    """Return the shape of a command with a struct argument.

    What flows in goes through a copy: the driver sees nothing else, and the
    caller's struct changes only where the spec says so.
    """
    assert command.arg is not None
    ctype = user_type(command.arg)
    if not command.flow_in:
        return _Shape(f"{ctype} *out", "where the result goes", [_run(command, "out")])
    body = [f"\t{ctype} copy;"]
    body += ["\tint ret;"] if command.flow_out else []
    body += ["", "\tmemset(&copy, 0, sizeof(copy));"]
    body += assign(command, spec, command.flow_in, "copy.", "arg->")
    if not command.flow_out:
        return _Shape(f"const {ctype} *arg", "the argument", [*body, _run(command, "&copy")])
    body += [
        call("\t", "ret = run", ["fd", command.c_name, "&copy"]),
        "\tif (ret)",
        "\t\treturn ret;",
    ]
    body += assign(command, spec, command.flow_out, "arg->", "copy.")
    return _Shape(f"{ctype} *arg", _flow_text(command), [*body, "\treturn 0;"])


def _with_tail(command: Command) -> _Shape:
    """Return the shape of a command whose argument has elements behind it.

    A copy would have no room for them: the driver sees the caller's memory.
    """
    assert command.arg is not None
    ctype, doc = user_type(command.arg), "the argument, its elements behind it"
    if command.flow_out:
        return _Shape(f"{ctype} *arg", doc, [_run(command, "arg")])
    return _Shape(f"const {ctype} *arg", doc, [_run(command, "(void *)arg")])


def _flow_text(command: Command) -> str:
    """Return which members go in and which come back."""
    return f"in: {', '.join(command.flow_in)}; out, on success: {', '.join(command.flow_out)}"


def _shape(spec: Spec, command: Command) -> _Shape:
    if not command.flow_in and not command.flow_out:
        return _Shape("", "", [_run(command, "NULL")])
    if command.arg_kind == "scalar":
        return _scalar(command)
    return _with_tail(command) if argument_tail(spec, command) else _struct(spec, command)


def _errnos(command: Command) -> list[str]:
    """Return the errnos of a command in the order of their checks."""
    return list(dict.fromkeys(c.errno for c in command.checks if c.errno))


def _doc(spec: Spec, command: Command, shape: _Shape) -> str:
    """Return the kernel-doc of a command's function."""
    first = " ".join(command.doc.split()).partition(". ")[0].rstrip(".")
    title = prose(f"{_name(spec, command)}() - {first[0].lower()}{first[1:]}", 77)
    lines = [*title, "@fd: open file of the device"]
    if shape.param:
        name = shape.param.split()[-1].lstrip("*")
        lines += [f"  {t}" if i else t for i, t in enumerate(prose(f"@{name}: {shape.doc}", 75))]
    errnos = ", ".join(f"-{e}" for e in _errnos(command))
    result = (
        f"Return: 0, or a negative errno; of its own: {errnos}."
        if errnos
        else "Return: 0, or a negative errno."
    )
    return comment_lines([*lines, "", *prose(result, 77)], opener="/**")


def functions(spec: Spec) -> Iterator[Function]:
    """Yield the functions in the order of the numbers."""
    for command in commands(spec):
        shape = _shape(spec, command)
        params = ["int fd", *([shape.param] if shape.param else [])]
        name = f"int {_name(spec, command)}"
        head, prototype = (call("", name, params, tail) for tail in (")", ");"))
        body = "\n".join(shape.body)
        yield Function(
            _doc(spec, command, shape),
            prototype,
            f"{head}\n{{\n{body}\n}}",
            command.c_name,
            command.since,
        )
