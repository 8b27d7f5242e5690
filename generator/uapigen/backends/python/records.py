# SPDX-License-Identifier: BSD-3-Clause
"""Structs and unions as ctypes classes."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.python.source import docstring
from uapigen.layout import compute
from uapigen.model import Field, Spec, Struct, TypeRef

_PLAIN = {
    "char": "c_char", "uchar": "c_ubyte", "short": "c_short", "ushort": "c_ushort",
    "int": "c_int", "uint": "c_uint", "long": "c_long", "ulong": "c_ulong",
    "longlong": "c_longlong", "ulonglong": "c_ulonglong", "ptr": "c_void_p",
}


class Record(NamedTuple):
    """A class: what it derives from and its members."""

    name: str
    base: str
    doc: str
    pack: bool
    anonymous: list[str]
    members: list[tuple[str, str]]


class Sizes(NamedTuple):
    """What a class must measure: by bits of a word, size and offsets."""

    name: str
    bits: int
    size: int
    offsets: list[tuple[str, int]]


def scalar(base: str) -> str:
    """Return the ctypes type of a scalar."""
    if base in _PLAIN:
        return f"ctypes.{_PLAIN[base]}"
    name = base.removeprefix("aligned_")
    width = name.lstrip("uslebeh")
    if name[:2] in ("le", "be"):
        return f"_{name[:2]}(ctypes.c_uint{width})"
    sign = "" if name[0] == "s" else "u"
    return f"ctypes.c_{sign}int{width}"


def ctype(ref: TypeRef) -> str:
    """Return the ctypes type of a member or of a scalar argument."""
    if ref.kind in ("struct", "union"):
        text = ref.base
    elif ref.kind == "enum":
        text = "ctypes.c_uint"
    elif ref.kind == "pointer":
        text = "ctypes.c_void_p"
    else:
        text = scalar(ref.base)
    for bound in reversed(ref.dims):
        text = f"{text} * {bound or 0}" if " " not in text else f"({text}) * {bound or 0}"
    return text


def _record(name: str, struct: Struct) -> Iterator[Record]:
    """Yield the classes of a record, those inside it first."""
    anonymous: list[str] = []
    members: list[tuple[str, str]] = []
    for place, fld in enumerate(struct.fields):
        label = fld.name or f"anonymous{place}"
        if fld.inner is not None:
            yield from _record(f"{name}_{label}", fld.inner)
            if not fld.name:
                anonymous.append(label)
            members.append((label, f"{name}_{label}" + _bounds(fld)))
        else:
            assert fld.type is not None
            members.append((label, ctype(fld.type)))
    base = "ctypes.Union" if struct.kind == "union" else "ctypes.Structure"
    yield Record(name, base, docstring(struct.doc, 4), struct.packed, anonymous, members)


def _bounds(fld: Field) -> str:
    return "".join(f" * {d or 0}" for d in reversed(fld.type.dims)) if fld.type else ""


def records(spec: Spec) -> Iterator[Record]:
    """Yield the classes, each behind those it uses."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[Record]:
        if name in done or name not in spec.structs:
            return
        done.add(name)
        for used in _uses(spec.structs[name]):
            yield from visit(used)
        yield from _record(name, spec.structs[name])

    for name in spec.structs:
        yield from visit(name)


def _uses(struct: Struct) -> Iterator[str]:
    for fld in struct.fields:
        if fld.inner is not None:
            yield from _uses(fld.inner)
        elif fld.type is not None and fld.type.kind in ("struct", "union"):
            yield fld.type.base


def sizes(spec: Spec) -> Iterator[Sizes]:
    """Yield what each published record must measure."""
    for name, struct in spec.structs.items():
        for bits in (64, 32):
            layout = compute(spec, struct, bits)
            offsets = [(s.name, s.offset) for s in layout.slots if "." not in s.name and s.name]
            yield Sizes(name, bits, layout.size, offsets)
