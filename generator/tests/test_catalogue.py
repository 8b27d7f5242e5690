# SPDX-License-Identifier: BSD-3-Clause
"""The catalogue of diagnostics is complete, and its examples are true."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from negative import annotated_ids
from toyspec import GENERATOR, load

from uapigen import errors
from uapigen.context import EXEMPTIBLE

# What lint reports is tested in lint/.
CATALOGUE = {i: e for i, e in errors.catalogue().items() if i.startswith("E")}
RUNNABLE = [ident for ident, entry in CATALOGUE.items() if not entry.get("plain")]
# Mistakes that cannot be written as a part of a spec; test_files.py makes them.
OUTSIDE = {"E0001", "E0002"}


def ids_in_sources() -> set[str]:
    """Return every id that the front end can report."""
    found: set[str] = set()
    for path in (GENERATOR / "uapigen").glob("*.py"):
        found |= set(re.findall(r'"(E\d{4})"', path.read_text(encoding="utf-8")))
    return found


def test_every_reported_id_is_explained() -> None:
    assert ids_in_sources() == set(CATALOGUE)


def test_every_id_has_a_negative_test() -> None:
    assert set(CATALOGUE) - annotated_ids() == OUTSIDE


def test_exemptible_ids_are_marked() -> None:
    marked = {ident for ident, entry in CATALOGUE.items() if entry.get("exempt")}
    assert marked == EXEMPTIBLE


@pytest.mark.parametrize("ident", CATALOGUE)
def test_entry_is_whole(ident: str) -> None:
    entry: dict[str, Any] = CATALOGUE[ident]
    assert set(entry) <= {"title", "text", "wrong", "right", "base", "plain", "exempt"}
    assert entry["title"] and not entry["title"].endswith(".")
    assert len(entry["title"]) < 60
    assert entry["text"].strip().endswith(".")
    assert entry["wrong"].strip() != entry["right"].strip()
    text = errors.explain(ident)
    assert text is not None and text.startswith(f"{ident}: {entry['title']}\n")
    assert errors.explain(ident.lower()) == text


@pytest.mark.parametrize("ident", RUNNABLE)
def test_wrong_example_is_wrong(ident: str, tmp_path: Path) -> None:
    """The example gives this diagnostic and no other."""
    entry = CATALOGUE[ident]
    spec, items = load(tmp_path, entry["wrong"], entry.get("base", ""))
    assert spec is None
    assert {item.id for item in items} == {ident}, items


@pytest.mark.parametrize("ident", RUNNABLE)
def test_right_example_is_right(ident: str, tmp_path: Path) -> None:
    """The corrected example is not only without this diagnostic but sound."""
    entry = CATALOGUE[ident]
    spec, items = load(tmp_path, entry["right"], entry.get("base", ""))
    assert not items
    assert spec is not None
