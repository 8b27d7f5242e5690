#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Regeneration time as a multiple of an interpreter that does nothing.

Usage: bench_generate.py SPEC [ROUNDS]

Each round runs, one after another,

  pass      python3 -c pass
  no store  a generation into an empty folder that loads the spec and runs
            every back end (--no-cache)
  store     a generation into an empty folder whose outputs the store has
  no-op     a generation that has nothing to do

and the ratios of the medians are printed.  Modules are byte-compiled, as they
are where uapigen is installed.
"""
from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

UAPIGEN = Path(__file__).parent / "bin" / "uapigen"
ABOUT = {
    "pass": "python3 -c pass",
    "no store": "everything, cold, without the store",
    "store": "everything, into an empty folder, from the store",
    "no-op": "nothing to do",
}


def stamps(folder: Path) -> dict[str, int]:
    """Modification times of all files below a folder."""
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns
            for p in folder.rglob("*") if p.is_file()}


class Bench:
    """Commands in an environment with a store of their own."""

    def __init__(self, spec: str, folder: Path) -> None:
        self.out = folder / "generated"
        self.generate = [sys.executable, str(UAPIGEN), "generate", spec, "-o", str(self.out)]
        self.env = {**os.environ, "UAPIGEN_CACHE": str(folder / "store")}
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.times: dict[str, list[float]] = {name: [] for name in ABOUT}

    def run(self, name: str, command: list[str]) -> None:
        """Take the time of a command that must succeed."""
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=self.env)
        self.times[name].append(time.perf_counter() - start)

    def fresh(self, name: str, *more: str) -> dict[str, int]:
        """Generate into an empty folder; return what was written."""
        shutil.rmtree(self.out, ignore_errors=True)
        self.run(name, [*self.generate, *more])
        return stamps(self.out)

    def round(self) -> None:
        """Run everything once, and see to it that it does what it says."""
        self.run("pass", [sys.executable, "-c", "pass"])
        made = self.fresh("no store", "--no-cache")
        before = self.fresh("store")
        if set(before) != set(made):
            sys.exit("bench: the store's outputs are not those of the back ends")
        self.run("no-op", self.generate)
        if stamps(self.out) != before:
            sys.exit("bench: a run with nothing to do wrote files")


def main(spec: str, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as tmp:
        bench = Bench(spec, Path(tmp))
        bench.round()  # fills the store and the byte code: not counted
        bench.times = {name: [] for name in ABOUT}
        for _ in range(rounds):
            bench.round()
    base = statistics.median(bench.times["pass"])
    for name, values in bench.times.items():
        middle = statistics.median(values)
        print(f"generate: {ABOUT[name]:50s} median {middle * 1e3:7.1f} ms, "
              f"{middle / base:5.1f} x pass")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15)
