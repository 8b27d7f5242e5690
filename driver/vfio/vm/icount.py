#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tell how many instructions each command takes, of both drivers.

Reads what hfi1-icount printed in the two guests; prints a table.
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

import results


def read(path: Path) -> dict[str, int]:
    """Lines `icount NAME INSTRUCTIONS`."""
    if not path.exists():
        raise results.NoReport(f"{path} is not there: make icount")
    found = {}
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if len(words) == 3 and words[0] == "icount" and words[2].isdigit():
            found[words[1]] = int(words[2])
    if not found:
        raise results.NoReport(f"{path} has no counts: make icount")
    return found


def table(ours: dict[str, int], upstream: dict[str, int], kernel: str) -> str:
    """One row a call, and the smaller the ratio the better for ours."""
    out = results.cells("call", "our module", "upstream", "ratio") + "|---|---:|---:|---:|\n"
    for name in dict.fromkeys([*ours, *upstream]):
        a, b = ours.get(name), upstream.get(name)
        ratio = f"{a / b:.2f}" if a is not None and b else ""
        out += results.cells(name, *("none" if n is None else f"{n:,}" for n in (a, b)), ratio)
    return out + f"\nLinux {kernel}, one processor; `make icount` writes this table.\n"


def main() -> int:
    """Read both, print one."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--ours", type=Path, required=True)
    p.add_argument("--upstream", type=Path, required=True)
    p.add_argument("--kernel", required=True)
    args = p.parse_args()
    try:
        print(table(read(args.ours), read(args.upstream), args.kernel), end="")
    except results.NoReport as err:
        print(f"icount: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
