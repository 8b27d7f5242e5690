# SPDX-License-Identifier: BSD-3-Clause
"""What an interface does besides commands: mmap, poll, file operations, states, bits, limits."""
from __future__ import annotations

from typing import Iterable, Union

from uapigen.diff.change import Report
from uapigen.diff.meaning import meaning
from uapigen.diff.rules import Inputs, compare_checks
from uapigen.model import Region, Spec

_MAPPING = ("memory", "cache", "write", "clears", "vm_flags", "shared_by")
_CAPABILITY = ("kernel_default", "user_default", "shown_from", "writable")


def _said(value: Union[str, bool, None, Iterable[str]]) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(sorted(value)) or "nothing"
    return {None: "unset", True: "on", False: "off", "": "nothing"}.get(
        value, str(value))  # type: ignore[arg-type]


def compare_regions(old: Spec, new: Spec, report: Report) -> None:
    """Compare what mmap() maps."""
    for name, region in old.regions.items():
        now = new.regions.get(name)
        element = f"mmap.{name}"
        if now is None:
            report.add("region-removed", element, f"{element} is gone", region.pos, None)
        else:
            _region(element, region, now, report)
    for name, region in new.regions.items():
        if name not in old.regions:
            report.add("region-added", f"mmap.{name}", f"mmap.{name} is new", None, region.pos)


def _region(element: str, old: Region, new: Region, report: Report) -> None:
    if old.token_field != new.token_field:
        report.add("token-moved", element, f"{element} has its token in "
                   f"{new.token_field or 'nothing'}, had it in {old.token_field or 'nothing'}",
                   old.pos, new.pos)
    if old.type != new.type:
        report.add("region-type", element, f"{element} has type {new.type}, had {old.type}",
                   old.pos, new.pos)
    if meaning(old.length, {}) != meaning(new.length, {}):
        report.add("length-changed", element, f"{element} is {new.length_text} long, was "
                   f"{old.length_text}", old.pos, new.pos)
    for name in _MAPPING:
        was, now = getattr(old, name), getattr(new, name)
        if (sorted(was), sorted(now)) != (sorted(now), sorted(was)) and was != now:
            report.add("mapping-changed", f"{element}.{name}", f"{element}.{name} is "
                       f"{_said(now)}, was {_said(was)}", old.pos, new.pos)
    compare_checks(element, old.checks, new.checks, Inputs(), report, new.pos)


def compare_lists(old: Spec, new: Spec, report: Report) -> None:
    """Compare the check lists outside the commands."""
    for name, checks in old.check_lists.items():
        now = new.check_lists.get(name)
        place = now.pos if now is not None else new.pos
        compare_checks(name, checks.checks, now.checks if now is not None else [], Inputs(),
                       report, place)
    for name, checks in new.check_lists.items():
        if name not in old.check_lists:
            compare_checks(name, [], checks.checks, Inputs(), report, checks.pos)


def compare_poll(old: Spec, new: Spec, report: Report) -> None:
    """Compare when poll() reports what."""
    before, after = {r.id: r for r in old.poll}, {r.id: r for r in new.poll}
    for ident, rule in before.items():
        now = after.get(ident)
        element = f"poll.{ident}"
        if now is None:
            report.add("poll-changed", element, f"{element} is gone", rule.pos, new.pos)
        elif (meaning(rule.cond, {}), rule.when, sorted(rule.mask)) \
                != (meaning(now.cond, {}), now.when, sorted(now.mask)):
            report.add("poll-changed", element, f"{element} reports {_said(now.mask)} on "
                       f"{now.cond_text or now.when}, reported {_said(rule.mask)} on "
                       f"{rule.cond_text or rule.when}", rule.pos, now.pos)
    for ident, rule in after.items():
        if ident not in before:
            report.add("poll-changed", f"poll.{ident}", f"poll.{ident} is new", None, rule.pos)
    shared = [i for i in before if i in after], [i for i in after if i in before]
    if shared[0] != shared[1]:
        first = next(b for a, b in zip(*shared) if a != b)
        report.add("poll-changed", "poll", f"poll.{first} is looked at earlier",
                   before[first].pos, after[first].pos)


