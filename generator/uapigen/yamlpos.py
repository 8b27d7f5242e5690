# SPDX-License-Identifier: BSD-3-Clause
"""YAML with places: every key and value knows its line and column.

The spec language uses the plain part of YAML.  Scalars stay text here; what
they mean is decided by the key they stand under (see reader.py), so that
`no`, `010` or `6.10` are never turned into something else behind our back.
"""
from __future__ import annotations

import re
from typing import Any, Iterator, Optional

import yaml

from uapigen.diagnostics import Mark, Sink, Source
from uapigen.model import Pos

_STR_TAG = "tag:yaml.org,2002:str"
_SEQ_TAG = "tag:yaml.org,2002:seq"
_MAP_TAG = "tag:yaml.org,2002:map"
_MAX_DEPTH = 100
_TAGS = {yaml.ScalarNode: _STR_TAG, yaml.SequenceNode: _SEQ_TAG, yaml.MappingNode: _MAP_TAG}


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Composes nodes and does not guess what a scalar might mean."""

    depth = 0

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        """Return the tag of a node that has none."""
        return _TAGS[kind]

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Step into a node; refuse to go deeper than any spec needs to."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            mark = current_node.start_mark if current_node is not None else None
            raise yaml.composer.ComposerError(None, None, "nested too deeply", mark)

    def ascend_resolver(self) -> None:
        """Step out again."""
        self.depth -= 1


class Node:
    """What scalars, lists and mappings have in common: a place."""

    __slots__ = ("source", "line", "col")
    what = "value"

    def __init__(self, source: Source, line: int, col: int) -> None:
        self.source = source
        self.line = line
        self.col = col

    @property
    def mark(self) -> Mark:
        """The place, for diagnostics."""
        return Mark(self.source, self.line, self.col)

    @property
    def pos(self) -> Pos:
        """The place, for the model."""
        return Pos(self.source.name, self.line, self.col)


class Scalar(Node):
    """Text; `plain` means without quotes and not a block."""

    __slots__ = ("text", "plain", "shift")
    what = "text"

    def __init__(self, source: Source, line: int, col: int, text: str, style: Optional[str],
                 one_line: bool) -> None:
        super().__init__(source, line, col)
        self.text = text
        self.plain = style is None or style == ""
        # How far the text starts behind `col`, -1 if text and source differ.
        self.shift = 0 if self.plain else 1
        if not one_line or style in ("|", ">"):
            self.shift = -1

    @property
    def mark(self) -> Mark:
        """The place of the whole scalar."""
        extra = 2 * max(self.shift, 0)
        length = len(self.text) + extra if self.shift >= 0 else 1
        return Mark(self.source, self.line, self.col, max(1, length))

    def mark_at(self, offset: int, length: int) -> Mark:
        """The place of a part of the text, as exact as quoting permits."""
        if self.shift < 0:
            return self.mark
        col = self.col + self.shift
        shown = self.source.line(self.line)[col - 1:col - 1 + len(self.text)]
        if shown != self.text:  # escapes inside quotes
            return self.mark
        return Mark(self.source, self.line, col + offset, max(1, length))


class Seq(Node):
    """A list."""

    __slots__ = ("items",)
    what = "list"

    def __init__(self, source: Source, line: int, col: int) -> None:
        super().__init__(source, line, col)
        self.items: list[Node] = []


class Map(Node):
    """A mapping; keys are scalars and stand once."""

    __slots__ = ("keys", "values", "dropped")
    what = "mapping"

    def __init__(self, source: Source, line: int, col: int) -> None:
        super().__init__(source, line, col)
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}
        self.dropped: list[Node] = []  # values under keys that stood before

    def __iter__(self) -> Iterator[tuple[str, Scalar, Node]]:
        for text, key in self.keys.items():
            yield text, key, self.values[text]


class Broken(Node):
    """Stands for a value that was refused, so that its key is not missed."""

    __slots__ = ()


class _Builder:
    """Turns PyYAML's nodes into ours and reports what the language leaves out."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self.source = source
        self.sink = sink
        self.seen: set[int] = set()

    def build(self, raw: yaml.Node) -> Node:
        """Return our node."""
        line, col = raw.start_mark.line + 1, raw.start_mark.column + 1
        if id(raw) in self.seen:
            self.sink.error("E0007", Mark(self.source, line, col),
                            "anchors and aliases are not part of the spec language",
                            "write the value out at each place")
            return Broken(self.source, line, col)
        self.seen.add(id(raw))
        if raw.tag not in (_STR_TAG, _SEQ_TAG, _MAP_TAG, "!"):
            self.sink.error("E0007", Mark(self.source, line, col),
                            f"tag {raw.tag} is not part of the spec language", "remove the tag")
        if isinstance(raw, yaml.ScalarNode):
            return self._scalar(raw, line, col)
        if isinstance(raw, yaml.SequenceNode):
            seq = Seq(self.source, line, col)
            seq.items = [self.build(item) for item in raw.value]
            return seq
        assert isinstance(raw, yaml.MappingNode)
        return self._mapping(raw, line, col)

    def _scalar(self, raw: yaml.ScalarNode, line: int, col: int) -> Scalar:
        one_line = raw.end_mark.line + 1 == line
        return Scalar(self.source, line, col, raw.value, raw.style, one_line)

    def _mapping(self, raw: yaml.MappingNode, line: int, col: int) -> Map:
        out = Map(self.source, line, col)
        for raw_key, raw_value in raw.value:
            key = self.build(raw_key)
            value = self.build(raw_value)
            if not isinstance(key, Scalar):
                if not isinstance(key, Broken):
                    self.sink.error("E0103", key.mark, f"a key is text, this is a {key.what}",
                                    "put `{...}` or `[...]` in quotes if it is meant as text")
                continue
            if key.text in out.keys:
                self.sink.error("E0006", key.mark, f"duplicate key `{key.text}`",
                                "remove or rename one of them",
                                [(out.keys[key.text].mark, "first written here")])
                out.dropped.append(value)
                continue
            out.keys[key.text] = key
            out.values[key.text] = value
        return out


