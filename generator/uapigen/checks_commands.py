# SPDX-License-Identifier: BSD-3-Clause
"""Checks of the number space and of commands: encoding, flow, baseline."""
from __future__ import annotations

from typing import Optional

from uapigen import expr as ex
from uapigen.checks_state import reachable
from uapigen.context import Context
from uapigen.diagnostics import suggest
from uapigen.layout import type_extent
from uapigen.model import Command, Expr, Name, NumberSpace, Struct
from uapigen.scope import members

SIZE_LIMIT = 1 << 14  # _IOC_SIZEBITS


def check_commands(ctx: Context) -> None:
    """Check the number space and every command."""
    _space(ctx)
    _numbers(ctx)
    can_reach = reachable(ctx)
    for command in ctx.spec.commands.values():
        _references(ctx, command, can_reach)
        _encoding(ctx, command)
        _flow(ctx, command)
        _baseline(ctx, command)


def _space(ctx: Context) -> None:
    """Check what all commands share."""
    space, commands = ctx.spec.space, ctx.spec.commands
    if space is None:
        if commands and ("numbers", "") not in ctx.broken and "numbers" not in ctx.lost:
            first = next(iter(commands.values()))
            ctx.error("E0521", ctx.name_mark(first), "there are commands but no `numbers`",
                      "the section names magic, prefix and the shared checks")
        return
    rec = ctx.rec(space)
    own = [c for c in commands.values() if ctx.rec(c).has("magic")]
    items: list[NumberSpace | Command] = [space, *own]
    for item in items:
        if item.magic_value > 255:
            ctx.error("E0515", ctx.rec(item).at("magic"), f"{item.magic} is {item.magic_value}, "
                      "an ioctl magic is one byte")
    if space.unknown.errno != "ENOTTY":
        ctx.inherited("E0512", space.unknown.quirk, rec.get("unknown").at("errno"),
                      f"an unknown command gives {space.unknown.errno}",
                      "the kernel's rule is ENOTTY")
    if space.wrong_state is None and not ctx.may_lack("state"):
        gated = next((c for c in commands.values() if set(c.states) != set(ctx.spec.states)), None)
        if gated is not None:
            ctx.error("E0522", ctx.rec(gated).at("states"),
                      f"not every state allows {gated.name}, and no rule says what it gives there",
                      "add `wrong_state` to `numbers`")
    _holes(ctx, rec.get("holes", {}))


def _holes(ctx: Context, table: dict[str, object]) -> None:
    """Compare the numbers of commands with the holes that are owned up to."""
    space, commands = ctx.spec.space, ctx.spec.commands
    assert space is not None
    rec = ctx.rec(space)
    by_nr = {c.nr: c for c in commands.values() if c.magic_value == space.magic_value}
    if not by_nr or any(kind == "command" for kind, _ in ctx.broken) \
            or ctx.may_lack("command"):
        return
    lo, hi = min(by_nr), max(by_nr)
    for text in table:
        nr = int(text, 0)
        if nr in by_nr:
            ctx.error("E0514", rec.name_mark("holes", text),
                      f"{text} is no hole: it is {by_nr[nr].name}")
        elif not lo < nr < hi:
            ctx.error("E0514", rec.name_mark("holes", text),
                      f"{text} is no hole: the commands are {lo:#x} to {hi:#x}")
    for nr in range(lo, hi):
        if nr not in by_nr and nr not in space.holes and not space.sparse:
            above = by_nr[min(n for n in by_nr if n > nr)]
            ctx.error("E0513", ctx.rec(above).at("nr"), f"number {nr:#x} is not used",
                      f"say why: holes: {{{nr:#x}: QUIRK}} under `numbers`")


