# SPDX-License-Identifier: BSD-3-Clause
"""What is known besides the rules: versions, quirks, deviations, limits."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from uapigen.model.expr import Pos


@dataclass(slots=True, eq=False)
class Capability:
    """A capability bit: its defaults, who sees it, whether it may change."""

    flag: str  # short flag name
    kernel_default: Optional[bool]
    user_default: Optional[bool]
    shown_from: str  # user | kernel | both | none
    writable: bool
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Limit:
    """A limit of the interface."""

    name: str
    text: str
    value: Optional[int]
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Version:
    """A version of the interface."""

    name: str
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Quirk:
    """An inherited fault that is kept on purpose."""

    id: str
    what: str
    why: str
    exempts: list[str]  # lint/diagnostic ids it silences
    test: str  # conformance case (or pattern) that pins it
    pos: Pos


@dataclass(slots=True, eq=False)
class Deviation:
    """A known difference of another driver from this spec."""

    id: str
    driver: str
    versions: str
    cases: list[str]
    what: str
    why: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Allowance:
    """A flaw that a lint rule is not to report; `element` may be a pattern."""

    rule: str
    element: str
    reason: str
    pos: Pos
