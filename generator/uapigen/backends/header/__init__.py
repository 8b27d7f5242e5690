# SPDX-License-Identifier: BSD-3-Clause
"""The published uAPI headers."""
from __future__ import annotations

from typing import Iterator

from uapigen.backends.header.numbers import command_numbers
from uapigen.backends.header.records import enumeration, record
from uapigen.ctext import Define, comment, comment_lines, defines, prose, table
from uapigen.model import Constant, Flags, Header, Spec
from uapigen.render import BackendError, Output, c_banner, render


def _constant(constant: Constant) -> str:
    """Return a constant with what it means above it."""
    return comment(constant.doc) + "\n" + defines([Define(constant.name, constant.text)])


def _flag_value(flags: Flags, bit: int, bit_name: str) -> str:
    """Return the value of a flag as the set spells it."""
    if flags.spelling == "hex":
        return f"0x{1 << bit:x}{flags.suffix}"
    if flags.spelling == "bitname":
        return f"(1{flags.suffix} << {bit_name})"
    wide = max(e.bit for e in flags.entries) > 9
    return f"(1{flags.suffix} << {bit:{2 if wide else 1}})"


def _bit_numbers(flags: Flags) -> str:
    """Return the published bit numbers, nothing if they are not."""
    numbers = [Define(e.bit_name, str(e.bit)) for e in flags.entries if e.bit_name]
    if numbers and flags.max_bit:
        highest = max(flags.entries, key=lambda e: e.bit)
        numbers.append(Define(flags.max_bit, highest.bit_name))
    return defines(numbers)


def _flags(flags: Flags) -> str:
    """Return a set of flags: what they mean, bit numbers, bits."""
    rows = [(f"{e.c_name}:", " ".join(e.doc.split())) for e in flags.entries]
    about = comment_lines([*prose(flags.doc, 77), "", *table(rows, 77)])
    bits = [Define(e.c_name, _flag_value(flags, e.bit, e.bit_name)) for e in flags.entries]
    numbers = _bit_numbers(flags)
    return "\n".join([about, *([numbers, ""] if numbers else []), defines(bits)])


def _element(spec: Spec, header: Header, name: str) -> str:
    """Return what a header's contents call `name`."""
    if name == "commands" and spec.space is not None:
        return command_numbers(spec)
    if name in spec.constants:
        return _constant(spec.constants[name])
    if name in spec.flags:
        return _flags(spec.flags[name])
    if name in spec.enums:
        return enumeration(spec.enums[name])
    if name in spec.structs:
        return record(spec.structs[name])
    raise BackendError(header.pos, f"{header.path}: nothing is called {name}")


def _header(spec: Spec, header: Header) -> Output:
    """Return one header."""
    text = render(
        "header/header.h.jinja",
        banner=c_banner(spec, spec.licenses["uapi"], header.doc),
        guard=header.guard,
        includes=header.includes,
        elements=[_element(spec, header, name) for name in header.contents],
    )
    return Output(f"uapi/{header.path}", text)


def generate(spec: Spec) -> Iterator[Output]:
    """Yield every header the spec publishes."""
    for header in spec.headers.values():
        yield _header(spec, header)
