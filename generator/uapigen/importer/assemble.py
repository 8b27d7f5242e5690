# SPDX-License-Identifier: BSD-3-Clause
"""From the tree of a header to a spec: every definition gets a key."""
from __future__ import annotations

import re
from typing import Any, Optional, Sequence, Union, cast

from uapigen.importer.comments import lines_of, trim
from uapigen.importer.facts import Facts
from uapigen.importer.flags import Run, find_flags
from uapigen.importer.ioctls import ioctl_of
from uapigen.importer.nodes import Define, Node, Parsed
from uapigen.importer.values import constant_of
from uapigen.importer.verify import include_path
from uapigen.model import (Branch, Choice, Constant, Content, Enum, EnumEntry, ExternalType, Field,
                           Flags, Function, Header, Ioctl, Macro, Piece, Pos, Ref, Spec, Struct,
                           Typedef)
from uapigen.reader import C_KEYWORDS, CXX_KEYWORDS

_Item = Union[Constant, Flags, Macro, Ioctl, Struct, Enum, Typedef, Function]
_TABLES = {Constant: "constant", Macro: "macro", Flags: "flags", Ioctl: "ioctl", Struct: "struct",
           Enum: "enum", Typedef: "typedef", Function: "function"}
NO_LICENSE = "NOASSERTION"


def new_spec(path: str, license_: str, doc: str) -> Spec:
    """Return a spec that has its head and nothing else."""
    stem = re.sub(r"\W", "_", path.rsplit("/", 1)[-1].removesuffix(".h")).lower()
    name = stem if re.match("[a-z]", stem) else f"h{stem}"
    if name in C_KEYWORDS | CXX_KEYWORDS:
        name += "_h"
    return Spec(
        name, path, doc.strip() or f"Imported from {path}.", Pos(path, 1), name, "",
        {"uapi": license_, "driver": "GPL-2.0 OR BSD-3-Clause", "user": "BSD-3-Clause"}, [path],
        "0" * 64, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, [], {}, {}, None, {}, {}, {}, [], {}, {},
        {}, {}, {}, {}, status="imported")


