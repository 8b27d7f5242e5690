# SPDX-License-Identifier: BSD-3-Clause
"""The number of a command: direction, size, type code and nr, as _IOC() packs them."""
from __future__ import annotations

from uapigen.layout import type_extent
from uapigen.model import Command, Spec

DIRECTIONS = {"none": 0, "w": 1, "r": 2, "rw": 3}


def encode(direction: int, size: int, magic: int, nr: int) -> int:
    """Return an ioctl number."""
    return direction << 30 | size << 16 | magic << 8 | nr


def size_of(spec: Spec, command: Command) -> int:
    """Return the size in a command's number, for 64-bit callers."""
    if command.arg is None or command.direction == "none":
        return 0
    return type_extent(spec, command.arg, 64).size


def number_of(spec: Spec, command: Command) -> int:
    """Return a command's number, for 64-bit callers."""
    return encode(DIRECTIONS[command.direction], size_of(spec, command), command.magic_value,
                  command.nr)
