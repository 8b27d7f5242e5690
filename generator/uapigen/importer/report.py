# SPDX-License-Identifier: BSD-3-Clause
"""Tells what an import brought, and what it could only keep."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uapigen.importer import Imported

_COUNTED = ("constants", "flags", "enums", "structs", "typedefs", "ioctls", "macros", "functions")


def counts(done: "Imported") -> dict[str, int]:
    """Return how many definitions of each kind there are."""
    return {name: len(getattr(done.spec, name)) for name in _COUNTED}


def as_json(done: "Imported") -> str:
    """Return the report for machines."""
    out = {"header": done.path, "code_lines": done.lines, "verbatim_lines": done.verbatim,
           "definitions": counts(done), "accepted": done.spec.accepted, "notes": done.notes}
    return json.dumps(out, indent=2) + "\n"


def as_text(done: "Imported") -> str:
    """Return the report for people."""
    share = 100 * done.verbatim / done.lines if done.lines else 0
    found = ", ".join(f"{n} {name}" for name, n in counts(done).items() if n)
    lines = [f"{done.path}: {found or 'nothing defined'}",
             f"{done.lines} lines of code, {done.verbatim} of them verbatim ({share:.1f}%)"]
    lines += [f"  {note}" for note in done.notes]
    if done.spec.accepted:
        still = ", ".join(f"{ident} {n} times" for ident, n in done.spec.accepted.items())
        lines.append(f"accepted until somebody reviews it: {still}")
    return "\n".join(lines) + "\n"
