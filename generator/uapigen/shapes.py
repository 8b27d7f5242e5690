# SPDX-License-Identifier: BSD-3-Clause
"""What a place in a spec can hold: the kinds of values of which schema.py is made."""
from __future__ import annotations


class Shape:
    """What a value may look like."""

    __slots__ = ()


class Text(Shape):
    """Any text that says something; white space is of no account but for `lines`."""

    __slots__ = ("what", "lines")

    def __init__(self, what: str = "text", lines: bool = False) -> None:
        self.what = what
        self.lines = lines  # where a line ends is kept


class Code(Shape):
    """C as it is written."""

    __slots__ = ("what",)

    def __init__(self, what: str = "C") -> None:
        self.what = what


class Word(Shape):
    """Text of a fixed form: an identifier, a version, a type..."""

    __slots__ = ("what", "pattern", "c_name")

    def __init__(self, what: str, pattern: str, c_name: bool = False) -> None:
        self.what = what
        self.pattern = pattern
        self.c_name = c_name  # becomes an identifier of C and C++ as it is


class Choice(Shape):
    """One of a few words."""

    __slots__ = ("values",)

    def __init__(self, *values: str) -> None:
        self.values = values


class Int(Shape):
    """A number within bounds."""

    __slots__ = ("lo", "hi")

    def __init__(self, lo: int = 0, hi: int = 2**64 - 1) -> None:
        self.lo = lo
        self.hi = hi


class Bool(Shape):
    """true or false."""

    __slots__ = ()


class Expression(Shape):
    """A number, or an expression as text."""

    __slots__ = ("what",)

    def __init__(self, what: str = "expression") -> None:
        self.what = what


class Seq(Shape):
    """A list, of which no plain item may stand twice."""

    __slots__ = ("item", "least")

    def __init__(self, item: Shape, least: int = 0) -> None:
        self.item = item
        self.least = least


class Table(Shape):
    """A mapping from names to items."""

    __slots__ = ("key", "value", "least")

    def __init__(self, key: Shape, value: Shape, least: int = 0) -> None:
        self.key = key
        self.value = value
        self.least = least


class OneOf(Shape):
    """Either of two shapes, told apart by the kind of YAML node."""

    __slots__ = ("scalar", "other")

    def __init__(self, scalar: Shape, other: Shape) -> None:
        self.scalar = scalar
        self.other = other


class Key:
    """A key of a record; `unless` names keys one of which does instead."""

    __slots__ = ("name", "shape", "required", "doc", "unless")

    def __init__(self, name: str, shape: Shape, doc: str, required: bool = False,
                 unless: tuple[str, ...] = ()) -> None:
        self.name = name
        self.shape = shape
        self.doc = doc
        self.required = required
        self.unless = unless


class Record(Shape):
    """A mapping with fixed keys.

    `one_of` lists groups of keys of which exactly one must be given.
    """

    __slots__ = ("name", "title", "keys", "one_of")

    def __init__(self, name: str, title: str, keys: list[Key],
                 one_of: tuple[tuple[str, ...], ...] = ()) -> None:
        self.name = name
        self.title = title
        self.keys = {key.name: key for key in keys}
        self.one_of = one_of
