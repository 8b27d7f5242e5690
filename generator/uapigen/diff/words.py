# SPDX-License-Identifier: BSD-3-Clause
"""Bit ranges of words in memory, and the headers that publish everything.

Registers are left out: they describe the chip, not the interface.
"""
from __future__ import annotations

from typing import Iterator, Optional

from uapigen.diff.change import Report
from uapigen.model import BitField, Choice, Content, Piece, Pos, Spec


def compare_words(old: Spec, new: Spec, report: Report) -> None:
    """Compare words."""
    for name, word in old.words.items():
        now = new.words.get(name)
        if now is None:
            report.add("value-removed", f"word {name}", f"word {name} is gone", word.pos, None)
            continue
        if (word.order, word.width) != (now.order, now.width):
            report.add("word-order", f"word {name}", f"word {name} has {now.width} bits, "
                       f"{now.order}; had {word.width}, {word.order}", word.pos, now.pos)
        after = {f.name: f for f in now.fields}
        before = {f.name: f for f in word.fields}
        for field, was in before.items():
            _bits(f"word {name}.{field}", was, after.get(field), report)
        for field, fresh in after.items():
            if field not in before:
                report.add("value-added", f"word {name}.{field}", f"word {name}.{field} is new",
                           None, fresh.pos)
    for name, word in new.words.items():
        if name not in old.words:
            report.add("value-added", f"word {name}", f"word {name} is new", None, word.pos)


def _bits(element: str, old: BitField, new: Optional[BitField], report: Report) -> None:
    if new is None:
        report.add("word-field-removed", element, f"{element} is gone", old.pos, None)
        return
    if (old.hi, old.lo) != (new.hi, new.lo):
        report.add("word-bits-moved", element, f"{element} has bits {new.hi}:{new.lo}, had "
                   f"{old.hi}:{old.lo}", old.pos, new.pos)
    for name, value in old.values.items():
        now = new.values.get(name)
        if now is None:
            report.add("value-removed", f"{element}.{name}", f"{element}.{name} is gone",
                       value.pos, None)
        elif now.value != value.value:
            report.add("value-changed", f"{element}.{name}", f"{element}.{name} is {now.value}, "
                       f"was {value.value}", value.pos, now.pos)
    for name, value in new.values.items():
        if name not in old.values:
            report.add("value-added", f"{element}.{name}", f"{element}.{name} is {value.value}",
                       None, value.pos)


def _published(spec: Spec) -> Iterator[tuple[str, str, Pos]]:
    """Yield what headers hold: name, header, place."""
    for struct in spec.structs.values():
        yield f"{struct.kind} {struct.name}", struct.header, struct.pos
    for constant in spec.constants.values():
        if not constant.external:
            yield constant.name, constant.header, constant.pos
    for group in spec.flags.values():
        yield f"flags {group.name}", group.header, group.pos
    for enum in spec.enums.values():
        yield f"enum {enum.name}", enum.header, enum.pos
    for command in spec.commands.values():
        yield command.c_name, command.header, command.pos


def _brings(spec: Spec, path: str) -> set[str]:
    """Return the headers that come with a header, itself included."""
    found: set[str] = set()
    todo = [path]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            header = spec.headers.get(name)
            if header is not None:
                todo += header.includes + _included(header.body)
    return found


def _included(body: list[Content]) -> list[str]:
    """Return what the pieces of an imported header include, whatever the conditions."""
    out = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += _included(branch.body)
        elif isinstance(item, Piece) and item.kind == "include":
            out.append(item.text.strip("<>\" "))
    return out


def compare_headers(old: Spec, new: Spec, report: Report) -> None:
    """Compare which header publishes what."""
    after = {name: (header, pos) for name, header, pos in _published(new)}
    for name, was, pos in _published(old):
        now, place = after.get(name, (was, pos))
        if was == now or not was:
            continue
        kind = "header-joined" if now in _brings(new, was) else "header-moved"
        report.add(kind, name, f"{name} is published by {now or 'no header'}, was by {was}", pos,
                   place)
    for path, header in old.headers.items():
        then = new.headers.get(path)
        if then is None:
            report.add("header-removed", path, f"{path} is gone", header.pos, None)
            continue
        before, now_in = _brings(old, path), _brings(new, path)
        for kind, verb, names in (("include-dropped", "no longer includes", before - now_in),
                                  ("include-added", "includes", now_in - before)):
            for name in sorted(names):
                report.add(kind, path, f"{path} {verb} {name}", header.pos, then.pos)
