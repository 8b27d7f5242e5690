# SPDX-License-Identifier: BSD-3-Clause
"""Changes as a compiler would show them, and for machines."""
from __future__ import annotations

import json
from typing import Any, Optional

from uapigen.diagnostics import Palette
from uapigen.diff.change import ABOUT, FATES, Change, Effect
from uapigen.diff.versions import Version
from uapigen.model import Pos

# The exit status: what CI needs to tell apart.
STATUS = {
    Effect.COMPATIBLE: 0, Effect.BEHAVIOUR: 3, Effect.SOURCES: 4,
    Effect.BREAKS_32: 5, Effect.REBUILD: 5, Effect.BREAKING: 5,
}


def verdict(changes: list[Change]) -> Effect:
    """Return the worst effect."""
    return max((c.effect for c in changes), key=lambda e: e.rank, default=Effect.COMPATIBLE)


def _excerpt(version: Version, pos: Optional[Pos], sign: str, colour: str, off: str) -> list[str]:
    """Return the line of a place with - or + before it."""
    text = version.line(pos).strip() if pos is not None else ""
    return [f"  {colour}{sign} {text}{off}"] if text else []


def _place(version: Version, pos: Pos) -> str:
    return f"{version.file(pos)}:{pos.line}:{pos.col}"


def render_human(old: Version, new: Version, changes: list[Change], colour: bool) -> str:
    """Return all changes, the worst first, and a summary."""
    pal = Palette(colour)
    lines = []
    for change in changes:
        where = _place(new, change.new) if change.new else _place(old, change.old or Pos("", 0))
        bad = pal.caret if change.effect is Effect.COMPATIBLE else pal.error
        lines.append(f"{pal.bold}{where}:{pal.off} {bad}{change.effect.value}[{change.kind}]:"
                     f"{pal.off} {pal.bold}{change.text}{pal.off}")
        if change.old is not None and change.new is not None:
            lines.append(f"  was at {_place(old, change.old)}")
        shown = (_excerpt(old, change.old, "-", pal.error, pal.off),
                 _excerpt(new, change.new, "+", pal.caret, pal.off))
        if shown[0] and shown[1] and shown[0][0].strip("-+ ") == shown[1][0].strip("-+ "):
            shown = ([], [])
        lines += shown[0] + shown[1]
        lines.append(f"  {pal.help}why:{pal.off} {change.why}")
    return "\n".join(lines + _summary(changes)) + "\n"


def _summary(changes: list[Change]) -> list[str]:
    if not changes:
        return ["no change that a caller can see"]
    worst = verdict(changes)
    counts = [(e, sum(c.effect is e for c in changes)) for e in reversed(Effect)]
    total = ", ".join(f"{n} {e.value}" for e, n in counts if n)
    return [f"{len(changes)} change{'s' if len(changes) != 1 else ''}: {total}",
            f"verdict: {worst.value}: {ABOUT[worst]}"]


def _json_place(version: Version, pos: Optional[Pos]) -> Optional[dict[str, Any]]:
    if pos is None:
        return None
    return {"file": version.file(pos), "line": pos.line, "column": pos.col}


def render_json(old: Version, new: Version, changes: list[Change]) -> str:
    """Return one document with stable keys."""
    out = []
    for change in changes:
        fates = FATES[change.effect]
        out.append({
            "class": change.effect.value, "kind": change.kind, "element": change.element,
            "message": change.text, "why": change.why,
            "programs_64": fates[0], "programs_32": fates[1], "sources": fates[2],
            "old": _json_place(old, change.old), "new": _json_place(new, change.new),
        })
    counts = {e.value: sum(c.effect is e for c in changes) for e in Effect}
    document = {"verdict": verdict(changes).value, "counts": counts, "changes": out}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
