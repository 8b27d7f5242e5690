#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""How generation grows with the spec: bench_scale.py [COMMANDS].

Makes specs with COMMANDS (default 1000) commands, each with its checks, and
twice as many structs, and with a half and a quarter of that, and generates
everything from each.  Prints processor time and memory, and fails if twice the
spec takes much more than twice the time or memory: that is how a quadratic spot
shows, on any machine.
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
NUMBERS = 256  # below one magic


def _head(structs: list[str], magics: list[str]) -> list[str]:
    """Return what is not a struct or a command."""
    return ["spec: 1", "name: syn", "title: Synthetic", "prefix: syn", "hw_prefix: SYN_",
            "node: /dev/syn", "doc: Made up.",
            "licenses: {uapi: GPL-2.0, driver: GPL-2.0, user: BSD-3-Clause}",
            "headers:", "  syn.h:", "    guard: SYN_H", "    includes: [linux/types.h]",
            "    doc: Made up.", f"    contents: [{', '.join(magics + structs)}, commands]",
            "constants:",
            *(f"  {name}: {{value: {0x80 + n}, doc: \"A magic.\"}}"
              for n, name in enumerate(magics)),
            "states: {open: {value: 0, doc: \"The only one.\"}}",
            "scenarios: {open: {state: open, doc: \"A file.\"}}",
            "errnos:",
            *(f"  {name}: {{doc: \"Refused.\"}}" for name in ("EFAULT", "EINVAL", "ENOTTY")),
            "numbers:", f"  magic: {magics[0]}", "  prefix: SYN_", "  doc: Made up.",
            "  unknown: {id: unknown, errno: ENOTTY, why: \"The kernel's rule.\"}"]


def _struct(n: int, name: str, inner: str) -> list[str]:
    """Return a struct; each third has another one inside."""
    kind, size = (f"struct {inner}", 56) if n % 3 == 2 else ("aligned_u64", 32)
    return [f"  {name}:", f"    size: {{64: {size}, 32: {size}}}", "    doc: A struct.",
            "    fields:"] + [
        f"      - {{name: {field}, type: {of}, doc: \"A member, number {n}.\"}}"
        for field, of in (("addr", "aligned_u64"), ("flags", "u32"), ("size", "u32"),
                          ("next", kind), ("name", '"char[8]"'))]


def _command(n: int, struct: str, magic: str) -> list[str]:
    """Return a command that takes, gives, or both, and checks what it takes."""
    way = ("rw", "w", "r")[n % 3]
    flows = {"rw": ["    in: [addr, flags, size]", "    out: [next, name]"],
             "w": ["    in: [addr, flags, size, next, name]"],
             "r": ["    out: [addr, flags, size, next, name]"]}[way]
    checks = []
    if "w" in way:
        checks += ["{id: copy-in, copy: in, errno: EFAULT, why: Unreadable.}",
                   f"{{id: flags, if: \"arg.flags > {n}\", errno: EINVAL, why: Unknown.}}",
                   "{id: size, if: \"arg.size == 0\", errno: EINVAL, why: Nothing to do.}"]
    if "r" in way:
        checks += ["{id: copy-out, copy: out, errno: EFAULT, why: Unwritable.}"]
    return [f"  CMD_{n}:", f"    magic: {magic}", f"    nr: {n % NUMBERS}",
            f"    direction: {way}", f"    arg: struct {struct}", *flows, "    states: [open]",
            *(["    baseline: {size: \"1\"}"] if "w" in way else []),
            "    doc: A command.", "    checks:", *(f"      - {check}" for check in checks)]


def spec(commands: int) -> str:
    """Return a spec with that many commands and twice as many structs."""
    structs = [f"syn_struct_{n}" for n in range(2 * commands)]
    magics = [f"SYN_MAGIC_{n}" for n in range((commands - 1) // NUMBERS + 1)]
    lines = [*_head(structs, magics), "structs:"]
    for n, name in enumerate(structs):
        lines += _struct(n, name, structs[n - 1])
    lines.append("commands:")
    for n in range(commands):
        lines += _command(n, structs[2 * n], magics[n // NUMBERS])
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
