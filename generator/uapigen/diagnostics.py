# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes in a spec: how they are collected, ordered and shown."""
from __future__ import annotations

from typing import Any, Iterable, Optional


Entry = dict[str, Any]


class Source:
    """The text of one spec file.

    `path` is what the user can open; `name` depends on the spec alone (never
    on the folder uapigen was started in), so outputs may carry it.
    """

    __slots__ = ("path", "name", "text", "_lines")

    def __init__(self, path: str, name: str, text: str = "") -> None:
        self.path = path
        self.name = name
        self.text = text
        self._lines: Optional[list[str]] = None

    def line(self, number: int) -> str:
        """Return a line, counted from 1, without its end; empty beyond the end."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


class Mark:
    """A stretch of a line: what a diagnostic points at."""

    __slots__ = ("source", "line", "col", "length")

    def __init__(self, source: Source, line: int, col: int, length: int = 1) -> None:
        self.source = source
        self.line = line
        self.col = col
        self.length = length


class Diagnostic:
    """One mistake; `notes` point at other places that have a part in it."""

    __slots__ = ("id", "mark", "message", "help", "notes")

    def __init__(self, ident: str, mark: Mark, message: str, hint: str = "",
                 notes: Iterable[tuple[Mark, str]] = ()) -> None:
        self.id = ident
        self.mark = mark
        self.message = message
        self.help = hint
        self.notes = list(notes)

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order by place, so that output does not depend on the order of checks."""
        return (self.mark.source.path, self.mark.line, self.mark.col, self.id, self.message)

    def __repr__(self) -> str:
        mark = self.mark
        return f"{mark.source.path}:{mark.line}:{mark.col}: {self.id}: {self.message}"


class Sink:
    """Collects the mistakes of a run."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, int, int, str, str], Diagnostic] = {}

    def error(self, ident: str, mark: Mark, message: str, hint: str = "",
              notes: Iterable[tuple[Mark, str]] = ()) -> None:
        """Take note of a mistake; saying the same twice has no effect."""
        item = Diagnostic(ident, mark, message, hint, notes)
        self._items.setdefault(item.sort_key(), item)

    def sorted(self) -> list[Diagnostic]:
        """Return the mistakes in the order of the text."""
        return [self._items[key] for key in sorted(self._items)]

    def numbers(self) -> dict[str, int]:
        """Return how often each diagnostic occurs."""
        out: dict[str, int] = {}
        for item in self._items.values():
            out[item.id] = out.get(item.id, 0) + 1
        return out

    def drop(self, ident: str) -> None:
        """Forget all mistakes of a kind."""
        self._items = {key: item for key, item in self._items.items() if item.id != ident}

    def __len__(self) -> int:
        return len(self._items)


def _distance(left: str, right: str, limit: int) -> int:
    """Return the edit distance with swaps, or anything above `limit`."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice that `word` was most likely meant to be, or nothing."""
    limit = max(1, len(word) // 3)
    best = ""
    for choice in sorted(choices):
        if choice.lower() == word.lower():
            return choice
        if word and (choice.startswith(word + "_") or choice.endswith("_" + word)):
            best = best or choice
            continue
        distance = _distance(word.lower(), choice.lower(), limit)
        if distance <= limit:
            best, limit = choice, distance - 1
        if limit < 0:
            break
    return best


def count(size: int) -> str:
    """Return a number of bytes in words."""
    return f"{size} byte" if size == 1 else f"{size} bytes"


def count_of(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return a hint that names the nearest valid name, or nothing."""
    choice = nearest(word, choices)
    return f"did you mean `{choice}`?" if choice else ""


class Palette:
    """Escape sequences, empty when the output is no terminal."""

    def __init__(self, colour: bool) -> None:
        self.error = "\033[1;31m" if colour else ""
        self.bold = "\033[1m" if colour else ""
        self.caret = "\033[1;32m" if colour else ""
        self.help = "\033[1;36m" if colour else ""
        self.off = "\033[0m" if colour else ""


def _excerpt(mark: Mark, pal: Palette) -> list[str]:
    """Return the source line and a line that underlines the stretch."""
    text = mark.source.line(mark.line).rstrip()
    if not text:
        return []
    lead = text[:mark.col - 1]
    pad = "".join("\t" if c == "\t" else " " for c in lead).ljust(mark.col - 1)
    room = max(1, len(text) - mark.col + 1)
    under = "^" + "~" * (min(mark.length, room) - 1)
    return [f"  {text}", f"  {pad}{pal.caret}{under}{pal.off}"]


def render_human(items: list[Diagnostic], colour: bool = False) -> str:
    """Return the mistakes as a compiler would print them, with a summary."""
    pal = Palette(colour)
    lines = []
    for item in items:
        mark = item.mark
        place = f"{pal.bold}{mark.source.path}:{mark.line}:{mark.col}:{pal.off}"
        lines.append(f"{place} {pal.error}error[{item.id}]:{pal.off} "
                     f"{pal.bold}{item.message}{pal.off}")
        lines += _excerpt(mark, pal)
        for other, text in item.notes:
            lines.append(f"{other.source.path}:{other.line}:{other.col}: note: {text}")
            lines += _excerpt(other, pal)
        if item.help:
            lines.append(f"  {pal.help}help:{pal.off} {item.help}")
    if items:
        total = f"{len(items)} error{'s' if len(items) != 1 else ''}"
        first = items[0].id
        lines.append(f"{pal.bold}{total}{pal.off}; `uapigen explain {first}` tells more")
    return "\n".join(lines) + ("\n" if lines else "")


def _place(mark: Mark) -> Entry:
    return {"file": mark.source.path, "line": mark.line, "column": mark.col,
            "length": mark.length}


def render_json(items: list[Diagnostic]) -> str:
    """Return the mistakes for machines: one document, stable key order."""
    import json
    out = []
    for item in items:
        entry: Entry = {"id": item.id, "message": item.message}
        entry.update(_place(item.mark))
        if item.help:
            entry["help"] = item.help
        if item.notes:
            entry["notes"] = [{"message": text, **_place(mark)} for mark, text in item.notes]
        out.append(entry)
    return json.dumps({"errors": out}, indent=2, ensure_ascii=False) + "\n"
