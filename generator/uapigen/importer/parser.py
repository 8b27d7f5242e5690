# SPDX-License-Identifier: BSD-3-Clause
"""Reads the declarations of a header, with its conditionals and comments.

What the parser does not know becomes a verbatim piece with the reason; it
never skips anything.  Values and sizes are the compiler's business (facts.py).
"""
from __future__ import annotations

import re

from uapigen.importer import ctype
from uapigen.importer.bodies import Bodies, named, share
from uapigen.importer.comments import both
from uapigen.importer.ctype import Unparsable, raw, spell
from uapigen.importer.lexer import ENDS, STARTS, Token, directive
from uapigen.importer.nodes import Node, Parsed
from uapigen.model import Enum, Function, Piece, Struct, Typedef


class Parser(Bodies):
    """Reads what stands outside of braces."""

    def items(self) -> list[Node]:
        """Read definitions."""
        body: list[Node] = []
        while not (self.peek().kind == "end" or (
                self.peek().kind == "directive" and directive(self.peek()).name in ENDS)):
            self.item(body)
        self.flush(body)
        return body

    def item(self, body: list[Node]) -> None:
        """Read one definition; what cannot be read is kept as it is."""
        token = self.peek()
        waiting = list(self.waiting)
        start, length, known = self.i, len(body), dict(self.branches)
        try:
            if not self.common(body, self.items):
                self.definition(body, token)
            return
        except Unparsable as err:
            reason = str(err)
        self.i, self.waiting, self.branches = start, waiting, known
        del body[length:]
        doc = self.lead(body, token)
        if doc:
            body.append(Piece("comment", doc, self.pos(token)))
        end = self.conditional_extent() if token.kind == "directive" else self.extent()
        self.i = max(end, start + 1)
        last = self.toks[self.i - 1]
        body.append(Piece("verbatim", self.text[token.start:last.end], self.pos(token), reason))

    def definition(self, body: list[Node], token: Token) -> None:
        """Read a declaration."""
        doc = self.lead(body, token)
        if token.text == ";":
            self.take()
            return
        if token.text == "}" or (token.text == "extern" and self.ahead(1) == '"C"'
                                 and self.ahead(2) == "{"):
            self.linkage(body, token, doc)
            return
        is_typedef = token.text == "typedef"
        if is_typedef:
            self.take()
        kind = self.braced()
        made: Node
        if kind in ("struct", "union"):
            made = self.record()
        elif kind == "enum":
            made = self.enum()
        elif is_typedef:
            body.extend(self.typedefs(token, doc))
            return
        else:
            made = self.other(token)
        if isinstance(made, (Struct, Enum)):
            named(made, is_typedef)
            said = both(doc, self.tail())
            share(made, made, said)
        else:
            assert isinstance(made, (Function, Piece))
            said = both(doc, self.tail())
            if isinstance(made, Function):
                made.doc = said
            elif said:
                body.append(Piece("comment", said, self.pos(token)))
        body.append(made)

    def linkage(self, body: list[Node], token: Token, doc: str) -> None:
        """Read one half of `extern "C" { }`."""
        if doc:
            body.append(Piece("comment", doc, self.pos(token)))
        if self.take().text == "extern":
            self.take()
            self.take()
            body.append(Piece("linkage", "open", self.pos(token)))
        else:
            body.append(Piece("linkage", "close", self.pos(token)))
        self.tail()

    def typedefs(self, token: Token, doc: str) -> list[Typedef]:
        """Read names for a type without braces; `typedef` is behind us."""
        spec, rest = ctype.specifiers(self.statement())
        out = []
        for part in ctype.split(rest):
            one = ctype.declarator(part)
            if not one.name:
                raise Unparsable("typedef without a name")
            ref = ctype.type_ref(spec, one, self.text)
            declare = "" if ref is not None else f"{spell(spec.tokens)} {raw(self.text, part)}"
            out.append(Typedef(one.name, ref, doc, self.pos(token), "",
                               spell(one.attributes), declare))
            doc = ""
        out[-1].doc = both(out[-1].doc, self.tail())
        return out

    def other(self, token: Token) -> Node:
        """Read a function, an object or a declaration without a body."""
        start = self.i
        end = self.extent()
        inside = [t for t in self.toks[start:end] if t.kind != "comment"]
        texts = [t.text for t in inside]
        if len(inside) == 3 and texts[0] in ("struct", "union", "enum") and texts[2] == ";":
            self.i = end
            return Piece("directive", f"forward {texts[0]} {texts[1]}", self.pos(token))
        bracket = texts.index("(") if "(" in texts else 0
        if not bracket or inside[bracket - 1].kind != "id" or texts[-1] not in (";", "}"):
            raise Unparsable("object" if "=" in texts else "unknown declaration")
        if "=" in texts[:bracket]:
            raise Unparsable("object")
        attribute = texts[bracket - 1] == "__attribute__"
        name = texts[bracket - 1] if not attribute else self.function_name(inside)
        self.i = end
        text = self.text[token.start:self.toks[end - 1].end]
        return Function(name, text, "", self.pos(token))

    @staticmethod
    def function_name(inside: list[Token]) -> str:
        """Return the name of a function that has attributes before it."""
        for one, two in zip(inside, inside[1:]):
            if one.kind == "id" and two.text == "(" and not one.text.startswith("__attribute"):
                return one.text
        raise Unparsable("function without a name")

    def extent(self) -> int:
        """Return the index behind the declaration that starts here."""
        depth, function, ended, at = 0, False, False, self.i
        levels: list[int] = []
        while at < len(self.toks):
            token = self.toks[at]
            if token.kind == "end":
                return at
            if token.kind == "directive":
                name = directive(token).name
                if name in STARTS:
                    levels.append(depth)
                elif name in ENDS and not levels:
                    return at
                elif name == "endif":
                    levels.pop()
                    if ended and not levels and depth == 0:
                        return at + 1
                elif name in ENDS:
                    depth = levels[-1]
            elif token.text == ";" and depth == 0:
                if not levels:
                    return at + 1
                ended = True  # in one branch of a conditional
            elif token.kind == "punct" and token.text in "([{":
                if token.text == "{" and depth == 0:
                    function = self.before(at) == ")"
                depth += 1
            elif token.kind == "punct" and token.text in ")]}":
                depth -= 1
                if depth <= 0 and token.text == "}" and (function or depth < 0):
                    return at + 1
            at += 1
        return at

    def before(self, at: int) -> str:
        """Return the token before one, comments not counted."""
        at -= 1
        while at >= 0 and self.toks[at].kind in ("comment", "directive"):
            at -= 1
        return self.toks[at].text if at >= 0 else ""

    def conditional_extent(self) -> int:
        """Return the index behind the #endif of the #if that starts here."""
        level = 0
        for at in range(self.i, len(self.toks)):
            token = self.toks[at]
            if token.kind != "directive":
                continue
            name = directive(token).name
            level += (name in STARTS) - (name == "endif")
            if level <= 0:
                return at + 1
        return len(self.toks) - 1


