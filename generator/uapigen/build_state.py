# SPDX-License-Identifier: BSD-3-Clause
"""Builds what is known at run time, and the lists that stand by themselves:
states, attributes, conditions, scenarios, errnos, versions, quirks...
"""
from __future__ import annotations

from typing import Any, Callable, Optional

from uapigen import exprtype
from uapigen.build_published import TABLES, contents, flat
from uapigen.build_values import Section
from uapigen.context import Context
from uapigen.model import (Allowance, Attribute, Capability, Condition, Deviation, Enum, Errno,
                           Header, Limit, Quirk, Ref, Scenario, Spec, State, Struct, Transition,
                           Version)
from uapigen.reader import Named, Rec, entries
from uapigen.scope import ObserveScope
from uapigen.yamlpos import Scalar

Make = Callable[[str, Scalar, Rec], Any]


def _each(ctx: Context, kind: str, section: Optional[Section], into: dict[str, Any],
          make: Make) -> None:
    """Build every entry of a section; excuse the names of refused ones."""
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add((kind, name))
    for name, key, rec in entries(section):
        into[name] = make(name, key, rec)
        ctx.remember(into[name], rec, key)


def build_ledger(ctx: Context, sections: dict[str, Any]) -> None:
    """Build quirks, deviations, versions, limits' names and the errno vocabulary."""
    spec = ctx.spec
    _each(ctx, "quirk", sections.get("quirks"), spec.quirks, lambda n, k, r: Quirk(
        n, r.get("what", ""), r.get("why", ""), r.get("exempts", []), r.get("test", ""), k.pos))
    _each(ctx, "deviation", sections.get("deviations"), spec.deviations,
          lambda n, k, r: Deviation(n, r.get("driver"), r.get("versions"), r.get("cases"),
                                    r.get("what"), r.get("why", ""), k.pos))
    _each(ctx, "version", sections.get("versions"), spec.versions,
          lambda n, k, r: Version(n, r.get("doc", ""), k.pos))
    _each(ctx, "errno", sections.get("errnos"), spec.errnos,
          lambda n, k, r: Errno(n, r.get("doc", ""), k.pos))
    for rule, _, rec in entries(sections.get("lint")):
        table: dict[str, Named] = rec.get("allow", {})
        spec.allowed += [Allowance(rule, name, item.value, item.key.pos)
                         for name, item in table.items() if item.value is not None]
    ctx.exempts = {n: frozenset(q.exempts) for n, q in spec.quirks.items()}


def build_state(ctx: Context, sections: dict[str, Any]) -> None:
    """Build states, transitions, conditions, scenarios and capabilities."""
    spec = ctx.spec
    _each(ctx, "state", sections.get("states"), spec.states,
          lambda n, k, r: State(n, r.get("value"), r.get("doc", ""), k.pos))
    for rec in sections.get("transitions") or []:
        if rec.whole:
            item = Transition(rec.get("from"), rec.get("on"), rec.get("to"), rec.get("doc", ""),
                              rec.node.pos)
            ctx.remember(item, rec)
            spec.transitions.append(item)
    _each(ctx, "condition", sections.get("conditions"), spec.conditions,
          lambda n, k, r: Condition(n, r.get("doc", ""), k.pos, r.get("provoke", ""),
                                    r.get("unprovoked", "")))
    _each(ctx, "scenario", sections.get("scenarios"), spec.scenarios,
          lambda n, k, r: Scenario(n, r.get("doc", ""), k.pos, r.get("state"),
                                   r.get("needs", [])))
    _each(ctx, "capability", sections.get("capabilities"), spec.capabilities,
          lambda n, k, r: Capability(n, r.get("kernel"), r.get("user"), r.get("shown_from"),
                                     r.get("writable"), r.get("doc", ""), k.pos))


def build_attributes(ctx: Context, section: Optional[Section]) -> None:
    """Build attributes; `observe` is typed later, when commands are known."""
    def make(name: str, key: Scalar, rec: Rec) -> Attribute:
        head, _, tail = name.partition(".")
        return Attribute(head, tail, rec.get("type"), rec.get("doc", ""), key.pos, None,
                         rec.get("initial"))
    _each(ctx, "attribute", section, ctx.spec.attributes, make)


def finish_attributes(ctx: Context) -> None:
    """Type the `observe` expressions."""
    for item in ctx.spec.attributes.values():
        node = ctx.rec(item).scalar("observe")
        if node is not None and ctx.rec(item).has("observe"):
            kind = "bool" if item.type == "bool" else "int"
            item.observe = exprtype.typed(ctx, node, ObserveScope(ctx), kind)


def build_limits(ctx: Context, section: Optional[Section]) -> None:
    """Build limits."""
    def make(name: str, key: Scalar, rec: Rec) -> Limit:
        node = rec.scalar("value")
        assert node is not None
        return Limit(name, node.text, exprtype.constant(ctx, node), rec.get("doc", ""), key.pos)
    _each(ctx, "limit", section, ctx.spec.limits, make)


def build_headers(ctx: Context, section: Optional[Section]) -> None:
    """Build headers and tell their contents where they are published.

    Whether the contents make sense is judged in checks_headers.py.
    """
    spec = ctx.spec
    _each(ctx, "header", section, spec.headers, lambda n, k, r: Header(
        n, r.get("guard", ""), r.get("includes", []), [], r.get("doc", ""), k.pos, [],
        r.get("license", "")))
    for path, header in spec.headers.items():
        header.body = contents(ctx, ctx.rec(header), "contents")
        found = flat(header.body)
        header.contents = [ref.key for ref in found]
        for ref in found:
            for item in _published(spec, ref):
                item.header = item.header or path


def _published(spec: Spec, ref: Ref) -> list[Any]:
    """Return what a name in contents publishes, with what stands inside of it."""
    if ref.kind == "commands":
        return list(spec.commands.values())
    item = getattr(spec, TABLES[ref.kind])[ref.key]
    inside = flat(item.body) if isinstance(item, (Struct, Enum)) else []
    if isinstance(item, Struct):
        inside += [r for f in item.fields if f.inner is not None for r in flat(f.inner.body)]
    return [item, *(x for r in inside for x in _published(spec, r))]
