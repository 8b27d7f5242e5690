# SPDX-License-Identifier: BSD-3-Clause
"""Specs built without a loader, for tests of single back ends."""
from __future__ import annotations

from dataclasses import fields
from typing import Any

from uapigen.model import Field, Pos, Spec, Struct, TypeRef

HERE = Pos("spec/hand.yaml", 1)


def empty_spec(**sections: Any) -> Spec:
    """Return a spec with nothing in it but the given sections."""
    values: dict[str, Any] = {
        f.name: {} if str(f.type).startswith("dict") else [] for f in fields(Spec)
    }
    values.update(
        name="hand",
        title="by hand",
        doc="A spec of a test.",
        pos=HERE,
        prefix="hand",
        hw_prefix="HW_",
        digest="0" * 64,
        space=None,
        licenses={"uapi": "BSD-3-Clause", "driver": "BSD-3-Clause", "user": "BSD-3-Clause"},
    )
    values.update(sections)
    return Spec(**values)


def scalar(name: str, base: str, *dims: int | None) -> Field:
    """Return a member of a scalar type."""
    kind = "pointer" if base == "ptr" else "scalar"
    texts = tuple("" if d is None else str(d) for d in dims)
    return Field(name, TypeRef(kind, base, dims, texts), f"Member {name}.", HERE)


def nested(name: str, struct: Struct, *dims: int) -> Field:
    """Return a member of a record type that has a name."""
    texts = tuple(map(str, dims))
    return Field(name, TypeRef(struct.kind, struct.name, dims, texts), f"Member {name}.", HERE)


def in_place(name: str, kind: str, members: list[Field]) -> Field:
    """Return a record written in place, anonymous without a name."""
    return Field(
        name, None, "A record in place.", HERE,
        inner=Struct(name, kind, members, "", HERE, tag=False)
    )


def record(name: str, members: list[Field], kind: str = "struct", **more: Any) -> Struct:
    """Return a record."""
    return Struct(name, kind, members, f"Record {name}.", HERE, **more)
