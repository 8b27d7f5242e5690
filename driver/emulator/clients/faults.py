# SPDX-License-Identifier: BSD-3-Clause
"""Faults while clients work: they recover as documented, and nothing is left behind."""
from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases import ENV
from emulator import Emulator, Result, constant

Outcome = tuple[list[str], str]
SDMA_ENGINES = 16
FREEZERS = {"rxe": "WFR_RCV_ERR_FREEZE", "pio": "WFR_SEND_PIO_ERR_FREEZE",
            "sdma": "WFR_SEND_DMA_ERR_FREEZE", "egress": "WFR_SEND_EGRESS_ERR_FREEZE"}
"""Blocks, and which bits of their error status freeze the chip."""


@dataclass
class Load:
    """A client at work."""

    emu: Emulator
    process: subprocess.Popen[str]

    def packets(self) -> int:
        """Packets received so far."""
        return self.emu.status()["0.rcv_packets"]

    def wait_packets(self, more: int, seconds: float = 20.0) -> None:
        """Until that many more have arrived, or the client has ended."""
        target, end = self.packets() + more, time.monotonic() + seconds
        while self.packets() < target and self.process.poll() is None:
            if time.monotonic() > end:
                raise RuntimeError(f"no traffic: {self.packets()} of {target} packets")
            time.sleep(0.01)

    def send_contexts(self) -> list[str]:
        """Hardware numbers of the send contexts in use."""
        return re.findall(r"send_ctxt = (\d+)", self.emu.trace.read_text())


def reset_and_acknowledged(trace: str) -> list[str]:
    """What libpsm2 does about a freeze."""
    return [f"no {name}" for name in ("CTXT_RESET", "ACK_EVENT")
            if not re.search(rf"ioctl\(\d+, {name}.* = 0", trace)]


def was_reset(trace: str) -> list[str]:
    """What libpsm2 does about a halted send context."""
    return [] if re.search(r"CTXT_RESET\) = 0", trace) else ["no CTXT_RESET"]


def invalidated(trace: str) -> list[str]:
    """What libpsm2 does about memory that went away."""
    return [] if re.search(r"TID_INVAL_READ.* = 0", trace) else ["no TID_INVAL_READ"]


def nothing_special(_trace: str) -> list[str]:
    """Packets are lost on any network: libpsm2 sends them again."""
    return []


def flap(load: Load) -> None:
    """Pull the cable and plug it in again."""
    load.emu.ctl("link", "0", "down")
    time.sleep(0.1)
    load.emu.ctl("link", "0", "up")


def freeze_by_driver(load: Load) -> None:
    """The driver asks the chip to freeze."""
    load.emu.ctl("freeze", "0", "driver")


def freeze_by_chip(load: Load) -> None:
    """The chip freezes by itself, for an error in each of its blocks."""
    for block, name in FREEZERS.items():
        bits = constant(name)
        load.emu.ctl("raise", "0", block, str(bits & -bits))
        load.wait_packets(30)


def halt_contexts(load: Load) -> None:
    """Every send context in use stops with an error."""
    for number in set(load.send_contexts()):
        load.emu.ctl("halt-send-context", "0", number)


def halt_engines(load: Load) -> None:
    """Every SDMA engine stops with an error."""
    for engine in range(SDMA_ENGINES):
        load.emu.ctl("halt-sdma", "0", str(engine))


def damage(kind: str) -> Callable[[Load], None]:
    """A few packets are hurt on their way."""
    def hurt(load: Load) -> None:
        for skip in ("0", "3", "7"):
            load.emu.ctl("corrupt", "0", kind, skip)
            load.wait_packets(10)
    return hurt


@dataclass(frozen=True)
class Fault:
    """What happens to a client, and what the client does about it."""

    inflict: Callable[[Load], None]
    reaction: Callable[[str], list[str]]
    times: int = 3


FAULTS = {
    "link-flap": Fault(flap, reset_and_acknowledged),
    "freeze-by-driver": Fault(freeze_by_driver, reset_and_acknowledged),
    "freeze-by-chip": Fault(freeze_by_chip, reset_and_acknowledged, times=1),
    "halted-send-contexts": Fault(halt_contexts, was_reset),
    "halted-sdma-engines": Fault(halt_engines, nothing_special),
    "dropped-packets": Fault(damage("drop"), nothing_special),
    "duplicate-packets": Fault(damage("duplicate"), nothing_special),
    "icrc-errors": Fault(damage("icrc"), nothing_special),
}


