# SPDX-License-Identifier: BSD-3-Clause
"""Expressions: the grammar, and what they are worth.

Operators and precedence are C's; integers have 64 bits and no sign, so every
result is taken modulo 2^64.  parse() makes a tree that knows its places,
exprtype.py gives it meaning, evaluate() computes the typed tree.
"""
from __future__ import annotations

import re
from typing import Any, Callable, Mapping, Optional, Union

from uapigen.model import Binary, Call, Expr, Name, Num, Unary

MASK = 2**64 - 1
KEYWORDS = ("true", "false")

# Binding strength of the binary operators; higher binds tighter.
PRECEDENCE = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6,
    "<": 7, "<=": 7, ">": 7, ">=": 7, "<<": 8, ">>": 8, "+": 9, "-": 9,
    "*": 10, "/": 10, "%": 10,
}
UNARY_PRECEDENCE = 11
FUNCTIONS = {  # name -> (least, most) operands
    "aligned": (2, 2), "align_up": (2, 2), "in": (2, 64), "overflows": (2, 2),
    "field": (2, 2), "min": (2, 2), "max": (2, 2),
}
_MAX_DEPTH = 60
_MAX_OPERATORS = 200
_TOKEN = re.compile(r"""\s*(?:
    (?P<num>0[xX][0-9a-fA-F]*|[0-9]+)(?P<suffix>[A-Za-z0-9_.]*)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*)
  | (?P<op>(?!--)(?:\|\||&&|<<|>>|[=!<>]=|[-+*/%&|^<>!~(),\[\]]))
  | (?P<bad>--|\S)
)""", re.VERBOSE | re.DOTALL)
_SUFFIX = re.compile(r"(?:[uU](?:ll|LL|[lL])?|(?:ll|LL|[lL])[uU]?)?\Z")


