# SPDX-License-Identifier: BSD-3-Clause
"""Builds constants, flags and enums.

Values may be written in any order and across files: each is evaluated when it
is first asked for, and one that depends on itself is reported.
"""
from __future__ import annotations

from typing import Optional

from uapigen import exprtype
from uapigen.context import Context
from uapigen.diagnostics import Mark
from uapigen.model import Constant, Enum, EnumEntry, FlagEntry, Flags, Name
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
    item = Constant(name, rec.text("value"), 0, rec.get("doc", ""), key.pos,
                    rec.get("external", ""))
    ctx.spec.constants[name] = item
    ctx.remember(item, rec, key)

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


def build_constants(ctx: Context, section: Optional[Section]) -> None:
    """Register all constants."""
    for name in section or {}:
        ctx.broken.add(("constant", name))
    for name, key, rec in entries(section):
        ctx.broken.discard(("constant", name))
        _constant(ctx, name, key, rec)


def _enum(ctx: Context, name: str, key: Scalar, rec: Rec) -> None:
    """Register an enum; its values are computed together."""
    item = Enum(name, [], rec.get("doc", ""), key.pos)
    ctx.spec.enums[name] = item
    ctx.remember(item, rec, key)
    guard = _Guard(ctx, key.mark, f"enum {name}")

    def compute() -> None:
        if not guard.enter():
            return
        _enumerators(ctx, item, rec)
        guard.leave()
    table: Section = rec.get("entries", {})
    for entry, named in table.items():
        if ctx.claim(entry, named.key.mark):
            ctx.pending[entry] = compute


def _enumerators(ctx: Context, item: Enum, rec: Rec) -> None:
    """Compute the values of an enum in order."""
    following: Optional[int] = 0
    table: Section = rec.get("entries", {})
    for name, named in table.items():
        entry = named.value if isinstance(named.value, Rec) else None
        node = entry.scalar("value") if entry is not None else None
        value = following
        if node is not None:
            value = exprtype.constant(ctx, node)
        elif entry is None or "value" in entry.node.values:
            value = None
        following = None if value is None else value + 1
        if value is None or entry is None:
            spoil(ctx, name)
            continue
        if value >= 2**31:
            ctx.error("E0413", node or named.key, f"{value} does not fit an int",
                      "enumerators are ints in C")
        made = EnumEntry(name, value, entry.get("doc", ""), named.key.pos, node is not None)
        ctx.remember(made, entry, named.key)
        item.entries.append(made)
        define(ctx, name, value)


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
                      key.pos, rec.get("max_bit", ""))
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
