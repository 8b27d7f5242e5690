# SPDX-License-Identifier: BSD-3-Clause
"""Structs, unions and enums as uAPI headers publish them."""
from __future__ import annotations

from typing import Callable, Iterator, Sequence

from uapigen.ctext import doc_comment, doc_lines
from uapigen.ctypes_c import bounds, declare
from uapigen.model import (Choice, Content, Enum, EnumEntry, Field, Piece, Ref, Struct,
                           actual_name)

# Returns the lines of what is neither a member nor an enumerator.
Others = Callable[[Content], list[str]]


def leave_out(_: Content) -> list[str]:
    """Return nothing: what is about a record does without the rest."""
    return []


def kernel_doc(title: str, doc: str) -> str:
    """Return the comment that opens a documented type."""
    if "\n" in doc or not doc:
        return doc_comment(f"{title} - {doc}", "", "/**") if doc else ""
    return doc_lines(f"{title} - {' '.join(doc.split())}")


def _member_doc(name: str, doc: str, indent: str) -> list[str]:
    """Return the comment of a member; none if nobody has written one."""
    return [doc_comment(f"@{name}: {doc}", indent, "/**")] if doc.strip() else []


def _attributes(struct: Struct) -> str:
    """Return the attributes behind the closing brace."""
    text = " __attribute__((__packed__))" if struct.packed else ""
    text += f" __attribute__((aligned({struct.align})))" if struct.align else ""
    return text + (f" {struct.attributes}" if struct.attributes else "")


def _opening(struct: Struct, tag: str) -> str:
    """Return the first line of a record."""
    return " ".join([struct.kind, *([struct.leading] if struct.leading else []),
                     *([tag] if tag else []), "{"])


def _nested(fld: Field, indent: str, prefix: str, others: Others) -> Iterator[str]:
    """Yield the lines of a record written in place."""
    assert fld.inner is not None
    inner = fld.inner
    path = f"{prefix}{fld.name}." if fld.name else prefix
    yield indent + _opening(inner, inner.name if inner.tag else "")
    yield from members(inner.body or inner.fields, indent + "\t", path, others)
    name = f" {fld.name}{bounds(fld.type) if fld.type else ''}" if fld.name else ""
    if inner.declarators:
        name = f" {inner.declarators}"
    yield f"{indent}}}{_attributes(inner)}{name};"


def _nested_enum(fld: Field, indent: str, others: Others) -> Iterator[str]:
    """Yield the lines of an enum written in place."""
    assert fld.inner_enum is not None
    enum = fld.inner_enum
    name = f" {fld.name}{bounds(fld.type) if fld.type else ''}" if fld.name else ""
    if enum.declarators:
        name = f" {enum.declarators}"
    yield f"{indent}enum {enum.name + ' ' if enum.tag else ''}{{"
    yield from entries(enum, indent + "\t", others)
    yield f"{indent}}}{' ' + enum.attributes if enum.attributes else ''}{name};"


def _member(fld: Field, indent: str, prefix: str, others: Others) -> Iterator[str]:
    """Yield the lines of a member."""
    if fld.name and not fld.macro:
        yield from _member_doc(prefix + fld.name, fld.doc, indent)
    elif fld.doc.strip():
        yield doc_comment(fld.doc, indent)
    if fld.inner is not None:
        yield from _nested(fld, indent, prefix, others)
    elif fld.inner_enum is not None:
        yield from _nested_enum(fld, indent, others)
    elif fld.macro:
        yield f"{indent}{fld.macro}"
    else:
        width = f" : {fld.width}" if fld.width else ""
        attributes = f" {fld.attributes}" if fld.attributes else ""
        yield f"{indent}{fld.declare or declare(fld) + width + attributes};"


def members(body: Sequence[Content], indent: str, prefix: str,
            others: Others) -> Iterator[str]:
    """Yield the lines between the braces of a record."""
    for item in body:
        if isinstance(item, Field):
            yield from _member(item, indent, prefix, others)
        elif isinstance(item, Choice):
            yield from choice(item, lambda b: list(members(b, indent, prefix, others)))
        else:
            yield from others(item)


def choice(item: Choice, body: Callable[[list[Content]], list[str]]) -> Iterator[str]:
    """Yield the lines of a conditional."""
    for branch in item.branches:
        yield "#" + branch.directive.replace("\n", " \\\n")
        yield from body(branch.body)
    yield "#endif"


def _behind(typedef: bool, declarators: str) -> str:
    return f" {declarators}" if typedef and declarators else ""


def record(struct: Struct, others: Others = leave_out) -> str:
    """Return a struct or union."""
    name = actual_name(struct.name)
    about = kernel_doc(f"{struct.kind} {name}", struct.doc)
    head = _opening(struct, name if struct.tag else "")
    lines = [about] if about else []
    lines.append(("typedef " if struct.typedef else "") + head)
    lines += members(struct.body or struct.fields, "\t", "", others)
    lines.append(f"}}{_attributes(struct)}{_behind(struct.typedef, struct.declarators)};")
    return "\n".join(lines)


def _entry(entry: EnumEntry, indent: str, comma: bool) -> Iterator[str]:
    """Yield the lines of an enumerator."""
    value = f" = {entry.text or entry.value}" if entry.explicit else ""
    yield from _member_doc(entry.name, entry.doc, indent)
    yield f"{indent}{entry.name}{value}{',' if comma else ''}"


def entries(enum: Enum, indent: str, others: Others) -> Iterator[str]:
    """Yield the lines between the braces of an enum."""
    body: Sequence[Content] = enum.body or enum.entries
    plain = all(isinstance(item, (EnumEntry, Piece, Ref)) for item in body)
    last = next((x for x in reversed(body) if isinstance(x, EnumEntry)), None)

    def some(part: Sequence[Content]) -> Iterator[str]:
        for item in part:
            if isinstance(item, EnumEntry):
                # No comma behind the last: C90 and C++98 do not allow it.
                yield from _entry(item, indent, not plain or item is not last)
            elif isinstance(item, Choice):
                yield from choice(item, lambda b: list(some(b)))
            else:
                yield from others(item)
    yield from some(body)


def enumeration(enum: Enum, others: Others = leave_out) -> str:
    """Return an enum; a value is spelled where the spec spells it."""
    name = f"{actual_name(enum.name)} " if enum.tag else ""
    about = kernel_doc(f"enum {name}".strip(), enum.doc)
    lines = [about] if about else []
    lines.append(f"{'typedef ' if enum.typedef else ''}enum {name}{{")
    lines += entries(enum, "\t", others)
    attributes = f" {enum.attributes}" if enum.attributes else ""
    lines.append(f"}}{attributes}{_behind(enum.typedef, enum.declarators)};")
    return "\n".join(lines)
