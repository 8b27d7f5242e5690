#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""How generation grows with the spec: bench_scale.py [COMMANDS].

Makes specs with COMMANDS (default 1000) command numbers and twice as many
structs, and with a half and a quarter of that, and generates everything from
each.  Prints processor time and memory, and fails if twice the spec takes much more
than twice the time or memory: that is how a quadratic spot shows, on any
machine.
"""
from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

UAPIGEN = Path(__file__).resolve().parent / "bin" / "uapigen"
LIMIT = 2.6  # times as much for twice the spec; quadratic would be 4
ROUNDS = 3


def spec(commands: int) -> str:
    """Return a spec with that many commands and twice as many structs."""
    names = [f"SYN_CMD_{n}" for n in range(commands)]
    structs = [f"syn_struct_{n}" for n in range(2 * commands)]
    lines = ["spec: 1", "name: syn", "title: Synthetic", "prefix: syn", "hw_prefix: SYN_",
             "licenses: {uapi: GPL-2.0, driver: GPL-2.0, user: BSD-3-Clause}", "doc: Made up.",
             "headers:", "  syn.h:", "    guard: SYN_H", "    includes: [linux/types.h]",
             "    doc: Made up.", f"    contents: [{', '.join(structs + names)}]", "structs:"]
    for n, name in enumerate(structs):
        inner = f"struct {structs[n - 1]}" if n % 3 == 2 else "aligned_u64"
        size = 56 if n % 3 == 2 else 32
        lines += [f"  {name}:", f"    size: {{64: {size}, 32: {size}}}", "    doc: A struct.",
                  "    fields:"] + [
            f"      - {{name: {field}, type: {kind}, doc: \"A member, number {n}.\"}}"
            for field, kind in (("addr", "aligned_u64"), ("flags", "u32"), ("size", "u32"),
                                ("next", inner), ("name", '"char[8]"'))]
    lines.append("ioctls:")
    for n, name in enumerate(names):
        size = 56 if 2 * n % 3 == 2 else 32
        number = 3 << 30 | size << 16 | (0x80 + n // 256) << 8 | n % 256
        lines.append(f"  {name}: {{form: iowr, magic: 0x{0x80 + n // 256:x}, nr: {n % 256}, "
                     f"arg: struct {structs[2 * n]}, number: 0x{number:x}, doc: A command.}}")
    return "\n".join(lines) + "\n"


def measure(commands: int, folder: Path) -> tuple[float, float]:
    """Return seconds of processor time and megabytes of the best of some generations."""
    path = folder / f"syn{commands}.yaml"
    path.write_text(spec(commands), encoding="utf-8")
    out = folder / f"out{commands}"
    best = float("inf")
    peak = 0.0
    for _ in range(ROUNDS):
        shutil.rmtree(out, ignore_errors=True)  # what is up to date would not be made
        command = [sys.executable, str(UAPIGEN), "generate", "--no-cache", str(path), "-o",
                   str(out)]
        pid = os.posix_spawn(command[0], command, os.environ)
        _, status, usage = os.wait4(pid, 0)
        if status or f"SYN_CMD_{commands - 1}" not in (out / "uapi/syn.h").read_text():
            raise SystemExit(f"generation of {commands} commands failed")
        best = min(best, usage.ru_utime + usage.ru_stime)
        peak = max(peak, usage.ru_maxrss / 1024)
    return best, peak


def main() -> int:
    """Measure three sizes and judge how they relate."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sizes = [largest // 4, largest // 2, largest]
    with tempfile.TemporaryDirectory(prefix="uapigen") as folder:
        found = [measure(size, Path(folder)) for size in sizes]
    wrong = 0
    for n, (size, (seconds, megabytes)) in enumerate(zip(sizes, found)):
        more = ""
        if n:
            ratios = (seconds / found[n - 1][0], megabytes / found[n - 1][1])
            wrong += max(ratios) > LIMIT
            more = f"   {ratios[0]:.2f} times the time, {ratios[1]:.2f} times the memory"
        print(f"{size:5} commands {2 * size:5} structs: "
              f"{seconds:6.2f} s {megabytes:6.0f} MB{more}")
    print("linear" if not wrong else f"more than {LIMIT} times for twice the spec")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
