# SPDX-License-Identifier: BSD-3-Clause
"""The spec language as a JSON Schema, for editors.

Made from the table in schema.py, so the two cannot disagree about keys.  What
a schema cannot say (names that refer to each other, layout...) is left to
`uapigen check`.
"""
from __future__ import annotations

import json
from typing import Any

from uapigen import schema, shapes

_ID = "uapi-spec.schema.json"
_NUMBER = r"^-?(0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)$"


def _anchored(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _word(shape: shapes.Word) -> dict[str, Any]:
    """A word that looks like a number may be written without quotes."""
    out: dict[str, Any] = {"type": ["string", "number"], "description": shape.what,
                           "pattern": _anchored(shape.pattern)}
    return out


def _keys(shape: shapes.Shape) -> dict[str, Any]:
    """Describe the names of a table."""
    if isinstance(shape, shapes.Word):
        return {"pattern": _anchored(shape.pattern)}
    if isinstance(shape, shapes.Choice):
        return {"enum": list(shape.values)}
    return {"pattern": _NUMBER}


def _of(shape: shapes.Shape, defs: dict[str, Any]) -> dict[str, Any]:
    """Describe a shape; records are defined once and referred to."""
    out: dict[str, Any]
    if isinstance(shape, shapes.Record):
        if shape.name not in defs:
            defs[shape.name] = {}
            defs[shape.name] = _record(shape, defs)
        return {"$ref": f"#/$defs/{shape.name}"}
    if isinstance(shape, shapes.Table):
        out = {"type": "object", "propertyNames": _keys(shape.key),
               "additionalProperties": _of(shape.value, defs)}
        return {**out, "minProperties": shape.least} if shape.least else out
    if isinstance(shape, shapes.Seq):
        out = {"type": "array", "items": _of(shape.item, defs)}
        if not isinstance(shape.item, (shapes.Record, shapes.Text, shapes.OneOf)):
            out["uniqueItems"] = True
        return {**out, "minItems": shape.least} if shape.least else out
    if isinstance(shape, shapes.OneOf):
        return {"anyOf": [_of(shape.scalar, defs), _of(shape.other, defs)]}
    return _scalar(shape)


def _scalar(shape: shapes.Shape) -> dict[str, Any]:
    if isinstance(shape, shapes.Word):
        return _word(shape)
    if isinstance(shape, shapes.Choice):
        return {"enum": list(shape.values)}
    if isinstance(shape, shapes.Int):
        return {"type": "integer", "minimum": shape.lo, "maximum": shape.hi}
    if isinstance(shape, shapes.Bool):
        return {"type": "boolean"}
    if isinstance(shape, shapes.Expression):
        return {"type": ["integer", "string"], "minLength": 1,
                "description": f"{shape.what}: a number or an expression"}
    return {"type": ["string", "number"], "minLength": 1}


def _record(shape: shapes.Record, defs: dict[str, Any]) -> dict[str, Any]:
    properties = {}
    for name, key in shape.keys.items():
        # Beside a $ref other words count since draft 2019-09.
        properties[name] = {**_of(key.shape, defs), "description": key.doc}
    out: dict[str, Any] = {"type": "object", "description": shape.title,
                           "properties": properties, "additionalProperties": False}
    required = [name for name, key in shape.keys.items() if key.required]
    if required:
        out["required"] = required
    groups = [{"oneOf": [{"required": [name]} for name in group]} for group in shape.one_of]
    groups += [{"anyOf": [{"required": [name]} for name in (key.name, *key.unless)]}
               for key in shape.keys.values() if key.unless]
    if groups:
        out["allOf"] = groups
    return out


def document() -> dict[str, Any]:
    """Return the schema; a file with the key `spec` is a root, any other is included."""
    defs: dict[str, Any] = {}
    root, part = _of(schema.ROOT, defs), _of(schema.PART_FILE, defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        "$comment": "SPDX-License-Identifier: BSD-3-Clause.  "
                    "Written by `uapigen schema`; do not edit.",
        "title": "uapigen spec",
        "if": {"required": ["spec"]},
        "then": root,
        "else": part,
        "$defs": dict(sorted(defs.items())),
    }


def text() -> str:
    """Return the schema as it is checked in."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
