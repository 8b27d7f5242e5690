# SPDX-License-Identifier: BSD-3-Clause
"""Rules about command numbers: L0112 (the kernel's list), L0113 (each other)."""
from __future__ import annotations

import os
from typing import Any, Iterable, Iterator, NamedTuple

from uapigen.lint.finding import Finding
from uapigen.model import Pos, Spec

_TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ioctl-numbers.yaml")


class Row(NamedTuple):
    """A block of the kernel's list."""

    code: int
    first: int
    last: int
    owners: tuple[str, ...]


class Number(NamedTuple):
    """A number with the command it stands for."""

    code: int
    nr: int
    name: str
    element: str
    pos: Pos


def kernel_list() -> list[Row]:
    """Return the kernel's list."""
    import yaml
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with open(_TABLE, encoding="utf-8") as file:
        return [Row(code, first, last, tuple(owners))
                for code, first, last, *owners in yaml.load(file, Loader=loader)]


def numbers(spec: Spec) -> list[Number]:
    """Return all numbers of a spec."""
    out = [Number(c.magic_value, c.nr, c.c_name, c.name, c.pos) for c in spec.commands.values()]
    return out + [Number(i.value >> 8 & 0xff, i.value & 0xff, i.name, i.name, i.pos)
                  for i in spec.ioctls.values()]


def _own(spec: Spec, row: Row) -> bool:
    """Tell whether a block belongs to a header that the spec publishes or builds on."""
    known = set(spec.headers) | {c.external for c in spec.constants.values() if c.external}
    names = {o.removeprefix("include/").removeprefix("uapi/") for o in row.owners}
    return bool(names & {k.removeprefix("uapi/") for k in known})


def check_list(spec: Spec, rows: Iterable[Row]) -> Iterator[Finding]:
    """Yield type codes, once each, some of whose numbers belong to somebody else."""
    by_code: dict[int, list[Number]] = {}
    for number in numbers(spec):
        by_code.setdefault(number.code, []).append(number)
    rows = list(rows)
    for code, mine in by_code.items():
        taken: list[Number] = []
        owners: dict[str, None] = {}
        for number in mine:
            hit = [r for r in rows if r.code == code and r.first <= number.nr <= r.last]
            if hit and not any(_own(spec, r) for r in hit):
                taken.append(number)
                owners.update((r.owners[0], None) for r in hit)
        if taken:
            shown = repr(chr(code)) if 32 < code < 127 else f"{code:#04x}"
            low, high = (pick(n.nr for n in taken) for pick in (min, max))
            span = f"{low:#04x}" if low == high else f"{low:#04x} to {high:#04x}"
            yield Finding("L0112", f"{code:#04x}", taken[0].pos, f"the kernel's list gives {span} "
                          f"of type code {shown} to {', '.join(owners)}")


def check_collisions(specs: list[Spec]) -> Iterator[tuple[Spec, Finding]]:
    """Yield numbers that commands of several specs have."""
    seen: dict[tuple[int, int], tuple[Spec, Number]] = {}
    for spec in specs:
        for number in numbers(spec):
            first, other = seen.setdefault((number.code, number.nr), (spec, number))
            if first is not spec:
                yield spec, Finding("L0113", number.element, number.pos, f"{number.name} and "
                                    f"{other.name} of {first.name} both have type code "
                                    f"{number.code:#04x} and number {number.nr:#04x}")
