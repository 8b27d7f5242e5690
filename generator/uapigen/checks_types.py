# SPDX-License-Identifier: BSD-3-Clause
"""Checks of constants, flags, enums, structs and their layout."""
from __future__ import annotations

from typing import Iterator, Union

from uapigen.context import Context
from uapigen.diagnostics import count
from uapigen.layout import MODELS, LayoutError, compute
from uapigen.model import EnumEntry, Field, FlagEntry, Flags, Layout, Struct
from uapigen.scope import members
from uapigen.types import SCALARS

_TOP_BIT = {"": 30, "U": 31, "UL": 31, "ULL": 63}


def check_types(ctx: Context) -> None:
    """Check everything that becomes a C definition."""
    for group in ctx.spec.flags.values():
        _flags(ctx, group)
    for enum in ctx.spec.enums.values():
        _distinct(ctx, enum.entries)
    for struct in ctx.spec.structs.values():
        _struct(ctx, struct)


def _distinct(ctx: Context, entries: list[EnumEntry]) -> None:
    seen: dict[int, EnumEntry] = {}
    for entry in entries:
        first = seen.setdefault(entry.value, entry)
        if first is not entry:
            ctx.error("E0416", ctx.name_mark(entry),
                      f"{entry.name} and {first.name} are both {entry.value}",
                      "two names for one value cannot be told apart",
                      [(ctx.name_mark(first), "the other one")])


def _flags(ctx: Context, group: Flags) -> None:
    """Check a group of flags."""
    seen: dict[int, FlagEntry] = {}
    for entry in group.entries:
        first = seen.setdefault(entry.bit, entry)
        if first is not entry:
            ctx.error("E0415", ctx.rec(entry).at("bit"),
                      f"{entry.name} and {first.name} are both bit {entry.bit}", "",
                      [(ctx.rec(first).at("bit"), "the other one")])
        _references(ctx, entry)
        if group.spelling in ("shift", "bitname") and entry.bit > _TOP_BIT[group.suffix]:
            shown = f"1{group.suffix} << {entry.bit}"
            ctx.inherited("E0414", entry.quirk, ctx.rec(entry).at("bit"),
                          f"`{shown}` overflows in 32-bit programs",
                          "give the group `suffix: ULL`")


def _references(ctx: Context, item: Union[FlagEntry, Field, Struct]) -> None:
    """Resolve `quirk` and `since`."""
    rec = ctx.rec(item)
    if item.quirk:
        ctx.refer("quirk", item.quirk, rec.at("quirk"), ctx.spec.quirks)
    if item.since:
        ctx.refer("version", item.since, rec.at("since"), ctx.spec.versions)


# --- structs --------------------------------------------------------------


def _struct(ctx: Context, struct: Struct) -> None:
    """Check a record and its layout in both data models."""
    _references(ctx, struct)
    if struct.align & (struct.align - 1):
        ctx.error("E0420", ctx.rec(struct).at("align"),
                  f"an alignment is a power of two, {struct.align} is not")
    if ctx.spec.status != "imported":  # the compiler that reads the header has done it
        _names(ctx, struct)
        for item, last in _all_fields(struct):
            _field(ctx, item, last)
    if struct.opaque or not _has_whole_layout(ctx, struct, ()):
        return
    try:
        layouts = [compute(ctx.spec, struct, bits) for bits in MODELS]
    except LayoutError as err:
        ctx.error("E0421", ctx.name_mark(struct), f"{struct.kind} {struct.name}: {err}",
                  "say `layout: compiler`, and its size and alignment")
        return
    _padding(ctx, struct, layouts)
    _sizes(ctx, struct, layouts)


def _all_fields(struct: Struct, last: bool = True) -> Iterator[tuple[Field, bool]]:
    """Yield all fields, nested ones too; `last`: nothing stands behind it."""
    for number, item in enumerate(struct.fields):
        tail = last and struct.kind == "struct" and number == len(struct.fields) - 1
        yield item, tail and number > 0
        if item.inner is not None:
            yield from _all_fields(item.inner, False)


def _names(ctx: Context, struct: Struct) -> None:
    """Report members of one name."""
    seen: dict[str, Field] = {}
    for item in members(struct):
        first = seen.setdefault(item.name, item)
        if first is not item:
            ctx.error("E0201", ctx.rec(item).at("name"),
                      f"{struct.kind} {struct.name or 'without a name'} has two members "
                      f"`{item.name}`", "",
                      [(ctx.rec(first).at("name"), "first defined here")])
    for item in struct.fields:
        if item.inner is not None and item.name:
            _names(ctx, item.inner)


