# SPDX-License-Identifier: BSD-3-Clause
"""Expressions of the spec as C.

The spec computes with 64-bit unsigned integers; C computes with whatever its
operands are.  The writer widens where a narrower type could lose bits and
puts parentheses where C or its compilers' warnings want them.  What a name
becomes is up to the caller.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional

from uapigen.model import Binary, Call, Expr, Name, Num, Unary

INT_MAX = (1 << 31) - 1
PRIMARY, UNARY = 15, 14
PRECEDENCE = {
    "*": 13,
    "/": 13,
    "%": 13,
    "+": 12,
    "-": 12,
    "<<": 11,
    ">>": 11,
    "<": 10,
    "<=": 10,
    ">": 10,
    ">=": 10,
    "==": 9,
    "!=": 9,
    "&": 8,
    "^": 7,
    "|": 6,
    "&&": 5,
    "||": 4,
}
_LOGIC = ("&&", "||")
_COMPARE = ("<", "<=", ">", ">=", "==", "!=")
_GROWS = ("+", "-", "*", "<<")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of C.

    `wide`: its type holds 64 bits without sign.  `signed`: its type may be
    negative.  `value`: what it is if that is known.
    """

    text: str
    prec: int = PRIMARY
    wide: bool = False
    signed: bool = False
    value: Optional[int] = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the C at hand spells what is not part of the language itself."""

    u64: str
    aligned: str  # format with x and n
    align_up: str
    minimum: str
    maximum: str
    field: str  # format with mask and x


KERNEL = Dialect(
    "u64",
    "IS_ALIGNED({x}, {n})",
    "ALIGN({x}, {n})",
    "min_t(u64, {x}, {n})",
    "max_t(u64, {x}, {n})",
    "{prefix}GET({mask}, {x})",
)


class CWriter:
    """Writes expressions; `name` turns a name into C."""

    def __init__(
        self, name: Callable[[Name], Text], hw_prefix: str, dialect: Dialect = KERNEL
    ) -> None:
        self.name = name
        self.hw_prefix = hw_prefix
        self.dialect = dialect

    def write(self, expr: Expr) -> Text:
        """Return the expression as C."""
        if isinstance(expr, Num):
            return self._number(expr)
        if isinstance(expr, Name):
            return self.name(expr)
        if isinstance(expr, Unary):
            return self._unary(expr)
        if isinstance(expr, Binary):
            return self._binary(expr)
        return self._call(expr)

    def condition(self, expr: Expr) -> str:
        """Return a condition ready to stand between `if`'s parentheses."""
        return self.write(expr).text

    def value(self, expr: Expr) -> str:
        """Return an integer expression computed in 64 bits."""
        return self._widen(self.write(expr)).text

    @staticmethod
    def _number(num: Num) -> Text:
        text = num.text
        if num.value > INT_MAX and not text.upper().endswith("L"):
            text += "ULL"
        return Text(text, wide=num.value > INT_MAX, value=num.value)

    def _widen(self, part: Text) -> Text:
        """Return the same computed in 64 bits without sign."""
        if part.wide or (part.value is not None and 0 <= part.value <= INT_MAX):
            return part
        inner = part.text if part.prec >= UNARY else f"({part.text})"
        return Text(f"({self.dialect.u64}){inner}", UNARY, wide=True, value=part.value)

    def _forced(self, part: Text) -> Text:
        """Return the same as an expression that has the 64-bit type."""
        if part.wide:
            return part
        inner = part.text if part.prec >= UNARY else f"({part.text})"
        return Text(f"({self.dialect.u64}){inner}", UNARY, wide=True, value=part.value)

    def _unary(self, expr: Unary) -> Text:
        operand = self.write(expr.operand)
        if expr.op != "!":
            operand = self._forced(operand)
        bare = operand.prec >= UNARY and not (expr.op == operand.text[:1] == "-")
        inner = operand.text if bare else f"({operand.text})"
        return Text(f"{expr.op}{inner}", UNARY, wide=expr.op != "!")

    @staticmethod
    def _within(part: Text, op: str, right: bool) -> str:
        """Return an operand, in parentheses where C or a warning wants them."""
        prec = PRECEDENCE[op]
        bare = part.prec > prec or (part.prec == prec and not right)
        if op == "||" and part.prec == PRECEDENCE["&&"]:
            bare = False
        if op in ("&", "^", "|", "<<", ">>") and part.prec < UNARY and part.prec != prec:
            bare = False
        if op in _COMPARE and part.prec in (PRECEDENCE["<"], PRECEDENCE["=="], PRECEDENCE["<<"]):
            bare = False
        return part.text if bare else f"({part.text})"

    def _binary(self, expr: Binary) -> Text:
        """Return an operation, its left side widened where bits could be lost."""
        left, right = self.write(expr.left), self.write(expr.right)
        value = _fold(expr.op, left.value, right.value)
        small = value is not None and 0 <= value <= INT_MAX
        if expr.op not in _LOGIC:
            left, right = (self._widen(p) if p.signed else p for p in (left, right))
        if expr.op in _GROWS and not small and not (left.wide or (right.wide and expr.op != "<<")):
            left = self._forced(left)
        text = (
            f"{self._within(left, expr.op, False)} {expr.op} {self._within(right, expr.op, True)}"
        )
        wide = expr.op not in _LOGIC + _COMPARE and (
            left.wide or (right.wide and expr.op not in ("<<", ">>"))
        )
        return Text(text, PRECEDENCE[expr.op], wide=wide, value=value)

    def _call(self, expr: Call) -> Text:
        """Return a builtin function as the dialect spells it."""
        if expr.func == "field":
            return self._field(expr)
        parts = [self.write(a) for a in expr.args]
        if expr.func == "in":
            return self._member(parts)
        first, second = (self._widen(p) for p in parts)
        if expr.func == "overflows":
            left = self._within(first, ">", False)
            right = self._within(self._widen(second), "-", True)
            return Text(f"{left} > ~({self.dialect.u64})0 - {right}", PRECEDENCE[">"])
        form = {
            "aligned": self.dialect.aligned,
            "align_up": self.dialect.align_up,
            "min": self.dialect.minimum,
            "max": self.dialect.maximum,
        }[expr.func]
        text = form.format(x=self._forced(first).text, n=second.text)
        return Text(text, wide=expr.func != "aligned")

    def _member(self, parts: list[Text]) -> Text:
        """Return in(x, a, b) as comparisons."""
        subject, choices = self._widen(parts[0]) if parts[0].signed else parts[0], parts[1:]
        left = self._within(subject, "==", False)
        tests = [f"{left} == {self._within(c, '==', True)}" for c in choices]
        prec = PRECEDENCE["||"] if len(tests) > 1 else PRECEDENCE["=="]
        return Text(" || ".join(tests), prec)

    def _field(self, expr: Call) -> Text:
        """Return field(WORD.FIELD, x) as an extraction by mask."""
        word, value = expr.args
        assert isinstance(word, Name)
        mask = self.hw_prefix + "_".join(word.parts)
        text = self.dialect.field.format(
            prefix=self.hw_prefix, mask=mask, x=self.write(value).text
        )
        return Text(text, wide=True)


def _fold(op: str, left: Optional[int], right: Optional[int]) -> Optional[int]:
    """Return the value of an arithmetic operation on constants, if known."""
    if left is None or right is None:
        return None
    results: dict[str, Callable[[int, int], int]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "<<": lambda a, b: a << b if b < 64 else -1,
        ">>": lambda a, b: a >> b,
        "&": lambda a, b: a & b,
        "|": lambda a, b: a | b,
        "^": lambda a, b: a ^ b,
        "/": lambda a, b: a // b if b else -1,
        "%": lambda a, b: a % b if b else -1,
    }
    return results[op](left, right) if op in results else None


def constant(text: str, value: Optional[int]) -> Text:
    """Return a named constant; one that needs 64 bits has such a type."""
    return Text(text, wide=value is not None and value >> 32 > 0, value=value)
