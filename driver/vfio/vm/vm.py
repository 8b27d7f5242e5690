#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run a command in a guest that has a modelled adapter.

Starts the device server and QEMU, prints what the command prints, and ends
with the command's exit status.  Consoles, logs and results are kept in the
log folder.  Status 124: the lane broke (boot, driver, device server); 125:
out of time.
"""
from __future__ import annotations

import argparse
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parent))
import initramfs  # noqa: E402  pylint: disable=wrong-import-position
import lanes  # noqa: E402  pylint: disable=wrong-import-position

BROKEN, TIMED_OUT = 124, 125
HERE = Path(__file__).parent
MARK = b"@@exit "


class LaneBroken(Exception):
    """The guest or the device server did not do its part."""


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


def log(text: str) -> None:
    """A line about the lane itself, kept apart from the command's output."""
    print(f"vm: {text}", file=sys.stderr, flush=True)


def kernel(cache: Path) -> Path:
    """The ELF kernel of the cache."""
    version = (cache / "kernel-version").read_text().strip()
    return cache / f"kernel-{version}" / "boot" / "vmlinux"


def qemu_base(cache: Path, accel: str, memory: str, smp: int) -> list[str]:
    """What every guest has."""
    options = "kvm" if accel == "kvm" else "tcg,thread=multi"
    return [
        str(cache / "qemu"), "-machine", "q35,memory-backend=ram", "-accel", options,
        "-cpu", "max", "-smp", str(smp), "-m", memory,
        "-object", f"memory-backend-memfd,id=ram,size={memory},share=on",
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-kernel", str(kernel(cache)),
        "-append", "console=ttyS0 panic=-1 tsc=reliable no_timer_check",
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


class Guest:
    """The two processes and the files between them."""

    def __init__(self, machine: Machine, lane: lanes.Lane, image: bytes) -> None:
        self.machine = machine
        self.lane = lane
        self.dir = machine.logs / lane.name
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        # Socket paths are short of room, and the log folder's may be long.
        self.run = Path(tempfile.mkdtemp(prefix="hfi1-vm-"))
        self.image = self.run / "initramfs"
        self.image.write_bytes(image)
        self.output = self.dir / "output"
        self.output.touch()
        self.results = self.run / "results.img"
        with self.results.open("wb") as disk:
            disk.truncate(256 << 20)
        self.children: list[subprocess.Popen[bytes]] = []

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
        sock, ctl = self.run / "device", self.run / "ctl"
        self.server = self.spawn(
            [str(self.machine.server), "--socket", str(sock), "--ctl", str(ctl),
             "--census", str(self.dir / "census")], "server")
        deadline = time.monotonic() + 10
        while not (sock.exists() and ctl.exists()):
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise LaneBroken("the device server does not start")
            time.sleep(0.02)
        self.qemu = self.spawn(self.qemu_command(sock, ctl), "qemu")

    def qemu_command(self, sock: Path, ctl: Path) -> list[str]:
        """The guest behind a root port, so that its link has a speed."""
        machine = self.machine
        device = '{"driver":"vfio-user-pci","bus":"rp0","socket":{"type":"unix","path":"%s"}}'
        return qemu_base(machine.cache, machine.accel, machine.memory, machine.smp) + [
            "-initrd", str(self.image),
            "-serial", f"file:{self.dir / 'console'}",
            "-serial", f"file:{self.output}",
            "-chardev", f"socket,id=ctl,path={ctl}", "-serial", "chardev:ctl",
            "-drive", f"if=none,id=results,format=raw,file={self.results}",
            "-device", "virtio-blk-pci,drive=results",
            "-device", "pcie-root-port,id=rp0,chassis=1,slot=1,x-speed=8,x-width=16",
            "-device", device % sock,
        ]

    def check(self, began: float, up: bool) -> None:
        """Raise when nothing good can come any more."""
        if self.server.poll() is not None:
            raise LaneBroken(f"the device server ended with status {self.server.returncode}")
        spent = time.monotonic() - began
        if not up and spent > self.machine.boot_timeout:
            raise TimeoutError(f"driver not up after {spent:.0f} s")
        if spent > self.machine.timeout:
            raise TimeoutError(f"not done after {spent:.0f} s")

    def follow(self) -> int:
        """Print the command's output as it comes; its exit status."""
        began = time.monotonic()
        done = held = b""
        up = False
        with self.output.open("rb") as stream:
            while True:
                ended = self.qemu.poll() is not None
                held += stream.read()
                if held:
                    up = True
                if MARK in held:
                    held, _, done = held.rpartition(MARK)
                    done += stream.read()
                safe = held.rfind(b"\n") + 1
                sys.stdout.buffer.write(held[:safe])
                sys.stdout.flush()
                held = held[safe:]
                if ended:
                    break
                if not up:
                    up = b"vm: driver up" in self.console()
                if not done:
                    self.check(began, up)
                time.sleep(0.1)
        if not done.strip().isdigit():
            raise LaneBroken("the guest stopped before the command ended")
        return int(done)

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


def judge(guest: Guest, status: int) -> int:
    """The command's status, unless the kernel has complained."""
    dmesg = guest.dir / "results" / "dmesg"
    text = dmesg.read_text(errors="replace") if dmesg.exists() else \
        guest.console().decode(errors="replace")
    bad = lanes.complaints(guest.lane, text)
    for line in bad[:20]:
        log(f"kernel: {line}")
    server = guest.server.wait()
    if server:
        log(f"the device server ended with status {server}")
    return status or (1 if bad else 0) or (BROKEN if server else 0)


def tell(guest: Guest, why: str) -> None:
    """What a person needs to see why a lane broke."""
    log(f"{guest.lane.name}: {why}")
    tail = guest.console().decode(errors="replace").splitlines()[-25:]
    for line in tail:
        print(f"    | {line}", file=sys.stderr)
    log(f"console, server and QEMU logs are in {guest.dir}")


def run(machine: Machine, lane: lanes.Lane, image: bytes) -> int:
    """One guest from start to end."""
    guest = Guest(machine, lane, image)
    began = time.monotonic()
    try:
        guest.start()
        status = guest.follow()
    except TimeoutError as err:
        tell(guest, str(err))
        return TIMED_OUT
    except LaneBroken as err:
        tell(guest, str(err))
        return BROKEN
    finally:
        guest.stop()
        guest.unpack()
        guest.clean()
    status = judge(guest, status)
    if status == BROKEN:
        tell(guest, "the lane broke")
    log(f"{lane.name}: {time.monotonic() - began:.1f} s ({machine.accel}), logs in {guest.dir}")
    return status


def arguments() -> argparse.Namespace:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--cache", type=Path, required=True, help="what setup.sh filled")
    p.add_argument("--build", type=Path, required=True, help="build folder of the variant")
    p.add_argument("--logs", type=Path, default=Path("build/log/vm"))
    p.add_argument("--lane", choices=["upstream", "ours"], required=True)
    p.add_argument("--module", help="our module's .ko file")
    p.add_argument("--program", type=Path, action="append", default=[],
                   help="program to have in the guest, with its libraries")
    p.add_argument("--memory", default="1G")
    p.add_argument("--smp", type=int, default=1)
    p.add_argument("--accel", choices=["auto", "kvm", "tcg"], default="auto")
    p.add_argument("--boot-timeout", type=float, default=120)
    p.add_argument("--timeout", type=float, default=900)
    p.add_argument("command", help="shell command to run in the guest")
    return p.parse_args()


def on_term(signum: int, frame: FrameType | None) -> None:
    """Let the children end as well."""
    raise KeyboardInterrupt


def main() -> int:
    """Build the image and run it."""
    args = arguments()
    signal.signal(signal.SIGTERM, on_term)
    if args.lane == "ours" and not args.module:
        print("vm.py: --lane ours needs --module", file=sys.stderr)
        return 2
    lane = lanes.UPSTREAM if args.lane == "upstream" else lanes.ours(args.module)
    bins = args.build / "bin"
    programs = [bins / "hfi1-fm", bins / "hfi1-vfio-ctl", *args.program]
    try:
        image = initramfs.build(
            args.cache, HERE / "guest" / "init.sh", lane.modules, programs,
            {"node": lane.node, "link": lane.link, "command": args.command})
    except (initramfs.BuildError, OSError) as err:
        log(f"cannot build the guest: {err}")
        return BROKEN
    accel = find_accel(args.cache) if args.accel == "auto" else args.accel
    machine = Machine(args.cache, bins / "hfi1-vfio", args.logs, args.memory, args.smp,
                      accel, args.boot_timeout, args.timeout)
    return run(machine, lane, image)


if __name__ == "__main__":
    sys.exit(main())
