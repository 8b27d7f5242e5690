#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Put what was measured into a page: COMMAND | put.py PAGE NAME.

Replaces what stands between <!-- NAME: begin --> and <!-- NAME: end --> by
standard input, and shows it.  Nothing in means that the command failed: the page
stays as it is.
"""
from __future__ import annotations

import sys
from pathlib import Path


def put(page: str, name: str, text: str) -> str:
    """Return the page with that text between the marks of that name."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    head, found, rest = page.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no marks {begin.strip()} and {end.strip()}")
    return head + begin + text.rstrip("\n") + "\n" + end + tail


def main() -> int:
    """See above."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    path, text = Path(sys.argv[1]), sys.stdin.read()
    try:
        if not text.strip():
            raise ValueError("nothing to put there")
        path.write_text(put(path.read_text(), sys.argv[2], text))
    except (OSError, ValueError) as err:
        print(f"{path}: {err}", file=sys.stderr)
        return 1
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
