# SPDX-License-Identifier: BSD-3-Clause
"""Run the suite to its end, although a case may end the guest's kernel.

The suite writes a line for each case to a serial line of its own, so what it
has found outlives the guest.  The case that was running is judged by the
kernel's last words, and another guest goes on with the cases that are left.
Several guests side by side share the groups; their reports become one.
"""
from __future__ import annotations

import argparse
import json
import shlex
import subprocess
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread

import initramfs
import lanes
import machine as vm
import share

INIT = Path(__file__).parent / "guest" / "init.sh"
NO_UNIT = "needs a second unit"  # says the suite
MAX_DEATHS = 30
SLOWER = 3  # what a case may take in a guest without KVM, on a busy machine
STALL = 40.0  # longer than any case takes all the same, times what it may
TARGETS = {"upstream": "test-upstream", "vm": "test-vm"}
NOTHING_RUN = 77  # of the suite: what there was to run was not supported or skipped
BAD = ("failed", "crashed", "timed out", "broken", "unexpected pass")


def totals(count: Counter[str]) -> str:
    """The suite's last line."""
    bad = sum(count[name] for name in BAD)
    return (f"conformance: {count['passed']} passed, {bad} failed, "
            f"{count['skipped']} skipped, {count['not supported']} not supported, "
            f"{count['deviation']} deviations")


def lane_record(machine: vm.Machine, lane: lanes.Lane, command: str) -> str:
    """What a report has to know about where it was made."""
    version = (machine.cache / "kernel-version").read_text().strip()
    driver = lane.modules[-1][0]
    return json.dumps({
        "type": "lane", "name": lane.name, "command": command,
        "kernel": version, "build": initramfs.kernel_build(machine.cache),
        "driver": Path(driver).stem, "parameters": lane.modules[-1][1],
        "srcversion": initramfs.source_version(machine.cache, driver)})


@dataclass
class Judge:
    """One suite against one driver."""

    cache: Path
    suite: Path
    programs: list[Path]
    options: str
    skip: Path | None
    guests: int = 1

    def slower(self) -> int:
        """How many times its limit a case may take: what the options say last."""
        parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
        parser.add_argument("--timeout-scale", type=int, default=SLOWER)
        scale: int = parser.parse_known_args(shlex.split(self.options))[0].timeout_scale
        return scale

    def plan(self) -> list[str]:
        """Names of the cases, in the order in which they run."""
        out = subprocess.run([str(self.suite), "-l", *shlex.split(self.options)],
                             capture_output=True, text=True, check=False)
        if out.returncode:
            raise initramfs.BuildError(f"{self.suite}: {out.stderr.strip()}")
        return [line.split("\t")[0] for line in out.stdout.splitlines() if line]

    def parts(self, last: Path) -> list[Part]:
        """The plan, dealt out to the guests by what the groups took @last."""
        plan = self.plan()
        shares = share.deal(plan, share.costs(last), self.guests)
        if len(shares) == 1:
            return [Part(self, plan, self.options, share.units(shares[0]))]
        return [Part(self, [n for n in plan if share.group(n) in groups],
                     share.options(self.options, groups), share.units(groups), number)
                for number, groups in enumerate(shares, 1)]

    def run(self, machine: vm.Machine, lane: lanes.Lane) -> int:
        """All parts at the same time; the totals come last."""
        machine.stall = STALL * self.slower()
        report = machine.logs / f"{lane.name}.json"
        parts = self.parts(report)
        threads = [Thread(target=part.run, args=(replace(
            machine, units=part.units, part=f"-{part.number}" if part.number > 1 else "",
            beside=len(parts) > 1), lane)) for part in parts]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            machine.stop.set()
            for thread in threads:
                thread.join()
        head = lane_record(machine, lane, f"make {TARGETS[lane.name]}")
        report.write_text("\n".join([head, *(r for part in parts for r in part.reports)]))
        vm.log(f"{lane.name}: first case after {max(p.first for p in parts):.1f} s, all in "
               f"{max(p.seconds for p in parts):.1f} s ({machine.accel}, {len(parts)} guests)")
        return close(parts)


