# SPDX-License-Identifier: BSD-3-Clause
"""Sizes and offsets of everything published, as static assertions."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.layout import MODELS, compute
from uapigen.model import Spec


class Assertion(NamedTuple):
    """A size (empty member) or an offset, one value for both data models."""

    type: str
    member: str
    value: str


def _value(values: tuple[int, ...]) -> str:
    """Return a value, or the choice between the data models' values."""
    if len(set(values)) == 1:
        return str(values[0])
    return f"BY_WORD({', '.join(map(str, values))})"


def assertions(spec: Spec) -> Iterator[list[Assertion]]:
    """Yield the assertions of each struct: its size, then the offsets."""
    for struct in spec.structs.values():
        layouts = [compute(spec, struct, bits) for bits in MODELS]
        name = f"{struct.kind} {struct.name}"
        group = [Assertion(name, "", _value(tuple(o.size for o in layouts)))]
        for slots in zip(*(o.slots for o in layouts)):
            group.append(Assertion(name, slots[0].name, _value(tuple(s.offset for s in slots))))
        yield group
