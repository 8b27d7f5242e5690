#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The emulated wire beside shared memory: half a round trip, as ratios.

Usage: bench.py BIN [ROUNDS]

Each round runs, one after another and between two processes each,

  memcpy    messages copied into shared memory and out of it (hfi1-perf)
  shm       fi_pingpong over libfabric's shm provider
  pio, sdma, expected
            hfi1-perf on the emulated adapter

and for each size the best of the rounds' means counts.  A round is short, so
that one that nothing else disturbed is among them.
"""
from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

SIZES = (64, 256, 1024, 4096, 65536, 1048576)  # those of fi_pingpong
WIRE = ("pio", "sdma", "expected")
MESSAGES = 100
UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}
PINGPONG = ["fi_pingpong", "-p", "shm", "-e", "rdm", "-I", str(MESSAGES)]
LIMIT_S = 60

Best = dict[tuple[str, int], float]


def note(best: Best, name: str, size: int, us: float) -> None:
    """Keep the smallest mean."""
    best[name, size] = min(us, best.get((name, size), us))


def emulated(programs: Path, best: Best) -> None:
    """One round of hfi1-perf."""
    perf = (f"{programs}/hfi1-perf --fork -t latency -m memcpy,{','.join(WIRE)} "
            f"-n {MESSAGES} -f csv")
    script = "; ".join(f"{perf} -s {size} || exit 1" for size in SIZES)
    done = subprocess.run([str(programs / "hfi1-emu"), "run", "--", "sh", "-c", script],
                          check=True, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S)
    for row in csv.reader(done.stdout.splitlines()):
        if row[5] == "mean_us":
            note(best, row[1], int(row[3]), float(row[6]))


def shm(best: Best) -> None:
    """One round of fi_pingpong; its client may not come before its server."""
    with subprocess.Popen(PINGPONG, stdout=subprocess.DEVNULL) as server:
        time.sleep(0.3)
        try:
            done = subprocess.run([*PINGPONG, "localhost"], check=True, stdout=subprocess.PIPE,
                                  text=True, timeout=LIMIT_S)
        except subprocess.SubprocessError:
            server.kill()
            raise
    for line in done.stdout.splitlines()[1:]:
        words = line.split()
        size = re.fullmatch(r"(\d+)([km]?)", words[0])
        if size and len(words) == 8:
            note(best, "shm", int(size[1]) * UNITS[size[2]], float(words[6]))


def table(best: Best, yardsticks: list[str]) -> str:
    """Microseconds of the yardsticks, and the wire as multiples of each."""
    pairs = [(name, by) for by in yardsticks for name in WIRE]
    rows = [["bytes", *(f"{by}, us" for by in yardsticks), *(f"{n} / {by}" for n, by in pairs)],
            ["---:"] * (1 + len(yardsticks) + len(pairs))]
    rows += [[str(size), *(f"{best[by, size]:.2f}" for by in yardsticks),
              *(f"{best[n, size] / best[by, size]:.1f}" for n, by in pairs)] for size in SIZES]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> int:
    """See above."""
    programs = Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with_shm = shutil.which(PINGPONG[0]) is not None
    best: Best = {}
    for _ in range(rounds):
        emulated(programs, best)
        if with_shm:
            shm(best)
    if not with_shm:
        print("without the shm provider: fi_pingpong is missing (package libfabric-bin)",
              file=sys.stderr)
    print(f"Half a round trip, best of {rounds} rounds of {MESSAGES} messages, "
          f"{os.cpu_count()} processors:\n")
    print(table(best, ["memcpy", "shm"] if with_shm else ["memcpy"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