def compare_operations(old: Spec, new: Spec, report: Report) -> None:
    """Compare the other file operations."""
    for name, operation in old.file_ops.items():
        now = new.file_ops.get(name)
        element = f"file.{name}"
        if operation.supported and (now is None or not now.supported):
            report.add("operation-dropped", element, f"{element} is not supported any more",
                       operation.pos, now.pos if now is not None else None)
        elif now is not None and now.supported and not operation.supported:
            report.add("operation-added", element, f"{element} is supported", operation.pos,
                       now.pos)
        elif now is not None:
            compare_checks(element, operation.checks, now.checks, Inputs(), report, now.pos)
    for name, operation in new.file_ops.items():
        if name not in old.file_ops and operation.supported:
            report.add("operation-added", f"file.{name}", f"file.{name} is supported", None,
                       operation.pos)


def compare_transitions(old: Spec, new: Spec, report: Report) -> None:
    """Compare the states a file goes through; states count by their number."""
    def table(spec: Spec) -> dict[tuple[object, str], tuple[object, str]]:
        value = {s.name: s.value for s in spec.states.values()}
        return {(value.get(t.from_, t.from_), t.on): (value.get(t.to, t.to), t.to)
                for t in spec.transitions}
    before, after = table(old), table(new)
    for start, on in sorted(set(before) | set(after), key=str):
        was, now = before.get((start, on)), after.get((start, on))
        if (was and was[0]) == (now and now[0]):
            continue
        element = f"transition on {on}"
        place = [next((t.pos for t in spec.transitions if t.on == on), spec.pos)
                 for spec in (old, new)]
        report.add("transition-changed", element, f"{element}: leads to "
                   f"{now[1] if now else 'no other state'}, led to "
                   f"{was[1] if was else 'no other state'}", *place)


def compare_capabilities(old: Spec, new: Spec, report: Report) -> None:
    """Compare defaults and visibility of capability bits."""
    for name, capability in old.capabilities.items():
        now = new.capabilities.get(name)
        element = f"capability {name}"
        if now is None:
            report.add("capability-dropped", element, f"{element} is gone", capability.pos,
                       new.pos)
            continue
        for what in _CAPABILITY:
            was, then = getattr(capability, what), getattr(now, what)
            if was != then:
                report.add("capability-changed", f"{element}.{what}", f"{element}: {what} is "
                           f"{_said(then)}, was {_said(was)}", capability.pos, now.pos)
    for name, capability in new.capabilities.items():
        if name not in old.capabilities:
            report.add("capability-added", f"capability {name}", f"capability {name} is new", None,
                       capability.pos)


def compare_limits(old: Spec, new: Spec, report: Report) -> None:
    """Compare limits, and values that attributes start with."""
    for name, limit in old.limits.items():
        now = new.limits.get(name)
        element = f"limit {name}"
        if now is None:
            report.add("limit-dropped", element, f"{element} is gone", limit.pos, new.pos)
        elif (limit.value, limit.text if limit.value is None else "") \
                != (now.value, now.text if now.value is None else ""):
            report.add("limit-changed", element, f"{element} is {now.text}, was {limit.text}",
                       limit.pos, now.pos)
    for name, limit in new.limits.items():
        if name not in old.limits:
            report.add("limit-added", f"limit {name}", f"limit {name} is {limit.text}", None,
                       limit.pos)
    for key, attribute in old.attributes.items():
        then = new.attributes.get(key)
        if then is not None and attribute.initial != then.initial:
            report.add("initial-changed", key, f"{key} is {_number(then.initial)} at the start, "
                       f"was {_number(attribute.initial)}", attribute.pos, then.pos)


def _number(value: object) -> str:
    return "anything" if value is None else str(value)
