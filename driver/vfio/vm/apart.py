# SPDX-License-Identifier: BSD-3-Clause
"""Run cases that hurt a kernel, each in a guest of its own.

What happened there is the result: the kernel ended, hangs, complained, or
something is left behind.  The spec has to know each of them as a deviation of
the driver, and a case that does no harm any more has to leave the list.
"""
from __future__ import annotations

import fnmatch
import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import initramfs
import lanes
import machine as vm
import share
import suite

STALL = 30.0
FREE = "/sys/class/infiniband/hfi1_0/nfreectxts"
COMMAND = """\
stty -F /dev/ttyS3 raw
before=$(cat {free})
hfi1-conformance --color never --allow-missing {second} \
--repeat 30 --report json:/dev/ttyS3 -t '{case}'
status=$?
echo "contexts $before $(cat {free})"
exit $status
"""


@dataclass
class Rule:
    """A line of the list: cases and why they are on it."""

    pattern: str
    reason: str


def rules(path: Path) -> list[Rule]:
    """The list, in the format of the suite's --skip."""
    found = []
    for line in path.read_text().splitlines():
        pattern, _, reason = line.split("#")[0].partition(":")
        if pattern.strip():
            found.append(Rule(pattern.strip(), reason.strip()))
    return found


def plain(text: str) -> str:
    """A kernel's line without what differs from run to run."""
    text = re.sub(r"^\[[ .0-9]+\] ", "", text.strip())
    text = re.sub(r"CPU: \d+ PID: \d+ ", "", text)
    text = re.sub(r"(for|at) address:? [0-9a-fx]+", "", text)
    text = re.sub(r" 0x[0-9a-f]{9,}", "", text)
    text = re.sub(r"\+0x[0-9a-f]+/0x[0-9a-f]+", "()", text)
    text = re.sub(r"\.(constprop|isra|part|cold)(\.\d+)?(?=\()", "", text)
    text = re.sub(r" (\[#\d+\] )?(PREEMPT |SMP |NOPTI|PTI)+", " ", text)
    return re.sub(r" +", " ", text).strip(" :")


def contexts_lost(output: str) -> int:
    """How many contexts were free before and are not any more."""
    found = re.search(r"^contexts (\d+) (\d+)", output, re.M)
    return int(found.group(1)) - int(found.group(2)) if found else 0


@dataclass
class Finding:
    """What one case did to its guest."""

    name: str
    reason: str
    verdict: dict[str, object]
    events: list[str]
    broken: str = ""

    def text(self) -> str:
        """One sentence."""
        if self.broken:
            return self.broken
        if self.events:
            return "; ".join(self.events)
        if "actual" in self.verdict:
            return f"no harm seen; {self.verdict['actual']} for {self.verdict['expected']}"
        told = str(self.verdict.get("text", "")).splitlines()
        return told[0] if told else str(self.verdict.get("outcome", "no verdict"))


class Apart:
    """The list of one driver, guest after guest."""

    def __init__(self, judge: suite.Judge, listed: list[Rule], model: Path) -> None:
        self.judge = judge
        self.listed = listed
        known = json.loads(model.read_text())["deviations"].values()
        self.known = {pattern: d["id"] for d in known if d["driver"] == "hfi1"
                      for pattern in d["cases"]}

    def cases(self) -> list[tuple[str, str]]:
        """Name and reason of each, in the order of the suite."""
        found = []
        for name in self.judge.plan():
            reason = next((r.reason for r in self.listed
                           if fnmatch.fnmatchcase(name, r.pattern)), None)
            if reason is not None:
                found.append((name, reason))
        return found

    def image(self, lane: lanes.Lane, name: str) -> bytes:
        """A guest that runs one case."""
        units = share.units({share.group(name)})
        command = COMMAND.format(free=FREE, case=name, second=lane.second(units))
        return initramfs.build(
            self.judge.cache, suite.INIT, lane.modules,
            [*self.judge.programs, self.judge.suite],
            {**lane.settings(units), "command": command})

    def try_one(self, machine: vm.Machine, lane: lanes.Lane, name: str, reason: str) -> Finding:
        """Boot, run, look at what is left."""
        end = vm.boot(replace(machine, units=share.units({share.group(name)})), lane,
                      self.image(lane, name))
        finding = Finding(name, reason, verdict(end.guest.report, name), [])
        if end.died:
            finding.events.append(plain(end.why))
            end.guest.keep(f"apart-{name}")
        elif end.why:
            finding.broken = end.why
        else:
            finding.events += events(end.guest, lane)
        return finding

    def outcome(self, finding: Finding) -> str:
        """As the suite would name it."""
        verdict_of = finding.verdict.get("outcome")
        if finding.broken:
            return "broken"
        if not finding.events and verdict_of in ("passed", None):
            return "skipped" if finding.reason.startswith("sometimes") else "unexpected pass"
        if not finding.events and verdict_of in ("skipped", "not supported"):
            return str(verdict_of)
        known = any(fnmatch.fnmatchcase(finding.name, p) for p in self.known)
        return "deviation" if known else "failed"

    def findings(self, machine: vm.Machine, lane: lanes.Lane) -> Iterator[Finding]:
        """In the order of the suite, though several guests run side by side."""
        places: SimpleQueue[str] = SimpleQueue()
        for n in range(self.judge.guests):
            places.put(f"-{n + 1}" if n else "")

        def at_a_place(case: tuple[str, str]) -> Finding:
            place = places.get()
            try:
                return self.try_one(replace(machine, part=place), lane, *case)
            finally:
                places.put(place)

        with ThreadPoolExecutor(self.judge.guests) as pool:
            try:
                yield from pool.map(at_a_place, self.cases())
            finally:
                machine.stop.set()
                pool.shutdown(cancel_futures=True)

    def run(self, machine: vm.Machine, lane: lanes.Lane) -> int:
        """All of them; the totals come last."""
        machine.stall = STALL
        machine.quiet = True
        report = machine.logs / f"{lane.name}-apart.json"
        machine.logs.mkdir(parents=True, exist_ok=True)
        report.write_text(suite.lane_record(machine, lane, "make test-upstream-apart") + "\n")
        count: Counter[str] = Counter()
        for finding in self.findings(machine, lane):
            name, reason = finding.name, finding.reason
            outcome = self.outcome(finding)
            count[outcome] += 1
            print(f"{outcome:12s} {name}: {finding.text()}", flush=True)
            with report.open("a") as out:
                out.write(json.dumps({
                    "type": "case", "name": name, "outcome": outcome, "reason": reason,
                    "events": finding.events, "text": finding.text()}) + "\n")
        print(suite.totals(count))
        return 1 if any(count[bad] for bad in suite.BAD) else 0


def verdict(report: Path, name: str) -> dict[str, object]:
    """What the suite said of the case before its kernel ended, if it did."""
    if report.exists():
        for line in report.read_text(errors="replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if record.get("type") == "case" and record.get("name") == name:
                return dict(record)
    return {}


def events(guest: vm.Guest, lane: lanes.Lane) -> list[str]:
    """What a kernel that went on has to complain about."""
    found = [plain(line) for line in lanes.complaints(lane, guest.dmesg())
             if "Call Trace" not in line]
    lost = contexts_lost(guest.output.read_text(errors="replace"))
    if lost > 0:
        found.append(f"{lost} contexts are lost until the module is unloaded")
    stuck = guest.dir / "results" / "rmmod"
    if stuck.exists() and stuck.read_text().strip():
        found.append("the module cannot be unloaded")
    return list(dict.fromkeys(found))
