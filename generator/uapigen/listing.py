# SPDX-License-Identifier: BSD-3-Clause
"""Tables of what a spec holds, for `uapigen list`."""
from __future__ import annotations

from typing import Callable, Iterator

from uapigen.layout import compute
from uapigen.model import Check, Spec

Row = tuple[str, ...]


def _argument(spec: Spec, name: str) -> str:
    ref = spec.commands[name].arg
    if ref is None:
        return "none"
    return f"{ref.kind} {ref.base}" if ref.kind in ("struct", "union") else ref.base


def _commands(spec: Spec) -> Iterator[Row]:
    yield "command", "nr", "dir", "argument", "states", "checks"
    for name, item in spec.commands.items():
        yield (name, item.nr_text, item.direction, _argument(spec, name),
               ",".join(item.states), str(len(item.checks)))


def _structs(spec: Spec) -> Iterator[Row]:
    yield "type", "kind", "64-bit", "32-bit", "fields", "header"
    for name, item in spec.structs.items():
        yield (name, item.kind, str(compute(spec, item, 64).size),
               str(compute(spec, item, 32).size), str(len(item.fields)), item.header or "-")


def _rule(check: Check) -> str:
    if check.kind == "expr":
        return check.cond_text
    return f"when {check.when}" if check.kind == "driver" else check.kind.replace("_", " ")


def _checks(spec: Spec) -> Iterator[Row]:
    yield "list", "check", "errno", "rule"
    lists = [(n, c.checks) for n, c in spec.commands.items()]
    lists += [(n, c.checks) for n, c in spec.check_lists.items()]
    lists += [(f"mmap.{n}", r.checks) for n, r in spec.regions.items()]
    lists += [(f"file.{n}", o.checks) for n, o in spec.file_ops.items()]
    for owner, checks in lists:
        for check in checks:
            yield owner, check.id, check.errno or "0", _rule(check)


def _errnos(spec: Spec) -> Iterator[Row]:
    yield "errno", "checks", "meaning"
    used = [row[2] for row in _checks(spec)]
    if spec.space is not None:
        used += [check.errno for check in spec.space.shared]
    for name, item in spec.errnos.items():
        yield name, str(used.count(name)), item.doc


def _constants(spec: Spec) -> Iterator[Row]:
    yield "constant", "value", "header"
    for name, item in spec.constants.items():
        yield name, item.text, item.external or item.header or "-"


def _flags(spec: Spec) -> Iterator[Row]:
    yield "flag", "bit", "group"
    for group in spec.flags.values():
        for entry in group.entries:
            yield entry.c_name, str(entry.bit), group.name


def _enums(spec: Spec) -> Iterator[Row]:
    yield "enumerator", "value", "enum"
    for enum in spec.enums.values():
        for entry in enum.entries:
            yield entry.name, str(entry.value), enum.name


def _registers(spec: Spec) -> Iterator[Row]:
    yield "register", "offset", "count", "access", "fields"
    for name, item in spec.registers.items():
        count = str(item.count) if item.inner_count == 1 else f"{item.count}x{item.inner_count}"
        yield name, f"{item.offset:#x}", count, item.access, str(len(item.fields))


def _words(spec: Spec) -> Iterator[Row]:
    yield "word", "field", "bits"
    for word in spec.words.values():
        for item in word.fields:
            yield word.name, item.name, f"{item.hi}:{item.lo}"


def _regions(spec: Spec) -> Iterator[Row]:
    yield "region", "type", "memory", "cache", "write", "length"
    for name, item in spec.regions.items():
        yield name, str(item.type), item.memory, item.cache, item.write, item.length_text


def _attributes(spec: Spec) -> Iterator[Row]:
    yield "attribute", "type", "meaning"
    for name, item in spec.attributes.items():
        yield name, item.type, item.doc


def _conditions(spec: Spec) -> Iterator[Row]:
    yield "condition", "scenario", "meaning"
    for name, item in spec.conditions.items():
        yield name, item.provoke or "-", item.doc


def _scenarios(spec: Spec) -> Iterator[Row]:
    yield "scenario", "state", "needs", "meaning"
    for name, item in spec.scenarios.items():
        yield name, item.state, ",".join(item.needs) or "-", item.doc


def _quirks(spec: Spec) -> Iterator[Row]:
    yield "quirk", "exempts", "what"
    for name, item in spec.quirks.items():
        yield name, ",".join(item.exempts) or "-", item.what


SUBJECTS: dict[str, Callable[[Spec], Iterator[Row]]] = {
    "commands": _commands, "structs": _structs, "checks": _checks, "errnos": _errnos,
    "constants": _constants, "flags": _flags, "enums": _enums, "words": _words,
    "registers": _registers, "regions": _regions, "attributes": _attributes,
    "conditions": _conditions, "scenarios": _scenarios, "quirks": _quirks,
}


def table(spec: Spec, subject: str) -> str:
    """Return a table with a heading; columns are two spaces apart."""
    rows = list(SUBJECTS[subject](spec))
    widths = [max(len(row[col]) for row in rows) for col in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)
