# SPDX-License-Identifier: BSD-3-Clause
"""Records whose layout only the compiler knows: by the order of members, and by size."""
from __future__ import annotations

from typing import Optional

from uapigen.diff.change import Report
from uapigen.diff.places import own_members
from uapigen.diff.retyped import retyped
from uapigen.model import Field, Struct


def _text(fld: Field) -> tuple[object, ...]:
    """Return what a member is, apart from its name."""
    ref = fld.type
    kind = (ref.kind, ref.base, ref.dims) if ref is not None else ()
    return (*kind, fld.width, fld.attributes, fld.declare, fld.macro)


class Rough:
    """Two versions of a record of which both models' sizes are known, but no places."""

    def __init__(self, old: Struct, new: Struct, report: Report) -> None:
        self.old = old
        self.new = new
        self.report = report
        self.element = f"{new.kind} {new.name}"
        self.before = {n: f for n, f in own_members(old.fields) if n}
        self.after = {n: f for n, f in own_members(new.fields) if n}
        self.same_size = old.sizes == new.sizes
        self.same_64 = old.sizes.get(64) == new.sizes.get(64)

    def run(self) -> None:
        """Report all changes."""
        told = False
        kept = [n for n in self.before if n in self.after]
        for name, fld in self.before.items():
            now = self.after.get(name)
            if now is None:
                told = True
                self._say("field-removed", name, "is gone", fld, None)
            elif _text(fld) != _text(now):
                told = True
                self._type(name, fld, now)
        for name, fld in self.after.items():
            if name not in self.before:
                told = True
                self._added(name, fld, kept)
        if [n for n in self.after if n in self.before] != kept:
            told = True
            self._say("fields-moved", "", "has its members in another order", None, None)
        if not told and not self.same_size:
            self._say("struct-size" if not self.same_64 else "struct-size-32", "",
                      f"has {_sizes(self.new)} bytes, had {_sizes(self.old)}", None, None)

    def _say(self, kind: str, name: str, text: str, old: Optional[Field],
             new: Optional[Field]) -> None:
        element = f"{self.element}.{name}" if name else self.element
        self.report.add(kind, element, f"{element} {text}", old.pos if old else self.old.pos,
                        new.pos if new else self.new.pos)

    def _type(self, name: str, old: Field, new: Field) -> None:
        if old.width != new.width:
            self._say("field-resized", name, f"has {new.width or 'all'} bits, had "
                      f"{old.width or 'all'}", old, new)
        elif self.same_size:
            self._say(*self._retyped(name, old, new), old, new)
        else:
            self._say("field-resized" if not self.same_64 else "field-resized-32", name,
                      "has another type and size", old, new)

    @staticmethod
    def _retyped(name: str, old: Field, new: Field) -> tuple[str, str, str]:
        """Return what to say of a member of another type that keeps its size."""
        kind, text = retyped(old, new)
        # What differs may be an attribute or a macro, or a bound nobody knows.
        same = kind == "type-respelled" and old.type == new.type
        return ("field-type", name, "has another type") if same else (kind, name, text)

    def _added(self, name: str, fld: Field, kept: list[str]) -> None:
        names = list(self.after)
        last = not any(names.index(k) > names.index(name) for k in kept)
        if self.same_size:
            kind = "member-of-union-added" if self.new.kind == "union" else "padding-used"
            self._say(kind, name, "uses bytes that were free", None, fld)
        elif last:
            self._say("struct-grows", name, f"is behind the old end: {_sizes(self.new)} bytes, "
                      f"had {_sizes(self.old)}", None, fld)
        else:
            self._say("field-inserted", name, "stands before members that were there", None, fld)


def _sizes(struct: Struct) -> str:
    one, two = struct.sizes.get(64), struct.sizes.get(32)
    if one is None:
        return "an unknown number of"
    return str(one) if one == two else f"{one} ({two} for 32-bit programs)"
