# SPDX-License-Identifier: BSD-3-Clause
"""Builds the number space, commands, check lists, regions and file operations."""
from __future__ import annotations

from typing import Any, Optional, Union

from uapigen import exprtype
from uapigen.build_checks import MMAP_LOCALS, REGION_LIST, build_check_list, inputs
from uapigen.build_values import Section
from uapigen.context import Context
from uapigen.model import (Check, CheckList, Command, Ensure, FileOp, NumberSpace, PollRule,
                           Region, TypeRef)
from uapigen.reader import Named, Rec, entries
from uapigen.scope import Local, Scope
from uapigen.types import parse_type
from uapigen.yamlpos import Scalar


def build_space(ctx: Context, rec: Optional[Rec]) -> None:
    """Build the number space."""
    if rec is None or not rec.whole:
        if rec is not None:
            ctx.broken.add(("numbers", ""))
        return
    parts = [_common(ctx, rec.get(key)) for key in ("wrong_state", "unknown")]
    magic, value = _magic(ctx, rec)
    if parts[1] is None or (parts[0] is None and rec.has("wrong_state")):
        ctx.broken.add(("numbers", ""))
        return
    holes = {int(nr, 0): named.value for nr, named in rec.get("holes", {}).items()
             if named.value is not None}
    ctx.spec.space = NumberSpace(
        magic, value, rec.get("prefix"), rec.get("doc", ""), rec.node.pos, parts[0], parts[1],
        holes, rec.get("sparse", False), rec.get("unknown").get("content"))
    ctx.remember(ctx.spec.space, rec)
    for nr, quirk in holes.items():
        ctx.refer("quirk", quirk, _hole_mark(rec, nr), ctx.spec.quirks)


def _magic(ctx: Context, rec: Rec) -> tuple[str, int]:
    """Return the constant that is a magic, and its value."""
    name: str = rec.get("magic")
    ctx.used.add(("constant", name))
    found = exprtype.find_constant(ctx, name)
    if found is None and ("constant", name) not in ctx.broken:
        ctx.refer("constant", name, rec.at("magic"), ctx.consts)
    return name, 0 if found is None or found.value is None else found.value


def _hole_mark(rec: Rec, nr: int) -> Any:
    table: dict[str, Named] = rec.get("holes", {})
    text = next(t for t in table if int(t, 0) == nr)
    return rec.at("holes", text)


def _common(ctx: Context, rec: Optional[Rec]) -> Optional[Check]:
    """Build a check that all commands share."""
    if rec is None or not rec.whole:
        return None
    item = Check(rec.get("id"), "expr", rec.get("errno"), rec.get("why", ""), rec.node.pos,
                 quirk=rec.get("quirk", ""))
    ctx.remember(item, rec)
    ctx.refer("errno", item.errno, rec.at("errno"), ctx.spec.errnos)
    if item.quirk:
        ctx.refer("quirk", item.quirk, rec.at("quirk"), ctx.spec.quirks)
    return item


# --- commands -------------------------------------------------------------


def build_commands(ctx: Context, section: Optional[Section]) -> None:
    """Build the commands; their checks come later, when flows are known."""
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("command", name))
    for name, key, rec in entries(section):
        item = _command(ctx, name, key, rec)
        if item is None:
            ctx.broken.add(("command", name))
            ctx.drop(rec)
        else:
            ctx.spec.commands[name] = item


def _quirks(rec: Rec) -> list[str]:
    value: Union[str, list[str]] = rec.get("quirk", [])
    return [value] if isinstance(value, str) else value


def _command(ctx: Context, name: str, key: Scalar, rec: Rec) -> Optional[Command]:
    arg: Optional[TypeRef] = None
    node = rec.scalar("arg")
    assert node is not None
    if node.text != "none":
        arg = parse_type(ctx, node)
        if arg is None:
            return None
    space = ctx.spec.space
    magic = _magic(ctx, rec) if rec.has("magic") else \
        (space.magic, space.magic_value) if space is not None else ("", 0)
    prefix = space.prefix if space is not None else ""
    kind = "none" if arg is None else "struct" if arg.kind in ("struct", "union") else "scalar"
    item = Command(
        name, prefix + name, *magic, rec.get("nr"), rec.text("nr"), rec.get("direction"),
        kind, arg,
        _flow(ctx, rec, "in", kind, name), _flow(ctx, rec, "out", kind, name),
        rec.get("ignored", []), rec.get("states"), [], [], rec.get("doc", ""), key.pos,
        since=rec.get("since", ""), undo=rec.get("undo", False),
        idempotent=rec.get("idempotent", False), changing=rec.get("changing", False),
        blocking=rec.get("blocking", ""), effects=rec.get("effects", []), quirk=_quirks(rec))
    ctx.remember(item, rec, key)
    ctx.claim(item.c_name, key.mark)
    return item


def _flow(ctx: Context, rec: Rec, key: str, kind: str, name: str) -> list[str]:
    """Return what flows; a scalar that flows is called `arg`."""
    value = rec.get(key)
    if value is None:
        if key in rec.node.values:
            ctx.broken.add(("flow", name))
        return []
    if kind == "struct" and isinstance(value, bool):
        ctx.error("E0509", rec.at(key), f"`{key}` of a struct is a list of its fields",
                  "write [] if none flows")
        ctx.broken.add(("flow", name))
        return []
    if kind == "scalar" and not isinstance(value, bool):
        ctx.error("E0509", rec.at(key), f"`{key}` of a scalar argument is true or false")
        ctx.broken.add(("flow", name))
        return []
    if kind == "none" and value:
        ctx.error("E0509", rec.at(key), "the command has no argument that could flow")
        ctx.broken.add(("flow", name))
        return []
    if isinstance(value, bool):
        return ["arg"] if value else []
    out: list[str] = value
    return out


