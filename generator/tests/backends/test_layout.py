# SPDX-License-Identifier: BSD-3-Clause
"""The layout engine against real compilers."""
from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from by_hand import empty_spec, in_place, nested, record, scalar

from uapigen.backends.header.records import record as record_text
from uapigen.layout import MODELS, compute, leaves
from uapigen.layout_text import layout_text
from uapigen.model import Field, Spec, Struct

SCALARS = [
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "le16",
    "le32",
    "le64",
    "be16",
    "be32",
    "be64",
    "aligned_u64",
    "aligned_le64",
    "aligned_be64",
    "char",
    "uchar",
    "short",
    "ushort",
    "int",
    "uint",
    "long",
    "ulong",
    "longlong",
    "ulonglong",
    "ptr",
]
COMPILERS = [(c, b) for c in ("gcc", "clang") for b in MODELS]


def _random_field(rng: random.Random, name: str, known: list[Struct], depth: int) -> Field:
    """Return a member of any kind."""
    dims = tuple(rng.randint(1, 5) for _ in range(rng.choice((0, 0, 0, 1, 2))))
    kind = rng.random()
    if kind < 0.15 and known:
        return nested(name, rng.choice(known), *dims)
    if kind < 0.3 and depth < 2:
        members = [
            _random_field(rng, f"{name}{c}", known, depth + 1) for c in "abcd"[: rng.randint(1, 4)]
        ]
        label = name if rng.random() < 0.5 else ""
        return in_place(label, rng.choice(("struct", "union")), members)
    return scalar(name, rng.choice(SCALARS), *dims)


def _random_struct(rng: random.Random, number: int, known: list[Struct]) -> Struct:
    members = [_random_field(rng, f"m{i}", known, 0) for i in range(rng.randint(1, 9))]
    kind = "union" if rng.random() < 0.15 else "struct"
    if kind == "struct" and rng.random() < 0.1:
        members.append(scalar("tail", rng.choice(SCALARS), None))
    flexible = members[-1].name == "tail"
    made = record(
        f"r{number}",
        members,
        kind,
        packed=rng.random() < 0.3,
        align=rng.choice((0, 0, 0, 0, 4, 8, 16, 64)),
    )
    if not flexible:
        known.append(made)
    return made


def _random_spec(seed: int) -> Spec:
    rng, known = random.Random(seed), []
    structs = [_random_struct(rng, number, known) for number in range(60)]
    return empty_spec(structs={s.name: s for s in structs})


def _assertions(spec: Spec, bits: int) -> str:
    """Return a C file that compiles only if the engine is right."""
    lines = ["#include <linux/types.h>", "#include <stddef.h>"]
    for struct in spec.structs.values():
        name, layout = f"{struct.kind} {struct.name}", compute(spec, struct, bits)
        lines.append(record_text(struct))
        lines.append(f'_Static_assert(sizeof({name}) == {layout.size}, "size");')
        lines.append(f'_Static_assert(_Alignof({name}) == {layout.align}, "align");')
        for slot in layout.slots:
            place = f"offsetof({name}, {slot.name}) == {slot.offset}"
            lines.append(f'_Static_assert({place}, "offset");')
            if None not in (slot.field.type.dims if slot.field.type else ()):
                size = f"sizeof((({name} *)0)->{slot.name}) == {slot.size}"
                lines.append(f'_Static_assert({size}, "size");')
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("compiler,bits", COMPILERS)
@pytest.mark.parametrize("seed", range(4))
def test_random_records_agree_with_the_compiler(
    compiler: str, bits: int, seed: int, tmp_path: Path
) -> None:
    """Sizes, alignments and offsets of 60 random records per seed."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    source = tmp_path / "layout.c"
    source.write_text(_assertions(_random_spec(seed), bits))
    flags = [f"-m{bits}", "-std=gnu11", "-fsyntax-only", "-w"]
    done = subprocess.run(
        [compiler, *flags, str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[:4000]


def test_holes_cover_what_no_member_does() -> None:
    """Members and holes together fill every struct exactly."""
    for seed in range(4):
        spec = _random_spec(seed)
        for struct in spec.structs.values():
            if struct.kind == "union" or any(
                f.inner or f.type.kind != "scalar" for f in struct.fields
            ):
                continue
            for bits in MODELS:
                layout = compute(spec, struct, bits)
                filled = sum(s.size for s in layout.slots) + sum(h.size for h in layout.holes)
                assert filled == layout.size, (seed, struct.name, bits)


def test_i386_aligns_u64_to_4_unless_told() -> None:
    """The reason for aligned_u64."""
    spec = empty_spec()
    plain = record("a", [scalar("x", "u32"), scalar("y", "u64")])
    told = record("b", [scalar("x", "u32"), scalar("y", "aligned_u64")])
    assert [compute(spec, plain, b).size for b in MODELS] == [16, 12]
    assert [compute(spec, told, b).size for b in MODELS] == [16, 16]


def test_leaves_leave_out_the_records() -> None:
    """What holds a value, by its dotted path."""
    inner = record("in", [scalar("x", "u8"), scalar("y", "u8")])
    outer = record("out", [nested("n", inner), nested("many", inner, 2), scalar("z", "u16")])
    spec = empty_spec(structs={"in": inner, "out": outer})
    names = [s.name for s in leaves(compute(spec, outer, 64))]
    assert names == ["n.x", "n.y", "many", "z"]


def test_text_shows_holes_and_both_models() -> None:
    """pahole's remarks, and two columns where the data models differ."""
    struct = record("s", [scalar("x", "u32"), scalar("y", "u64"), scalar("z", "u8")])
    text = layout_text(empty_spec(structs={"s": struct}), ["s"])
    assert "/* hole, 4 bytes (64-bit) */" in text
    assert "/*     8     8 |     4     8 */" in text
    assert "64-bit: size 24, align 8, holes 4 bytes, tail padding 7 bytes" in text
    assert "32-bit: size 16, align 4, tail padding 3 bytes" in text


def test_text_refuses_unknown_names() -> None:
    """The name is what the caller needs to know."""
    with pytest.raises(KeyError, match="nosuch"):
        layout_text(empty_spec(), ["nosuch"])
