# SPDX-License-Identifier: BSD-3-Clause
"""The dispatch of commands: copies, checks, handler."""
from __future__ import annotations

from typing import Iterator, NamedTuple, Optional, Protocol

from uapigen.backends.driver.checks import (
    expression_check,
    refuse,
    remark,
    segments,
)
from uapigen.backends.driver.names import resolver, state_name, writer
from uapigen.clauses import Clause, commands
from uapigen.cwrap import call, condition, statement
from uapigen.ctypes_c import kernel_type
from uapigen.members import find, fields
from uapigen.model import Command, Field, Spec
from uapigen.render import BackendError


# Where generated checks stop and the core's begin.
CORE_DECIDES = ("driver", "copy_out")


class Door(Protocol):
    """How a command's argument reaches the driver and its result the caller."""

    prefix: str  # of the names of functions

    def params(self, command: Command) -> list[str]:
        """Return the parameters behind fd."""

    def variables(self, spec: Spec, command: Command) -> Iterator[str]:
        """Yield declarations beside `in`, `out` and `ret`."""

    def fetch(self, spec: Spec, command: Command) -> list[str]:
        """Return the lines that fill `in`; the last is a test that it cannot be done."""

    def settle(self, command: Command) -> list[str]:
        """Return what follows the fetch before `in` is complete."""

    def blank(self, spec: Spec, command: Command) -> Iterator[str]:
        """Yield statements that clear what does not flow in."""

    def deliver(self, spec: Spec, command: Command) -> str:
        """Return the condition that is true when the result cannot be delivered."""


class Row(NamedTuple):
    """A command's entry of the dispatch table."""

    c_name: str
    name: str
    states: str
    handler: str  # member of struct command and its value


def lower(command: Command) -> str:
    """Return the command's part of function names."""
    return command.name.lower()


def has_in(command: Command) -> bool:
    """Tell whether anything flows into the driver."""
    return bool(command.flow_in)


def has_out(command: Command) -> bool:
    """Tell whether anything flows back."""
    return bool(command.flow_out)


def flow_type(command: Command) -> str:
    assert command.arg is not None
    return kernel_type(command.arg)


def handler_params(command: Command, undo: bool = False) -> list[str]:
    """Return the parameters of a handler, or of its undo function, after fd."""
    params = []
    scalar = command.arg_kind == "scalar"
    if has_in(command):
        params.append(
            f"{flow_type(command)} in" if scalar else f"const {flow_type(command)} *in"
        )
    if has_out(command):
        params.append(f"{'const ' if undo else ''}{flow_type(command)} *out")
    return params


def prototype(spec: Spec, command: Command) -> str:
    """Return the declaration of the handler."""
    params = [f"struct {spec.prefix}_fd *fd", *handler_params(command)]
    return call("", f"int {spec.prefix}_do_{lower(command)}", params)


def undo_prototype(spec: Spec, command: Command) -> str:
    """Return the declaration of the undo function."""
    params = [f"struct {spec.prefix}_fd *fd", *handler_params(command, undo=True)]
    return call("", f"void {spec.prefix}_undo_{lower(command)}", params)


def _passed(command: Command) -> list[str]:
    """Return the arguments of a handler's call."""
    args = ["fd"]
    if has_in(command):
        args.append("in" if command.arg_kind == "scalar" else "&in")
    return args + (["&out"] if has_out(command) else [])


def _clauses(command: Command) -> list[Clause]:
    return [Clause("command", command.name, c) for c in command.checks]


def _find_kind(command: Command, kind: str) -> Optional[Clause]:
    return next((c for c in _clauses(command) if c.check.kind == kind), None)


def _copy_in(spec: Spec, command: Command, clause: Clause, door: Door) -> str:
    """Return the copy of the argument from the caller."""
    lines = [remark(spec, clause), *door.fetch(spec, command)]
    return "\n".join([*lines, refuse(spec, clause, "\t\t"), *door.settle(command)])


def members(spec: Spec, command: Command) -> list[Field]:
    assert command.arg is not None
    return list(fields(spec.structs[command.arg.base]))


def _is_plain(fld: Field) -> bool:
    """Tell whether a member is a scalar that can be assigned."""
    return (
        fld.inner is None
        and fld.type is not None
        and not fld.type.dims
        and fld.type.kind in ("scalar", "pointer", "enum")
    )


def copies_whole(spec: Spec, command: Command) -> bool:
    """Tell whether the result goes back in one piece.

    So it does when every member that carries anything flows out: what is left
    is padding, which the caller gets as zero.
    """
    return all(f.name in command.flow_out or f.reserved for f in members(spec, command))


