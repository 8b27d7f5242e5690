# SPDX-License-Identifier: BSD-3-Clause
"""How the spec's types are written in C.

Three dialects: what uAPI headers use (__u32), what kernel code uses (u32) and
what portable user-space code uses (uint32_t).
"""
from __future__ import annotations

from uapigen.model import Field, TypeRef

_PLAIN = {
    "char": "char",
    "schar": "signed char",
    "float": "float",
    "double": "double",
    "uchar": "unsigned char",
    "short": "short",
    "ushort": "unsigned short",
    "int": "int",
    "uint": "unsigned int",
    "long": "long",
    "ulong": "unsigned long",
    "longlong": "long long",
    "ulonglong": "unsigned long long",
}
_SIZED = {"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64"}
SIGNED = {"char", "schar", "short", "int", "long", "longlong", "s8", "s16", "s32", "s64"}
_UNSIGNED_WIDTH = {
    "u8": 8,
    "u16": 16,
    "u32": 32,
    "u64": 64,
    "uchar": 8,
    "ushort": 16,
    "uint": 32,
    "ulonglong": 64,
    "le16": 16,
    "le32": 32,
    "le64": 64,
    "be16": 16,
    "be32": 32,
    "be64": 64,
    "aligned_u64": 64,
    "aligned_le64": 64,
    "aligned_be64": 64,
}


def uapi_type(ref: TypeRef) -> str:
    """Return the type without array bounds as uAPI headers spell it."""
    if ref.kind in ("struct", "union", "enum"):
        return f"{ref.kind} {ref.base}"
    if ref.kind == "pointer" or ref.base == "ptr":
        return ref.target or "void *"
    if ref.kind == "named":
        return ref.base
    return _PLAIN.get(ref.base) or f"__{ref.base}"


def kernel_type(ref: TypeRef) -> str:
    """Return the type as kernel code spells it."""
    return ref.base if ref.kind == "scalar" and ref.base in _SIZED else uapi_type(ref)


def user_type(ref: TypeRef) -> str:
    """Return the type as portable user-space code spells it."""
    if ref.kind == "scalar" and ref.base in _SIZED:
        return f"{'u' if ref.base[0] == 'u' else ''}int{ref.base[1:]}_t"
    return uapi_type(ref)


def bounds(ref: TypeRef) -> str:
    """Return the array bounds as the spec spells them."""
    texts = ref.dim_texts or tuple("" if d is None else str(d) for d in ref.dims)
    return "".join(f"[{t}]" for t in texts)


def declare(fld: Field) -> str:
    """Return the declaration of a member, without the semicolon."""
    assert fld.type is not None
    text = uapi_type(fld.type)
    gap = "" if text.endswith("*") or not fld.name else " "
    return f"{text}{gap}{fld.name}{bounds(fld.type)}"


def unsigned_width(ref: TypeRef) -> int:
    """Return the width of an unsigned scalar in bits, 0 for other types."""
    return _UNSIGNED_WIDTH.get(ref.base, 0) if ref.kind == "scalar" else 0


def byte_order(ref: TypeRef) -> str:
    """Return le or be for a type with a fixed byte order, else nothing."""
    name = ref.base.removeprefix("aligned_")
    return name[:2] if ref.kind == "scalar" and name[:2] in ("le", "be") else ""
