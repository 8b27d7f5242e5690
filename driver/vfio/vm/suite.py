# SPDX-License-Identifier: BSD-3-Clause
"""Run the suite to its end, although a case may end the guest's kernel.

The suite writes a line for each case to a serial line of its own, so what it
has found outlives the guest.  The case that was running is judged by the
kernel's last words, and another guest goes on with the cases that are left.
"""
from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import initramfs
import lanes
import machine as vm

INIT = Path(__file__).parent / "guest" / "init.sh"
MAX_DEATHS = 30
STALL = 60.0  # longer than any case may take
TARGETS = {"upstream": "test-upstream", "vm": "test-vm"}
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
    outcome: dict[str, str] = field(default_factory=dict)
    """Verdict of each case so far."""
    deaths: dict[str, str] = field(default_factory=dict)
    """Cases that ended a kernel, and its last words."""

    def plan(self) -> list[str]:
        """Names of the cases, in the order in which they run."""
        out = subprocess.run([str(self.suite), "-l", *shlex.split(self.options)],
                             capture_output=True, text=True, check=False)
        if out.returncode:
            raise initramfs.BuildError(f"{self.suite}: {out.stderr.strip()}")
        return [line.split("\t")[0] for line in out.stdout.splitlines() if line]

    def rules(self) -> str:
        """What the next guest must not run."""
        lines = [f"{name}: ran in an earlier guest" for name in self.outcome]
        if self.skip:
            lines += self.skip.read_text().splitlines()
        return "\n".join(lines)

    def image(self, lane: lanes.Lane) -> bytes:
        """The next guest."""
        command = (f"stty -F /dev/ttyS3 raw; exec hfi1-conformance --color never "
                   f"--skip /etc/vm/skip --allow-missing --report human "
                   f"--report json:/dev/ttyS3 {self.options}")
        return initramfs.build(
            self.cache, INIT, lane.modules, [*self.programs, self.suite],
            {"node": lane.node, "link": lane.link, "command": command, "skip": self.rules()})

    def read(self, report: Path, plan: list[str]) -> None:
        """Take the verdicts of a guest; the last line may be cut short."""
        for line in report.read_text(errors="replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            name = record.get("name")
            if record.get("type") == "case" and name not in self.outcome:
                self.outcome[name] = record["outcome"]
        unknown = set(self.outcome) - set(plan)
        if unknown:
            vm.log(f"cases nobody planned: {', '.join(sorted(unknown))}")

    def bury(self, why: str, plan: list[str]) -> str:
        """Name the case that ended the guest: the first without a verdict."""
        culprit = next((name for name in plan if name not in self.outcome), "")
        if culprit:
            self.outcome[culprit] = "crashed"
            self.deaths[culprit] = why
        return culprit

    def summary(self) -> str:
        """The suite's last line, for more than one guest."""
        return totals(Counter(self.outcome.values()))

    def run(self, machine: vm.Machine, lane: lanes.Lane) -> int:
        """As many guests as it takes."""
        machine.stall = STALL
        plan = self.plan()
        reports: list[str] = []
        complaints: list[str] = []
        seconds = first = 0.0
        while True:
            end = vm.boot(machine, lane, self.image(lane))
            seconds += end.guest.seconds
            first = first or end.guest.first
            if end.guest.report.exists():
                self.read(end.guest.report, plan)
                reports.append(end.guest.report.read_text(errors="replace"))
            if not end.died:
                break
            culprit = self.bury(end.why, plan)
            reports.append(json.dumps({"type": "case", "name": culprit, "outcome": "crashed",
                                       "text": end.why}) + "\n")
            vm.log(f"kernel died in {culprit or 'no case'}: {end.why}")
            machine.resumed = True
            end.guest.keep(f"death-{len(self.deaths)}")
            if not culprit or len(self.deaths) >= MAX_DEATHS:
                break
        complaints += end.guest.complaints() if not end.why else []
        head = lane_record(machine, lane, f"make {TARGETS[lane.name]}")
        (machine.logs / f"{lane.name}.json").write_text(head + "\n" + "".join(reports))
        vm.log(f"{lane.name}: first case after {first:.1f} s, all in {seconds:.1f} s "
               f"({machine.accel}), logs in {end.guest.dir}")
        if end.why and not end.died:
            end.guest.tell(end.why)
        return self.close(end, complaints)

    def close(self, end: vm.Ending, complaints: list[str]) -> int:
        """Say what has to be said; the totals come last."""
        for line in complaints[:20]:
            vm.log(line)
        if not self.deaths:
            print(end.guest.totals.decode(errors="replace"), end="", flush=True)
            return end.status or (1 if complaints else 0)
        for name, why in self.deaths.items():
            print(f"crashed {name}: {why}")
        print(self.summary())
        sys.stdout.flush()
        return 1
