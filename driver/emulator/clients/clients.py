#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run libpsm2, libfabric and Open MPI programs on the emulated adapter.

Each test has an emulator of its own.  A test passes when the program says so,
when the adapter was used the way the test is about, and when nothing is left
behind: no context, pinned page, descriptor or thread.
"""
from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cases

Run = Callable[[], tuple[list[str], str]]


def all_tests(build: Path, long: bool) -> dict[str, Run]:
    """Tests by name."""
    return {case.name: partial(cases.run_case, case, build)
            for case in cases.CASES if long or not case.long}


def run(name: str, test: Run, logs: Path) -> bool:
    """Run one and report."""
    begin = time.monotonic()
    try:
        why, out = test()
    except (OSError, RuntimeError, subprocess.SubprocessError) as err:
        why, out = [str(err)], ""
    log = logs / (name.replace("/", "-") + ".log")
    log.write_text(out)
    seconds = time.monotonic() - begin
    print(f"{'FAILED' if why else 'ok':7s}{name:42s} {seconds:6.1f} s", flush=True)
    for line in why:
        print(f"       {line}")
    if why:
        print("\n".join("       | " + line for line in out.splitlines()[-15:]))
        print(f"       all of it in {log}", flush=True)
    return not why


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/gcc"))
    parser.add_argument("--logs", type=Path, default=Path("build/log/clients"))
    parser.add_argument("--long", action="store_true", help="the tests that take minutes, too")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("pattern", nargs="?", default="", help="run what matches")
    args = parser.parse_args()
    tests = {name: test for name, test in all_tests(args.build.resolve(), args.long).items()
             if re.search(args.pattern, name)}
    if args.list:
        print("\n".join(tests))
        return 0
    args.logs.mkdir(parents=True, exist_ok=True)
    passed = sum(run(name, test, args.logs) for name, test in tests.items())
    failed = len(tests) - passed
    print(f"clients: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