class _Ioctl:
    """One pointer to the argument, and the published struct behind it."""

    prefix = "call"

    def params(self, command: Command) -> list[str]:
        """Return the pointer, if the command has an argument."""
        return ["void __user *arg"] if command.arg_kind != "none" else []

    def variables(self, spec: Spec, command: Command) -> Iterator[str]:
        """Yield the pointer by its type, where members are written one by one."""
        struct = command.arg_kind == "struct"
        if struct and has_out(command) and not copies_whole(spec, command):
            yield f"\t{flow_type(command)} __user *uarg = arg;"

    def fetch(self, _: Spec, command: Command) -> list[str]:
        """Return the copy of the whole argument."""
        if command.arg_kind == "scalar":
            return [f"\tif (get_user(in, ({flow_type(command)} __user *)arg))"]
        return ["\tif (copy_from_user(&in, arg, sizeof(in)))"]

    def settle(self, _: Command) -> list[str]:
        """Return nothing: the copy is all."""
        return []

    def blank(self, spec: Spec, command: Command) -> Iterator[str]:
        """Yield the statements that clear members that do not flow in."""
        if command.arg_kind != "struct":
            return
        for fld in members(spec, command):
            if fld.name in command.flow_in:
                continue
            if _is_plain(fld):
                yield f"\tin.{fld.name} = 0;"
            else:
                yield f"\tmemset(&in.{fld.name}, 0, sizeof(in.{fld.name}));"

    def deliver(self, spec: Spec, command: Command) -> str:
        """Return the copy of what flows out."""
        if command.arg_kind == "scalar":
            return f"put_user(out, ({flow_type(command)} __user *)arg)"
        if copies_whole(spec, command):
            return "copy_to_user(arg, &out, sizeof(out))"
        assert command.arg is not None
        struct = spec.structs[command.arg.base]
        tests = []
        for name in command.flow_out:
            fld = find(struct, name)
            if fld is None or not _is_plain(fld):
                tests.append(f"copy_to_user(&uarg->{name}, &out.{name}, sizeof(out.{name}))")
            else:
                tests.append(f"put_user(out.{name}, &uarg->{name})")
        return " || ".join(tests)


def _copy_out(spec: Spec, command: Command, door: Door) -> str:
    """Return the copy of the result to the caller."""
    clause = _find_kind(command, "copy_out")
    if clause is None:
        raise BackendError(command.pos, f"{command.name} has a result but no check for its copy")
    test = condition("\t", "if", door.deliver(spec, command), ") {" if command.undo else ")")
    lines = [remark(spec, clause)]
    if command.undo:
        passed = _passed(command)
        undo = call("\t\t", f"{spec.prefix}_undo_{lower(command)}", passed)
        lines += [test, undo, refuse(spec, clause, "\t\t"), "\t}"]
    else:
        lines += [test, refuse(spec, clause, "\t\t")]
    return "\n".join(lines)


def _tell(spec: Spec, command: Command, name: str) -> str:
    """Return the tracepoint of the request (in) or of the result (out)."""
    event = f"trace_{spec.prefix}_{lower(command)}" + ("_result" if name == "out" else "")
    return call("\t", event, ["fd", name if command.arg_kind == "scalar" else f"&{name}"])


def _prefix(spec: Spec, command: Command, door: Door) -> Iterator[str]:
    """Yield the copy-in and the checks before the handler."""
    write = writer(spec, resolver(spec, command.arg))
    copied = False
    for clause in segments(_clauses(command), CORE_DECIDES)[0].clauses:
        if clause.check.kind in ("copy_head", "copy_tail"):
            raise BackendError(clause.check.pos, f"{command.name}: generated dispatch copies an "
                               "argument at once")
        if clause.check.kind == "copy_in":
            copied = True
            yield _copy_in(spec, command, clause, door)
            yield _tell(spec, command, "in")
        else:
            yield expression_check(spec, clause, write)
    if has_in(command) and not copied:
        raise BackendError(
            command.pos, f"{command.name}: copy: in must come before the first when:"
        )
    blanking = "\n".join(door.blank(spec, command)) if has_in(command) else ""
    if blanking:
        yield "\t/* What does not flow in stays out of the handler's sight. */\n" + blanking


def _variables(spec: Spec, command: Command, door: Door) -> Iterator[str]:
    """Yield the declarations of a call function."""
    yield from door.variables(spec, command)
    names = (["in"] if has_in(command) else []) + (["out"] if has_out(command) else [])
    for name in names:
        yield f"\t{flow_type(command)} {name};"
    if has_out(command):
        yield "\tint ret;"


def _needs_function(command: Command) -> bool:
    """Tell whether there is anything to do before or after the handler."""
    first = segments(_clauses(command), CORE_DECIDES)[0]
    return bool(first.clauses) or command.arg_kind != "none"


def call_function(spec: Spec, command: Command, door: Door) -> str:
    """Return the function between a front door and the handler."""
    name = f"{door.prefix}_{lower(command)}"
    params = [f"struct {spec.prefix}_fd *fd", *door.params(command)]
    run = call("\t", f"return {spec.prefix}_do_{lower(command)}", _passed(command))
    blocks = list(_prefix(spec, command, door))
    if has_out(command):
        clear = "\tout = 0;" if command.arg_kind == "scalar" else "\tmemset(&out, 0, sizeof(out));"
        run = call("\t", f"ret = {spec.prefix}_do_{lower(command)}", _passed(command))
        blocks.append(f"{clear}\n{run}\n\tif (ret)\n\t\treturn ret;")
        blocks.append(_tell(spec, command, "out"))
        blocks.append(_copy_out(spec, command, door) + "\n\treturn 0;")
    else:
        blocks.append(run)
    variables = "\n".join(_variables(spec, command, door))
    head = call("", f"static int {name}", params, ")")
    body = "\n\n".join(([variables] if variables else []) + blocks)
    return f"{head}\n{{\n{body}\n}}"


def call_functions(spec: Spec) -> list[str]:
    """Return the functions of all commands that need one."""
    return [call_function(spec, c, _Ioctl()) for c in commands(spec) if _needs_function(c)]


def table(spec: Spec) -> list[Row]:
    """Return the dispatch table in the order of the numbers."""
    rows = []
    for command in commands(spec):
        states = " | ".join(f"BIT({state_name(spec, s)})" for s in command.states)
        states = statement("\t\t.states = ", states, ",")
        plain = command.arg_kind == "none"
        function = f"{_Ioctl.prefix}_{lower(command)}"
        if not _needs_function(command):
            function = f"{spec.prefix}_do_{lower(command)}"
        handler = f".{'plain' if plain else 'call'} = {function}"
        rows.append(Row(command.c_name, command.name, states, handler))
    return rows
