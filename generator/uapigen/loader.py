# SPDX-License-Identifier: BSD-3-Clause
"""From files to a model: reads, merges, builds, checks.

load() never raises for a mistake in a spec; it returns what is wrong with it.
"""
from __future__ import annotations

import hashlib
import os
from typing import Any, Callable, Optional

from uapigen import layout, schema, shapes
from uapigen.diagnostics import Diagnostic, Mark, Sink, Source
from uapigen.model import Pos, Spec
from uapigen.reader import Named, Reader, Rec
from uapigen.yamlpos import Map, Scalar, Seq, parse


ReadFile = Callable[[str], bytes]  # raises OSError


def read_file(path: str) -> bytes:
    """Return what is in a file."""
    with open(path, "rb") as file:
        return file.read()


class _Files:
    """The files of a spec, in the order in which they are included."""

    def __init__(self, root: str, sink: Sink, contents: ReadFile) -> None:
        self.sink = sink
        self.contents = contents
        # Names in outputs start at the folder of the root file, wherever that is.
        folder = os.path.dirname(os.path.abspath(root))
        self.base = os.path.dirname(root)
        self.name_base = os.path.basename(folder)
        self.sources: list[Source] = []
        self.maps: list[tuple[Source, Map]] = []
        self.complete = True

    def _name(self, path: str) -> str:
        below = os.path.relpath(path, self.base or ".")
        return os.path.normpath(os.path.join(self.name_base, below)).replace(os.sep, "/")

    def read(self, path: str, asked: Optional[Mark], stack: tuple[str, ...]) -> None:
        """Read a file and, behind it, what it includes."""
        source = Source(path, self._name(path))
        mark = asked or Mark(source, 1, 1)
        data = self._bytes(path, mark, asked is not None)
        if data is None:
            return
        try:
            source.text = data.decode("utf-8")
        except UnicodeDecodeError as err:
            line = data.count(b"\n", 0, err.start) + 1
            col = err.start - (data.rfind(b"\n", 0, err.start) + 1) + 1
            source.text = data.decode("utf-8", "replace")
            self.sink.error("E0002", Mark(source, line, col),
                            f"byte 0x{data[err.start]:02x} is not UTF-8",
                            "specs are UTF-8 text without a byte order mark")
            self.complete = False
            return
        self.sources.append(source)
        node = parse(source, self.sink)
        if node is None:
            self.complete = False
        elif not isinstance(node, Map):
            self.sink.error("E0103", node.mark, f"a spec file is a mapping, this is a {node.what}")
            self.complete = False
        else:
            self.maps.append((source, node))
            self._includes(path, node, stack + (os.path.realpath(path),))

    def _bytes(self, path: str, mark: Mark, included: bool) -> Optional[bytes]:
        try:
            return self.contents(path)
        except OSError as err:
            what = f"cannot read {path}: {os.strerror(err.errno or 0)}"
            self.sink.error("E0011" if included else "E0001", mark, what,
                            "paths are relative to the file that includes" if included else "")
            self.complete = False
            return None

    def _includes(self, path: str, node: Map, stack: tuple[str, ...]) -> None:
        items = node.values.get("include")
        if not isinstance(items, Seq):
            return
        for item in items.items:
            if isinstance(item, Scalar) and item.text:
                self._include(path, item, stack)

    def _include(self, path: str, item: Scalar, stack: tuple[str, ...]) -> None:
        if os.path.isabs(item.text) or ".." in item.text.split("/"):
            self.sink.error("E0010", item.mark, f"`{item.text}` leads out of the spec's folder",
                            "a spec is one folder that can be moved")
            self.complete = False
            return
        target = os.path.join(os.path.dirname(path), item.text)
        real = os.path.realpath(target)
        if real in stack:
            self.sink.error("E0009", item.mark, f"`{item.text}` includes itself")
            self.complete = False
        elif any(os.path.realpath(s.path) == real for s in self.sources):
            self.sink.error("E0009", item.mark, f"`{item.text}` is included twice")
        else:
            self.read(target, item.mark, stack)

    def imported(self) -> bool:
        """Tell whether the root file says that the spec is an import."""
        status = self.maps[0][1].values.get("status") if self.maps else None
        return isinstance(status, Scalar) and status.text == "imported"

    def digest(self) -> str:
        """Return the sha256 of all text, in include order."""
        whole = hashlib.sha256()
        for source in self.sources:
            whole.update(source.text.encode("utf-8"))
        return whole.hexdigest()


