# SPDX-License-Identifier: BSD-3-Clause
"""Checks of capabilities, versions, quirks and deviations."""
from __future__ import annotations

from typing import Optional

from uapigen.context import EXEMPTIBLE, Context
from uapigen.diagnostics import suggest
from uapigen.model import Flags, Quirk, Version


def check_ledger(ctx: Context) -> None:
    """Check the lists that explain the rest."""
    _capabilities(ctx)
    _versions(ctx)
    _deviations(ctx)
    for quirk in ctx.spec.quirks.values():
        for ident in quirk.exempts:
            if ident not in EXEMPTIBLE:
                ctx.error("E1201", ctx.rec(quirk).name_mark("exempts", ident),
                          f"{ident} cannot be exempted",
                          suggest(ident, EXEMPTIBLE) or "these can: "
                          + ", ".join(sorted(EXEMPTIBLE)))


def capability_group(ctx: Context) -> Optional[Flags]:
    """Return the flags that the capabilities stand for: most of them are there."""
    names = set(ctx.spec.capabilities)
    groups = [(len(names & {e.name for e in g.entries}), g) for g in ctx.spec.flags.values()]
    best = max(groups, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] else None


def _capabilities(ctx: Context) -> None:
    """Check that capabilities and flags are the same set."""
    if not ctx.spec.capabilities or any(kind == "flags" for kind, _ in ctx.broken) \
            or ctx.lost & {"flags", "capabilities"}:
        return
    group = capability_group(ctx)
    flags = [e.name for e in group.entries] if group is not None else []
    for name, item in ctx.spec.capabilities.items():
        if name not in flags and ("flag", name) not in ctx.broken:
            where = f"{group.name} has" if group is not None else "the flags have"
            ctx.error("E1101", ctx.name_mark(item), f"{where} no flag `{name}`",
                      suggest(name, flags))
    for entry in group.entries if group is not None else []:
        missing = entry.name not in ctx.spec.capabilities
        if missing and ("capability", entry.name) not in ctx.broken:
            ctx.error("E1102", ctx.name_mark(entry), f"flag {entry.name} is no capability",
                      "say under `capabilities` who sees it and what it is by default")


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _versions(ctx: Context) -> None:
    """Check that versions rise."""
    before: Optional[Version] = None
    for version in ctx.spec.versions.values():
        if before is not None and _number(version.name) <= _number(before.name):
            ctx.error("E1104", ctx.name_mark(version),
                      f"version {version.name} does not come after {before.name}",
                      "the oldest stands first", [(ctx.name_mark(before), "the one before")])
        before = version


def _deviations(ctx: Context) -> None:
    for item in ctx.spec.deviations.values():
        first, dots, last = item.versions.partition("..")
        if dots and _number(first) > _number(last):
            ctx.error("E1205", ctx.rec(item).at("versions"),
                      f"the range {item.versions} is empty", f"{last}..{first}")


def check_quirk_uses(ctx: Context) -> None:
    """Report exemptions that silenced nothing; runs behind all other checks."""
    for quirk in ctx.spec.quirks.values():
        for ident in quirk.exempts:
            if ident in EXEMPTIBLE and (quirk.id, ident) not in ctx.fired \
                    and not _may_fire(ctx, quirk):
                ctx.error("E1203", ctx.rec(quirk).name_mark("exempts", ident),
                          f"quirk {quirk.id} exempts {ident}, which never occurs where it is used",
                          "remove the exemption")


def _may_fire(ctx: Context, quirk: Quirk) -> bool:
    """Tell whether the diagnostic might have occurred in a part that was refused."""
    return quirk.id in ctx.excused or bool(ctx.broken) or bool(ctx.lost)
