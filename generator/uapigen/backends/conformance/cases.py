# SPDX-License-Identifier: BSD-3-Clause
"""Cases, the tables behind them, and the file of a family."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Optional

from uapigen.backends.conformance.names import (
    Names, arg_type, c_ident, mentions_world, prefix, show, writer,
)
from uapigen.backends.conformance.solve import Assignment, number
from uapigen.cwrap import condition
from uapigen.expr import is_constant, evaluate
from uapigen.model import Command, Expr, Scenario, Spec
from uapigen.render import BackendError, Output, c_banner, render

_NEEDS = {
    "ctl": ("CTL", "EXCLUSIVE"),
    "exclusive": ("EXCLUSIVE",),
    "root": ("ROOT",),
    "two-units": ("TWO_UNITS",),
    "second-user": ("SECOND_USER",),
    "slow": ("SLOW",),
}
_NEED_NAMES = {"EXCLUSIVE": "EXCLUSIVE", **{n: f"NEEDS_{n}" for n in ("CTL", "ROOT", "TWO_UNITS", "SECOND_USER", "SLOW")}}


def c_string(text: str) -> str:
    """Return a C string literal."""
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Row:
    """An element of a table: designated members in their order."""

    members: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Return the initialiser on one line."""
        return ", ".join(f".{name} = {value}" for name, value in self.members)


def row(**members: Optional[object]) -> Row:
    """Return a row; members that are None are left out."""
    return Row(tuple((n.rstrip("_"), _value(v)) for n, v in members.items() if v is not None and v is not False))


def _value(value: object) -> str:
    if value is True:
        return "true"
    return str(value)


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `kind` names the struct of its row and so its table."""

    name: str
    clause: str
    doc: str
    run: str
    kind: str
    row: Row
    needs: tuple[str, ...] = ()
    timeout: int = 0


@dataclass(slots=True)
class Family:
    """The cases of one group and the functions their rows point to."""

    spec: Spec
    name: str
    doc: str
    cases: list[Case] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _computed: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, clause: str, doc: str, run: str, kind: str, row_: Row,
            needs: tuple[str, ...] = (), timeout: int = 0) -> None:
        """Add a case; `name` is what stands behind the group's name and must be new."""
        if name in self._names:
            raise BackendError(self.spec.pos, f"two cases are called '{self.name}.{name}'")
        self._names.add(name)
        self.cases.append(Case(f"{self.name}.{name}", clause, doc, f"{prefix(self.spec)}_run_{run}",
                               f"{prefix(self.spec)}_{kind}", row_, needs, timeout))

    def compute(self, expr: Expr) -> str:
        """Return the function that computes an expression of the world."""
        text = writer(self.spec, Names(self.spec)).value(expr)
        if text not in self._computed:
            name = f"value_{len(self._computed)}"
            self._computed[text] = name
            self.functions.append(value_function(self.spec, name, text))
        return self._computed[text]


def value_function(spec: Spec, name: str, text: str, static: bool = True) -> str:
    """Return a function of the world that returns a number."""
    world = "" if mentions_world(text) else "\t(void)w;\n"
    head = f"{'static ' if static else ''}uint64_t {name}(const struct {prefix(spec)}_world *w)"
    return f"{head}\n{{\n{world}\treturn {text};\n}}"


def condition_function(spec: Spec, name: str, expr: Expr, names: Names, variable: str, ctype: str) -> str:
    """Return a function of the world and an input that returns a truth value.

    `ctype` is the type behind `variable`; it is declared if it is used.
    """
    text = writer(spec, names).condition(expr)
    body = []
    used = f"{variable}->" in text or f"*{variable}" in text
    if used:
        body.append(f"\tconst {ctype} *{variable} = input;")
    if not mentions_world(text):
        body.append("\t(void)w;")
    if not used:
        body.append("\t(void)input;")
    lead = ("\n" if used else "").join(["", ""]) if not body else ""
    declared = [b for b in body if "=" in b]
    other = [b for b in body if "=" not in b]
    parts = declared + ([""] if declared else []) + other + [condition("\t", "return", text, ");")]
    return (f"static bool {name}(const struct {prefix(spec)}_world *w, const void *input)\n{{\n"
            + lead + "\n".join(parts) + "\n}")


