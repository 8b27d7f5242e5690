# SPDX-License-Identifier: BSD-3-Clause
"""Markdown pieces that several pages use."""
from __future__ import annotations

from typing import Iterable, NamedTuple

from uapigen.clauses import Clause
from uapigen.exprtext import English
from uapigen.model import Check, Pos, Spec

# From a page in generated/docs to the root of the tree.
ROOT = "../.."


class CheckRow(NamedTuple):
    """A line of a table of checks."""

    number: int
    id: str
    result: str
    refuses: str
    why: str
    place: str


def flat(text: str) -> str:
    """Return documentation on one line, safe inside a table."""
    return " ".join(text.split()).replace("|", "\\|")


def anchor(text: str) -> str:
    """Return the anchor GitHub gives to a heading."""
    kept = (c for c in text.lower() if c.isalnum() or c in " -_")
    return "".join(kept).replace(" ", "-")


def place(pos: Pos) -> str:
    """Return a link to a line of the spec."""
    return f"[{pos.file}:{pos.line}]({ROOT}/{pos.file}#L{pos.line})"


def quirk_link(name: str) -> str:
    """Return a link to an entry of the ledger."""
    return f"[{name}](quirks.md#{anchor(name)})"


def errno_link(name: str) -> str:
    """Return a link to an errno."""
    return f"[{name}](errnos.md#{anchor(name)})"


def refuses(spec: Spec, check: Check) -> str:
    """Return when a check refuses, as a sentence without a full stop."""
    if check.kind == "copy_in":
        return "the argument cannot be read"
    if check.kind == "copy_head":
        return f"the argument cannot be read up to {check.upto}"
    if check.kind == "copy_tail":
        return "the elements behind the argument cannot be read"
    if check.kind == "copy_out":
        return "the result cannot be written"
    if check.cond is not None:
        return English(spec).say(check.cond)
    if spec.space is not None and check is spec.space.unknown:
        return "no command has this number"
    condition = spec.conditions.get(check.when)
    if condition is None:
        return "the command is not allowed in the file's state"
    text = " ".join(condition.doc.split()).rstrip(".")
    return text[:1].lower() + text[1:]


def check_rows(spec: Spec, clauses: Iterable[Clause]) -> list[CheckRow]:
    """Return a table of ordered checks."""
    rows = []
    for number, clause in enumerate(clauses, 1):
        check = clause.check
        why = flat(check.why)
        if check.quirk:
            why += f" Quirk: {quirk_link(check.quirk)}."
        result = errno_link(check.errno) if check.errno else "success"
        condition = flat(refuses(spec, check))
        rows.append(CheckRow(number, check.id, result, condition, why, place(check.pos)))
    return rows
