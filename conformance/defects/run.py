#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Seed defects into a copy of the driver and see whether the suite notices.

Each entry of defects.yaml replaces one piece of source.  The copy is built,
the suite runs against it until its first failure, and the source is put back.
A defect that no case catches is a hole in the suite and fails the run.
"""
from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

BUILD = "build/gcc"
PARTS = ["Makefile", "generator", "spec", "generated", "driver", "conformance"]
TARGETS = ["bin/hfi1-emu", "lib/libhfi1-emu.so", "bin/hfi1-conformance"]
CLEAN_LIMIT = 300
RUN_LIMIT = 240


@dataclass(frozen=True)
class Defect:
    """One replacement of source text."""

    id: str
    what: str
    file: str
    find: str
    replace: str
    hint: str  # patterns of cases that are tried first; any case may catch it

    def options(self) -> list[str]:
        """Return the suite's options that select the hinted cases."""
        return [word for pattern in self.hint.split() for word in ("-t", pattern)]


@dataclass
class Outcome:
    """What became of a defect."""

    defect: Defect
    caught_by: str
    seconds: float
    problem: str = ""
    missed: int = 0  # runs that did not notice it


class HarnessError(Exception):
    """The harness, not the suite, is at fault."""


def load(path: Path) -> list[Defect]:
    """Read the list and refuse duplicates and gaps."""
    items = yaml.safe_load(path.read_text(encoding="utf-8"))["defects"]
    defects = [Defect(hint="", **item) if "hint" not in item else Defect(**item) for item in items]
    seen: set[str] = set()
    for defect in defects:
        if defect.id in seen:
            raise HarnessError(f"{path}: defect '{defect.id}' is listed twice")
        seen.add(defect.id)
    return defects


def check(top: Path, defects: list[Defect]) -> None:
    """Refuse defects whose text is not in the source exactly once."""
    wrong = []
    for defect in defects:
        path = top / defect.file
        count = path.read_text(encoding="utf-8").count(defect.find) if path.is_file() else 0
        if count != 1:
            wrong.append(f"defect '{defect.id}': its text is {count} times in {defect.file}")
    if wrong:
        raise HarnessError("\n".join(wrong))


