# SPDX-License-Identifier: BSD-3-Clause
"""What else an imported header publishes: macros, functions, numbers."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from uapigen.model.expr import Pos


@dataclass(slots=True, eq=False)
class Macro:
    """A macro that is no number: with parameters, empty, text.

    `params` is None for a macro without a list of parameters.
    """

    name: str
    params: Optional[list[str]]
    text: str
    doc: str
    pos: Pos
    header: str = ""


@dataclass(slots=True, eq=False)
class Function:
    """A function or an object of a header, as it is written."""

    name: str
    text: str
    doc: str
    pos: Pos
    header: str = ""


@dataclass(slots=True, eq=False)
class Ioctl:
    """A command's number as published, whatever the command does.

    `form` is io, ior, iow, iowr, ioc or plain.  `size` is that of the number,
    for 64 and for 32-bit programs.  `text` spells the number where magic, nr
    and arg do not.
    """

    name: str
    form: str
    doc: str
    pos: Pos
    magic: str = ""
    magic_value: int = 0
    nr_text: str = ""
    nr: int = 0
    arg_text: str = ""  # the argument as written
    value: int = 0
    value32: int = 0
    text: str = ""
    header: str = ""
