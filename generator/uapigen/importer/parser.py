# SPDX-License-Identifier: BSD-3-Clause
"""Reads the declarations of a header, with its conditionals and comments.

What the parser does not know becomes a verbatim piece with the reason; it
never skips anything.  Values and sizes are the compiler's business (facts.py).
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable, Optional, Union

from uapigen.importer import ctype
from uapigen.importer.attributes import Attributes, take_attributes
from uapigen.importer.comments import joined, kernel_doc, text_of
from uapigen.importer.ctype import Unparsable, raw, spell
from uapigen.importer.lexer import Token, directive, significant, tokens
from uapigen.model import (Branch, Choice, Enum, EnumEntry, Field, Function, Piece, Pos, Struct,
                           Typedef, TypeRef)

_ENDS = ("else", "elif", "endif")
_STARTS = ("if", "ifdef", "ifndef")


@dataclass(slots=True)
class Define:
    """A #define, before anybody knows what it means."""

    name: str
    params: Optional[list[str]]
    text: str
    doc: str
    pos: Pos
    behind: str = ""  # the part of doc that stands behind it


Node = Union[Define, Struct, Enum, Typedef, Function, Piece, Choice, Field, EnumEntry]


@dataclass(slots=True)
class Parsed:
    """A header as a tree."""

    path: str
    text: str
    nodes: list[Node]
    branches: dict[int, Branch] = field(default_factory=dict)  # by line of the directive
    opening: list[str] = field(default_factory=list)  # comments before everything else


