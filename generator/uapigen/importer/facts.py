# SPDX-License-Identifier: BSD-3-Clause
"""What the compiler knows about a header: values, sizes, branches, numbers."""
from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Iterator, Optional, Sequence, Union

from uapigen.importer.compiler import Compiler
from uapigen.importer.lexer import LexError, significant
from uapigen.importer.nodes import Define, Parsed
from uapigen.layout import MODELS
from uapigen.model import Choice, Enum, EnumEntry, Field, Spec, Struct, Typedef, TypeRef

_IOC = ("#undef _IOC\n#undef _IO\n#undef _IOR\n#undef _IOW\n#undef _IOWR\n"
        "#undef _IOR_BAD\n#undef _IOW_BAD\n#undef _IOWR_BAD\n"
        "#define _IOC(d,t,n,s) @ioc@ d @ t @ n @ s\n#define _IO(t,n) @io@ t @ n\n"
        "#define _IOR(t,n,s) @ior@ t @ n @ s\n#define _IOW(t,n,s) @iow@ t @ n @ s\n"
        "#define _IOWR(t,n,s) @iowr@ t @ n @ s\n#define _IOR_BAD(t,n,s) @ior@ t @ n @ s\n"
        "#define _IOW_BAD(t,n,s) @iow@ t @ n @ s\n#define _IOWR_BAD(t,n,s) @iowr@ t @ n @ s\n")
_NOT_VALUES = {"do", "while", "if", "return", "for", "goto", "__attribute__", "asm", "extern",
               "static", "typedef"}


@dataclass(slots=True)
class Fact:
    """What a macro is worth."""

    value: int  # as its type has it, negative if so
    value32: Optional[int]


@dataclass(slots=True)
class Number:
    """A command number as the preprocessor sees it."""

    form: str  # io, ior, iow, iowr, ioc
    parts: list[str]  # expanded operands


class Facts:
    """Everything that clang said; empty where it could not compile the header."""

    def __init__(self, parsed: Parsed, compiler: Optional[Compiler]) -> None:
        self.compiler = compiler
        self.macros: dict[str, Fact] = {}
        self.numbers: dict[str, Number] = {}
        self.enumerators: dict[str, int] = {}
        self.extents: dict[str, tuple[dict[int, int], dict[int, int]]] = {}
        self.bounds: dict[str, int] = {}  # array bounds, by their text
        self.defines = list(_all(parsed.nodes, Define))
        self.counts = Counter(d.name for d in self.defines)
        if compiler is None:
            return
        self._branches(parsed, compiler)
        if compiler.find_prerequisites():
            self._values(parsed, compiler)
            self._numbers(compiler)

    def unique(self, name: str) -> bool:
        """Tell whether a macro has one definition."""
        return self.counts[name] == 1

    # --- asking

    @staticmethod
    def _branches(parsed: Parsed, compiler: Compiler) -> None:
        """Find out which branches x86-64 takes."""
        if not parsed.branches:
            return
        lines = parsed.text.split("\n")
        for number in sorted(parsed.branches, reverse=True):
            lines.insert(number, f"uapigen_branch_{number}")
        seen = compiler.expand("\n".join(lines))
        for found in re.findall(r"\buapigen_branch_(\d+)\b", seen):
            parsed.branches[int(found)].active = True

    def _values(self, parsed: Parsed, compiler: Compiler) -> None:
        """Ask for all values and sizes at once, for each data model."""
        asked: dict[str, str] = {}
        for define in self.defines:
            if define.params is None and _may_be_value(define.text):
                asked[f"m {define.name}"] = define.name
                asked[f"s {define.name}"] = (
                    f"__builtin_types_compatible_p(__typeof__({define.name}), double) || "
                    f"__builtin_types_compatible_p(__typeof__({define.name}), float) ? 2 : "
                    f"((__typeof__({define.name}))-1 < 0)")
        for entry in _all(parsed.nodes, EnumEntry):
            asked[f"e {entry.name}"] = entry.name
        for name in _types(parsed):
            asked[f"z {name}"] = f"sizeof({name})"
            asked[f"a {name}"] = f"_Alignof({name})"
        for text in _unknown_bounds(parsed):
            asked[f"b {text}"] = text
        got = {bits: compiler.values(asked, bits) for bits in MODELS}
        for key, value in got[64].items():
            kind, name = key[0], key[2:]
            if kind == "m":
                sign = got[64].get(f"s {name}", 2)
                if sign != 2:
                    self.macros[name] = Fact(_signed(value, bool(sign)), got[32].get(key))
            elif kind == "e":
                self.enumerators[name] = _signed(value, True)
            elif kind == "b" and got[32].get(key) == value:
                self.bounds[name] = value
            elif kind == "z":
                self.extents[name] = (
                    {b: got[b][key] for b in MODELS if key in got[b]},
                    {b: got[b][f"a {name}"] for b in MODELS if f"a {name}" in got[b]})

    def _numbers(self, compiler: Compiler) -> None:
        """Find the macros that are command numbers."""
        names = [d.name for d in self.defines
                 if d.params is None and ("(" in d.text or d.text.isidentifier())]
        if not names:
            return
        lines = "".join(f"uapigen_number_{n} {name} @\n" for n, name in enumerate(names))
        text = compiler.expand(compiler.head() + _IOC + lines)
        for found in re.finditer(r"^uapigen_number_(\d+) (.*?) ?@$", text, re.M):
            inner = re.fullmatch(r"\(*\s*@(io|ior|iow|iowr|ioc)@ (.*?)\)*", found.group(2).strip())
            if inner:
                parts = [p.strip() for p in inner.group(2).split("@")]
                self.numbers[names[int(found.group(1))]] = Number(inner.group(1), parts)

    # --- answering

    def sizes(self, item: Struct) -> dict[int, int]:
        """Return the size of a record for each data model, empty if unknown."""
        name = f"{item.kind} {item.name}" if item.tag else item.name
        return dict(self.extents.get(name, ({}, {}))[0])

    def externals(self, spec: Spec) -> dict[str, tuple[dict[int, int], dict[int, int]]]:
        """Return the types that a spec uses and does not define."""
        own = {f"{s.kind} {s.name.partition('@')[0]}" for s in spec.structs.values()}
        own |= {f"enum {e.name.partition('@')[0]}" for e in spec.enums.values()}
        own |= {n.partition("@")[0] for n in spec.typedefs}
        items: list[Union[Struct, Enum]] = [*spec.structs.values(), *spec.enums.values()]
        for item in items:
            if item.typedef:
                own |= set(re.findall(r"\w+", item.declarators))
            if isinstance(item, Struct):
                own |= {f"{f.inner.kind} {f.inner.name}" for f in every_field(item)
                        if f.inner is not None and f.inner.tag}
                own |= {f"enum {f.inner_enum.name}" for f in every_field(item)
                        if f.inner_enum is not None}
        used = [t for t in _spec_types(spec) if t not in own]
        return {name: self.extents.get(name, ({}, {})) for name in dict.fromkeys(used)}


