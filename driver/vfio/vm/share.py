# SPDX-License-Identifier: BSD-3-Clause
"""Deal the groups of a plan out to guests so that all end at about one time."""
from __future__ import annotations

import argparse
import json
import shlex
from collections import Counter
from pathlib import Path

# Seconds of the groups that count, where no earlier run tells.
COSTS = {"write": 50.0, "model": 50.0, "eager": 40.0, "concurrency": 28.0, "faults": 24.0,
         "mmap": 23.0, "lifetime": 21.0, "send-faults": 18.0, "encoding": 16.0, "pairs": 15.0,
         "outputs": 14.0, "dispatch": 12.0, "checks": 9.0, "mappings": 8.0, "data": 8.0}
# Groups with cases about two units.  A guest with two adapters is slower.
TWO_UNITS = {"across", "contexts", "stress"}
A_CASE = 0.1
WORTH_IT = 60.0
"""Seconds of cases below which another guest costs more than it saves."""


def group(name: str) -> str:
    """Of a case: what stands before the first dot."""
    return name.partition(".")[0]


def costs(report: Path) -> dict[str, float]:
    """Seconds each group took in the last run, or what is known here."""
    if not report.exists():
        return COSTS
    seconds: Counter[str] = Counter()
    for line in report.read_text(errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if record.get("type") == "case" and "seconds" in record:
            seconds[group(record["name"])] += record["seconds"]
    return {**COSTS, **seconds}


def units(names: set[str]) -> int:
    """Adapters that a guest with these groups has."""
    return 2 if names & TWO_UNITS else 1


def deal(plan: list[str], known: dict[str, float], guests: int) -> list[set[str]]:
    """The dearest first, each to the guest that has least to do.

    Groups that want two units stay together.
    """
    cases = Counter(group(name) for name in plan)
    cost = {name: known.get(name, n * A_CASE) for name, n in cases.items()}
    lots = [{name} for name in cost if name not in TWO_UNITS]
    if set(cost) & TWO_UNITS:
        lots.append(set(cost) & TWO_UNITS)
    guests = max(1, min(guests, len(lots), int(sum(cost.values()) / WORTH_IT)))
    shares: list[set[str]] = [set() for _ in range(guests)]
    load = [0.0] * guests
    for lot in sorted(lots, key=lambda names: (-sum(cost[n] for n in names), min(names))):
        least = load.index(min(load))
        shares[least] |= lot
        load[least] += sum(cost[n] for n in lot)
    return shares


def options(text: str, groups: set[str]) -> str:
    """The suite's options with these groups instead of those they name."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-g", "--group", action="append")
    rest = parser.parse_known_args(shlex.split(text))[1]
    for name in sorted(groups):
        rest += ["-g", name]
    return shlex.join(rest)