def _field(ctx: Context, item: Field, last: bool) -> None:
    """Check a member by itself."""
    _references(ctx, item)
    rec = ctx.rec(item)
    ref = item.type
    if ref is not None and (None in ref.dims[1:] or (None in ref.dims and not last)):
        ctx.error("E0404", rec.at("type"), f"`{item.name}` has no length",
                  "only the last of several members of a struct may be a flexible array")
    if ref is not None and ref.kind == "struct" and not last and _is_open(ctx, ref.base):
        ctx.error("E0404", rec.at("type"), f"struct {ref.base} ends with a flexible array",
                  "nothing can stand behind it")
    if item.reserved == "ignored":
        ctx.inherited("E0411", item.quirk, rec.at("reserved"),
                      f"reserved field `{item.name}` is not checked for zero",
                      "a field that may hold anything can never be given a meaning")
    if item.bits:
        _bits(ctx, item)


def _is_open(ctx: Context, name: str, seen: tuple[str, ...] = ()) -> bool:
    """Tell whether a struct ends with a flexible array."""
    struct = ctx.spec.structs.get(name)
    if struct is None or not struct.fields or name in seen:
        return False
    ref = struct.fields[-1].type
    if ref is None:
        return False
    return None in ref.dims or (ref.kind == "struct" and _is_open(ctx, ref.base, (*seen, name)))


def _bits(ctx: Context, item: Field) -> None:
    """Check that a field can hold the word that describes it."""
    rec = ctx.rec(item)
    if not ctx.refer("word", item.bits, rec.at("bits"), ctx.spec.words):
        return
    word = ctx.spec.words[item.bits]
    ref = item.type
    width = SCALARS[ref.base][0] if ref is not None and ref.kind == "scalar" else 0
    if ref is None or width != word.width or ref.dims:
        ctx.error("E0410", rec.at("bits"), f"word {word.name} has {word.width} bits, "
                  f"`{item.name}` is not a number of that width")
        return
    base = ref.base.removeprefix("aligned_")
    order = base[:2] if base[:2] in ("le", "be") else "host"
    if order != word.order:
        ctx.error("E0410", rec.at("bits"), f"word {word.name} is in {word.order} order, "
                  f"`{item.name}` is in {order} order")


def _has_whole_layout(ctx: Context, struct: Struct, stack: tuple[str, ...]) -> bool:
    """Tell whether a layout can be computed; report a struct that holds itself."""
    if ("fields", struct.name) in ctx.broken and not stack:
        return False
    if struct.name in stack:
        return False
    below = (*stack, struct.name) if struct.name in ctx.spec.structs else stack
    for item in struct.fields:
        if item.inner is not None and not _has_whole_layout(ctx, item.inner, below):
            return False
        ref = item.type
        if ref is None or ref.kind not in ("struct", "union"):
            continue
        if ref.base in below:
            if ref.base == below[0]:
                ctx.error("E0403", ctx.rec(item).at("type"),
                          f"struct {ref.base} contains itself", "a pointer has type `ptr`")
            return False
        if ref.base not in ctx.spec.structs:
            continue
        inner = ctx.spec.structs[ref.base]
        if ("fields", ref.base) in ctx.broken or not _has_whole_layout(ctx, inner, below):
            return False
    return True


def _padding(ctx: Context, struct: Struct, layouts: list[Layout]) -> None:
    """Report padding the compiler adds, once per place."""
    seen = set()
    for bits, layout in zip(MODELS, layouts):
        for hole in layout.holes:
            slots = [s for s in layout.slots if s.offset < hole.offset]
            behind = slots[-1].name if slots else "its start"
            if behind in seen:
                continue
            seen.add(behind)
            only = "" if hole in layouts[0].holes else f" in {bits}-bit programs"
            where = "ends with" if hole.tail else "has"
            after = "" if hole.tail else f" behind `{behind}`"
            ctx.inherited("E0406", struct.quirk, ctx.name_mark(struct),
                          f"{struct.kind} {struct.name} {where} {count(hole.size)} of implicit "
                          f"padding{after}{only}", "padding leaks memory and cannot be given a "
                          "meaning: add a reserved field")


def _sizes(ctx: Context, struct: Struct, layouts: list[Layout]) -> None:
    """Compare with the asserted sizes, and the data models with each other."""
    rec = ctx.rec(struct)
    for bits, layout in zip(MODELS, layouts):
        if struct.sizes.get(bits, layout.size) != layout.size:
            ctx.error("E0407", rec.get("size").at(str(bits)),
                      f"{struct.kind} {struct.name} has {layout.size} bytes in {bits}-bit "
                      f"programs, not {struct.sizes[bits]}",
                      "`uapigen layout` shows where the bytes go")
    first, second = layouts
    for one, two in zip(first.slots, second.slots):
        if (one.offset, one.size) != (two.offset, two.size):
            ctx.inherited("E0408", struct.quirk, ctx.name_mark(struct),
                          f"`{one.name}` lies at {one.offset} with {one.size} bytes in 64-bit, at "
                          f"{two.offset} with {two.size} bytes in 32-bit programs",
                          "use types of fixed width and alignment (aligned_u64)")
            return
    if first.size != second.size:
        ctx.inherited("E0408", struct.quirk, ctx.name_mark(struct),
                      f"{struct.kind} {struct.name} has {first.size} bytes in 64-bit and "
                      f"{second.size} in 32-bit programs", "pad it to a multiple of 8")
