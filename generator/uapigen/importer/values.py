# SPDX-License-Identifier: BSD-3-Clause
"""Macros that are numbers."""
from __future__ import annotations

import re
from typing import Optional

from uapigen.importer.facts import Fact
from uapigen.importer.nodes import Define
from uapigen.model import Constant

_LITERAL = re.compile(r"(0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)([uU]?[lL]{0,2}|[lL]{1,2}[uU])\Z")


def literal(text: str) -> Optional[int]:
    """Return the value of an integer literal that is not octal."""
    found = _LITERAL.match(text)
    return int(found.group(1), 0) if found else None


def constant_of(define: Define, fact: Optional[Fact], unique: bool) -> Optional[Constant]:
    """Return a macro as a constant, None if nobody knows its value."""
    value = literal(define.text)
    if value is None and fact is not None and unique:
        value = fact.value
    if value is None or define.params is not None:
        return None
    return Constant(define.name, define.text, value, define.doc, define.pos)
