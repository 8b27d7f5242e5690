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
import faults
import traces

Run = Callable[[], tuple[list[str], str]]


PAIR = (["{bin}/psm2-pair", "-n", "60", "-m", "200000"], "psm2-pair: ok")
ALLTOALL = (["mpirun", "-np", "4", "--mca", "mtl", "psm2", "{bin}/mpi-alltoall", "300"],
            "alltoall: 0 errors")
REMAPPED = {"psm2": (["{bin}/psm2-pair", "-n", "10", "-r"], "psm2-pair: ok"),
            "mpi": (["mpirun", "-np", "3", "--mca", "mtl", "psm2", "{bin}/mpi-ring", "10",
                     "1048576", "1"], "ring: 0 errors")}
"""Programs that unmap buffers which libpsm2 has registered."""


def start_traces(build: Path) -> dict[str, Run]:
    """The calls libpsm2 starts with, in all variants."""
    run = partial(traces.run_start, build)
    return {"trace/start": run,
            "trace/start-shared": partial(run, ["-s"], subctxts=2, contexts=1),
            "trace/start-without-sdma": partial(run, caps=["-SDMA"]),
            "trace/start-with-rtail": partial(run, caps=["+DMA_RTAIL"])}


def fault_tests(build: Path, long: bool) -> dict[str, Run]:
    """Faults under load; with MPI all of them take long."""
    tests: dict[str, Run] = {}
    for name, fault in faults.FAULTS.items():
        loads = {"psm2": PAIR}
        if long or name in ("link-flap", "freeze-by-chip"):
            loads["mpi"] = ALLTOALL
        for kind, (words, expect) in loads.items():
            command = [word.format(bin=build / "clients") for word in words]
            tests[f"fault/{kind}/{name}"] = partial(faults.run_fault, fault, build, command,
                                                    expect)
    kills, warm = (200, 20) if long else (8, 4)
    for kind, (words, expect) in REMAPPED.items():
        command = [word.format(bin=build / "clients") for word in words]
        tests[f"fault/{kind}/revoked-pages"] = partial(faults.run_revoke, build, command, expect)
    tests["fault/exhausted-contexts"] = partial(faults.run_exhaust, build)
    tests["fault/killed-ranks"] = partial(faults.run_kills, build, kills, warm)
    return tests


def all_tests(build: Path, long: bool) -> dict[str, Run]:
    """Tests by name."""
    plain = {case.name: partial(cases.run_case, case, build)
             for case in cases.CASES if long or not case.long}
    return {**start_traces(build), **plain, **fault_tests(build, long)}


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
