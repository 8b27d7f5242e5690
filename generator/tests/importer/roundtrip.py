# SPDX-License-Identifier: BSD-3-Clause
"""Brings headers under a spec and holds what the spec generates against them."""
from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
for _folder in (HERE, HERE.parents[1]):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

from compare import differences, judged  # noqa: E402

from uapigen.importer import ImportFailed, import_header  # noqa: E402


@dataclass
class Trip:
    """How it went with one header."""

    header: str
    wrong: list[str] = field(default_factory=list)
    lines: int = 0
    verbatim: int = 0
    targets: int = 0


def trip(header: Path, scratch: Path) -> Trip:
    """Import a header, generate it, compare."""
    out = Trip(str(header))
    try:
        done = import_header(header)
    except ImportFailed as err:
        out.wrong.append(f"import: {err}")
        return out
    out.lines, out.verbatim = done.lines, done.verbatim
    generated = scratch / "generated" / done.path
    generated.parent.mkdir(parents=True, exist_ok=True)
    generated.write_text(done.header, encoding="utf-8")
    needs = next((n.removeprefix("compiled behind ").split(", ") for n in done.notes
                  if n.startswith("compiled behind ")), [])
    first = "".join(f"#include <{name}>\n" for name in needs)
    out.targets = len(judged(header, scratch / "asm", first))
    out.wrong += differences(header, generated, scratch / "asm", first)
    return out
