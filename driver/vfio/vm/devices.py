#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write what the suites of the kernel's own devices found into docs/devices.md.

Usage: devices.py KERNEL REPORT...

Each report is a suite's JSON; its name is the device's.  The part of the page
between the two marks is replaced.
"""
from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

PAGE = Path("docs/devices.md")
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


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
    """Replace the marked part of the page."""
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    reports = {Path(arg).stem: Path(arg) for arg in sys.argv[2:]}
    missing = [str(path) for path in reports.values() if not path.exists()]
    if missing:
        print(f"devices.py: {', '.join(missing)} not there: make test-vm-devices",
              file=sys.stderr)
        return 1
    head, _, rest = PAGE.read_text().partition(BEGIN)
    tail = rest.partition(END)[2]
    PAGE.write_text(f"{head}{BEGIN}\n{table(sys.argv[1], reports)}{END}{tail}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