def _tab_in_indent(source: Source, line: int) -> Optional[int]:
    """Return the column of a tab that indents this line or the next."""
    for number in (line, line + 1):
        found = re.match(r"[ \-]*\t", source.line(number))
        if found:
            return number
    return None


def _report_syntax(source: Source, sink: Sink, err: yaml.YAMLError) -> None:
    """Say in the language of a person what PyYAML did not like."""
    mark = getattr(err, "problem_mark", None) or getattr(err, "context_mark", None)
    problem = getattr(err, "problem", None) or str(err).split("\n", maxsplit=1)[0]
    line, col = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    tab = _tab_in_indent(source, line)
    if tab is not None:
        text = source.line(tab)
        sink.error("E0004", Mark(source, tab, text.index("\t") + 1),
                   "a tab indents this line", "YAML is indented with spaces")
        return
    if "another document" in problem or "single document" in str(err):
        sink.error("E0008", Mark(source, line, col), "a spec file holds one YAML document",
                   "remove the `---` or move what follows to a file of its own")
        return
    notes = []
    context = getattr(err, "context_mark", None)
    what = getattr(err, "context", None)
    if context is not None and context.line + 1 != line and what:
        notes.append((Mark(source, context.line + 1, context.column + 1), str(what)))
    sink.error("E0003", Mark(source, line, col), f"not valid YAML: {problem}",
               "text with `: ` or ` #` in it, or that starts with one of [{&*!|>'\"%@`, "
               "needs quotes", notes)


def parse(source: Source, sink: Sink) -> Optional[Node]:
    """Return the root node of a file, or None after reporting why not."""
    bad = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd"
                    "\U00010000-\U0010ffff]", source.text)
    if bad is not None:
        line = source.text.count("\n", 0, bad.start()) + 1
        col = bad.start() - (source.text.rfind("\n", 0, bad.start()) + 1) + 1
        sink.error("E0012", Mark(source, line, col),
                   f"character U+{ord(bad.group()):04X} is not allowed in a spec")
        return None
    try:
        raw: Optional[yaml.Node] = yaml.compose(  # type: ignore[no-untyped-call]
            source.text, Loader=_Loader)
    except yaml.YAMLError as err:
        _report_syntax(source, sink, err)
        return None
    if raw is None:
        lines = source.text.split("\n")
        first = next((n for n, line in enumerate(lines, 1) if line.strip()), 1)
        sink.error("E0005", Mark(source, first, 1), "the file says nothing")
        return None
    return _Builder(source, sink).build(raw)
