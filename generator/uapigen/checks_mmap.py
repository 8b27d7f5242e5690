# SPDX-License-Identifier: BSD-3-Clause
"""Checks of regions."""
from __future__ import annotations

from typing import Optional

from uapigen.context import Context
from uapigen.diagnostics import suggest
from uapigen.expr import names
from uapigen.model import Field, Region
from uapigen.scope import members, reports
from uapigen.types import SCALARS


def check_mmap(ctx: Context) -> None:
    """Check types, tokens and protections of all regions."""
    types: dict[int, Region] = {}
    tokens: dict[str, Region] = {}
    for region in ctx.spec.regions.values():
        rec = ctx.rec(region)
        first = types.setdefault(region.type, region)
        if first is not region:
            ctx.error("E0901", rec.at("type"), f"{region.name} and {first.name} are both type "
                      f"{region.type}", "", [(ctx.rec(first).at("type"), "the other one")])
        _token(ctx, region)
        first = tokens.setdefault(region.token_field, region)
        if first is not region:
            ctx.error("E0903", rec.at("token"), f"{first.name} has the token "
                      f"`{region.token_field}` already", "",
                      [(ctx.rec(first).at("token"), "here")])
        if region.quirk:
            ctx.refer("quirk", region.quirk, rec.at("quirk"), ctx.spec.quirks)
        _protection(ctx, region)


def _reported(ctx: Context) -> dict[str, Field]:
    """Return the fields that commands report."""
    return {item.name: item for ref in reports(ctx).values() if ref.kind == "struct"
            for item in members(ctx.spec.structs[ref.base])}


def _token(ctx: Context, region: Region) -> None:
    """Check that a command hands out the token."""
    fields = _reported(ctx)
    found: Optional[Field] = fields.get(region.token_field)
    mark = ctx.rec(region).at("token")
    if found is None:
        if not any(kind in ("fields", "struct", "command", "flow") for kind, _ in ctx.broken) \
                and not ctx.lost & {"structs", "commands"}:
            ctx.error("E0902", mark, f"no command reports a field `{region.token_field}`",
                      suggest(region.token_field, fields))
    elif found.type is None or found.type.kind != "scalar" or found.type.dims \
            or SCALARS[found.type.base][0] != 64:
        ctx.error("E0902", mark, f"`{region.token_field}` cannot hold a token",
                  "a token has 64 bits")


def _protection(ctx: Context, region: Region) -> None:
    """Check that what is said about writing agrees."""
    rec = ctx.rec(region)
    keeps_out = "MAYWRITE" in region.clears
    refuses = any(check.cond is not None and any(n.parts == ("write",) for n in names(check.cond))
                  for check in region.checks)
    if region.write == "refused" and not (refuses and keeps_out) \
            and ("checks", str(id(region))) not in ctx.broken:
        lacks = "no check refuses a writable mapping" if not refuses else \
            "mprotect() can make the mapping writable later"
        ctx.inherited("E0904", region.quirk, rec.at("write"), f"write is refused, but {lacks}",
                      "give it a check that reads `write`" if not refuses else
                      "add MAYWRITE to `clears`")
    if region.write != "refused" and keeps_out:
        ctx.inherited("E0904", region.quirk, rec.at("clears"),
                      f"write is {region.write}, but MAYWRITE is cleared",
                      "say what is meant")
    if region.memory == "coherent" and region.write == "allowed":
        ctx.inherited("E0906", region.quirk, rec.at("write"),
                      "memory that the chip writes may be mapped writable",
                      "a process could forge what the chip reports")
    if region.memory != "bar" and region.cache != "cached":
        ctx.error("E0905", rec.at("cache"), f"{region.memory} memory is not mapped {region.cache}",
                  "only registers and send buffers (bar) are")
