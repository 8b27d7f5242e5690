# SPDX-License-Identifier: BSD-3-Clause
"""Neutral kinds of operations, and the commands as methods of a common device."""
from __future__ import annotations

from dataclasses import dataclass

from uapigen.model.expr import Pos


@dataclass(slots=True, eq=False)
class OperationKind:
    """A kind of operation that many devices have."""

    name: str
    object: str
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Operation:
    """What of this device is an operation of a kind."""

    kind: str
    by: list[str]  # commands and system calls
    under: list[str]  # capability bits
    note: str
    pos: Pos


@dataclass(slots=True, eq=False)
class CommonObject:
    """An object of the common device; `methods` maps commands to numbers."""

    name: str
    id: int
    methods: dict[str, int]
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class CommonDevice:
    """The commands as methods of a device that drivers share."""

    driver: str  # name of a constant
    prefix: str  # HFI1_
    header: str
    objects: dict[str, CommonObject]
    doc: str
    pos: Pos
