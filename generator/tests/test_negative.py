# SPDX-License-Identifier: BSD-3-Clause
"""Every annotated mistake is found where it is, and nothing else is."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from negative import Case, cases
from toyspec import load

from uapigen.diagnostics import render_human, render_json

CASES = cases()


def test_there_are_many() -> None:
    """Guard against a runner that finds no cases."""
    assert len(CASES) >= 120


def test_names_are_unique() -> None:
    names = [(case.file, case.name) for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.file}-{c.name}")
def test_case(case: Case, tmp_path: Path) -> None:
    spec, items = load(tmp_path, case.text, case.base)
    expected = case.expected()
    assert expected, "the case expects nothing"
    assert spec is None
    got = sorted((item.mark.line, item.id, item.mark.col) for item in items)
    columns = {(line, ident): col for line, ident, col in expected}
    shown = sorted((line, ident, col if columns.get((line, ident)) else 0)
                   for line, ident, col in got)
    assert shown == expected, render_human(items)
    own = "root.yaml" if case.base == "root" else "case.yaml"
    assert {Path(item.mark.source.path).name for item in items} == {own}
    text = render_human(items)
    assert all(f"error[{ident}]" in text for _, ident, _ in expected)
    assert len(json.loads(render_json(items))["errors"]) == len(items)
