# SPDX-License-Identifier: BSD-3-Clause
"""Builds constants, flags and enums.

Values may be written in any order and across files: each is evaluated when it
is first asked for, and one that depends on itself is reported.
"""
from __future__ import annotations

import re
from typing import Callable, Iterator, Optional

from uapigen import exprtype
from uapigen.context import Context
from uapigen.diagnostics import Mark
from uapigen.model import (Branch, Choice, Constant, Content, Enum, EnumEntry, FlagEntry,
                           Flags, Name, actual_name)
from uapigen.reader import Named, Rec, entries
from uapigen.yamlpos import Scalar

Section = dict[str, Named]


def define(ctx: Context, name: str, value: int) -> None:
    """Make a constant known to expressions."""
    bits = 64 if value >= 2**31 else 31
    ctx.consts[name] = Name((name,), "const", "int", value, None, bits)
    ctx.pending.pop(name, None)


def spoil(ctx: Context, name: str) -> None:
    """Excuse uses of a constant whose definition was refused."""
    ctx.broken.add(("constant", name))
    ctx.pending.pop(name, None)


class _Guard:
    """Evaluates a group of names once, and reports a circle."""

    def __init__(self, ctx: Context, mark: Mark, what: str) -> None:
        self.ctx = ctx
        self.mark = mark
        self.what = what
        self.running = False
        self.done = False

    def enter(self) -> bool:
        """Tell whether to evaluate now."""
        if self.running:
            self.ctx.error("E0313", self.mark, f"{self.what} is defined by itself")
        if self.running or self.done:
            return False
        self.running = True
        return True

    def leave(self) -> None:
        """Note that the values are there."""
        self.running = False
        self.done = True


def _constant(ctx: Context, name: str, key: Scalar, rec: Rec) -> None:
    """Register a constant for evaluation."""
    node = rec.scalar("value")
    guard = _Guard(ctx, key.mark, f"`{name}`")
    item = Constant(name, rec.get("text") or rec.text("value"), 0, rec.get("doc", ""), key.pos,
                    rec.get("external", ""))
    ctx.spec.constants[name] = item
    ctx.remember(item, rec, key)
    if rec.has("text") or "@" in name:
        _spelled(ctx, item, rec)
        return

    def compute() -> None:
        if not guard.enter():
            return
        assert node is not None
        value = exprtype.constant(ctx, node)
        guard.leave()
        if value is None:
            spoil(ctx, name)
        else:
            item.value = value
            define(ctx, name, value)
    if ctx.claim(name, key.mark):
        ctx.pending[name] = compute


def _number(ctx: Context, node: Scalar) -> Optional[int]:
    """Return a plain number, which may be negative; report anything else."""
    try:
        return int(re.sub(r"[uUlL]+$", "", node.text), 0)
    except ValueError:
        ctx.error("E0103", node, f"expected a number, found `{node.text}`",
                  "beside `text` the value is the plain number")
        return None


def _spelled(ctx: Context, item: Constant, rec: Rec) -> None:
    """Give a constant the value that stands beside its spelling."""
    node = rec.scalar("value")
    assert node is not None
    value = _number(ctx, node)
    name = actual_name(item.name)
    if value is None:
        spoil(ctx, name)
        return
    item.value = value
    # A header may repeat an enumerator: #define X X.
    if item.name == name and (item.text == name or ctx.claim(name, ctx.name_mark(item))):
        if value >= 0:
            define(ctx, name, value)


def build_constants(ctx: Context, section: Optional[Section]) -> None:
    """Register all constants."""
    for name in section or {}:
        ctx.broken.add(("constant", name))
    for name, key, rec in entries(section):
        ctx.broken.discard(("constant", name))
        _constant(ctx, name, key, rec)


