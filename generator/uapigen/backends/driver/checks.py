# SPDX-License-Identifier: BSD-3-Clause
"""Ordered checks as kernel C."""
from __future__ import annotations

from typing import NamedTuple

from uapigen.backends.driver.names import check_name
from uapigen.cexpr import CWriter
from uapigen.clauses import Clause, c_word
from uapigen.ctext import comment
from uapigen.cwrap import call, condition
from uapigen.model import Check, Spec
from uapigen.render import where


class Segment(NamedTuple):
    """Checks generated code decides in one go.

    `after` is the id of the check, decided by the core, that comes before
    them; nothing for the first segment.
    """

    after: str
    clauses: list[Clause]


def segments(clauses: list[Clause], breaks: tuple[str, ...]) -> list[Segment]:
    """Cut a list at the checks of the given kinds.

    The first segment is always there, later ones only if they check anything.
    """
    result = [Segment("", [])]
    for clause in clauses:
        if clause.check.kind in breaks:
            result.append(Segment(clause.check.id, []))
        else:
            result[-1].clauses.append(clause)
    return result[:1] + [s for s in result[1:] if s.clauses]


def segment_suffix(segment: Segment) -> str:
    """Return what a segment's function is called behind its list's name."""
    return f"_after_{c_word(segment.after).lower()}" if segment.after else ""


def remark(spec: Spec, clause: Clause, indent: str = "\t") -> str:
    """Return the comment that ties a check to its line of the spec."""
    check = clause.check
    return comment(f"{clause.id}: {check.why.strip()} [{where(check.pos)}]", indent)


def refuse(spec: Spec, clause: Clause, indent: str) -> str:
    """Return the statement that leaves with the check's errno."""
    name = check_name(spec, clause)
    return call(indent, f"return {spec.prefix}_refuse", ["fd", name])


def expression_check(spec: Spec, clause: Clause, writer: CWriter) -> str:
    """Return an `if` check with its comment."""
    assert clause.check.cond is not None
    test = condition("\t", "if", writer.condition(clause.check.cond))
    return "\n".join([remark(spec, clause), test, refuse(spec, clause, "\t\t")])


def succeeds(check: Check) -> bool:
    """Tell whether the check ends the call with success."""
    return not check.errno