def _signed(value: int, sign: bool) -> int:
    """Return 64 bits as a number with or without sign."""
    return value - 2**64 if sign and value >= 2**63 else value


def _may_be_value(text: str) -> bool:
    """Tell whether the text of a macro is worth asking for."""
    try:
        toks = significant(text)
    except LexError:
        return False
    depth = 0
    for token in toks:
        if token.text in _NOT_VALUES or token.text in ("{", "}", ";", "#", "##") \
                or token.kind in ("directive", "str"):
            return False
        depth += (token.text == "(") - (token.text == ")")
        if depth < 0:
            return False
    return bool(toks) and depth == 0


def _all(nodes: Sequence[Any], kind: type) -> Iterator[Any]:
    """Yield all nodes of a kind, wherever they stand."""
    for node in nodes:
        if isinstance(node, kind):
            yield node
        if isinstance(node, Choice):
            for branch in node.branches:
                yield from _all(branch.body, kind)
        elif isinstance(node, (Struct, Enum)):
            yield from _all(_inside(node), kind)
        elif isinstance(node, Field) and (node.inner or node.inner_enum):
            yield from _all(_inside(node.inner or node.inner_enum), kind)


def _inside(node: Any) -> Sequence[Any]:
    """Return what stands between the braces of a record or enum."""
    plain: Sequence[Any] = node.fields if isinstance(node, Struct) else node.entries
    return node.body or plain


def every_field(item: Struct) -> Iterator[Field]:
    """Yield all members of a record, nested ones and inactive ones too."""
    yield from _all(item.body or item.fields, Field)


def _type_name(ref: Optional[TypeRef]) -> str:
    """Return the name of a type that somebody must define."""
    if ref is None or ref.kind in ("scalar", "pointer") or not ref.base:
        return ""
    return ref.base if ref.kind == "named" else f"{ref.kind} {ref.base}"


def _types(parsed: Parsed) -> list[str]:
    """Return all types a header defines or uses, by their C names."""
    names = []
    for item in _all(parsed.nodes, Struct):
        names.append(f"{item.kind} {item.name}" if item.tag else item.name)
    names += [_type_name(f.type) for f in _all(parsed.nodes, Field)]
    for item in _all(parsed.nodes, Typedef):
        names += [item.name, _type_name(item.type)]
    return [n for n in dict.fromkeys(names) if n]


def _unknown_bounds(parsed: Parsed) -> set[str]:
    """Return the array bounds that are no plain numbers."""
    refs = [f.type for f in _all(parsed.nodes, Field)]
    refs += [t.type for t in _all(parsed.nodes, Typedef)]
    return {text for ref in refs if ref is not None
            for dim, text in zip(ref.dims, ref.dim_texts) if dim == -1}


def _spec_types(spec: Spec) -> Iterator[str]:
    """Yield the types that a spec uses."""
    for item in spec.structs.values():
        for fld in every_field(item):
            name = _type_name(fld.type)
            if name:
                yield name
    for typedef in spec.typedefs.values():
        name = _type_name(typedef.type)
        if name:
            yield name
