# SPDX-License-Identifier: BSD-3-Clause
"""From a spec to the YAML that says the same."""
from __future__ import annotations

import re
from typing import Any, Optional, Sequence

from uapigen import expr as ex
from uapigen.importer.yamlout import Raw, document
from uapigen.model import (Choice, Constant, Content, Enum, EnumEntry, Field, Flags, Ioctl, Piece,
                           Ref, Spec, Struct, TypeRef, actual_name)

_NUMBER = re.compile(r"-?(0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)([uUlL]*)\Z")
Entry = dict[str, Any]


def _put(entry: Entry, key: str, value: Any) -> None:
    """Set a key that says something."""
    if value:
        entry[key] = value


class Writer:
    """Turns the parts of a spec into mappings."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.values: dict[str, int] = {}
        for item in spec.constants.values():
            if isinstance(item.value, int) and "@" not in item.name:
                self.values.setdefault(item.name, item.value)
        for flags in spec.flags.values():
            self.values.update({e.c_name: 1 << e.bit for e in flags.entries})
        twice: dict[str, int] = {}
        for enum in spec.enums.values():
            for entry in enum.entries:
                twice[entry.name] = twice.get(entry.name, 0) + 1
                self.values[entry.name] = entry.value
        self.values = {n: v for n, v in self.values.items() if twice.get(n, 0) < 2}

    # --- values

    def number(self, entry: Entry, text: str, value: int) -> None:
        """Say a value by its spelling if the language can, else by both."""
        if _NUMBER.match(text) and value >= 0 and not text.startswith("-"):
            entry["value"] = Raw(text) if not text[-1] in "uUlL" else text
        elif self.worth(text) == value and value >= 0:
            entry["value"] = text
        else:
            entry["text"] = text
            entry["value"] = value

    def worth(self, text: str) -> Optional[int]:
        """Return what the language makes of an expression, None if nothing."""
        try:
            return self._tree(ex.parse(text))
        except ex.ExprError:
            return None

    def _tree(self, raw: ex.Raw) -> Optional[int]:
        if raw.kind == "num":
            return raw.value
        if raw.kind == "name":
            value = self.values.get(raw.text) if raw.index is None else None
            return value if value is not None and value >= 0 else None
        if raw.kind != "binary" or raw.text not in ("+", "-", "*", "<<", "|", "&"):
            return None
        left, right = (self._tree(kid) for kid in raw.kids)
        if left is None or right is None or (raw.text == "<<" and right > 63):
            return None
        value = {"+": left + right, "-": left - right, "*": left * right,
                 "<<": left << min(right, 64), "|": left | right, "&": left & right}[raw.text]
        return value if 0 <= value < 2**64 else None

    def constant(self, item: Constant) -> Entry:
        """Return a constant."""
        out: Entry = {}
        assert isinstance(item.value, int)
        known = self.values.pop(item.name, None)  # it cannot stand for itself
        if "@" in item.name:
            out["text"], out["value"] = item.text, item.value
        else:
            self.number(out, item.text, item.value)
        if known is not None:
            self.values[item.name] = known
        _put(out, "doc", item.doc)
        return out

    def enum_entry(self, item: EnumEntry) -> Entry:
        """Return an enumerator."""
        out: Entry = {}
        if item.explicit and not item.text:
            out["value"] = item.value
        elif item.explicit:
            self.number(out, item.text, item.value)
        _put(out, "doc", item.doc)
        return out

    # --- contents

    def ref(self, ref: Ref) -> str:
        """Return how contents name a definition."""
        if ref.kind == "struct":
            return f"{self.spec.structs[ref.key].kind} {ref.key}"
        if ref.kind in ("enum", "typedef", "flags", "function"):
            return f"{ref.kind} {ref.key}"
        return ref.key

    def content(self, item: Content) -> Any:
        """Return a part of a header's contents."""
        if isinstance(item, Ref):
            return self.ref(item)
        if isinstance(item, Piece):
            if item.kind == "directive" and item.text.startswith("forward "):
                return {"forward": item.text.removeprefix("forward ")}
            out = {item.kind: item.text}
            _put(out, "why", item.why)
            return out
        assert isinstance(item, Choice)
        return {"choose": [self.branch(b.directive, b.active, "contents",
                                       [self.content(x) for x in b.body])
                           for b in item.branches]}

    @staticmethod
    def branch(directive: str, active: bool, key: str, body: list[Any]) -> Entry:
        """Return a branch of a conditional."""
        out: Entry = {"if": directive}
        _put(out, "active", active)
        out[key] = body
        return out

    # --- records

    def type_text(self, ref: TypeRef) -> str:
        """Return a type as the language writes it."""
        bounds = "".join(f"[{t}]" for t in ref.dim_texts)
        if ref.kind == "pointer":
            return (ref.target or "ptr") + bounds
        tag = f"{ref.kind} " if ref.kind in ("struct", "union", "enum") else ""
        return tag + ref.base + bounds

    def fields(self, body: Sequence[Content]) -> list[Any]:
        """Return what stands between the braces of a record."""
        out: list[Any] = []
        for item in body:
            if isinstance(item, Field):
                out.append(self.field(item))
            elif isinstance(item, Choice):
                out.append({"choose": [self.branch(b.directive, b.active, "fields",
                                                   self.fields(b.body))
                                       for b in item.branches]})
            elif out and set(out[-1]) == {"contents"}:
                out[-1]["contents"].append(self.content(item))
            else:
                out.append({"contents": [self.content(item)]})
        return out

    def field(self, item: Field) -> Entry:
        """Return a member."""
        out: Entry = {}
        if not item.macro:
            _put(out, "name", item.name)
        if item.inner is not None:
            inner = item.inner
            _put(out, "tag", inner.name if inner.tag else "")
            _put(out, "leading", inner.leading)
            _put(out, "packed", inner.packed)
            _put(out, "align", inner.align)
            _put(out, "attributes", inner.attributes)
            _put(out, "declarators", inner.declarators)
        elif item.inner_enum is not None:
            _put(out, "tag", item.inner_enum.name if item.inner_enum.tag else "")
            _put(out, "declarators", item.inner_enum.declarators)
        if item.inner is not None or item.inner_enum is not None:
            if item.type is not None:
                out["dims"] = "".join(f"[{t}]" for t in item.type.dim_texts)
        elif item.macro:
            out["macro"] = item.macro
        elif item.declare:
            out["declare"] = item.declare
        elif item.type is not None:
            out["type"] = self.type_text(item.type)
        _put(out, "width", item.width)
        if item.inner is None:
            _put(out, "attributes", item.attributes)
        _put(out, "doc", item.doc)
        if item.inner is not None:
            out[item.inner.kind] = self.fields(item.inner.body or item.inner.fields)
        elif item.inner_enum is not None:
            out["enum"] = self.enum_items(item.inner_enum.body or item.inner_enum.entries)
        return out

    def struct(self, item: Struct) -> Entry:
        """Return a record."""
        out: Entry = {}
        _put(out, "kind", item.kind if item.kind == "union" else "")
        _put(out, "leading", item.leading)
        _put(out, "packed", item.packed)
        _put(out, "align", item.align)
        _put(out, "attributes", item.attributes)
        if not item.tag:
            out["tag"] = False
        if item.typedef:
            out["typedef"] = item.declarators
        if len(item.sizes) == 2:
            out["size"] = dict(item.sizes)
        if item.opaque or len(item.sizes) < 2:
            out["layout"] = "compiler"
            _put(out, "alignment", dict(item.aligns) if len(item.aligns) == 2 else {})
        _put(out, "doc", item.doc)
        out["fields"] = self.fields(item.body or item.fields)
        return out

    # --- the rest

    def enum_items(self, body: Sequence[Content]) -> list[Any]:
        """Return what stands between the braces of an enum, as a list."""
        out: list[Any] = []
        for item in body:
            if isinstance(item, EnumEntry):
                out.append({"name": item.name, **self.enum_entry(item)})
            elif isinstance(item, Choice):
                out.append({"choose": [self.branch(b.directive, b.active, "body",
                                                   self.enum_items(b.body))
                                       for b in item.branches]})
            elif out and set(out[-1]) == {"contents"}:
                out[-1]["contents"].append(self.content(item))
            else:
                out.append({"contents": [self.content(item)]})
        return out

    def enum(self, item: Enum) -> Entry:
        """Return an enum."""
        out: Entry = {}
        if not item.tag:
            out["tag"] = False
        if item.typedef:
            out["typedef"] = item.declarators
        _put(out, "attributes", item.attributes)
        _put(out, "doc", item.doc)
        if item.body or not item.entries:
            # With conditionals inside nobody knows which of its names are there.
            own = {e.name for e in item.entries}
            known, self.values = self.values, {n: v for n, v in self.values.items()
                                               if n not in own}
            out["body"] = self.enum_items(item.body)
            self.values = known
        else:
            out["entries"] = {e.name: self.enum_entry(e) for e in item.entries}
        return out

    @staticmethod
    def flags(item: Flags) -> Entry:
        """Return a set of flags."""
        first = item.entries[0]
        prefix = first.c_name[:len(first.c_name) - len(first.name)]
        out: Entry = {"prefix": prefix, "spelling": item.spelling}
        _put(out, "suffix", item.suffix)
        _put(out, "digits", item.digits)
        _put(out, "pattern", item.pattern)
        _put(out, "doc", item.doc)
        out["entries"] = {e.name: {"bit": e.bit, **({"doc": e.doc} if e.doc else {})}
                          for e in item.entries}
        return out

    @staticmethod
    def ioctl(item: Ioctl) -> Entry:
        """Return a published number."""
        out: Entry = {}
        if item.text:
            _put(out, "form", item.form)
            out["text"] = item.text
            _put(out, "arg", item.arg_text)
        else:
            out = {"form": item.form, "magic": item.magic, "nr": item.nr_text}
            _put(out, "arg", item.arg_text if item.form != "io" else "")
        out["number"] = Raw(f"0x{item.value:x}")
        if item.value32 != item.value:
            out["number32"] = Raw(f"0x{item.value32:x}")
        _put(out, "doc", item.doc)
        return out

    def headers(self) -> Entry:
        """Return all headers."""
        out: Entry = {}
        for header in self.spec.headers.values():
            entry: Entry = {}
            _put(entry, "guard", header.guard)
            _put(entry, "includes", header.includes)
            _put(entry, "license", header.license)
            _put(entry, "doc", header.doc)
            entry["contents"] = [self.content(x) for x in header.body]
            out[header.path] = entry
        return out

    def root(self) -> Entry:
        """Return the whole file."""
        spec = self.spec
        out: Entry = {"spec": 1, "name": spec.name, "title": spec.title, "status": spec.status,
                      "prefix": spec.prefix, "licenses": spec.licenses}
        _put(out, "accepted", {k: spec.accepted[k] for k in sorted(spec.accepted)})
        out["doc"] = spec.doc.split("\n\n")[0] if "\n\n" in spec.doc else spec.doc
        out["headers"] = self.headers()
        _put(out, "external_types", {
            t.name: {**({"size": dict(t.sizes)} if len(t.sizes) == 2 else {}),
                     **({"alignment": dict(t.aligns)} if len(t.aligns) == 2 else {})}
            for t in spec.external_types.values()})
        _put(out, "constants", {n: self.constant(c) for n, c in spec.constants.items()})
        _put(out, "macros", {n: {
            **({"params": m.params} if m.params is not None else {}),
            **({"text": m.text} if m.text else {}), **({"doc": m.doc} if m.doc else {})}
            for n, m in spec.macros.items()})
        _put(out, "flags", {n: self.flags(f) for n, f in spec.flags.items()})
        _put(out, "enums", {n: self.enum(e) for n, e in spec.enums.items()})
        _put(out, "typedefs", {n: {
            **({"type": self.type_text(t.type)} if t.type is not None else {"declare": t.declare}),
            **({"attributes": t.attributes} if t.attributes else {}),
            **({"doc": t.doc} if t.doc else {})} for n, t in spec.typedefs.items()})
        _put(out, "structs", {n: self.struct(s) for n, s in spec.structs.items()})
        _put(out, "ioctls", {n: self.ioctl(i) for n, i in spec.ioctls.items()})
        _put(out, "functions", {n: {"text": f.text, **({"doc": f.doc} if f.doc else {})}
                                for n, f in spec.functions.items()})
        return out


def write(spec: Spec) -> str:
    """Return a spec as YAML."""
    return document(Writer(spec).root())


__all__ = ["Writer", "actual_name", "write"]
