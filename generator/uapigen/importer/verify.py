# SPDX-License-Identifier: BSD-3-Clause
"""Proves that a generated header is the original one, token by token.

Both are brought into one form first: comments go, lists of declarators are
split, synonyms of built-in types and attributes become one.  Unlike a
compiler this sees every branch of every conditional.
"""
from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Optional

from uapigen.importer import ctype
from uapigen.importer.lexer import LexError, Token, directive, significant

_BUILTIN = {"unsigned", "signed", "__signed__", "char", "short", "int", "long", "float", "double"}
_STOPS = {";", "{", "}"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A token in the common form, and its line."""

    text: str
    line: int


def include_path(path: str, text: str) -> str:
    """Return an include in angle brackets, whatever it was."""
    if text.startswith('"'):
        below = posixpath.normpath(posixpath.join(posixpath.dirname(path), text.strip('"')))
        return f"<{below}>"
    return text


def _directive(path: str, token: Token) -> list[Mark]:
    """Return a directive in the common form."""
    line = directive(token)
    if line.name == "include":
        words = [include_path(path, line.text)]
    else:
        text = line.text.replace("\n", " ")
        found = re.match(r"[A-Za-z_$][\w$]*\(", text) if line.name == "define" else None
        words = [found.group()] if found else []
        words += [t.text for t in significant(text[found.end():] if found else text)]
    return [Mark("#" + line.name, token.line), *(Mark(w, token.line) for w in words),
            Mark("#end", token.line)]


def _attributes(tokens: list[Token]) -> list[Token]:
    """Bring attributes into one form: one a pair of brackets, no underscores."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text not in ("__attribute__", "__attribute") or at + 2 >= len(tokens):
            out.append(token)
            at += 1
            continue
        end = ctype.closing(tokens, at + 1)
        for part in ctype.split(tokens[at + 3:end - 1]):
            text = ctype.spell(part)
            text = re.sub(r"^__(\w+?)__\b", r"\1", text)
            out.append(Token("attribute", f"attribute {text}", token.start, token.end,
                             token.line, token.line, False))
        at = end + 1
    return out


def _types(tokens: list[Token]) -> list[Token]:
    """Bring the names of built-in types into one form."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and tokens[end].text in _BUILTIN:
            end += 1
        if end == at:
            out.append(tokens[at])
            at += 1
            continue
        words = [t.text for t in tokens[at:end]]
        try:
            text = ctype._builtin(words)[1]  # pylint: disable=protected-access
        except ctype.Unparsable:
            text = " ".join(words)
        first = tokens[at]
        out.append(Token("id", text, first.start, first.end, first.line, first.line, False))
        at = end
    return out


def _statement(tokens: list[Token]) -> list[list[Token]]:
    """Split a declaration of several names."""
    if not any(t.text == "," for t in tokens):
        return [tokens]
    head = [tokens[0]] if tokens[0].text == "typedef" else []
    try:
        spec, rest = ctype.specifiers(tokens[len(head):])
        parts = ctype.split(rest)
        if len(parts) < 2 or not all(ctype.declarator(p).name or p for p in parts):
            return [tokens]
    except ctype.Unparsable:
        return [tokens]
    return [[*head, *spec.tokens, *part] for part in parts]


def common_form(path: str, text: str) -> list[Mark]:
    """Return a header in the form in which headers are compared."""
    out: list[Mark] = []
    pending: list[Token] = []
    depth = 0

    def flush(end: str, line: int) -> None:
        some = _types(_attributes(pending)) if pending else []
        for part in _statement(some) if end == ";" and depth == 0 and some else [some]:
            out.extend(Mark(t.text, t.line) for t in part)
            if end and not (end == ";" and not part and _idle(out)):
                out.append(Mark(end, line))
        pending.clear()
    for token in significant(text):
        if token.kind == "directive":
            flush("", token.line)
            out.extend(_directive(path, token))
        elif depth == 0 and token.text in _STOPS:
            flush(token.text, token.line)
        else:
            depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
            pending.append(token)
    flush("", 0)
    return _without_commas(out)


def _idle(out: list[Mark]) -> bool:
    """Tell whether a semicolon would end nothing."""
    return not out or out[-1].text in (";", "{", "#end")


def _without_commas(marks: list[Mark]) -> list[Mark]:
    """Drop commas behind the last item of a list."""
    return [m for m, after in zip(marks, [*marks[1:], Mark("", 0)])
            if m.text != "," or (after.text != "}" and not after.text.startswith("#"))]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a generated header first departs from the original."""

    line: int  # of the original
    expected: str
    found: str


def difference(path: str, original: str, generated: str) -> Optional[Difference]:
    """Return the first difference of two headers, None if there is none."""
    try:
        one, two = common_form(path, original), common_form(path, generated)
    except (LexError, ctype.Unparsable) as err:
        return Difference(1, "", str(err))
    for number, (left, right) in enumerate(zip(one, two)):
        if left.text != right.text:
            return Difference(left.line, " ".join(m.text for m in one[number:number + 8]),
                              " ".join(m.text for m in two[number:number + 8]))
    if len(one) != len(two):
        longer = (one if len(one) > len(two) else two)[min(len(one), len(two)):]
        said = " ".join(m.text for m in longer[:8])
        return Difference(longer[0].line, *((said, "") if len(one) > len(two) else ("", said)))
    return None
