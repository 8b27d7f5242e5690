# SPDX-License-Identifier: BSD-3-Clause
"""Structs, unions and numbers as Rust."""
from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from uapigen.ctext import wrap
from uapigen.layout import compute
from uapigen.model import Field, Spec, Struct, TypeRef

WIDTH = 100
_PLAIN = {
    "char": "c_char", "uchar": "c_uchar", "short": "c_short", "ushort": "c_ushort",
    "int": "c_int", "uint": "c_uint", "long": "c_long", "ulong": "c_ulong",
    "longlong": "c_longlong", "ulonglong": "c_ulonglong", "ptr": "*mut c_void",
}
_KEYWORDS = frozenset("""
    abstract as async await become box break const continue crate do dyn else enum extern false
    final fn for if impl in let loop macro match mod move mut override priv pub ref return self
    static struct super trait true try type typeof unsafe unsized use virtual where while yield
    """.split())


class Record(NamedTuple):
    """A struct or union: its doc comment, representation and members."""

    name: str
    keyword: str
    doc: list[str]
    repr: str
    members: list[tuple[list[str], str, str]]  # doc, name, type
    size: Optional[int]  # in 64-bit programs, of published records
    offsets: list[tuple[str, int]]


def doc_lines(text: str, indent: int = 0, mark: str = "///") -> list[str]:
    """Return a doc comment, a line break for each paragraph's end."""
    return [f"{mark} {line}" for line in wrap(" ".join(text.split()), WIDTH - indent - 4)]


def member_name(name: str) -> str:
    """Return a member's name; a keyword of Rust is marked as a name."""
    return f"r#{name}" if name in _KEYWORDS else name


def scalar(base: str) -> str:
    """Return the Rust type of a scalar."""
    if base in _PLAIN:
        return _PLAIN[base]
    name = base.removeprefix("aligned_")
    if name[:2] in ("le", "be"):
        return name.capitalize()
    return name.replace("s", "i", 1)


def rust_type(ref: TypeRef) -> str:
    """Return the type of a member or argument."""
    if ref.kind in ("struct", "union"):
        text = ref.base
    elif ref.kind == "enum":
        text = "c_uint"
    elif ref.kind == "pointer":
        text = "*mut c_void"
    else:
        text = scalar(ref.base)
    for bound in reversed(ref.dims):
        text = f"[{text}; {bound or 0}]"
    return text


def _members(name: str, struct: Struct) -> Iterator[tuple[Field, str, str]]:
    """Yield each member with its name and type."""
    for place, fld in enumerate(struct.fields):
        label = fld.name or f"anonymous{place}"
        if fld.inner is None:
            assert fld.type is not None
            yield fld, label, rust_type(fld.type)
        else:
            yield fld, label, f"{name}_{label}"


def _repr(struct: Struct) -> str:
    packed = ", packed" if struct.packed else ""
    aligned = f", align({struct.align})" if struct.align and not struct.packed else ""
    return f"C{packed}{aligned}"


def _record(spec: Spec, name: str, struct: Struct, outer: bool) -> Iterator[Record]:
    members = list(_members(name, struct))
    for fld, _, kind in members:
        if fld.inner is not None:
            yield from _record(spec, kind, fld.inner, False)
    layout = compute(spec, struct, 64) if outer else None
    named = {f.name for f in struct.fields if f.name}
    offsets = [(member_name(s.name), s.offset) for s in layout.slots
               if s.name in named] if layout else []
    yield Record(
        name, struct.kind, doc_lines(struct.doc), _repr(struct),
        [(doc_lines(f.doc, 4), member_name(label), kind) for f, label, kind in members],
        layout.size if layout else None, offsets)


def records(spec: Spec) -> Iterator[Record]:
    """Yield all records; in Rust their order does not matter."""
    for name, struct in spec.structs.items():
        yield from _record(spec, name, struct, True)


def _number_type(value: int) -> str:
    """Return the least type of a number, 32 bits at least."""
    if value < 0:
        return "i64" if value < -1 << 31 else "i32"
    return "u64" if value >> 32 else "u32"


def numbers(spec: Spec) -> Iterator[tuple[list[str], str, str, str]]:
    """Yield the published constants: doc, name, type, value."""
    for item in spec.constants.values():
        if item.header and isinstance(item.value, int):
            value = hex(item.value) if item.text.lower().startswith("0x") else str(item.value)
            yield doc_lines(item.doc), item.name, _number_type(item.value), value
    for flags in spec.flags.values():
        for entry in flags.entries if flags.header else []:
            yield doc_lines(entry.doc), entry.c_name, "u64", f"1 << {entry.bit}"
    for enum in spec.enums.values():
        for enumerator in enum.entries:
            yield (doc_lines(enumerator.doc), enumerator.name, _number_type(enumerator.value),
                   str(enumerator.value))
