# SPDX-License-Identifier: BSD-3-Clause
"""Expressions: the parser against C's precedence, the evaluator against Python and C."""
from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
import toyspec  # noqa: F401  pylint: disable=unused-import
from hypothetical import Sample, samples

from uapigen import expr as ex
from uapigen.exprrange import span
from uapigen.model import Binary, Call, Expr, Name, Num, Unary

M = 2**64 - 1
SAMPLES = samples(random.Random(1), 400)


def typed(raw: ex.Raw) -> Expr:
    """Turn a raw tree into a model tree without judging it; names are variables."""
    if raw.kind == "num":
        return Num(raw.value, raw.text)
    if raw.kind == "name":
        return Name(tuple(raw.text.split(".")), "local")
    kids = tuple(typed(kid) for kid in raw.kids)
    if raw.kind == "unary":
        return Unary(raw.text, kids[0])
    if raw.kind == "binary":
        return Binary(raw.text, kids[0], kids[1])
    return Call(raw.text, kids)


def value(text: str, env: dict[str, int] | None = None) -> int:
    """Parse and evaluate."""
    return ex.evaluate(typed(ex.parse(text)), env or {})


@pytest.mark.parametrize("text, expected", [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("100 / 10 / 5", 2),
    ("1 << 2 + 1", 8), ("1 | 2 == 2", 1), ("6 & 3 | 8", 10), ("5 ^ 1 & 3", 4),
    ("7 % 4 * 2", 6), ("2 < 3 == 1", 1), ("~0", M),
    ("-1", M), ("-(-5)", 5), ("1 - -5", 6), ("!0 + 1", 2),
    ("~0 >> 63", 1), ("0xffffffffffffffff + 1", 0), ("0 - 1", M), ("1UL << 31", 2**31),
    ("0x1B", 27), ("10u + 1LL", 11), ("1 || 1 / 0", 1), ("0 && 1 / 0", 0),
    ("min(3, 2)", 2), ("max(3, 2)", 3), ("in(3, 1, 2, 3)", 1), ("in(4, 1, 2, 3)", 0),
    ("aligned(4096, 4096)", 1), ("aligned(4097, 4096)", 0), ("aligned(0, 8)", 1),
    ("align_up(1, 8)", 8), ("align_up(8, 8)", 8), ("align_up(0xffffffffffffffff, 8)", 0),
    ("overflows(0xffffffffffffffff, 1)", 1), ("overflows(0xffffffffffffffff, 0)", 0),
    ("0xfffffffffffffff0 * 2", 0xffffffffffffffe0), ("1 << 63 << 1", 0),
])
def test_value(text: str, expected: int) -> None:
    assert value(text) == expected


def test_variables() -> None:
    assert value("a.b + c", {"a.b": 3, "c": 4}) == 7
    with pytest.raises(ex.Undefined):
        value("a + 1")
    with pytest.raises(ex.Undefined):
        value("1 / a", {"a": 0})


def test_environment_can_be_a_function() -> None:
    assert ex.evaluate(typed(ex.parse("a + b")), lambda n: len(n.parts[0])) == 2


def test_places_survive_parsing() -> None:
    raw = ex.parse("  foo.bar + max(1, 2)")
    left, right = raw.kids
    assert (left.at, left.end) == (2, 9)
    assert (right.text, right.at, right.end) == ("max", 12, 15)


@pytest.mark.parametrize("text", ["", " ", "1 +", "* 2", "(1", "1)", "1 2", "a b", "f(1", "f(1,)",
                                  "a[1", "a[]", "1 = 2", "1 ? 2 : 3", "a.", ".a", "0x", "1.5",
                                  "09", "12px", "'a'", "a..b", "1 << << 2", "()", "f(,)", "@", "$",
                                  "1;", "{1}", "--5", "a--1", "1 --- 2"])
def test_not_an_expression(text: str) -> None:
    with pytest.raises(ex.ExprError) as caught:
        ex.parse(text)
    assert 0 <= caught.value.at <= len(text)
    assert caught.value.message


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    for text in ("(" * 5000 + "1" + ")" * 5000, "!" * 5000 + "1", "- " * 5000 + "1"):
        with pytest.raises(ex.ExprError):
            ex.parse(text)
    assert value("+".join(["1"] * 200)) == 200
    with pytest.raises(ex.ExprError):
        ex.parse("+".join(["1"] * 5000))


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_random_expressions_agree_with_python(sample: Sample) -> None:
    """The generator builds text and value side by side."""
    tree = typed(ex.parse(sample.text))
    if sample.value is None:
        with pytest.raises(ex.Undefined):
            ex.evaluate(tree, sample.env)
    else:
        assert ex.evaluate(tree, sample.env) == sample.value


def test_interval_arithmetic_never_lies() -> None:
    """Every value lies within the bounds computed from the operands' widths."""
    for sample in SAMPLES:
        if sample.value is None:
            continue
        lo, hi = span(typed(ex.parse(sample.text)))
        assert lo <= sample.value <= hi, sample.text


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a C compiler")
def test_random_expressions_agree_with_c(tmp_path: Path) -> None:
    """Without its functions an expression is C, over uint64_t."""
    plain = [s for s in SAMPLES if s.value is not None and not s.calls]
    assert len(plain) > 100
    names = sorted(SAMPLES[0].env)
    lines = ["#include <stdint.h>", "#include <stdio.h>", "int main(void)", "{"]
    for sample in plain:
        lines.append("\t{")
        lines += [f"\t\tuint64_t {n} = {sample.env[n]}ULL; (void){n};" for n in names]
        lines.append(f'\t\tprintf("%llu\\n", (unsigned long long)({sample.c_text()}));')
        lines.append("\t}")
    lines += ["\treturn 0;", "}"]
    source = tmp_path / "expr.c"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    program = tmp_path / "expr"
    subprocess.run(["gcc", "-O0", "-w", "-o", program, source], check=True)
    out = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    assert [int(line) for line in out] == [s.value for s in plain]
