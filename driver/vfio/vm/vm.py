#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run a command, or the suite, in a guest that has a modelled adapter.

Prints what the command prints and ends with its exit status.  Consoles, logs
and results are kept in the log folder.  Status 124: the lane broke (boot,
driver, device server); 125: out of time.
"""
from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parent))
import apart  # noqa: E402
import initramfs  # noqa: E402
import lanes  # noqa: E402
import machine as vm  # noqa: E402
import suite  # noqa: E402

HERE = Path(__file__).parent
MAX_GUESTS = 4


def arguments() -> argparse.Namespace:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--cache", type=Path, required=True, help="what setup.sh filled")
    p.add_argument("--build", type=Path, required=True, help="build folder of the variant")
    p.add_argument("--logs", type=Path, default=Path("build/log/vm"))
    p.add_argument("--lane", choices=["upstream", "ours", "devices"], required=True)
    p.add_argument("--module", help="our module's .ko file")
    p.add_argument("--aid", action="append", default=[], metavar="MODULE",
                   help=".ko file that cases need for their faults, loaded before the driver")
    p.add_argument("--program", type=Path, action="append", default=[],
                   help="program to have in the guest, with its libraries")
    p.add_argument("--tree", type=Path, action="append", default=[],
                   help="folder to have in the guest at the same place, with the libraries "
                   "of its plug-ins")
    p.add_argument("--memory", default="1G")
    p.add_argument("--smp", type=int, default=1)
    p.add_argument("--accel", choices=["auto", "kvm", "tcg", "icount"], default="auto")
    p.add_argument("--boot-timeout", type=float, default=120)
    p.add_argument("--timeout", type=float, default=3600)
    p.add_argument("--suite", action="store_true",
                   help="COMMAND are options of the suite, which is run to its end "
                   "even if the guest's kernel dies under it")
    p.add_argument("--guests", type=int, default=min(os.cpu_count() or 1, MAX_GUESTS),
                   help="with --suite: guests side by side (default: one a processor, "
                   f"up to {MAX_GUESTS})")
    p.add_argument("--apart", type=Path, metavar="LIST",
                   help="with --suite: run each case of LIST in a guest of its own")
    p.add_argument("--model", type=Path, default=Path("generated/model.json"),
                   help="where the known deviations stand")
    p.add_argument("--skip", type=Path, help="cases not to run, with reasons")
    p.add_argument("command", nargs="?", default="", help="shell command to run in the guest")
    return p.parse_args()


def stop(signum: int, frame: FrameType | None) -> None:
    """End the children too, and once only."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(128 + signum)


def run_command(args: argparse.Namespace, machine: vm.Machine, lane: lanes.Lane,
                programs: list[Path]) -> int:
    """One guest, one command."""
    image = initramfs.build(
        args.cache, HERE / "guest" / "init.sh", lane.modules, programs,
        {**lane.settings(), "command": args.command}, args.tree)
    end = vm.boot(machine, lane, image)
    if end.why:
        end.guest.tell(end.why)
        return end.status
    bad = end.guest.complaints()
    for line in bad[:20]:
        vm.log(line)
    vm.log(f"{lane.name}: {end.guest.seconds:.1f} s ({machine.accel}), logs in {end.guest.dir}")
    print(end.guest.totals.decode(errors="replace"), end="", flush=True)
    return end.status or (1 if bad else 0)


def main() -> int:
    """Choose what to run."""
    args = arguments()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if args.lane == "ours" and not args.module:
        print("vm.py: --lane ours needs --module", file=sys.stderr)
        return 2
    lane = lanes.ours(args.module) if args.lane == "ours" else \
        {"upstream": lanes.UPSTREAM, "devices": lanes.DEVICES}[args.lane]
    lane = lane.aided(args.aid)
    bins = args.build / "bin"
    programs = [bins / "hfi1-fm", bins / "hfi1-vfio-ctl", HERE / "guest" / "fault.sh",
                *args.program]
    try:
        accel = vm.find_accel(args.cache) if args.accel == "auto" else args.accel
        machine = vm.Machine(args.cache, bins / "hfi1-vfio", args.logs, args.memory,
                             args.smp, accel, args.boot_timeout, args.timeout)
        if args.suite:
            judge = suite.Judge(args.cache, bins / "hfi1-conformance", programs,
                                args.command, args.skip, args.guests)
            if args.apart:
                return apart.Apart(judge, apart.rules(args.apart), args.model).run(machine, lane)
            return judge.run(machine, lane)
        return run_command(args, machine, lane, programs)
    except (initramfs.BuildError, vm.LaneBroken, OSError) as err:
        vm.log(str(err))
        return vm.BROKEN


if __name__ == "__main__":
    sys.exit(main())
