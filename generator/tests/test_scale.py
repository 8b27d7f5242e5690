# SPDX-License-Identifier: BSD-3-Clause
"""Twice the spec takes twice the work."""
from __future__ import annotations

import sys
from pathlib import Path

import pytest
from toyspec import GENERATOR

sys.path.insert(0, str(GENERATOR))

import bench_scale  # noqa: E402

from uapigen import loader  # noqa: E402


def test_made_up_spec_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "syn.yaml"
    path.write_text(bench_scale.spec(300))
    spec, mistakes = loader.load(str(path))
    assert spec is not None, mistakes
    assert (len(spec.commands), len(spec.structs)) == (300, 600)


def test_growth_is_linear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_scale, "ROUNDS", 2)
    small, large = (bench_scale.measure(n, tmp_path) for n in (150, 600))
    # Four times the spec; what every run costs makes the factor smaller.
    assert large[0] / small[0] < 6
    assert large[1] / small[1] < 6
