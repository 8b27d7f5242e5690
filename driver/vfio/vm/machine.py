# SPDX-License-Identifier: BSD-3-Clause
"""A guest with a modelled adapter: the device server, QEMU, and their files."""
from __future__ import annotations

import fcntl
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import lanes

BROKEN, TIMED_OUT = 124, 125
MARK = b"@@exit "
TOTALS = b"conformance: "
ALL_SKIPPED = re.compile(rb"ok +\S+ +\d+ skipped\s*$")

# A kernel that is hurt ends the machine, so that nobody waits for it.
CMDLINE = ("console=ttyS0 panic=-1 oops=panic softlockup_panic=1 hung_task_panic=1 "
           "sysctl.kernel.hung_task_timeout_secs=20 sysrq_always_enabled "
           "tsc=reliable no_timer_check log_buf_len=16M")


# icount: the time stamp counter counts instructions, one a nanosecond.
ACCELS = {
    "kvm": ["-accel", "kvm"],
    "tcg": ["-accel", "tcg,thread=multi"],
    "icount": ["-accel", "tcg,thread=single", "-icount", "shift=0"],
}


# Upstream's probe oopses when the link is up before it registers with the
# InfiniBand core; a real link takes seconds, and a slow guest has to be faster.
LINK_DELAY_MS = {"kvm": 20, "tcg": 100, "icount": 1500}


class LaneBroken(Exception):
    """The guest or the device server did not do its part."""


class KernelDied(LaneBroken):
    """The guest's kernel ended itself, or hangs."""


@dataclass
class Machine:
    """How the guest is made."""

    cache: Path
    server: Path
    logs: Path
    memory: str
    smp: int
    accel: str
    boot_timeout: float
    timeout: float
    stall: float = 0
    """Seconds without a line of the report after which the guest hangs; 0: never."""
    resumed: bool = False
    """An earlier guest ran cases that this one only skips."""
    quiet: bool = False
    """Whoever started the guest says what its command found."""
    units: int = 1
    """Adapters, joined by a switch."""
    part: str = ""
    """What tells the logs of guests side by side apart."""
    beside: bool = False
    """Other guests print, too."""
    server_options: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    """More of QEMU's options."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set when nobody waits for the guest any more."""


def log(text: str) -> None:
    """A line about the lane itself, kept apart from the command's output."""
    print(f"vm: {text}", file=sys.stderr, flush=True)


def kernel(cache: Path) -> Path:
    """The ELF kernel of the cache."""
    version = (cache / "kernel-version").read_text().strip()
    return cache / f"kernel-{version}" / "boot" / "vmlinux"


def qemu_base(cache: Path, accel: str, memory: str, smp: int) -> list[str]:
    """What every guest has."""
    return [
        str(cache / "qemu"), "-machine", "q35,memory-backend=ram", *ACCELS[accel],
        "-cpu", "max", "-smp", str(smp), "-m", memory,
        "-object", f"memory-backend-memfd,id=ram,size={memory},share=on",
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-kernel", str(kernel(cache)),
        "-append", CMDLINE,
    ]


def kvm_works(cache: Path) -> bool:
    """Whether a tiny guest gets through its kernel's start under KVM.

    A /dev/kvm that opens is not enough: nested or filtered, it may hang.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    command = qemu_base(cache, "kvm", "256M", 1) + ["-serial", "stdio"]
    try:
        out = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=15, check=False).stdout
    except subprocess.TimeoutExpired:
        return False
    return b"Unable to mount root fs" in out


def find_accel(cache: Path) -> str:
    """kvm or tcg; remembered until the machine boots again."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    memo = cache / "accel"
    if memo.exists():
        words = memo.read_text().split()
        if len(words) == 2 and words[0] == boot:
            return words[1]
    accel = "kvm" if kvm_works(cache) else "tcg"
    memo.write_text(f"{boot} {accel}\n")
    return accel


def adapters(socks: list[Path]) -> list[str]:
    """Each behind a root port, so that its link has a speed.

    A posted write may wait in its socket for longer than a packet of another
    adapter takes; with more than one adapter a write ends when it is done.
    """
    found = []
    for n, sock in enumerate(socks):
        device = {"driver": "vfio-user-pci", "bus": f"rp{n}",
                  "x-no-posted-writes": len(socks) > 1,
                  "socket": {"type": "unix", "path": str(sock)}}
        found += ["-device", f"pcie-root-port,id=rp{n},chassis={n + 1},slot={n + 1},"
                  "x-speed=8,x-width=16", "-device", json.dumps(device)]
    return found


