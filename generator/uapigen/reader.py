# SPDX-License-Identifier: BSD-3-Clause
"""Reads YAML nodes by the shapes of schema.py.

A value of the wrong shape is reported and left out; everything around it is
still read, so that one mistake hides no other.
"""
from __future__ import annotations

import re
from typing import Any, Iterator, Optional

from uapigen import schema, shapes
from uapigen.diagnostics import Mark, Sink, nearest, suggest
from uapigen.yamlpos import Broken, Map, Node, Scalar, Seq

_INT = re.compile(r"-?(0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)\Z")
_ODD_INT = re.compile(r"[-+]?(0[0-9_]+|0[oObB][0-9_]+|[0-9][0-9_]*)\Z")
_YES_NO = {"yes": "true", "on": "true", "no": "false", "off": "false",
           "true": "true", "false": "false"}

C_KEYWORDS = frozenset("""
    auto break case char const continue default do double else enum extern float for goto if
    inline int long register restrict return short signed sizeof static struct switch typedef
    union unsigned void volatile while""".split())
CXX_KEYWORDS = frozenset("""
    alignas alignof and and_eq asm bitand bitor bool catch char8_t char16_t char32_t class co_await
    co_return co_yield compl concept consteval constexpr constinit const_cast decltype delete
    dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq nullptr
    operator or or_eq private protected public reinterpret_cast requires static_assert static_cast
    template this thread_local throw true try typeid typename using virtual wchar_t xor
    xor_eq""".split())


class Rec:
    """A mapping that was read by a Record: values by key, and their places.

    `whole` is false if a required key is missing or useless: what is built
    from it would be wrong, so it is left out and its name excused.
    """

    __slots__ = ("node", "values", "whole", "shape")

    def __init__(self, node: Map, shape: shapes.Record) -> None:
        self.node = node
        self.shape = shape
        self.values: dict[str, Any] = {}
        self.whole = True

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or the default if it was not given."""
        return self.values.get(key, default)

    def has(self, key: str) -> bool:
        """Tell whether the key was given and could be read."""
        return key in self.values

    def at(self, key: str, *path: Any) -> Mark:
        """Return the place of a key's value, or of an item below it."""
        node: Optional[Node] = self.node.values.get(key)
        for step in path:
            if isinstance(node, Seq) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            elif isinstance(node, Map) and step in node.values:
                node = node.values[step]
        return node.mark if node is not None else self.node.mark

    def key_mark(self, key: str) -> Mark:
        """Return the place of the key itself."""
        found = self.node.keys.get(key)
        return found.mark if found is not None else self.node.mark

    def name_mark(self, key: str, name: str) -> Mark:
        """Return the place of a name in the table or list under `key`."""
        node = self.node.values.get(key)
        if isinstance(node, Map) and name in node.keys:
            return node.keys[name].mark
        if isinstance(node, Seq):
            for item in node.items:
                if isinstance(item, Scalar) and item.text == name:
                    return item.mark
        return self.at(key)

    def scalar(self, key: str, *path: Any) -> Optional[Scalar]:
        """Return the scalar node under a key, if it is one."""
        node: Optional[Node] = self.node.values.get(key)
        for step in path:
            node = node.values.get(step) if isinstance(node, Map) else None
        return node if isinstance(node, Scalar) else None

    def text(self, key: str) -> str:
        """Return a value as it is spelled."""
        node = self.scalar(key)
        return node.text if node is not None else ""


class Named:
    """An entry of a Table: the item and the place of its name."""

    __slots__ = ("key", "value")

    def __init__(self, key: Scalar, value: Any) -> None:
        self.key = key
        self.value = value


class _Wrong(Exception):
    """The value was reported and cannot be used."""


