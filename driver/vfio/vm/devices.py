#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tell what the suites of the kernel's own devices found, as a table.

Usage: devices.py KERNEL REPORT...

Each report is a suite's JSON; its name is the device's.
"""
from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def read(path: Path) -> tuple[dict[str, str], dict[str, Counter[str]]]:
    """The record of the run, and the outcomes of each group in its order."""
    run: dict[str, str] = {}
    groups: dict[str, Counter[str]] = {}
    for line in path.read_text().splitlines():
        record = json.loads(line)
        if record["type"] == "run":
            run = record
        elif record["type"] == "case":
            groups.setdefault(record["group"], Counter())[record["outcome"]] += 1
    return run, groups


def cell(count: Counter[str] | None) -> str:
    """Outcomes of a group in few words."""
    if not count:
        return "–"
    rest = [f"{n} {what}" for what, n in sorted(count.items()) if what != "passed"]
    return ", ".join([str(count["passed"]), *rest])


def table(kernel: str, reports: dict[str, Path]) -> str:
    """Groups down, devices across."""
    found = {name: read(path) for name, path in reports.items()}
    names = list(found)
    order = list(dict.fromkeys(g for _, groups in found.values() for g in groups))
    rows = [["cases"] + [f"{n}: {found[n][0]['driver']}" for n in names],
            ["---"] * (len(names) + 1)]
    rows += [[group] + [cell(found[n][1].get(group)) for n in names] for group in order]
    total: list[Counter[str]] = [sum(found[n][1].values(), Counter()) for n in names]
    rows.append(["**all**"] + [f"**{cell(count)}**" for count in total])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return f"Debian's kernel {kernel}; a number alone is of cases that passed.\n\n" + \
        "\n".join(lines) + "\n"


def main() -> int:
    """Read all, print one."""
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    reports = {Path(arg).stem: Path(arg) for arg in sys.argv[2:]}
    missing = [str(path) for path in reports.values() if not path.exists()]
    if missing:
        print(f"devices.py: {', '.join(missing)} not there: make test-vm-devices",
              file=sys.stderr)
        return 1
    print(table(sys.argv[1], reports), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
