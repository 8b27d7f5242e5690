# SPDX-License-Identifier: BSD-3-Clause
"""Ordered checks: which stand where, what each refuses, and with which errno."""
from __future__ import annotations

import itertools
from typing import Optional

from uapigen.diff.change import Report
from uapigen.diff.meaning import Names, accepted_below, meaning, refused_bits
from uapigen.expr import Undefined, evaluate, name_key, names
from uapigen.exprtext import source
from uapigen.model import Check, Pos


class Inputs:
    """What is known about the members that conditions read.

    `renamed` maps `arg.old` to `arg.new`; `fresh` are inputs the old version
    did not have; `zeroed` are those whose bytes old programs had to leave zero;
    `added` are the numbers of values that are new.
    """

    def __init__(self, renamed: Optional[Names] = None, fresh: frozenset[str] = frozenset(),
                 zeroed: frozenset[str] = frozenset(),
                 added: frozenset[int] = frozenset()) -> None:
        self.renamed = renamed or {}
        self.fresh = fresh
        self.zeroed = zeroed
        self.added = added

    def only_fresh(self, check: Check) -> bool:
        """Tell whether a condition depends on inputs alone that no old program passes."""
        if check.cond is None:
            return False
        read = [name_key(n) for n in names(check.cond) if n.kind == "arg" and n.value is None]
        return bool(read) and all(key in self.fresh for key in read)

    def refuses_zero(self, check: Check) -> bool:
        """Tell whether a condition on what had to be zero refuses zero."""
        if check.cond is None:
            return False
        read = [name_key(n) for n in names(check.cond) if n.kind == "arg" and n.value is None]
        if not any(key in self.zeroed for key in read):
            return False
        try:
            return bool(evaluate(check.cond, lambda _: 0))
        except Undefined:
            return True


def _says(check: Check) -> str:
    """Return what a check is about, for a message."""
    if check.cond is not None:
        return source(check.cond)
    return {"copy_in": "copying the argument in", "copy_head": "copying its first part in",
            "copy_tail": "copying what is behind it in", "copy_out": "copying the result out"}.get(
        check.kind, check.when)


def _answer(check: Check) -> str:
    return check.errno or "success at once"


def compare_checks(owner: str, old: list[Check], new: list[Check], inputs: Inputs,
                   report: Report, place: Pos) -> None:
    """Compare two versions of an ordered list; `place` is where the new one is."""
    before, after = {c.id: c for c in old}, {c.id: c for c in new}
    for check in old:
        now = after.get(check.id)
        if now is None:
            _dropped(owner, check, inputs, report, place)
        else:
            _same(owner, check, now, inputs, report)
    for check in new:
        if check.id not in before:
            _added(owner, check, inputs, report)
    _order(owner, [c for c in old if c.id in after], [c for c in new if c.id in before], report)


def _dropped(owner: str, check: Check, inputs: Inputs, report: Report, place: Pos) -> None:
    """Report a check that is no longer made."""
    renamed = {inputs.renamed.get(name_key(n), name_key(n))
               for n in (names(check.cond) if check.cond is not None else [])}
    kind = "gate-opened" if renamed & inputs.zeroed else "check-dropped"
    report.add(kind, f"{owner}.{check.id}", f"{owner} no longer refuses {_says(check)} with "
               f"{_answer(check)}", check.pos, place)


def _added(owner: str, check: Check, inputs: Inputs, report: Report) -> None:
    """Report a check that was not made."""
    kind = "check-added"
    if inputs.refuses_zero(check):
        kind = "check-refuses-zero"
    elif inputs.only_fresh(check):
        kind = "check-of-new-input"
    report.add(kind, f"{owner}.{check.id}", f"{owner} answers {_answer(check)} to {_says(check)}",
               None, check.pos)


def _same(owner: str, old: Check, new: Check, inputs: Inputs, report: Report) -> None:
    """Report what differs between two versions of a check."""
    element = f"{owner}.{old.id}"
    if old.errno != new.errno:
        report.add("errno-changed", element, f"{element} answers {_answer(new)}, answered "
                   f"{_answer(old)}", old.pos, new.pos)
    gates = refused_bits(old.cond, inputs.renamed), refused_bits(new.cond, {})
    if gates[0] is not None and gates[1] is not None and gates[0][0] == gates[1][0]:
        _gate(element, old, new, (gates[0][1], gates[1][1]), report)
        return
    bounds = accepted_below(old.cond, inputs.renamed), accepted_below(new.cond, {})
    if bounds[0] is not None and bounds[1] is not None and bounds[0][0] == bounds[1][0] \
            and _only_new(bounds[0][1], bounds[1][1], inputs.added):
        report.add("gate-opened", element, f"{element} accepts {bounds[0][1]} to "
                   f"{bounds[1][1] - 1}, which are new values", old.pos, new.pos)
        return
    same = (old.kind, old.when, meaning(old.cond, inputs.renamed)) \
        == (new.kind, new.when, meaning(new.cond, {}))
    if not same:
        report.add("rule-changed", element, f"{element} refuses {_says(new)}, refused "
                   f"{_says(old)}", old.pos, new.pos)


def _only_new(was: int, now: int, added: frozenset[int]) -> bool:
    """Tell whether a bound went up, and lets through what did not exist."""
    return 0 < now - was <= len(added) and all(n in added for n in range(was, now))


def _gate(element: str, old: Check, new: Check, bits: tuple[int, int], report: Report) -> None:
    """Report other bits at a flags gate."""
    was, now = bits
    if now & ~was:
        report.add("gate-narrowed", element, f"{element} refuses 0x{now & ~was:x} too", old.pos,
                   new.pos)
    elif was & ~now:
        report.add("gate-opened", element, f"{element} accepts 0x{was & ~now:x}", old.pos, new.pos)


def _order(owner: str, old: list[Check], new: list[Check], report: Report) -> None:
    """Report pairs of checks that changed places."""
    rank = {check.id: place for place, check in enumerate(new)}
    now = {check.id: check for check in new}
    swapped = [(a, b) for a, b in itertools.combinations(old, 2) if rank[a.id] > rank[b.id]]
    if not swapped:
        return
    seen = [(a, b) for a, b in swapped if now[a.id].errno != now[b.id].errno]
    first, second = (seen or swapped)[0]
    count = len(seen or swapped)
    more = f", and {count - 1} more pairs" if count > 1 else ""
    report.add("order-changed" if seen else "order-unseen", owner,
               f"{owner} checks {second.id} before {first.id}{more}", first.pos,
               now[second.id].pos)
