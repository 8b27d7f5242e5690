# SPDX-License-Identifier: BSD-3-Clause
"""Runs the rules and takes out what the spec has a reason for."""
from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple, Optional

from uapigen.lint.commands import check_commands
from uapigen.lint.finding import Finding
from uapigen.lint.numbers import check_collisions, check_list, kernel_list
from uapigen.lint.types import check_types
from uapigen.model import Allowance, Spec


class Judged(NamedTuple):
    """A finding and the reason, if any, why it stays."""

    finding: Finding
    reason: str


def lint(specs: list[Spec]) -> list[list[Judged]]:
    """Return what is found in each spec, in the order of the text."""
    rows = kernel_list()
    found = [[*check_types(spec), *check_commands(spec), *check_list(spec, rows)]
             for spec in specs]
    for spec, finding in check_collisions(specs):
        next(f for s, f in zip(specs, found) if s is spec).append(finding)
    return [_settle(spec, findings, len(specs)) for spec, findings in zip(specs, found)]


def _settle(spec: Spec, findings: list[Finding], together: int) -> list[Judged]:
    """Find the reasons; report those that nothing needs."""
    used: set[int] = set()
    out = []
    for finding in findings:
        allowed = next((a for a in spec.allowed if a.rule == finding.id
                        and fnmatchcase(finding.element, a.element)), None)
        if allowed is not None:
            used.add(id(allowed))
        out.append(Judged(finding, allowed.reason if allowed else _quirk(spec, finding) or ""))
    for item in spec.allowed:
        if id(item) not in used and not (item.rule == "L0113" and together == 1):
            out.append(Judged(_unused(item), ""))
    return sorted(out, key=lambda j: (j.finding.pos.file, j.finding.pos.line, j.finding.pos.col,
                                      j.finding.id, j.finding.element))


def _quirk(spec: Spec, finding: Finding) -> Optional[str]:
    """Return why a quirk keeps the flaw."""
    for name in finding.quirks:
        if finding.excuse in spec.quirks[name].exempts:
            return spec.quirks[name].why
    return None


def _unused(item: Allowance) -> Finding:
    return Finding("L0001", item.element, item.pos,
                   f"{item.rule} is allowed for {item.element}, where it does not occur")