class Tree:
    """A copy of the sources that can be broken and mended."""

    def __init__(self, top: Path, where: Path) -> None:
        self.where = where
        where.mkdir(parents=True)
        for part in PARTS:
            source = top / part
            if source.is_dir():
                shutil.copytree(source, where / part, symlinks=True)
            else:
                shutil.copy2(source, where / part)
        if (top / BUILD).is_dir():  # what is built already need not be built again
            shutil.copytree(top / BUILD, where / BUILD, symlinks=True)

    def make(self) -> subprocess.CompletedProcess[str]:
        """Build the emulator and the suite."""
        return subprocess.run(
            ["make", *(f"{BUILD}/{target}" for target in TARGETS)],
            cwd=self.where, capture_output=True, text=True, timeout=CLEAN_LIMIT, check=False)

    def run(self, *options: str) -> tuple[int, str]:
        """Run the suite; exit status and the first failure."""
        report = self.where / "report.json"
        report.unlink(missing_ok=True)
        binary = self.where / BUILD / "bin"
        command = [str(binary / "hfi1-emu"), "--units", "2", "--contexts", "16", "run", "--",
                   str(binary / "hfi1-conformance"), "--second-device", "/dev/hfi1_1",
                   "--ctl", f"{binary / 'hfi1-emu'} ctl", "--exit-on-fail",
                   "--report", f"json:{report}", *options]
        try:
            done = subprocess.run(command, cwd=self.where, capture_output=True, text=True,
                                  timeout=RUN_LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return 1, "the run did not end"
        return done.returncode, first_failure(report) or done.stderr.strip()[-200:]


def first_failure(report: Path) -> str:
    """Return the name of the first case that did not end well."""
    bad = {"failed", "crashed", "timed out", "broken", "unexpected pass"}
    if not report.is_file():
        return ""
    for line in report.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record.get("type") == "case" and record["outcome"] in bad:
            return f"{record['name']} ({record['outcome']})"
    return ""


def noticed(status: int, failure: str) -> str:
    """Return what noticed the defect; a driver that dies is noticed as well."""
    if status in (0, 77):
        return ""
    if status == 2:
        raise HarnessError(f"the suite was called wrongly: {failure}")
    if status == 1:
        return failure
    return f"{failure}, and the emulator died (status {status})"


def judge(tree: Tree, defect: Defect, runs: int, start: float) -> Outcome:
    """Run the suite on a seeded tree, as often as asked."""
    caught = noticed(*tree.run(*defect.options())) if defect.hint else ""
    hinted = bool(caught)
    caught = caught or noticed(*tree.run())
    missed = 0
    for _ in range(runs - 1 if caught else 0):
        again = noticed(*tree.run(*(defect.options() if hinted else ())))
        if not again:
            missed += 1
    return Outcome(defect, caught, time.monotonic() - start, missed=missed)


def try_defect(tree: Tree, defect: Defect, runs: int) -> Outcome:
    """Seed one defect, look for a failure, mend the source."""
    path = tree.where / defect.file
    good = path.read_text(encoding="utf-8")
    start = time.monotonic()
    path.write_text(good.replace(defect.find, defect.replace), encoding="utf-8")
    try:
        built = tree.make()
        if built.returncode:
            return Outcome(defect, "", time.monotonic() - start,
                           "does not compile: " + (built.stderr or built.stdout).strip()[-400:])
        return judge(tree, defect, runs, start)
    except HarnessError as error:
        return Outcome(defect, "", time.monotonic() - start, str(error))
    finally:
        path.write_text(good, encoding="utf-8")


def worker(tree: Tree, runs: int, todo: "queue.Queue[Defect]", done: list[Outcome],
           lock: threading.Lock) -> None:
    """Try defects until there are none left."""
    while True:
        try:
            defect = todo.get_nowait()
        except queue.Empty:
            return
        outcome = try_defect(tree, defect, runs)
        with lock:
            done.append(outcome)
            show(outcome)


def show(outcome: Outcome) -> None:
    """Print one line of the table."""
    verdict = outcome.caught_by or outcome.problem or "NOT CAUGHT"
    if outcome.missed:
        verdict += f", BUT NOT BY {outcome.missed} FURTHER RUNS"
    print(f"{outcome.defect.id:<34} {outcome.seconds:5.1f} s  {verdict}", flush=True)


def prepare(top: Path, scratch: Path, count: int) -> list[Tree]:
    """Make the copies, build them, and see that the suite passes on them."""
    trees = [Tree(top, scratch / f"tree{i}") for i in range(count)]
    for tree in trees:
        built = tree.make()
        if built.returncode:
            raise HarnessError("the sources do not build: " + built.stderr[-2000:])
    status, failure = trees[0].run()
    if status:
        raise HarnessError(f"the suite fails without any defect: {failure}")
    return trees


def run_all(trees: list[Tree], defects: list[Defect], runs: int) -> list[Outcome]:
    """Try all defects, one at a time in each tree."""
    todo: "queue.Queue[Defect]" = queue.Queue()
    for defect in defects:
        todo.put(defect)
    done: list[Outcome] = []
    lock = threading.Lock()
    threads = [threading.Thread(target=worker, args=(t, runs, todo, done, lock)) for t in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--runs", type=int, default=1,
                        help="run the suite this often; each run must notice the defect")
    parser.add_argument("--only", help="ids, separated by commas")
    parser.add_argument("--check", action="store_true",
                        help="only see that every text is in the source once")
    return parser.parse_args()


def main() -> int:
    """Run the harness; 0 if every defect was caught."""
    options = arguments()
    here = Path(__file__).resolve().parent
    top = here.parent.parent
    try:
        defects = load(here / "defects.yaml")
        if options.only:
            defects = [d for d in defects if d.id in options.only.split(",")]
        check(top, defects)
        if options.check:
            print(f"defects: {len(defects)} listed, all apply")
            return 0
        with tempfile.TemporaryDirectory(prefix="hfi1-defects-") as scratch:
            trees = prepare(top, Path(scratch), max(1, options.jobs))
            done = run_all(trees, defects, options.runs)
    except HarnessError as error:
        print(f"defects: {error}", file=sys.stderr)
        return 2
    caught = sum(1 for outcome in done if outcome.caught_by and not outcome.missed)
    print(f"defects: {len(done)} seeded, {caught} caught")
    return 0 if caught == len(done) else 1


if __name__ == "__main__":
    sys.exit(main())
