# SPDX-License-Identifier: BSD-3-Clause
"""Generated C computes what the spec's language says."""
from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from uapigen.backends.lib.maps import USER
from uapigen.cexpr import CWriter, Text, constant
from uapigen.expr import MASK, evaluate
from uapigen.exprtext import source
from uapigen.model import Binary, Call, Expr, Name, Num, Unary

# name -> (C type, bits, signed); what members of published structs can be
VARIABLES = {
    "a": ("uint64_t", 64, False),
    "b": ("uint32_t", 32, False),
    "c": ("uint16_t", 16, False),
    "d": ("uint8_t", 8, False),
    "e": ("int32_t", 32, True),
}
CONSTANTS = {"SMALL": 3, "PAGE": 4096, "TOP": 0x7FFFFFFF, "HIGH": 0xDABBAD00}
ARITHMETIC = ["+", "-", "*", "&", "|", "^", "<<", ">>", "/", "%"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
HELPERS = """
static int is_aligned(uint64_t x, uint64_t n) { return (x & (n - 1)) == 0; }
static uint64_t align_up(uint64_t x, uint64_t n) { return (x + n - 1) & ~(n - 1); }
static uint64_t least(uint64_t x, uint64_t n) { return x < n ? x : n; }
static uint64_t most(uint64_t x, uint64_t n) { return x > n ? x : n; }
"""


def _integer(rng: random.Random, depth: int) -> Expr:
    """Return an integer expression that C defines."""
    kind = rng.random()
    if depth <= 0 or kind < 0.25:
        return _leaf(rng)
    if kind < 0.35:
        return Unary(rng.choice("~-"), _integer(rng, depth - 1))
    if kind < 0.5:
        return _function(rng, depth)
    op = rng.choice(ARITHMETIC)
    right = _integer(rng, depth - 1)
    if op in ("<<", ">>"):
        right = Num(rng.randrange(32), str(rng.randrange(32)))
        right = Num(int(right.text), right.text)
    if op in ("/", "%"):
        value = rng.randrange(1, 100)
        right = Num(value, str(value))
    return Binary(op, _integer(rng, depth - 1), right)


def _leaf(rng: random.Random) -> Expr:
    if rng.random() < 0.6:
        name = rng.choice(list(VARIABLES))
        return Name((name,), "local", bits=VARIABLES[name][1], signed=VARIABLES[name][2])
    if rng.random() < 0.5:
        name = rng.choice(list(CONSTANTS))
        return Name((name,), "const", value=CONSTANTS[name])
    value = rng.choice((0, 1, 2, 255, 65536, 0x80000000, 0x123456789AB))
    return Num(value, rng.choice((str(value), hex(value))))


def _function(rng: random.Random, depth: int) -> Expr:
    func = rng.choice(("align_up", "min", "max"))
    power = 1 << rng.randrange(13)
    second: Expr = Num(power, str(power)) if func == "align_up" else _integer(rng, depth - 1)
    return Call(func, (_integer(rng, depth - 1), second))


def _condition(rng: random.Random, depth: int) -> Expr:
    """Return a condition."""
    kind = rng.random()
    if depth > 0 and kind < 0.35:
        sides = (_condition(rng, depth - 1), _condition(rng, depth - 1))
        return Binary(rng.choice(("&&", "||")), *sides, type="bool")
    if depth > 0 and kind < 0.45:
        return Unary("!", _condition(rng, depth - 1), type="bool")
    if kind < 0.6:
        func = rng.choice(("aligned", "in", "overflows"))
        power = 1 << rng.randrange(13)
        second = Num(power, str(power)) if func == "aligned" else _integer(rng, 1)
        more = (_leaf(rng),) if func == "in" else ()
        return Call(func, (_integer(rng, 2), second, *more), type="bool")
    return Binary(rng.choice(COMPARISONS), _integer(rng, 2), _integer(rng, 2), type="bool")


def _resolve(name: Name) -> Text:
    if name.value is not None:
        return constant(name.parts[0], name.value)
    return Text(name.parts[0], wide=name.bits == 64, signed=name.signed)


def _values(rng: random.Random) -> dict[str, int]:
    """Return a value per variable, often one at an edge."""
    values = {}
    for name, (_, bits, signed) in VARIABLES.items():
        edges = [0, 1, (1 << bits) - 1, 1 << (bits - 1), (1 << (bits - 1)) - 1]
        value = rng.choice(edges) if rng.random() < 0.5 else rng.getrandbits(bits)
        values[name] = value - (1 << bits) if signed and value >> (bits - 1) else value
    return values


def _program(rng: random.Random, count: int) -> str:
    """Return a program that counts the expressions C and the spec disagree on."""
    writer = CWriter(_resolve, "HW_", USER)
    lines = ["#include <stdint.h>", "#include <stdio.h>", HELPERS]
    lines += [f"#define {n} {hex(v)}" for n, v in CONSTANTS.items()]
    lines += ["int main(void)", "{", "\tunsigned int wrong = 0;"]
    lines += [f"\tvolatile {ctype} {n};" for n, (ctype, _, _) in VARIABLES.items()]
    for _ in range(count):
        expr = _condition(rng, 2) if rng.random() < 0.5 else _integer(rng, 3)
        values = _values(rng)
        result = evaluate(expr, {n: v & MASK for n, v in values.items()})
        text = writer.condition(expr) if expr.type == "bool" else writer.value(expr)
        lines += [f"\t{n} = ({VARIABLES[n][0]}){v & MASK}ULL;" for n, v in values.items()]
        lines.append(f"\tif ((uint64_t)({text}) != {result}ULL)")
        lines.append(f'\t\twrong++, puts("{source(expr)} for {values}");'.replace("%", "%%"))
    return "\n".join([*lines, "\treturn wrong != 0;", "}"]) + "\n"


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("seed", range(3))
def test_c_agrees_with_the_evaluator(compiler: str, seed: int, tmp_path: Path) -> None:
    """Random expressions over narrow, wide and signed values."""
    source_file, program = tmp_path / "expr.c", tmp_path / "expr"
    source_file.write_text(_program(random.Random(seed), 300))
    flags = ["-std=gnu11", "-fsanitize=undefined", "-fno-sanitize-recover=all", "-Wparentheses"]
    flags += ["-Werror=parentheses", "-w" if compiler == "clang" else "-Wno-overflow"]
    subprocess.run([compiler, *flags, "-o", str(program), str(source_file)], check=True)
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
