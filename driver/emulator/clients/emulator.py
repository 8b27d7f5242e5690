# SPDX-License-Identifier: BSD-3-Clause
"""One emulator of its own for each test, and what is in use in it."""
from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

TOP = Path(__file__).resolve().parents[3]
SETTLE = 20.0
USER_HALF = 24
"""cap_mask has the kernel's bits below and the user's from here on."""

DAEMON_COUNTS = ("connections", "processes", "open_files", "address_spaces", "pinned_pages",
                 "notifiers", "dma_mappings", "allocations", "mappable_pages", "warnings")
UNIT_COUNTS = ("nfreectxts", "open_files", "contexts", "send_contexts", "pinned_pages", "tids",
               "tid_nodes", "sdma_requests", "cpus")


@dataclass(frozen=True)
class Result:
    """What a program left behind."""

    code: int
    out: str
    seconds: float


def constant(name: str) -> int:
    """A constant of the spec."""
    model = json.loads((TOP / "generated" / "model.json").read_text())
    value = model["constants"][name]["value"]
    assert isinstance(value, int)
    return value


def capability_bits() -> dict[str, int]:
    """Bit number of each capability, from the spec."""
    model = json.loads((TOP / "generated" / "model.json").read_text())
    return {value["name"]: value["bit"] for value in model["flags"]["hfi1_cap"]["entries"]}


def cap_mask(default: int, changes: Sequence[str]) -> int:
    """The module parameter with capabilities (+NAME, -NAME) changed."""
    bits = capability_bits()
    for change in changes:
        mask = 1 << bits[change[1:]] | 1 << bits[change[1:]] + USER_HALF
        default = default | mask if change[0] == "+" else default & ~mask
    return default


class Emulator:
    """A running hfi1-emu daemon."""

    def __init__(self, build: Path, units: int = 1, contexts: int = 16,
                 caps: Sequence[str] = (), params: Sequence[str] = ()) -> None:
        self.program = str(build / "bin" / "hfi1-emu")
        self.pair = str(build / "clients" / "psm2-pair")
        self.options = ["--units", str(units), "--contexts", str(contexts)]
        self.home = Path(tempfile.mkdtemp(prefix="hfi1-clients-"))
        self.dir = str(self.home / "emu")
        self.trace = self.home / "trace"
        for param in params:
            self.options += ["--param", param]
        if caps:
            self.options += ["--param", f"cap_mask={cap_mask(self.default_caps(), caps):#x}"]
        self.base: dict[str, int] = {}
        self.daemon: subprocess.Popen[str] | None = None

    def default_caps(self) -> int:
        """The capability word when nobody changes it."""
        out = subprocess.run([self.program, "run", "--", self.program, "ctl", "param", "cap_mask"],
                             capture_output=True, text=True, check=True).stdout
        return int(out, 0)

    def __enter__(self) -> Emulator:
        self.daemon = subprocess.Popen([self.program, "--dir", self.dir, *self.options, "daemon"],
                                       stdout=subprocess.PIPE, text=True)
        assert self.daemon.stdout
        if not self.daemon.stdout.readline():
            raise RuntimeError(f"hfi1-emu {' '.join(self.options)} did not start")
        self.warm_up()
        self.base = self.counts()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        assert self.daemon
        self.daemon.send_signal(signal.SIGTERM)
        try:
            self.daemon.wait(timeout=SETTLE)
        finally:
            self.daemon.kill()
            shutil.rmtree(self.home, ignore_errors=True)

    def warm_up(self) -> None:
        """The first use allocates and starts what stays."""
        self.run([self.pair, "-s", "-m", "100000"], {"PSM2_DEVICES": "self,hfi",
                                                     "PSM2_HFI_LOOPBACK": "1"})

    def start(self, command: Sequence[str], env: Mapping[str, str] | None = None,
              traced: bool = False) -> subprocess.Popen[str]:
        """A program on this emulator, in a process group of its own."""
        trace = ["--trace", str(self.trace)] if traced else []
        return subprocess.Popen(
            [self.program, "--dir", self.dir, *trace, "exec", "--", *command],
            env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            start_new_session=True)

    def finish(self, process: subprocess.Popen[str], timeout: float = 60.0) -> Result:
        """Wait for its end; all of its group end with it."""
        begin = time.monotonic()
        try:
            out = process.communicate(timeout=timeout)[0]
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out = process.communicate()[0] + f"\n(still running after {timeout:.0f} s)"
            code = -signal.SIGKILL
        return Result(code, out or "", time.monotonic() - begin)

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None,
            timeout: float = 60.0, traced: bool = False) -> Result:
        """Start and finish."""
        return self.finish(self.start(command, env, traced), timeout)

    def ctl(self, *words: str) -> str:
        """A control command's answer."""
        done = subprocess.run([self.program, "--dir", self.dir, "ctl", *words],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"ctl {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def status(self) -> dict[str, int]:
        """All numbers of `ctl status`; those of units under UNIT.NAME."""
        raw = json.loads(self.ctl("status"))
        flat = {key: value for key, value in raw.items() if isinstance(value, int)}
        for unit in raw["units"]:
            flat |= {f"{unit['unit']}.{key}": value for key, value in unit.items()}
        return flat

    def counts(self) -> dict[str, int]:
        """What must be the same before and after a client."""
        assert self.daemon
        flat = self.status()
        kept = {key: flat[key] for key in DAEMON_COUNTS}
        kept |= {key: value for key, value in flat.items()
                 if "." in key and key.split(".")[1] in UNIT_COUNTS}
        return kept

    def growing(self) -> dict[str, int]:
        """What follows the load: idle threads and spare memory files stay for a while."""
        assert self.daemon
        proc = Path(f"/proc/{self.daemon.pid}")
        return {"threads": len(list((proc / "task").iterdir())),
                "descriptors": len(list((proc / "fd").iterdir()))}

    def at_rest(self, base: Mapping[str, int] | None = None) -> dict[str, int]:
        """The least of several looks, until no more than @base: idle threads end in time."""
        least = self.growing()
        end = time.monotonic() + (SETTLE if base else 1.0)
        while time.monotonic() < end and (not base or any(least[k] > base[k] for k in base)):
            time.sleep(0.1)
            least = {key: min(value, least[key]) for key, value in self.growing().items()}
        return least

    def left_behind(self) -> list[str]:
        """What clients that ended still hold; empty when all is as it was."""
        end = time.monotonic() + SETTLE
        while True:
            diff = [f"{key}: {self.base[key]} before, {value} after"
                    for key, value in self.counts().items() if value != self.base[key]]
            if not diff or time.monotonic() > end:
                return diff
            time.sleep(0.1)

    def alive(self) -> bool:
        """Whether the daemon runs."""
        return self.daemon is not None and self.daemon.poll() is None