def check(emu: Emulator, result: Result, expect: str) -> list[str]:
    """A client that must have come through."""
    why = [f"exit status {result.code}"] if result.code else []
    why += [] if re.search(expect, result.out) else [f"the output lacks /{expect}/"]
    return why + emu.left_behind()


def works(emu: Emulator) -> list[str]:
    """The emulator goes on: another client finds all as it should be."""
    result = emu.run([emu.pair, "-s", "-m", "100000"], ENV)
    return [] if result.code == 0 else ["a later client fails: " + result.out[-300:]]


def run_fault(fault: Fault, build: Path, command: Sequence[str], expect: str,
              contexts: int = 16) -> Outcome:
    """Inflict a fault on a client at work, several times."""
    with Emulator(build, contexts=contexts) as emu:
        load = Load(emu, emu.start(command, ENV, traced=True))
        why = []
        try:
            for _ in range(fault.times):
                load.wait_packets(40)
                fault.inflict(load)
        except RuntimeError as err:
            why.append(str(err))
        early = load.process.poll() is not None
        result = emu.finish(load.process, 5 if why else 90)
        trace = emu.trace.read_text()
        why += check(emu, result, expect) + fault.reaction(trace)
        why += ["the client had ended before the last fault"] if early else []
        return why + works(emu), result.out + trace


def run_revoke(build: Path, command: Sequence[str], expect: str) -> Outcome:
    """Registered memory is unmapped, and other memory takes its place."""
    with Emulator(build) as emu:
        result = emu.run(command, ENV, traced=True)
        trace = emu.trace.read_text()
        return check(emu, result, expect) + invalidated(trace) + works(emu), result.out + trace


def run_exhaust(build: Path) -> Outcome:
    """More processes than contexts, and none may share: the job ends with an error."""
    command = ["mpirun", "-np", "4", "--mca", "mtl", "psm2",
               str(build / "clients" / "mpi-ring"), "1", "1000"]
    with Emulator(build, contexts=2) as emu:
        result = emu.run(command, {**ENV, "PSM2_SHAREDCONTEXTS": "0"}, traced=True)
        trace = emu.trace.read_text()
        why = [] if result.code else ["the job succeeded"]
        why += [] if re.search(r"ASSIGN_CTXT.* EBUSY", trace) else ["no EBUSY"]
        return why + emu.left_behind() + works(emu), result.out + trace


def ranks_of(job: subprocess.Popen[str], program: str) -> list[int]:
    """Process ids of an MPI job's ranks."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        name, rest = text.split("(", 1)[1].rsplit(")", 1)
        if name == program[:15] and int(rest.split()[1]) == job.pid:
            found.append(int(status.parent.name))
    return found


def kill_one(emu: Emulator, build: Path, delay: float) -> list[str]:
    """One rank of four is killed; the others are ended by mpirun."""
    program = build / "clients" / "mpi-alltoall"
    job = emu.start(["mpirun", "-np", "4", "--mca", "mtl", "psm2", str(program), "100000"], ENV)
    end = time.monotonic() + 30
    while not (ranks := ranks_of(job, program.name)):
        if time.monotonic() > end or job.poll() is not None:
            return ["no ranks started: " + emu.finish(job).out[-300:]]
        time.sleep(0.01)
    time.sleep(delay)
    try:
        os.kill(random.choice(ranks_of(job, program.name) or ranks), signal.SIGKILL)
    except ProcessLookupError:
        return ["a rank ended by itself"]
    result = emu.finish(job, 60)
    return [] if result.code else ["mpirun did not notice"]


def run_kills(build: Path, count: int, warm: int) -> Outcome:
    """Kill a random rank at a random point, again and again."""
    seed = random.randrange(1 << 32)
    random.seed(seed)
    killed = 0
    with Emulator(build, contexts=4) as emu:
        for killed in range(1, warm + count + 1):
            why = kill_one(emu, build, random.uniform(0, 1.2)) + emu.left_behind()
            if why:
                return why, f"seed {seed}, kill {killed}"
            if killed == warm:
                base = emu.at_rest()
        end = emu.at_rest(base)
        why = [f"{key}: {base[key]} before, {value} after" for key, value in end.items()
               if value > base[key]]
        return why + works(emu), f"seed {seed}, {killed} ranks killed, {base} then {end}"
