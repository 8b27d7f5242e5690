#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Regeneration time as a multiple of an interpreter that does nothing.

Usage: bench_generate.py SPEC [ROUNDS]

Each round runs, one after another, `python3 -c pass`, a cold generation into
an empty folder and a run that has nothing to do; the medians' ratios are
printed.
"""
from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

UAPIGEN = Path(__file__).parent / "bin" / "uapigen"


def seconds(command: list[str]) -> float:
    """Wall time of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def stamps(folder: Path) -> dict[Path, int]:
    """Modification times of all files below a folder."""
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def main(spec: str, rounds: int) -> None:
    """Measure and print."""
    times: dict[str, list[float]] = {"pass": [], "cold": [], "no-op": []}
    with tempfile.TemporaryDirectory() as tmp:
        out = Path(tmp) / "generated"
        generate = [sys.executable, str(UAPIGEN), "generate", spec, "-o", str(out)]
        for _ in range(rounds):
            times["pass"].append(seconds([sys.executable, "-c", "pass"]))
            shutil.rmtree(out, ignore_errors=True)
            times["cold"].append(seconds(generate))
            before = stamps(out)
            times["no-op"].append(seconds(generate))
            if stamps(out) != before:
                sys.exit("bench: a run with nothing to do wrote files")
    base = statistics.median(times["pass"])
    for name, values in times.items():
        middle = statistics.median(values)
        print(f"generate {name:6s} median {middle * 1e3:7.1f} ms, {middle / base:5.1f} x pass")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15)
