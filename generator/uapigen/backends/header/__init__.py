# SPDX-License-Identifier: BSD-3-Clause
"""The published uAPI headers."""
from __future__ import annotations

from typing import Callable, Iterator, Mapping, Sequence, cast

from uapigen.backends.header import definitions
from uapigen.backends.header.numbers import command_numbers
from uapigen.backends.header.records import choice, enumeration, record
from uapigen.ctext import doc_comment
from uapigen.model import Choice, Content, Header, Piece, Ref, Spec
from uapigen.render import BackendError, Output, c_banner, render

_TABLES: dict[str, tuple[str, Callable[..., str]]] = {
    "constant": ("constants", definitions.constant),
    "macro": ("macros", definitions.macro),
    "flags": ("flags", definitions.flag_set),
    "typedef": ("typedefs", definitions.typedef),
    "function": ("functions", definitions.function),
    "ioctl": ("ioctls", definitions.ioctl),
}
_LINES = ("constant", "macro", "ioctl", "typedef")  # stand on consecutive lines if undocumented


class _Writer:
    """Writes the contents of one header."""

    def __init__(self, spec: Spec, header: Header) -> None:
        self.spec = spec
        self.header = header

    def element(self, ref: Ref) -> str:
        """Return a definition."""
        if ref.kind == "commands" and self.spec.space is not None:
            return command_numbers(self.spec)
        if ref.kind == "enum" and ref.key in self.spec.enums:
            return enumeration(self.spec.enums[ref.key], self.inside)
        if ref.kind == "struct" and ref.key in self.spec.structs:
            return record(self.spec.structs[ref.key], self.inside)
        if ref.kind in _TABLES:
            name, write = _TABLES[ref.kind]
            table = cast(Mapping[str, object], getattr(self.spec, name))
            if ref.key in table:
                return write(table[ref.key])
        raise BackendError(self.header.pos, f"{self.header.path}: nothing is called {ref.key}")

    def inside(self, item: Content) -> list[str]:
        """Return the lines of what stands inside of a record or enum."""
        return self.one(item).split("\n")

    def one(self, item: Content) -> str:
        """Return a part of a header."""
        if isinstance(item, Ref):
            return self.element(item)
        if isinstance(item, Piece):
            return _piece(item)
        if isinstance(item, Choice):
            return "\n".join(choice(item, lambda body: [self.body(body)] if body else []))
        raise BackendError(self.header.pos, f"{self.header.path}: a member stands alone")

    def body(self, body: Sequence[Content]) -> str:
        """Return parts one behind another, apart where they are not of a kind."""
        out = ""
        before: Content | None = None
        for item in body:
            gap = "\n" if _close(before, item) else "\n\n"
            out += (gap if before is not None else "") + self.one(item)
            before = item
        return out


def _close(one: Content | None, two: Content) -> bool:
    """Tell whether no empty line is needed between two parts."""
    if isinstance(one, Piece) and isinstance(two, Piece):
        return one.kind == two.kind == "include"
    return isinstance(one, Ref) and isinstance(two, Ref) and one.kind == two.kind \
        and one.kind in _LINES


def _piece(item: Piece) -> str:
    """Return something without a name."""
    if item.kind == "include":
        return f"#include {item.text}"
    if item.kind == "comment":
        return doc_comment(item.text)
    if item.kind == "linkage":
        return 'extern "C" {' if item.text == "open" else "}"
    if item.kind == "directive" and item.text.startswith("forward "):
        return item.text.removeprefix("forward ") + ";"
    if item.kind == "directive":
        return "#" + item.text.replace("\n", " \\\n")
    return item.text


def _header(spec: Spec, header: Header) -> Output:
    """Return one header."""
    writer = _Writer(spec, header)
    elements = [writer.body(header.body)] if header.body and not _is_flat(header) else [
        writer.one(item) for item in header.body]
    text = render(
        "header/header.h.jinja",
        banner=c_banner(spec, header.license or spec.licenses["uapi"], header.doc),
        guard=header.guard,
        includes=header.includes,
        elements=elements,
    )
    return Output(f"uapi/{header.path}", text)


def _is_flat(header: Header) -> bool:
    """Tell whether a header is a list of definitions, nothing between them."""
    return all(isinstance(item, Ref) and item.kind not in ("macro", "ioctl", "typedef")
               for item in header.body)


def generate(spec: Spec) -> Iterator[Output]:
    """Yield every header the spec publishes."""
    for header in spec.headers.values():
        yield _header(spec, header)
