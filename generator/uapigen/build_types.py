# SPDX-License-Identifier: BSD-3-Clause
"""Builds structs, words and registers."""
from __future__ import annotations

from typing import Optional

from uapigen import exprtype
from uapigen.build_values import Section, define, spoil
from uapigen.context import Context
from uapigen.model import BitField, Constant, Field, Register, Struct, TypeRef, Word
from uapigen.reader import Named, Rec, entries
from uapigen.types import parse_type
from uapigen.yamlpos import Scalar


def build_structs(ctx: Context, section: Optional[Section]) -> None:
    """Build all structs; names first, since fields may name any of them."""
    todo = []
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("struct", name))
    for name, key, rec in entries(section):
        sizes = rec.get("size")
        item = Struct(name, rec.get("kind", "struct"), [], rec.get("doc", ""), key.pos,
                      rec.get("packed", False), rec.get("align", 0),
                      {int(k): v for k, v in sizes.values.items()},
                      "", rec.get("since", ""), rec.get("quirk", ""))
        ctx.spec.structs[name] = item
        ctx.remember(item, rec, key)
        todo.append((item, rec))
    for item, rec in todo:
        _fill(ctx, item, rec.get("fields"), item)


def _fill(ctx: Context, item: Struct, fields: list[Rec], outer: Struct) -> None:
    """Build the members of a record."""
    for rec in fields:
        made = _field(ctx, rec, outer) if rec.whole else None
        if made is None:
            ctx.broken.add(("fields", outer.name))
            ctx.drop(rec)
        else:
            item.fields.append(made)


def _field(ctx: Context, rec: Rec, outer: Struct) -> Optional[Field]:
    """Build a member, or return None after a mistake."""
    name = rec.get("name", "")
    inner_kind = next((k for k in ("union", "struct") if rec.has(k)), "")
    ref: Optional[TypeRef] = None
    inner: Optional[Struct] = None
    if inner_kind:
        inner = Struct(name, inner_kind, [], rec.get("doc", ""), rec.node.pos)
        ctx.remember(inner, rec)
        _fill(ctx, inner, rec.get(inner_kind), outer)
    else:
        if not name:
            if "name" not in rec.node.values:
                ctx.error("E0102", rec.node, "field has no `name`",
                          "only a nested struct or union may be anonymous")
            return None
        node = rec.scalar("type")
        assert node is not None
        ref = parse_type(ctx, node)
        if ref is None:
            return None
    item = Field(name, ref, rec.get("doc", ""), rec.node.pos, inner, rec.get("reserved", ""),
                 rec.get("bits", ""), rec.get("since", ""), rec.get("quirk", ""))
    ctx.remember(item, rec)
    return item


def _range(ctx: Context, rec: Rec, width: int) -> Optional[tuple[int, int]]:
    """Return highest and lowest bit, or None after a mistake."""
    parts = [int(p) for p in rec.get("bits").split(":")]
    hi, lo = parts[0], parts[-1]
    if hi < lo:
        ctx.error("E0801", rec.at("bits"), f"bit range {hi}:{lo} is upside down",
                  f'the highest bit stands first: "{lo}:{hi}"')
        return None
    if hi >= width:
        ctx.error("E0802", rec.at("bits"), f"bit {hi} lies beyond the {width} bits of the word")
        return None
    return hi, lo


def _values(ctx: Context, item: BitField, prefix: str, rec: Rec) -> None:
    """Build the named values of a bit field."""
    table: dict[str, Named] = rec.get("values", {})
    for name, key, value_rec in entries(table):
        c_name = f"{prefix}_{name}"
        node = value_rec.scalar("value")
        assert node is not None
        value = exprtype.constant(ctx, node)
        if value is None:
            spoil(ctx, c_name)
            continue
        if value >> (item.hi - item.lo + 1):
            ctx.error("E0804", node, f"{node.text} does not fit the {item.hi - item.lo + 1} "
                      f"bits of {item.name}")
        made = Constant(c_name, node.text, value, value_rec.get("doc", ""), key.pos)
        ctx.remember(made, value_rec, key)
        item.values[name] = made
        if generated(ctx, c_name, key):
            define(ctx, c_name, value)
            ctx.used.add(("constant", c_name))


def generated(ctx: Context, c_name: str, key: Scalar) -> bool:
    """Register a name that the generator makes; report a collision."""
    first = ctx.c_names.get(c_name)
    if first is not None:
        ctx.error("E0205", key, f"the generated name {c_name} is taken",
                  "rename one of them", [(first, "also made from this")])
        return False
    ctx.c_names[c_name] = key.mark
    return True


def _bit_fields(ctx: Context, owner: str, table: Optional[dict[str, Named]],
                width: int) -> list[BitField]:
    """Build the bit fields of a word or register."""
    out = []
    prefix = f"{ctx.spec.hw_prefix}{owner}"
    for name, named in (table or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("bit-field", f"{owner}.{name}"))
    for name, key, rec in entries(table):
        span = _range(ctx, rec, width)
        if span is None:
            ctx.broken.add(("bit-field", f"{owner}.{name}"))
            continue
        item = BitField(name, span[0], span[1], rec.get("doc", ""), key.pos,
                        rec.get("unit", ""), {}, rec.get("group", False),
                        rec.get("context", ""))
        ctx.remember(item, rec, key)
        generated(ctx, f"{prefix}_{name}", key)
        _values(ctx, item, f"{prefix}_{name}", rec)
        out.append(item)
    return out


def build_words(ctx: Context, section: Optional[Section]) -> None:
    """Build all words."""
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("word", name))
    for name, key, rec in entries(section):
        fields = _bit_fields(ctx, name, rec.get("fields"), rec.get("width"))
        item = Word(name, rec.get("width"), rec.get("order"), fields, rec.get("doc", ""), key.pos)
        ctx.spec.words[name] = item
        ctx.remember(item, rec, key)


def build_registers(ctx: Context, section: Optional[Section]) -> None:
    """Build all registers."""
    for name, key, rec in entries(section):
        inner = rec.get("inner")
        inner = inner if inner is not None and inner.whole else None
        generated(ctx, f"{ctx.spec.hw_prefix}{name}", key)
        item = Register(name, rec.get("offset"), rec.get("access"), rec.get("doc", ""), key.pos,
                        _bit_fields(ctx, name, rec.get("fields"), 64), rec.get("count", 1),
                        rec.get("stride", 0), inner.get("count") if inner else 1,
                        inner.get("stride") if inner else 0, rec.get("reset", 0))
        ctx.spec.registers[name] = item
        ctx.remember(item, rec, key)