def parse(path: str, text: str) -> Parsed:
    """Read a header; never fails for what it holds, see lexer.LexError."""
    parser = Parser(path, text)
    out = Parsed(path, text, [])
    while parser.toks[parser.i].kind == "comment":
        out.opening.append(parser.toks[parser.i].text)
        parser.i += 1
    nodes: list[Node] = []
    if out.opening and not _is_license(out.opening[-1]) and _touches(parser):
        # It belongs to what follows, unless that is the guard.
        parser.i -= 1
        out.opening.pop()
    while parser.peek().kind != "end":
        nodes += parser.items()
        token = parser.peek()
        if token.kind == "directive":  # an #else or #endif without its #if
            parser.take()
            nodes.append(Piece("verbatim", token.text, parser.pos(token), "unmatched directive"))
    parser.flush(nodes)
    out.nodes, out.branches = nodes, parser.branches
    return out


def _is_license(comment: str) -> bool:
    """Tell whether a comment is about the file."""
    return bool(re.search(r"SPDX|[Cc]opyright|[Ll]icense|GPL", comment))


def _touches(parser: Parser) -> bool:
    """Tell whether the last comment stands at a definition."""
    token, comment = parser.toks[parser.i], parser.toks[parser.i - 1]
    if token.kind == "directive" and directive(token).name != "define":
        return False
    return token.line <= comment.last_line + 1 and token.kind != "end"