def needs_of(scenario: Optional[Scenario], extra: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the enumerators of what a scenario needs; parameters are looked at when it runs."""
    wanted = [*(scenario.needs if scenario else []), *extra]
    names = [n for w in wanted for n in _NEEDS.get(w, ())]
    return tuple(dict.fromkeys(names))


def settings(family: Family, chosen: Assignment, place: Callable[[str], str]) -> list[str]:
    """Return an assignment as initialisers of settings.

    `place` returns the members that say where a variable is.
    """
    result = []
    for (var, mask), value in sorted(chosen.items(), key=lambda kv: (kv[0][0], kv[0][1] or 0)):
        bits = "" if mask is None else f" & {number(mask).text}"
        text = c_string(f"{var}{bits} = {show(value)}")
        parts = [place(var)]
        if mask is not None:
            parts.append(f".mask = 0x{mask:x}")
        if is_constant(value):
            constant = evaluate(value, {})
            parts.append(f".value = {literal(constant)}")
        else:
            parts.append(f".compute = {family.compute(value)}")
        result.append("{ " + ", ".join([*parts, f".text = {text}"]) + " }")
    return result


def literal(value: int) -> str:
    """Return a number as C."""
    text = f"0x{value:x}" if value >= 0x10000 else str(value)
    return text + ("ULL" if value > 0x7FFFFFFF else "")


def sets_members(spec: Spec, sets: list[str]) -> dict[str, Optional[str]]:
    """Return the members of a row that carry settings."""
    if not sets:
        return {"sets": None, "set_count": None}
    p = prefix(spec)
    inner = ",\n\t\t\t".join(sets)
    return {"sets": f"(const struct {p}_set[]){{\n\t\t\t{inner},\n\t\t}}", "set_count": str(len(sets))}


def member_place(spec: Spec, command: Command) -> Callable[[str], str]:
    """Return how the C names the place of a member of a command's argument."""

    def place(var: str) -> str:
        ctype, member = arg_type(command), var.partition(".")[2]
        up = prefix(spec).upper()
        return f"{up}_AT({ctype}, {member})" if member else f"{up}_WHOLE({ctype})"

    return place


def local_place(var: str) -> str:
    """Return how a list's local is named."""
    return f".name = {c_string(var)}"


def _tables(cases: list[Case]) -> list[tuple[str, str, list[Case]]]:
    """Group cases by the struct of their rows."""
    kinds: dict[str, list[Case]] = {}
    for case in cases:
        kinds.setdefault(case.kind, []).append(case)
    return [(kind, kind.partition("_")[2] + "_table", members) for kind, members in kinds.items()]


def family_file(family: Family) -> Output:
    """Return the file of a family."""
    spec = family.spec
    tables = _tables(family.cases)
    index = {c.name: f"&{table}[{i}]" for _, table, members in tables for i, c in enumerate(members)}
    p = prefix(spec)
    rows = [
        {
            "name": c_string(c.name), "clause": c_string(c.clause), "doc": c_string(c.doc), "run": c.run,
            "data": index[c.name], "timeout": c.timeout,
            "needs": " | ".join(f"{p.upper()}_{_NEED_NAMES[n]}" for n in c.needs),
        }
        for c in family.cases
    ]
    banner = c_banner(spec, spec.licenses["user"], family.doc, header=False)
    text = render(
        "conformance/family.c.jinja", banner=banner, prefix=p, family=family, tables=tables, rows=rows,
        doc=c_string(family.doc), upper=p.upper(), ident=c_ident(family.name),
    )
    return Output(f"conformance/{family.name}.c", text)