def _numbers(ctx: Context) -> None:
    """Report numbers that stand twice below one magic; one may serve two directions."""
    seen: dict[tuple[int, int, str], Command] = {}
    for command in ctx.spec.commands.values():
        own, number = command.direction, (command.magic_value, command.nr)
        ways = ("none", "r", "w", "rw") if own == "none" else ("none", own)
        first = next((seen[*number, way] for way in ways if (*number, way) in seen), command)
        seen.setdefault((*number, own), command)
        if first is not command:
            ctx.error("E0502", ctx.rec(command).at("nr"),
                      f"{command.name} and {first.name} both have number {command.nr_text}", "",
                      [(ctx.rec(first).at("nr"), "the other one")])


def _references(ctx: Context, command: Command, can_reach: set[str]) -> None:
    """Resolve states, quirks and versions."""
    rec, spec = ctx.rec(command), ctx.spec
    known = [ctx.refer("state", state, rec.name_mark("states", state), spec.states)
             for state in command.states]
    if all(known) and not can_reach & set(command.states) \
            and not any(kind == "state" for kind, _ in ctx.broken):
        ctx.error("E0516", rec.at("states"), f"{command.name} can never be called",
                  "no file gets into one of these states")
    for quirk in command.quirk:
        ctx.refer("quirk", quirk, rec.name_mark("quirk", quirk), spec.quirks)
    if command.since:
        ctx.refer("version", command.since, rec.at("since"), spec.versions)


def _argument(ctx: Context, command: Command) -> Optional[Struct]:
    """Return the argument's struct, if it is one and is whole."""
    if command.arg is None or command.arg_kind != "struct":
        return None
    if ("fields", command.arg.base) in ctx.broken:
        return None
    return ctx.spec.structs[command.arg.base]


def _encoding(ctx: Context, command: Command) -> None:
    """Check what goes into the command number: size and direction."""
    rec = ctx.rec(command)
    arg = command.arg
    if arg is not None and (arg.dims or arg.kind == "enum"):
        ctx.error("E0402", rec.at("arg"), "an argument is a struct or a scalar",
                  "wrap it in a struct")
        return
    if arg is not None and (_argument(ctx, command) is not None or arg.kind != "struct") \
            and not _recursive(ctx, arg.base):
        sizes = [type_extent(ctx.spec, arg, bits).size for bits in (64, 32)]
        if max(sizes) >= SIZE_LIMIT:
            ctx.error("E0503", rec.at("arg"), f"the argument has {max(sizes)} bytes, the size "
                      f"field of a command holds up to {SIZE_LIMIT - 1}",
                      "pass a pointer (aligned_u64) to the bulk of it")
        if sizes[0] != sizes[1]:
            ctx.inherited("E0510", command.quirk, rec.at("arg"),
                          f"the argument has {sizes[0]} bytes in 64-bit and {sizes[1]} in 32-bit "
                          "programs, so the command has two numbers", "use a fixed width")
    if ("flow", command.name) in ctx.broken:
        return
    if arg is not None and not command.flow_in and not command.flow_out:
        ctx.inherited("E0511", command.quirk, rec.at("arg"), "no part of the argument flows",
                      "say what is read (`in`) and what is written (`out`)")
        if not command.quirk:
            return
    real = ("r" if command.flow_out else "") + ("w" if command.flow_in else "") or "none"
    if command.direction != real:
        ctx.inherited("E0504", command.quirk, rec.at("direction"),
                      f"published direction `{command.direction}` contradicts the data flow, "
                      f"which is `{real}`",
                      "r: the caller reads a result; w: it passes an argument")


def _recursive(ctx: Context, name: str, stack: tuple[str, ...] = ()) -> bool:
    """Tell whether a struct has no size because it holds itself or is broken."""
    struct = ctx.spec.structs.get(name)
    if struct is None:
        return False
    if name in stack or ("fields", name) in ctx.broken:
        return True
    todo = list(struct.fields)
    while todo:
        item = todo.pop()
        if item.inner is not None:
            todo += item.inner.fields
        elif item.type is not None and item.type.kind in ("struct", "union") \
                and _recursive(ctx, item.type.base, (*stack, name)):
            return True
    return False


# --- flow -----------------------------------------------------------------


