# SPDX-License-Identifier: BSD-3-Clause
"""Checks of words and registers."""
from __future__ import annotations

from typing import Iterator

from uapigen.context import Context
from uapigen.model import BitField, Constant, Register

_WIDTHS = (8, 16, 32, 64)


def check_hardware(ctx: Context) -> None:
    """Check bit ranges and addresses."""
    for word in ctx.spec.words.values():
        if word.width not in _WIDTHS:
            ctx.error("E0810", ctx.rec(word).at("width"),
                      f"no word has {word.width} bits", "8, 16, 32 or 64")
        _bit_fields(ctx, word.fields)
    for register in ctx.spec.registers.values():
        _bit_fields(ctx, register.fields)
        _shape(ctx, register)
    _overlaps(ctx, sorted(ctx.spec.registers.values(), key=lambda r: (r.offset, r.name)))


def _bit_fields(ctx: Context, fields: list[BitField]) -> None:
    """Check that ranges do not overlap but where they are meant to."""
    taken: list[BitField] = []
    for item in fields:
        _values(ctx, item)
        if item.group:
            continue
        for other in taken:
            if item.lo <= other.hi and other.lo <= item.hi:
                ctx.error("E0803", ctx.rec(item).at("bits"),
                          f"{item.name} overlaps {other.name}",
                          "a mask over fields that have names of their own says `group: true`",
                          [(ctx.rec(other).at("bits"), f"{other.name} is here")])
                break
        taken.append(item)
    for item in fields:
        if item.group and not any(o.lo <= item.hi and item.lo <= o.hi for o in taken):
            ctx.error("E0809", ctx.rec(item).at("group"), f"{item.name} groups no other field",
                      "remove `group`")


def _values(ctx: Context, item: BitField) -> None:
    seen: dict[object, Constant] = {}
    for value in item.values.values():
        first = seen.setdefault(value.value, value)
        if first is not value and not item.context:
            ctx.error("E0805", ctx.name_mark(value),
                      f"{value.name} and {first.name} are both {value.value}",
                      "say under `context` what decides between them",
                      [(ctx.name_mark(first), "the other one")])


def _extent(reg: Register) -> int:
    """Return the bytes of one outer element."""
    return (reg.inner_count - 1) * reg.inner_stride + 8


def _end(reg: Register) -> int:
    return reg.offset + (reg.count - 1) * reg.stride + _extent(reg)


def _shape(ctx: Context, reg: Register) -> None:
    """Check alignment and the steps of arrays."""
    rec = ctx.rec(reg)
    if reg.offset % 8:
        ctx.error("E0806", rec.at("offset"), f"{reg.name} is not on a multiple of 8",
                  "registers have 64 bits")
    if reg.stride % 8 or reg.inner_stride % 8:
        bad = "stride" if reg.stride % 8 else "inner"
        ctx.error("E0806", rec.at(bad), f"the elements of {reg.name} are not on multiples of 8")
    if reg.count > 1 and not reg.stride and "stride" not in rec.node.values:
        ctx.error("E0808", rec.at("count"), f"{reg.name} is an array without a stride",
                  "stride: bytes between two elements")
    elif reg.count == 1 and reg.stride and "count" not in rec.node.values:
        ctx.error("E0808", rec.at("stride"), f"{reg.name} has a stride and is no array",
                  "count: how many there are")
    elif reg.count > 1 and reg.stride < _extent(reg):
        ctx.error("E0808", rec.at("stride"), f"an element of {reg.name} has {_extent(reg)} bytes, "
                  f"the next one starts after {reg.stride}")


def _addresses(reg: Register) -> Iterator[int]:
    for outer in range(reg.count):
        start = reg.offset + outer * reg.stride
        for inner in range(reg.inner_count):
            yield start + inner * reg.inner_stride


def _contains(reg: Register, address: int) -> bool:
    """Tell whether the 8 bytes at an address touch an element."""
    delta = address - reg.offset
    for outer in {0} if reg.count == 1 else {delta // reg.stride, (delta + 7) // reg.stride}:
        if not 0 <= outer < reg.count:
            continue
        rest = delta - outer * reg.stride
        for inner in {0} if reg.inner_count == 1 else {rest // reg.inner_stride,
                                                       (rest + 7) // reg.inner_stride}:
            if 0 <= inner < reg.inner_count and abs(rest - inner * reg.inner_stride) < 8:
                return True
    return False


def _collide(one: Register, two: Register) -> bool:
    """Tell whether two registers share a byte."""
    if one.stride == two.stride and one.inner_count == two.inner_count == 1 and one.count > 1 \
            and two.count > 1:
        # Interleaved arrays of one step: the distance of two elements decides.
        rest = (two.offset - one.offset) % one.stride
        return min(rest, one.stride - rest) < 8 and \
            two.offset < _end(one) and one.offset < _end(two)
    few, many = sorted((one, two), key=lambda r: r.count * r.inner_count)
    return any(_contains(many, address) for address in _addresses(few))


def _overlaps(ctx: Context, registers: list[Register]) -> None:
    """Report registers that share an address."""
    usable = [r for r in registers
              if (r.count == 1 or r.stride >= 8) and (r.inner_count == 1 or r.inner_stride >= 8)]
    active: list[Register] = []
    for reg in usable:
        active = [other for other in active if _end(other) > reg.offset]
        for other in active:
            if _collide(other, reg):
                late, early = sorted((reg, other), key=lambda r: ctx.recs[id(r)].node.line,
                                     reverse=True)
                ctx.error("E0807", ctx.rec(late).at("offset"),
                          f"{late.name} overlaps {early.name}", "",
                          [(ctx.rec(early).at("offset"), f"{early.name} is here")])
                break
        active.append(reg)
