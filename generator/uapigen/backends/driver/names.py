# SPDX-License-Identifier: BSD-3-Clause
"""Names of generated kernel code, and what names of the spec become in it."""
from __future__ import annotations

from typing import Callable

from uapigen.cexpr import CWriter, Text, constant
from uapigen.clauses import Clause, c_word
from uapigen.ctypes_c import SIGNED, byte_order, kernel_type, unsigned_width
from uapigen.members import member_type
from uapigen.model import Name, Spec, TypeRef

Resolver = Callable[[Name], Text]


def check_name(spec: Spec, clause: Clause) -> str:
    """Return the enumerator of a check."""
    return f"{spec.prefix.upper()}_CHECK_{clause.c_name}"


def state_name(spec: Spec, state: str) -> str:
    """Return the enumerator of a state."""
    return f"{spec.prefix.upper()}_STATE_{c_word(state)}"


def attribute_call(spec: Spec, obj: str, name: str) -> str:
    """Return the call that reads an attribute of the open file `fd`."""
    if (obj, name) == ("fd", "state"):
        return f"{spec.prefix}_fd_state(fd)"
    return f"{spec.prefix}_attr_{obj}_{name}(fd)"


def capability_flag(spec: Spec, short: str) -> str:
    """Return the published name of a capability's bit."""
    for flags in spec.flags.values():
        names = {e.name: e.c_name for e in flags.entries}
        if set(spec.capabilities) <= set(names):
            return names[short]
    raise KeyError(short)


def typed(text: str, ref: TypeRef) -> Text:
    """Return a value of a published type as a host integer."""
    order = byte_order(ref)
    if order:
        width = unsigned_width(ref)
        return Text(f"{order}{width}_to_cpu({text})", wide=width == 64)
    signed = ref.base in SIGNED
    wide = unsigned_width(ref) == 64 or kernel_type(ref) == "unsigned long"
    return Text(text, wide=wide and not signed, signed=signed)


def indexed(name: Name) -> tuple[str, ...]:
    """Return a name's parts with the index written behind the last."""
    if name.index is None:
        return name.parts
    return (*name.parts[:-1], f"{name.parts[-1]}[{name.index}]")


def resolver(
    spec: Spec,
    arg: TypeRef | None = None,
    locals_: dict[str, str] | None = None,
    special: dict[str, str] | None = None,
) -> Resolver:
    """Return what turns names into kernel C.

    `arg` is the command's argument, held in a variable `in`; `locals_` are
    members of a struct that `l` points to; `special` overrides single names.
    """
    declared = locals_ or {}
    overrides = special or {}

    def resolve(name: Name) -> Text:
        first, rest = name.parts[0], indexed(name)[1:]
        dotted = ".".join(name.parts)
        if dotted in overrides:
            return Text(overrides[dotted], wide=True)
        if name.kind == "state":
            return Text(state_name(spec, first))
        if name.kind == "cap":
            flag = capability_flag(spec, name.parts[2])
            return Text(f"{spec.prefix}_cap_{name.parts[1]}(fd, {flag})")
        if name.kind == "attr":
            return Text(attribute_call(spec, first, rest[0]), wide=name.type == "int")
        if name.kind == "arg":
            assert arg is not None
            return typed(".".join(("in", *rest)), member_type(spec, arg, rest))
        if first in declared:
            return _local(spec, declared[first], name)
        return constant(dotted, name.value)

    return resolve


def _local(spec: Spec, declared: str, name: Name) -> Text:
    """Return a local of a check list, or a field of a struct-typed one."""
    first, *rest = indexed(name)
    if not rest:
        return Text(f"l->{first}", wide=declared == "int")
    kind, tag = declared.split()
    path = ".".join(rest)
    return typed(f"l->{first}->{path}", member_type(spec, TypeRef(kind, tag), rest))


def writer(spec: Spec, resolve: Resolver) -> CWriter:
    """Return a writer of kernel C."""
    return CWriter(resolve, spec.hw_prefix)
