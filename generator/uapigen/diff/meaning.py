# SPDX-License-Identifier: BSD-3-Clause
"""What an expression says, apart from how it is written.

Names of constants count by their value, states by the number they have, sums
of constants as one number, operands of commutative operators in any order.
Members that only have another name now count as the same.
"""
from __future__ import annotations

from typing import Mapping, Optional, Union

from uapigen.expr import Undefined, evaluate, is_constant, name_key
from uapigen.model import Binary, Call, Expr, Name, Num, Unary

Meaning = Union[tuple["Meaning", ...], str, int]
Names = Mapping[str, str]  # old spelling -> new spelling

_COMMUTE = frozenset(("&&", "||", "==", "!=", "&", "|", "^", "+", "*"))
_MIRRORED = {">": "<", ">=": "<="}


def meaning(expr: Optional[Expr], renamed: Names) -> Meaning:
    """Return what can be compared with ==."""
    if expr is None:
        return ""
    if expr.type != "word" and not isinstance(expr, Num) and is_constant(expr):
        try:
            return ("state" if expr.type == "state" else "number", evaluate(expr, {}))
        except Undefined:
            pass
    if isinstance(expr, Num):
        return ("number", expr.value)
    if isinstance(expr, Name):
        return _name(expr, renamed)
    if isinstance(expr, Unary):
        return (expr.op, meaning(expr.operand, renamed))
    if isinstance(expr, Call):
        return (expr.func, *(meaning(arg, renamed) for arg in expr.args))
    return _binary(expr, renamed)


def _name(name: Name, renamed: Names) -> Meaning:
    if name.value is not None:
        return (name.type, name.value)
    key = name_key(name)
    return ("name", renamed.get(key, key))


def _binary(expr: Binary, renamed: Names) -> Meaning:
    left, right = meaning(expr.left, renamed), meaning(expr.right, renamed)
    if expr.op in _MIRRORED:
        return (_MIRRORED[expr.op], right, left)
    if expr.op in _COMMUTE and repr(right) < repr(left):
        left, right = right, left
    return (expr.op, left, right)


def accepted_below(expr: Optional[Expr], renamed: Names) -> Optional[tuple[Meaning, int]]:
    """Return what a bound reads and the first number it refuses, if the condition is one."""
    if not isinstance(expr, Binary) or expr.op not in ("<", "<=", ">", ">="):
        return None
    low, high = (expr.left, expr.right) if expr.op in ("<", "<=") else (expr.right, expr.left)
    if not is_constant(low) or is_constant(high):
        return None
    return meaning(high, renamed), evaluate(low, {}) + (expr.op in ("<", ">"))


def refused_bits(expr: Optional[Expr], renamed: Names) -> Optional[tuple[Meaning, int]]:
    """Return what a flags gate reads and which bits it refuses, if the condition is one.

    A gate says `(x & bits) != 0`, with bits that are constant.
    """
    if not isinstance(expr, Binary) or expr.op != "!=":
        return None
    sides = (expr.left, expr.right)
    if not any(isinstance(s, Num) and s.value == 0 for s in sides):
        return None
    masked = next((s for s in sides if isinstance(s, Binary) and s.op == "&"), None)
    if masked is None:
        return None
    for bits, read in ((masked.left, masked.right), (masked.right, masked.left)):
        if is_constant(bits) and not is_constant(read):
            return meaning(read, renamed), evaluate(bits, {})
    return None
