# SPDX-License-Identifier: BSD-3-Clause
"""Checks of ordered check lists: their order, ids, test inputs, set-ups."""
from __future__ import annotations

from typing import Iterator, Optional, Union

from uapigen.checks_commands import verdict
from uapigen.context import Context
from uapigen.diagnostics import suggest
from uapigen.model import Check, CheckList, Command, Ensure, FileOp, PollRule, Region
from uapigen.scope import Scope

Owner = Union[Command, CheckList, Region, FileOp]


def check_lists(ctx: Context) -> None:
    """Check every list of checks."""
    for owner, checks in _lists(ctx):
        _ids(ctx, checks)
        _same_condition(ctx, checks)
        _literal_conditions(ctx, owner, checks)
        if isinstance(owner, Command):
            _command_order(ctx, owner)
            for check in checks:
                _command_check(ctx, owner, check)
            _ids(ctx, owner.ensures)
        else:
            for check in checks:
                _list_check(ctx, owner, check)
    _ids(ctx, ctx.spec.poll)


def _lists(ctx: Context) -> Iterator[tuple[Owner, list[Check]]]:
    spec = ctx.spec
    owners: list[Owner] = [*spec.commands.values(), *spec.check_lists.values(),
                           *spec.regions.values(), *spec.file_ops.values()]
    for owner in owners:
        yield owner, owner.checks


def _ids(ctx: Context, items: Union[list[Check], list[Ensure], list[PollRule]]) -> None:
    """Report ids that stand twice in a list."""
    seen: dict[str, object] = {}
    for item in items:
        first = seen.setdefault(item.id, item)
        if first is not item:
            ctx.error("E0601", ctx.rec(item).at("id"), f"`{item.id}` stands in the list twice",
                      "tests and traces name checks by their id",
                      [(ctx.rec(first).at("id"), "first used here")])


def _same_condition(ctx: Context, checks: list[Check]) -> None:
    """Report a condition that an earlier check of the list has ruled out."""
    seen: dict[object, Check] = {}
    for check in checks:
        if check.cond is None:
            continue
        first = seen.setdefault(check.cond, check)
        if first is not check:
            ctx.error("E0613", ctx.rec(check).at("if"),
                      f"check {check.id} can never refuse: {first.id} has the same condition", "",
                      [(ctx.rec(first).at("if"), "here")])


def _literal_conditions(ctx: Context, owner: Owner, checks: list[Check]) -> None:
    """Allow `true` only where a file operation is always refused."""
    for number, check in enumerate(checks):
        if check.cond_text not in ("true", "false"):
            continue
        refused = isinstance(owner, FileOp) and not owner.supported
        if check.cond_text == "true" and refused and number == len(checks) - 1:
            continue
        ctx.error("E0309", ctx.rec(check).at("if"),
                  f"the condition is always {check.cond_text}",
                  "only the last check of a file operation with `supported: false` may be")


def _command_order(ctx: Context, command: Command) -> None:
    """Check the order that generated code relies on."""
    if ("flow", command.name) in ctx.broken or ("checks", str(id(command))) in ctx.broken:
        return
    driver: Optional[Check] = None
    for check in command.checks:
        if check.kind == "driver":
            driver = driver or check
        elif check.kind in ("expr", "copy_in") and driver is not None and _has_driver(ctx):
            what = "an `if`" if check.kind == "expr" else "`copy: in`"
            key = "if" if check.kind == "expr" else "copy"
            ctx.error("E0602", ctx.rec(check).key_mark(key),
                      f"{what} behind the first `when` is not made by generated code",
                      "move it up, or make it a condition of the driver",
                      [(ctx.rec(driver).key_mark("when"), "from here on the driver decides")])
    _parts(ctx, command)
    _copies(ctx, command, "in", command.flow_in, "E0603")
    _copies(ctx, command, "out", command.flow_out, "E0608")
    last = command.checks[-1] if command.checks else None
    for check in command.checks:
        if check.kind == "copy_out" and check is not last:
            ctx.error("E0607", ctx.rec(check).key_mark("copy"), "the result is copied out last",
                      "move this check to the end of the list")
            break


