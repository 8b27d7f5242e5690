# SPDX-License-Identifier: BSD-3-Clause
"""Compares two headers as clang sees them, for several kinds of machines.

All macros, all declarations and all layouts must be the same.  This knows
nothing of how uapigen reads headers.
"""
from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Iterator

SYSTEM = Path("/usr/include")
_BIG = ["-target", "s390x-linux-gnu", "-ffreestanding"]
TARGETS = {"64": ["-m64"], "32": ["-m32"], "be64": _BIG}
_NOISE = [
    (re.compile(r"0x[0-9a-f]{6,}"), ""),
    (re.compile(r"<(?:[^<>]|<[^<>]*>)*>"), ""),
    (re.compile(r"\b(?:line|col):\d+(?::\d+)?"), ""),
    (re.compile(r"at [^ ')]+:\d+:\d+"), "at"),
    (re.compile(r"[^ ()']+\.h:\d+:\d+"), ""),
    (re.compile(r"[-|` ]+"), " "),
]


def big_endian(folder: Path) -> Path:
    """Make the asm/ headers of a big-endian machine out of the generic ones."""
    asm = folder / "asm"
    if not asm.exists():
        asm.mkdir(parents=True)
        for path in (SYSTEM / "asm-generic").glob("*.h"):
            (asm / path.name).write_text(f"#include <asm-generic/{path.name}>\n")
        (asm / "byteorder.h").write_text("#include <linux/byteorder/big_endian.h>\n")
        (asm / "bitsperlong.h").write_text(
            "#define __BITS_PER_LONG 64\n#include <asm-generic/bitsperlong.h>\n")
        (asm / "swab.h").touch()
        (folder / "gnu").mkdir()
        (folder / "gnu" / "stubs-32.h").touch()
    return folder


class View:
    """One header for one target."""

    def __init__(self, header: Path, target: str, scratch: Path, first: str) -> None:
        self.header = header
        self.first = first
        more = ["-idirafter", str(big_endian(scratch))]
        if target != "64":
            more = [*more, "-idirafter", str(SYSTEM / "x86_64-linux-gnu")]
        self.command = ["clang", *TARGETS[target], "-std=gnu11", "-w", "-ferror-limit=3",
                        "-fno-color-diagnostics", f"-iquote{header.parent}", *more]

    def run(self, *args: str) -> "subprocess.CompletedProcess[str]":
        """Run clang on a program that includes the header alone."""
        source = f'{self.first}\n#include "{self.header}"\n'
        return subprocess.run([*self.command, *args, "-x", "c", "-"], input=source,
                              capture_output=True, text=True, check=False, errors="replace")

    def compiles(self) -> bool:
        """Tell whether the header is any good here."""
        return self.run("-fsyntax-only").returncode == 0

    def macros(self) -> set[str]:
        """Return all macros, white space made single."""
        return {re.sub(r"\s+", "", line.split(" ", 2)[2] if line.count(" ") > 1 else "").join(
            line.split(" ", 2)[:2]) for line in self.run("-E", "-dM").stdout.split("\n") if line}

    def declarations(self) -> list[str]:
        """Return all declarations without places and comments."""
        return list(_declarations(self.run("-fsyntax-only", "-Xclang", "-ast-dump").stdout))

    def layouts(self) -> str:
        """Return the layouts of all records."""
        text = self.run("-fsyntax-only", "-Xclang", "-fdump-record-layouts-complete").stdout
        return _quiet(text)


def _quiet(line: str) -> str:
    for pattern, instead in _NOISE:
        line = pattern.sub(instead, line)
    return line


def _declarations(dump: str) -> Iterator[str]:
    """Yield the lines of a dump; comments and what is below them go."""
    skip = -1
    for line in dump.split("\n"):
        depth = len(line) - len(line.lstrip("|`- "))
        if 0 <= skip < depth:
            continue
        skip = depth if "FullComment" in line else -1
        if skip < 0:
            yield _quiet(line)


def differences(original: Path, generated: Path, scratch: Path, first: str = "") -> list[str]:
    """Return in what two headers differ, empty if in nothing."""
    out = []
    for target in TARGETS:
        one, two = (View(h, target, scratch, first) for h in (original, generated))
        if not one.compiles():
            continue
        if not two.compiles():
            out.append(f"{target}: does not compile: {two.run('-fsyntax-only').stderr[:300]}")
            continue
        odd = one.macros() ^ two.macros()
        if odd:
            out.append(f"{target}: macros: {sorted(odd)[:4]}")
        left, right = one.declarations(), two.declarations()
        if left != right:
            pair = next(((a, b) for a, b in zip(left, right) if a != b), ("", ""))
            out.append(f"{target}: declarations: {pair}")
        if one.layouts() != two.layouts():
            out.append(f"{target}: layouts")
    return out


def judged(original: Path, scratch: Path, first: str = "") -> list[str]:
    """Return the targets for which a header compiles, so that it is compared."""
    return [t for t in TARGETS if View(original, t, scratch, first).compiles()]
