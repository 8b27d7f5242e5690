# SPDX-License-Identifier: BSD-3-Clause
"""What values an expression can take, from the widths of its names.

Interval arithmetic: coarse, but it never claims what is not so.  It finds
conditions that cannot be true (or false) whatever the caller passes.
"""
from __future__ import annotations

from typing import Optional

from uapigen.expr import MASK
from uapigen.model import Binary, Call, Expr, Name, Num, Unary

Span = tuple[int, int]
ALL: Span = (0, MASK)
BOTH: Span = (0, 1)


def check_range(cond: Expr) -> Optional[bool]:
    """Return what a condition always is, or None if it depends."""
    lo, hi = span(cond)
    return bool(lo) if lo == hi else None


def span(expr: Expr) -> Span:
    """Return bounds for the value of an expression; a bool is 0 to 1."""
    if isinstance(expr, Num):
        return expr.value, expr.value
    if isinstance(expr, Name):
        return _name(expr)
    if isinstance(expr, Call):
        return _call(expr)
    if isinstance(expr, Unary):
        return _unary(expr)
    return _binary(expr)


def _name(name: Name) -> Span:
    if name.value is not None:
        return name.value & MASK, name.value & MASK
    if name.type == "bool":
        return BOTH
    if name.type == "int" and not name.signed:
        return 0, (1 << name.bits) - 1
    return ALL


def _unary(expr: Unary) -> Span:
    lo, hi = span(expr.operand)
    if expr.op == "!":
        return 1 - hi, 1 - lo
    if expr.op == "~":
        return MASK - hi, MASK - lo
    return (-lo & MASK, -lo & MASK) if lo == hi else ALL


def _wrapped(lo: int, hi: int) -> Span:
    """Return the span if nothing was cut off, else everything."""
    return (lo, hi) if 0 <= lo and hi <= MASK else ALL


def _order(op: str, left: Span, right: Span) -> Span:
    if op in (">", ">="):
        left, right = right, left
        op = {">": "<", ">=": "<="}[op]
    if op == "<":
        return (1, 1) if left[1] < right[0] else (0, 0) if left[0] >= right[1] else BOTH
    return (1, 1) if left[1] <= right[0] else (0, 0) if left[0] > right[1] else BOTH


def _equal(left: Expr, right: Expr, a: Span, b: Span) -> Span:
    if left == right:
        return 1, 1
    if a[0] == a[1] == b[0] == b[1]:
        return 1, 1
    return (0, 0) if a[1] < b[0] or b[1] < a[0] else BOTH


def _binary(expr: Binary) -> Span:
    op, a, b = expr.op, span(expr.left), span(expr.right)
    if op == "&&":
        return a[0] & b[0], a[1] & b[1]
    if op == "||":
        return a[0] | b[0], a[1] | b[1]
    if op == "==":
        return _equal(expr.left, expr.right, a, b)
    if op == "!=":
        lo, hi = _equal(expr.left, expr.right, a, b)
        return 1 - hi, 1 - lo
    if op in ("<", "<=", ">", ">="):
        if expr.left == expr.right:
            return (1, 1) if op in ("<=", ">=") else (0, 0)
        return _order(op, a, b)
    return _arithmetic(op, a, b)


def _arithmetic(op: str, a: Span, b: Span) -> Span:
    if op == "+":
        return _wrapped(a[0] + b[0], a[1] + b[1])
    if op == "-":
        return _wrapped(a[0] - b[1], a[1] - b[0])
    if op == "*":
        return _wrapped(a[0] * b[0], a[1] * b[1])
    if op == "/":
        return (a[0] // b[1], a[1] // b[0]) if b[0] else ALL
    if op == "%":
        return (0, min(a[1], b[1] - 1)) if b[0] else ALL
    if op == ">>":
        return a[0] >> min(b[1], 64), a[1] >> min(b[0], 64)
    if op == "<<":
        return _wrapped(a[0] << b[0], a[1] << b[1]) if b[1] < 64 else ALL
    return _bitwise(op, a, b)


def _bitwise(op: str, a: Span, b: Span) -> Span:
    if a[0] == a[1] and b[0] == b[1]:
        value = {"&": a[0] & b[0], "|": a[0] | b[0], "^": a[0] ^ b[0]}[op]
        return value, value
    if op == "&":
        return 0, min(a[1], b[1])
    top = (1 << max(a[1].bit_length(), b[1].bit_length())) - 1
    return (max(a[0], b[0]) if op == "|" else 0), top


def _call(expr: Call) -> Span:
    if expr.func == "field":
        return _field(expr)
    args = [span(arg) for arg in expr.args]
    if expr.func == "aligned":
        exact = args[0][0] == args[0][1]
        value = int(args[0][0] & (args[1][0] - 1) == 0)
        return (value, value) if exact or args[1][0] == 1 else BOTH
    if expr.func == "align_up":
        step = args[1][0]
        return _wrapped(*((x + step - 1) & ~(step - 1) for x in args[0]))
    if expr.func == "in":
        verdicts = [_equal(expr.args[0], arg, args[0], b)
                    for arg, b in zip(expr.args[1:], args[1:])]
        return max(v[0] for v in verdicts), max(v[1] for v in verdicts)
    if expr.func == "overflows":
        lo, hi = args[0][0] + args[1][0], args[0][1] + args[1][1]
        return int(lo > MASK), int(hi > MASK)
    pick = min if expr.func == "min" else max
    return pick(args[0][0], args[1][0]), pick(args[0][1], args[1][1])


def _field(expr: Call) -> Span:
    word = expr.args[0]
    assert isinstance(word, Name) and word.value is not None
    hi, lo = word.value >> 8, word.value & 0xFF
    top = (1 << (hi - lo + 1)) - 1
    bounds = span(expr.args[1])
    return 0, min(top, bounds[1] >> lo)
