# SPDX-License-Identifier: BSD-3-Clause
"""Names of the suite's C, and what the spec's names become in it."""
from __future__ import annotations

from typing import Callable, Optional

from uapigen.cexpr import CWriter, Dialect, Text, constant
from uapigen.clauses import c_word
from uapigen.ctypes_c import SIGNED, byte_order, uapi_type, unsigned_width
from uapigen.expr import name_key
from uapigen.members import member_type
from uapigen.model import Binary, Call, Command, Expr, Name, Num, Spec, TypeRef, Unary

Resolver = Callable[[Name], Text]


def c_ident(text: str) -> str:
    """Return a name with nothing in it that C does not allow."""
    return "".join(c if c.isalnum() else "_" for c in text)


def prefix(_: Spec) -> str:
    """Return the prefix of the suite's symbols: the engine's, which serves all specs."""
    return "hfi1c"


def own(spec: Spec, world: str = "w") -> str:
    """Return the C for the spec's own part of a world."""
    return f"{prefix(spec)}_own({world})"


def state_name(spec: Spec, state: str) -> str:
    """Return the enumerator of a file's state."""
    return f"{prefix(spec).upper()}_STATE_{c_word(state)}"


def condition_name(spec: Spec, condition: str) -> str:
    """Return the enumerator of a condition that only the driver can decide."""
    return f"{prefix(spec).upper()}_WHEN_{c_word(condition)}"


def scenario_symbol(spec: Spec, name: str) -> str:
    """Return the object that builds a scenario."""
    return f"{prefix(spec)}_scenario_{c_ident(name)}"


def attribute_function(spec: Spec, obj: str, name: str) -> str:
    """Return the function that computes an attribute."""
    return f"{prefix(spec)}_attr_{obj}_{name}"


def capability_flag(spec: Spec, short: str) -> str:
    """Return the published bit of a capability."""
    for flags in spec.flags.values():
        entries = {e.name: e.c_name for e in flags.entries}
        if set(spec.capabilities) <= set(entries):
            return entries[short]
    raise KeyError(short)


def errno_seen(name: str) -> str:
    """Return the errno a program sees for one of the kernel's own."""
    return {"ERESTARTSYS": "EINTR"}.get(name, name)


def dialect(spec: Spec) -> Dialect:
    """Return how portable C of the suite spells the spec's functions."""
    p = prefix(spec)
    return Dialect(
        "uint64_t", p + "_aligned({x}, {n})", p + "_align_up({x}, {n})",
        p + "_min({x}, {n})", p + "_max({x}, {n})", "{prefix}GET({mask}, {x})",
    )


def host_value(text: str, ref: TypeRef) -> Text:
    """Return a value of a published type as a host integer."""
    order = byte_order(ref)
    if order:
        width = unsigned_width(ref)
        return Text(f"{order}{width}toh({text})", wide=width == 64)
    # unsigned long and the 64-bit types need no widening
    wide = unsigned_width(ref) == 64 or ref.base == "ulong"
    return Text(text, wide=wide, signed=ref.base in SIGNED)


def _member(spec: Spec, start: str, base: TypeRef, name: Name, path: tuple[str, ...]) -> Text:
    """Return a member reached from the expression `start`."""
    index = f"[{name.index}]" if name.index is not None else ""
    ref = member_type(spec, base, path)
    if name.index is not None:
        ref = TypeRef(ref.kind, ref.base, ref.dims[1:], ref.dim_texts[1:])
    return host_value(f"{start}{'.'.join(path)}{index}", ref)


class Names:
    """Turns names into the suite's C.

    `arg` is the type behind the variable `arg` (or `out`), `locals_` what the
    members of the struct behind `l` are.
    """

    def __init__(self, spec: Spec, arg: Optional[TypeRef] = None,
                 locals_: Optional[dict[str, str]] = None) -> None:
        self.spec = spec
        self.arg = arg
        self.locals = locals_ or {}

    def __call__(self, name: Name) -> Text:
        """Return the C for a name."""
        handlers: dict[str, Callable[[Name], Text]] = {
            "state": self._state, "cap": self._cap, "attr": self._attr, "observe": self._observe,
            "buffer": self._buffer, "arg": self._arg, "out": self._out, "local": self._local, "struct": self._struct,
        }
        handler = handlers.get(name.kind)
        return handler(name) if handler is not None else constant(".".join(name.parts), name.value)

    def _state(self, name: Name) -> Text:
        return Text(state_name(self.spec, name.parts[0]))

    def _cap(self, name: Name) -> Text:
        return Text(f"{prefix(self.spec)}_cap(w, {capability_flag(self.spec, name.parts[2])})")

    def _attr(self, name: Name) -> Text:
        if name.type == "state":
            return Text("w->state")
        return Text(f"{attribute_function(self.spec, *name.parts)}(w)", wide=name.type == "int")

    def _observe(self, name: Name) -> Text:
        return Text(f"{own(self.spec)}->{'.'.join(name.parts)}", wide=True if name.bits == 64 else False)

    def _buffer(self, name: Name) -> Text:
        return Text(f"{prefix(self.spec)}_buffer_{name.parts[0]}(w)", wide=True)

    def _arg(self, name: Name) -> Text:
        return self._argument("arg", name)

    def _out(self, name: Name) -> Text:
        return self._argument("out", name)

    def _argument(self, variable: str, name: Name) -> Text:
        assert self.arg is not None
        if len(name.parts) == 1:
            return host_value(f"*{variable}", self.arg)
        return _member(self.spec, f"{variable}->", self.arg, name, name.parts[1:])

    def _local(self, name: Name) -> Text:
        declared = self.locals[name.parts[0]]
        return Text(f"l->{name.parts[0]}", wide=declared == "int")

    def _struct(self, name: Name) -> Text:
        kind, tag = self.locals[name.parts[0]].split()
        return _member(self.spec, f"l->{name.parts[0]}->", TypeRef(kind, tag), name, name.parts[1:])


def writer(spec: Spec, names: Names) -> CWriter:
    """Return a writer of the suite's C."""
    return CWriter(names, spec.hw_prefix, dialect(spec))


def arg_type(command: Command) -> str:
    """Return the C type of a command's argument."""
    assert command.arg is not None
    return uapi_type(command.arg)


def show(expr: Expr) -> str:
    """Return an expression as the spec would write it."""
    if isinstance(expr, Num):
        return expr.text
    if isinstance(expr, Name):
        return name_key(expr)
    if isinstance(expr, Unary):
        return f"{expr.op}{_operand(expr.operand)}"
    if isinstance(expr, Call):
        return f"{expr.func}({', '.join(show(a) for a in expr.args)})"
    assert isinstance(expr, Binary)
    return f"{_operand(expr.left)} {expr.op} {_operand(expr.right)}"


def _operand(expr: Expr) -> str:
    return f"({show(expr)})" if isinstance(expr, Binary) else show(expr)


def mentions_world(text: str) -> bool:
    """Tell whether C text reads the variable `w`."""
    return "w->" in text or "(w)" in text or "(w," in text