def _flow(ctx: Context, command: Command) -> None:
    """Check that the lists say for each field what happens to it."""
    rec = ctx.rec(command)
    if command.undo and not command.flow_out and ("flow", command.name) not in ctx.broken:
        ctx.error("E0519", rec.at("undo"), f"{command.name} has no result that could fail to be "
                  "copied out", "remove `undo`")
    if ("flow", command.name) in ctx.broken:
        return
    if command.arg_kind != "struct" and command.ignored:
        ctx.error("E0509", rec.at("ignored"), "only fields of a struct can be ignored")
    struct = _argument(ctx, command)
    if struct is not None:
        _fields(ctx, command, struct)


def _fields(ctx: Context, command: Command, struct: Struct) -> None:
    """Compare the flow lists with the struct."""
    rec = ctx.rec(command)
    fields = {item.name: item for item in members(struct)}
    lists = {"in": command.flow_in, "out": command.flow_out, "ignored": command.ignored}
    for key, listed in lists.items():
        for name in listed:
            mark = rec.name_mark(key, name)
            if name not in fields:
                ctx.error("E0505", mark, f"struct {struct.name} has no field `{name}`",
                          suggest(name, fields))
            elif key != "ignored" and fields[name].reserved == "ignored":
                ctx.error("E0508", mark, f"`{name}` is reserved and ignored, it does not flow",
                          "list it under `ignored`")
    for name in command.ignored:
        if name in command.flow_in or name in command.flow_out:
            ctx.error("E0507", rec.name_mark("ignored", name),
                      f"`{name}` flows, so it is not ignored",
                      "take it out of one of the lists")
    listed_anywhere = {name for listed in lists.values() for name in listed}
    forgotten = [f"`{n}`" for n in fields if n not in listed_anywhere and n not in ctx.excused]
    if forgotten:
        ctx.error("E0506", ctx.name_mark(command), f"{command.name} does not say what happens to "
                  f"{', '.join(forgotten)} of struct {struct.name}",
                  "list every field under `in`, `out` or `ignored`")


# --- baseline -------------------------------------------------------------


def _baseline(ctx: Context, command: Command) -> None:
    """Check that the valid argument is one."""
    rec = ctx.rec(command)
    for name in command.baseline:
        if name not in command.flow_in and ("flow", command.name) not in ctx.broken:
            ctx.error("E0517", rec.name_mark("baseline", name),
                      f"`{name}` is not read by {command.name}",
                      suggest(name, command.flow_in) or "a baseline sets what `in` lists")
    if not command.baseline:
        return
    for check in command.checks:
        if check.cond is not None and _is_refused(command, check.cond):
            ctx.error("E0518", rec.key_mark("baseline"),
                      f"the baseline is refused by check {check.id}",
                      "a baseline is a valid argument",
                      [(ctx.rec(check).at("if"), "this condition is true for it")])


class Unknown(Exception):
    """A value that only a running system knows."""


def baseline_env(command: Command, override: dict[str, Expr]) -> "dict[str, int]":
    """Return the argument's fields whose test values are constants."""
    env: dict[str, int] = {}
    exprs = {**command.baseline_expr, **override}
    for name in command.flow_in:
        key = "arg" if command.arg_kind == "scalar" else f"arg.{name}"
        value = exprs.get(name)
        if value is None:
            if name not in command.baseline:
                env[key] = 0
        elif ex.is_constant(value):
            env[key] = ex.evaluate(value, {})
    return env


def verdict(command: Command, cond: Expr, override: dict[str, Expr]) -> Optional[bool]:
    """Return what a condition is for a test argument, None if that is not known."""
    env = baseline_env(command, override)

    def look(name: Name) -> int:
        key = ex.name_key(name)
        if key not in env:
            raise Unknown
        return env[key] & ((1 << name.bits) - 1) if not name.signed else env[key]
    try:
        return bool(ex.evaluate(cond, look))
    except (Unknown, ex.Undefined):
        return None


def _is_refused(command: Command, cond: Expr) -> bool:
    return verdict(command, cond, {}) is True
