# SPDX-License-Identifier: BSD-3-Clause
"""Other languages take what is generated for a spec with awkward names and types."""
from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXPECTED = Path(__file__).resolve().parents[1] / "golden/bindings/expected"


def test_python_loads_and_lays_out() -> None:
    program = """
import toyu
shape = toyu.toy_shape(high=0x1234, low=-2)
shape.body.words[0] = 1
setattr(shape, "in", 7)
assert bytes(shape).hex() == "07" "01000000" + "00" * 8 + "feff" "1234" "00000000", bytes(shape)
assert toyu.plain(shape)["body"]["whole"] == 1
assert toyu.COMMANDS["MOVE"].number == 0xc0205405
assert [c for _, c in toyu.explain("EBUSY")] != []
"""
    subprocess.run([sys.executable, "-B", "-c", program], cwd=EXPECTED / "python", check=True)


@pytest.mark.skipif(not shutil.which("rustc"), reason="rustc is not installed")
def test_rust_compiles_and_lays_out(tmp_path: Path) -> None:
    source = EXPECTED / "rust/toyu.rs"
    for kind in (["--crate-type", "lib"], ["--test"]):
        subprocess.run(["rustc", "--edition", "2021", "-D", "warnings", *kind, "-o",
                        tmp_path / "out", source], check=True)
    done = subprocess.run([tmp_path / "out"], check=True, capture_output=True, text=True)
    assert "1 passed; 0 failed" in done.stdout
