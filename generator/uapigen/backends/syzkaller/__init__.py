# SPDX-License-Identifier: BSD-3-Clause
"""System call descriptions for syzkaller.

What a fuzzer cannot guess comes from the spec: which members flow which way,
which are addresses (their valid input is a buffer), which value is valid, and
that the tokens of one command are the offsets of mmap().
"""
from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from uapigen.clauses import commands
from uapigen.exprrange import span
from uapigen.members import tail
from uapigen.model import Command, Field, Spec, Struct, TypeRef
from uapigen.render import Output, hash_banner, render

_PLAIN = {"char": 8, "uchar": 8, "short": 16, "ushort": 16, "int": 32, "uint": 32,
          "longlong": 64, "ulonglong": 64}
_DIRECTION = {(True, False): "in", (False, True): "out", (True, True): "inout"}


class Member(NamedTuple):
    """A member: name, type, direction or nothing."""

    name: str
    type: str
    flow: str


class Record(NamedTuple):
    """A struct or union; `opening` and `closing` are its brackets."""

    name: str
    opening: str
    closing: str
    members: list[Member]


class Call(NamedTuple):
    """An ioctl."""

    name: str
    argument: str


class FlagSet(NamedTuple):
    """Values worth trying."""

    name: str
    values: str


class _Writer:
    """Turns a spec into descriptions; collects the sets of values on the way."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.sets: dict[str, str] = {}
        self.tokens = {r.token_field for r in spec.regions.values()}
        self.records: dict[str, Record] = {}

    def scalar(self, base: str) -> str:
        """Return the type of a number."""
        if base in ("long", "ulong"):
            return "intptr"
        if base in _PLAIN:
            return f"int{_PLAIN[base]}"
        name = base.removeprefix("aligned_")
        width = name.lstrip("uslebeh")
        return f"int{width}be" if name.startswith("be") else f"int{width}"

    def _values(self, name: str, values: list[str]) -> str:
        self.sets[name] = ", ".join(values)
        return name

    def number(self, name: str, base: str, value: Optional[int]) -> str:
        """Return a number; with a valid value, one that prefers it."""
        plain = self.scalar(base)
        if not value:
            return plain
        return f"flags[{self._values(name, [hex(value)])}, {plain}]"

    def member(self, owner: str, fld: Field, command: Optional[Command]) -> str:
        """Return the type of a member."""
        if fld.inner is not None:
            self.record(f"{owner}_{fld.name or 'anonymous'}", fld.inner, None)
            return f"{owner}_{fld.name or 'anonymous'}"
        assert fld.type is not None
        if fld.reserved:
            return self._arrays(fld.type, f"const[0, {self.scalar(fld.type.base)}]")
        if fld.name in self.tokens and command is not None:
            return f"{self.spec.name}_token"
        text = command.baseline.get(fld.name, "") if command else ""
        if text == "list":
            return "ptr64[inout, array[int32]]"
        if text in ("scratch", "readonly"):
            return "vma64"
        if fld.type.kind in ("struct", "union"):
            self.record(fld.type.base, self.spec.structs[fld.type.base], None)
            return self._arrays(fld.type, fld.type.base)
        valid = _constant(command, fld.name)
        return self._arrays(fld.type, self.number(f"{owner}_{fld.name}", fld.type.base, valid))

    def _arrays(self, ref: TypeRef, text: str) -> str:
        for bound in reversed(ref.dims):
            text = f"array[{text}]" if bound is None else f"array[{text}, {bound}]"
        return text

    def record(self, name: str, struct: Struct, command: Optional[Command]) -> None:
        """Describe a struct; as the argument of a command, with directions."""
        union = struct.kind == "union"
        attrs = [a for a in ("packed" if struct.packed else "",
                             f"align[{struct.align}]" if struct.align else "") if a]
        members: list[Member] = []
        for fld in struct.fields:
            flow = ""
            if command is not None:
                way = (fld.name in command.flow_in, fld.name in command.flow_out)
                flow = _DIRECTION.get(way, "in" if command.flow_in else "out")
            members.append(Member(fld.name or f"anonymous{len(members)}",
                                  self.member(name, fld, command), flow))
        members = _counted(struct, members)
        closing = ("]" if union else "}") + (f" [{', '.join(attrs)}]" if attrs else "")
        self.records[name] = Record(name, "[" if union else "{", closing, members)

    def call(self, command: Command) -> Call:
        """Describe a command."""
        if command.arg_kind == "none":
            return Call(command.c_name, "")
        assert command.arg is not None
        if not command.flow_in and not command.flow_out:
            return Call(command.c_name, ", arg const[0]")
        way = _DIRECTION[bool(command.flow_in), bool(command.flow_out)]
        if command.arg_kind == "struct":
            name = f"{command.arg.base}_{command.name.lower()}"
            self.record(name, self.spec.structs[command.arg.base], command)
            return Call(command.c_name, f", arg ptr[{way}, {name}]")
        valid = _constant(command, "arg")
        number = self.number(f"{self.spec.name}_{command.name.lower()}", command.arg.base, valid)
        return Call(command.c_name, f", arg ptr[{way}, {number}]")


def _counted(struct: Struct, members: list[Member]) -> list[Member]:
    """Return the members, the one that counts the elements behind the struct as their number."""
    array = tail(struct)
    if array is None:
        return members
    return [m._replace(type=f"len[{array.name}, {m.type}]") if m.name == array.count else m
            for m in members]


def _constant(command: Optional[Command], name: str) -> Optional[int]:
    """Return the valid value of an input, if it is a constant."""
    found = command.baseline_expr.get(name) if command else None
    if found is None:
        return None
    lo, hi = span(found)
    return lo if lo == hi else None


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the descriptions."""
    if spec.space is None or not spec.commands:
        return
    writer = _Writer(spec)
    calls = [writer.call(c) for c in commands(spec)]
    request = "sdma_req_info" if "sdma_req_info" in spec.structs else ""
    if request:
        writer.record(request, spec.structs[request], None)
    text = render(
        "syzkaller/device.txt.jinja",
        banner=hash_banner(spec, spec.licenses["user"], ""),
        name=spec.name,
        node=spec.node,
        headers=list(spec.headers),
        calls=calls,
        records=list(writer.records.values()),
        sets=[FlagSet(n, v) for n, v in writer.sets.items()],
        tokens=bool(writer.tokens),
        request=request,
    )
    yield Output(f"syzkaller/{spec.name}.txt", text)
