# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases: a folder each, with a spec and what back ends make of it.

The spec's first line names the back ends: `# backends: header driver`.
"""
from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from uapigen import emit, loader  # noqa: E402
from uapigen.model import Spec  # noqa: E402

_MARK = "# backends:"


def cases() -> list[str]:
    """Return the names of all cases."""
    return sorted(p.parent.name for p in HERE.glob("*/spec.yaml"))


def expected_folder(name: str) -> Path:
    """Return where the expected files of a case are."""
    return HERE / name / "expected"


def load(name: str) -> Spec:
    """Return the spec of a case, which has no mistakes."""
    spec, mistakes = loader.load(str(HERE / name / "spec.yaml"))
    assert spec is not None and not mistakes, mistakes
    return spec


def produce(name: str) -> dict[str, bytes]:
    """Return what the back ends of a case write now."""
    first = (HERE / name / "spec.yaml").read_text().splitlines()[0]
    assert first.startswith(_MARK), f"{name}/spec.yaml must start with {_MARK}"
    return emit.render_all(load(name), first.removeprefix(_MARK).split())


def expected(name: str) -> dict[str, bytes]:
    """Return what they are expected to write."""
    folder = expected_folder(name)
    paths = (p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}
