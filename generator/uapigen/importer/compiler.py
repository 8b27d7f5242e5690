# SPDX-License-Identifier: BSD-3-Clause
"""Asks clang: what a macro is worth, how big a type is, which branch is taken.

Nothing is run: values are read from the assembly that clang writes.
"""
from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Optional, Sequence

CLANG = "clang"
# Headers that a header may forget to include; the first set that will do is used.
_PREREQUISITES: tuple[tuple[str, ...], ...] = (
    (), ("linux/types.h",), ("stddef.h", "stdint.h", "linux/types.h"),
    ("stddef.h", "stdint.h", "sys/types.h", "sys/time.h", "linux/types.h"),
    ("stddef.h", "stdint.h", "sys/types.h", "sys/time.h", "sys/socket.h", "linux/types.h"),
    ("stddef.h", "stdint.h", "stdio.h", "signal.h", "limits.h", "sys/types.h", "sys/time.h",
     "sys/socket.h", "netinet/in.h", "net/if.h", "linux/types.h"),
)
_PROBES = "uapigen_probes"
_ERROR = re.compile(rf"{_PROBES}:(\d+):\d+: (?:fatal )?error: (.*)")
_ASM = re.compile(r"^(uapigen_v_\w+):\n"
                  r"((?:\s+\.(?:quad|long|zero|8byte|4byte)\s+[^\n]*\n)+)", re.M)


class NoCompiler(Exception):
    """clang is not installed."""


class Compiler:
    """Runs clang on a header."""

    def __init__(self, header: Path, root: Path) -> None:
        self.header = header
        self.root = root
        self.prerequisites: Optional[Sequence[str]] = None  # None: it never compiles
        self.complaint = ""

    def run(self, source: str, args: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run clang on a source text."""
        with tempfile.TemporaryDirectory(prefix="uapigen") as folder:
            stubs = Path(folder) / "gnu"
            stubs.mkdir()
            for name in ("stubs-32.h", "stubs-64.h"):
                (stubs / name).touch()  # what libc lacks without its 32-bit half
            path = Path(folder) / "probe.c"
            path.write_text(source, encoding="utf-8", errors="surrogateescape")
            roots = [] if str(self.root) == "/usr/include" else [f"-I{self.root}"]
            command = [CLANG, "-std=gnu11", "-w", "-ferror-limit=0", "-fno-color-diagnostics",
                       "-fno-caret-diagnostics", "-fbracket-depth=2048", *args, *roots,
                       f"-iquote{self.header.parent}",
                       *(["-idirafter", "/usr/include/x86_64-linux-gnu"] if "-m32" in args
                         else []),
                       "-idirafter", folder, str(path)]
            try:
                return subprocess.run(command, capture_output=True, text=True, check=False,
                                      errors="surrogateescape")
            except FileNotFoundError:
                raise NoCompiler(f"{CLANG} is not installed") from None

    def head(self) -> str:
        """Return the beginning of every source: the header and what it needs."""
        needs = "".join(f"#include <{name}>\n" for name in self.prerequisites or ())
        return f'{needs}#include "{self.header}"\n'

    def find_prerequisites(self) -> bool:
        """Find out what the header needs; tell whether it can be compiled."""
        for names in _PREREQUISITES:
            self.prerequisites = names
            done = self.run(self.head(), ["-fsyntax-only"])
            if done.returncode == 0:
                return True
            self.complaint = self.complaint or next(
                (line for line in done.stderr.split("\n") if "error:" in line), "")
        self.prerequisites = None
        return False

    def expand(self, source: str) -> str:
        """Return a preprocessed source."""
        return self.run(source, ["-E", "-P"]).stdout

    def values(self, expressions: dict[str, str], bits: int) -> dict[str, int]:
        """Return the values of constant expressions; those that have none are left out."""
        alive = dict(expressions)
        for _ in range(5):
            if not alive:
                break
            names = list(alive)
            probes = "".join(f'# {n + 1} "{_PROBES}"\nunsigned long long uapigen_v_{n} = '
                             f"(unsigned long long)({alive[name]});\n"
                             for n, name in enumerate(names))
            more = "#include <linux/ioctl.h>\n#include <stddef.h>\n"
            done = self.run(self.head() + more + probes, [f"-m{bits}", "-O0", "-S", "-o", "-"])
            wrong = {int(found.group(1)) for found in _ERROR.finditer(done.stderr)}
            if not wrong:
                return _numbers(done.stdout, names)
            alive = {name: alive[name] for n, name in enumerate(names) if n + 1 not in wrong}
        return {}


def _numbers(assembly: str, names: list[str]) -> dict[str, int]:
    """Read the values out of assembly."""
    out: dict[str, int] = {}
    for label, body in _ASM.findall(assembly):
        words = re.findall(r"\.(quad|long|zero|8byte|4byte)\s+(\S+)", body)
        value, shift = 0, 0
        for kind, text in words:
            width = 64 if kind in ("quad", "8byte") else 32
            if kind == "zero":
                continue
            if not re.fullmatch(r"-?\d+", text):
                break
            value |= (int(text) & ((1 << width) - 1)) << shift
            shift += width
        else:
            out[names[int(label.rsplit("_", 1)[1])]] = value
    # clang puts what is zero into .bss, behind another directive.
    for number in re.findall(r"^uapigen_v_(\d+):\n\s+\.(?:quad|long)\s+0\b", assembly, re.M):
        out.setdefault(names[int(number)], 0)
    return out
