# SPDX-License-Identifier: BSD-3-Clause
"""Breaking C statements at 80 columns the way the repository's clang-format does.

The generator formats what it writes itself: it must not depend on a tool to
give the same bytes everywhere.  A test runs the tool and expects no change.
"""
from __future__ import annotations

from typing import NamedTuple

from uapigen.ctext import TAB, WIDTH, columns, gap

# The looser an operator binds, the sooner a line is broken behind it.
_RANKS = {
    "||": 0,
    "&&": 0,
    "==": 1,
    "!=": 1,
    "<": 1,
    ">": 1,
    "<=": 1,
    ">=": 1,
    ",": 2,
    "|": 3,
    "&": 3,
    "^": 3,
    "+": 3,
    "-": 3,
    "*": 3,
    "/": 3,
    "<<": 3,
    ">>": 3,
}
_NEVER = 9


class _Word(NamedTuple):
    """A word of a statement and what a break behind it would cost."""

    text: str
    rank: tuple[int, int]  # parentheses around the break, looseness


def _words(text: str) -> list[_Word]:
    """Split at blanks; a word without an operator at its end cannot break."""
    words, depth = [], 0
    for part in text.split(" "):
        depth += part.count("(") - part.count(")")
        operator = "," if part.endswith(",") else part
        words.append(_Word(part, (depth, _RANKS.get(operator, _NEVER))))
    return words


def _is_call(line: str, column: int) -> bool:
    """Tell whether the parenthesis at a column belongs to a call."""
    return column > 0 and (line[column - 1].isalnum() or line[column - 1] == "_")


class _Open(NamedTuple):
    """An open parenthesis."""

    column: int  # behind it
    call: bool
    broken: bool  # an argument spans lines
    line: int  # where it stands


class _Lines:
    """Lines under construction, with the parentheses still open."""

    def __init__(self, head: str) -> None:
        self.done: list[str] = []
        self.line = head
        self.stack = [_Open(columns(head), False, False, 0)]
        self.scanned = len(head)
        self.call_was_broken = False

    def scan(self) -> None:
        """Follow parentheses in what was added to the line."""
        for index in range(self.scanned, len(self.line)):
            char = self.line[index]
            if char == "(":
                column = columns(self.line[: index + 1])
                is_call = _is_call(self.line, index)
                self.stack.append(_Open(column, is_call, False, len(self.done)))
            elif char == ")" and len(self.stack) > 1:
                closed = self.stack.pop()
                self.call_was_broken = closed.call and closed.line < len(self.done)
        self.scanned = len(self.line)

    def add(self, text: str) -> None:
        """Put text on the current line."""
        self.line += text
        self.scan()

    def new_line(self, behind_comma: bool) -> None:
        """Start a line below the innermost open parenthesis."""
        top = self.stack[-1]
        indent = top.column
        if top.call and not behind_comma:
            # An argument goes on: deeper, and the next one gets its own line.
            indent += TAB
        self.stack[-1] = top._replace(broken=top.call and not behind_comma)
        self.call_was_broken = False
        self.done.append(self.line)
        self.line = gap(0, indent)
        self.scanned = len(self.line)

    def must_break(self, behind_comma: bool) -> bool:
        """Tell whether what comes next must not share the line."""
        return self.stack[-1].broken if behind_comma else self.call_was_broken


def _pieces(words: list[_Word], limit: tuple[int, int]) -> list[str]:
    """Join the words between which no break is allowed up to a rank."""
    pieces: list[str] = []
    breakable = True
    for word in words:
        if breakable:
            pieces.append(word.text)
        else:
            pieces[-1] += " " + word.text
        breakable = word.rank[1] != _NEVER and word.rank <= limit
    return pieces


def _fill(
    head: str, words: list[_Word], tail: str, limit: tuple[int, int], width: int
) -> list[str]:
    """Put as much on each line as fits, with breaks up to a rank."""
    pieces, lines = _pieces(words, limit), _Lines(head)
    for index, piece in enumerate(pieces):
        end = tail if index == len(pieces) - 1 else ""
        comma = index > 0 and pieces[index - 1].endswith(",")
        full = columns(f"{lines.line} {piece}{end}") > width
        if index and (full or lines.must_break(comma)):
            lines.new_line(comma)
        elif index:
            lines.add(" ")
        lines.add(piece)
    return [*lines.done, lines.line + tail]


def statement(head: str, text: str, tail: str = ";", width: int = WIDTH) -> str:
    """Return head, expression and tail, broken where that is too long.

    A continuation starts below the innermost parenthesis still open, or else
    behind the head.
    """
    if columns(head + text + tail) <= width:
        return head + text + tail
    words = _words(text)
    lines = [head + text + tail]
    for limit in sorted({w.rank for w in words if w.rank[1] != _NEVER}):
        lines = _fill(head, words, tail, limit, width)
        if all(columns(line) <= width for line in lines):
            break
    return "\n".join(lines)


def condition(indent: str, keyword: str, text: str, tail: str = ")") -> str:
    """Return `keyword (text)`, broken where it is too long."""
    return statement(f"{indent}{keyword} (", text, tail)


def call(indent: str, head: str, args: list[str], tail: str = ");") -> str:
    """Return `head(args);`, the arguments on further lines if need be."""
    line = f"{indent}{head}({', '.join(args)}{tail}"
    if columns(line) <= WIDTH:
        return line
    column = columns(f"{indent}{head}(")
    width = max(columns(a) for a in args) + len(tail)
    if column + width <= WIDTH:
        return _arguments(f"{indent}{head}(", gap(0, column), args, tail)
    kind, name = _declarator(indent, head)
    if kind and columns(f"{name}(") + width <= WIDTH:
        return f"{kind}\n" + _arguments(f"{name}(", gap(0, len(name) + 1), args, tail)
    return f"{indent}{head}(\n" + _arguments(f"{indent}\t", f"{indent}\t", args, tail)


def _declarator(indent: str, head: str) -> tuple[str, str]:
    """Return a function's type and name; no type if there can be no break behind it.

    There is none in a call, nor behind a type as short as void.
    """
    kind, _, name = head.rpartition(" ")
    if indent or len(kind) < 5:
        return "", head
    stars = len(name) - len(name.lstrip("*"))
    return f"{kind} {name[:stars]}".rstrip(), name[stars:]


def _arguments(first: str, rest: str, args: list[str], tail: str) -> str:
    """Put as many arguments on each line as fit."""
    lines, line = [], first
    for index, arg in enumerate(args):
        piece = arg + (tail if index == len(args) - 1 else ",")
        glue = "" if line in (first, rest) else " "
        if glue and columns(line + glue + piece) > WIDTH:
            lines.append(line)
            line, glue = rest, ""
        line += glue + piece
    return "\n".join([*lines, line])


def macro(name: str, text: str) -> str:
    """Return a macro; if it takes several lines, the backslashes in one column."""
    if columns(f"#define {name} {text}") <= WIDTH:
        return f"#define {name} {text}"
    body = statement("\t", text, "", WIDTH - 2).split("\n")
    lines = [f"#define {name}", *body]
    column = max(columns(line) for line in lines[:-1]) + 1
    ends = [line + " " * (column - columns(line)) + "\\" for line in lines[:-1]]
    return "\n".join([*ends, lines[-1]])
