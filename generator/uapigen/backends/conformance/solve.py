# SPDX-License-Identifier: BSD-3-Clause
"""Finds inputs that make a condition true or false.

A condition reads variables (fields of an argument, locals of a check list)
and facts only known at run time (attributes, buffers).  Candidates are made
by turning comparisons around: `align_up(x, n) / n > fact` yields expressions
for x in terms of the fact.  They are tried against samples of the facts; what
survives is emitted as an expression, so that it holds for every device.
"""
from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Callable, Iterable, Iterator, Mapping, Optional, Union

from uapigen.expr import MASK, Undefined, evaluate, is_constant, name_key, names
from uapigen.model import Binary, Call, Expr, Name, Num, Unary

MAX_CANDIDATES = 48
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_COMPARE = frozenset(_FLIPPED)

# What a variable is set to: all of it (mask None) or the bits of a mask.
Key = tuple[str, Optional[int]]
Assignment = Mapping[Key, Expr]
Truth = Union[bool, int]


def number(value: int) -> Num:
    """Return a literal, in hexadecimal when it is a large or round number."""
    value &= MASK
    text = f"0x{value:x}" if value >= 0x10000 else str(value)
    return Num(value, text)


def fold(op: str, left: Expr, right: Expr) -> Expr:
    """Return `left op right`, computed where both are constant.

    Distances are joined: (x + 1) - 1 is x.
    """
    if isinstance(left, Num) and isinstance(right, Num):
        return number(evaluate(Binary(op, left, right), {}))
    if isinstance(right, Num) and right.value == (1 if op in ("*", "/") else 0) and op in "+-*/<<>>":
        return left
    if op in ("+", "-") and isinstance(right, Num):
        if isinstance(left, Binary) and left.op in ("+", "-") and isinstance(left.right, Num):
            known = left.right.value if left.op == "+" else -left.right.value
            distance = (known + (right.value if op == "+" else -right.value) + (1 << 63)) & MASK
            distance -= 1 << 63
            sign = "+" if distance >= 0 else "-"
            return fold(sign, left.left, number(abs(distance)))
    return Binary(op, left, right)


def substitute(expr: Expr, default: Callable[[str], Expr]) -> Expr:
    """Return an expression with its variables replaced by their defaults."""
    if isinstance(expr, Name):
        return default(name_key(expr)) if _has_variable(expr) else expr
    if isinstance(expr, Unary):
        return Unary(expr.op, substitute(expr.operand, default), expr.type)
    if isinstance(expr, Binary):
        return fold(expr.op, substitute(expr.left, default), substitute(expr.right, default))
    if isinstance(expr, Call):
        first = expr.args[:1] if expr.func == "field" else ()
        rest = tuple(substitute(a, default) for a in expr.args[len(first):])
        whole = Call(expr.func, first + rest, expr.type)
        value = _constant(whole)
        return whole if value is None else number(value)
    return expr


def _constant(expr: Expr) -> Optional[int]:
    """Return the value of a constant expression."""
    try:
        return evaluate(expr, {}) if is_constant(expr) else None
    except Undefined:
        return None


def _is_variable(name: Name) -> bool:
    return name.value is None and name.kind in ("arg", "local", "struct")


def variables(expr: Expr) -> list[Name]:
    """Return the names a test can choose, without repetition."""
    seen: dict[str, Name] = {}
    for name in names(expr):
        if _is_variable(name):
            seen.setdefault(name_key(name), name)
    return list(seen.values())


def _has_variable(expr: Expr) -> bool:
    if isinstance(expr, Name):
        return _is_variable(expr)
    return any(map(_is_variable, names(expr)))


