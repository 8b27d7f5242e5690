# SPDX-License-Identifier: BSD-3-Clause
"""Findings as a compiler would show them, and for machines."""
from __future__ import annotations

import json
from typing import Any

from uapigen.diagnostics import Palette, count_of
from uapigen.diff.versions import Version
from uapigen.errors import catalogue
from uapigen.lint.run import Judged

Results = list[tuple[Version, list[Judged]]]

FOUND = 3  # exit status: the specs are sound, but something was found


def status(results: Results) -> int:
    """Return the exit status: only what has no reason counts."""
    return FOUND if any(not j.reason for _, found in results for j in found) else 0


def render_human(results: Results, everything: bool, colour: bool) -> str:
    """Return what was found, with the reasons of what was allowed if asked for."""
    pal = Palette(colour)
    about = catalogue()
    lines = []
    for version, found in results:
        for finding, reason in found:
            if reason and not everything:
                continue
            pos = finding.pos
            kind = "allowed" if reason else "lint"
            lines.append(f"{pal.bold}{version.file(pos)}:{pos.line}:{pos.col}:{pal.off} "
                         f"{pal.error}{kind}[{finding.id}]:{pal.off} "
                         f"{pal.bold}{finding.message}{pal.off}")
            text = version.line(pos).rstrip()
            if text:
                lines += [f"  {text}", " " * (pos.col + 1) + f"{pal.caret}^{pal.off}"]
            if reason:
                lines.append(f"  {pal.help}reason:{pal.off} {reason}")
            else:
                lines.append(f"  {pal.help}why:{pal.off} {about[finding.id]['why']}")
                lines.append(f"  {pal.help}help:{pal.off} {about[finding.id]['help']}")
    return "\n".join([*lines, _summary(results)]) + "\n"


def _summary(results: Results) -> str:
    judged = [j for _, found in results for j in found]
    open_ = [j for j in judged if not j.reason]
    tail = f"; `uapigen explain {open_[0].finding.id}` tells more" if open_ else ""
    return f"{count_of(len(open_), 'finding')}, {len(judged) - len(open_)} allowed{tail}"


def _entry(version: Version, judged: Judged, about: dict[str, dict[str, Any]]) -> dict[str, Any]:
    finding, reason = judged
    entry = {"id": finding.id, "title": about[finding.id]["title"], "element": finding.element,
             "file": version.file(finding.pos), "line": finding.pos.line,
             "column": finding.pos.col, "message": finding.message,
             "why": about[finding.id]["why"], "help": about[finding.id]["help"]}
    return {**entry, "reason": reason} if reason else entry


def render_json(results: Results) -> str:
    """Return one document with stable keys."""
    about = catalogue()
    both: dict[str, list[dict[str, Any]]] = {"findings": [], "allowed": []}
    for version, found in results:
        for judged in found:
            both["allowed" if judged.reason else "findings"].append(_entry(version, judged, about))
    return json.dumps(both, indent=2, ensure_ascii=False) + "\n"
