# SPDX-License-Identifier: BSD-3-Clause
"""Checks of headers: that each definition has a place, and an order C accepts."""
from __future__ import annotations

import re
from typing import Iterator, Optional, Union

from uapigen.context import Context
from uapigen.diagnostics import Mark, suggest
from uapigen.model import Enum, Field, Flags, Header, Struct

COMMANDS = "commands"


def check_headers(ctx: Context) -> None:
    """Check all headers."""
    if any(kind == "header" for kind, _ in ctx.broken) or "headers" in ctx.lost:
        return
    if ctx.spec.status == "imported":
        return  # a header that compiles needs no advice about its order
    places = _contents(ctx)
    _homeless(ctx, places)
    _guards(ctx)
    for header in ctx.spec.headers.values():
        _includes(ctx, header)
    if not _cycle(ctx):
        for header in ctx.spec.headers.values():
            _order(ctx, header, places)


def _names(ctx: Context) -> list[str]:
    spec = ctx.spec
    return [*spec.constants, *spec.flags, *spec.enums, *spec.structs, COMMANDS]


def _contents(ctx: Context) -> dict[str, str]:
    """Check the lists of contents; return where each name is defined."""
    places: dict[str, str] = {}
    marks: dict[str, Mark] = {}
    known = _names(ctx)
    for path, header in ctx.spec.headers.items():
        for name in header.contents:
            mark = ctx.rec(header).name_mark("contents", name)
            if name not in known:
                if not any((kind, name) in ctx.broken or ctx.may_lack(kind)
                           for kind in ("constant", "flags", "enum", "struct")):
                    ctx.error("E1001", mark, f"nothing is called `{name}`", suggest(name, known))
                continue
            if name in places:
                ctx.error("E1002", mark, f"`{name}` is in {places[name]} already", "",
                          [(marks[name], "here")])
                continue
            places[name], marks[name] = path, mark
            constant = ctx.spec.constants.get(name)
            if constant is not None and constant.external:
                ctx.error("E1010", mark, f"`{name}` is defined by {constant.external}",
                          "take it out, or remove `external`")
    return places


def _homeless(ctx: Context, places: dict[str, str]) -> None:
    """Report definitions that no header publishes."""
    if not ctx.spec.headers:
        return
    items: list[Union[Flags, Enum, Struct]] = [
        *ctx.spec.flags.values(), *ctx.spec.enums.values(), *ctx.spec.structs.values()]
    for item in items:
        if item.name not in places and item.name not in ctx.excused:
            ctx.error("E1003", ctx.name_mark(item), f"`{item.name}` is in no header",
                      "add it to the contents of one")
    if ctx.spec.commands and COMMANDS not in places:
        first = next(iter(ctx.spec.headers.values()))
        ctx.error("E1009", ctx.name_mark(first), "no header publishes the commands",
                  "add `commands` to the contents of one")


def _guards(ctx: Context) -> None:
    """Report guards that would hide something."""
    seen: dict[str, Header] = {}
    for header in ctx.spec.headers.values():
        mark = ctx.rec(header).at("guard")
        first = seen.setdefault(header.guard, header)
        if first is not header:
            ctx.error("E1005", mark, f"{first.path} has the guard {header.guard} already",
                      "the second of two included headers would be empty",
                      [(ctx.rec(first).at("guard"), "here")])
        elif header.guard in ctx.c_names:
            ctx.error("E1005", mark, f"{header.guard} is the name of a constant", "",
                      [(ctx.c_names[header.guard], "defined here")])


def _includes(ctx: Context, header: Header) -> None:
    """Report an include from the spec's own folder that the spec does not make."""
    own = {path.rsplit("/", 1)[0] for path in ctx.spec.headers if "/" in path}
    for path in header.includes:
        if path not in ctx.spec.headers and path.rsplit("/", 1)[0] in own:
            ctx.error("E1007", ctx.rec(header).name_mark("includes", path),
                      f"the spec has no header {path}", suggest(path, ctx.spec.headers))


def _closure(ctx: Context, path: str, seen: Optional[set[str]] = None) -> set[str]:
    """Return the spec's headers that come with an include of `path`."""
    seen = set() if seen is None else seen
    if path in ctx.spec.headers and path not in seen:
        seen.add(path)
        for inner in ctx.spec.headers[path].includes:
            _closure(ctx, inner, seen)
    return seen


def _cycle(ctx: Context) -> bool:
    """Report headers that include each other."""
    found = False
    for path, header in ctx.spec.headers.items():
        for inner in header.includes:
            if path in _closure(ctx, inner):
                ctx.error("E1008", ctx.rec(header).name_mark("includes", inner),
                          f"{path} includes itself through {inner}")
                found = True
    return found


def _needs(ctx: Context, struct: Struct) -> Iterator[tuple[str, Field]]:
    """Yield what a record needs to be defined before it."""
    for item in struct.fields:
        if item.inner is not None:
            yield from _needs(ctx, item.inner)
        if item.type is None:
            continue
        if item.type.kind in ("struct", "union", "enum"):
            yield item.type.base, item
        for text in item.type.dim_texts:
            for word in re.findall(r"[A-Za-z_]\w*", text):
                yield _home(ctx, word), item


def _home(ctx: Context, constant: str) -> str:
    """Return what defines a constant: itself, or its group or enum."""
    for flags in ctx.spec.flags.values():
        if any(constant in (e.c_name, e.bit_name) for e in flags.entries) \
                or constant == flags.max_bit:
            return flags.name
    for enum in ctx.spec.enums.values():
        if any(constant == e.name for e in enum.entries):
            return enum.name
    return constant


def _order(ctx: Context, header: Header, places: dict[str, str]) -> None:
    """Check that what a struct needs stands before it."""
    defined: set[str] = set()
    around = _closure(ctx, header.path) - {header.path}
    for name in header.contents:
        struct = ctx.spec.structs.get(name)
        for need, item in _needs(ctx, struct) if struct is not None else ():
            if need in defined or need == name or need not in places:
                continue
            home = places[need]
            mark = ctx.rec(item).at("type")
            if home == header.path:
                ctx.error("E1004", ctx.rec(header).name_mark("contents", name),
                          f"{name} uses {need}, which is defined further down",
                          f"list {need} before {name}", [(mark, "used here")])
            elif home not in around:
                ctx.error("E1006", ctx.rec(header).name_mark("contents", name),
                          f"{name} uses {need} of {home}, which is not included",
                          f"add {home} to `includes`", [(mark, "used here")])
        defined.add(name)
