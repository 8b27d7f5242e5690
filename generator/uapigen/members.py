# SPDX-License-Identifier: BSD-3-Clause
"""Finding members of records by the path an expression names."""
from __future__ import annotations

import re
from typing import Iterator, Optional, Sequence

from uapigen.model import Command, Field, Spec, Struct, TypeRef

_SPARE = re.compile(r"_*(reserved?|resv|rsvd|rsv|pad|padding|spare|unused|zero|mbz)_?\d*_*")


def fields(struct: Struct) -> Iterator[Field]:
    """Yield the members C code can name, those of anonymous records included."""
    for fld in struct.fields:
        if fld.name:
            yield fld
        elif fld.inner is not None:
            yield from fields(fld.inner)


def find(struct: Struct, name: str) -> Optional[Field]:
    """Return the member of that name, if there is one."""
    return next((f for f in fields(struct) if f.name == name), None)


def is_spare(name: str) -> bool:
    """Tell whether a member's name says that it is kept free; nothing in a header says more."""
    return _SPARE.fullmatch(name) is not None


def tail(struct: Struct) -> Optional[Field]:
    """Return the flexible array whose elements stand behind the struct, if it has one."""
    return next((f for f in struct.fields if f.count), None)


def argument_tail(spec: Spec, command: Command) -> Optional[Field]:
    """Return the flexible array behind a command's argument, if its elements flow."""
    if command.arg_kind != "struct" or command.arg is None:
        return None
    found = tail(spec.structs[command.arg.base])
    flowing = (*command.flow_in, *command.flow_out)
    return found if found is not None and found.name in flowing else None


def _split(part: str) -> tuple[str, int]:
    """Split `lrh[0][1]` into the name and the number of indexes."""
    return part.partition("[")[0], part.count("[")


def member_type(spec: Spec, base: TypeRef, path: Sequence[str]) -> TypeRef:
    """Return the type at a path such as ("kdeth", "swdata[6]")."""
    current, record = (
        base,
        spec.structs.get(base.base) if base.kind in ("struct", "union") else None,
    )
    for part in path:
        name, indexes = _split(part)
        fld = find(record, name) if record is not None else None
        if fld is None:
            raise KeyError(".".join(path))
        ref = fld.type or TypeRef("struct", fld.name)
        current = TypeRef(ref.kind, ref.base, ref.dims[indexes:], ref.dim_texts[indexes:])
        record = fld.inner or spec.structs.get(ref.base)
    return current
