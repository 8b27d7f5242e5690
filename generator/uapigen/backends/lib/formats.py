# SPDX-License-Identifier: BSD-3-Clause
"""Printers of structs: tables of members for one generic function."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.clauses import c_word, commands
from uapigen.ctext import comment_lines, string
from uapigen.ctypes_c import SIGNED, byte_order, unsigned_width, user_type
from uapigen.cwrap import call
from uapigen.layout import compute, leaves
from uapigen.model import Command, Slot, Spec, Struct, TypeRef


class Member(NamedTuple):
    """A member's entry in the table."""

    name: str
    path: str
    elements: str
    kind: str
    order: str
    bits: str


class Printer(NamedTuple):
    """A struct and the function that prints it."""

    doc: str
    head: str
    prototype: str
    type: str
    table: str
    members: list[Member]


class Argument(NamedTuple):
    """A command's argument: its table of members, and what flows which way."""

    request: str
    table: str
    scalar: str  # the table's only entry, for a command without a struct
    flow_in: str
    flow_out: str


class Bits(NamedTuple):
    """A word some member consists of."""

    table: str
    fields: list[tuple[str, str]]  # name, mask


def printable(spec: Spec) -> list[Struct]:
    """Return the published structs."""
    return [s for s in spec.structs.values() if s.header]


def _kind(ref: TypeRef, bits: str) -> str:
    """Return how a member's value is written."""
    if (
        ref.base in ("u8", "char", "uchar")
        and ref.dims
        or ref.kind not in ("scalar", "enum", "pointer")
    ):
        return "BYTES"
    if ref.base in SIGNED:
        return "SIGNED"
    return "HEX" if bits or ref.kind == "pointer" or unsigned_width(ref) == 64 else "UNSIGNED"


def _member(spec: Spec, struct: Struct, slot: Slot) -> Member:
    fld = slot.field
    ref = fld.type or TypeRef("struct", fld.name)
    kind = _kind(ref, fld.bits)
    element = f"(({struct.kind} {struct.name} *)0)->{slot.name}"
    count = "1"
    if ref.dims and kind != "BYTES":
        count = f"sizeof({element}) / sizeof({element}{'[0]' * len(ref.dims)})"
    order = {"le": "LITTLE", "be": "BIG"}.get(byte_order(ref), "HOST")
    bits = f"bits_{fld.bits}" if fld.bits else "NULL"
    return Member(string(slot.name), slot.name, count, kind, order, bits)


def _short(spec: Spec, struct: Struct) -> str:
    return struct.name.removeprefix(f"{spec.name}_")


def _doc(name: str, struct: Struct) -> str:
    return comment_lines(
        [
            f"{name}() - print {struct.kind} {struct.name}",
            "@buf: where the text goes, NULL if @size is 0",
            "@size: bytes of @buf, the terminating NUL included",
            "@value: what to print",
            "",
            "Return: length of the whole text, as snprintf().",
        ],
        opener="/**",
    )


def printers(spec: Spec) -> Iterator[Printer]:
    """Yield the printers of all published structs."""
    for struct in printable(spec):
        short = _short(spec, struct)
        name = f"{spec.prefix}_format_{short}"
        slots = [
            s
            for s in leaves(compute(spec, struct, 64))
            if s.field.type is None or None not in s.field.type.dims
        ]
        members = [_member(spec, struct, s) for s in slots]
        kind = f"{struct.kind} {struct.name}"
        params = ["char *buf", "size_t size", f"const {kind} *value"]
        head, prototype = (call("", f"int {name}", params, tail) for tail in (")", ");"))
        yield Printer(_doc(name, struct), head, prototype, kind, f"{short}_members", members)


def words(spec: Spec) -> Iterator[Bits]:
    """Yield the words that members consist of, each once."""
    used = {
        slot.field.bits
        for struct in printable(spec)
        for slot in leaves(compute(spec, struct, 64))
        if slot.field.bits
    }
    for name in sorted(used):
        fields = [
            (string(f.name), spec.hw_prefix + c_word(f"{name}_{f.name}"))
            for f in spec.words[name].fields
        ]
        yield Bits(f"bits_{name}", fields)


def _scalar_entry(command: Command) -> str:
    """Return the table entry of an argument that has no members."""
    assert command.arg is not None
    ctype, kind = user_type(command.arg), _kind(command.arg, "")
    return f"NULL, 0, sizeof({ctype}), 1, {kind}, HOST, NULL"


def arguments(spec: Spec) -> Iterator[Argument]:
    """Yield the arguments that can be printed, in the order of the numbers."""
    known = {struct.name: _short(spec, struct) for struct in printable(spec)}
    for command in commands(spec):
        flows = [string(" ".join(f)) for f in (command.flow_in, command.flow_out)]
        if command.arg_kind == "scalar":
            table = f"{command.name.lower()}_value"
            yield Argument(command.c_name, table, _scalar_entry(command), *flows)
        elif command.arg is not None and command.arg.base in known:
            yield Argument(command.c_name, f"{known[command.arg.base]}_members", "", *flows)