@dataclass
class Part:
    """Cases that one guest runs, or one after another if their kernels die."""

    judge: Judge
    plan: list[str]
    options: str
    units: int = 1
    number: int = 1
    outcome: dict[str, str] = field(default_factory=dict)
    """Verdict of each case so far."""
    deaths: dict[str, str] = field(default_factory=dict)
    """Cases that ended a kernel, and its last words."""
    reports: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    status: int = vm.BROKEN
    seconds: float = 0
    first: float = 0
    """Seconds until the first case had its verdict."""

    def rules(self) -> str:
        """What the next guest must not run."""
        lines = [f"{name}: ran in an earlier guest" for name in self.outcome]
        if self.judge.skip:
            lines += self.judge.skip.read_text().splitlines()
        return "\n".join(lines)

    def image(self, lane: lanes.Lane) -> bytes:
        """The next guest."""
        command = (f"stty -F /dev/ttyS3 raw; exec hfi1-conformance --color never "
                   f"--skip /etc/vm/skip --allow-missing --report human "
                   f"--timeout-scale {SLOWER} "
                   f"{lane.second(self.units)} --report json:/dev/ttyS3 {self.options}")
        judge = self.judge
        return initramfs.build(
            judge.cache, INIT, lane.modules, [*judge.programs, judge.suite],
            {**lane.settings(self.units), "command": command, "skip": self.rules()})

    def read(self, report: Path) -> None:
        """Take the verdicts of a guest; the last line may be cut short."""
        if not report.exists():
            return
        text = report.read_text(errors="replace")
        self.reports.append(text)
        for line in text.splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            name = record.get("name")
            if record.get("type") == "case" and name not in self.outcome:
                self.outcome[name] = record["outcome"]
                if record.get("text") == NO_UNIT:
                    self.complaints.append(f"{name} {NO_UNIT}: share.py has to know its group")
        unknown = set(self.outcome) - set(self.plan)
        if unknown:
            vm.log(f"cases nobody planned: {', '.join(sorted(unknown))}")

    def bury(self, why: str) -> str:
        """Name the case that ended the guest: the first without a verdict."""
        culprit = next((name for name in self.plan if name not in self.outcome), "")
        if culprit:
            self.outcome[culprit] = "crashed"
            self.deaths[culprit] = why
        self.reports.append(json.dumps({"type": "case", "name": culprit, "outcome": "crashed",
                                        "text": why}) + "\n")
        return culprit

    def run(self, machine: vm.Machine, lane: lanes.Lane) -> None:
        """As many guests as it takes."""
        while True:
            end = vm.boot(machine, lane, self.image(lane))
            self.seconds += end.guest.seconds
            self.first = self.first or end.guest.first
            self.read(end.guest.report)
            if not end.died:
                break
            culprit = self.bury(end.why)
            vm.log(f"kernel died in {culprit or 'no case'}: {end.why}")
            machine.resumed = True
            end.guest.keep(f"death-{len(self.deaths)}")
            if not culprit or len(self.deaths) >= MAX_DEATHS:
                break
        self.status = end.status
        if not end.why:
            self.complaints += end.guest.complaints()
        elif not end.died:
            end.guest.tell(end.why)

    def result(self) -> int:
        """Status of this part alone; a case without a verdict is none."""
        if self.deaths or self.complaints:
            return 1
        if not self.status and set(self.plan) - set(self.outcome):
            return vm.BROKEN
        return self.status


def close(parts: list[Part]) -> int:
    """Say what has to be said; the totals come last."""
    for part in parts:
        for line in part.complaints[:20]:
            vm.log(line)
        for name, why in part.deaths.items():
            print(f"crashed {name}: {why}")
    print(totals(Counter(o for part in parts for o in part.outcome.values())), flush=True)
    return max((part.result() for part in parts if part.result() != NOTHING_RUN),
               default=NOTHING_RUN)
