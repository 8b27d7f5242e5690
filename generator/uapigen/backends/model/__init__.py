# SPDX-License-Identifier: BSD-3-Clause
"""The whole model as JSON, for tools that want to read the spec.

One element per line: small enough to compare versions by eye, and the fast
encoder does the work.
"""
from __future__ import annotations

import functools
import json
from dataclasses import fields, is_dataclass
from typing import Any, Iterator, get_args

from uapigen.exprtext import source
from uapigen.layout import MODELS, compute
from uapigen.model import Expr, Pos, Spec, Struct
from uapigen.render import Output, origin

_EXPRESSIONS = get_args(Expr)
_AS_IS = (str, int, bool, type(None))


@functools.lru_cache(maxsize=None)
def _members(kind: Any) -> list[tuple[str, str]]:
    """Return attribute and JSON name of a model class's members."""
    return [(f.name, f.name.rstrip("_")) for f in fields(kind)]


def _plain(value: Any) -> Any:
    """Return what JSON can hold; expressions as text, places as file:line:col."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is Pos:
        return f"{value.file}:{value.line}:{value.col}"
    if kind in _EXPRESSIONS:
        return source(value)
    if kind is dict:
        return {str(k): _plain(v) for k, v in value.items()}
    if kind in (list, tuple):
        return [_plain(v) for v in value]
    assert is_dataclass(kind)
    key: Any = kind
    return {name: _plain(getattr(value, attribute)) for attribute, name in _members(key)}


def _layouts(spec: Spec, struct: Struct) -> dict[str, Any]:
    """Return size, alignment, offsets and holes per data model."""
    result = {}
    for bits in MODELS:
        layout = compute(spec, struct, bits)
        result[str(bits)] = {
            "size": layout.size,
            "align": layout.align,
            "offsets": {s.name: s.offset for s in layout.slots},
            "holes": _plain(layout.holes),
        }
    return result


def _section(value: Any) -> str:
    """Return a section, each of its elements on a line."""
    dump = functools.partial(json.dumps, ensure_ascii=False)
    if isinstance(value, dict) and value:
        lines = (f" {dump(name)}: {dump(item)}" for name, item in value.items())
        return "{\n" + ",\n".join(lines) + "\n}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f" {dump(item)}" for item in value) + "\n]"
    return dump(value)


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the model."""
    model: dict[str, Any] = {"$comment": " ".join(origin(spec))}
    model.update(_plain(spec))
    model["layouts"] = {name: _layouts(spec, s) for name, s in spec.structs.items()}
    sections = (f"{json.dumps(name)}: {_section(value)}" for name, value in model.items())
    yield Output("model.json", "{\n" + ",\n".join(sections) + "\n}\n")