class Assembler:
    """Fills a spec with what a header defines."""

    def __init__(self, parsed: Parsed, facts: Facts) -> None:
        self.parsed = parsed
        self.facts = facts
        license_, doc = opening(parsed.opening)
        self.spec = new_spec(parsed.path, license_, doc)
        self.tables: dict[str, dict[str, Any]] = {
            "constant": cast(dict[str, Any], self.spec.constants),
            "macro": cast(dict[str, Any], self.spec.macros),
            "flags": cast(dict[str, Any], self.spec.flags),
            "ioctl": cast(dict[str, Any], self.spec.ioctls),
            "struct": cast(dict[str, Any], self.spec.structs),
            "enum": cast(dict[str, Any], self.spec.enums),
            "typedef": cast(dict[str, Any], self.spec.typedefs),
            "function": cast(dict[str, Any], self.spec.functions)}
        self.enum_count = 0

    def build(self) -> Spec:
        """Return the spec."""
        guard, nodes = guarded(self.parsed.nodes)
        doc = self.spec.doc
        includes: list[str] = []
        while nodes and isinstance(nodes[0], Piece) and nodes[0].kind == "include" \
                and re.fullmatch(r"<[a-z0-9_]+(/[a-z0-9_]+)*\.h>",
                                 include_path(self.parsed.path, nodes[0].text)):
            text = include_path(self.parsed.path, cast(Piece, nodes.pop(0)).text).strip("<>")
            if text in includes:
                break
            includes.append(text)
        header = Header(self.parsed.path, guard, includes, [], doc, self.spec.pos)
        header.body = self.body(nodes)
        header.contents = [r.key for r in refs(header.body)]
        self.spec.headers[self.parsed.path] = header
        self.externals()
        return self.spec

    # --- keys

    def key(self, kind: str, name: str) -> str:
        """Return a key that is free: the name, or `name@2` and so on."""
        taken = self.tables[kind]
        spaces = [self.tables[k] for k in ("constant", "macro", "ioctl", "function")]
        where = spaces if kind in ("constant", "macro", "ioctl", "function") else [taken]
        key, number = name, 1
        while any(key in table for table in where):
            number += 1
            key = f"{name}@{number}"
        return key

    def add(self, item: _Item) -> Ref:
        """Enter a definition into its table."""
        kind = _TABLES[type(item)]
        key = self.key(kind, item.name)
        item.name = key
        item.header = self.parsed.path
        self.tables[kind][key] = item
        return Ref(kind, key)

    # --- bodies

    def body(self, nodes: Sequence[Any]) -> list[Content]:
        """Return what a body holds, definitions by reference."""
        out: list[Content] = []
        for node in find_flags(nodes, self.facts):
            out.append(self.node(node))
        return out

    def node(self, node: Union[Node, Run]) -> Content:
        """Return one part of a body."""
        if isinstance(node, Run):
            return self.add(node.flags)
        if isinstance(node, Define):
            return self.define(node)
        if isinstance(node, Choice):
            return Choice([Branch(b.directive, self.body(b.body), b.active)
                           for b in node.branches], node.pos)
        if isinstance(node, Struct):
            self.record(node)
            node.sizes = self.facts.sizes(node)
            return self.add(node)
        if isinstance(node, Enum):
            self.enum(node)
            return self.add(node)
        if isinstance(node, (Typedef, Function)):
            return self.add(node)
        if isinstance(node, Field):
            if node.inner is not None:
                self.record(node.inner)
            if node.inner_enum is not None:
                self.enum(node.inner_enum)
            return node
        if isinstance(node, Piece) and node.kind == "include":
            node.text = include_path(self.parsed.path, node.text)
        return node

    def define(self, node: Define) -> Ref:
        """Enter a macro as what it turned out to be."""
        fact = self.facts.macros.get(node.name)
        item: Union[Ioctl, Constant, Macro, None] = ioctl_of(node, self.facts)
        if item is None:
            item = constant_of(node, fact, self.facts.unique(node.name))
        if item is None:
            item = Macro(node.name, node.params, node.text, node.doc, node.pos)
        return self.add(item)

    def record(self, item: Struct) -> None:
        """Sort the body of a record: members alone, or more."""
        item.body = self.body(item.body)
        item.fields = [x for x in active(item.body) if isinstance(x, Field)]
        if all(isinstance(x, Field) for x in item.body):
            item.body = []

    def enum(self, item: Enum) -> None:
        """Sort the body of an enum and give its entries their values."""
        item.body = self.body(item.body)
        item.entries = [x for x in active(item.body) if isinstance(x, EnumEntry)]
        following: Optional[int] = 0
        for entry in entries(item.body):
            known = self.facts.enumerators.get(entry.name)
            following = known if known is not None else following
            entry.value = following if following is not None else 0
            if entry.text and re.fullmatch(r"-?[1-9][0-9]*|0", entry.text):
                entry.value = int(entry.text)
                entry.text = ""
            following = entry.value + 1
        if all(isinstance(x, EnumEntry) for x in item.body):
            item.body = []
        if not item.name:
            self.enum_count += 1
            names = [e.name for e in (entries(item.body) if item.body else item.entries)]
            item.name = _group_name(names) or f"enum_{self.enum_count}"

    def externals(self) -> None:
        """List the types that other headers define."""
        for name, (sizes, aligns) in self.facts.externals(self.spec).items():
            self.spec.external_types[name] = ExternalType(name, sizes, aligns, self.spec.pos)


def active(body: Sequence[Content]) -> list[Content]:
    """Return the parts of a body that programs for x86-64 see."""
    out: list[Content] = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += active(branch.body) if branch.active else []
        else:
            out.append(item)
    return out


def entries(body: Sequence[Content]) -> list[EnumEntry]:
    """Return all enumerators of a body, whatever the conditions."""
    out: list[EnumEntry] = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += entries(branch.body)
        elif isinstance(item, EnumEntry):
            out.append(item)
    return out


