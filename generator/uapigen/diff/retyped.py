# SPDX-License-Identifier: BSD-3-Clause
"""A member that keeps place and size, and has another type."""
from __future__ import annotations

from typing import Optional

from uapigen.model import Field, TypeRef
from uapigen.types import SCALARS

_CHARS = {"char", "uchar", "u8", "s8"}


def _scalar(ref: Optional[TypeRef]) -> Optional[str]:
    """Return the scalar a member is in a program, None for records and types of other headers."""
    if ref is None or ref.kind in ("struct", "union", "named"):
        return None
    return {"enum": "u32", "pointer": "ptr"}.get(ref.kind, ref.base)


def _order(base: str) -> str:
    base = base.removeprefix("aligned_")
    return base[:2] if base[:2] in ("le", "be") else ""


def _spell(fld: Field) -> str:
    ref = fld.type
    if ref is None:
        return "a record"
    lead = f"{ref.kind} " if ref.kind in ("struct", "union", "enum") else ""
    return lead + ref.base + "".join(f"[{'' if d is None else d}]" for d in ref.dims)


def retyped(old: Field, new: Field) -> tuple[str, str]:
    """Return kind and text of a change of type that keeps size and place."""
    one, two = _scalar(old.type), _scalar(new.type)
    shown = f"is {_spell(new)}, was {_spell(old)}"
    if one is None or two is None:
        return "field-type", shown
    assert old.type is not None and new.type is not None
    if _order(one) != _order(two):
        return "byte-order", shown
    array = (old.type.dims, new.type.dims)
    if array[0] != array[1] or "ptr" in (one, two):
        return "field-type", shown
    if {one, two} <= _CHARS and array[0]:
        return "type-respelled", shown
    signs = {SCALARS[base][1] for base in (one, two)}
    return ("type-respelled" if len(signs) == 1 else "signedness"), shown
