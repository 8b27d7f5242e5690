# SPDX-License-Identifier: BSD-3-Clause
"""Builds what a header holds besides numbers and records.

Macros, functions, typedefs, bare command numbers, and the contents of headers
and bodies with their conditionals.
"""
from __future__ import annotations

from typing import Any, Callable, Optional

from uapigen.build_values import Section
from uapigen.context import Context
from uapigen.diagnostics import suggest
from uapigen.model import (Branch, Choice, Content, ExternalType, Function, Ioctl, Macro, Piece,
                           Ref, Typedef, actual_name)
from uapigen.reader import Rec, entries
from uapigen.types import parse_type
from uapigen.yamlpos import Scalar, Seq

_PIECES = ("include", "comment", "directive", "linkage", "verbatim")
# What a bare name may be, in the order in which it is looked for.
_KINDS = ("constant", "macro", "ioctl", "function", "flags", "enum", "struct", "typedef")
TABLES = {"constant": "constants", "macro": "macros", "ioctl": "ioctls", "flags": "flags",
          "function": "functions", "enum": "enums", "struct": "structs", "typedef": "typedefs"}
More = Callable[[Rec], list[Content]]


def build_externals(ctx: Context, section: Optional[Section]) -> None:
    """Build the types of other headers."""
    for name, key, rec in entries(section):
        item = ExternalType(" ".join(name.split()), by_bits(rec.get("size")),
                            by_bits(rec.get("alignment")), key.pos)
        ctx.spec.external_types[item.name] = item
        ctx.remember(item, rec, key)


def by_bits(rec: Optional[Rec]) -> dict[int, int]:
    """Return a number for each data model."""
    return {int(bits): value for bits, value in rec.values.items()} if rec is not None else {}


def declare_typedefs(ctx: Context, section: Optional[Section]) -> None:
    """Make the names of typedefs known; their types come when records are there."""
    for name, key, rec in entries(section):
        item = Typedef(name, None, rec.get("doc", ""), key.pos, "", rec.get("attributes", ""),
                       rec.get("declare", ""))
        ctx.spec.typedefs[name] = item
        ctx.remember(item, rec, key)


def finish_typedefs(ctx: Context) -> None:
    """Find the types behind typedefs."""
    for item in ctx.spec.typedefs.values():
        node = ctx.rec(item).scalar("type")
        if node is not None and ctx.rec(item).has("type"):
            item.type = parse_type(ctx, node)


def build_macros(ctx: Context, section: Optional[Section]) -> None:
    """Build macros that are no numbers."""
    for name, key, rec in entries(section):
        item = Macro(name, rec.get("params"), rec.get("text", ""), rec.get("doc", ""), key.pos)
        ctx.spec.macros[name] = item
        ctx.remember(item, rec, key)


def build_functions(ctx: Context, section: Optional[Section]) -> None:
    """Build functions."""
    for name, key, rec in entries(section):
        item = Function(name, rec.get("text"), rec.get("doc", ""), key.pos)
        ctx.spec.functions[name] = item
        ctx.remember(item, rec, key)


def build_ioctls(ctx: Context, section: Optional[Section]) -> None:
    """Build bare command numbers."""
    for name, key, rec in entries(section):
        value = rec.get("number")
        item = Ioctl(name, rec.get("form", ""), rec.get("doc", ""), key.pos,
                     rec.get("magic", ""), value >> 8 & 0xff, rec.get("nr", ""), value & 0xff,
                     rec.get("arg", ""), value, rec.get("number32", value), rec.get("text", ""))
        if not item.text and not (item.magic and item.nr_text and item.form in (
                "io", "ior", "iow", "iowr") and (item.form == "io" or item.arg_text)):
            ctx.error("E0102", rec.node, f"ioctl `{name}` has nothing to spell its number with",
                      "give form, magic, nr and arg, or `text`")
            continue
        ctx.spec.ioctls[name] = item
        ctx.remember(item, rec, key)
        if "@" not in name:
            ctx.claim(name, key.mark)


# --- contents -------------------------------------------------------------


def find_ref(ctx: Context, text: str) -> Optional[Ref]:
    """Return what a name in contents stands for, None if there is no such thing."""
    spec = ctx.spec
    tables: dict[str, Any] = {kind: getattr(spec, TABLES[kind]) for kind in _KINDS}
    kind, _, key = text.rpartition(" ")
    kind = kind.strip()
    if kind in ("struct", "union"):
        found = spec.structs.get(key)
        return Ref("struct", key) if found is not None and found.kind == kind else None
    if not kind and key == "commands":
        return Ref("commands", key)
    for candidate in ([kind] if kind else _KINDS):
        if key in tables[candidate]:
            return Ref(candidate, key)
    return None


def known_names(ctx: Context) -> list[str]:
    """Return everything that contents may name."""
    spec = ctx.spec
    return [*spec.constants, *spec.macros, *spec.ioctls, *spec.functions, *spec.flags,
            *spec.enums, *spec.structs, *spec.typedefs, "commands"]


def contents(ctx: Context, owner: Rec, key: str) -> list[Content]:
    """Build the list of contents under a key."""
    out: list[Content] = []
    node = owner.node.values.get(key)
    scalars = [n for n in node.items if isinstance(n, Scalar)] if isinstance(node, Seq) else []
    marks = {n.text: n for n in scalars}
    for item in owner.get(key, []):
        if isinstance(item, str):
            ref = find_ref(ctx, item)
            if ref is not None:
                out.append(ref)
                _publish(ctx, ref)
            elif not _excused(ctx, item):
                ctx.error("E1001", marks[item], f"nothing is called `{item}`",
                          suggest(item, known_names(ctx)))
        elif item.whole:
            out.append(_piece(ctx, item))
    return out


def _publish(ctx: Context, ref: Ref) -> None:
    """Note that a definition stands in a body, not only in a list of contents."""
    ctx.used.add(("constant", actual_name(ref.key)))


def _excused(ctx: Context, text: str) -> bool:
    """Tell whether a name may have been defined by a refused part."""
    name = text.rpartition(" ")[2]
    return any((kind, name) in ctx.broken or ctx.may_lack(kind)
               for kind in ("constant", "flags", "enum", "struct"))


def _piece(ctx: Context, rec: Rec) -> Content:
    """Build what is no definition."""
    if rec.has("choose"):
        return choice(ctx, rec, lambda branch: contents(ctx, branch, "contents"))
    if rec.has("forward"):
        return Piece("directive", f"forward {rec.get('forward')}", rec.node.pos)
    kind = next(k for k in _PIECES if rec.has(k))
    return Piece(kind, rec.get(kind), rec.node.pos, rec.get("why", ""))


def choice(_: Context, rec: Rec, body: More) -> Choice:
    """Build a conditional; `body` builds what stands in a branch."""
    return Choice([Branch(" ".join(branch.get("if").split(" ")), body(branch),
                          branch.get("active", False))
                   for branch in rec.get("choose") if branch.whole], rec.node.pos)


def active(body: list[Content]) -> list[Content]:
    """Return the parts of a body that programs for x86-64 see."""
    out: list[Content] = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += active(branch.body) if branch.active else []
        else:
            out.append(item)
    return out


def flat(body: list[Content]) -> list[Ref]:
    """Return all definitions of a body, whatever the conditions."""
    out: list[Ref] = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += flat(branch.body)
        elif isinstance(item, Ref):
            out.append(item)
    return out
