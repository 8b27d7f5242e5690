# SPDX-License-Identifier: BSD-3-Clause
"""A Python module on ctypes: no build step, every command a function."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.python import functions, records
from uapigen.backends.python.source import quoted, remark
from uapigen.ctext import first_sentence
from uapigen.members import tail
from uapigen.model import Spec
from uapigen.render import Output, hash_banner, render


class Bits(NamedTuple):
    """A bit range of a word."""

    name: str
    hi: int
    lo: int


class Word(NamedTuple):
    """A word that members or lists hold."""

    name: str
    bits: list[Bits]


def _constants(spec: Spec) -> list[tuple[str, str, str]]:
    """Return the published numbers: name, value, what it is."""
    found = []
    for item in spec.constants.values():
        if item.header:
            value = hex(item.value) if item.text.lower().startswith("0x") and isinstance(
                item.value, int) else repr(item.value)
            found.append((item.name, value, remark(first_sentence(item.doc))))
    for flags in spec.flags.values():
        if flags.header:
            found += [(e.c_name, f"1 << {e.bit}", remark(first_sentence(e.doc)))
                      for e in flags.entries]
    for enum in spec.enums.values():
        found += [(e.name, str(e.value), remark(first_sentence(e.doc)))
                  for e in enum.entries]
    return found


def _words(spec: Spec) -> list[Word]:
    """Return the words by which members are described."""
    used = {f.bits for s in spec.structs.values() for f in s.fields if f.bits}
    return [Word(name, [Bits(f.name, f.hi, f.lo) for f in word.fields])
            for name, word in spec.words.items() if name in used]


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the module."""
    if spec.space is None or not spec.commands:
        return
    text = render(
        "python/module.py.jinja",
        banner=hash_banner(spec, spec.licenses["user"], ""),
        title=spec.title,
        docs=[(e.name, quoted(e.doc, 8)) for e in spec.errnos.values()],
        constants=_constants(spec),
        records=list(records.records(spec)),
        sizes=list(records.sizes(spec)),
        tails=[(s.name, t.name, t.count) for s in spec.structs.values() if (t := tail(s))],
        rows=functions.rows(spec),
        functions=list(functions.functions(spec)),
        flag_sets=[(f.name, [(e.name, e.bit) for e in f.entries]) for f in spec.flags.values()],
        words=_words(spec),
        described=[(s.name, f.name, f.bits) for s in spec.structs.values() for f in s.fields
                   if f.bits],
    )
    yield Output(f"python/{spec.prefix}.py", text)