def _merge_section(sink: Sink, into: Any, more: Any, key: shapes.Key) -> Any:
    """Return two files' versions of a section as one."""
    if into is None:
        return more
    if more is None:
        return into
    if isinstance(into, list):
        return into + more
    if isinstance(into, Rec):
        sink.error("E0201", more.node.mark, f"`{key.name}` is given twice",
                   "it stands in one file", [(into.node.mark, "first given here")])
        return into
    for name, named in more.items():
        first: Optional[Named] = into.get(name)
        if first is None:
            into[name] = named
        else:
            sink.error("E0201", named.key.mark, f"`{name}` is defined twice under {key.name}",
                       "rename or remove one of them",
                       [(first.key.mark, "first defined here")])
    return into


def read_sections(files: _Files, reader: Reader) \
        -> tuple[Optional[Rec], dict[str, Any], set[str]]:
    """Read all files by the schema.

    Returns the root record, the merged sections, and the names of sections of
    which something may be missing.
    """
    lost: set[str] = set()
    sink = reader.sink
    root: Optional[Rec] = None
    merged: dict[str, Any] = {}
    for number, (_, node) in enumerate(files.maps):
        shape = schema.ROOT if number == 0 else schema.PART_FILE
        rec = reader.read(node, shape)
        assert isinstance(rec, Rec)
        root = root or rec
        lost |= reader.lost_sections(rec)
        for key in schema.SECTIONS:
            merged[key.name] = _merge_section(sink, merged.get(key.name), rec.get(key.name), key)
    return root, merged, lost


def _empty(root: Rec, files: _Files) -> Spec:
    """Return a spec that has its head and nothing else."""
    licenses = root.get("licenses")
    return Spec(
        root.get("name", ""), root.get("title", ""), root.get("doc", ""),
        Pos(files.sources[0].name, 1), root.get("prefix", ""), root.get("hw_prefix", ""),
        dict(licenses.values) if licenses is not None else {},
        [s.name for s in files.sources], files.digest(),
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, [], {}, {}, None, {}, {}, {}, [], {}, {}, {}, {},
        {}, {}, status=root.get("status", ""),
        node=root.get("node", "") or f"/dev/{root.get('name', '')}_0",
        top=root.get("top", ""),
        backends=root.get("backends", []),
        accepted={ident: named.value for ident, named in root.get("accepted", {}).items()
                  if named.value is not None})


def load(path: str, contents: ReadFile = read_file) -> tuple[Optional[Spec], list[Diagnostic]]:
    """Load and check the spec whose root file is `path`; `contents` reads its files.

    Returns the model, or None if anything is wrong with the spec, and all
    that is wrong with it in the order of the text.
    """
    from uapigen.build import build
    from uapigen.checks import check_all
    from uapigen.checks_imported import settle
    from uapigen.context import Context
    sink = Sink()
    files = _Files(os.fspath(path), sink, contents)
    files.read(os.fspath(path), None, ())
    reader = Reader(sink, files.imported())
    root, sections, lost = read_sections(files, reader)
    if root is None or not files.complete:
        return None, sink.sorted()
    ctx = Context(sink, _empty(root, files))
    ctx.excused, ctx.lost = reader.excused, lost
    spec = build(ctx, root, sections)
    check_all(ctx)
    settle(ctx, sink)
    if len(sink):
        return None, sink.sorted()
    layout.settle(spec)
    return spec, []
