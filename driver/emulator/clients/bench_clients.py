#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""libfabric's psm2 on the emulated adapter beside its shm and tcp providers.

All of it in one run and with the same program, fi_pingpong; the providers take
turns so that what else the machine does meets all of them, and the best turn of
each counts: others measure the scheduler, as all of them poll.  What is reported
are ratios: absolute numbers say more about the machine.
"""
from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from cases import ENV, HERE
from emulator import Emulator

SIZES = ("64", "256", "1k", "4k", "16k", "64k", "256k", "1m", "4m")
"""Rows of the table, by fi_pingpong's names; it measures more."""
ENDPOINTS = {"psm2": "rdm", "shm": "rdm", "tcp": "msg"}
ROW = re.compile(r"^(\S+) +\d+ +=\d+ +\S+ +[\d.]+s +[\d.]+ +([\d.]+)", re.M)

Times = dict[str, float]
"""Microseconds per transfer, for each size."""


def measure(emu: Emulator, provider: str, rounds: int) -> Times:
    """One turn: all sizes."""
    result = emu.run([str(HERE / "pingpong.sh"), "-p", provider, "-e", ENDPOINTS[provider],
                      "-I", str(rounds), "-S", "all"], ENV, timeout=300)
    times = {name: float(usec) for name, usec in ROW.findall(result.out)}
    missing = [size for size in SIZES if size not in times]
    if result.code or missing:
        raise RuntimeError(f"{provider}: exit status {result.code}, no {', '.join(missing)}: "
                           f"{result.out}")
    return times


def best(turns: list[Times]) -> Times:
    """The shortest time of each size."""
    return {size: min(turn[size] for turn in turns) for size in SIZES}


def table(usec: dict[str, Times]) -> list[str]:
    """A row for each size: what psm2 needs, in times and parts of the others."""
    lines = ["| bytes | psm2, us | latency / shm | latency / tcp | bandwidth / shm "
             "| bandwidth / tcp |", "|---:|---:|---:|---:|---:|---:|"]
    for size in SIZES:
        mine, shm, tcp = (usec[name][size] for name in ("psm2", "shm", "tcp"))
        lines.append(f"| {size} | {mine:.1f} | {mine / shm:.2f} | {mine / tcp:.2f} "
                     f"| {shm / mine:.3f} | {tcp / mine:.3f} |")
    return lines


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/gcc"))
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=10)
    args = parser.parse_args()
    turns: dict[str, list[Times]] = {name: [] for name in ENDPOINTS}
    with Emulator(args.build.resolve()) as emu:
        for _ in range(args.turns):
            for name, times in turns.items():
                times.append(measure(emu, name, args.rounds))
    print(f"fi_pingpong, best of {args.turns} turns of {args.rounds} transfers, "
          f"{os.cpu_count()} processors:\n")
    print("\n".join(table({name: best(times) for name, times in turns.items()})))
    return 0


if __name__ == "__main__":
    sys.exit(main())
