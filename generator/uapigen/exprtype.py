# SPDX-License-Identifier: BSD-3-Clause
"""Gives expressions their meaning: names, types, constant values.

A mistake is reported once; what contains it becomes None and says nothing
more, so one wrong name gives one error.
"""
from __future__ import annotations

from typing import Optional, Protocol

from uapigen import expr as ex
from uapigen.context import Context
from uapigen.diagnostics import Mark, suggest
from uapigen.exprrange import check_range
from uapigen.model import Binary, Call, Expr, Name, Num, Unary, Word
from uapigen.reader import words
from uapigen.yamlpos import Scalar


class Scope(Protocol):
    """Where the names of an expression come from."""

    def find(self, parts: tuple[str, ...], place: "Place") -> Optional[Name]:
        """Return the name, or None after reporting that it has no meaning."""


class Place:
    """Turns offsets of an expression into places of the file."""

    def __init__(self, ctx: Context, node: Scalar, shift: int = 0) -> None:
        self.ctx = ctx
        self.node = node
        self.shift = shift
        self.at = 0
        self.length = 1

    def focus(self, raw: ex.Raw) -> "Place":
        """Point at a node of the tree."""
        self.at, self.length = raw.at, raw.end - raw.at
        return self

    def mark(self) -> Mark:
        """Return the place pointed at."""
        return self.node.mark_at(self.shift + self.at, self.length)

    def error(self, ident: str, message: str, hint: str = "") -> None:
        """Report a mistake at the place pointed at."""
        self.ctx.error(ident, self.mark(), message, hint)