class Parser:
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
            if token.kind != "directive" or directive(token).name not in _ENDS:
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
        return Define(found.group(1), params, text, _both(doc, behind), self.pos(token), behind)

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
        if name in _STARTS:
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
            token.kind == "directive" and directive(token).name in _ENDS)

    # --- records

    def members(self) -> list[Node]:
        """Read the members of a record."""
        body: list[Node] = []
        while not self.ends():
            if not self.common(body, self.members):
                self.member(body)
        self.flush(body)
        return body

    def member(self, body: list[Node]) -> None:
        """Read one declaration of members."""
        token = self.peek()
        doc = self.lead(body, token)
        if token.text == ";":
            self.take()
            return
        kind = self.braced()
        if kind:
            fields = self.nested(token, kind)
        elif token.kind == "id" and self.ahead(1) == "(" and self.ahead(2) != "*" \
                and token.text != "__attribute__":
            fields = [self.macro_member(token)]
        else:
            fields = self.plain_members(token)
        said = _both(doc, self.tail())
        fields[0].doc = said
        if fields[0].inner is not None:
            _share(fields[0].inner, fields[0], said)
        body.extend(fields)

    def ahead(self, count: int) -> str:
        """Return the text of a token further on, comments not counted."""
        self.peek()
        at = self.i
        while count:
            at += 1
            if self.toks[at].kind != "comment":
                count -= 1
        return self.toks[at].text

    def braced(self) -> str:
        """Tell whether a record or enum with braces starts here, and which."""
        self.peek()
        at = self.i
        kind = self.toks[at].text
        while kind in ("const", "volatile", "__extension__"):
            return ""
        if kind not in ("struct", "union", "enum"):
            return ""
        depth = 0
        for token in self.toks[at + 1:]:
            if token.text == "{" and depth == 0:
                return kind
            if token.kind == "punct" and token.text in "()":
                depth += 1 if token.text == "(" else -1
            elif depth == 0 and (token.kind not in ("id", "comment") or token.kind == "end"):
                return ""
        return ""

    def macro_member(self, token: Token) -> Field:
        """Read a member that a macro makes."""
        self.take()
        self.peek()
        depth = 0
        inside: list[Token] = []
        while True:
            one = self.take()
            if one.kind in ("directive", "end"):
                raise Unparsable("directive inside a macro's operands")
            inside.append(one)
            if one.kind == "punct":
                depth += (one.text in "([{") - (one.text in ")]}")
            if depth == 0:
                break
        semicolon = ";" if self.peek().text == ";" else ""
        rest: list[Token] = []
        if not semicolon and self.peek().text not in ("}",) and self.peek().own_line is False:
            rest = self.statement()
            semicolon = ";"
        elif semicolon:
            self.take()
        call = raw(self.text, [token, *inside, *rest]) + semicolon
        return Field(token.text, None, "", self.pos(token), macro=call)

    def plain_members(self, token: Token) -> list[Field]:
        """Read members of one type."""
        spec, rest = ctype.specifiers(self.statement())
        out = []
        for part in ctype.split(rest):
            one = ctype.declarator(part)
            ref = ctype.type_ref(spec, one, self.text)
            made = Field(one.name, ref, "", self.pos(token), width=raw(self.text, one.width),
                         attributes=spell(one.attributes))
            if ref is None or (not one.name and not one.width):
                made.declare = f"{spell(spec.tokens)} {raw(self.text, part)}".strip()
                made.type = None
            out.append(made)
        return out

    def nested(self, token: Token, kind: str) -> list[Field]:
        """Read a record or an enum that is written in place."""
        if kind == "enum":
            enum = self.enum()
            out = Field("", None, "", self.pos(token), inner_enum=enum)
            declarators = enum.declarators
        else:
            inner = self.record()
            out = Field("", None, "", self.pos(token), inner=inner)
            declarators = inner.declarators
        parts = ctype.split(significant(declarators)) if declarators else []
        if len(parts) == 1:
            one = ctype.declarator(parts[0])
            out.name = one.name
            if one.plain and not one.stars and not one.width and not one.attributes:
                if one.dims:
                    texts = tuple(raw(declarators, dim) for dim in one.dims)
                    out.type = TypeRef(kind, "", tuple(None if not t else -1 for t in texts),
                                       texts)
                if out.inner is not None:
                    out.inner.declarators = ""
                elif out.inner_enum is not None and not one.dims:
                    out.inner_enum.declarators = ""
        elif parts:
            out.name = ctype.declarator(parts[0]).name
        return [out]

    def record(self) -> Struct:
        """Read `struct x { ... } attributes declarators;`."""
        token = self.take()
        leading = self.attributes_before()
        tag = self.take().text if self.peek().kind == "id" else ""
        self.expect("{")
        before, self.waiting = self.waiting, []
        self.waiting = before
        body = self.members()
        self.expect("}")
        after, declarators = take_attributes(self.statement())
        out = Struct(tag, token.text, [], "", self.pos(token), after.packed, after.align,
                     tag=bool(tag), leading=leading, attributes=after.text,
                     declarators=raw(self.text, declarators))
        out.body = body  # type: ignore[assignment]
        return out

    def attributes_before(self) -> str:
        """Read the attributes between `struct` and the tag."""
        out: list[Token] = []
        while self.peek().kind == "id" and (self.ahead(1) not in ("{",)):
            out.append(self.take())
            if self.peek().text == "(":
                depth = 0
                while True:
                    one = self.take()
                    out.append(one)
                    depth += (one.text == "(") - (one.text == ")")
                    if depth == 0 or one.kind == "end":
                        break
        if self.peek().text == "{" and out and out[-1].kind == "id":
            raise Unparsable("attributes of a record without a tag")
        return spell(out)

    # --- enums

    def enumerators(self) -> list[Node]:
        """Read the enumerators of an enum."""
        body: list[Node] = []
        while not self.ends():
            if not self.common(body, self.enumerators):
                body.append(self.enumerator(body))
        self.flush(body)
        return body

    def enumerator(self, body: list[Node]) -> EnumEntry:
        """Read one enumerator, its comma and the comments around it."""
        token = self.peek()
        doc = self.lead(body, token)
        if token.kind != "id":
            raise Unparsable(f"`{token.text[:20]}` in an enum")
        self.take()
        value: list[Token] = []
        depth = 0
        if self.peek().text == "=":
            self.take()
            while depth or self.peek().text not in (",", "}"):
                one = self.peek()
                if one.kind == "directive" and depth == 0 and value:
                    break
                if one.kind in ("directive", "end"):
                    raise Unparsable("directive inside a value")
                depth += (one.text in "([{") - (one.text in ")]}") if one.kind == "punct" else 0
                value.append(self.take())
        elif self.peek().text not in (",", "}") and self.peek().kind != "directive":
            raise Unparsable(f"`{self.peek().text[:20]}` behind an enumerator")
        if self.toks[self.i].text == ",":
            self.take()
        text = raw(self.text, value)
        return EnumEntry(token.text, 0, _both(doc, self.tail()), self.pos(token), bool(value),
                         text)

    def enum(self) -> Enum:
        """Read `enum x { ... } declarators;`."""
        token = self.take()
        tag = self.take().text if self.peek().kind == "id" else ""
        self.expect("{")
        body = self.enumerators()
        self.expect("}")
        after, declarators = take_attributes(self.statement(), fold=False)
        out = Enum(tag, [], "", self.pos(token), tag=bool(tag), attributes=after.text,
                   declarators=raw(self.text, declarators))
        out.body = body  # type: ignore[assignment]
        return out

    # --- the outermost level

    def items(self) -> list[Node]:
        """Read definitions."""
        body: list[Node] = []
        while not (self.peek().kind == "end" or (
                self.peek().kind == "directive" and directive(self.peek()).name in _ENDS)):
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
            _named(made, is_typedef)
            said = _both(doc, self.tail())
            _share(made, made, said)
        else:
            assert isinstance(made, (Function, Piece))
            said = _both(doc, self.tail())
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
        out[-1].doc = _both(out[-1].doc, self.tail())
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
                if name in _STARTS:
                    levels.append(depth)
                elif name in _ENDS and not levels:
                    return at
                elif name == "endif":
                    levels.pop()
                    if ended and not levels and depth == 0:
                        return at + 1
                elif name in _ENDS:
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
            level += (name in _STARTS) - (name == "endif")
            if level <= 0:
                return at + 1
        return len(self.toks) - 1


