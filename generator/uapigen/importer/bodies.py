# SPDX-License-Identifier: BSD-3-Clause
"""Reads what stands between braces: members of records, enumerators."""
from __future__ import annotations

import re
from typing import Union

from uapigen.importer import ctype
from uapigen.importer.attributes import take_attributes
from uapigen.importer.comments import both, kernel_doc
from uapigen.importer.ctype import Unparsable, raw, spell
from uapigen.importer.cursor import Cursor
from uapigen.importer.lexer import Token, significant
from uapigen.importer.nodes import Node
from uapigen.model import Choice, Enum, EnumEntry, Field, Struct, TypeRef


class Bodies(Cursor):
    """Reads the bodies of records and enums."""

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
        said = both(doc, self.tail())
        fields[0].doc = said
        if fields[0].inner is not None:
            share(fields[0].inner, fields[0], said)
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
        return EnumEntry(token.text, 0, both(doc, self.tail()), self.pos(token), bool(value),
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


def named(made: Union[Struct, Enum], is_typedef: bool) -> None:
    """Find the key of a record or enum that may have no tag."""
    made.typedef = is_typedef
    if made.declarators and not is_typedef:
        raise Unparsable("object")
    if not made.name and made.declarators:
        found = re.search(r"[A-Za-z_]\w*", made.declarators)
        made.name = found.group() if found else ""
    if not made.name and isinstance(made, Struct):
        raise Unparsable("record without a name")


def share(made: Union[Struct, Enum], owner: Union[Struct, Enum, Field], doc: str) -> None:
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
            target.doc = both(said, target.doc) if said != target.doc else said
    owner.doc = both(found.doc, "\n".join(rest))


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
