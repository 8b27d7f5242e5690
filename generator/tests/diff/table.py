#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints every seeded change with what `uapigen diff` says about it.

The last line counts; the exit status is 1 if a change was not classified as
its annotation demands.
"""
from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from mutations import BASE, BASE_HEADER, mutations  # noqa: E402

from uapigen.diff.change import Effect  # noqa: E402
from uapigen.diff.compare import compare  # noqa: E402
from uapigen.diff.versions import Version  # noqa: E402


def main() -> int:
    """Print the table."""
    bases = {BASE: Version(str(BASE)), BASE_HEADER: Version(str(BASE_HEADER), published="box.h")}
    right = 0
    cases = mutations()
    print(f"{'seeded change':62}  {'verdict':16}{'changes':>8}  right")
    for case in cases:
        with tempfile.TemporaryDirectory() as tmp:
            changed = Version(str(case.write(Path(tmp))))
        base = bases[case.base]
        assert base.spec is not None and changed.spec is not None, changed.mistakes
        changes = compare(base.spec, changed.spec)
        worst = max((c.effect for c in changes), key=lambda e: e.rank, default=Effect.COMPATIBLE)
        same = sorted((c.effect.value, c.kind, c.element) for c in changes) \
            == sorted(case.expected)
        right += same
        print(f"{case.name:62}  {worst.value:16}{len(changes):8}  {'yes' if same else 'NO'}")
    print(f"mutations: {len(cases)} seeded, {right} classified as they should be")
    return 0 if right == len(cases) else 1


if __name__ == "__main__":
    sys.exit(main())