class ExprError(Exception):
    """The text is no expression; `at` and `length` tell where."""

    def __init__(self, ident: str, at: int, length: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.ident = ident
        self.at = at
        self.length = length
        self.message = message
        self.hint = hint


class Raw:
    """A node of the tree before names have a meaning.

    kind: num, name, unary, binary, call.  `text` is the literal, the dotted
    name, the operator or the function; `at` and `end` bound it in the text.
    """

    __slots__ = ("kind", "text", "at", "end", "kids", "value", "index")

    def __init__(self, kind: str, text: str, at: int, end: int,
                 kids: tuple["Raw", ...] = ()) -> None:
        self.kind = kind
        self.text = text
        self.at = at
        self.end = end
        self.kids = kids
        self.value = 0
        self.index: Optional[Raw] = None


class _Parser:
    """Recursive descent by binding strength."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0
        self.operators = 0
        self.kind = ""
        self.token = ""
        self.at = 0
        self.end = 0
        self.next()

    def next(self) -> None:
        """Step to the next token."""
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            self.kind, self.token, self.at, self.end = "end", "", len(self.text.rstrip()), 0
            self.end = self.at
            return
        self.kind = found.lastgroup or ""
        if self.kind == "suffix":
            self.kind = "num"
        self.token = found.group(self.kind)
        self.at, self.end = found.start(self.kind), found.end()
        self.place = self.end
        if self.kind == "num":
            self._literal(found)
        elif self.kind == "name":
            self.token = re.sub(r"\s", "", self.token)
        elif self.kind == "bad":
            self._bad()

    def _bad(self) -> None:
        hints = {"=": "comparison is ==", "?": "there is no conditional operator",
                 "'": "there are no characters here", '"': "there is no text here",
                 ".": "a dot stands between two names",
                 "--": "C reads a decrement: use parentheses"}
        raise ExprError("E0301", self.at, len(self.token),
                        f"`{self.token}` is no part of an expression",
                        hints.get(self.token, ""))

    def _literal(self, found: "re.Match[str]") -> None:
        num, suffix = found.group("num"), found.group("suffix")
        whole = num + suffix
        if not _SUFFIX.match(suffix) or num in ("0x", "0X"):
            raise ExprError("E0301", self.at, len(whole), f"`{whole}` is not a number")
        if len(num) > 1 and num[0] == "0" and num[1] not in "xX":
            raise ExprError("E0107", self.at, len(whole), f"`{num}` is an ambiguous number",
                            "write it in decimal or as 0x...")
        if int(num, 0) > MASK:
            raise ExprError("E0306", self.at, len(whole), f"{num} does not fit 64 bits")
        self.token = whole

    def fail(self, wanted: str) -> ExprError:
        """Return the error for a token that does not belong here."""
        if self.kind == "end":
            return ExprError("E0301", self.at, 1,
                             f"the expression ends where {wanted} is expected")
        return ExprError("E0301", self.at, self.end - self.at,
                         f"expected {wanted}, found `{self.token}`")

    def expression(self, least: int = 1) -> Raw:
        """Parse operators that bind at least as tight as `least`."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise ExprError("E0301", self.at, 1, "the expression is nested too deeply")
        left = self.unary()
        while self.kind == "op" and PRECEDENCE.get(self.token, 0) >= least:
            operator = self.token
            self.operators += 1
            if self.operators > _MAX_OPERATORS:
                raise ExprError("E0301", self.at, 1, "the expression is too long")
            self.next()
            right = self.expression(PRECEDENCE[operator] + 1)
            left = Raw("binary", operator, left.at, right.end, (left, right))
        self.depth -= 1
        return left

    def unary(self) -> Raw:
        """Parse prefix operators and what they apply to."""
        if self.kind == "op" and self.token in ("!", "~", "-"):
            at, operator = self.at, self.token
            self.depth += 1
            if self.depth > _MAX_DEPTH:
                raise ExprError("E0301", self.at, 1, "the expression is nested too deeply")
            self.next()
            operand = self.unary()
            self.depth -= 1
            return Raw("unary", operator, at, operand.end, (operand,))
        return self.primary()

    def primary(self) -> Raw:
        """Parse a literal, a name, a call or parentheses."""
        at, end, token = self.at, self.end, self.token
        if self.kind == "num":
            self.next()
            raw = Raw("num", token, at, end)
            raw.value = int(re.sub("[uUlL]+$", "", token), 0)
            return raw
        if self.kind == "name":
            self.next()
            if self.kind == "op" and self.token == "(":
                return self.call(token, at, end)
            return self.indexed(Raw("name", token, at, end))
        if self.kind == "op" and token == "(":
            self.next()
            inner = self.expression()
            self.close(")")
            return inner
        raise self.fail("a number or a name")

    def close(self, bracket: str) -> int:
        """Step over a closing bracket; return where it ends."""
        if self.kind != "op" or self.token != bracket:
            raise self.fail(f"`{bracket}`")
        end = self.end
        self.next()
        return end

    def indexed(self, name: Raw) -> Raw:
        """Parse `[n]` behind a name, if there is one."""
        if self.kind == "op" and self.token == "[":
            self.next()
            name.index = self.expression()
            name.end = self.close("]")
        return name

    def call(self, func: str, at: int, end: int) -> Raw:
        """Parse the operands of a function."""
        self.next()
        kids = []
        if not (self.kind == "op" and self.token == ")"):
            kids.append(self.expression())
            while self.kind == "op" and self.token == ",":
                self.next()
                kids.append(self.expression())
        self.close(")")
        return Raw("call", func, at, end, tuple(kids))


def parse(text: str) -> Raw:
    """Return the tree of an expression; raise ExprError if it is none."""
    parser = _Parser(text)
    tree = parser.expression()
    if parser.kind != "end":
        raise parser.fail("an operator or the end")
    return tree


# --- evaluation -----------------------------------------------------------

Env = Union[Mapping[str, int], Callable[[Name], int]]

_BINARY: dict[str, Callable[[int, int], int]] = {
    "|": lambda a, b: a | b, "^": lambda a, b: a ^ b, "&": lambda a, b: a & b,
    "==": lambda a, b: int(a == b), "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b), "<=": lambda a, b: int(a <= b),
    ">": lambda a, b: int(a > b), ">=": lambda a, b: int(a >= b),
    "<<": lambda a, b: a << b if b < 64 else 0, ">>": lambda a, b: a >> b,
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
}


class Undefined(Exception):
    """The expression has no value: division by zero, or an unknown name."""


def name_key(name: Name) -> str:
    """Return the name as written: arg.length, hdr.lrh[2]."""
    parts = name.parts
    text = parts[0] if len(parts) == 1 else ".".join(parts)
    return text if name.index is None else f"{text}[{name.index}]"


def _number(expr: Num, _: Env) -> int:
    return expr.value


def _lookup(name: Name, env: Env) -> int:
    if name.value is not None:
        return name.value & MASK
    if callable(env):
        return env(name) & MASK
    key = name_key(name)
    if key not in env:
        raise Undefined(key)
    return env[key] & MASK


def _call(expr: Call, env: Env) -> int:
    if expr.func == "field":
        # The bit range travels in the word name's value as (hi << 8 | lo).
        word = expr.args[0]
        assert isinstance(word, Name) and word.value is not None
        hi, lo = word.value >> 8, word.value & 0xFF
        return (evaluate(expr.args[1], env) >> lo) & ((1 << (hi - lo + 1)) - 1)
    args = [evaluate(arg, env) for arg in expr.args]
    if expr.func == "aligned":
        return int(args[0] & (args[1] - 1) & MASK == 0)
    if expr.func == "align_up":
        return (args[0] + args[1] - 1) & ~(args[1] - 1) & MASK
    if expr.func == "in":
        return int(args[0] in args[1:])
    if expr.func == "overflows":
        return int(args[0] + args[1] > MASK)
    return min(args) if expr.func == "min" else max(args)


def _unary(expr: Unary, env: Env) -> int:
    value = evaluate(expr.operand, env)
    if expr.op == "!":
        return int(not value)
    return (~value if expr.op == "~" else -value) & MASK


def _binary(expr: Binary, env: Env) -> int:
    op = expr.op
    left = evaluate(expr.left, env)
    if op == "&&":
        return left and evaluate(expr.right, env)
    if op == "||":
        return left or evaluate(expr.right, env)
    right = evaluate(expr.right, env)
    compute = _BINARY.get(op)
    if compute is not None:
        return compute(left, right) & MASK
    if right == 0:
        raise Undefined("division by zero")
    return left // right if op == "/" else left % right


_EVALUATE: dict[type, Callable[[Any, Env], int]] = {
    Num: _number, Name: _lookup, Call: _call, Unary: _unary, Binary: _binary}


def evaluate(expr: Expr, env: Env) -> int:
    """Return the value of an expression; a bool is 0 or 1.

    `env` maps what name_key() says, or is a function of the Name, for names
    that carry no value of their own.  Raises Undefined where C would have no
    answer.  && and || stop as soon as the result is known.
    """
    return _EVALUATE[type(expr)](expr, env)


def wraps(expr: Expr) -> bool:
    """Tell whether computing a constant expression leaves the 64 bits anywhere."""
    if isinstance(expr, Unary):
        return wraps(expr.operand) or (expr.op == "-" and evaluate(expr, {}) != 0)
    if isinstance(expr, Call):
        kids = expr.args[1:] if expr.func == "field" else expr.args
        return any(wraps(arg) for arg in kids)
    if not isinstance(expr, Binary):
        return False
    if wraps(expr.left) or wraps(expr.right):
        return True
    left, right = evaluate(expr.left, {}), evaluate(expr.right, {})
    exact = {"+": left + right, "-": left - right, "*": left * right,
             "<<": left << right if expr.op == "<<" else 0}
    return not 0 <= exact.get(expr.op, 0) <= MASK


def names(expr: Expr) -> list[Name]:
    """Return every Name of an expression, in order of appearance."""
    if isinstance(expr, Name):
        return [expr]
    if isinstance(expr, Unary):
        return names(expr.operand)
    if isinstance(expr, Binary):
        return names(expr.left) + names(expr.right)
    if isinstance(expr, Call):
        return [name for arg in expr.args for name in names(arg)]
    return []


def is_constant(expr: Expr) -> bool:
    """Tell whether the value depends on nothing at run time."""
    return all(name.value is not None for name in names(expr))