class Guest:
    """The two processes and the files between them."""

    def __init__(self, machine: Machine, lane: lanes.Lane, image: bytes) -> None:
        self.machine = machine
        self.lane = lane
        self.dir = machine.logs / (lane.name + machine.part)
        self.own_logs()
        # Socket paths are short of room, and the log folder's may be long.
        self.run = Path(tempfile.mkdtemp(prefix="hfi1-vm-"))
        self.image = self.run / "initramfs"
        self.image.write_bytes(image)
        self.output = self.dir / "output"
        self.output.touch()
        self.report = self.dir / "report"
        self.results = self.run / "results.img"
        with self.results.open("wb") as disk:
            disk.truncate(256 << 20)
        self.children: list[subprocess.Popen[bytes]] = []
        self.began = time.monotonic()
        self.seconds = 0.0
        self.totals = self.block = b""
        self.grown = (0, self.began)
        self.first = 0.0
        """Seconds from the start to the first line of the report."""

    def own_logs(self) -> None:
        """Empty the log folder, unless another run is filling it."""
        self.machine.logs.mkdir(parents=True, exist_ok=True)
        lock = self.dir.with_suffix(".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise LaneBroken(f"another run uses {self.dir}; choose other --logs") from None
        self.lock = lock
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir()

    def spawn(self, command: list[str], name: str) -> subprocess.Popen[bytes]:
        """A child whose messages go to a file of its own."""
        with (self.dir / f"{name}.log").open("wb") as out:
            child = subprocess.Popen(  # pylint: disable=consider-using-with
                ["nice", "-n", "10", *command], stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT)
        self.children.append(child)
        return child

    def start(self) -> None:
        """The server first: QEMU connects when it makes the device."""
        socks = [self.run / f"device{n}" for n in range(self.machine.units)]
        ctl = self.run / "ctl"
        self.server = self.spawn(
            [str(self.machine.server), *(f"--socket={sock}" for sock in socks),
             *(["--fabric"] if len(socks) > 1 else []), "--ctl", str(ctl),
             "--link-delay", str(LINK_DELAY_MS[self.machine.accel]),
             "--census", str(self.dir / "census"), *self.machine.server_options], "server")
        deadline = time.monotonic() + 10
        while not all(path.exists() for path in (*socks, ctl)):
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise LaneBroken("the device server does not start")
            time.sleep(0.02)
        self.qemu = self.spawn(self.qemu_command(ctl) + adapters(socks), "qemu")

    def qemu_command(self, ctl: Path) -> list[str]:
        """All but the adapters."""
        machine = self.machine
        return qemu_base(machine.cache, machine.accel, machine.memory, machine.smp) + [
            "-initrd", str(self.image),
            "-chardev", f"socket,id=con,path={self.run / 'console'},server=on,wait=off,"
            f"logfile={self.dir / 'console'}", "-serial", "chardev:con",
            "-qmp", f"unix:{self.run / 'qmp'},server=on,wait=off",
            "-serial", f"file:{self.output}",
            "-chardev", f"socket,id=ctl,path={ctl}", "-serial", "chardev:ctl",
            "-serial", f"file:{self.report}",
            "-drive", f"if=none,id=results,format=raw,file={self.results}",
            "-device", "virtio-blk-pci,drive=results", *machine.devices,
        ]

    def check(self, began: float, up: bool) -> None:
        """Raise when nothing good can come any more."""
        if self.machine.stop.is_set():
            raise LaneBroken("stopped")
        if self.server.poll() is not None:
            raise LaneBroken(f"the device server ended with status {self.server.returncode}")
        spent = time.monotonic() - began
        if not up:
            self.grown = (0, time.monotonic())  # a slow boot is no stall
        if not up and spent > self.machine.boot_timeout:
            raise TimeoutError(f"driver not up after {spent:.0f} s")
        if spent > self.machine.timeout:
            raise TimeoutError(f"not done after {spent:.0f} s")
        if up and self.machine.stall and self.idle() > self.machine.stall:
            self.ask_for_tasks()
            where = lanes.waiting(self.console().decode(errors="replace"))
            raise KernelDied(f"nothing ended for {self.machine.stall:.0f} s" +
                             (f", a task waits in {where}" if where else ""))

    def came_up(self) -> bool:
        """The driver is up: from now on cases have to end."""
        self.grown = (self.grown[0], time.monotonic())
        return True

    def idle(self) -> float:
        """Seconds since the report grew last."""
        size = self.report.stat().st_size if self.report.exists() else 0
        if size != self.grown[0]:
            self.grown = (size, time.monotonic())
            self.first = self.first or self.grown[1] - self.began
        return time.monotonic() - self.grown[1]

    def ask_for_tasks(self) -> None:
        """Have the kernel print what each task waits for: a break, then a key."""
        commands = (b'{"execute":"qmp_capabilities"}'
                    b'{"execute":"chardev-send-break","arguments":{"id":"con"}}')
        try:
            with socket.socket(socket.AF_UNIX) as qmp, socket.socket(socket.AF_UNIX) as tty:
                tty.connect(str(self.run / "console"))
                qmp.connect(str(self.run / "qmp"))
                qmp.sendall(commands)
                time.sleep(1)
                tty.sendall(b"t")
                tty.settimeout(5)
                while tty.recv(65536):
                    pass
        except TimeoutError:
            pass
        except OSError as err:
            log(f"cannot ask the guest for its tasks: {err}")

    def follow(self) -> int:
        """Print the command's output as it comes; its exit status."""
        began = self.began
        done = held = b""
        up = False
        with self.output.open("rb") as stream:
            while True:
                ended = self.qemu.poll() is not None
                held += stream.read()
                if held and not up:
                    up = self.came_up()
                if MARK in held:
                    held, _, done = held.rpartition(MARK)
                    done += stream.read()
                safe = held.rfind(b"\n") + 1
                self.show(held[:safe])
                held = held[safe:]
                if ended:
                    break
                if not up and b"vm: driver up" in self.console():
                    up = self.came_up()
                if not done:
                    self.check(began, up)
                time.sleep(0.1)
        self.print_block()
        if done.strip().isdigit():
            return int(done)
        death = lanes.death(self.console().decode(errors="replace"))
        if death:
            raise KernelDied(death)
        raise LaneBroken("the guest stopped before the command ended")

    def show(self, text: bytes) -> None:
        """Pass complete lines on, but not the totals: there may be more to count."""
        for line in text.splitlines(keepends=True):
            if self.machine.resumed and ALL_SKIPPED.match(line):
                continue
            if line.startswith(TOTALS):
                self.totals = line
                continue
            # A line that is not indented starts what belongs together.
            if not line.startswith(b" ") or not self.machine.beside:
                self.print_block()
            self.block += line
        if not self.machine.beside:
            self.print_block()

    def print_block(self) -> None:
        """In one go, so that guests side by side do not mix their lines."""
        if not self.machine.quiet:
            sys.stdout.buffer.write(self.block)
            sys.stdout.flush()
        self.block = b""

    def console(self) -> bytes:
        """All the guest's console said."""
        path = self.dir / "console"
        return path.read_bytes() if path.exists() else b""

    def stop(self) -> None:
        """End both processes, the guest first."""
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def unpack(self) -> None:
        """The guest's /results, into the log folder."""
        data = zlib.decompressobj(31)
        try:
            plain = data.decompress(self.results.read_bytes())
        except zlib.error:
            return
        target = self.dir / "results"
        target.mkdir(exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
            for member in tar.getmembers():
                if member.isfile() and ".." not in member.name:
                    tar.extract(member, target)

    def clean(self) -> None:
        """What is of no use after the run."""
        shutil.rmtree(self.run, ignore_errors=True)
        self.lock.close()
        self.seconds = time.monotonic() - self.began

    def keep(self, name: str) -> None:
        """Put the console where the next guest of the lane does not erase it."""
        shutil.copy(self.dir / "console", self.machine.logs /
                    f"{self.lane.name}{self.machine.part}-{name}.console")

    def dmesg(self) -> str:
        """The kernel's log, or as much of it as the console got."""
        dmesg = self.dir / "results" / "dmesg"
        return dmesg.read_text(errors="replace") if dmesg.exists() else \
            self.console().decode(errors="replace")

    def complaints(self) -> list[str]:
        """What else went wrong, of which the command knows nothing."""
        found = [f"kernel: {line}" for line in lanes.complaints(self.lane, self.dmesg())]
        if self.server.returncode:
            found.append(f"the device server ended with status {self.server.returncode}")
        return found

    def tell(self, why: str) -> None:
        """What a person needs to see why a lane broke."""
        log(f"{self.lane.name}: {why}")
        for line in self.console().decode(errors="replace").splitlines()[-25:]:
            print(f"    | {line}", file=sys.stderr)
        log(f"console, server and QEMU logs are in {self.dir}")


@dataclass
class Ending:
    """How a guest's run ended."""

    guest: Guest
    status: int
    why: str = ""
    died: bool = False
    """The kernel ended itself: an oops, a hung task, a soft lockup."""


def boot(machine: Machine, lane: lanes.Lane, image: bytes) -> Ending:
    """One guest from start to end."""
    guest = Guest(machine, lane, image)
    try:
        guest.start()
        return Ending(guest, guest.follow())
    except TimeoutError as err:
        return Ending(guest, TIMED_OUT, str(err))
    except KernelDied as err:
        return Ending(guest, BROKEN, str(err), died=True)
    except LaneBroken as err:
        return Ending(guest, BROKEN, str(err))
    finally:
        guest.stop()
        guest.unpack()
        guest.clean()