def invert(expr: Expr, target: Expr) -> Iterator[tuple[Key, Expr]]:
    """Yield settings of a variable in `expr` that may give it the value `target`."""
    if isinstance(expr, Name):
        if _has_variable(expr):
            yield (name_key(expr), None), target
    elif isinstance(expr, Call):
        yield from _invert_call(expr, target)
    elif isinstance(expr, Binary):
        left, right = _constant(expr.left), _constant(expr.right)
        if right is not None and _has_variable(expr.left):
            yield from _invert_left(expr, right, target)
        elif left is not None and expr.op in ("+", "*"):
            swapped = Binary(expr.op, expr.right, expr.left)
            yield from _invert_left(swapped, left, target)
        elif expr.op == "+":
            yield from invert(expr.left, fold("-", target, expr.right))


def _invert_left(expr: Binary, c: int, target: Expr) -> Iterator[tuple[Key, Expr]]:
    """Turn `variable op c` around."""
    n = number(c)
    if expr.op == "+":
        yield from invert(expr.left, fold("-", target, n))
    elif expr.op == "-":
        yield from invert(expr.left, fold("+", target, n))
    elif expr.op == "*" and c:
        yield from invert(expr.left, fold("/", target, n))
        yield from invert(expr.left, fold("+", fold("/", target, n), number(1)))
    elif expr.op == "/":
        yield from invert(expr.left, fold("*", target, n))
    elif expr.op == ">>" and c < 64:
        low = fold("<<", target, n)
        yield from invert(expr.left, low)
        yield from invert(expr.left, fold("+", low, number((1 << c) - 1)))
    elif expr.op == "<<" and c < 64:
        yield from invert(expr.left, fold(">>", target, n))
    elif expr.op == "&" and isinstance(expr.left, Name) and _has_variable(expr.left):
        yield (name_key(expr.left), c), fold("&", target, n)
    elif expr.op == "&" and isinstance(expr.left, Call) and expr.left.func == "field":
        yield from invert(expr.left, fold("&", target, n))


def _invert_call(expr: Call, target: Expr) -> Iterator[tuple[Key, Expr]]:
    """Turn field() and align_up() around."""
    if expr.func == "field":
        word, value = expr.args
        assert isinstance(word, Name) and word.value is not None
        hi, lo = word.value >> 8, word.value & 0xFF
        if isinstance(value, Name) and _has_variable(value):
            mask = ((1 << (hi - lo + 1)) - 1) << lo
            placed = fold("<<", target, number(lo)) if lo else target
            yield (name_key(value), mask), fold("&", placed, number(mask)) if isinstance(placed, Num) else placed
    elif expr.func == "align_up":
        step = _constant(expr.args[1])
        yield from invert(expr.args[0], target)
        if step:
            yield from invert(expr.args[0], fold("-", target, number(step - 1)))


def _around(value: Expr) -> Iterator[Expr]:
    """Yield a value and its neighbours."""
    yield value
    yield fold("+", value, number(1))
    yield fold("-", value, number(1))


def _compare(expr: Binary, default: Callable[[str], Expr]) -> Iterator[dict[Key, Expr]]:
    """Yield settings near the border of a comparison, then extremes."""
    for side, facing in ((expr.left, expr.right), (expr.right, expr.left)):
        if not _has_variable(side):
            continue
        other = substitute(facing, default)
        for target in itertools.chain(_around(other), (number(0), number(MASK), number(1))):
            for key, value in invert(side, target):
                yield {key: value}


