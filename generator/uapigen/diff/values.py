# SPDX-License-Identifier: BSD-3-Clause
"""Published names of numbers: constants, flags, enumerators.

C has one space of names for all of them, so a constant that becomes an
enumerator, with the same number, is the same value spelled differently.
"""
from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Optional, Union

from uapigen.diff.change import Report
from uapigen.model import Pos, Spec

_COUNT = re.compile(r"(^|_)(max|last|num|nr|count|end|size)", re.IGNORECASE)
_MINOR = re.compile(r"(minor(_version)?|revision|patch)$", re.IGNORECASE)


class Value(NamedTuple):
    """A name with its number (or string)."""

    name: str
    value: Union[int, str]
    group: str  # `enum x`, `flags y`, or nothing
    form: str  # what the name is to the compiler
    pos: Pos
    counts: bool  # may stand for how many there are


def _flags(spec: Spec) -> Iterator[Value]:
    for flags in spec.flags.values():
        group = f"flags {flags.name}"
        for entry in flags.entries:
            form = f"macro {flags.suffix}".strip()
            yield Value(entry.c_name, 1 << entry.bit, group, form, entry.pos, False)
            if entry.bit_name:
                yield Value(entry.bit_name, entry.bit, group + " bits", "macro", entry.pos, False)
        if flags.max_bit:
            top = max(entry.bit for entry in flags.entries)
            yield Value(flags.max_bit, top, "", "macro", flags.pos, True)


def _values(spec: Spec) -> dict[str, Value]:
    """Return all published values by name."""
    found = list(_flags(spec))
    for name, const in spec.constants.items():
        if not const.external:
            count = bool(_COUNT.search(name))
            found.append(Value(name, const.value, "", "macro", const.pos, count))
    for enum in spec.enums.values():
        for entry in enum.entries:
            last = entry is enum.entries[-1] and bool(_COUNT.search(entry.name))
            found.append(Value(entry.name, entry.value, f"enum {enum.name}", "enumerator",
                               entry.pos, last))
    return {value.name: value for value in found}


def _show(value: Union[int, str]) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value) if abs(value) < 10 else f"{value} (0x{value & (2**64 - 1):x})"


class _Groups:
    """The numbers in each group that has new members, then and now."""

    def __init__(self, before: dict[str, Value], after: dict[str, Value]) -> None:
        self.pairs: list[tuple[list[int], list[int]]] = []
        grown = {v.group for v in after.values() if v.name not in before and v.group}
        for group in sorted(grown & {v.group for v in before.values()}):
            self.pairs.append((_numbers(before, group), _numbers(after, group)))

    def count(self, old: Value, new: Value) -> bool:
        """Tell whether a value is the number of members of a grown group, or its highest."""
        if not (old.counts and new.counts):
            return False
        return any(old.value in (max(was), max(was) + 1, len(was))
                   and new.value in (max(now), max(now) + 1, len(now))
                   for was, now in self.pairs if was and now)


def _numbers(values: dict[str, Value], group: str) -> list[int]:
    return [v.value for v in values.values()
            if v.group == group and not v.counts and isinstance(v.value, int)]


def compare_values(old: Spec, new: Spec, report: Report) -> frozenset[int]:
    """Compare constants, flags and enumerators; return the numbers of new enumerators."""
    before, after = _values(old), _values(new)
    groups = _Groups(before, after)
    renamed = _renamed(before, after)
    for name, value in before.items():
        now = after.get(name)
        if now is not None:
            _changed(value, now, groups, report)
        elif name in renamed:
            report.add("value-renamed", name, f"{name} is called {renamed[name]} now", value.pos,
                       after[renamed[name]].pos)
        else:
            report.add("value-removed", name, f"{name} is gone", value.pos, None)
    taken = set(renamed.values())
    for name, value in after.items():
        if name not in before and name not in taken:
            report.add("value-added", name, f"{name} is {_show(value.value)}", None, value.pos)
    return frozenset(v.value for n, v in after.items() if n not in before and n not in taken
                     and v.form == "enumerator" and isinstance(v.value, int))


def _renamed(before: dict[str, Value], after: dict[str, Value]) -> dict[str, str]:
    """Return old -> new names of values that kept their number within their group."""
    fresh = {(v.group, v.value): v.name for v in after.values()
             if v.group and v.name not in before}
    out = {}
    for name, value in before.items():
        found: Optional[str] = fresh.get((value.group, value.value))
        if value.group and name not in after and found is not None:
            out[name] = found
    return out


def _changed(old: Value, new: Value, groups: _Groups, report: Report) -> None:
    """Report another number for a name."""
    if old.value == new.value:
        if old.form != new.form:
            report.add("value-respelled", old.name, f"{old.name} is {new.form}, was {old.form}",
                       old.pos, new.pos)
        return
    text = f"{old.name} is {_show(new.value)}, was {_show(old.value)}"
    higher = isinstance(old.value, int) and isinstance(new.value, int) and new.value > old.value
    kind = "value-changed"
    if higher and _MINOR.search(old.name):
        kind = "version-moved"
    elif higher and groups.count(old, new):
        kind = "count-moved"
    report.add(kind, old.name, text, old.pos, new.pos)
