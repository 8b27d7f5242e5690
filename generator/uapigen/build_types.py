# SPDX-License-Identifier: BSD-3-Clause
"""Builds structs, words and registers."""
from __future__ import annotations

import re
from typing import Optional, Union

from uapigen import exprtype
from uapigen.build_published import active, by_bits, choice, contents
from uapigen.build_values import Section, define, fill_inner_enum, spoil
from uapigen.context import Context
from uapigen.model import (BitField, Constant, Content, Enum, Field, Register, Struct, TypeRef,
                           Word, actual_name)
from uapigen.reader import Named, Rec, entries
from uapigen.types import bounds_of, parse_type
from uapigen.yamlpos import Scalar


def build_structs(ctx: Context, section: Optional[Section]) -> None:
    """Build all structs; names first, since fields may name any of them."""
    todo = []
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("struct", name))
    for name, key, rec in entries(section):
        item = Struct(name, rec.get("kind", "struct"), [], rec.get("doc", ""), key.pos,
                      rec.get("packed", False), rec.get("align", 0), by_bits(rec.get("size")),
                      "", rec.get("since", ""), rec.get("quirk", ""), rec.get("tag", True), [],
                      rec.get("leading", ""), rec.get("attributes", ""), rec.get("typedef", ""),
                      rec.has("typedef"), rec.has("layout"), by_bits(rec.get("alignment")))
        ctx.spec.structs[name] = item
        ctx.remember(item, rec, key)
        todo.append((item, rec))
    _type_names(ctx)
    for item, rec in todo:
        _fill(ctx, item, rec.get("fields"), item)


def _type_names(ctx: Context) -> None:
    """Collect the names that typedefs and nested records bring."""
    items: list[Union[Struct, Enum]] = [*ctx.spec.structs.values(), *ctx.spec.enums.values()]
    for item in items:
        kind = item.kind if isinstance(item, Struct) else "enum"
        if item.tag:
            ctx.type_names.add(f"{kind} {actual_name(item.name)}")
        if item.typedef:
            ctx.type_names |= set(re.findall(r"[A-Za-z_]\w*", item.declarators))
        if isinstance(item, Struct):
            _nested_tags(ctx, ctx.rec(item).get("fields"))
    ctx.type_names |= {actual_name(name) for name in ctx.spec.typedefs}


def _nested_tags(ctx: Context, fields: list[Rec]) -> None:
    """Collect the tags of records that are written in place."""
    for rec in fields:
        for kind in ("struct", "union", "enum"):
            if rec.has(kind) and rec.has("tag"):
                ctx.type_names.add(f"{kind} {rec.get('tag')}")
            if rec.has(kind) and kind != "enum":
                _nested_tags(ctx, rec.get(kind))
        for branch in rec.get("choose", []):
            _nested_tags(ctx, branch.get("fields", []))


def _fill(ctx: Context, item: Struct, fields: list[Rec], outer: Struct) -> None:
    """Build the members of a record, and its body where that is more."""
    body = _body(ctx, fields, outer)
    item.fields = [x for x in active(body) if isinstance(x, Field)]
    if not all(isinstance(x, Field) for x in body):
        item.body = body


def _body(ctx: Context, fields: list[Rec], outer: Struct) -> list[Content]:
    """Build what stands between the braces of a record."""
    out: list[Content] = []
    for rec in fields:
        if rec.whole and rec.has("contents"):
            out += contents(ctx, rec, "contents")
            continue
        if rec.whole and rec.has("choose"):
            out.append(choice(ctx, rec, lambda b: _body(ctx, b.get("fields"), outer)))
            continue
        made = _field(ctx, rec, outer) if rec.whole else None
        if made is None:
            ctx.broken.add(("fields", outer.name))
            ctx.drop(rec)
        else:
            out.append(made)
    return out


def _field(ctx: Context, rec: Rec, outer: Struct) -> Optional[Field]:
    """Build a member, or return None after a mistake."""
    name = rec.get("name", "")
    ref: Optional[TypeRef] = None
    inner: Optional[Struct] = None
    enum: Optional[Enum] = None
    inner_kind = next((k for k in ("union", "struct") if rec.has(k)), "")
    if inner_kind:
        inner = _inner(ctx, rec, inner_kind, outer)
        ref = _nested_bounds(ctx, rec, inner_kind)
    elif rec.has("enum"):
        enum = _inner_enum(ctx, rec)
        ref = _nested_bounds(ctx, rec, "enum")
    elif not (rec.has("declare") or rec.has("macro")):
        ref = _plain(ctx, rec)
        if ref is None:
            return None
    item = Field(name, ref, rec.get("doc", ""), rec.node.pos, inner, rec.get("reserved", ""),
                 rec.get("bits", ""), rec.get("since", ""), rec.get("quirk", ""),
                 rec.get("width", ""), "" if inner else rec.get("attributes", ""),
                 rec.get("declare", ""), rec.get("macro", ""), enum, rec.get("count", ""))
    ctx.remember(item, rec)
    return item


def _plain(ctx: Context, rec: Rec) -> Optional[TypeRef]:
    """Return the type of a member, None after a mistake."""
    if not rec.has("name") and not rec.has("width"):
        if "name" not in rec.node.values:
            ctx.error("E0102", rec.node, "field has no `name`",
                      "only a nested struct or union may be anonymous")
        return None
    node = rec.scalar("type")
    assert node is not None
    return parse_type(ctx, node)


def _inner(ctx: Context, rec: Rec, kind: str, outer: Struct) -> Struct:
    """Build a record that is written in place."""
    inner = Struct(rec.get("tag", rec.get("name", "")), kind, [], rec.get("doc", ""),
                   rec.node.pos, rec.get("packed", False), rec.get("align", 0),
                   tag=rec.has("tag"), leading=rec.get("leading", ""),
                   attributes=rec.get("attributes", ""), declarators=rec.get("declarators", ""))
    ctx.remember(inner, rec)
    _fill(ctx, inner, rec.get(kind), outer)
    return inner


def _inner_enum(ctx: Context, rec: Rec) -> Enum:
    """Build an enum that is written in place; its names are constants like others."""
    enum = Enum(rec.get("tag", ""), [], rec.get("doc", ""), rec.node.pos, tag=rec.has("tag"),
                declarators=rec.get("declarators", ""))
    ctx.remember(enum, rec)
    fill_inner_enum(ctx, enum, rec.get("enum"), contents)
    return enum


def _nested_bounds(ctx: Context, rec: Rec, kind: str) -> Optional[TypeRef]:
    """Return the array bounds of a record that is written in place, if it has any."""
    node = rec.scalar("dims")
    if node is None:
        return None
    found = bounds_of(ctx, node, node.text, 0)
    return TypeRef(kind, "", *found) if found is not None else None


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
