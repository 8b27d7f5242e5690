# SPDX-License-Identifier: BSD-3-Clause
"""One input per check, per pair of checks, and at each border of a check."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from uapigen.backends.conformance.cases import Family, member_place, needs_of, row, sets_members, settings
from uapigen.backends.conformance.names import prefix, scenario_symbol, show
from uapigen.backends.conformance.rules import rules_symbol
from uapigen.backends.conformance.solve import Assignment, Key, Problem, number
from uapigen.backends.conformance.subject import Subject, subjects
from uapigen.model import Binary, Check, Expr, Scenario, Spec

BORDERS_PER_SIDE = 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """How to bring something about: where, with which input, where to put it."""

    scenario: Scenario
    sets: Assignment
    placement: str = "PLAIN"


@dataclass(slots=True)
class Coverage:
    """What the cases of one list cover."""

    name: str
    checks: int = 0
    covered: int = 0
    pairs: int = 0
    same: int = 0
    told: int = 0
    reasons: list[str] = field(default_factory=list)


def unprovoked(spec: Spec, check: Check) -> str:
    """Return why a check cannot be provoked, or nothing."""
    return spec.conditions[check.when].unprovoked if check.kind == "driver" else ""


def single(subject: Subject, index: int) -> Optional[Attempt]:
    """Return how to violate one check alone."""
    check = subject.checks[index]
    scenario = subject.scenario(check)
    if scenario is None:
        return None
    if check.kind == "copy_tail":
        return Attempt(scenario, one_element(subject), "FITS")
    if check.kind == "copy_in" and any(c.kind == "copy_head" for c in subject.checks[:index]):
        return Attempt(scenario, {}, "CUT_OFF")
    if check.kind in ("copy_in", "copy_head"):
        return Attempt(scenario, {}, "UNMAPPED")
    if check.kind == "copy_out":
        return Attempt(scenario, {}, "READ_ONLY")
    sets = subject.solve(index)
    return None if sets is None else Attempt(scenario, sets)


def one_element(subject: Subject) -> Assignment:
    """Return the input that says that one element follows the argument."""
    assert subject.command.arg is not None
    struct = subject.spec.structs[subject.command.arg.base]
    return {(f"arg.{f.count}", None): number(1) for f in struct.fields if f.count}


def _merge(first: Assignment, second: Assignment) -> Optional[dict[Key, Expr]]:
    """Join two inputs unless they want different things of a member."""
    if any(k in second and second[k] != v for k, v in first.items()):
        return None
    return {**first, **second}


def _compose(subject: Subject, first: Check, second: Check) -> Optional[Scenario]:
    """Return a set-up in which both checks can be violated.

    A set-up other than the plain one holds by itself what it is built for, so
    one of the two must be content with the plain one, and not stand in it.
    """
    one, two = subject.scenario(first), subject.scenario(second)
    if one is None or two is None or subject.standing(first) or subject.standing(second):
        return None
    if one is two:
        return one
    if one is subject.base or two is subject.base:
        return two if one is subject.base else one
    return None


def _inputs(subject: Subject, i: int, j: int) -> Optional[Assignment]:
    """Return an input that violates both checks and none before the first."""
    first, second = subject.checks[i], subject.checks[j]
    one, two = subject.solve(i), subject.solve(j)
    if one is None or two is None:
        return None
    if subject.needs_input(first) and subject.needs_input(second):
        assert first.cond is not None and second.cond is not None
        early = subject.earlier(i)
        inputs: list[Assignment] = [{}, subject.violate(first), subject.violate(second)]
        for given in inputs:
            found = subject.problem.both(first.cond, second.cond, early, given)
            if found is not None:
                return found
        return None
    merged = _merge(one, two)
    if merged is not None or not subject.needs_input(first):
        return merged
    # Where both want the same member, the first check must have its way; what
    # is left of the second one's input still has to be wrong.
    return {**two, **one} if set(two) - set(one) else _starting_from(subject, i, two)


def _starting_from(subject: Subject, i: int, given: Assignment) -> Optional[Assignment]:
    """Return an input that violates a check and is an input of another, changed a little.

    A bad address stays one when it is made odd.
    """
    check = subject.checks[i]
    assert check.cond is not None
    defaults = {**subject.problem.defaults, **{var: value for (var, _), value in given.items()}}
    problem = Problem(defaults, subject.problem.samples, subject.problem.widths)
    found = problem.first(check.cond, subject.earlier(i))
    if found is None or not all(_built_on(found.get(key, value), value) for key, value in given.items()):
        return None
    return {**given, **found}


def _built_on(expr: Expr, start: Expr) -> bool:
    """Tell whether an expression is another one plus or minus something."""
    return expr == start or (isinstance(expr, Binary) and expr.op in ("+", "-") and expr.left == start)


def pair(subject: Subject, i: int, j: int) -> Optional[Attempt]:
    """Return how to violate two checks together."""
    first, second = subject.checks[i], subject.checks[j]
    scenario = _compose(subject, first, second)
    if scenario is None:
        return None
    if first.kind in ("copy_head", "copy_tail"):
        return None  # what cannot be read has nothing wrong with it
    if second.kind == "copy_tail":
        both = _merge(one_element(subject), subject.solve(i) or {})
        return None if both is None else Attempt(scenario, both, "FITS")
    if first.kind == "copy_in":
        return _after_copy_in(subject, j, scenario)
    if second.kind == "copy_in" and any(c.kind == "copy_head" for c in subject.checks[:i]):
        sets = subject.solve(i)
        return None if sets is None else Attempt(scenario, sets, "CUT_OFF")
    if second.kind == "copy_head":
        return None if subject.needs_input(first) else Attempt(scenario, {}, "UNMAPPED")
    if second.kind == "copy_in":
        return None if subject.needs_input(first) else Attempt(scenario, {}, "UNMAPPED")
    if second.kind == "copy_out":
        sets = subject.solve(i)
        place = "READ_ONLY" if subject.command.flow_in else "UNMAPPED"
        return None if sets is None else Attempt(scenario, sets, place)
    sets = _inputs(subject, i, j)
    return None if sets is None else Attempt(scenario, sets)


def _after_copy_in(subject: Subject, j: int, scenario: Scenario) -> Optional[Attempt]:
    """Return an argument that violates a check in the part that can be read."""
    sets = subject.solve(j)
    if sets is None or subject.checks[j].kind == "copy_out":
        return None
    return Attempt(scenario, sets, "CUT_OFF")


class Trials:
    """Writes attempts as rows of a family."""

    def __init__(self, spec: Spec, family: Family) -> None:
        self.spec = spec
        self.family = family

    def add(self, subject: Subject, name: str, clause: str, doc: str, attempt: Attempt, check: int,
            second: int = -1, spared: int = -1) -> None:
        """Add a trial."""
        cmd = subject.command
        sets = settings(self.family, attempt.sets, member_place(self.spec, cmd)) if attempt.sets else []
        members = row(
            rules=f"&{rules_symbol(self.spec, cmd)}", scenario=f"&{scenario_symbol(self.spec, attempt.scenario.name)}",
            **sets_members(self.spec, sets), check=str(check), second=str(second), spared=str(spared),
            placement=f"{prefix(self.spec).upper()}_PLACE_{attempt.placement}",
        )
        slow = ("slow",) if cmd.blocking and self._waits(subject, check) else ()
        self.family.add(name, clause, doc, "trial", "trial", members,
                        needs_of(attempt.scenario, slow))

    @staticmethod
    def _waits(subject: Subject, check: int) -> bool:
        return check < 0 or subject.checks[check].kind == "driver"


def outcome(check: Check) -> str:
    """Return what a caller sees when a check answers."""
    return check.errno or "success at once"


def add_checks(spec: Spec, family: Family, coverage: dict[str, Coverage]) -> None:
    """Add one case for each check that can be provoked."""
    trials = Trials(spec, family)
    for subject in subjects(spec):
        name = subject.command.name
        entry = coverage.setdefault(name, Coverage(name))
        for index, check in enumerate(subject.checks):
            entry.checks += 1
            attempt = single(subject, index)
            if attempt is None:
                reason = unprovoked(spec, check) or _why_none(subject, check)
                entry.reasons.append(f"{check.id}: {reason}")
                continue
            entry.covered += 1
            doc = f"{name} answers {outcome(check)} to {check.id}: {check.why}"
            trials.add(subject, f"{name}.{check.id}", f"{name}.{check.id}", doc, attempt, index)


def _why_none(subject: Subject, check: Check) -> str:
    """Return why no attempt was made on a check."""
    first = subject.standing_check()
    if first is not None and subject.stands_before(check):
        return f"{first.id} answers first"
    return "no input was found that isolates it"


def add_pairs(spec: Spec, family: Family, coverage: dict[str, Coverage]) -> None:
    """Add one case for each pair of checks that a caller can tell apart."""
    trials = Trials(spec, family)
    for subject in subjects(spec):
        name = subject.command.name
        entry = coverage.setdefault(name, Coverage(name))
        for i, first in enumerate(subject.checks):
            for j in range(i + 1, len(subject.checks)):
                second = subject.checks[j]
                entry.pairs += 1
                if first.errno == second.errno:
                    entry.same += 1
                    continue
                attempt = pair(subject, i, j)
                if attempt is None:
                    entry.reasons.append(f"{first.id} before {second.id}: {_why_no_pair(subject, first, second)}")
                    continue
                entry.told += 1
                doc = f"{name} makes the check {first.id} before {second.id}."
                trials.add(subject, f"{name}.{first.id}.before.{second.id}",
                           f"{name}.{first.id} {name}.{second.id}", doc, attempt, i, second=j)


def _why_no_pair(subject: Subject, first: Check, second: Check) -> str:
    """Return why two checks cannot be violated together."""
    for check in (first, second):
        if unprovoked(subject.spec, check):
            return f"{check.id} cannot be provoked"
    if subject.standing(first) or subject.standing(second):
        return "one of them refuses in the plain set-up that the other must leave"
    if _compose(subject, first, second) is None:
        return "they need two set-ups at once"
    return "no argument violates both"


def add_boundaries(spec: Spec, family: Family) -> None:
    """Add the last accepted and the first refused value of each comparison."""
    trials = Trials(spec, family)
    for subject in subjects(spec):
        for index, check in enumerate(subject.checks):
            if check.cond is None or not subject.needs_input(check) or subject.scenario(check) is None:
                continue
            scenario = subject.scenario(check)
            assert scenario is not None
            counts = {True: 0, False: 0}
            for border in subject.problem.borders(check.cond, subject.earlier(index)):
                counts[border.upper] += 1
                if counts[border.upper] > BORDERS_PER_SIDE:
                    continue
                side = "upper" if border.upper else "lower"
                number = f"-{counts[border.upper]}" if counts[border.upper] > 1 else ""
                stem = f"{subject.command.name}.{check.id}.{side}{number}"
                _add_border(trials, subject, stem, index, scenario, border.accepted, border.refused)


def _add_border(trials: Trials, subject: Subject, stem: str, index: int, scenario: Scenario,
                accepted: Assignment, refused: Assignment) -> None:
    """Add the two cases of a border."""
    check = subject.checks[index]
    clause = f"{subject.command.name}.{check.id}"
    (good,), (bad,) = accepted.values(), refused.values()
    (var, _), = accepted
    trials.add(subject, f"{stem}.refused", clause, f"{subject.command.name} refuses {var} = {show(bad)} with {outcome(check)}.",
               Attempt(scenario, refused), index)
    trials.add(subject, f"{stem}.accepted", clause, f"{subject.command.name} does not refuse {var} = {show(good)} with {check.id}.",
               Attempt(scenario, accepted), -1, spared=index)
