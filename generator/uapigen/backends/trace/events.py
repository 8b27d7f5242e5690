# SPDX-License-Identifier: BSD-3-Clause
"""What each event carries and how it is printed."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.driver.checks import segments
from uapigen.backends.driver.commands import handler_params, has_in, has_out
from uapigen.backends.driver.lists import CORE_DECIDES
from uapigen.clauses import Clause, commands
from uapigen.ctypes_c import SIGNED, byte_order, kernel_type, unsigned_width
from uapigen.members import fields
from uapigen.model import Command, Field, Spec, TypeRef, Word

# Bytes of an array that are printed as one run of digits.
_BYTES = ("u8", "uchar", "char")


class Member(NamedTuple):
    """A value an event remembers: where from, how kept, how printed."""

    name: str  # member of the entry
    label: str  # as the spec calls it
    source: str  # C expression it comes from
    declare: str
    assign: str
    format: str
    args: list[str]


class Event(NamedTuple):
    """An event: its name behind the prefix and what it tells."""

    name: str
    about: str
    param: str  # what is decoded, beside the file
    arg: str
    members: list[Member]


def _word(ref: TypeRef) -> tuple[str, str]:
    """Return the type a scalar is kept in and its format."""
    if ref.base in SIGNED:
        return ("s64", "%lld") if ref.base in ("s64", "long", "longlong") else ("s32", "%d")
    width = unsigned_width(ref)
    if width in (8, 16):
        return f"u{width}", "%u"
    if width == 32:
        return "u32", "%#x"
    return "u64", "%#llx"


def _value(ref: TypeRef, text: str) -> str:
    """Return an element in the host's byte order."""
    order = byte_order(ref)
    return f"{order}{unsigned_width(ref)}_to_cpu({text})" if order else text


def scalar(name: str, label: str, ref: TypeRef, source: str) -> Member:
    """Return a member for one number."""
    kept, fmt = _word(ref)
    pointer = "(uintptr_t)" if ref.kind == "pointer" or ref.base == "ptr" else ""
    return Member(
        name,
        label,
        source,
        f"__field({kept}, {name})",
        f"__entry->{name} = {pointer}{_value(ref, source)};",
        fmt,
        [f"__entry->{name}"],
    )


def _array(name: str, label: str, ref: TypeRef, source: str) -> Member:
    """Return a member for an array of numbers."""
    count = ref.dims[0]
    assert count is not None
    kept, fmt = _word(ref)
    declare = f"__array({kept}, {name}, {count})"
    if ref.base in _BYTES:
        assign = f"memcpy(__entry->{name}, {source}, {count});"
        return Member(
            name, label, source, declare, assign, "%s", [f"__print_hex(__entry->{name}, {count})"]
        )
    lines = [
        f"__entry->{name}[{i}] = {_value(ref, f'{source}[{i}]')};" for i in range(count)
    ]
    args = [f"__entry->{name}[{i}]" for i in range(count)]
    assign, formats = "\n\t\t".join(lines), ",".join([fmt] * count)
    return Member(name, label, source, declare, assign, formats, args)


def _decoded(member: Member, word: Word | None) -> Member:
    """Return the member with the bit ranges of its word behind it."""
    if word is None or word.width > 32:
        return member
    ranges = [b for b in word.fields if not b.group and not b.context]
    parts = " ".join(f"{b.name.lower()}=%u" for b in ranges)
    args = [f"({member.args[0]} >> {b.lo}) & {b.mask >> b.lo:#x}" for b in ranges]
    return member._replace(format=f"{member.format}({parts})", args=member.args + args)


def _field(spec: Spec, fld: Field, path: str, source: str) -> Iterator[Member]:
    """Yield what a struct's member becomes; nested ones are taken apart."""
    label = f"{path}{fld.name}"
    name, place = label.replace(".", "_"), f"{source}{fld.name}"
    nested = fld.inner
    if fld.type is not None and fld.type.kind in ("struct", "union") and not fld.type.dims:
        nested = nested or spec.structs.get(fld.type.base)
    if nested is not None:
        for inner in fields(nested):
            yield from _field(spec, inner, f"{label}.", f"{place}.")
    elif fld.type is not None and fld.type.kind not in ("struct", "union"):
        if not fld.type.dims:
            yield _decoded(scalar(name, label, fld.type, place), spec.words.get(fld.bits))
        elif len(fld.type.dims) == 1 and fld.type.dims[0]:
            yield _array(name, label, fld.type, place)


def _struct(
    spec: Spec, tag: str, pointer: str, path: str = "", only: list[str] | None = None
) -> Iterator[Member]:
    """Yield the members of a struct behind a pointer."""
    for fld in fields(spec.structs[tag]):
        if not fld.reserved and (only is None or fld.name in only):
            yield from _field(spec, fld, path, f"{pointer}->")


def _flow(spec: Spec, command: Command, name: str, only: list[str]) -> list[Member]:
    """Return what flows one way."""
    assert command.arg is not None
    if command.arg_kind == "scalar":
        return [scalar("value", "value", command.arg, name)]
    return list(_struct(spec, command.arg.base, name, only=only))


def _param(command: Command, name: str) -> str:
    """Return the parameter of a request's or result's event."""
    if command.arg_kind == "scalar":
        assert command.arg is not None
        return f"{kernel_type(command.arg)} {name}"
    flows = [p for p in handler_params(command, undo=True) if p.endswith(f"*{name}")]
    return flows[0]


def requests(spec: Spec) -> Iterator[Event]:
    """Yield the events of the commands: what was asked, what came of it."""
    for command in commands(spec):
        lower = command.name.lower()
        if has_in(command):
            members = _flow(spec, command, "in", command.flow_in)
            about = f"{command.name} was asked for; before its checks."
            yield Event(lower, about, _param(command, "in"), "in", members)
        if has_out(command):
            members = _flow(spec, command, "out", command.flow_out)
            about = f"{command.name} succeeded; before its result is copied out."
            yield Event(f"{lower}_result", about, _param(command, "out"), "out", members)


def _local(spec: Spec, name: str, declared: str) -> Iterator[Member]:
    """Yield what a local of a check list becomes."""
    if declared in ("int", "bool"):
        kind = TypeRef("scalar", "u64" if declared == "int" else "u8")
        yield scalar(name, name, kind, f"l->{name}")
    else:
        tag = declared.split()[1]
        yield from _struct(spec, tag, f"l->{name}", f"{name}.")


def lists(spec: Spec) -> Iterator[Event]:
    """Yield the events of check lists: what they look at."""
    for check_list in spec.check_lists.values():
        clauses = [Clause("list", check_list.name, c) for c in check_list.checks]
        if not check_list.locals or not segments(clauses, CORE_DECIDES)[0].clauses:
            continue
        members = [m for n, t in check_list.locals.items() for m in _local(spec, n, t)]
        param = f"const struct {spec.prefix}_{check_list.name}_locals *l"
        about = f"The checks of {check_list.name} begin."
        yield Event(check_list.name, about, param, "l", members)
