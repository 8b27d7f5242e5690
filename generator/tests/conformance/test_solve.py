# SPDX-License-Identifier: BSD-3-Clause
"""The solver: inputs make exactly the wanted condition hold."""
from __future__ import annotations

from typing import Optional

import pytest

from uapigen.backends.conformance.names import show
from uapigen.backends.conformance.solve import (
    Assignment, Facts, Problem, fold, invert, number, proposals)
from uapigen.expr import MASK, Raw, evaluate, parse
from uapigen.model import Binary, Call, Expr, Name, Num, Unary

_WORD = Name(("CTRL", "COUNT"), "word", "word", 15 << 8 | 8)
_BOOL = ("&&", "||", "==", "!=", "<", "<=", ">", ">=")


def _tree(raw: Raw) -> Expr:
    """Give a parsed text meaning: a, b, c are variables, flag is one too, f.x is a fact."""
    if raw.kind == "num":
        return Num(raw.value, raw.text)
    if raw.kind == "name":
        if raw.text == "CTRL.COUNT":
            return _WORD
        if raw.text.startswith("f."):
            return Name(tuple(raw.text.split(".")), "attr")
        return Name((raw.text,), "local", "bool" if raw.text == "flag" else "int")
    kids = tuple(_tree(k) for k in raw.kids)
    if raw.kind == "unary":
        return Unary(raw.text, kids[0], "bool" if raw.text == "!" else "int")
    if raw.kind == "call":
        kind = "bool" if raw.text in ("aligned", "in", "overflows") else "int"
        return Call(raw.text, kids, kind)
    return Binary(raw.text, kids[0], kids[1], "bool" if raw.text in _BOOL else "int")


def expr(text: str) -> Expr:
    """Return the typed tree of a text."""
    return _tree(parse(text))


def problem(defaults: Optional[dict[str, int]] = None,
            widths: Optional[dict[str, int]] = None) -> Problem:
    """Return a problem in which the fact f.x has three values."""
    values = {k: number(v) for k, v in (defaults or {}).items()}
    samples = [Facts({"f.x": x}) for x in (1024, 2000, 640)]
    return Problem(values, samples, {"flag": 1, **(widths or {})})


def shown(chosen: Optional[Assignment]) -> dict[str, str]:
    """Return an assignment as text."""
    assert chosen is not None
    return {v + ("" if m is None else f"&{m:#x}"): show(e) for (v, m), e in chosen.items()}


@pytest.mark.parametrize(
    "text, solution",
    [
        ("a > 8", {"a": "9"}),
        ("a == 0", {}),
        ("8 < a", {"a": "9"}),
        ("a >> 16 != 6", {}),
        ("a > f.x", {"a": "f.x + 1"}),
        ("align_up(a, 4096) / 4096 > f.x", {"a": "(f.x + 1) * 4096"}),
        ("!aligned(a, 8)", {"a": "1"}),
        ("in(a, 0x7fff, 0xffff)", {"a": "0x7fff"}),
        ("flag", {"flag": "1"}),
        ("flag && a > 3", {"flag": "1", "a": "4"}),
        ("a > 7 && a < 3", None),
        ("field(CTRL.COUNT, a) == 3", {"a&0xff00": "768"}),
        ("overflows(a, 1)", {"a": f"0x{MASK:x}"}),
        ("a * 4 > 60 + b", {"a": "16"}),
    ],
)
def test_solution(text: str, solution: Optional[dict[str, str]]) -> None:
    """A condition is made true with few settings, facts kept symbolic."""
    found = problem().first(expr(text))
    if solution is None:
        assert found is None
        return
    assert shown(found) == solution


def test_default_that_already_violates_needs_no_setting() -> None:
    """A baseline is only changed where it must be."""
    assert problem({"a": 9}).first(expr("a > 8")) == {}


def test_earlier_checks_are_avoided() -> None:
    """The input for a later check passes the ones before."""
    found = problem({"a": 8}).first(expr("a < 100"), [expr("a < 10")])
    assert shown(found) == {"a": "99"}
    both = problem({"a": 8, "b": 1}).first(expr("b == 0"), [expr("a > 8")])
    assert shown(both) == {"b": "0"}


def test_impossible_is_not_solved() -> None:
    """No input is better than a wrong one."""
    assert problem().first(expr("a > 8"), [expr("a > 4")]) is None
    assert problem(widths={"a": 8}).first(expr("a > 255")) is None


def test_solution_must_hold_for_every_device() -> None:
    """A number that is right for one sample of the facts alone is rejected."""
    found = problem().first(expr("a == f.x"))
    assert shown(found) == {"a": "f.x"}
    assert problem({"a": 1024}).holds(expr("a == f.x"), {}) is None


def test_both_conditions() -> None:
    """A pair of checks is violated by one input."""
    found = problem({"a": 1, "b": 1}).both(expr("a > 8"), expr("b == 0"))
    assert shown(found) == {"a": "9", "b": "0"}
    assert problem({"a": 1}).both(expr("a > 8"), expr("a == 0")) is None


def test_given_settings_are_kept() -> None:
    """What the spec says of an input is not changed by the search."""
    given: Assignment = {("a", None): number(50)}
    found = problem().first(expr("a > 8 && b > 3"), [], given)
    assert shown(found) == {"a": "50", "b": "4"}


@pytest.mark.parametrize(
    "text, accepted, refused",
    [
        ("a > 8", "8", "9"),
        ("a < 8", "8", "7"),
        ("a >> 16 != 6", "6 << 16", "(6 << 16) - 1"),
        ("a > f.x", "f.x", "f.x + 1"),
    ],
)
def test_border(text: str, accepted: str, refused: str) -> None:
    """Both neighbours of a border are found, as expressions."""
    pairs = [
        (evaluate(_only(b.accepted), {"f.x": 1024}), evaluate(_only(b.refused), {"f.x": 1024}))
        for b in problem().borders(expr(text), [])
    ]
    want = (evaluate(expr(accepted), {"f.x": 1024}), evaluate(expr(refused), {"f.x": 1024}))
    assert want in pairs


def _only(chosen: Assignment) -> Expr:
    (value,) = chosen.values()
    return value


def test_border_respects_width() -> None:
    """A neighbour that does not fit its member is none."""
    for border in problem(widths={"a": 16}).borders(expr("in(a, 0x7fff, 0xffff)"), []):
        values = (*border.accepted.values(), *border.refused.values())
        assert all(evaluate(v, {}) <= 0xFFFF for v in values)


def test_border_avoids_earlier_checks() -> None:
    """Neither neighbour may meet a check that comes before."""
    assert problem().borders(expr("a > 8"), [expr("a > 4")]) == []


def test_fold_joins_distances() -> None:
    """x + 1 - 1 is x, so that equal inputs look equal."""
    x = Name(("f", "x"), "attr")
    assert fold("-", fold("+", x, number(1)), number(1)) == x
    assert show(fold("+", fold("+", x, number(1)), number(2))) == "f.x + 3"
    assert show(fold("-", fold("+", x, number(1)), number(3))) == "f.x - 2"


def test_invert_keeps_other_bits() -> None:
    """A bit range is set through its mask."""
    ((key, value),) = invert(expr("field(CTRL.COUNT, a)"), number(2))
    assert key == ("a", 0xFF00) and show(value) == "512"


def test_contradicting_settings_are_not_merged() -> None:
    """One variable is not set twice in a proposal."""
    for proposal in proposals(expr("a == 1 && a == 2"), lambda v: number(0)):
        assert len({v for v, _ in proposal}) == len(proposal)