class Reader:
    """Reads values; all mistakes go to the sink."""

    def __init__(self, sink: Sink, imported: bool = False) -> None:
        self.sink = sink
        self.excused: set[str] = set()  # words of text that could not be used
        self.gaps: set[int] = set()  # id(node) of tables with an unusable name
        self.imported = imported  # names are what they are, even where C++ has other plans

    def read(self, node: Node, shape: shapes.Shape) -> Any:
        """Return what the node holds, or None after reporting a mistake."""
        try:
            return self._read(node, shape)
        except _Wrong:
            self.excuse(node)
            return None

    def excuse(self, node: Node) -> None:
        """Take the words of a refused part as used: it may have meant them."""
        self.excused |= all_words(node)

    def _read(self, node: Node, shape: shapes.Shape) -> Any:
        if isinstance(node, Broken):
            raise _Wrong
        if isinstance(shape, shapes.OneOf):
            return self._read(node, shape.scalar if isinstance(node, Scalar) else shape.other)
        if isinstance(shape, shapes.Record):
            return self._record(self._want_map(node, shape.title.lower()), shape)
        if isinstance(shape, shapes.Table):
            return self._table(self._want_map(node, "a mapping from names"), shape)
        if isinstance(shape, shapes.Seq):
            return self._seq(node, shape)
        return self._scalar(node, shape)

    def _fail(self, ident: str, node: Node, message: str, hint: str = "") -> Any:
        self.sink.error(ident, node.mark, message, hint)
        raise _Wrong

    def _want_map(self, node: Node, what: str) -> Map:
        if not isinstance(node, Map):
            self._fail("E0103", node, f"expected {what}, found {_found(node)}",
                       "a mapping is written {key: value} or as indented `key: value` lines")
        assert isinstance(node, Map)
        return node

    def _record(self, node: Map, shape: shapes.Record) -> Rec:
        rec = Rec(node, shape)
        meant = set()
        for name, key, value in node:
            spec = shape.keys.get(name)
            if spec is None:
                meant.add(self._unknown_key(key, node, shape))
                self.excuse(value)
                continue
            got = self.read(value, spec.shape)
            if got is not None:
                rec.values[name] = got
            elif spec.required or any(name in group for group in shape.one_of):
                rec.whole = False
        self._missing(rec, meant)
        self._exclusive(rec, meant)
        for value in node.dropped:
            self.excuse(value)
        if not rec.whole:
            self.excuse(node)
        return rec

    def lost_sections(self, rec: Rec) -> set[str]:
        """Return the sections of a file of which some names may be missing."""
        lost = set()
        for name, _, value in rec.node:
            if name in rec.shape.keys:
                if not rec.has(name) or id(value) in self.gaps:
                    lost.add(name)
            else:
                meant = nearest(name, rec.shape.keys)
                lost |= {meant} if meant else set(rec.shape.keys)
        return lost

    def _unknown_key(self, key: Scalar, node: Map, shape: shapes.Record) -> str:
        """Report a key; return the one that was probably meant."""
        if shape is schema.PART_FILE and any(k.name == key.text for k in schema.ROOT_KEYS):
            self.sink.error("E0115", key.mark, f"`{key.text}` stands in the root file only",
                            "an included file holds sections")
            return ""
        meant = nearest(key.text, [k for k in shape.keys if k not in node.values])
        hint = f"did you mean `{meant}`?" if meant else \
            "known here: " + ", ".join(sorted(shape.keys))
        self.sink.error("E0101", key.mark, f"unknown key `{key.text}` in {shape.name}", hint)
        return meant

    def _missing(self, rec: Rec, meant: set[str]) -> None:
        node, shape = rec.node, rec.shape
        for name, key in shape.keys.items():
            wanted = key.required or key.unless
            if not wanted or name in node.values or any(k in node.values for k in key.unless):
                continue
            if name in meant:
                rec.whole = rec.whole and name in ("doc", "why")
            elif name == "doc":
                self.sink.error("E0105", node.mark, f"{shape.name} has no `doc`",
                                "every element says in its own words what it is")
            elif name == "why":
                self.sink.error("E0106", node.mark, f"{shape.name} has no `why`",
                                "say why the rule exists")
            else:
                rec.whole = False
                self.sink.error("E0102", node.mark, f"{shape.name} has no `{name}`",
                                f"{name}: {key.doc}")

    def _exclusive(self, rec: Rec, meant: set[str]) -> None:
        node, shape = rec.node, rec.shape
        for group in shape.one_of:
            given = [name for name in group if name in node.values]
            if not given and meant & set(group):
                rec.whole = False
                continue
            if len(given) > 1:
                rec.whole = False
                self.sink.error("E0113", node.keys[given[1]].mark,
                                f"`{given[0]}` and `{given[1]}` exclude each other")
            elif not given:
                rec.whole = False
                self.sink.error("E0113", node.mark, f"{shape.name} has none of "
                                + ", ".join(f"`{name}`" for name in group),
                                "give exactly one of them")

    def _table(self, node: Map, shape: shapes.Table) -> dict[str, Named]:
        out = {}
        for name, key, value in node:
            got_key = self.read(key, shape.key)
            got = self.read(value, shape.value)
            if got_key is None:
                self.gaps.add(id(node))
            if got is not None and got_key is not None:
                out[name] = Named(key, got)
            elif got is None or isinstance(shape.value, shapes.Record):
                out[name] = Named(key, None)
        if len(node.keys) < shape.least and not self.imported:
            self._fail("E0116", node, "nothing stands here", "give at least one entry")
        return out

    def _seq(self, node: Node, shape: shapes.Seq) -> list[Any]:
        if not isinstance(node, Seq):
            self._fail("E0103", node, f"expected a list, found {_found(node)}",
                       "a list is written [a, b] or as indented `- a` lines")
        assert isinstance(node, Seq)
        if len(node.items) < shape.least and not self.imported:
            self._fail("E0116", node, "the list is empty", "give at least one item")
        seen: dict[str, Scalar] = {}
        out = []
        for item in node.items:
            got = self.read(item, shape.item)
            if isinstance(item, Scalar) and not isinstance(shape.item, shapes.Text):
                if item.text in seen:
                    self.sink.error("E0112", item.mark, f"`{item.text}` stands in the list twice",
                                    "", [(seen[item.text].mark, "first written here")])
                    continue
                seen[item.text] = item
            if got is not None:
                out.append(got)
        return out

    def _scalar(self, node: Node, shape: shapes.Shape) -> Any:
        if not isinstance(node, Scalar):
            self._fail("E0103", node, f"expected {_describe(shape)}, found {_found(node)}")
        assert isinstance(node, Scalar)
        if isinstance(shape, shapes.Int):
            return self._int(node, shape)
        if isinstance(shape, shapes.Bool):
            return self._bool(node)
        if isinstance(shape, shapes.Choice):
            if node.text not in shape.values:
                shown = ", ".join(v or '""' for v in shape.values)
                self._fail("E0104", node, f"`{node.text}` is not one of {shown}",
                           suggest(node.text, shape.values))
            return node.text
        if isinstance(shape, shapes.Code):
            return node.text.strip("\n")
        if not node.text.strip():
            self._fail("E0111", node, f"expected {_describe(shape)}, found nothing",
                       "write it out, or remove the key if it is optional")
        if isinstance(shape, shapes.Word):
            return self._word(node, shape)
        if isinstance(shape, shapes.Expression):
            self._plain_number(node)
            return node.text
        if isinstance(shape, shapes.Text) and shape.lines:
            return _lines(node.text)
        return re.sub(r"\s+", " ", node.text).strip()

    def _plain_number(self, node: Scalar) -> None:
        """Refuse spellings that YAML and C read differently."""
        if _ODD_INT.match(node.text) and not _INT.match(node.text):
            self._fail("E0107", node, f"`{node.text}` is an ambiguous number",
                       "write it in decimal or as 0x...")

    def _int(self, node: Scalar, shape: shapes.Int) -> int:
        self._plain_number(node)
        if not _INT.match(node.text):
            self._fail("E0103", node, f"expected a number, found {_found(node)}")
        value = int(node.text, 0)
        if not shape.lo <= value <= shape.hi:
            self._fail("E0108", node, f"{node.text} is out of range",
                       f"{shape.lo} to {shape.hi} is allowed here")
        return value

    def _bool(self, node: Scalar) -> bool:
        if node.text not in ("true", "false") or not node.plain:
            meant = _YES_NO.get(node.text.lower())
            self._fail("E0103", node, f"expected true or false, found {_found(node)}",
                       f"write {meant}" if meant else "")
        return node.text == "true"

    def _word(self, node: Scalar, shape: shapes.Word) -> str:
        text = node.text
        if not re.fullmatch(shape.pattern, text):
            self._fail("E0109", node, f"`{text}` is not {shape.what}",
                       f"allowed is {shape.pattern}" if len(shape.pattern) < 40 else "")
        known = C_KEYWORDS if self.imported else C_KEYWORDS | CXX_KEYWORDS
        if shape.c_name and text in known:
            which = "C" if text in C_KEYWORDS else "C++"
            self._fail("E0110", node, f"`{text}` is a keyword of {which}",
                       "generated headers must compile as C and as C++")
        return text


