# SPDX-License-Identifier: BSD-3-Clause
"""Commands as methods: objects, methods, attributes and their numbers.

An attribute is a member that flows.  Its number is the member's place in the
published struct, so it never changes; what comes back is numbered from
RESULTS on.
"""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.clauses import c_word
from uapigen.ctypes_c import kernel_type
from uapigen.backends.driver.commands import members
from uapigen.model import Command, CommonDevice, CommonObject, Field, Spec

RESULTS = 64

# A long is 4 or 8 bytes: on the common device it is always 8.
_LONGS = {"ulong": "u64", "long": "s64"}


class Attr(NamedTuple):
    """An attribute of a method."""

    c_name: str
    id: int
    out: bool
    member: str  # of the argument's struct; nothing for a scalar
    optional: bool
    place: int  # in the method's table
    doc: str


class Method(NamedTuple):
    """A command bound to an object."""

    command: Command
    object: CommonObject
    id: int
    c_name: str
    attrs: list[Attr]


def device(spec: Spec) -> CommonDevice:
    """Return the binding; the caller knows that there is one."""
    assert spec.common_device is not None
    return spec.common_device


def object_name(spec: Spec, item: CommonObject) -> str:
    """Return the enumerator of an object."""
    return f"{device(spec).prefix}OBJECT_{item.name}"


def wire_type(command: Command) -> str:
    """Return the kernel type a scalar argument has as an attribute."""
    assert command.arg is not None
    return _LONGS.get(command.arg.base) or kernel_type(command.arg)


def widened(command: Command) -> bool:
    """Tell whether a scalar has another type as an attribute."""
    return command.arg is not None and command.arg.base in _LONGS


def _flowing(spec: Spec, command: Command, flow: list[str]) -> Iterator[tuple[int, Field]]:
    for place, fld in enumerate(members(spec, command)):
        if fld.name in flow:
            yield place, fld


def _attributes(spec: Spec, command: Command) -> Iterator[tuple[str, int, bool, str, bool, str]]:
    """Yield name, number, direction, member, whether optional, and doc."""
    first = next(iter(spec.versions), "")
    for out, flow in ((False, command.flow_in), (True, command.flow_out)):
        base, mark = (RESULTS, "RESP_") if out else (0, "")
        if command.arg_kind == "scalar" and flow:
            yield f"{mark}VALUE", base, out, "", out, "the value"
        elif command.arg_kind == "struct":
            for place, fld in _flowing(spec, command, flow):
                newer = bool(fld.since) and fld.since != first
                yield (mark + c_word(fld.name), base + place, out, fld.name, out or newer,
                       " ".join(fld.doc.split()))


def _method(spec: Spec, item: CommonObject, command: Command) -> Method:
    prefix = device(spec).prefix
    attrs = [Attr(f"{prefix}ATTR_{command.name}_{name}", number, out, member, optional, i, doc)
             for i, (name, number, out, member, optional, doc)
             in enumerate(_attributes(spec, command))]
    return Method(command, item, item.methods[command.name], f"{prefix}METHOD_{command.name}",
                  attrs)


def methods(spec: Spec, item: CommonObject) -> list[Method]:
    """Return an object's methods in the order of their numbers."""
    order = sorted(item.methods, key=lambda name: item.methods[name])
    return [_method(spec, item, spec.commands[name]) for name in order]


def objects(spec: Spec) -> list[tuple[CommonObject, list[Method]]]:
    """Return all objects and their methods in the order of their numbers."""
    items = sorted(device(spec).objects.values(), key=lambda o: o.id)
    return [(item, methods(spec, item)) for item in items]
