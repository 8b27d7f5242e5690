# SPDX-License-Identifier: BSD-3-Clause
"""Declarations without braces: from C tokens to types of the spec."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from uapigen.importer.lexer import Token
from uapigen.model import TypeRef

_SIZED = {f"__{t}": t for t in (
    "u8 u16 u32 u64 s8 s16 s32 s64 le16 le32 le64 be16 be32 be64 aligned_u64 aligned_le64 "
    "aligned_be64").split()}
_WORDS = {"unsigned", "signed", "__signed__", "char", "short", "int", "long", "float", "double",
          "void"}
_PLAIN = {
    "char": "char", "signed char": "schar", "unsigned char": "uchar", "short": "short",
    "unsigned short": "ushort", "int": "int", "signed int": "int", "signed": "int",
    "unsigned": "uint", "unsigned int": "uint", "long": "long", "unsigned long": "ulong",
    "long long": "longlong", "unsigned long long": "ulonglong", "float": "float",
    "double": "double", "signed short": "short", "signed long": "long",
    "signed long long": "longlong",
}
_QUALIFIERS = {"const", "volatile", "__const", "__volatile__", "register", "restrict",
               "__restrict", "__extension__", "extern", "static", "inline"}
SPACED = re.compile(r"[A-Za-z0-9_$\"']")


class Unparsable(Exception):
    """The importer does not know this construct."""


def spell(tokens: list[Token]) -> str:
    """Return tokens as C text with ordinary spacing."""
    out = ""
    for token in tokens:
        text = token.text
        if out and SPACED.match(text[0]) and (SPACED.match(out[-1]) or out[-1] in ",;)}"):
            out += " "
        elif out and text in ("*", "{", "=") and out[-1] not in "*([ ":
            out += " "
        elif out and out[-1] in "={":
            out += " "
        out += text
    return out


def raw(text: str, tokens: list[Token]) -> str:
    """Return tokens as they are written, with white space made single."""
    if not tokens:
        return ""
    piece = text[tokens[0].start:tokens[-1].end]
    if "/*" in piece or "//" in piece:
        return spell(tokens)
    return re.sub(r"(?:\s|\\\n)+", " ", piece)


@dataclass(slots=True)
class Specifiers:
    """What stands before the declarators."""

    tokens: list[Token]
    kind: str  # scalar | struct | union | enum | named | void
    base: str
    qualified: bool


@dataclass(slots=True)
class Declarator:
    """A name with what makes it a pointer, an array or a bit-field."""

    name: str
    stars: list[Token]
    dims: list[list[Token]]
    width: list[Token]
    attributes: list[Token]
    plain: bool  # nothing but the above
    tokens: list[Token]


def specifiers(tokens: list[Token]) -> tuple[Specifiers, list[Token]]:
    """Split a declaration into specifiers and the rest."""
    words: list[str] = []
    kind, base, qualified = "", "", False
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text in _QUALIFIERS:
            qualified = True
        elif token.text in ("struct", "union", "enum") and not base and not words:
            if at + 1 >= len(tokens) or tokens[at + 1].kind != "id":
                raise Unparsable("type without a tag")
            kind, base = token.text, tokens[at + 1].text
            at += 1
        elif token.text in _WORDS and not base:
            words.append(token.text)
        elif token.kind == "id" and not base and not words and not token.text.startswith(
                "__attribute"):
            kind, base = "named", token.text
        else:
            break
        at += 1
    if words:
        kind, base = _builtin(words)
    if not base:
        raise Unparsable("declaration without a type")
    if kind == "named" and base in _SIZED:
        kind, base = "scalar", _SIZED[base]
    return Specifiers(tokens[:at], kind, base, qualified), tokens[at:]


def _builtin(words: list[str]) -> tuple[str, str]:
    """Return the spec's name of a built-in type, whatever the order of words."""
    if words == ["void"]:
        return "void", "void"
    order = ["signed", "unsigned", "long", "short", "char", "int", "float", "double"]
    parts = sorted((w.replace("__signed__", "signed") for w in words), key=order.index)
    if "int" in parts and ("long" in parts or "short" in parts):
        parts.remove("int")
    name = " ".join(parts)
    if name not in _PLAIN:
        raise Unparsable(f"type `{name}`")
    return "scalar", _PLAIN[name]


def split(tokens: list[Token], comma: str = ",") -> list[list[Token]]:
    """Split tokens at commas outside of brackets."""
    out: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "punct" else 0
        if token.text == comma and depth == 0:
            out.append([])
        else:
            out[-1].append(token)
    return out


def closing(tokens: list[Token], start: int) -> int:
    """Return the index of the bracket that closes the one at `start`."""
    depth = 0
    for at in range(start, len(tokens)):
        if tokens[at].kind == "punct":
            depth += (tokens[at].text in "([{") - (tokens[at].text in ")]}")
            if depth == 0:
                return at
    raise Unparsable("bracket without its end")


def declarator(tokens: list[Token]) -> Declarator:
    """Take a declarator apart."""
    out = Declarator("", [], [], [], [], True, tokens)
    at = 0
    while at < len(tokens) and (tokens[at].text == "*" or tokens[at].text in _QUALIFIERS):
        out.stars.append(tokens[at])
        at += 1
    if at < len(tokens) and tokens[at].kind == "id" and tokens[at].text != "__attribute__":
        out.name = tokens[at].text
        at += 1
    elif at < len(tokens) and tokens[at].text == "(":
        return _odd(out, tokens[at:])
    while at < len(tokens) and tokens[at].text == "[":
        end = closing(tokens, at)
        out.dims.append(tokens[at + 1:end])
        at = end + 1
    if at < len(tokens) and tokens[at].text == ":":
        end = next((n for n in range(at, len(tokens)) if tokens[n].text == "__attribute__"),
                   len(tokens))
        out.width = tokens[at + 1:end]
        at = end
    out.attributes = tokens[at:]
    if out.attributes and out.attributes[0].kind != "id":
        raise Unparsable(f"`{spell(out.attributes)}` behind a declarator")
    return out


def _odd(out: Declarator, tokens: list[Token]) -> Declarator:
    """Find the name in a declarator with brackets: (*name)(...)."""
    names = [t for t in tokens if t.kind == "id" and t.text not in _QUALIFIERS]
    if not names:
        raise Unparsable("declarator without a name")
    out.name, out.plain = names[0].text, False
    return out


def type_ref(spec: Specifiers, one: Declarator, text: str) -> Optional[TypeRef]:
    """Return the type of a plain declarator, None if C alone can say it."""
    if not one.plain or (spec.qualified and not one.stars):
        return None
    texts = tuple(raw(text, dim) for dim in one.dims)
    dims = tuple(None if not t else int(t, 0) if re.fullmatch(
        r"0[xX][0-9a-fA-F]+|[1-9][0-9]*|0", t) else -1 for t in texts)
    if one.stars:
        stars = spell(one.stars)
        if spec.kind == "void" and stars == "*" and not spec.qualified:
            return TypeRef("pointer", "ptr", dims, texts)
        return TypeRef("pointer", "ptr", dims, texts, f"{spell(spec.tokens)} {stars}")
    if spec.kind == "void":
        return None
    return TypeRef(spec.kind, spec.base, dims, texts)


def words_of(tokens: list[Token]) -> str:
    """Return attributes as text."""
    return spell(tokens)
