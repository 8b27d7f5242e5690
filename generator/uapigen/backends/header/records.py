# SPDX-License-Identifier: BSD-3-Clause
"""Structs, unions and enums as uAPI headers publish them."""
from __future__ import annotations

from typing import Iterator

from uapigen.ctext import comment, comment_lines, prose
from uapigen.ctypes_c import bounds, declare
from uapigen.model import Enum, Field, Struct


def kernel_doc(title: str, doc: str) -> str:
    """Return the comment that opens a documented type."""
    first, *rest = prose(f"{title} - {' '.join(doc.split())}", 77)
    return comment_lines([first, *(f"  {line}" for line in rest)], opener="/**")


def _member_doc(name: str, doc: str, indent: str) -> str:
    """Return the comment of a member."""
    return comment(f"@{name}: {' '.join(doc.split())}", indent, "/**")


def _attributes(struct: Struct) -> str:
    """Return the attributes behind the closing brace."""
    text = " __attribute__((__packed__))" if struct.packed else ""
    return text + (f" __attribute__((aligned({struct.align})))" if struct.align else "")


def _nested(fld: Field, indent: str, prefix: str) -> Iterator[str]:
    """Yield the lines of a record written in place."""
    assert fld.inner is not None
    inner = fld.inner
    path = f"{prefix}{fld.name}." if fld.name else prefix
    yield f"{indent}{inner.kind} {{"
    for member in inner.fields:
        yield from _member(member, indent + "\t", path)
    name = f" {fld.name}{bounds(fld.type) if fld.type else ''}" if fld.name else ""
    yield f"{indent}}}{_attributes(inner)}{name};"


def _member(fld: Field, indent: str, prefix: str = "") -> Iterator[str]:
    """Yield the lines of a member."""
    if fld.name:
        yield _member_doc(prefix + fld.name, fld.doc, indent)
    elif fld.doc.strip():
        yield comment(fld.doc, indent)
    if fld.inner is not None:
        yield from _nested(fld, indent, prefix)
    else:
        yield f"{indent}{declare(fld)};"


def record(struct: Struct) -> str:
    """Return a struct or union."""
    lines = [kernel_doc(f"{struct.kind} {struct.name}", struct.doc)]
    lines.append(f"{struct.kind} {struct.name} {{")
    for fld in struct.fields:
        lines += _member(fld, "\t")
    lines.append(f"}}{_attributes(struct)};")
    return "\n".join(lines)


def enumeration(enum: Enum) -> str:
    """Return an enum; a value is spelled where the spec spells it."""
    lines = [kernel_doc(f"enum {enum.name}", enum.doc), f"enum {enum.name} {{"]
    last = len(enum.entries) - 1
    for index, entry in enumerate(enum.entries):
        value = f" = {entry.value}" if entry.explicit else ""
        lines.append(_member_doc(entry.name, entry.doc, "\t"))
        # No comma behind the last: C90 and C++98 do not allow it.
        lines.append(f"\t{entry.name}{value}{',' if index < last else ''}")
    return "\n".join([*lines, "};"])