def _enum(ctx: Context, name: str, key: Scalar, rec: Rec) -> None:
    """Register an enum; its values are computed together."""
    item = Enum(name, [], rec.get("doc", ""), key.pos, tag=rec.get("tag", True),
                declarators=rec.get("typedef", ""), typedef=rec.has("typedef"),
                attributes=rec.get("attributes", ""))
    ctx.spec.enums[name] = item
    ctx.remember(item, rec, key)
    guard = _Guard(ctx, key.mark, f"enum {name}")
    listed = _listed(rec.get("body", []), ctx.spec.status == "imported")

    def compute() -> None:
        if not guard.enter():
            return
        _enumerators(ctx, item, rec.get("entries", {}) or listed)
        guard.leave()
    for entry, named in (rec.get("entries", {}) or listed).items():
        if "@" in entry:
            continue
        if ctx.claim(entry, named.key.mark):
            ctx.pending[entry] = compute


def _listed(items: list[Rec], twice: bool) -> Section:
    """Return the enumerators of a body as a table, whatever the conditions."""
    out: Section = {}
    for rec in items:
        node = rec.scalar("name")
        if rec.has("choose"):
            for branch in rec.get("choose"):
                for name, named in _listed(branch.get("body", []), twice).items():
                    out[_free(out, name) if twice else name] = named
        elif node is not None:
            out[_free(out, node.text) if twice else node.text] = Named(node, rec)
    return out


def _free(table: Section, name: str) -> str:
    """Return the name, or a variant of it that is not taken."""
    key, number = name, 1
    while key in table:
        number += 1
        key = f"{actual_name(name)}@{number}"
    return key


def _enumerators(ctx: Context, item: Enum, table: Section) -> None:
    """Compute the values of an enum in order."""
    following: Optional[int] = 0
    for name, named in table.items():
        entry = named.value if isinstance(named.value, Rec) else None
        value = _value(ctx, entry, following)
        following = None if value is None else value + 1
        if value is None or entry is None:
            spoil(ctx, name)
            continue
        if value >= 2**31:
            ctx.error("E0413", entry.scalar("value") or named.key, f"{value} does not fit an int",
                      "enumerators are ints in C")
        made = EnumEntry(actual_name(name), value, entry.get("doc", ""), named.key.pos,
                         entry.has("value"), entry.get("text", ""))
        if not made.text and made.explicit and not re.fullmatch("-?[0-9]+", entry.text("value")):
            made.text = entry.text("value")
        ctx.remember(made, entry, named.key)
        item.entries.append(made)
        if value >= 0 and "@" not in name:
            define(ctx, name, value)


def _value(ctx: Context, entry: Optional[Rec], following: Optional[int]) -> Optional[int]:
    """Return the value of an enumerator, None if it has none."""
    if entry is None:
        return None
    node = entry.scalar("value")
    if node is None:
        return None if "value" in entry.node.values else following
    if entry.has("text") or re.fullmatch("-[0-9]+", node.text):
        return _number(ctx, node)
    return exprtype.constant(ctx, node)


def finish_enum_bodies(ctx: Context, contents: Callable[[Context, Rec, str], list[Content]]) \
        -> None:
    """Give enums with more than enumerators their bodies; `contents` builds the rest."""
    for item in ctx.spec.enums.values():
        rec = ctx.rec(item)
        if not rec.has("body"):
            continue
        made = {id(ctx.rec(entry)): entry for entry in item.entries}
        item.body = enum_body(ctx, rec.get("body"), made, contents)
        seen = {id(e) for e in _seen(item.body)}
        item.entries = [e for e in item.entries if id(e) in seen]


def enum_body(ctx: Context, recs: list[Rec], made: dict[int, EnumEntry],
              contents: Callable[[Context, Rec, str], list[Content]]) -> list[Content]:
    """Return what stands between the braces of an enum."""
    out: list[Content] = []
    for rec in recs:
        if rec.has("contents"):
            out += contents(ctx, rec, "contents")
        elif rec.has("choose"):
            out.append(Choice([Branch(b.get("if"), enum_body(ctx, b.get("body"), made, contents),
                                      b.get("active", False)) for b in rec.get("choose")],
                              rec.node.pos))
        elif id(rec) in made:
            out.append(made[id(rec)])
    return out


