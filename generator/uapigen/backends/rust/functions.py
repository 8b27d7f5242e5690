# SPDX-License-Identifier: BSD-3-Clause
"""Commands as Rust: numbers, functions, reasons."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.lib.tables import VISIBLE, condition_text
from uapigen.backends.rust.types import doc_lines, member_name, rust_type
from uapigen.clauses import commands, refusals
from uapigen.ctext import first_sentence
from uapigen.members import argument_tail, find
from uapigen.model import Check, Command, Field, Spec, TypeRef
from uapigen.render import where

_DIRECTIONS = {"none": "NONE", "w": "WRITE", "r": "READ", "rw": "READ | WRITE"}


class Number(NamedTuple):
    """The number of a command, as an expression and in 64-bit programs."""

    doc: list[str]
    name: str
    expression: str


class Function(NamedTuple):
    """A function: doc comment, head and body."""

    doc: list[str]
    head: str
    body: list[str]


class Reason(NamedTuple):
    """A check with an errno, as Rust strings."""

    command: str
    id: str
    errno: str
    condition: str
    why: str
    place: str


def string(text: str) -> str:
    """Return a Rust string literal."""
    flat = " ".join(text.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def numbers(spec: Spec) -> Iterator[Number]:
    """Yield the numbers in their order."""
    for command in commands(spec):
        kind = rust_type(command.arg) if command.arg and command.direction != "none" else "()"
        parts = [_DIRECTIONS[command.direction], f"{command.magic_value:#x}", command.nr_text]
        yield Number(doc_lines(first_sentence(command.doc)), command.c_name,
                     f"number::<{kind}>({', '.join(parts)})")


def dangerous(spec: Spec, command: Command) -> bool:
    """Tell whether what flows in may be an address."""
    if command.arg is None or not command.flow_in:
        return False
    if command.arg_kind == "scalar":
        return _may_lead(command.arg, ("u64", "ptr"))
    flowing = [find(spec.structs[command.arg.base], name) for name in command.flow_in]
    return any(f is not None and _holds_address(spec, f) for f in flowing)


def _may_lead(ref: TypeRef, wide: tuple[str, ...]) -> bool:
    return ref.kind == "pointer" or ref.kind == "scalar" and ref.base.endswith(wide)


def _holds_address(spec: Spec, fld: Field) -> bool:
    """Tell whether a member, or one of a record's, may be an address."""
    inner = fld.inner
    if inner is None and fld.type is not None and fld.type.kind in ("struct", "union"):
        inner = spec.structs.get(fld.type.base)
    if inner is not None:
        return any(_holds_address(spec, f) for f in inner.fields)
    return fld.type is not None and _may_lead(fld.type, ("u64", "ptr", "ulong"))


def _copies(names: list[str], to: str, source: str) -> list[str]:
    return [f"{to}.{member_name(n)} = {source}.{member_name(n)};" for n in names]


def _struct(command: Command) -> tuple[str, str, list[str]]:
    """Return parameter, result and body for a struct argument."""
    assert command.arg is not None
    kind = command.arg.base
    issue = f"issue(fd, {command.c_name}, &mut copy)?;"
    if not command.flow_in:
        return "", kind, [f"let mut copy = {kind}::default();", issue, "Ok(copy)"]
    body = [f"let mut copy = {kind}::default();", *_copies(command.flow_in, "copy", "arg"), issue]
    if not command.flow_out:
        return f", arg: &{kind}", "()", [*body, "Ok(())"]
    return (f", arg: &mut {kind}", "()",
            [*body, *_copies(command.flow_out, "arg", "copy"), "Ok(())"])


def _with_tail(command: Command, tail: Field) -> tuple[str, str, list[str]]:
    """Return the same for an argument with elements behind it.

    The number of elements is that of the slice.
    """
    assert command.arg is not None and tail.type is not None
    kind, name = command.arg.base, member_name(tail.name)
    element = rust_type(TypeRef(tail.type.kind, tail.type.base))
    heads = [n for n in command.flow_in if n not in (tail.name, tail.count)]
    plain = [n for n in command.flow_out if n != tail.name]
    filled = tail.name in command.flow_out
    body = [
        f"let mut copy = {kind}::default();", *_copies(heads, "copy", "arg"),
        f"copy.{member_name(tail.count)} = number_of({name})?;",
        f"let at = std::ptr::addr_of!(copy.{name}) as usize"
        " - std::ptr::addr_of!(copy) as usize;",
        f"let mut memory = Extended::new(&copy, at, {name});",
        f"memory.issue(fd, {command.c_name})?;",
        *(["copy = memory.head();", *_copies(plain, "arg", "copy")] if plain else []),
        *([f"memory.copy_to(at, {name});"] if filled else []), "Ok(())"]
    change, fill = "mut " if plain else "", "mut " if filled else ""
    needed = f", arg: &{change}{kind}" if heads or plain else ""
    return f"{needed}, {name}: &{fill}[{element}]", "()", body


def _scalar(command: Command) -> tuple[str, str, list[str]]:
    """Return parameter, result and body for a scalar argument."""
    assert command.arg is not None
    kind = rust_type(command.arg)
    issue = f"issue(fd, {command.c_name}, &mut copy)?;"
    first = f"let mut copy: {kind} = {'value' if command.flow_in else '0'};"
    return (f", value: {kind}" if command.flow_in else "", kind if command.flow_out else "()",
            [first, issue, "Ok(copy)" if command.flow_out else "Ok(())"])


def functions(spec: Spec) -> Iterator[Function]:
    """Yield the functions in the order of the numbers."""
    for command in commands(spec):
        parts: tuple[str, str, list[str]] = ("", "()", [f"issue_plain(fd, {command.c_name})"])
        tail = argument_tail(spec, command)
        if tail is not None:
            parts = _with_tail(command, tail)
        elif command.arg_kind == "struct":
            parts = _struct(command)
        elif command.arg_kind == "scalar":
            parts = _scalar(command)
        param, result, body = parts
        doc = doc_lines(first_sentence(command.doc))
        unsafe = ""
        if dangerous(spec, command):
            unsafe = "unsafe "
            doc += ["///", "/// # Safety", "///",
                    "/// Members that are addresses must lead to memory the driver may use."]
        name = member_name(command.name.lower())
        yield Function(doc, f"pub {unsafe}fn {name}(fd: BorrowedFd<'_>{param})"
                            f" -> io::Result<{result}> {{", body)


def _reason(spec: Spec, command: Command, check: Check) -> Reason:
    errno = VISIBLE.get(check.errno, check.errno)
    texts = (command.name, check.id, errno, condition_text(spec, check), check.why,
             where(check.pos))
    return Reason(*map(string, texts))


def reasons(spec: Spec) -> Iterator[Reason]:
    """Yield every refusal of every command, in the order of the checks."""
    for command in commands(spec):
        for check in refusals(spec, command):
            yield _reason(spec, command, check)
