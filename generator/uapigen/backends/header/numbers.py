# SPDX-License-Identifier: BSD-3-Clause
"""Command numbers as uAPI headers publish them."""
from __future__ import annotations

from typing import Iterator

from uapigen.clauses import commands
from uapigen.ctext import Define, comment, defines, first_sentence
from uapigen.ctypes_c import uapi_type
from uapigen.model import Command, Spec

_MACROS = {"none": "_IO", "r": "_IOR", "w": "_IOW", "rw": "_IOWR"}


def number(command: Command) -> str:
    """Return the expression of a command's number."""
    parts = [command.magic, command.nr_text]
    if command.direction != "none":
        assert command.arg is not None
        parts.append(uapi_type(command.arg))
    return f"{_MACROS[command.direction]}({', '.join(parts)})"


def _blocks(spec: Spec) -> Iterator[str]:
    """Yield the numbers, each below what it does."""
    for command in commands(spec):
        macro = Define(command.c_name, number(command))
        yield comment(first_sentence(command.doc)) + "\n" + defines([macro])


def command_numbers(spec: Spec) -> str:
    """Return all command numbers."""
    assert spec.space is not None
    return "\n".join([comment(spec.space.doc), "", *_blocks(spec)])