def _lines(text: str) -> str:
    """Return documentation; only a block keeps the ends of its lines."""
    if "\n" not in text.strip():
        return re.sub(r"\s+", " ", text).strip()
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).rstrip()


def words(text: str) -> set[str]:
    """Return every part of a text that could be a name, and its last part."""
    found = set(re.findall(r"[A-Za-z_][\w.-]*", text))
    return found | {name.rsplit(".", 1)[-1] for name in found}


def all_words(node: Node) -> set[str]:
    """Return the words of everything below a node."""
    if isinstance(node, Scalar):
        return words(node.text)
    kids: list[Node] = []
    if isinstance(node, Seq):
        kids = node.items
    elif isinstance(node, Map):
        kids = [*node.values.values(), *node.dropped]
    return set().union(*map(all_words, kids))


def _found(node: Node) -> str:
    """Describe a node for a message."""
    if isinstance(node, Scalar):
        if not node.text:
            return "nothing"
        text = node.text if len(node.text) <= 30 else node.text[:27] + "..."
        return f"`{text}`"
    return f"a {node.what}"


def _describe(shape: shapes.Shape) -> str:
    """Describe a scalar shape for a message."""
    if isinstance(shape, (shapes.Text, shapes.Word, shapes.Code)):
        return shape.what
    if isinstance(shape, shapes.Int):
        return "a number"
    if isinstance(shape, shapes.Bool):
        return "true or false"
    if isinstance(shape, shapes.Choice):
        return "one of " + ", ".join(shape.values)
    return "a number or an expression"


def entries(table: Optional[dict[str, Named]]) -> Iterator[tuple[str, Scalar, Rec]]:
    """Yield name, place and record of a table's usable entries."""
    for name, named in (table or {}).items():
        if isinstance(named.value, Rec) and named.value.whole:
            yield name, named.key, named.value