def refs(body: Sequence[Content]) -> list[Ref]:
    """Return all definitions of a body, whatever the conditions."""
    out: list[Ref] = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += refs(branch.body)
        elif isinstance(item, Ref):
            out.append(item)
    return out


def _group_name(names: list[str]) -> str:
    """Return a name for a group whose members have a common beginning."""
    if len(names) < 2:
        return names[0].lower() if names else ""
    first, last = min(names), max(names)
    count = next((n for n, (a, b) in enumerate(zip(first, last)) if a != b), len(first))
    stem = first[:count].rstrip("_").lower()
    return stem if len(stem) > 2 and stem not in C_KEYWORDS | CXX_KEYWORDS else names[0].lower()


def guarded(nodes: Sequence[Node]) -> tuple[str, list[Node]]:
    """Return the include guard and what stands inside of it."""
    solid = [n for n in nodes if not (isinstance(n, Piece) and n.kind == "comment")]
    if len(solid) != 1 or not isinstance(solid[0], Choice) or len(solid[0].branches) != 1:
        return "", list(nodes)
    branch = solid[0].branches[0]
    found = re.fullmatch(r"ifndef\s+(\w+)|if\s+!\s*defined\s*\(?\s*(\w+)\s*\)?", branch.directive)
    body = cast(list[Node], branch.body)
    at = next((n for n, x in enumerate(body)
               if not (isinstance(x, Piece) and x.kind == "comment")), None)
    if found is None or at is None or branch.directive.startswith("if "):
        return "", list(nodes)
    define = body[at]
    if not isinstance(define, Define) or define.name != found.group(1) or define.text \
            or define.params is not None:
        return "", list(nodes)
    before = [n for n in nodes[:list(nodes).index(solid[0])]]
    after = [n for n in nodes[list(nodes).index(solid[0]) + 1:]]
    said: list[Node] = [Piece("comment", define.doc, define.pos)] if define.doc else []
    return define.name, [*before, *body[:at], *said, *body[at + 1:], *after]


def keep_verbatim(parsed: Parsed, line: int) -> None:
    """Make the definition around a line of the header a verbatim piece."""
    body: list[Any] = parsed.nodes
    if guarded(body)[0]:
        body = next(n for n in body if isinstance(n, Choice)).branches[0].body
    at = max((n for n, node in enumerate(body) if node.pos.line <= line), default=-1)
    if at < 0:
        return
    lines = parsed.text.split("\n")
    node = body[at]
    after = [n.pos.line for n in body[at + 1:] if n.pos.line > node.pos.line]
    end = after[0] - 1 if after else _end(parsed, node.pos.line)
    text = "\n".join(lines[node.pos.line - 1:end]).rstrip()
    said = getattr(node, "doc", "")
    made: list[Any] = [Piece("comment", said, node.pos)] if said else []
    made.append(Piece("verbatim", text, node.pos, "the language would say something else"))
    body[at:at + 1] = made


def _end(parsed: Parsed, line: int) -> int:
    """Return the last line of a header that is not the end of its guard."""
    lines = parsed.text.rstrip().split("\n")
    guard = guarded(parsed.nodes)[0]
    last = len(lines)
    while guard and last > line and not lines[last - 1].lstrip().startswith("#"):
        last -= 1
    return last - 1 if guard else last


def opening(comments: Sequence[str]) -> tuple[str, str]:
    """Return the licence and the documentation at the top of a header."""
    license_ = ""
    said: list[str] = []
    for comment in comments:
        lines = lines_of(comment)
        kept = []
        for line in lines:
            found = re.search(r"SPDX-License-Identifier:\s*(.*)", line)
            if found and not license_:
                license_ = found.group(1).strip()
            elif found and found.group(1).strip() != license_:
                kept.append("Licence: " + found.group(1).strip())
            elif not found:
                kept.append(line)
        kept = trim(kept)
        if kept:
            said += [""] * bool(said) + kept
    return license_ or NO_LICENSE, "\n".join(said)
