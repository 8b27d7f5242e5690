# SPDX-License-Identifier: BSD-3-Clause
"""Negative specs as annotated text.

negative/*.yaml hold cases, each begun by a line

    --- # NAME [base=device|root]

and followed by a part of a spec (see toyspec.py for what base means).  A line
with a mistake says so in a comment: `# ERROR E0802`, with a column `E0802@14`,
several ids where a line has several mistakes; `# ERROR(+2) E0004` speaks of
the line two below.  A case must give exactly what it says, no more, no less.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "negative"
_NOTE = re.compile(r"# ERROR(?:\(([+-]\d+)\))?((?: E\d{4}(?:@\d+)?)+)\s*$")
_HEAD = re.compile(r"--- # (\S+)(?: base=(\w+))?\s*$")


@dataclass
class Case:
    """A part of a spec and the mistakes it has."""

    file: str
    name: str
    base: str
    first: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The part, at the line numbers it has in its file."""
        return "\n" * self.first + "\n".join(self.lines) + "\n"

    def expected(self) -> list[tuple[int, str, int]]:
        """Return (line, id, column or 0) of the mistakes, sorted."""
        out = []
        for number, line in enumerate(self.lines, self.first + 1):
            found = _NOTE.search(line)
            if found is None:
                assert "ERROR" not in line, f"{self.file}:{number}: not understood"
                continue
            at = number + int(found.group(1) or 0)
            for note in found.group(2).split():
                ident, _, col = note.partition("@")
                out.append((at, ident, int(col or 0)))
        return sorted(out)


def cases() -> list[Case]:
    """Return all cases of all files."""
    out: list[Case] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        current: Case | None = None
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            head = _HEAD.match(line)
            if head is not None:
                current = Case(path.stem, head.group(1), head.group(2) or "", number)
                out.append(current)
            elif current is not None:
                current.lines.append(line)
            else:
                assert not line or line.startswith("#"), f"{path}:{number}: outside of a case"
    return out


def annotated_ids() -> set[str]:
    """Return every id that some case must give."""
    return {ident for case in cases() for _, ident, _ in case.expected()}
