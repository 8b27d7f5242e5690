# SPDX-License-Identifier: BSD-3-Clause
"""Builds operations, and the commands' second front door."""
from __future__ import annotations

from typing import Any, Optional

from uapigen import exprtype
from uapigen.build_values import Section
from uapigen.context import Context
from uapigen.model import CommonDevice, CommonObject, Operation, OperationKind
from uapigen.reader import Named, Rec, entries

# What may serve an operation beside commands.
SYSTEM_CALLS = ("mmap", "poll", "read", "readv", "write", "writev")


def build_operations(ctx: Context, sections: dict[str, Any]) -> None:
    """Build the kinds of operations and what this device offers of them."""
    kinds: Optional[Section] = sections.get("operation_kinds")
    for name, named in (kinds or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("operation kind", name))
    for name, key, rec in entries(kinds):
        kind = OperationKind(name, rec.get("object"), rec.get("doc", ""), key.pos)
        ctx.spec.operation_kinds[name] = kind
        ctx.remember(kind, rec, key)
    for name, key, rec in entries(sections.get("operations")):
        item = Operation(name, rec.get("by"), rec.get("under", []), rec.get("note", ""), key.pos)
        ctx.spec.operations[name] = item
        ctx.remember(item, rec, key)
        ctx.refer("operation kind", name, key.mark, ctx.spec.operation_kinds)
        for flag in item.under:
            ctx.refer("capability", flag, rec.name_mark("under", flag), ctx.spec.capabilities)
        known = [*ctx.spec.commands, *SYSTEM_CALLS]
        for server in item.by:
            ctx.refer("command", server, rec.name_mark("by", server), known,
                      "command or system call")


def build_common_device(ctx: Context, rec: Optional[Rec]) -> None:
    """Build the objects and methods of the common device."""
    if rec is None or not rec.whole:
        if rec is not None:
            ctx.broken.add(("common device", ""))
            ctx.drop(rec)
        return
    driver = rec.get("driver")
    ctx.used.add(("constant", driver))
    if exprtype.find_constant(ctx, driver) is None and ("constant", driver) not in ctx.broken:
        ctx.refer("constant", driver, rec.at("driver"), ctx.consts)
    device = CommonDevice(driver, rec.get("prefix"), rec.get("header"), {}, rec.get("doc", ""),
                          rec.node.pos)
    ctx.spec.common_device = device
    ctx.remember(device, rec)
    for name, named in rec.get("objects").items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("common device", ""))
    for name, key, part in entries(rec.get("objects")):
        table: dict[str, Named] = part.get("methods")
        methods = {n: m.value for n, m in table.items() if m.value is not None}
        if len(methods) < len(table):
            ctx.broken.add(("common device", ""))
        device.objects[name] = CommonObject(name, part.get("id"), methods, part.get("doc", ""),
                                            key.pos)
        ctx.remember(device.objects[name], part, key)
