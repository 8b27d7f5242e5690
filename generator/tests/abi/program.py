# SPDX-License-Identifier: BSD-3-Clause
"""A C program that compiles only if two sets of headers say the same.

Both define the same names, so the published ones are included first under
other names; then the generated ones; then everything is asserted equal.
"""
from __future__ import annotations

from typing import Iterator

from uapigen.layout import compute
from uapigen.model import Spec

PREFIX = "published_"


def tags(spec: Spec) -> list[str]:
    """Return the names of published structs and enums."""
    return [x.name for x in (*spec.structs.values(), *spec.enums.values()) if x.header]


def enumerators(spec: Spec) -> list[str]:
    """Return the names of published enumerators."""
    return [e.name for enum in spec.enums.values() if enum.header for e in enum.entries]


def macros(spec: Spec) -> list[str]:
    """Return the names of published macros that have a value."""
    names = [c.name for c in spec.constants.values() if c.header]
    for flags in spec.flags.values():
        if flags.header:
            names += [n for e in flags.entries for n in (e.c_name, e.bit_name) if n]
            names += [flags.max_bit] if flags.max_bit else []
    names += [i.name for i in spec.ioctls.values() if i.header]
    return names + [c.c_name for c in spec.commands.values()]


def _published(spec: Spec, headers: list[str]) -> Iterator[str]:
    """Yield the inclusion of the published headers under other names."""
    renamed = [*tags(spec), *enumerators(spec)]
    yield from (f"#define {name} {PREFIX}{name}" for name in renamed)
    yield from (f'#include "{header}"' for header in headers)
    yield f"enum {PREFIX}macros {{"
    yield from (f"\t{PREFIX}{name} = {name}," for name in macros(spec))
    yield "};"
    # The type of a constant counts too: 1UL is not 1.
    yield from (f"typedef __typeof__({name}) {PREFIX}{name}_t;" for name in macros(spec))
    yield from (f"#undef {name}" for name in (*renamed, *macros(spec)))
    yield from (f"#undef {header.guard}" for header in spec.headers.values())


def _assert(condition: str, what: str) -> str:
    return f'_Static_assert({condition}, "{what}");'


def _records(spec: Spec) -> Iterator[str]:
    """Yield the assertions about structs: sizes, places and types of members."""
    for struct in spec.structs.values():
        if not struct.header:
            continue
        ours, theirs = (f"{struct.kind} {p}{struct.name}" for p in ("", PREFIX))
        yield _assert(f"sizeof({ours}) == sizeof({theirs})", f"size of {ours}")
        yield _assert(f"_Alignof({ours}) == _Alignof({theirs})", f"alignment of {ours}")
        for slot in compute(spec, struct, 64).slots:
            places = [f"__builtin_offsetof({s}, {slot.name})" for s in (ours, theirs)]
            yield _assert(" == ".join(places), f"place of {slot.name} in {ours}")
            members = [f"(({s} *)0)->{slot.name}" for s in (ours, theirs)]
            aligned = " == ".join(f"__alignof__({m})" for m in members)
            yield _assert(aligned, f"alignment of {slot.name} in {ours}")
            ref = slot.field.type
            if ref is not None and ref.kind in ("struct", "union"):
                continue
            types = [f"__typeof__({m})" for m in members]
            same = f"__builtin_types_compatible_p({', '.join(types)})"
            yield _assert(same, f"type of {slot.name} in {ours}")


def _values(spec: Spec) -> Iterator[str]:
    """Yield the assertions about values and the types they have."""
    for name in (*macros(spec), *enumerators(spec)):
        yield _assert(f"(long long){name} == (long long){PREFIX}{name}", f"value of {name}")
    for name in macros(spec):
        types = f"__typeof__({name}), {PREFIX}{name}_t"
        yield _assert(f"__builtin_types_compatible_p({types})", f"type of {name}")


def program(spec: Spec, published: list[str], generated: list[str]) -> str:
    """Return the program; it has nothing to run."""
    lines = ["#include <linux/types.h>", "#include <linux/ioctl.h>"]
    lines += _published(spec, published)
    lines += [f'#include "{header}"' for header in generated]
    lines += [*_records(spec), *_values(spec)]
    return "\n".join(lines) + "\n"