class ConstScope:
    """Only constants have a meaning here."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def find(self, parts: tuple[str, ...], place: Place) -> Optional[Name]:
        """Return a constant."""
        if len(parts) == 1:
            found = find_constant(self.ctx, parts[0])
            if found is not None:
                return found
            if is_excused(self.ctx, parts[0]):
                return None
        name = ".".join(parts)
        place.error("E0302", f"no constant is called `{name}`",
                    suggest(name, [*self.ctx.consts, *self.ctx.pending]))
        return None


def find_constant(ctx: Context, name: str) -> Optional[Name]:
    """Return a constant, flag, enumerator or named value by its C name.

    One that is written further down is evaluated first.
    """
    ctx.used.add(("constant", name))
    compute = ctx.pending.get(name)
    if compute is not None:
        compute()
    return ctx.consts.get(name)


def is_excused(ctx: Context, name: str) -> bool:
    """Tell whether a constant has no value for a reason that was reported."""
    return ("constant", name) in ctx.broken or name in ctx.pending or ctx.may_lack("constant")


class Typer:
    """Types one expression."""

    def __init__(self, ctx: Context, place: Place, scope: Scope) -> None:
        self.ctx = ctx
        self.place = place
        self.scope = scope

    def error(self, raw: ex.Raw, ident: str, message: str, hint: str = "") -> None:
        """Report a mistake at a node of the tree."""
        self.place.focus(raw).error(ident, message, hint)

    def type(self, raw: ex.Raw) -> Optional[Expr]:
        """Return the typed tree, or None after a mistake."""
        if raw.kind == "num":
            return Num(raw.value, raw.text)
        if raw.kind == "name":
            return self.name(raw)
        if raw.kind == "unary":
            return self.unary(raw)
        if raw.kind == "call":
            return self.call(raw)
        return self.binary(raw)

    def name(self, raw: ex.Raw) -> Optional[Expr]:
        """Type a name, with its array index."""
        if raw.text in ex.KEYWORDS:
            return Num(int(raw.text == "true"), raw.text, "bool")
        found = self.scope.find(tuple(raw.text.split(".")), self.place.focus(raw))
        if found is None:
            return None
        return self.index(raw, found)

    def index(self, raw: ex.Raw, found: Name) -> Optional[Name]:
        """Apply `[n]`; names of arrays carry minus their length as index."""
        length = -found.index if found.index is not None else 0
        if raw.index is None:
            if length:
                self.error(raw, "E0312", f"`{raw.text}` is an array of {length}",
                           f"say which element: `{raw.text}[0]`")
                return None
            return found
        index = self.type(raw.index)
        if index is None:
            return None
        if not length:
            self.error(raw, "E0312", f"`{raw.text}` is no array")
            return None
        if not ex.is_constant(index) or index.type != "int":
            self.error(raw.index, "E0312", "the index is not a constant")
            return None
        value = ex.evaluate(index, {})
        if value >= length:
            self.error(raw.index, "E0312", f"`{raw.text}` has elements 0 to {length - 1}")
            return None
        return Name(found.parts, found.kind, found.type, None, value, found.bits, found.signed)

    def want(self, raw: ex.Raw, got: Optional[Expr], kind: str, what: str) -> bool:
        """Report an operand that is not of the type `kind`."""
        if got is None:
            return False
        if got.type == kind:
            return True
        hint = ""
        if kind == "bool" and got.type == "int":
            hint = "there is no implicit truth: compare, for example with != 0"
        elif got.type == "word":
            hint = "take a bit range out with field(WORD.FIELD, x)"
        elif raw.kind == "binary" and raw.text in ("==", "!=", "<", "<=", ">", ">="):
            hint = "comparisons bind tighter than & ^ |, and do not chain: use parentheses or &&"
        self.error(raw, "E0303", f"{what} takes {_a(kind)}, this is {_a(got.type)}", hint)
        return False

    def unary(self, raw: ex.Raw) -> Optional[Expr]:
        """Type a prefix operator."""
        operand = self.type(raw.kids[0])
        kind = "bool" if raw.text == "!" else "int"
        if not self.want(raw.kids[0], operand, kind, f"`{raw.text}`"):
            return None
        assert operand is not None
        return Unary(raw.text, operand, kind)

    def binary(self, raw: ex.Raw) -> Optional[Expr]:
        """Type an infix operator."""
        left, right = self.type(raw.kids[0]), self.type(raw.kids[1])
        if left is None or right is None:
            return None
        op = raw.text
        if op in ("==", "!="):
            if not self.same(raw, left, right):
                return None
            return Binary(op, left, right, "bool")
        kind = "bool" if op in ("&&", "||") else "int"
        fine = self.want(raw.kids[0], left, kind, f"`{op}`")
        fine = self.want(raw.kids[1], right, kind, f"`{op}`") and fine
        if not fine or not self.operands(raw, op, right):
            return None
        return Binary(op, left, right, "int" if kind == "int" and op not in _ORDER else "bool")

    def same(self, raw: ex.Raw, left: Expr, right: Expr) -> bool:
        """Report a comparison of different types."""
        if left.type == "word" or right.type == "word":
            return self.want(raw.kids[0 if left.type == "word" else 1],
                             left if left.type == "word" else right, "int", f"`{raw.text}`")
        if left.type != right.type:
            self.error(raw, "E0303", f"`{raw.text}` compares {_a(left.type)} with "
                       f"{_a(right.type)}")
            return False
        return True

    def operands(self, raw: ex.Raw, op: str, right: Expr) -> bool:
        """Report right operands that no processor likes."""
        if op not in ("/", "%", "<<", ">>") or not ex.is_constant(right):
            return True
        value = ex.evaluate(right, {})
        if op in ("/", "%") and value == 0:
            self.error(raw.kids[1], "E0307", "division by zero")
            return False
        if op in ("<<", ">>") and value > 63:
            self.error(raw.kids[1], "E0308", f"a shift by {value} leaves nothing of 64 bits")
            return False
        return True

    def call(self, raw: ex.Raw) -> Optional[Expr]:
        """Type a function."""
        bounds = ex.FUNCTIONS.get(raw.text)
        if bounds is None:
            self.error(raw, "E0305", f"no function is called `{raw.text}`",
                       suggest(raw.text, ex.FUNCTIONS) or "there are "
                       + ", ".join(ex.FUNCTIONS))
            return None
        if not bounds[0] <= len(raw.kids) <= bounds[1]:
            wanted = str(bounds[0]) if bounds[0] == bounds[1] else f"at least {bounds[0]}"
            self.error(raw, "E0305", f"{raw.text}() takes {wanted} operands, not {len(raw.kids)}")
            return None
        if raw.text == "field":
            return self.field(raw)
        args = []
        for kid in raw.kids:
            arg = self.type(kid)
            if self.want(kid, arg, "int", f"{raw.text}()") and arg is not None:
                args.append(arg)
        if len(args) < len(raw.kids):
            return None
        if raw.text in ("aligned", "align_up") and not self.power_of_two(raw.kids[1], args[1]):
            return None
        kind = "bool" if raw.text in ("aligned", "in", "overflows") else "int"
        return Call(raw.text, tuple(args), kind)

    def power_of_two(self, raw: ex.Raw, arg: Expr) -> bool:
        """Report an alignment that is none."""
        if not ex.is_constant(arg):
            self.error(raw, "E0311", "an alignment is a constant")
            return False
        value = ex.evaluate(arg, {})
        if value == 0 or value & (value - 1):
            self.error(raw, "E0311", f"an alignment is a power of two, {value} is not")
            return False
        return True

    def field(self, raw: ex.Raw) -> Optional[Expr]:
        """Type field(WORD.FIELD, x)."""
        word = self.word_name(raw.kids[0])
        value = self.type(raw.kids[1])
        if not self.want(raw.kids[1], value, "int", "field()") or word is None:
            return None
        assert value is not None and word.value is not None
        top = (word.value >> 8) + 1
        if isinstance(value, Name) and value.value is None and value.bits < top:
            self.error(raw.kids[1], "E0316", f"`{'.'.join(word.parts)}` ends at bit {top - 1}, "
                       f"`{ex.name_key(value)}` has {value.bits} bits")
            return None
        return Call("field", (word, value), "int")

    def word_name(self, raw: ex.Raw) -> Optional[Name]:
        """Find the WORD.FIELD that field() starts with."""
        parts = raw.text.split(".")
        if raw.kind != "name" or len(parts) != 2 or raw.index is not None:
            self.error(raw, "E0305", "field() starts with WORD.FIELD")
            return None
        known = self.ctx.spec.words
        mark = self.place.focus(raw).mark()
        if not self.ctx.refer("word", parts[0], mark, known):
            return None
        return self.bit_field(raw, known[parts[0]], parts[1])

    def bit_field(self, raw: ex.Raw, word: Word, name: str) -> Optional[Name]:
        """Return a bit range as a Name that carries (hi << 8 | lo)."""
        for item in word.fields:
            if item.name == name:
                return Name((word.name, name), "word", "word", item.hi << 8 | item.lo)
        if ("bit-field", f"{word.name}.{name}") not in self.ctx.broken:
            self.error(raw, "E0302", f"word {word.name} has no field `{name}`",
                       suggest(name, [f.name for f in word.fields]))
        return None


_ORDER = ("<", "<=", ">", ">=", "&&", "||")


def _a(kind: str) -> str:
    """Return a type with its article."""
    return {"int": "an integer", "bool": "a truth value", "state": "a state",
            "word": "a word"}[kind]


def typed(ctx: Context, node: Scalar, scope: Scope, kind: str, text: Optional[str] = None,
          shift: int = 0) -> Optional[Expr]:
    """Return the typed tree of an expression of type `kind`, or None.

    `text` and `shift` select a part of the scalar.
    """
    place = Place(ctx, node, shift)
    try:
        raw = ex.parse(node.text if text is None else text)
    except ex.ExprError as err:
        place.at, place.length = err.at, err.length
        place.error(err.ident, err.message, err.hint)
        ctx.excused |= words(node.text)
        return None
    out = Typer(ctx, place, scope).type(raw)
    if out is None:
        return None
    if out.type != kind:
        what = "a condition is a truth value" if kind == "bool" else f"expected {_a(kind)}"
        hint = "compare it, for example with != 0" if (kind, out.type) == ("bool", "int") else ""
        place.focus(raw).error("E0304", f"{what}, this is {_a(out.type)}", hint)
        return None
    return out


def condition(ctx: Context, node: Scalar, scope: Scope) -> Optional[Expr]:
    """Return a condition; report one that is always true or always false."""
    out = typed(ctx, node, scope, "bool")
    if out is not None and node.text.strip() not in ex.KEYWORDS:
        verdict = check_range(out)
        if verdict is not None:
            ctx.error("E0309", node.mark_at(0, len(node.text)),
                      f"the condition is always {'true' if verdict else 'false'}",
                      "integers have no sign and are as wide as the field they come from")
    return out


def constant_part(ctx: Context, node: Scalar, text: str, shift: int) -> Optional[int]:
    """Return the value of a constant expression inside a scalar, or None."""
    out = typed(ctx, node, ConstScope(ctx), "int", text, shift)
    if out is None:
        return None
    if ex.wraps(out):
        ctx.error("E0315", node.mark_at(shift, len(text)), "the result does not fit 64 bits",
                  "a constant is not negative and below 2^64")
        return None
    return ex.evaluate(out, {})


def constant(ctx: Context, node: Scalar) -> Optional[int]:
    """Return the value of a constant expression, or None."""
    return constant_part(ctx, node, node.text, 0)
