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
import re
import sys
from pathlib import Path

from cases import ENV, HERE
from emulator import Emulator

SIZES = {"64": "latency", "4096": "latency", "65536": "bandwidth", "1048576": "bandwidth"}
PROVIDERS = ("psm2", "shm", "tcp")
ROW = re.compile(r"^\S+ +\d+ +=\d+ +\S+ +[\d.]+s +[\d.]+ +([\d.]+)", re.M)


def measure(emu: Emulator, provider: str, size: str, rounds: int) -> float:
    """Microseconds per transfer."""
    endpoint = "rdm" if provider != "tcp" else "msg"
    result = emu.run([str(HERE / "pingpong.sh"), "-p", provider, "-e", endpoint, "-I", str(rounds),
                      "-S", size], ENV)
    found = ROW.search(result.out)
    if result.code or not found:
        raise RuntimeError(f"{provider}, {size} bytes: exit status {result.code}: {result.out}")
    return float(found[1])


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/gcc"))
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=10)
    args = parser.parse_args()
    with Emulator(args.build.resolve()) as emu:
        for size, what in SIZES.items():
            runs: dict[str, list[float]] = {name: [] for name in PROVIDERS}
            for _ in range(args.turns):
                for name in PROVIDERS:
                    runs[name].append(measure(emu, name, size, args.rounds))
            usec = {name: min(values) for name, values in runs.items()}
            report(int(size), what, usec)
    return 0


def report(size: int, what: str, usec: dict[str, float]) -> None:
    """One line per size: times as long, or the share of the bandwidth."""
    for other in ("shm", "tcp"):
        ratio = usec["psm2"] / usec[other]
        text = (f"{ratio:8.2f} times the latency of {other}" if what == "latency"
                else f"{1 / ratio:8.3f} of the bandwidth of {other}")
        print(f"psm2 on hfi1-emu, {size:8d} bytes: {text}   "
              f"({usec['psm2']:.1f} us, {usec[other]:.1f} us)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
