# SPDX-License-Identifier: BSD-3-Clause
"""A Wireshark dissector, in Lua, of the packets whose words the spec has."""
from __future__ import annotations

import json
from typing import Iterator, NamedTuple

from uapigen.model import BitField, Spec, Word
from uapigen.render import BackendError, Output, origin, render

# The words of a captured packet, in their order; software words and payload
# follow, if the packet has the last of them at all.
PACKET = "CAPTURE PBC LRH0 LRH1 LRH2 LRH3 BTH0 BTH1 BTH2 KDETH0 KDETH1".split()
# Constants that decide what a packet is.
NEEDED = "KDETH_QP_PREFIX KDETH_SWDATA_DWS KDETH_OM_SMALL_SHIFT KDETH_OM_LARGE_SHIFT".split()


class LuaField(NamedTuple):
    """A bit field."""

    name: str
    title: str
    at: int  # byte of the word
    size: int
    low: int
    width: int
    base: str
    values: str  # of a Lua table, or nil
    doc: str


class LuaWord(NamedTuple):
    """A word and where it is."""

    name: str
    title: str
    offset: int
    size: int
    order: str  # suffix of the function that reads it
    fields: list[LuaField]


def _text(doc: str) -> str:
    """Return a line as a literal of Lua."""
    return json.dumps(" ".join(doc.split()), ensure_ascii=False)


def _values(field: BitField) -> str:
    """Return the named values; ambiguous ones say what decides."""
    names: dict[int, list[str]] = {}
    for name, constant in field.values.items():
        names.setdefault(int(constant.value), []).append(name)
    items = (f"[{value}] = {_text(' or '.join(n))}" for value, n in sorted(names.items()))
    return f"{{ {', '.join(items)} }}" if names else "nil"


def _place(word: Word, field: BitField) -> tuple[int, int, int]:
    """Return first byte and bytes of what holds a field, and its lowest bit there.

    Wireshark's masks have 32 bits, so a longer word is shown by halves.
    """
    size = word.width // 8
    if size <= 4:
        return 0, size, field.lo
    half = field.lo // 32
    if field.hi // 32 != half:
        raise BackendError(field.pos, f"{word.name}.{field.name} lies in both halves")
    return 4 * half if word.order == "le" else size - 4 - 4 * half, 4, field.lo % 32


def _field(word: Word, field: BitField) -> LuaField:
    width = field.hi - field.lo + 1
    at, size, low = _place(word, field)
    code = "KEY" in field.name or "CODE" in field.name or width > 16
    return LuaField(
        field.name.lower(),
        _text(field.name),
        at,
        size,
        low,
        width,
        f"base.{'HEX' if code and not field.values else 'DEC'}",
        _values(field),
        _text(field.doc),
    )


def _words(spec: Spec) -> Iterator[LuaWord]:
    offset = 0
    for name in PACKET:
        word = spec.words[name]
        size = word.width // 8
        fields = [_field(word, f) for f in word.fields]
        order = "le_" if word.order == "le" else ""
        yield LuaWord(name.lower(), _text(word.doc), offset, size, order, fields)
        offset += size


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the dissector, if the spec has such packets."""
    if any(name not in spec.words for name in PACKET):
        return
    numbers = {n: spec.constants.get(f"{spec.hw_prefix}{n}") for n in NEEDED}
    missing = [n for n, constant in numbers.items() if constant is None]
    if missing:
        raise BackendError(spec.pos, f"the dissector needs {spec.hw_prefix}{missing[0]}")
    text = render(
        "wireshark/dissector.lua.jinja",
        licence=spec.licenses["user"],
        origin=origin(spec),
        name=spec.name,
        title=spec.title,
        words=list(_words(spec)),
        numbers={n: c.value for n, c in numbers.items() if c is not None},
    )
    yield Output(f"wireshark/{spec.name}.lua", text)
