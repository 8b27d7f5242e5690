# SPDX-License-Identifier: BSD-3-Clause
"""Checks of headers: that each definition has a place, and an order C accepts."""
from __future__ import annotations

import re
from typing import Iterator, Optional, Union

from uapigen.build_published import flat
from uapigen.context import Context
from uapigen.diagnostics import Mark, suggest
from uapigen.model import Enum, Field, Flags, Header, Ioctl, Ref, Struct, Typedef
from uapigen.yamlpos import Scalar, Seq

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
        homes = _homes(ctx)
        for header in ctx.spec.headers.values():
            _order(ctx, header, places, homes)


def _marks(ctx: Context, header: Header) -> dict[str, Mark]:
    """Return where a header's list of contents has its names; the last of two alike."""
    node = ctx.rec(header).node.values.get("contents")
    items = node.items if isinstance(node, Seq) else []
    return {item.text.rpartition(" ")[2]: item.mark for item in items if isinstance(item, Scalar)}


def _contents(ctx: Context) -> dict[str, str]:
    """Check the lists of contents; return where each name is defined.

    Names without a meaning were reported when the lists were built.
    """
    places: dict[str, str] = {}
    marks: dict[str, Mark] = {}
    for path, header in ctx.spec.headers.items():
        here = _marks(ctx, header)
        seen: set[Ref] = set()
        for ref in flat(header.body):
            name = ref.key
            mark = here.get(name, ctx.name_mark(header))
            if name in places and (places[name] != path or ref in seen):
                ctx.error("E1002", mark, f"`{name}` is in {places[name]} already", "",
                          [(marks[name], "here")])
                continue
            seen.add(ref)
            places[name], marks[name] = path, mark
            constant = ctx.spec.constants.get(name) if ref.kind == "constant" else None
            if constant is not None and constant.external:
                ctx.error("E1010", mark, f"`{name}` is defined by {constant.external}",
                          "take it out, or remove `external`")
    return places


def _homeless(ctx: Context, places: dict[str, str]) -> None:
    """Report definitions that no header publishes."""
    if not ctx.spec.headers:
        return
    spec = ctx.spec
    items: list[Union[Flags, Enum, Struct, Ioctl, Typedef]] = [
        *spec.flags.values(), *spec.enums.values(), *spec.structs.values(), *spec.ioctls.values(),
        *spec.typedefs.values()]
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
    """Report an include from the spec's own folder that the spec does not make.

    linux/ is everybody's folder.
    """
    own = {path.rsplit("/", 1)[0] for path in ctx.spec.headers if "/" in path} - {"linux"}
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


def _needs(homes: dict[str, str], struct: Struct) -> Iterator[tuple[str, Field]]:
    """Yield what a record needs to be defined before it."""
    for item in struct.fields:
        if item.inner is not None:
            yield from _needs(homes, item.inner)
        if item.type is None:
            continue
        if item.type.kind in ("struct", "union", "enum"):
            yield item.type.base, item
        for text in item.type.dim_texts:
            for word in re.findall(r"[A-Za-z_]\w*", text):
                yield homes.get(word, word), item


def _homes(ctx: Context) -> dict[str, str]:
    """Return what defines the constants that a group or an enum brings."""
    out: dict[str, str] = {}
    for enum in ctx.spec.enums.values():
        out.update({entry.name: enum.name for entry in enum.entries})
    for flags in ctx.spec.flags.values():
        out.update({name: flags.name for e in flags.entries for name in (e.c_name, e.bit_name)})
        out[flags.max_bit] = flags.name
    return out


def _order(ctx: Context, header: Header, places: dict[str, str], homes: dict[str, str]) -> None:
    """Check that what a struct needs stands before it."""
    defined: set[str] = set()
    around = _closure(ctx, header.path) - {header.path}
    for name in header.contents:
        struct = ctx.spec.structs.get(name)
        for need, item in _needs(homes, struct) if struct is not None else ():
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
