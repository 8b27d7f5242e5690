# SPDX-License-Identifier: BSD-3-Clause
"""Makes complete little specs out of the parts that tests are about."""
from __future__ import annotations

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GENERATOR = HERE.parent
REPO = GENERATOR.parent
sys.path.insert(0, str(GENERATOR))

from uapigen import loader  # noqa: E402
from uapigen.diagnostics import Diagnostic  # noqa: E402
from uapigen.model import Spec  # noqa: E402

TOY = HERE / "toy"


def write_spec(folder: Path, part: str, base: str = "") -> Path:
    """Write a spec that includes `part` as case.yaml; return its root file.

    base: "" nothing else, "device" the toy device too, "root" the part is the
    root file itself.
    """
    root = folder / "root.yaml"
    if base == "root":
        root.write_text(part, encoding="utf-8")
        return root
    head = (TOY / "root.yaml").read_text(encoding="utf-8")
    if base == "device":
        shutil.copy(TOY / "device.yaml", folder)
    else:
        head = head.replace("[device.yaml, case.yaml]", "[case.yaml]")
    root.write_text(head, encoding="utf-8")
    (folder / "case.yaml").write_text(part, encoding="utf-8")
    return root


def load(folder: Path, part: str, base: str = "") -> tuple[Spec | None, list[Diagnostic]]:
    """Load a little spec."""
    return loader.load(str(write_spec(folder, part, base)))


def load_good(folder: Path, part: str, base: str = "") -> Spec:
    """Load a little spec that must be without a mistake."""
    spec, items = load(folder, part, base)
    assert spec is not None and not items, items
    return spec
