# SPDX-License-Identifier: BSD-3-Clause
"""Finds runs of single-bit macros, which are sets of flags."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterator, Optional, Sequence

from uapigen.importer.facts import Facts
from uapigen.importer.nodes import Define
from uapigen.model import FlagEntry, Flags
from uapigen.reader import C_KEYWORDS, CXX_KEYWORDS

_SHIFT = re.compile(r"\(\s*1([uUlL]*)\s*<<\s*([0-9]+)\s*\)\Z")
_HEX = re.compile(r"0x([0-9a-fA-F]+)([uUlL]*)\Z")
_PATTERN = re.compile(r"([^{}]*(?:<<\s*|\b(?:_BITUL|_BITULL|BIT|BIT_ULL)\())([0-9]+)(\s*\)*)\Z")
_ONE = re.compile(r"[(\s]*(?:\(\s*\w+\s*\)\s*)?1[uUlL]*\s*<<\s*|(?:_BITULL?|BIT|BIT_ULL)\(")
_SUFFIXES = ("", "U", "UL", "ULL")
_LEAST = 3


@dataclass(slots=True)
class Style:
    """How a bit is spelled."""

    spelling: str
    suffix: str = ""
    digits: int = 0
    pattern: str = ""


@dataclass(slots=True)
class Run:
    """Consecutive macros that are one set of flags."""

    flags: Flags


def _bit(define: Define) -> Optional[tuple[Style, int]]:
    """Return how and which bit a macro spells."""
    found = _SHIFT.match(define.text)
    if found and found.group(1) in _SUFFIXES and int(found.group(2)) < 64:
        return Style("shift", found.group(1)), int(found.group(2))
    found = _PATTERN.match(define.text)
    if found and int(found.group(2)) < 64 and _ONE.fullmatch(found.group(1)) \
            and str(int(found.group(2))) == found.group(2):
        return (Style("pattern", pattern=f"{found.group(1)}{{}}{found.group(3)}"),
                int(found.group(2)))
    found = _HEX.match(define.text)
    if found and found.group(2) in _SUFFIXES:
        value = int(found.group(1), 16)
        if value and not value & (value - 1):
            return Style("hex", found.group(2), len(found.group(1))), value.bit_length() - 1
    return None


def _spelled(style: Style, bit: int, define: Define) -> bool:
    """Tell whether a bit in the style of its set is spelled as in the header."""
    if style.spelling != "hex":
        return True
    return define.text == f"0x{1 << bit:0{style.digits or 1}x}{style.suffix}"


def _fits(run: list[tuple[Define, Style, int]], define: Define, style: Style, bit: int) -> bool:
    """Tell whether a macro goes on with a run."""
    if not run:
        return True
    last, first = run[-1], run[0][1]
    if style.spelling == "hex":
        first = Style("hex", first.suffix, first.digits)
        same = style.suffix == first.suffix and (
            style.digits == first.digits or _free(run, style))
        return same and first.spelling == run[0][1].spelling and bit > last[2] and bool(
            _prefix([d.name for d, _, _ in run] + [define.name]))
    return (style.spelling, style.suffix, style.pattern) == (
        first.spelling, first.suffix, first.pattern) and bit > last[2] and bool(
            _prefix([d.name for d, _, _ in run] + [define.name]))


def _free(run: list[tuple[Define, Style, int]], style: Style) -> bool:
    """Tell whether hex values are written without leading zeros."""
    every = [*((s.digits, b) for _, s, b in run)]
    return all(digits == (bit // 4) + 1 for digits, bit in every) and style.digits > 0


def _prefix(names: list[str]) -> str:
    """Return the common beginning of names, up to an underscore."""
    first, last = min(names), max(names)
    count = next((n for n, (a, b) in enumerate(zip(first, last)) if a != b),
                 min(len(first), len(last)))
    stem = first[:count]
    stem = stem[:stem.rfind("_") + 1]
    if any(name == stem or not re.fullmatch(r"\w+", name[len(stem):]) for name in names):
        return ""
    return stem if len(stem) > 2 else ""


def _close(run: list[tuple[Define, Style, int]], taken: set[str]) -> Optional[Run]:
    """Make a set of flags of a run, if it is one."""
    if len(run) < _LEAST:
        return None
    names = [d.name for d, _, _ in run]
    prefix = _prefix(names)
    style = run[0][1]
    digits = 0
    if style.spelling == "hex":
        widths = {s.digits for _, s, _ in run}
        digits = widths.pop() if len(widths) == 1 else 1
        style = Style("hex", style.suffix, digits)
        if sum(1 for n, (_, _, b) in enumerate(run) if n == 0 or b == run[n - 1][2] + 1) \
                < len(run) - 1 and len(run) < 5:
            return None  # powers of two, but hardly bits
    if not prefix or not all(_spelled(style, b, d) for d, _, b in run):
        return None
    name = prefix.rstrip("_").lower()
    if name in taken or name in C_KEYWORDS | CXX_KEYWORDS:
        name = names[0].lower()
    taken.add(name)
    first = run[0][0]
    entries = [FlagEntry(d.name[len(prefix):], d.name, b, d.doc, d.pos) for d, _, b in run]
    doc = ""
    if first.doc != first.behind:
        doc = first.doc.removesuffix(first.behind).strip("\n")
        entries[0].doc = first.behind
    return Run(Flags(name, entries, style.spelling, style.suffix, doc, first.pos,
                     digits=digits if digits > 1 else 0, pattern=style.pattern))


def find_flags(nodes: Sequence[Any], facts: Facts) -> Iterator[Any]:
    """Yield the nodes of a body, runs of flags made one."""
    run: list[tuple[Define, Style, int]] = []
    taken: set[str] = set()

    def finish() -> Iterator[Any]:
        made = _close(run, taken)
        if made is not None:
            yield made
        else:
            yield from (d for d, _, _ in run)
        run.clear()
    for node in nodes:
        found = _bit(node) if isinstance(node, Define) and node.params is None \
            and facts.unique(node.name) else None
        if found is None:
            yield from finish()
            yield node
            continue
        style, bit = found
        leads = node.doc != node.behind
        if not _fits(run, node, style, bit) or (run and leads and "\n" in node.doc):
            yield from finish()
        run.append((node, style, bit))
    yield from finish()
