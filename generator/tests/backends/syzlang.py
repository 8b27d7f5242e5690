# SPDX-License-Identifier: BSD-3-Clause
"""Reads syzkaller descriptions as its documentation defines them.

There is no package of syzkaller to ask, so this knows the part of the
language that the back end uses: it refuses what it does not know, resolves
every name, and lays structs out.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field

INTS = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "int16be": 2, "int32be": 4, "int64be": 8,
        "intptr": 8}
# Of the descriptions that every target has.
KNOWN_FLAGS = {"open_flags", "mmap_prot", "mmap_flags"}
KNOWN_RESOURCES = {"fd": 4}
CALLS = {"openat": 4, "ioctl": 3, "mmap": 6, "writev": 3}
KEYWORDS = {"include", "resource", "define", "type", "parent", "syscall", "incdir", "meta"}


class Wrong(Exception):
    """Something that syzkaller would refuse."""


@dataclass
class Type:
    """A type expression: name[arguments]."""

    name: str
    args: list["Type"]


@dataclass
class Record:
    """A struct or union."""

    union: bool
    members: list[tuple[str, Type, str]]
    packed: bool = False
    align: int = 0


@dataclass
class File:
    """All definitions of a file."""

    includes: list[str] = field(default_factory=list)
    resources: dict[str, Type] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    sets: dict[str, list[int]] = field(default_factory=dict)
    calls: dict[str, tuple[list[tuple[str, Type]], str]] = field(default_factory=dict)


_TOKEN = re.compile(r'\s*("[^"]*"|[A-Za-z_][A-Za-z0-9_$]*|0x[0-9a-f]+|[0-9]+|[\[\],:()])')


def _tokens(text: str) -> list[str]:
    out, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Wrong(f"cannot read {text[at:]!r}")
        out.append(found[1])
        at = found.end()
    return out


def _type(tokens: list[str]) -> Type:
    name = tokens.pop(0)
    args: list[Type] = []
    if tokens and tokens[0] == "[":
        tokens.pop(0)
        while True:
            args.append(_type(tokens))
            if tokens.pop(0) == "]":
                break
    return Type(name, args)


def _one_type(text: str) -> Type:
    tokens = _tokens(text)
    found = _type(tokens)
    if tokens:
        raise Wrong(f"more than a type: {text!r}")
    return found


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) or text in KEYWORDS:
        raise Wrong(f"{text!r} is no name")
    return text


def parse(text: str) -> File:
    """Read a file."""
    out = File()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    while lines:
        line = lines.pop(0)
        if not line.strip():
            continue
        if found := re.fullmatch(r"include <([a-z0-9_/.]+)>", line):
            out.includes.append(found[1])
        elif found := re.fullmatch(r"resource (\w+)\[(.*)\]", line):
            out.resources[_name(found[1])] = _one_type(found[2])
        elif found := re.fullmatch(r"(\w+) = (.*)", line):
            out.sets[_name(found[1])] = [int(v, 0) for v in found[2].split(", ")]
        elif found := re.fullmatch(r"(\w+) ([{\[])", line):
            _record(out, found[1], found[2], lines)
        elif found := re.fullmatch(r"(\w+\$\w+)\((.*)\)( \w+)?", line):
            _call(out, found[1], found[2], (found[3] or "").strip())
        else:
            raise Wrong(f"cannot read {line!r}")
    return out


def _record(out: File, name: str, opening: str, lines: list[str]) -> None:
    record = Record(opening == "[", [])
    while True:
        line = lines.pop(0)
        if found := re.fullmatch(r"\t(\w+)\t([^\t]+)(\t\((in|out|inout)\))?", line):
            record.members.append((_name(found[1]), _one_type(found[2]), found[4] or ""))
            continue
        if not (found := re.fullmatch(r"([}\]])( \[(packed|align\[\d+\])\])?", line)):
            raise Wrong(f"cannot read {line!r}")
        if found[1] != ("]" if record.union else "}"):
            raise Wrong(f"{name} is closed by {found[1]}")
        record.packed = found[3] == "packed"
        record.align = int(re.sub(r"\D", "", found[3] or "") or 0)
        break
    if name in out.records:
        raise Wrong(f"{name} is defined twice")
    out.records[_name(name)] = record


def _call(out: File, name: str, params: str, result: str) -> None:
    tokens = _tokens(params)
    found: list[tuple[str, Type]] = []
    while tokens:
        found.append((_name(tokens.pop(0)), _type(tokens)))
        if tokens and tokens.pop(0) != ",":
            raise Wrong(f"{name}: no comma between parameters")
    if len(found) not in (CALLS[name.partition("$")[0]], CALLS[name.partition("$")[0]] - 1):
        raise Wrong(f"{name} has {len(found)} parameters")
    if name in out.calls:
        raise Wrong(f"{name} is defined twice")
    out.calls[name] = (found, result)


class Checker:
    """Resolves names and computes sizes."""

    def __init__(self, file: File, constants: set[str]) -> None:
        self.file = file
        self.constants = constants
        self.used: set[str] = set()

    def check(self) -> None:
        """Check everything; what nothing uses is an error as well."""
        for name, base in self.file.resources.items():
            if base.name not in KNOWN_RESOURCES and base.name not in INTS:
                raise Wrong(f"resource {name} of {base.name}")
        for params, result in self.file.calls.values():
            for _, kind in params:
                self.size(kind, [p for p, _ in params])
            if result and result not in self.file.resources:
                raise Wrong(f"{result} is no resource")
            self.used.add(result)
        for record in self.file.records.values():
            for _, kind, _ in record.members:
                self.size(kind, [m for m, _, _ in record.members])
        for name in (*self.file.records, *self.file.sets, *self.file.resources):
            if name not in self.used:
                raise Wrong(f"{name} is not used")

    def _constant(self, kind: Type) -> None:
        if not kind.name[0].isdigit() and kind.name not in self.constants:
            raise Wrong(f"constant {kind.name} is not known")

    def size(self, kind: Type, beside: list[str]) -> tuple[int, int]:
        """Return bytes (0 if they vary) and alignment of a type."""
        name, args = kind.name, kind.args
        self.used.add(name)
        if name in INTS and not args:
            return INTS[name], INTS[name]
        if name in ("vma", "vma64") and not args:
            return 8, 8
        if name in ("ptr", "ptr64") and len(args) == 2 and args[0].name in ("in", "out", "inout"):
            self.size(args[1], beside)
            return 8, 8
        if name == "string" and len(args) == 1 and args[0].name.startswith('"'):
            return 0, 1
        if name in ("const", "flags", "len") and 1 <= len(args) <= 2:
            if name == "const":
                self._constant(args[0])
            elif name == "flags" and args[0].name not in self.file.sets | dict.fromkeys(
                    KNOWN_FLAGS):
                raise Wrong(f"no flags {args[0].name}")
            elif name == "len" and args[0].name not in beside:
                raise Wrong(f"len of {args[0].name}, which does not stand beside it")
            self.used.add(args[0].name)
            return self.size(args[1], beside) if len(args) == 2 else (8, 8)
        if name == "array" and 1 <= len(args) <= 2:
            size, align = self.size(args[0], beside)
            return (size * int(args[1].name) if len(args) == 2 else 0), align
        if name in self.file.resources and not args:
            base = self.file.resources[name].name
            size = INTS.get(base) or KNOWN_RESOURCES[base]
            return size, size
        if name in self.file.records and not args:
            return self.record(name)
        raise Wrong(f"no type {name} with {len(args)} arguments")

    def record(self, name: str) -> tuple[int, int]:
        """Return bytes and alignment of a struct or union."""
        record = self.file.records[name]
        names = [m for m, _, _ in record.members]
        parts = [self.size(kind, names) for _, kind, _ in record.members]
        align = 1 if record.packed else record.align or max(a for _, a in parts)
        if record.union:
            return max(s for s, _ in parts), align
        at = 0
        for size, each in parts:
            at = (at if record.packed else -(-at // each) * each) + size
        return -(-at // align) * align, align
