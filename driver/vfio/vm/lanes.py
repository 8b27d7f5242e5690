# SPDX-License-Identifier: BSD-3-Clause
"""What is particular to each lane: which driver, and what it may say."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

MODEL = Path(__file__).parents[3] / "generated" / "model.json"
CAP_USER_SHIFT = 24  # cap_mask has the users' half above the kernel's

# A kernel that prints one of these has a bug, whatever the suite says.
BAD = re.compile(
    r"BUG:|WARNING: |Oops|general protection|soft lockup|hung task|Call Trace:|"
    r"blocked for more than|KASAN|UBSAN|refcount_t:|list_(add|del) corruption|"
    r"Kernel panic|unable to handle|leaked|suspected memory leaks")

FATAL = re.compile(
    r"BUG: |Oops|general protection|soft lockup|blocked for more than|Kernel panic")


@dataclass(frozen=True)
class Lane:
    """One driver in a guest."""

    name: str
    modules: list[tuple[str, str]]
    """(module name or .ko file, parameters) to load; the driver is last."""
    node: str = "/dev/hfi1_0"
    second_node: str = "/dev/hfi1_1"
    link: str = "fm"
    """fm: by SMPs through ib_umad; driver: by itself; none."""
    lid: int = 1
    """Of the first unit's port; the next ones count up."""
    normal: list[str] = field(default_factory=list)
    """Kernel messages that match BAD and are known not to matter."""

    def aided(self, modules: list[str]) -> Lane:
        """The lane with more modules, loaded before the driver."""
        return replace(self, modules=[*self.modules[:-1], *((m, "") for m in modules),
                                      self.modules[-1]])

    def second(self, units: int) -> str:
        """The suite's option for another unit, if there is one."""
        return f"--second-device {self.second_node}" if units > 1 else ""

    def settings(self, units: int = 1) -> dict[str, str]:
        """What the guest's first process has to know of it."""
        return {"nodes": " ".join([self.node, self.second_node][:units]), "link": self.link,
                "lid": str(self.lid), "ahg": str(user_capability("SDMA_AHG"))}


def user_capability(name: str) -> int:
    """A capability's bit of the users' half in the drivers' cap_mask."""
    entries = json.loads(MODEL.read_text())["flags"]["hfi1_cap"]["entries"]
    bit = next(int(e["bit"]) for e in entries if e["name"] == name)
    return 1 << bit + CAP_USER_SHIFT


RESULTS = [("virtio_pci", ""), ("virtio_blk", "")]

UPSTREAM = Lane(
    name="upstream",
    modules=RESULTS + [("ib_umad", ""), ("ib_uverbs", ""),
                       ("hfi1", "num_user_contexts=16 krcvqs=1")],
    normal=[
        # Debian's hardening: rdmavt copies a header across two members.
        r"WARNING: CPU: \d+ PID: \d+ at .*(field-spanning|rdmavt|rvt_)",
        r"memcpy: detected field-spanning write",
    ])


DEVICES = Lane(
    name="devices",
    modules=RESULTS + [("vhost_net", ""), ("softdog", "soft_noboot=1")],
    node="/dev/watchdog0", link="none",
    normal=[r"watchdog: watchdog0: watchdog did not stop!"])
"""Devices of the kernel itself, which have a spec here too."""


def ours(module: str, lid: int = 1) -> Lane:
    """Our module, from its .ko file."""
    return Lane(name="vm", modules=RESULTS + [(module, f"num_user_contexts=16 port_lid={lid}")],
                link="driver", lid=lid,
                normal=[
                    # Programs may register or send from one page twice; the
                    # DMA API's checks take each page for one device's buffer.
                    r"WARNING: CPU: \d+ PID: \d+ at kernel/dma/debug.c:\d+ add_dma_entry"])


def death(log: str) -> str:
    """The line in which a kernel says why it ends, or nothing."""
    lines = log.splitlines()
    if not any("Kernel panic" in line for line in lines):
        return ""
    at = next(i for i, line in enumerate(lines) if FATAL.search(line))
    where = next((line for line in lines[at:] if "RIP: 0010:" in line), "")
    text = re.sub(r"^\[[ .0-9]+\] ", "", lines[at].strip())
    return text + (" in " + where.split("RIP: 0010:")[1].split()[0] if where else "")


def waiting(log: str) -> str:
    """Where in the driver a task waits, by the kernel's list of tasks."""
    tasks = log.rpartition("sysrq: Show State")[2]
    found = re.search(r"\] +(?:\? )?(\w+\+0x\S+ \[hfi1\w*\])", tasks)
    return found.group(1) if found else ""


def complaints(lane: Lane, log: str) -> list[str]:
    """Lines of a kernel log that should not be there.

    A trace belongs to the line that started it, so a known warning takes
    its call trace with it.
    """
    found = []
    known = False
    for line in log.splitlines():
        if not BAD.search(line):
            continue
        if any(re.search(pattern, line) for pattern in lane.normal):
            known = True
        elif "Call Trace:" in line and known:
            known = False
        else:
            found.append(line.strip())
    return found