def _aligned(expr: Call, default: Callable[[str], Expr]) -> Iterator[dict[Key, Expr]]:
    """Yield settings on both sides of an alignment border."""
    subject, step = expr.args[0], _constant(expr.args[1])
    if step is None:
        return
    for name in variables(subject):
        base = default(name_key(name))
        for distance in (1, step - 1, step, 0, step // 2):
            for key, value in invert(subject, fold("+", base, number(distance))):
                yield {key: value}


def _overflows(expr: Call, default: Callable[[str], Expr]) -> Iterator[dict[Key, Expr]]:
    """Yield settings at which a sum just fits 64 bits and just does not.

    Round numbers near the top come along, for sums of aligned numbers.
    """
    for side, facing in (expr.args, expr.args[::-1]):
        if _has_variable(side):
            border = fold("-", number(MASK), substitute(facing, default))
            for target in (fold("+", border, number(1)), border, number(-1 << 12), number(-1 << 16)):
                for key, value in invert(side, target):
                    yield {key: value}


def _merge(parts: Iterable[Assignment]) -> Optional[dict[Key, Expr]]:
    """Join assignments; None when they want different things of a variable."""
    merged: dict[Key, Expr] = {}
    for part in parts:
        for key, value in part.items():
            for (var, mask), known in merged.items():
                same = (var, mask) == key and known == value
                overlap = mask is None or key[1] is None or mask & key[1]
                if var == key[0] and not same and overlap:
                    return None
            merged[key] = value
    return merged


def proposals(expr: Expr, default: Callable[[str], Expr]) -> Iterator[dict[Key, Expr]]:
    """Yield assignments worth a try for either truth value of a condition."""
    if isinstance(expr, Unary) and expr.op == "!":
        yield from proposals(expr.operand, default)
    elif isinstance(expr, Name):
        if expr.type == "bool" and _has_variable(expr):
            yield {(name_key(expr), None): number(1)}
            yield {(name_key(expr), None): number(0)}
    elif isinstance(expr, Binary) and expr.op in ("&&", "||"):
        left: list[dict[Key, Expr]] = [{}, *itertools.islice(proposals(expr.left, default), MAX_CANDIDATES)]
        right: list[dict[Key, Expr]] = [{}, *itertools.islice(proposals(expr.right, default), MAX_CANDIDATES)]
        pairs = sorted(itertools.product(range(len(left)), range(len(right))), key=lambda p: (sum(p), p))
        for i, j in pairs:
            merged = _merge((left[i], right[j]))
            if merged:
                yield merged
    elif isinstance(expr, Binary) and expr.op in _COMPARE:
        yield from _compare(expr, default)
    elif isinstance(expr, Call) and expr.func == "in":
        for choice in expr.args[1:]:
            yield from _compare(Binary("==", expr.args[0], choice), default)
    elif isinstance(expr, Call) and expr.func == "aligned":
        yield from _aligned(expr, default)
    elif isinstance(expr, Call) and expr.func == "overflows":
        yield from _overflows(expr, default)


@dataclass(frozen=True, slots=True)
class Facts:
    """A sample of what is only known at run time: name -> value."""

    values: Mapping[str, int]

    def get(self, name: Name) -> int:
        """Return the sample of a fact; 0 for what no sample names."""
        return self.values.get(name_key(name), 0)


class Problem:
    """Variables with their defaults and widths, and samples of the facts."""

    def __init__(self, defaults: Mapping[str, Expr], samples: list[Facts],
                 widths: Optional[Mapping[str, int]] = None) -> None:
        self.defaults = defaults
        self.samples = samples
        self.widths = widths or {}
        # What conditions read and are by default, by id; keeps them alive.
        self._reads: dict[int, tuple[Expr, frozenset[str]]] = {}
        self._usual: dict[int, Optional[bool]] = {}

    def default(self, var: str) -> Expr:
        """Return what a variable is unless a test sets it."""
        return self.defaults.get(var, number(0))

    def fits(self, chosen: Assignment) -> bool:
        """Tell whether every value fits its variable, in all samples."""
        return not any(self._wraps(key, value) for key, value in chosen.items())

    def _value(self, chosen: Assignment, facts: Facts, name: Name) -> int:
        if not _is_variable(name):
            return facts.get(name)
        key = name_key(name)
        value = evaluate(self.default(key), facts.get)
        for (var, mask), setting in chosen.items():
            if var == key:
                new = evaluate(setting, facts.get)
                value = new if mask is None else (value & ~mask) | (new & mask)
        return value & ((1 << self.widths.get(key, 64)) - 1)

    def holds(self, cond: Expr, chosen: Assignment) -> Optional[bool]:
        """Return the condition's value if all samples agree on it."""
        ident = id(cond)
        if ident not in self._reads:
            self._reads[ident] = (cond, frozenset(name_key(n) for n in variables(cond)))
        reads = self._reads[ident][1]
        if any(var in reads for var, _ in chosen):
            return self._computed(cond, chosen)
        if ident not in self._usual:
            self._usual[ident] = self._computed(cond, {})
        return self._usual[ident]

    def _computed(self, cond: Expr, chosen: Assignment) -> Optional[bool]:
        seen: Optional[bool] = None
        try:
            for sample in self.samples:
                now = bool(evaluate(cond, functools.partial(self._value, chosen, sample)))
                if seen is not None and now != seen:
                    return None
                seen = now
        except Undefined:
            return None
        return seen

    def solve(self, wanted: Expr, avoid: Iterable[Expr] = (),
              given: Optional[Assignment] = None) -> Iterator[dict[Key, Expr]]:
        """Yield assignments with which `wanted` holds and nothing of `avoid` does.

        `given` is set whatever else is; without variables to choose, it is
        the only candidate.
        """
        fixed = dict(given or {})
        shunned = list(avoid)
        nothing: dict[Key, Expr] = {}
        for proposal in itertools.chain((nothing,), proposals(wanted, self.default)):
            chosen = _merge((fixed, proposal))
            if chosen is None or not self.fits(chosen):
                continue
            if self.holds(wanted, chosen) and all(self.holds(c, chosen) is False for c in shunned):
                yield chosen

    def first(self, wanted: Expr, avoid: Iterable[Expr] = (),
              given: Optional[Assignment] = None) -> Optional[dict[Key, Expr]]:
        """Return the first solution, or None."""
        return next(self.solve(wanted, avoid, given), None)

    def both(self, first: Expr, second: Expr, avoid: Iterable[Expr] = (),
             given: Optional[Assignment] = None) -> Optional[dict[Key, Expr]]:
        """Return an assignment with which two conditions hold."""
        return self.first(Binary("&&", first, second, "bool"), avoid, given)

    def borders(self, cond: Expr, avoid: Iterable[Expr]) -> list["Border"]:
        """Return the neighbours of which the condition tells one from the other."""
        found: dict[tuple[Key, int, int], Border] = {}
        shunned = list(avoid)
        for proposal in proposals(cond, self.default):
            if len(proposal) != 1 or not self.fits(proposal):
                continue
            ((key, value),) = proposal.items()
            for low, high in ((value, fold("+", value, number(1))), (fold("-", value, number(1)), value)):
                border = self._border(cond, shunned, key, low, high)
                if border is not None:
                    found.setdefault((key, self._sample(border.accepted), self._sample(border.refused)), border)
        return list(found.values())

    def _sample(self, chosen: Assignment) -> int:
        """Return the value of a single setting in the first sample."""
        (value,) = chosen.values()
        return evaluate(value, self.samples[0].get)

    def _border(self, cond: Expr, avoid: list[Expr], key: Key, low: Expr, high: Expr) -> Optional["Border"]:
        """Return two neighbours as a border if only one of them is refused."""
        sides = ({key: low}, {key: high})
        if not all(self.fits(s) for s in sides):
            return None
        truth = [self.holds(cond, s) for s in sides]
        if None in truth or truth[0] == truth[1]:
            return None
        if any(self.holds(c, s) is not False for c in avoid for s in sides):
            return None
        refused, accepted = (sides[0], sides[1]) if truth[0] else (sides[1], sides[0])
        return Border(accepted, refused, upper=not truth[0])

    def _wraps(self, key: Key, value: Expr) -> bool:
        """Tell whether a value leaves its variable in some sample."""
        top = self.widths.get(key[0], 64)
        mask = key[1]
        for facts in self.samples:
            try:
                result = evaluate(value, facts.get)
            except Undefined:
                return True
            if result >> top or (mask is not None and result & ~mask):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Border:
    """The last accepted and the first refused value of a variable.

    `upper`: the larger one is refused.
    """

    accepted: Assignment
    refused: Assignment
    upper: bool
