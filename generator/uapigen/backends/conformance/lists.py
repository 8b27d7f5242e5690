# SPDX-License-Identifier: BSD-3-Clause
"""Check lists outside the commands: a case per check and per pair.

How a list's locals become a system call is the engine's business.  The
generator proposes settings of the locals that a condition reads; the engine
takes the first that isolates the check, and calls the case broken when none
does.
"""
from __future__ import annotations

import itertools
from typing import NamedTuple, Optional

from uapigen.backends.conformance.cases import Family, c_string, local_place, needs_of, row, settings
from uapigen.backends.conformance.checks import Coverage, outcome, unprovoked
from uapigen.backends.conformance.names import prefix, scenario_symbol
from uapigen.backends.conformance.rules import chain_family, chains, provoker
from uapigen.backends.conformance.solve import Assignment, Facts, Key, Problem, number, proposals, variables
from uapigen.backends.conformance.subject import bound, facts
from uapigen.expr import evaluate, name_key
from uapigen.model import Check, CheckList, Expr, Scenario, Spec

CANDIDATES = 4
SOME = 4  # bytes
_REPAIRS = 12
_UNREADABLE = "unreadable"  # how a condition on memory a list reads ends


class Entry(NamedTuple):
    """A check of a chain."""

    list: CheckList
    check: Check

    @property
    def clause(self) -> str:
        """Return its clause."""
        return f"{self.list.name}.{self.check.id}"


class Chain:
    """Lists that follow one another, and inputs for their checks."""

    def __init__(self, spec: Spec, name: str, lists: list[CheckList]) -> None:
        self.spec = spec
        self.name = name
        self.entries = [Entry(cl, c) for cl in lists for c in cl.checks]
        self.base = bound(spec)
        conds = [e.check.cond for e in self.entries if e.check.cond is not None]
        widths = {name_key(n): n.bits for c in conds for n in variables(c)}
        for cond in conds:
            for n in variables(cond):
                if n.type == "bool":
                    widths[name_key(n)] = 1
        samples = facts(spec, self.base.state)
        self.problem = Problem(valid(conds, widths, samples), samples, widths)
        # The same away from zero: nothing at all is often a mistake of its own.
        some = {n: self.problem.default(n) for n, w in widths.items()}
        some = {n: number(SOME) if v == number(0) and widths[n] > 1 else v for n, v in some.items()}
        self.problems = (self.problem, Problem(some, samples, widths))
        self._candidates: dict[str, list[Assignment]] = {}  # by clause: pairs ask again and again

    def scenario(self, entry: Entry) -> Optional[Scenario]:
        """Return where a check can be violated."""
        check = entry.check
        if check.scenario:
            return self.spec.scenarios[check.scenario]
        if check.kind == "driver":
            provoke = self.spec.conditions[check.when].provoke
            return self.spec.scenarios[provoke] if provoke else None
        return self.base

    def candidates(self, entry: Entry) -> list[Assignment]:
        """Return settings that violate a check, complete for what its condition reads."""
        if entry.clause not in self._candidates:
            self._candidates[entry.clause] = self._search(entry)
        return self._candidates[entry.clause]

    def _search(self, entry: Entry) -> list[Assignment]:
        cond = entry.check.cond
        if cond is None or not variables(cond):
            return []
        found: list[Assignment] = []
        for problem in self.problems:
            complete = (_complete(problem, cond, s) for s in itertools.islice(problem.solve(cond), 4 * CANDIDATES))
            found += list(itertools.islice((c for c in complete if c not in found), CANDIDATES))
        return found

    def feasible(self, entry: Entry) -> bool:
        """Tell whether a check can be violated at all."""
        if self.scenario(entry) is None:
            return False
        cond = entry.check.cond
        return cond is None or not variables(cond) or bool(self.candidates(entry))

    def compose(self, first: Entry, second: Entry) -> Optional[Scenario]:
        """Return a set-up for both, if one of them is content with the plain one."""
        one, two = self.scenario(first), self.scenario(second)
        if one is None or two is None:
            return None
        if one is two or two is self.base:
            return one
        return two if one is self.base else None

    def meet(self, first: Entry, second: Entry) -> bool:
        """Tell whether an input can violate both."""
        conds = [e.check.cond for e in (first, second)]
        if any(c is None or not variables(c) for c in conds):
            return True
        inputs = (m for a, b in itertools.product(self.candidates(first), self.candidates(second)) for m in ({**a, **b}, {**b, **a}))
        return any(all(self.problem.holds(c, m) is not False for c in conds if c is not None) for m in inputs)


def _complete(problem: Problem, cond: Expr, solution: Assignment) -> Assignment:
    """Add the defaults of what the condition reads and the solution leaves."""
    chosen = {var for var, _ in solution}
    left = [name_key(n) for n in variables(cond) if name_key(n) not in chosen]
    rest: dict[Key, Expr] = {(name, None): problem.default(name) for name in left}
    return {**rest, **solution}


def valid(conds: list[Expr], widths: dict[str, int], samples: list[Facts]) -> dict[str, Expr]:
    """Return values of all variables with which no condition holds, as far as repairs get."""
    values: dict[str, Expr] = {}
    for _ in range(_REPAIRS):
        problem = Problem(values, samples, widths)
        broken = [c for c in conds if problem.holds(c, {})]
        if not broken:
            break
        best = _repair(problem, conds, broken[0])
        if best is None:
            break
        values = _settle(problem, values, best)
    return values


def _repair(problem: Problem, conds: list[Expr], broken: Expr) -> Optional[Assignment]:
    """Return the setting that leaves the fewest conditions true."""
    best: Optional[Assignment] = None
    reading = [c for c in conds if variables(c)]
    fewest = len(conds) + 1
    for proposal in itertools.islice(proposals(broken, problem.default), 60):
        if not problem.fits(proposal) or problem.holds(broken, proposal) is not False:
            continue
        count = sum(problem.holds(c, proposal) is not False for c in reading)
        if count < fewest:
            best, fewest = proposal, count
    return best


