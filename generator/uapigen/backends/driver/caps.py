# SPDX-License-Identifier: BSD-3-Clause
"""The capability word as masks: defaults, who sees what, what may change."""
from __future__ import annotations

from typing import Callable, NamedTuple

from uapigen.backends.driver.names import capability_flag
from uapigen.ctext import comment
from uapigen.model import Capability, Spec


class Mask(NamedTuple):
    """A macro that ORs capability bits."""

    comment: str
    name: str
    bits: list[str]
    value: str


def _settable_by_user(cap: Capability) -> bool:
    """Tell whether the user half has the bit as one of its own."""
    return cap.user_default is not None and cap.shown_from == "user"


_MASKS: list[tuple[str, str, Callable[[Capability], bool]]] = [
    ("ALL", "Every capability.", lambda c: True),
    ("KERNEL_DEFAULT", "Kernel half after load.", lambda c: bool(c.kernel_default)),
    ("USER_DEFAULT", "User half after load.", lambda c: bool(c.user_default)),
    ("WRITABLE", "May change while the driver runs.", lambda c: c.writable),
    (
        "USER_RESERVED",
        "Not the user half's to change, not even at load.",
        lambda c: not _settable_by_user(c),
    ),
    ("K2U", "Shown to users from the kernel half.", lambda c: c.shown_from in ("kernel", "both")),
    ("HIDDEN", "Never shown to users.", lambda c: c.shown_from == "none"),
]


def masks(spec: Spec) -> list[Mask]:
    """Return all masks."""
    bits = {e.c_name: e.bit for f in spec.flags.values() for e in f.entries}
    result = []
    for suffix, doc, chosen in _MASKS if spec.capabilities else []:
        names = [capability_flag(spec, c.flag) for c in spec.capabilities.values() if chosen(c)]
        value = sum(1 << bits[n] for n in names)
        result.append(
            Mask(comment(doc), f"{spec.prefix.upper()}_CAP_{suffix}", names, f"0x{value:x}")
        )
    return result
