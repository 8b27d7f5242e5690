# SPDX-License-Identifier: BSD-3-Clause
"""The pages about mmap(), writev(), poll() and the file operations."""
from __future__ import annotations

from typing import NamedTuple

from uapigen.backends.docs.text import CheckRow, check_rows, flat, place, quirk_link
from uapigen.clauses import Clause, clauses
from uapigen.exprtext import English
from uapigen.model import Spec


class RegionView(NamedTuple):
    """A region as the page shows it."""

    name: str
    type: int
    token: str
    doc: str
    length: str
    memory: str
    cache: str
    write: str
    shared_by: str
    flags: str
    clears: str
    quirk: str
    checks: list[CheckRow]
    place: str


class ListView(NamedTuple):
    """A check list or a file operation."""

    name: str
    doc: str
    locals: list[str]
    checks: list[CheckRow]
    place: str


class PollRow(NamedTuple):
    """A rule of poll()."""

    number: int
    id: str
    when: str
    mask: str
    doc: str
    place: str


class ErrnoView(NamedTuple):
    """An errno with every check that gives it."""

    name: str
    doc: str
    uses: list[str]
    place: str


def regions(spec: Spec) -> list[RegionView]:
    """Return the regions in the order of their types."""
    views = []
    for region in sorted(spec.regions.values(), key=lambda r: r.type):
        checks = check_rows(spec, [Clause("mmap", region.name, c) for c in region.checks])
        views.append(
            RegionView(
                region.name,
                region.type,
                region.token_field,
                region.doc.strip(),
                flat(region.length_text),
                region.memory,
                region.cache,
                region.write,
                region.shared_by,
                ", ".join(f"VM_{f}" for f in region.vm_flags) or "none",
                ", ".join(f"VM_{f}" for f in region.clears) or "none",
                quirk_link(region.quirk) if region.quirk else "none",
                checks,
                place(region.pos),
            )
        )
    return views


def check_lists(spec: Spec, mmap: bool) -> list[ListView]:
    """Return the check lists of mmap(), or all others."""
    return [
        ListView(
            name,
            item.doc.strip(),
            [f"`{n}` ({t})" for n, t in item.locals.items()],
            check_rows(spec, [Clause("list", name, c) for c in item.checks]),
            place(item.pos),
        )
        for name, item in spec.check_lists.items()
        if name.startswith("mmap") == mmap and item.checks
    ]


def file_ops(spec: Spec) -> list[ListView]:
    """Return the file operations."""
    views = []
    for name, op in spec.file_ops.items():
        checks = check_rows(spec, [Clause("file", name, c) for c in op.checks])
        doc = op.doc.strip() + ("" if op.supported else " Not supported.")
        views.append(ListView(f"{name}()", doc, [], checks, place(op.pos)))
    return views


def poll(spec: Spec) -> list[PollRow]:
    """Return the rules of poll() in their order."""
    rows = []
    for number, rule in enumerate(spec.poll, 1):
        condition = spec.conditions.get(rule.when)
        when = English(spec).say(rule.cond) if rule.cond is not None else ""
        when = when or (flat(condition.doc).rstrip(".") if condition else rule.when)
        mask = " \\| ".join(rule.mask) or "0"
        rows.append(PollRow(number, rule.id, flat(when), mask, flat(rule.doc), place(rule.pos)))
    return rows


def _page(clause: Clause) -> str:
    """Return the page and heading where a clause stands."""
    if clause.group in ("ioctl", "command"):
        owner = clause.owner.lower()
        return f"commands.md#{owner}" if owner else "commands.md#rules-of-every-command"
    if clause.group == "mmap" or clause.owner.startswith("mmap"):
        return f"mmap.md#{clause.owner.lower()}"
    return f"files.md#{clause.owner.lower()}"


def errnos(spec: Spec) -> list[ErrnoView]:
    """Return the errnos, each with the checks that give it."""
    uses: dict[str, list[str]] = {name: [] for name in spec.errnos}
    for clause in clauses(spec):
        if clause.check.errno:
            uses.setdefault(clause.check.errno, []).append(
                f"[{clause.id}]({_page(clause)}): {flat(clause.check.why)}"
            )
    return [
        ErrnoView(name, item.doc.strip(), uses[name], place(item.pos))
        for name, item in spec.errnos.items()
    ]