def finish_commands(ctx: Context) -> None:
    """Build checks, promises and baselines."""
    for item in ctx.spec.commands.values():
        rec = ctx.rec(item)
        scope = Scope(ctx, command=item)
        item.checks = build_check_list(ctx, item, rec.get("checks", []), scope)
        for ensure in rec.get("ensures", []):
            made = _ensure(ctx, ensure, item)
            if made is not None:
                item.ensures.append(made)
        if rec.has("baseline"):
            item.baseline, item.baseline_expr = inputs(ctx, rec, "baseline", scope)


def _ensure(ctx: Context, rec: Rec, command: Command) -> Optional[Ensure]:
    if not rec.whole:
        return None
    scope = Scope(ctx, command=command)
    scope.result = True
    node = rec.scalar("expr")
    assert node is not None
    cond = exprtype.condition(ctx, node, scope)
    if cond is None:
        return None
    item = Ensure(rec.get("id"), cond, " ".join(node.text.split()), rec.get("why", ""),
                  rec.node.pos)
    ctx.remember(item, rec)
    return item


# --- check lists, regions, poll, file operations --------------------------


def _locals(ctx: Context, rec: Rec) -> dict[str, Local]:
    """Return the locals of a check list with their types."""
    out: dict[str, Local] = {}
    table: dict[str, Named] = rec.get("locals", {})
    for name, named in table.items():
        if named.value is None:
            ctx.broken.add(("locals", name))
            continue
        node = rec.scalar("locals", name)
        assert node is not None
        if named.value in ("int", "bool"):
            out[name] = named.value
            continue
        ref = parse_type(ctx, node)
        if ref is None:
            ctx.broken.add(("locals", name))
        else:
            out[name] = ref
    return out


def build_check_lists(ctx: Context, section: Optional[Section]) -> None:
    """Build the named check lists."""
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("check-list", name))
    for name, key, rec in entries(section):
        local_types = _locals(ctx, rec)
        texts = {n: t if isinstance(t, str) else f"{t.kind} {t.base}"
                 for n, t in local_types.items()}
        item = CheckList(name, texts, [], rec.get("doc", ""), key.pos)
        ctx.spec.check_lists[name] = item
        ctx.remember(item, rec, key)
        scope = Scope(ctx, locals_=local_types)
        scope.partial = "locals" in rec.node.values and not rec.has("locals")
        item.checks = build_check_list(ctx, item, rec.get("checks"), scope)
        ctx.list_scopes[name] = scope


def report_unused_locals(ctx: Context) -> None:
    """Report locals that no check reads."""
    for name, item in ctx.spec.check_lists.items():
        if ("checks", str(id(item))) in ctx.broken:
            continue
        scope = ctx.list_scopes[name]
        for local in item.locals:
            if local not in scope.locals_used:
                ctx.error("E0203", ctx.rec(item).name_mark("locals", local),
                          f"local `{local}` is never read", "remove it or use it in a check")


def build_regions(ctx: Context, section: Optional[Section]) -> None:
    """Build what mmap() can map.

    The check list `mmap_region`, if there is one, declares what the checks of
    every region read; they count as its uses.
    """
    shared = ctx.list_scopes.get(REGION_LIST)
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("region", name))
    for name, key, rec in entries(section):
        node = rec.scalar("length")
        assert node is not None
        length = exprtype.typed(ctx, node, Scope(ctx), "int")
        if length is None:
            ctx.broken.add(("region", name))
            ctx.drop(rec)
            continue
        item = Region(name, rec.get("type"), rec.get("token"), length,
                      " ".join(node.text.split()), rec.get("memory"), rec.get("cache"), [],
                      rec.get("clears", []), rec.get("vm_flags", []), rec.get("shared_by"),
                      rec.get("doc", ""), key.pos, rec.get("write"), rec.get("quirk", ""))
        ctx.spec.regions[name] = item
        ctx.remember(item, rec, key)
        scope = Scope(ctx, locals_=dict(shared.locals if shared else MMAP_LOCALS))
        scope.partial = ("check-list", REGION_LIST) in ctx.broken or "check_lists" in ctx.lost
        if shared:
            scope.partial = scope.partial or shared.partial
            scope.locals_used = shared.locals_used
        item.checks = build_check_list(ctx, item, rec.get("checks", []), scope)


def build_poll(ctx: Context, recs: Optional[list[Rec]]) -> None:
    """Build the rules of poll()."""
    for rec in recs or []:
        if not rec.whole:
            continue
        item = PollRule(rec.get("id"), None, "", rec.get("when", ""), rec.get("mask"),
                        rec.get("doc", ""), rec.node.pos)
        ctx.remember(item, rec)
        if rec.has("when"):
            ctx.refer("condition", item.when, rec.at("when"), ctx.spec.conditions)
        node = rec.scalar("if")
        if node is not None:
            item.cond_text = " ".join(node.text.split())
            item.cond = exprtype.condition(ctx, node, Scope(ctx))
            if item.cond is None:
                continue
        ctx.spec.poll.append(item)


def build_file_ops(ctx: Context, section: Optional[Section]) -> None:
    """Build the file operations."""
    for name, key, rec in entries(section):
        item = FileOp(name, [], rec.get("doc", ""), key.pos, rec.get("supported", True))
        ctx.spec.file_ops[name] = item
        ctx.remember(item, rec, key)
        item.checks = build_check_list(ctx, item, rec.get("checks", []), Scope(ctx))
