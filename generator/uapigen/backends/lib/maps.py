# SPDX-License-Identifier: BSD-3-Clause
"""Tokens, and the regions they stand for."""
from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from uapigen.cexpr import CWriter, Dialect, Text, constant
from uapigen.ctext import string
from uapigen.ctypes_c import unsigned_width
from uapigen.cwrap import statement
from uapigen.expr import names
from uapigen.members import find, member_type
from uapigen.model import Attribute, Expr, Name, Region, Spec, Struct, TypeRef, Word

TOKEN = "MMAP_TOKEN"
USER = Dialect(
    "uint64_t",
    "is_aligned({x}, {n})",
    "align_up({x}, {n})",
    "least({x}, {n})",
    "most({x}, {n})",
    "{prefix}GET({mask}, {x})",
)


class TokenField(NamedTuple):
    """A field of the token."""

    name: str
    mask: str
    doc: str
    fixed: str  # constant it always has, if any


class ViewMember(NamedTuple):
    """A member of the struct from which lengths are computed."""

    declaration: str
    name: str
    doc: str


class RegionEntry(NamedTuple):
    """A region in the table."""

    name: str
    enumerator: str
    type: int
    doc: str
    token: str
    prot: str
    function: str
    length: str
    uses_view: bool


def token_word(spec: Spec) -> Optional[Word]:
    """Return the word a token is, if the spec has one."""
    return spec.words.get(TOKEN)


def token_fields(spec: Spec) -> list[TokenField]:
    """Return the fields of the token."""
    word = token_word(spec)
    fields = []
    for fld in word.fields if word else []:
        fixed = f"{spec.hw_prefix}MMAP_{fld.name}"
        fields.append(
            TokenField(
                fld.name.lower(),
                f"{spec.hw_prefix}{TOKEN}_{fld.name}",
                " ".join(fld.doc.split()),
                fixed if fixed in spec.constants else "",
            )
        )
    return fields


def _struct_of(spec: Spec, obj: str) -> Struct:
    """Return the struct that `ctxt_info.x` of an expression means."""
    return spec.structs.get(f"{spec.name}_{obj}") or spec.structs[obj]


def base_struct(spec: Spec) -> Optional[Struct]:
    """Return the struct that carries the tokens of all regions."""
    tokens = [r.token_field for r in spec.regions.values() if r.token_field]
    for struct in spec.structs.values():
        if tokens and all(find(struct, t) for t in tokens):
            return struct
    return None


def _attributes(spec: Spec) -> Iterator[Attribute]:
    """Yield the attributes that lengths depend on."""
    for region in spec.regions.values():
        for name in names(region.length):
            if name.kind == "attr":
                yield spec.attributes[".".join(name.parts)]


def _observed(expr: Expr) -> Iterator[str]:
    """Yield the objects an observe expression reads."""
    for name in names(expr):
        if name.kind == "observe":
            yield name.parts[0]


def view(spec: Spec) -> list[ViewMember]:
    """Return the members of the struct from which lengths are computed."""
    members: dict[str, ViewMember] = {}
    base = base_struct(spec)
    if base is not None:
        short = base.name.removeprefix(f"{spec.name}_")
        doc = "the tokens, needed for mapping only"
        members[short] = ViewMember(f"const struct {base.name} *{short};", short, doc)
    for attr in _attributes(spec):
        if attr.observe is None:
            name = f"{attr.object}_{attr.name}"
            members[name] = ViewMember(f"uint64_t {name};", name, _lower(attr.doc))
            continue
        for obj in _observed(attr.observe):
            struct = _struct_of(spec, obj)
            doc = f"the {struct.kind} that describes it"
            members[obj] = ViewMember(f"const struct {struct.name} *{obj};", obj, doc)
    return [members[k] for k in sorted(members)]


def _lower(doc: str) -> str:
    text = " ".join(doc.split()).rstrip(".")
    return text[:1].lower() + text[1:]


def _writer(spec: Spec) -> CWriter:
    """Return a writer of expressions over a view `v`."""

    def resolve(name: Name) -> Text:
        if name.kind == "attr":
            attr = spec.attributes[".".join(name.parts)]
            if attr.observe is None:
                return Text(f"v->{attr.object}_{attr.name}", wide=True)
            return writer.write(attr.observe)
        if name.kind == "observe":
            struct = _struct_of(spec, name.parts[0])
            ref = member_type(spec, TypeRef(struct.kind, struct.name), name.parts[1:])
            return Text(f"v->{'->'.join(name.parts)}", wide=unsigned_width(ref) == 64)
        return constant(".".join(name.parts), name.value)

    writer = CWriter(resolve, spec.hw_prefix, USER)
    return writer


def _protection(region: Region) -> str:
    """Return the protection a program normally wants."""
    if region.write == "refused" or "MAYWRITE" in region.clears:
        return "PROT_READ"
    return "PROT_WRITE" if "MAYREAD" in region.clears else "PROT_READ | PROT_WRITE"


def regions(spec: Spec) -> list[RegionEntry]:
    """Return the regions in the order of their types."""
    base, entries = base_struct(spec), []
    for region in sorted(spec.regions.values(), key=lambda r: r.type):
        value = _writer(spec).value(region.length)
        token = f"offsetof(struct {base.name}, {region.token_field})" if base else "0"
        entries.append(
            RegionEntry(
                string(region.name),
                f"{spec.prefix.upper()}_REGION_{region.name}",
                region.type,
                " ".join(region.doc.split()),
                token,
                _protection(region),
                f"{region.name.lower()}_length",
                statement("\treturn ", value),
                "v->" in value,
            )
        )
    return entries


def helpers(entries: list[RegionEntry]) -> list[tuple[str, str]]:
    """Return the helper functions that the lengths use: name and result."""
    known = {
        "is_aligned": "(x & (n - 1)) == 0",
        "align_up": "(x + n - 1) & ~(n - 1)",
        "least": "x < n ? x : n",
        "most": "x > n ? x : n",
    }
    text = " ".join(e.length for e in entries)
    return [(name, result) for name, result in known.items() if f"{name}(" in text]
