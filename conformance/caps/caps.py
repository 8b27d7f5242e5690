#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run the suite on the emulated adapter in each way to load the driver.

What a driver was loaded with decides which cases can run: the others say "not
supported".  caps.yaml lists the ways.  Every case must have passed in one of
them; those that none has run are tried with the default, and what is left
then must be listed as impossible.
"""
from __future__ import annotations

import argparse
import fnmatch
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import yaml

HERE = Path(__file__).parent
CHUNK = 200  # patterns of one command line
NOTHING_RAN = 77  # exit status


@dataclass
class Lane:
    """A way to load the driver and what came of it."""

    name: str
    why: str
    cap_mask: Optional[int] = None
    outcomes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    bad: bool = False


def command(build: Path, lane: Lane, jobs: int, report: Path, patterns: list[str]) -> list[str]:
    """Return the command line of one run."""
    emu = str(build / "bin/hfi1-emu")
    load = ["-p", f"cap_mask={lane.cap_mask:#x}"] if lane.cap_mask is not None else []
    which = [word for p in patterns for word in ("-t", p)]
    return [emu, "--units", "2", "--contexts", "16", *load, "run", "--",
            str(build / "bin/hfi1-conformance"),
            "--device", "/dev/hfi1_0", "--second-device", "/dev/hfi1_1",
            "--ctl", f"{emu} ctl", "--profile", "everything", "--jobs", str(jobs),
            "--report", "human", "--report", f"json:{report}", *which]


def read(lane: Lane, report: Path) -> None:
    """Add the verdicts of a report."""
    for line in report.read_text().splitlines():
        record: dict[str, Any] = json.loads(line)
        if record["type"] == "case":
            lane.outcomes[record["name"]] = record["outcome"]
            lane.reasons[record["name"]] = str(record.get("reason", ""))


def run(build: Path, lane: Lane, jobs: int, patterns: Optional[list[str]] = None) -> None:
    """Run the suite, or the cases that match, in one lane."""
    report = build / f"caps-{lane.name}.json"
    wanted = patterns or [""]
    for first in range(0, len(wanted), CHUNK):
        some = [p for p in wanted[first:first + CHUNK] if p]
        print(f"  CAPS    {lane.name}: {lane.why}", flush=True)
        done = subprocess.run(command(build, lane, jobs, report, some), check=False)
        lane.bad |= done.returncode not in (0, NOTHING_RAN)
        read(lane, report)


def passed(lanes: list[Lane]) -> set[str]:
    """Return the cases that passed somewhere."""
    return {name for lane in lanes for name in lane.outcomes if lane.outcomes[name] == "passed"}


def missing(lanes: list[Lane]) -> list[str]:
    """Return the cases that passed nowhere."""
    every = {name for lane in lanes for name in lane.outcomes}
    return sorted(every - passed(lanes))


def unexplained(lanes: list[Lane], never: list[dict[str, str]]) -> Iterator[str]:
    """Say which cases ran nowhere without a listed reason, and which reasons are stale."""
    left = missing(lanes)
    for name in left:
        if not any(fnmatch.fnmatchcase(name, entry["cases"]) for entry in never):
            yield f"{name} has run nowhere: {lanes[-1].reasons.get(name, 'not tried')}"
    for entry in never:
        if not fnmatch.filter(left, entry["cases"]):
            yield f"{entry['cases']} is listed as impossible, but is not"


def main() -> int:
    """Run all lanes and judge their union."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/gcc"))
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    listed = yaml.safe_load((HERE / "caps.yaml").read_text())
    lanes = [Lane(**variant) for variant in listed["variants"]]
    for lane in lanes:
        run(args.build, lane, args.jobs)
    plain = Lane("default", **listed["default"])
    run(args.build, plain, args.jobs, missing(lanes))
    lanes.append(plain)
    problems = list(unexplained(lanes, listed["never"]))
    problems += [f"the lane {lane.name} has failures" for lane in lanes if lane.bad]
    for problem in problems:
        print(f"caps: {problem}")
    names = {name for lane in lanes for name in lane.outcomes}
    print(f"caps: {len(lanes)} ways to load, {len(passed(lanes))} of {len(names)} cases passed, "
          f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
