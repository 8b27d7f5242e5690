# SPDX-License-Identifier: BSD-3-Clause
"""What a rule reports."""
from __future__ import annotations

from dataclasses import dataclass

from uapigen.model import Pos


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw of an element.

    `excuse` is the diagnostic that says the same of a reviewed spec: a quirk
    in `quirks` that exempts it gives the reason here too.
    """

    id: str
    element: str
    pos: Pos
    message: str
    excuse: str = ""
    quirks: tuple[str, ...] = ()
