# SPDX-License-Identifier: BSD-3-Clause
"""Random expressions with their values, computed beside the text."""
from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Callable, Optional

MASK = 2**64 - 1
NAMES = ("a", "b", "c")
_PREC = {"||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7,
         ">=": 7, "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10}
_INTERESTING = (0, 1, 2, 7, 8, 63, 64, 255, 4095, 4096, 65535, 2**31, 2**32 - 1, 2**63, MASK)


_COMPARE = ("==", "!=", "<", "<=", ">", ">=")
_ARITHMETIC = ("|", "^", "&", "<<", ">>", "+", "-", "*", "/", "%")
Part = tuple[str, Optional[int], int]  # text, value, binding strength


@dataclass
class Sample:
    """An expression; `value` is None where it divides by zero."""

    text: str
    value: Optional[int]
    env: dict[str, int]
    calls: bool

    def c_text(self) -> str:
        """The text with literals of 64 bits and comparisons as such."""
        return re.sub(r"\b(\d+)\b", r"\1ULL", self.text)


class _Maker:
    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.env = {name: rng.choice(_INTERESTING + (rng.getrandbits(64),)) for name in NAMES}
        self.calls = False

    def make(self, depth: int) -> Part:
        """Make an integer or a truth value."""
        return self.truth(depth) if self.rng.random() < 0.4 else self.number(depth)

    def number(self, depth: int) -> Part:
        """Make an integer."""
        pick = self.rng.random()
        if depth == 0 or pick < 0.15:
            return self.leaf()
        if pick < 0.25:
            text, value, prec = self.number(depth - 1)
            operator = self.rng.choice("~-")
            if prec <= 10 or text.startswith("-"):
                text = f"({text})"
            result = None if value is None else (~value if operator == "~" else -value) & MASK
            return f"{operator}{text}", result, 11
        if pick < 0.35:
            return self.call(depth, ("min", "max"))
        return self.binary(self.rng.choice(_ARITHMETIC), self.number, depth)

    def truth(self, depth: int) -> Part:
        """Make a truth value."""
        pick = self.rng.random()
        if depth == 0 or pick < 0.6:
            return self.binary(self.rng.choice(_COMPARE), self.number, max(1, depth))
        if pick < 0.7:
            return self.call(depth, ("overflows", "in"))
        if pick < 0.8:
            text, value, _ = self.truth(depth - 1)
            return f"!({text})", None if value is None else int(not value), 11
        return self.binary(self.rng.choice(("&&", "||")), self.truth, depth)

    def leaf(self) -> Part:
        """Make a literal or a name."""
        if self.rng.random() < 0.5:
            name = self.rng.choice(NAMES)
            return name, self.env[name], 12
        value = self.rng.choice(_INTERESTING)
        return str(value), value, 12

    def call(self, depth: int, functions: tuple[str, ...]) -> Part:
        """Make a function call."""
        self.calls = True
        one, two = self.number(depth - 1), self.number(depth - 1)
        func = self.rng.choice(functions)
        text = f"{func}({one[0]}, {two[0]})"
        if one[1] is None or two[1] is None:
            return text, None, 12
        value = {"min": min(one[1], two[1]), "max": max(one[1], two[1]),
                 "overflows": int(one[1] + two[1] > MASK), "in": int(one[1] == two[1])}[func]
        return text, value, 12

    def binary(self, op: str, make: Callable[[int], Part], depth: int) -> Part:
        """Make an operator; shifts are by less than 64 as C wants it."""
        left, right = make(depth - 1), make(depth - 1)
        if op in ("<<", ">>"):
            amount = self.rng.randrange(64)
            right = (str(amount), amount, 12)
        prec = _PREC[op]
        ltext = left[0] if left[2] >= prec else f"({left[0]})"
        rtext = right[0] if right[2] > prec else f"({right[0]})"
        return f"{ltext} {op} {rtext}", _apply(op, left[1], right[1]), prec


def _apply(op: str, left: Optional[int], right: Optional[int]) -> Optional[int]:
    if op == "&&":
        return 0 if left == 0 else None if left is None else right
    if op == "||":
        return 1 if left else None if left is None else right
    if left is None or right is None or (op in ("/", "%") and right == 0):
        return None
    results = {
        "|": left | right, "^": left ^ right, "&": left & right, "==": left == right,
        "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right,
        ">=": left >= right, "+": left + right, "-": left - right, "*": left * right,
        "/": left // right if right else 0, "%": left % right if right else 0,
    }
    if op == "<<":
        return (left << right) & MASK
    if op == ">>":
        return left >> right
    return int(results[op]) & MASK


def samples(rng: Random, count: int) -> list[Sample]:
    """Return random expressions over a, b and c."""
    out = []
    for _ in range(count):
        maker = _Maker(rng)
        text, value, _ = maker.make(4)
        out.append(Sample(text, value, maker.env, maker.calls))
    return out
