# SPDX-License-Identifier: BSD-3-Clause
"""Splits a header into tokens and keeps its directives and comments.

A directive is one token, from its # to the end of its last continued line.
Places are offsets into the text, so that any stretch can be quoted as it was
written.
"""
from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"""
    (?P<space>(?:[ \t\r\f\v]|\\\n)+)
  | (?P<newline>\n)
  | (?P<comment>/\*.*?\*/|//(?:[^\n\\]|\\.|\\\n)*)
  | (?P<str>(?:L|u8|u|U)?"(?:[^"\\\n]|\\.|\\\n)*")
  | (?P<chr>(?:L|u|U)?'(?:[^'\\\n]|\\.)*')
  | (?P<num>\.?[0-9](?:[eEpP][+-]|[A-Za-z0-9_.])*)
  | (?P<id>[A-Za-z_$][A-Za-z0-9_$]*)
  | (?P<punct>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||\#\#|[-+*/%&|^]=|.)
""", re.VERBOSE | re.DOTALL)
_IN_DIRECTIVE = re.compile(r"""/\*.*?\*/|//(?:[^\n\\]|\\.|\\\n)*|"(?:[^"\\\n]|\\.)*"
                           |'(?:[^'\\\n]|\\.)*'|\\\n|\n|.""", re.VERBOSE | re.DOTALL)

# Directives that open a conditional, and those that close or continue one.
STARTS = ("if", "ifdef", "ifndef")
ENDS = ("else", "elif", "endif")


class LexError(Exception):
    """The text is no C."""


@dataclass(slots=True)
class Token:
    """A token; kind is id, num, str, chr, punct, comment, directive or end."""

    kind: str
    text: str
    start: int
    end: int
    line: int  # of its first character
    last_line: int
    own_line: bool  # nothing but white space stands before it on its line
    column: int = 0  # with tab stops at 8


@dataclass(slots=True)
class Directive:
    """A preprocessor directive, its comments taken out."""

    name: str  # define, ifdef...
    text: str  # what follows the name; continued lines are joined by \n
    comment: str = ""  # the comment behind it


def _end_of_directive(text: str, start: int) -> int:
    """Return where a directive ends: at the end of its last line."""
    at = start
    while at < len(text):
        found = _IN_DIRECTIVE.match(text, at)
        assert found is not None
        if found.group() == "\n":
            return at
        at = found.end()
    return at


def tokens(text: str) -> list[Token]:
    """Return all tokens of a header, an `end` token last."""
    out: list[Token] = []
    at, line, fresh = 0, 1, True
    line_start = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise LexError(f"line {line}: cannot read {text[at:at + 20]!r}")
        kind, end = found.lastgroup, found.end()
        if kind == "punct" and found.group() == "#" and fresh:
            kind, end = "directive", _end_of_directive(text, at)
        piece = text[at:end]
        height = piece.count("\n")
        if kind == "newline":
            fresh = True
        elif kind != "space":
            column = len(text[line_start:at].expandtabs(8))
            out.append(Token(kind, piece, at, end, line, line + height, fresh, column))
            # A comment before a declaration does not make it less the first.
            fresh = fresh and kind == "comment"
        line += height
        if height:
            line_start = at + piece.rfind("\n") + 1
        at = end
    out.append(Token("end", "", len(text), len(text), line, line, True))
    return out


def directive(token: Token) -> Directive:
    """Take a directive apart; a comment behind its last token is set apart."""
    body = token.text[1:]
    pieces: list[tuple[bool, str]] = []
    for found in _IN_DIRECTIVE.finditer(body):
        piece = found.group()
        is_comment = piece.startswith(("/*", "//")) and len(piece) > 1
        pieces.append((is_comment, piece))
    tail: list[str] = []
    while pieces and (pieces[-1][0] or not pieces[-1][1].strip()):
        is_comment, piece = pieces.pop()
        if is_comment:
            tail.insert(0, piece)
    text = "".join(p for _, p in pieces)
    found_name = re.match(r"\s*(\w*)\s*", text)
    assert found_name is not None
    rest = text[found_name.end():]
    lines = [line.strip() for line in re.split(r"\\\n", rest)]
    return Directive(found_name.group(1), "\n".join(lines).strip(), " ".join(tail))


def significant(text: str) -> list[Token]:
    """Return the tokens of a stretch of C without comments and end."""
    return [t for t in tokens(text) if t.kind not in ("comment", "end")]
