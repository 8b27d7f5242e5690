# SPDX-License-Identifier: BSD-3-Clause
"""The operations of several devices side by side, as a Markdown table."""
from __future__ import annotations

from typing import Iterator

from uapigen.model import Operation, OperationKind, Spec

NONE = "–"


def _kinds(specs: list[Spec]) -> dict[str, OperationKind]:
    """Return the kinds of all specs in the order in which they are told."""
    kinds: dict[str, OperationKind] = {}
    for spec in specs:
        for name, kind in spec.operation_kinds.items():
            kinds.setdefault(name, kind)
    return kinds


def _offer(spec: Spec, item: Operation) -> str:
    """Return what serves an operation, and the bits it needs."""
    by = ", ".join(name if name in spec.commands else f"{name}()" for name in item.by)
    return f"{by} (with {', '.join(item.under)})" if item.under else by


def _row(specs: list[Spec], kind: OperationKind) -> list[str]:
    found = [spec.operations.get(kind.name) for spec in specs]
    offers = [_offer(spec, item) if item else NONE for spec, item in zip(specs, found)]
    return [kind.object, kind.name, *offers]


def _notes(specs: list[Spec]) -> Iterator[str]:
    for spec in specs:
        for item in spec.operations.values():
            if item.note:
                yield f"- {spec.name}, {item.kind}: {item.note}"


def table(specs: list[Spec]) -> str:
    """Return the table, the kinds' meaning and the notes."""
    kinds = _kinds(specs)
    head = ["object", "operation", *(spec.name for spec in specs)]
    rows = [head, ["---"] * len(head), *(_row(specs, kind) for kind in kinds.values())]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines += ["", "What the operations are:", ""]
    lines += [f"- **{kind.name}** ({kind.object}): {kind.doc.strip()}" for kind in kinds.values()]
    notes = list(_notes(specs))
    if notes:
        lines += ["", "Notes:", "", *notes]
    return "\n".join(lines) + "\n"
