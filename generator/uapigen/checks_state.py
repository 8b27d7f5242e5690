# SPDX-License-Identifier: BSD-3-Clause
"""Checks of states, transitions, attributes, conditions and scenarios."""
from __future__ import annotations

import errno as linux_errno

from uapigen.context import Context
from uapigen.diagnostics import suggest
from uapigen.model import State, Transition

_KERNEL_ERRNOS = {"ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ENOIOCTLCMD", "EPROBE_DEFER",
                  "ERESTART_RESTARTBLOCK", "EOPENSTALE", "ENOPARAM", "ENOTSUPP", "EIOCBQUEUED"}
# Other names for numbers that Python calls differently.
_ALIASES = {"EOPNOTSUPP", "ENOTSUP", "EWOULDBLOCK", "EDEADLOCK"}
EVENTS = ("open", "release")


def check_state(ctx: Context) -> None:
    """Check what is known at run time."""
    _states(ctx)
    _transitions(ctx)
    _attributes(ctx)
    _facts(ctx)
    known = {*linux_errno.errorcode.values(), *_KERNEL_ERRNOS, *_ALIASES}
    for item in ctx.spec.errnos.values():
        if item.name not in known:
            ctx.error("E0206", ctx.name_mark(item), f"Linux has no errno called {item.name}",
                      suggest(item.name, known))


def initial_state(ctx: Context) -> str:
    """Return the state of a file that was just opened: the one with value 0."""
    return next((s.name for s in ctx.spec.states.values() if s.value == 0), "")


def reachable(ctx: Context) -> set[str]:
    """Return the states a file can get into."""
    found = {initial_state(ctx)}
    if "transitions" in ctx.lost:
        return set(ctx.spec.states)
    while True:
        more = {t.to for t in ctx.spec.transitions if t.from_ in found} - found
        if not more:
            return found
        found |= more


def _states(ctx: Context) -> None:
    """Check values and that every state can be reached."""
    states = ctx.spec.states
    seen: dict[int, State] = {}
    for state in states.values():
        first = seen.setdefault(state.value, state)
        if first is not state:
            ctx.error("E0701", ctx.rec(state).at("value"),
                      f"{state.name} and {first.name} are both {state.value}", "",
                      [(ctx.rec(first).at("value"), "the other one")])
    if states and not initial_state(ctx) and not ctx.may_lack("state"):
        first = next(iter(states.values()))
        ctx.error("E0703", ctx.name_mark(first), "no state has value 0",
                  "0 is the state of a file that was just opened")
        return
    if any(kind == "state" for kind, _ in ctx.broken):
        return
    can_reach = reachable(ctx)
    # A command that needs such states is reported itself.
    told = {name for command in ctx.spec.commands.values() for name in command.states
            if not can_reach & set(command.states)}
    for name in states.keys() - can_reach:
        if name not in ctx.excused and name not in told:
            ctx.error("E0702", ctx.name_mark(states[name]), f"no file can get into state {name}",
                      "add the transition that leads there")


def _transitions(ctx: Context) -> None:
    """Check the names in transitions, and that none stands twice."""
    seen: dict[tuple[str, str, str], Transition] = {}
    for item in ctx.spec.transitions:
        rec = ctx.rec(item)
        ctx.refer("state", item.from_, rec.at("from"), ctx.spec.states)
        ctx.refer("state", item.to, rec.at("to"), ctx.spec.states)
        ctx.refer("command", item.on, rec.at("on"), [*ctx.spec.commands, *EVENTS],
                  "command or event")
        first = seen.setdefault((item.from_, item.on, item.to), item)
        if first is not item:
            ctx.error("E0708", rec.node, "the same transition again", "",
                      [(ctx.rec(first).node.mark, "first written here")])


def _attributes(ctx: Context) -> None:
    """Check types and initial values."""
    for key, item in ctx.spec.attributes.items():
        rec = ctx.rec(item)
        if (item.type == "state") != (key == "fd.state"):
            ctx.error("E0704", rec.at("type"), f"{key} cannot be of type {item.type}",
                      "fd.state, and nothing else, is of type state")
        if item.type == "bool" and item.initial not in (None, 0, 1):
            ctx.error("E0705", rec.at("initial"), f"{key} is a truth value, not {item.initial}",
                      "0 or 1")


def _facts(ctx: Context) -> None:
    """Check conditions and scenarios."""
    spec = ctx.spec
    for cond in spec.conditions.values():
        if cond.provoke:
            ctx.refer("scenario", cond.provoke, ctx.rec(cond).at("provoke"), spec.scenarios)
    for scenario in spec.scenarios.values():
        ctx.refer("state", scenario.state, ctx.rec(scenario).at("state"), spec.states)
        if scenario.name == scenario.state:
            ctx.used.add(("scenario", scenario.name))  # every command is tried in it
