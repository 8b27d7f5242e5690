#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Two guests, each with an adapter and a device server of its own, on one fabric.

The servers join over a socket, as on two hosts; an Ethernet between the guests
lets programs find each other.  What runs in them is guest/two.sh.
"""
from __future__ import annotations

import argparse
import dataclasses
import re
import signal
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import initramfs  # noqa: E402
import lanes  # noqa: E402
import machine as vm  # noqa: E402
from vm import stop  # noqa: E402

HERE = Path(__file__).parent
ROLES = ("first", "second")
FIRST_LID = 0x11
VERDICT = re.compile(r"^(ok|FAILED) ", re.M)


def arguments() -> argparse.Namespace:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--cache", type=Path, required=True, help="what setup.sh filled")
    p.add_argument("--build", type=Path, required=True, help="build folder of the variant")
    p.add_argument("--logs", type=Path, default=Path("build/log/vm"))
    p.add_argument("--module", required=True, help="our module's .ko file")
    p.add_argument("--program", type=Path, action="append", default=[])
    p.add_argument("--memory", default="1G")
    p.add_argument("--boot-timeout", type=float, default=120)
    p.add_argument("--timeout", type=float, default=400)
    p.add_argument("pairs", nargs="+", metavar="DRIVER-DRIVER",
                   help="which driver each guest has: ours or upstream")
    return p.parse_args()


def lane_of(driver: str, module: str, role: int) -> lanes.Lane:
    """A driver with a LID of its own, and an Ethernet beside the adapter."""
    lid = FIRST_LID + role
    lane = lanes.ours(module, lid) if driver == "ours" else lanes.UPSTREAM
    return dataclasses.replace(lane, lid=lid, modules=[("virtio_net", ""), *lane.modules])


def ethernet(path: Path, role: int) -> tuple[str, ...]:
    """A wire between the guests, and a card at its end."""
    end = "server=on" if role == 0 else "server=off,reconnect-ms=100"
    return ("-netdev", f"stream,id=wire,{end},addr.type=unix,addr.path={path}",
            "-device", f"virtio-net-pci,netdev=wire,mac=52:54:00:00:00:{role + 1:02x},romfile=")


class Pair:
    """Both guests of one run."""

    def __init__(self, args: argparse.Namespace, name: str, accel: str, run: Path) -> None:
        self.args = args
        self.name = name
        self.lanes = [lane_of(driver, args.module, role)
                      for role, driver in enumerate(name.split("-"))]
        self.stop = threading.Event()
        bins = args.build / "bin"
        self.programs = [bins / "hfi1-fm", bins / "hfi1-perf", HERE / "guest" / "two.sh",
                         *args.program]
        self.machines = [vm.Machine(
            args.cache, bins / "hfi1-vfio", args.logs, args.memory, 1, accel,
            args.boot_timeout, args.timeout, part=f"-{name}-{ROLES[role]}", beside=True,
            server_options=(f"--fabric={run / name}",),
            devices=ethernet(run / (name + ".net"), role), stop=self.stop)
            for role in range(len(ROLES))]

    def boot(self, role: int) -> vm.Ending:
        """One of them; when it breaks nobody waits for the other."""
        lane = self.lanes[role]
        image = initramfs.build(
            self.args.cache, HERE / "guest" / "init.sh", lane.modules, self.programs,
            {**lane.settings(), "address": f"10.0.0.{role + 1}/24",
             "command": f"two.sh {ROLES[role]}"})
        end = vm.boot(self.machines[role], lane, image)
        if end.why:
            self.stop.set()
        return end

    def run(self) -> tuple[int, int]:
        """How many tests passed and failed; a broken guest is one that failed."""
        with ThreadPoolExecutor(len(ROLES)) as pool:
            ends = list(pool.map(self.boot, range(len(ROLES))))
        passed = failed = 0
        for end in ends:
            verdicts = VERDICT.findall(end.guest.output.read_text(errors="replace"))
            passed += verdicts.count("ok")
            failed += verdicts.count("FAILED")
            if end.why:
                end.guest.tell(end.why)
            bad = [] if end.why else end.guest.complaints()
            for line in bad[:20]:
                vm.log(line)
            failed += bool(end.why or bad or (end.status and "FAILED" not in verdicts))
        vm.log(f"{self.name}: {max(end.guest.seconds for end in ends):.1f} s")
        return passed, failed


def main() -> int:
    """One pair after another."""
    args = arguments()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    passed = failed = 0
    try:
        accel = vm.find_accel(args.cache)
        with tempfile.TemporaryDirectory(prefix="hfi1-two-") as run:
            for name in args.pairs:
                print(f"{name}:", flush=True)
                good, bad = Pair(args, name, accel, Path(run)).run()
                passed, failed = passed + good, failed + bad
    except (initramfs.BuildError, vm.LaneBroken, OSError) as err:
        vm.log(str(err))
        return vm.BROKEN
    print(f"clients: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
