# SPDX-License-Identifier: BSD-3-Clause
"""Builds ordered check lists, wherever they stand."""
from __future__ import annotations

from typing import Iterable, Optional, Union

from uapigen import exprtype
from uapigen.context import Context
from uapigen.model import Check, Expr, TypeRef
from uapigen.reader import Named, Rec
from uapigen.scope import Local, Scope

REGION_LIST = "mmap_region"
MMAP_LOCALS: dict[str, Local] = {"length": "int", "region_length": "int", "write": "bool",
                                 "exec": "bool"}


def build_check_list(ctx: Context, owner: object, recs: list[Rec], scope: Scope) -> list[Check]:
    """Build the checks of a list, in order.

    A mistake in one check spoils nothing but that check.
    """
    out = []
    needs_copy = scope.command is not None and bool(scope.command.flow_in)
    scope.arg_ready = not (needs_copy and any(r.get("copy") == "in" for r in recs))
    for rec in recs:
        item = _check(ctx, rec, scope)
        if item is None:
            ctx.broken.add(("checks", str(id(owner))))
            continue
        if item.kind in ("copy_in", "copy_head"):
            scope.arg_ready = True
        out.append(item)
    return out


def _check(ctx: Context, rec: Rec, scope: Scope) -> Optional[Check]:
    """Build a check, or return None after a mistake."""
    if not rec.whole:
        _still_refer(ctx, rec)
        return None
    errno = rec.get("errno", "")
    if rec.has("succeed") and not rec.get("succeed"):
        ctx.error("E0113", rec.at("succeed"), "`succeed` can only be true",
                  "leave it out and give an `errno`")
        return None
    kind = "expr" if rec.has("if") else "driver" if rec.has("when") else f"copy_{rec.get('copy')}"
    if kind == "copy_in" and rec.has("upto"):
        kind = "copy_head"
    item = Check(rec.get("id"), kind, errno, rec.get("why", ""), rec.node.pos,
                 when=rec.get("when", ""), scenario=rec.get("scenario", ""),
                 since=rec.get("since", ""), quirk=rec.get("quirk", ""), upto=rec.get("upto", ""))
    ctx.remember(item, rec)
    _still_refer(ctx, rec)
    fine = True
    if kind == "expr":
        node = rec.scalar("if")
        assert node is not None
        item.cond_text = " ".join(node.text.split())
        item.cond = exprtype.condition(ctx, node, scope)
        fine = item.cond is not None
    if rec.has("violate"):
        item.violate, item.violate_expr = inputs(ctx, rec, "violate", scope)
    return item if fine else None


def _still_refer(ctx: Context, rec: Rec) -> None:
    """Judge the names a check uses, even if the rest of it is of no use."""
    spec = ctx.spec
    tables: dict[str, Iterable[str]] = {"errno": spec.errnos, "scenario": spec.scenarios,
                                        "quirk": spec.quirks}
    for key, known in tables.items():
        if rec.has(key):
            ctx.refer(key, rec.get(key), rec.at(key), known)
    if rec.has("when"):
        ctx.refer("condition", rec.get("when"), rec.at("when"), spec.conditions)
    if rec.has("since"):
        ctx.refer("version", rec.get("since"), rec.at("since"), spec.versions)


def inputs(ctx: Context, rec: Rec, key: str, scope: Scope) \
        -> tuple[dict[str, str], dict[str, Expr]]:
    """Build a table of test inputs: argument field -> expression."""
    texts: dict[str, str] = {}
    exprs: dict[str, Expr] = {}
    table: dict[str, Named] = rec.get(key)
    test_scope = Scope(ctx, command=scope.command, locals_=scope.locals)
    test_scope.test_input = True
    for name, named in table.items():
        node = rec.scalar(key, name)
        if node is None or named.value is None:
            continue
        texts[name] = " ".join(node.text.split())
        expr = exprtype.typed(ctx, node, test_scope, _input_kind(scope, name))
        if expr is not None:
            exprs[name] = expr
    return texts, exprs


def _input_kind(scope: Scope, name: str) -> str:
    """Return the type a test input has: that of the local it sets."""
    kind: Optional[Union[str, TypeRef]] = scope.locals.get(name)
    return "bool" if kind == "bool" else "int"
