# SPDX-License-Identifier: BSD-3-Clause
"""Every seeded change is found, classified as it should be, and nothing else is said."""
from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from mutations import BASE, BASE_HEADER, Mutation, mutations  # noqa: E402

from uapigen.diff import report  # noqa: E402
from uapigen.diff.change import ABOUT, FATES, KINDS, Effect  # noqa: E402
from uapigen.diff.compare import compare  # noqa: E402
from uapigen.diff.versions import Version  # noqa: E402

CASES = mutations()


@pytest.fixture(name="bases", scope="module")
def _bases() -> dict[Path, Version]:
    return {BASE: Version(str(BASE)), BASE_HEADER: Version(str(BASE_HEADER), published="box.h")}


def test_there_are_many() -> None:
    assert len(CASES) >= 60 and len({c.name for c in CASES}) == len(CASES)
    seen = {effect for case in CASES for effect, _, _ in case.expected}
    assert seen == {e.value for e in Effect}


def test_every_kind_is_seeded() -> None:
    """A kind without a mutation is a kind that nobody has seen."""
    assert set(KINDS) == {kind for case in CASES for _, kind, _ in case.expected}


def test_every_effect_is_explained() -> None:
    assert set(ABOUT) == set(FATES) == set(report.STATUS) == set(Effect)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.file}-{c.name.replace(' ', '-')}")
def test_mutation(case: Mutation, bases: dict[Path, Version], tmp_path: Path) -> None:
    base, changed = bases[case.base], Version(str(case.write(tmp_path)))
    assert changed.spec is not None, changed.mistakes
    assert base.spec is not None
    changes = compare(base.spec, changed.spec)
    got = sorted((c.effect.value, c.kind, c.element) for c in changes)
    assert got == sorted(case.expected), report.render_human(base, changed, changes, False)
    text = report.render_human(base, changed, changes, False)
    assert all(f"{c.effect.value}[{c.kind}]: {c.text}" in text for c in changes)
    shown = json.loads(report.render_json(base, changed, changes))
    assert [c["kind"] for c in shown["changes"]] == [c.kind for c in changes]
    worst = max(changes, key=lambda c: c.effect.rank, default=None)
    assert shown["verdict"] == (worst.effect.value if worst else "compatible")


@pytest.mark.parametrize("header", [False, True])
def test_the_other_way_round_is_a_change_too(bases: dict[Path, Version], tmp_path: Path,
                                             header: bool) -> None:
    """What differs differs from both sides; only what is written differently does not."""
    for case in (c for c in CASES if (c.base == BASE_HEADER) == header):
        changed = Version(str(case.write(tmp_path)))
        base = bases[case.base]
        assert base.spec is not None and changed.spec is not None
        assert bool(compare(changed.spec, base.spec)) == bool(case.expected), case.name