def _has_driver(ctx: Context) -> bool:
    """Tell whether a dispatch is generated, which has an order of its own."""
    return not ctx.spec.backends or "driver" in ctx.spec.backends


def _parts(ctx: Context, command: Command) -> None:
    """Check that partial copies name what there is."""
    struct = ctx.spec.structs.get(command.arg.base) if command.arg is not None else None
    for check in command.checks:
        rec = ctx.rec(check)
        if rec.has("upto") and check.upto not in command.flow_in:
            ctx.error("E0614", rec.at("upto"), f"`{check.upto}` is not read by {command.name}",
                      suggest(check.upto, command.flow_in))
        if check.kind == "copy_tail" and not (struct and any(f.count for f in struct.fields)):
            ctx.error("E0615", rec.key_mark("copy"),
                      f"the argument of {command.name} has no flexible array with a `count`",
                      "give the array's field the key `count`")


def _copies(ctx: Context, command: Command, way: str, flow: list[str], missing: str) -> None:
    """Check that what flows is copied, once, and nothing else."""
    found = [c for c in command.checks if c.kind == f"copy_{way}"]
    rec = ctx.rec(command)
    head = way == "in" and any(c.kind == "copy_head" for c in command.checks)
    if flow and not found and not head:
        ctx.error(missing, rec.key_mark(way), f"{command.name} has no check `copy: {way}`",
                  f"say what the call fails with if the argument cannot be copied {way}")
    for check in found[1:]:
        ctx.error("E0604", ctx.rec(check).key_mark("copy"),
                  f"the argument is copied {way} twice", "",
                  [(ctx.rec(found[0]).key_mark("copy"), "first copied here")])
    if found and not flow:
        ctx.error("E0606", ctx.rec(found[0]).key_mark("copy"),
                  f"nothing of {command.name} is copied {way}",
                  f"remove the check, or list fields under `{way}`")


def _command_check(ctx: Context, command: Command, check: Check) -> None:
    """Check a check's test input and set-up."""
    rec = ctx.rec(check)
    for name in check.violate:
        if name not in command.flow_in and ("flow", command.name) not in ctx.broken:
            ctx.error("E0610", rec.name_mark("violate", name),
                      f"`{name}` is not read by {command.name}", suggest(name, command.flow_in))
    if check.cond is not None and check.violate and len(check.violate) == len(check.violate_expr):
        if verdict(command, check.cond, check.violate_expr) is False:
            ctx.error("E0611", rec.key_mark("violate"),
                      f"this input does not violate {check.id}",
                      "with it, and the baseline for all else, the condition is false",
                      [(rec.at("if"), "the condition")])
    _set_up(ctx, command, check)


def _set_up(ctx: Context, command: Command, check: Check) -> None:
    """Check that the set-up of a violation leads to a state that allows the command."""
    cond = ctx.spec.conditions.get(check.when)
    name = check.scenario or (cond.provoke if cond is not None else "")
    scenario = ctx.spec.scenarios.get(name)
    if scenario is None or scenario.state not in ctx.spec.states \
            or scenario.state in command.states:
        return
    mark = ctx.rec(check).at("scenario" if check.scenario else "when")
    ctx.error("E0612", mark, f"scenario {name} ends in state {scenario.state}, in which "
              f"{command.name} is refused anyway",
              "name a `scenario` that ends in one of: " + ", ".join(command.states))


def _list_check(ctx: Context, owner: Owner, check: Check) -> None:
    """Check what only commands may do, and test inputs of locals."""
    rec = ctx.rec(check)
    if check.kind.startswith("copy_"):
        ctx.error("E0609", rec.key_mark("copy"), "only a command copies its argument")
    scope = ctx.list_scopes.get(owner.name) if isinstance(owner, CheckList) else None
    known = _settable(scope)
    for name in check.violate:
        if name not in known:
            ctx.error("E0610", rec.name_mark("violate", name), f"no local is called `{name}`",
                      suggest(name, known))


def _settable(scope: Optional[Scope]) -> list[str]:
    """Return the locals a test input can set."""
    return list(scope.locals) if scope is not None else []
