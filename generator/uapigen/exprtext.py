# SPDX-License-Identifier: BSD-3-Clause
"""Expressions as text: in the language of the spec, and in English."""
from __future__ import annotations

from uapigen.expr import PRECEDENCE, UNARY_PRECEDENCE, name_key
from uapigen.model import Binary, Call, Expr, Name, Num, Spec, Unary


def _precedence(expr: Expr) -> int:
    if isinstance(expr, Binary):
        return PRECEDENCE[expr.op]
    return UNARY_PRECEDENCE if isinstance(expr, Unary) else UNARY_PRECEDENCE + 1


def _inside(expr: Expr, least: int) -> str:
    text = source(expr)
    return text if _precedence(expr) >= least else f"({text})"


def source(expr: Expr) -> str:
    """Return the expression as the spec writes it, parentheses where needed."""
    if isinstance(expr, Num):
        return expr.text
    if isinstance(expr, Name):
        return name_key(expr)
    if isinstance(expr, Call):
        return f"{expr.func}({', '.join(source(a) for a in expr.args)})"
    if isinstance(expr, Unary):
        return expr.op + _inside(expr.operand, UNARY_PRECEDENCE)
    level = PRECEDENCE[expr.op]
    return f"{_inside(expr.left, level)} {expr.op} {_inside(expr.right, level + 1)}"


# --- English ----------------------------------------------------------------

_VERBS = {
    "==": ("is", "is not"),
    "!=": ("is not", "is"),
    "<": ("is less than", "is at least"),
    "<=": ("is at most", "exceeds"),
    ">": ("exceeds", "is at most"),
    ">=": ("is at least", "is less than"),
}
_SWAPPED = {"&&": "||", "||": "&&"}
_WORDS = {"&&": "and", "||": "or"}


def _operator(expr: Expr, negated: bool) -> str:
    """Return && or || if that is what the (negated) condition comes to."""
    while isinstance(expr, Unary) and expr.op == "!":
        expr, negated = expr.operand, not negated
    if not isinstance(expr, Binary) or expr.op not in _WORDS:
        return ""
    return _SWAPPED[expr.op] if negated else expr.op


class English:
    """Says conditions of one spec in plain words."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def say(self, expr: Expr, negated: bool = False) -> str:
        """Return the condition, or its negation, as part of a sentence."""
        if isinstance(expr, Unary) and expr.op == "!":
            return self.say(expr.operand, not negated)
        if isinstance(expr, Binary) and expr.op in _WORDS:
            return self._joined(expr, negated)
        if isinstance(expr, Binary) and expr.op in _VERBS:
            return self._compared(expr, negated)
        if isinstance(expr, Call):
            return self._called(expr, negated)
        if isinstance(expr, Name):
            return self._named(expr, negated)
        if isinstance(expr, Num):
            return "always" if bool(expr.value) != negated else "never"
        return f"{self._code(expr)} is {'false' if negated else 'true'}"

    def _joined(self, expr: Binary, negated: bool) -> str:
        operator = _operator(expr, negated)
        parts = []
        for side in (expr.left, expr.right):
            text = self.say(side, negated)
            parts.append(f"({text})" if _operator(side, negated) not in ("", operator) else text)
        return f" {_WORDS[operator]} ".join(parts)

    def _compared(self, expr: Binary, negated: bool) -> str:
        left, right = expr.left, expr.right
        if isinstance(left, Name) and left.type == "state" and isinstance(right, Name):
            no = (expr.op == "!=") != negated
            return f"the file is {'not ' if no else ''}{right.parts[0]}"
        return f"{self._code(left)} {_VERBS[expr.op][negated]} {self._code(right)}"

    def _called(self, expr: Call, negated: bool) -> str:
        no = " not" if negated else ""
        args = [self._code(a) for a in expr.args]
        if expr.func == "aligned":
            return f"{args[0]} is{no} a multiple of {args[1]}"
        if expr.func == "in":
            return f"{args[0]} is{no} {' or '.join(args[1:])}"
        if expr.func == "overflows":
            verb = "does not exceed" if negated else "exceeds"
            return f"{self._code(expr.args[0])} plus {args[1]} {verb} 64 bits"
        return f"{self._code(expr)} is {'zero' if negated else 'not zero'}"

    def _named(self, name: Name, negated: bool) -> str:
        if name.kind == "cap":
            side, flag = name.parts[1], name.parts[2]
            return f"the {side} capability `{flag}` is {'off' if negated else 'on'}"
        return f"{self._code(name)} is {'false' if negated else 'true'}"

    def _code(self, expr: Expr) -> str:
        """Return a value as code, with the number behind a named constant."""
        text = f"`{source(expr).removeprefix('arg.')}`"
        if isinstance(expr, Name) and expr.kind == "const" and expr.value is not None:
            number = str(expr.value) if expr.value < 4096 else f"0x{expr.value:x}"
            return f"{text} ({number})" if number not in text else text
        return text