def fill_inner_enum(ctx: Context, item: Enum, recs: list[Rec],
                    contents: Callable[[Context, Rec, str], list[Content]]) -> None:
    """Build an enum that stands inside a record."""
    table = _listed(recs, True)
    for name, named in table.items():
        if "@" not in name:
            ctx.claim(name, named.key.mark)
    _enumerators(ctx, item, table)
    made = {id(ctx.rec(entry)): entry for entry in item.entries}
    body = enum_body(ctx, recs, made, contents)
    if not all(isinstance(x, EnumEntry) for x in body):
        item.body = body


def _seen(body: list[Content]) -> Iterator[EnumEntry]:
    """Yield the enumerators that programs for x86-64 see."""
    for item in body:
        if isinstance(item, EnumEntry):
            yield item
        elif isinstance(item, Choice):
            for branch in item.branches:
                if branch.active:
                    yield from _seen(branch.body)


def build_enums(ctx: Context, section: Optional[Section]) -> None:
    """Register all enums."""
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("enum", name))
            _excuse_entries(ctx, named)
    for name, key, rec in entries(section):
        _enum(ctx, name, key, rec)


def _excuse_entries(ctx: Context, named: Named) -> None:
    """Excuse uses of what a refused group would have defined."""
    if isinstance(named.value, Rec):
        prefix = named.value.get("prefix", "")
        for entry in named.value.get("entries", {}):
            ctx.broken.add(("constant", f"{prefix}{entry}"))


def _flag(ctx: Context, group: Rec, name: str, key: Scalar, rec: Rec) -> FlagEntry:
    """Build a flag and the names it defines."""
    regular = f"{group.get('prefix')}{name}"
    c_name = rec.get("c_name", regular)
    pattern = group.get("bit_names", "")
    bit_name = pattern.replace("{}", name) if pattern else ""
    item = FlagEntry(name, c_name, rec.get("bit"), rec.get("doc", ""), key.pos, bit_name,
                     rec.get("since", ""), rec.get("quirk", ""))
    ctx.remember(item, rec, key)
    if ctx.claim(c_name, key.mark):
        define(ctx, c_name, 1 << item.bit)
    if bit_name and ctx.claim(bit_name, key.mark):
        define(ctx, bit_name, item.bit)
    if c_name != regular:
        ctx.inherited("E0204", item.quirk, rec.at("c_name"),
                      f"`{c_name}` departs from the rule that makes `{regular}`")
    return item


def build_flags(ctx: Context, section: Optional[Section]) -> None:
    """Build all groups of flags."""
    for name, named in (section or {}).items():
        if not isinstance(named.value, Rec) or not named.value.whole:
            ctx.broken.add(("flags", name))
            _excuse_entries(ctx, named)
    for name, key, rec in entries(section):
        group = Flags(name, [], rec.get("spelling"), rec.get("suffix", ""), rec.get("doc", ""),
                      key.pos, rec.get("max_bit", ""), "", rec.get("digits", 0),
                      rec.get("pattern", ""))
        ctx.spec.flags[name] = group
        ctx.remember(group, rec, key)
        for short, flag_key, flag in entries(rec.get("entries")):
            group.entries.append(_flag(ctx, rec, short, flag_key, flag))
        for short, named in rec.get("entries", {}).items():
            if not isinstance(named.value, Rec) or not named.value.whole:
                ctx.broken.add(("constant", f"{rec.get('prefix')}{short}"))
                ctx.broken.add(("flag", short))
        if group.max_bit and group.entries and ctx.claim(group.max_bit, rec.at("max_bit")):
            define(ctx, group.max_bit, max(e.bit for e in group.entries))


def finish_values(ctx: Context) -> None:
    """Evaluate what nothing has asked for yet."""
    for compute in list(ctx.pending.values()):
        compute()
