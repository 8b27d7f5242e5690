# SPDX-License-Identifier: BSD-3-Clause
"""Walks over a header's tokens: comments find their owners, conditionals become choices."""
from __future__ import annotations

import re
from typing import Callable

from uapigen.importer.comments import both, joined, text_of
from uapigen.importer.ctype import Unparsable
from uapigen.importer.lexer import ENDS, STARTS, Token, directive, tokens
from uapigen.importer.nodes import Define, Node
from uapigen.model import Branch, Choice, Piece, Pos


class Cursor:
    """Walks over the tokens of one header."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.toks = tokens(text)
        self.i = 0
        self.waiting: list[Token] = []  # comments that belong to nothing yet
        self.branches: dict[int, Branch] = {}

    # --- tokens and comments

    def peek(self) -> Token:
        """Return the next token; comments before it wait for their owner."""
        while self.toks[self.i].kind == "comment":
            self.waiting.append(self.toks[self.i])
            self.i += 1
        return self.toks[self.i]

    def take(self) -> Token:
        """Step over a token."""
        token = self.peek()
        self.i += 1
        return token

    def expect(self, text: str) -> Token:
        """Step over a token that must be there."""
        token = self.take()
        if token.text != text:
            raise Unparsable(f"`{token.text[:20]}` where `{text}` is expected")
        return token

    def pos(self, token: Token) -> Pos:
        """Return the place of a token."""
        return Pos(self.path, token.line)

    def lead(self, body: list[Node], token: Token) -> str:
        """Give the waiting comments to what starts here, or make them pieces."""
        mine: list[Token] = []
        line = token.line
        while self.waiting and self.waiting[-1].last_line >= line - 1:
            mine.insert(0, self.waiting.pop())
            line = mine[0].line
        self.flush(body)
        return text_of([t.text for t in mine])

    def flush(self, body: list[Node]) -> None:
        """Make pieces of the comments that belong to nothing."""
        for token in self.waiting:
            said = text_of([token.text])
            if said.strip():
                body.append(Piece("comment", said, self.pos(token)))
        self.waiting = []

    def tail(self) -> str:
        """Return what the comments behind the last token say."""
        mine = [t.text for t in self.waiting]
        self.waiting = []
        line, column = self.toks[self.i - 1].last_line, 0
        while self.toks[self.i].kind == "comment":
            token = self.toks[self.i]
            behind = token.line == line and not (token.own_line and column == 0)
            below = column >= 16 and token.own_line and token.line == line + 1 \
                and token.column >= column - 8
            if not behind and not below:
                break
            mine.append(token.text)
            line, column = token.last_line, token.column
            self.i += 1
        return joined(mine)

    # --- bodies and conditionals

    def choice(self, body: list[Node], read: Callable[[], list[Node]]) -> Choice:
        """Read a conditional around parts of a body."""
        token = self.take()
        self.waiting, before = [], self.waiting
        assert not before
        first = directive(token)
        out = Choice([], self.pos(token))
        head = f"{first.name} {first.text}"
        while True:
            branch = Branch(head.strip(), [], False)
            out.branches.append(branch)
            self.branches[token.last_line] = branch
            inside = read()
            note = directive(token).comment
            if note and not _restates(note, head):
                inside.insert(0, Piece("comment", text_of([note]), self.pos(token)))
            branch.body = inside  # type: ignore[assignment]
            token = self.peek()
            self.flush(inside)
            if token.kind != "directive" or directive(token).name not in ENDS:
                raise Unparsable("conditional that cuts through a definition")
            self.take()
            step = directive(token)
            if step.name == "endif":
                break
            head = f"{step.name} {step.text}" if step.name == "elif" else step.name
        note = directive(token).comment
        every = " ".join(b.directive for b in out.branches)
        if note and not _restates(note, every + " " + self.path):
            body.append(Piece("comment", text_of([note]), self.pos(token)))
        return out

    def statement(self) -> list[Token]:
        """Return the tokens up to the next semicolon, without it."""
        out: list[Token] = []
        depth = 0
        while True:
            token = self.take()
            if token.kind in ("directive", "end"):
                raise Unparsable("directive inside a declaration")
            if token.text == ";" and depth == 0:
                return out
            if token.kind == "punct":
                depth += (token.text in "([{") - (token.text in ")]}")
            if depth < 0:
                raise Unparsable("bracket without its beginning")
            out.append(token)

    def define(self, token: Token, doc: str) -> Define:
        """Read a #define; its token is next."""
        self.take()
        line = directive(token)
        found = re.match(r"([A-Za-z_$][\w$]*)(\(([^)]*)\))?", line.text)
        if found is None:
            raise Unparsable("#define without a name")
        params = None
        if found.group(2) is not None:
            params = [p.strip() for p in found.group(3).replace("\n", " ").split(",")]
            params = [p for p in params if p]
        behind = text_of([line.comment]) if line.comment else ""
        more = self.below(token, line.comment)
        behind = "\n".join(p for p in (behind, more) if p)
        text = line.text[found.end():].strip()
        if "\n" not in text:
            text = re.sub(r"\s+", " ", text) if '"' not in text and "'" not in text else text
        return Define(found.group(1), params, text, both(doc, behind), self.pos(token), behind)

    def below(self, token: Token, comment: str) -> str:
        """Return comments that continue the one behind a directive."""
        if not comment:
            return ""
        last = token.text.rsplit("\n", 1)[-1]
        column = len(last[:last.rfind("/*")].expandtabs(8)) if "/*" in last else 99
        mine, line = [], token.last_line
        while self.toks[self.i].kind == "comment" and column >= 16:
            found = self.toks[self.i]
            if not found.own_line or found.line != line + 1 or found.column < column - 8:
                break
            mine.append(found.text)
            line = found.last_line
            self.i += 1
        return joined(mine)

    def plain_directive(self, token: Token, body: list[Node]) -> None:
        """Read a directive that is neither #define nor a conditional."""
        doc = self.lead(body, token)
        self.take()
        line = directive(token)
        if doc:
            body.append(Piece("comment", doc, self.pos(token)))
        kind, text = "directive", f"{line.name} {line.text}".strip()
        if line.name == "include":
            kind, text = "include", line.text
        body.append(Piece(kind, text, self.pos(token)))
        if line.comment:
            body.append(Piece("comment", text_of([line.comment]), self.pos(token)))

    def common(self, body: list[Node], read: Callable[[], list[Node]]) -> bool:
        """Read what may stand in every body; tell whether there was any."""
        token = self.peek()
        if token.kind != "directive":
            return False
        name = directive(token).name
        if name in STARTS:
            doc = self.lead(body, token)
            if doc:
                body.append(Piece("comment", doc, self.pos(token)))
            body.append(self.choice(body, read))
        elif name == "define":
            doc = self.lead(body, token)
            body.append(self.define(token, doc))
        else:
            self.plain_directive(token, body)
        return True

    def ends(self) -> bool:
        """Tell whether a body ends here."""
        token = self.peek()
        return token.kind == "end" or token.text == "}" or (
            token.kind == "directive" and directive(token).name in ENDS)


def _restates(note: str, condition: str) -> bool:
    """Tell whether a comment only repeats the condition it closes."""
    known = set(re.findall(r"\w+", condition.lower()))
    known |= set(re.findall(r"[a-z0-9]+", condition.lower()))
    known |= {"if", "ifdef", "ifndef", "not", "defined", "endif", "else", "of", "end", "h",
              "_uapi", "the", "guard"}
    said = re.findall(r"[a-z0-9]+", note.lower())
    return all(word in known for word in said)
