#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Round trips of all installed uAPI headers: sweep.py [FOLDER...].

Prints what fails and the totals; fails if less than all of them pass.
"""
from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from roundtrip import Trip, trip  # noqa: E402

SYSTEM = Path("/usr/include")
FOLDERS = ("linux", "rdma", "drm", "sound", "misc", "scsi", "video", "mtd", "xen", "asm-generic")


def one(header: Path) -> Trip:
    """Judge one header; a crash is a failure like any other."""
    with tempfile.TemporaryDirectory(prefix="uapigen") as scratch:
        try:
            return trip(header, Path(scratch))
        except Exception as err:  # pylint: disable=broad-except
            return Trip(str(header), [f"crash: {err!r}"])


def main() -> int:
    """Run over the folders."""
    headers = sorted(h for f in sys.argv[1:] or FOLDERS for h in (SYSTEM / f).rglob("*.h"))
    start, wrong, lines, verbatim, judged = time.monotonic(), 0, 0, 0, 0
    with multiprocessing.Pool() as pool:
        for done in pool.imap(one, headers, chunksize=4):
            lines, verbatim = lines + done.lines, verbatim + done.verbatim
            judged += done.targets
            if done.wrong:
                wrong += 1
                print(f"{done.header}: " + "; ".join(done.wrong), flush=True)
    print(f"{len(headers) - wrong} of {len(headers)} headers come back the same, "
          f"{judged} comparisons; {verbatim} of {lines} lines of code verbatim "
          f"({100 * verbatim / max(lines, 1):.1f}%); {time.monotonic() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
