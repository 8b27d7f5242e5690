# SPDX-License-Identifier: BSD-3-Clause
"""Checks of operations and of the commands' second front door."""
from __future__ import annotations

from uapigen.context import Context
from uapigen.diagnostics import Mark
from uapigen.model import CommonDevice


def check_common(ctx: Context) -> None:
    """Check both; each command belongs to them exactly once."""
    _operations(ctx)
    if ctx.spec.common_device is not None:
        _numbers(ctx, ctx.spec.common_device)
        _bindings(ctx, ctx.spec.common_device)


def _operations(ctx: Context) -> None:
    """Check that each command is an operation of some kind, once."""
    spec = ctx.spec
    if not spec.operations or ctx.lost & {"operations", "operation_kinds", "commands"}:
        return
    first: dict[str, Mark] = {}
    for item in spec.operations.values():
        for name in item.by:
            mark = ctx.rec(item).name_mark("by", name)
            if name in spec.commands and name in first:
                ctx.error("E1302", mark, f"`{name}` is an operation of two kinds",
                          "a command does one thing", [(first[name], "first named here")])
            first.setdefault(name, mark)
    for name, command in spec.commands.items():
        if name not in first:
            ctx.error("E1301", ctx.name_mark(command), f"`{name}` is an operation of no kind",
                      "name it under `operations`, if need be with a kind of its own")


def _numbers(ctx: Context, device: CommonDevice) -> None:
    """Check that numbers are unique among objects, and in each object."""
    objects: dict[int, Mark] = {}
    for item in device.objects.values():
        rec = ctx.rec(item)
        if item.id in objects:
            ctx.error("E1303", rec.at("id"), f"object number {item.id} is taken", "",
                      [(objects[item.id], "first used here")])
        objects.setdefault(item.id, rec.at("id"))
        methods: dict[int, Mark] = {}
        for name, number in item.methods.items():
            mark = rec.at("methods", name)
            if number in methods:
                ctx.error("E1303", mark, f"method number {number} is taken", "",
                          [(methods[number], "first used here")])
            methods.setdefault(number, mark)


def _bindings(ctx: Context, device: CommonDevice) -> None:
    """Check that each command is a method of one object."""
    spec = ctx.spec
    bound: dict[str, Mark] = {}
    for item in device.objects.values():
        for name in item.methods:
            mark = ctx.rec(item).name_mark("methods", name)
            ctx.refer("command", name, mark, spec.commands)
            if name in bound:
                ctx.error("E1305", mark, f"`{name}` is a method of two objects",
                          "one way to call it is enough", [(bound[name], "first bound here")])
            bound.setdefault(name, mark)
    if ("common device", "") in ctx.broken or ctx.lost & {"common_device", "commands"}:
        return
    for name in spec.commands:
        if name not in bound:
            ctx.error("E1304", ctx.rec(device).at("objects"), f"`{name}` is a method of no object",
                      "the common device offers the whole interface or is no replacement")