def _settle(problem: Problem, values: dict[str, Expr], chosen: Assignment) -> dict[str, Expr]:
    """Return the values with a repair applied."""
    result = dict(values)
    for (var, mask), value in chosen.items():
        if mask is None:
            result[var] = value
        else:
            old = evaluate(result.get(var, number(0)), problem.samples[0].get)
            new = evaluate(value, problem.samples[0].get)
            result[var] = number((old & ~mask) | (new & mask))
    return result


class _Adder:
    """Adds the cases of one chain."""

    def __init__(self, family: Family, chain: Chain) -> None:
        self.family = family
        self.chain = chain
        self.spec = chain.spec
        self._written: dict[str, tuple[Optional[str], Optional[str]]] = {}  # by clause

    def _candidates(self, entry: Entry) -> tuple[Optional[str], Optional[str]]:
        """Return the candidates of a check as C, and their number."""
        if entry.clause not in self._written:
            self._written[entry.clause] = self._write(entry)
        return self._written[entry.clause]

    def _write(self, entry: Entry) -> tuple[Optional[str], Optional[str]]:
        p = prefix(self.spec)
        rows = []
        for candidate in self.chain.candidates(entry):
            sets = settings(self.family, candidate, local_place)
            inner = ",\n\t\t\t\t".join(sets)
            rows.append(f"{{ (const struct {p}_set[]){{\n\t\t\t\t{inner},\n\t\t\t}}, {len(sets)} }}")
        if not rows:
            return None, None
        joined = ",\n\t\t\t".join(rows)
        return f"(const struct {p}_candidate[]){{\n\t\t\t{joined},\n\t\t}}", str(len(rows))

    def _provoke(self, entry: Entry) -> Optional[str]:
        return provoker(self.spec, entry.list, entry.check) if entry.check.kind == "driver" else None

    def add(self, name: str, doc: str, scenario: Scenario, first: Optional[Entry], second: Optional[Entry] = None,
            sweep: str = "") -> None:
        """Add a case; without a check the call must succeed."""
        p, chain = prefix(self.spec), self.chain
        one = self._candidates(first) if first else (None, None)
        two = self._candidates(second) if second else (None, None)
        clause = " ".join(e.clause for e in (first, second) if e) or chain.entries[0].clause
        self.family.add(
            name, clause, doc, "list", "list_trial",
            row(chain=f"&{p}_chain_{chain.name}", performer=f"&{p}_performer_{chain.name}",
                scenario=f"&{scenario_symbol(self.spec, scenario.name)}",
                check=c_string(first.clause) if first else None, candidates=one[0], candidate_count=one[1],
                provoke=self._provoke(first) if first else None,
                second=c_string(second.clause) if second else None, second_candidates=two[0], second_count=two[1],
                second_provoke=self._provoke(second) if second else None,
                sweep=f"{p.upper()}_SWEEP_{sweep}" if sweep else None),
            needs_of(scenario),
        )


def add_lists(spec: Spec, families: dict[str, Family], coverage: dict[str, Coverage]) -> None:
    """Add the cases of each chain to the family of its name."""
    for name, members in chains(spec).items():
        chain = Chain(spec, name, members)
        adder = _Adder(families[chain_family(name, members)], chain)
        entry = coverage.setdefault(name, Coverage(name))
        adder.add("valid", "A valid input passes every check.", chain.base, None)
        for item in chain.entries:
            _add_single(adder, chain, item, entry)
        for first, second in itertools.combinations(chain.entries, 2):
            _add_pair(adder, chain, first, second, entry)


def _short(entry: Entry) -> str:
    """Return a check's name within its chain: request.short-header."""
    rest = entry.list.name.partition("_")[2]
    return f"{rest}.{entry.check.id}" if rest else entry.check.id


def _add_single(adder: _Adder, chain: Chain, item: Entry, entry: Coverage) -> None:
    entry.checks += 1
    scenario = chain.scenario(item)
    if scenario is None or not chain.feasible(item):
        reason = unprovoked(chain.spec, item.check) or "no input was found that isolates it"
        entry.reasons.append(f"{item.clause}: {reason}")
        return
    entry.covered += 1
    adder.add(_short(item), f"{outcome(item.check)} for {item.check.id}: {item.check.why}", scenario, item)
    if item.check.kind == "driver" and item.check.when.endswith(_UNREADABLE):
        why = item.check.why
        adder.add(f"{_short(item)}.pointers", f"The same with every kind of bad pointer: {why}", scenario, item, sweep="POINTERS")
        adder.add(f"{_short(item)}.edges", f"The same wherever the memory ends: {why}", scenario, item, sweep="EDGES")


def _add_pair(adder: _Adder, chain: Chain, first: Entry, second: Entry, entry: Coverage) -> None:
    entry.pairs += 1
    if first.check.errno == second.check.errno:
        entry.same += 1
        return
    scenario = chain.compose(first, second)
    if not chain.feasible(first) or not chain.feasible(second):
        bad = first if not chain.feasible(first) else second
        entry.reasons.append(f"{first.clause} before {second.clause}: {bad.check.id} cannot be provoked")
    elif scenario is None:
        entry.reasons.append(f"{first.clause} before {second.clause}: they need two set-ups at once")
    elif not chain.meet(first, second):
        entry.reasons.append(f"{first.clause} before {second.clause}: no input violates both")
    else:
        entry.told += 1
        adder.add(f"order.{_short(first)}.before.{_short(second)}", f"{first.clause} is checked before {second.clause}.",
                  scenario, first, second)
