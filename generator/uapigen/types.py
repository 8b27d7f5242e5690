# SPDX-License-Identifier: BSD-3-Clause
"""Types as the spec writes them: `u32`, `struct x`, `u8[16]`, `T[N]`."""
from __future__ import annotations

import re
from typing import Optional

from uapigen import expr as ex
from uapigen import exprtype
from uapigen.context import Context
from uapigen.diagnostics import suggest
from uapigen.model import Binary, Num, TypeRef
from uapigen.yamlpos import Scalar

# name -> (bits as a number, signed); 64-bit programs, where it matters
SCALARS: dict[str, tuple[int, bool]] = {
    "u8": (8, False), "u16": (16, False), "u32": (32, False), "u64": (64, False),
    "s8": (8, True), "s16": (16, True), "s32": (32, True), "s64": (64, True),
    "le16": (16, False), "le32": (32, False), "le64": (64, False),
    "be16": (16, False), "be32": (32, False), "be64": (64, False),
    "aligned_u64": (64, False), "aligned_le64": (64, False), "aligned_be64": (64, False),
    "char": (8, True), "schar": (8, True), "float": (32, True), "double": (64, True),
    "uchar": (8, False), "short": (16, True), "ushort": (16, False),
    "int": (32, True), "uint": (32, False), "long": (64, True), "ulong": (64, False),
    "longlong": (64, True), "ulonglong": (64, False), "ptr": (64, False),
}
_C_SPELLINGS = {
    "__u8": "u8", "__u16": "u16", "__u32": "u32", "__u64": "u64", "uint8_t": "u8",
    "uint16_t": "u16", "uint32_t": "u32", "uint64_t": "u64", "int8_t": "s8", "int16_t": "s16",
    "int32_t": "s32", "int64_t": "s64", "__s32": "s32", "__s64": "s64", "size_t": "ulong",
    "unsigned": "uint", "bool": "u8", "__le16": "le16", "__le32": "le32", "__le64": "le64",
    "__be16": "be16", "__be32": "be32", "__be64": "be64", "__aligned_u64": "aligned_u64",
}
# Names of C that need no definition of their own.
_KNOWN = {"bool", "_Bool", "size_t"}
_POINTER = re.compile(r"([^\[\]]*\*(?:\s*(?:const|volatile)\b)?)\s*((?:\[[^\]]*\]\s*)*)\Z")
_TYPE = re.compile(r"(?:(struct|union|enum)\s+)?([A-Za-z_]\w*)\s*((?:\[[^\]]*\]\s*)*)\Z")
_DIM = re.compile(r"\[([^\]]*)\]")


def parse_type(ctx: Context, node: Scalar) -> Optional[TypeRef]:
    """Return a type, or None after reporting what is wrong with it."""
    pointer = _POINTER.match(node.text)
    if pointer is not None:
        parts = bounds_of(ctx, node, pointer.group(2), pointer.start(2))
        target = " ".join(pointer.group(1).split())
        if target == "void *":
            ctx.error("E0401", node, "a `void *` is called `ptr`", "write `ptr`")
            return None
        return None if parts is None else TypeRef("pointer", "ptr", *parts, target)
    found = _TYPE.match(node.text)
    if found is None:
        ctx.error("E0401", node, f"`{node.text}` is no type of the language",
                  "give the whole declaration under `declare`")
        return None
    tag, base, bounds = found.group(1), found.group(2), found.group(3)
    parts = bounds_of(ctx, node, bounds, found.start(3))
    if parts is None:
        return None
    dims, texts = parts
    if not _base_known(ctx, node, tag, base, found.start(2)):
        return None
    kind = tag or ("pointer" if base == "ptr" else "scalar" if base in SCALARS else "named")
    return TypeRef(kind, base, dims, texts)


def bounds_of(ctx: Context, node: Scalar, text: str, start: int) \
        -> Optional[tuple[tuple[Optional[int], ...], tuple[str, ...]]]:
    """Return array bounds and their spelling, None after a mistake."""
    dims: list[Optional[int]] = []
    texts: list[str] = []
    for dim in _DIM.finditer(text):
        texts.append(dim.group(1).strip())
        bound = _bound(ctx, node, dim.group(1), start + dim.start(1)) if texts[-1] else None
        if bound == 0 and ctx.spec.status != "imported":
            return None
        dims.append(bound)
    return tuple(dims), tuple(texts)


def _bound(ctx: Context, node: Scalar, text: str, at: int) -> int:
    """Return an array bound, 0 after reporting why it is none.

    In an imported spec a bound may be what only a compiler can tell; the
    record then says `layout: compiler`, or its size is wrong.
    """
    if ctx.spec.status == "imported":
        return imported_bound(ctx, text)
    value = exprtype.constant_part(ctx, node, text, at)
    if value is None:
        return 0
    if not 0 < value < 2**31:
        ctx.error("E0405", node.mark_at(at, len(text)), f"an array cannot have {value} elements")
        return 0
    return value


def imported_bound(ctx: Context, text: str) -> int:
    """Return an array bound of an imported header, -1 if only a compiler can tell."""
    try:
        tree = ex.parse(text)
    except ex.ExprError:
        return -1
    value = _worth(ctx, tree)
    return value if value is not None and 0 <= value < 2**31 else -1


def _worth(ctx: Context, raw: ex.Raw) -> Optional[int]:
    """Return the value of a constant expression, None if it has none here."""
    if raw.kind == "num":
        return raw.value
    if raw.kind == "name":
        found = exprtype.find_constant(ctx, raw.text)
        return found.value if found is not None else None
    if raw.kind != "binary":
        return None
    left, right = (_worth(ctx, kid) for kid in raw.kids)
    if left is None or right is None:
        return None
    try:
        return ex.evaluate(Binary(raw.text, Num(left, ""), Num(right, "")), {})
    except ex.Undefined:
        return None


def _base_known(ctx: Context, node: Scalar, tag: str, base: str, at: int) -> bool:
    mark = node.mark_at(at, len(base))
    if not tag:
        if base in SCALARS:
            return True
        if base in ctx.spec.typedefs or base in ctx.spec.external_types \
                or base in ctx.type_names or (base in _KNOWN and ctx.spec.status == "imported"):
            return True
        records = {n: r.kind for n, r in ctx.spec.structs.items()}
        if base in _C_SPELLINGS:
            hint = f"the spec language says `{_C_SPELLINGS[base]}`"
        elif base in records:
            hint = f"write `{records[base]} {base}`"
        elif base in ctx.spec.enums:
            hint = f"write `enum {base}`"
        else:
            hint = suggest(base, SCALARS)
        ctx.error("E0401", mark, f"no scalar type is called `{base}`", hint)
        return False
    if f"{tag} {base}" in ctx.spec.external_types or f"{tag} {base}" in ctx.type_names:
        return True
    if tag == "enum":
        return ctx.refer("enum", base, mark, ctx.spec.enums)
    if not ctx.refer("struct", base, mark, ctx.spec.structs, tag):
        return False
    kind = ctx.spec.structs[base].kind
    if kind != tag:
        ctx.error("E0401", mark, f"`{base}` is a {kind}, not a {tag}", f"write `{kind} {base}`")
        return False
    return True
