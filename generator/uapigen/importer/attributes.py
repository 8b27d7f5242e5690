# SPDX-License-Identifier: BSD-3-Clause
"""Attributes behind the closing brace of a record."""
from __future__ import annotations

import re
from dataclasses import dataclass

from uapigen.importer.ctype import closing, spell
from uapigen.importer.lexer import Token

_KNOWN = re.compile(r"(__attribute__\(\((?:__)?packed(?:__)?\)\))? ?"
                    r"(__attribute__\(\((?:__)?aligned(?:__)?\(([1-9][0-9]*)\)\)\))?\Z")


@dataclass(slots=True)
class Attributes:
    """What attributes say: packed and align, or their text if they say more."""

    packed: bool
    align: int
    text: str


def take_attributes(tokens: list[Token], fold: bool = True) -> tuple[Attributes, list[Token]]:
    """Split what stands behind the brace into attributes and declarators.

    Without `fold` the attributes stay text.
    """
    mine: list[Token] = []
    rest: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        call = at + 1 < len(tokens) and tokens[at + 1].text == "("
        end = closing(tokens, at + 1) + 1 if call else at + 1
        known = token.text.startswith(("__attribute", "__packed", "__aligned", "____cache"))
        if token.kind == "id" and (known or (call and not rest)):
            mine += tokens[at:end]
        else:
            rest += tokens[at:end]
        at = end
    text = spell(mine)
    if re.match(r"__attribute__\(\((?:__)?packed(?:__)?, ?(?:__)?aligned", text):
        text = re.sub(r"packed(?:__)?, ?", "packed__)) __attribute__((", text).replace(
            "((packed__", "((__packed__")
    found = _KNOWN.match(text)
    if found is None or not fold:
        return Attributes(False, 0, text), rest
    return Attributes(bool(found.group(1)), int(found.group(3) or 0), ""), rest
