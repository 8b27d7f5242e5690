# SPDX-License-Identifier: BSD-3-Clause
"""Reports what is defined and never used."""
from __future__ import annotations

from typing import Mapping

from uapigen.context import Context

_HINTS = {
    "condition": "no check and no poll rule has it under `when`",
    "scenario": "no condition is provoked by it and no check needs it",
    "attribute": "no expression reads it",
    "errno": "no check fails with it",
    "quirk": "no element carries it",
}


def check_uses(ctx: Context) -> None:
    """Report all kinds of definitions that nothing refers to."""
    spec = ctx.spec
    tables: dict[str, Mapping[str, object]] = {
        "condition": spec.conditions, "scenario": spec.scenarios,
        "attribute": spec.attributes, "errno": spec.errnos, "quirk": spec.quirks}
    ctx.used.add(("attribute", "fd.state"))
    for kind, table in tables.items():
        for name, item in table.items():
            if (kind, name) not in ctx.used and name not in ctx.excused:
                ctx.error("E0203", ctx.name_mark(item), f"{kind} `{name}` is never used",
                          _HINTS[kind])
    for name, constant in spec.constants.items():
        hardware = spec.hw_prefix and name.startswith(spec.hw_prefix)
        published = constant.header or hardware or name in ctx.excused
        if not published and ("constant", name) not in ctx.used:
            ctx.error("E0203", ctx.name_mark(constant), f"constant `{name}` is never used",
                      "publish it in a header, or use it in an expression")