def _restates(note: str, condition: str) -> bool:
    """Tell whether a comment only repeats the condition it closes."""
    known = set(re.findall(r"\w+", condition.lower()))
    known |= set(re.findall(r"[a-z0-9]+", condition.lower()))
    known |= {"if", "ifdef", "ifndef", "not", "defined", "endif", "else", "of", "end", "h",
              "_uapi", "the", "guard"}
    said = re.findall(r"[a-z0-9]+", note.lower())
    return all(word in known for word in said)


def _both(doc: str, behind: str) -> str:
    """Join what stands before and behind a thing."""
    return "\n\n".join(p for p in (doc, behind) if p)


def _named(made: Union[Struct, Enum], is_typedef: bool) -> None:
    """Find the key of a record or enum that may have no tag."""
    made.typedef = is_typedef
    if made.declarators and not is_typedef:
        raise Unparsable("object")
    if not made.name and made.declarators:
        found = re.search(r"[A-Za-z_]\w*", made.declarators)
        made.name = found.group() if found else ""
    if not made.name and isinstance(made, Struct):
        raise Unparsable("record without a name")


def _share(made: Union[Struct, Enum], owner: Union[Struct, Enum, Field], doc: str) -> None:
    """Give a type's documentation to it and to its members."""
    name = made.name if made.tag else ""
    found = kernel_doc(doc, name or owner.name or "?")
    members: dict[str, Union[Field, EnumEntry]] = {}
    _collect(made.body, members, "")  # type: ignore[arg-type]
    rest: list[str] = []
    for key, said in found.members.items():
        target = members.get(key)
        if target is None:
            rest.append(f"@{key}: {said}")
        else:
            target.doc = _both(said, target.doc) if said != target.doc else said
    owner.doc = _both(found.doc, "\n".join(rest))


def _collect(body: list[Node], out: dict[str, Union[Field, EnumEntry]], prefix: str) -> None:
    """Find the members of a body by the names that comments give them."""
    for node in body:
        if isinstance(node, Choice):
            for branch in node.branches:
                _collect(branch.body, out, prefix)  # type: ignore[arg-type]
        elif isinstance(node, (Field, EnumEntry)):
            if node.name:
                out.setdefault(f"{prefix}{node.name}", node)
                out.setdefault(node.name, node)
            if isinstance(node, Field) and node.inner is not None:
                inner = f"{prefix}{node.name}." if node.name else prefix
                _collect(node.inner.body, out, inner)  # type: ignore[arg-type]


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


__all__ = ["Attributes", "Define", "Node", "Parsed", "parse"]
