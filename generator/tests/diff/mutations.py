# SPDX-License-Identifier: BSD-3-Clause
"""Seeded changes of an interface as annotated text.

*.txt hold mutations of base.yaml (header.txt: of base.h), each begun by `===
NAME`. Lines that begin with `- ` are taken out of the base, lines that begin
with `+ ` come to where the last of those before them stood, with its
indentation. `> CLASS KIND ELEMENT` says what must be reported; a mutation
gives exactly that, no more and no less. Lines to take out are found together
where they stand one behind the other, so that one which is not alone in the
base can be told by its neighbour.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
BASE = FOLDER / "base.yaml"
BASE_HEADER = FOLDER / "base.h"


@dataclass
class Hunk:
    """Lines that go and lines that come."""

    gone: list[str] = field(default_factory=list)
    come: list[str] = field(default_factory=list)


@dataclass
class Mutation:
    """A change and what must be said about it."""

    file: str
    name: str
    hunks: list[Hunk] = field(default_factory=list)
    expected: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def base(self) -> Path:
        """What is changed."""
        return BASE_HEADER if self.file == "header" else BASE

    def write(self, folder: Path) -> Path:
        """Write the changed file and return where."""
        path = folder / ("box.h" if self.file == "header" else "base.yaml")
        path.write_text(self.apply(self.base.read_text(encoding="utf-8")), encoding="utf-8")
        return path

    def apply(self, text: str) -> str:
        """Return the changed text."""
        lines = text.split("\n")
        for hunk in self.hunks:
            rest = hunk.gone
            while rest:
                at, count = self._find(lines, rest)
                rest = rest[count:]
                lead = lines[at][:len(lines[at]) - len(lines[at].lstrip())]
                lines[at:at + count] = [] if rest else [lead + line for line in hunk.come]
        return "\n".join(lines)

    def _find(self, lines: list[str], gone: list[str]) -> tuple[int, int]:
        """Return where as many as possible of these lines stand together, and how many do."""
        wanted = [line.strip() for line in gone]
        stripped = [line.strip() for line in lines]
        for count in range(len(wanted), 0, -1):
            found = [at for at in range(len(lines))
                     if stripped[at:at + count] == wanted[:count]]
            if found:
                assert len(found) == 1, f"{self.name}: {gone[0]} stands {len(found)} times"
                return found[0], count
        raise AssertionError(f"{self.file}: {self.name}: {gone[0]} is not in the base")


def _take(mutation: Mutation, line: str) -> None:
    if line.startswith("> "):
        effect, kind, element = line[2:].split(" ", 2)
        mutation.expected.append((effect, kind, element))
    elif line.startswith("- "):
        if not mutation.hunks or mutation.hunks[-1].come:
            mutation.hunks.append(Hunk())
        mutation.hunks[-1].gone.append(line[2:])
    else:
        assert line.startswith("+ "), f"{mutation.file}: {line}"
        mutation.hunks[-1].come.append(line[2:])


def mutations() -> list[Mutation]:
    """Return all mutations of all files."""
    out: list[Mutation] = []
    for path in sorted(FOLDER.glob("*.txt")):
        current: Mutation | None = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("=== "):
                current = Mutation(path.stem, line[4:])
                out.append(current)
            elif line and not line.startswith("#"):
                assert current is not None, f"{path}: {line}"
                _take(current, line)
    return out
