# SPDX-License-Identifier: BSD-3-Clause
"""A command as the solver and the families see it."""
from __future__ import annotations

import functools
from typing import Optional

from uapigen.backends.conformance.solve import Assignment, Facts, Key, Problem, variables
from uapigen.expr import names
from uapigen.layout import compute, leaves, type_extent
from uapigen.model import Attribute, Check, Command, Expr, Scenario, Spec
from uapigen.scope import report_name

# Samples of numbers only the device knows: no two alike, none a round one
# twice, so that an input that is right for one device alone does not survive.
_SAMPLES = (1024, 2000, 640)
_PAGES = {"scratch": 0x7F1200000000, "list": 0x7F3400000000, "readonly": 0x7F5600000000, "unmapped": 0x7F7800000000}


def _sample(attribute: Attribute, place: int, sample: int) -> int:
    """Return an attribute in a sample.

    A number that starts low is low in all of them, but not the same: a
    scenario may have changed it.
    """
    if attribute.type == "bool":
        return 1 if attribute.initial is None else attribute.initial
    return sample if attribute.initial is None else attribute.initial + place


def facts(spec: Spec, state: Optional[str]) -> list[Facts]:
    """Return samples of everything an expression may read at run time."""
    result = []
    for place, sample in enumerate(_SAMPLES):
        values = dict(_PAGES)
        for key, attribute in spec.attributes.items():
            values[key] = _sample(attribute, place, sample)
        for command in spec.commands.values():
            if command.arg_kind == "scalar" and command.flow_out and not command.flow_in:
                values[report_name(spec, command)] = sample
        for short, cap in spec.capabilities.items():
            values[f"cap.user.{short}"] = int(bool(cap.user_default))
            values[f"cap.kernel.{short}"] = int(bool(cap.kernel_default))
        if state is not None:
            values["fd.state"] = spec.states[state].value
        result.append(Facts(values))
    return result


def widths(spec: Spec, command: Command) -> dict[str, int]:
    """Return the width in bits of each member of the argument."""
    if command.arg is None:
        return {}
    if command.arg_kind != "struct":
        return {"arg": 8 * type_extent(spec, command.arg, 64).size}
    layout = compute(spec, spec.structs[command.arg.base], 64)
    return {f"arg.{s.name}": 8 * s.size for s in leaves(layout) if s.size <= 8}


def base_scenario(spec: Spec, command: Command) -> Scenario:
    """Return the plain set-up of a command's first allowed state."""
    return spec.scenarios[command.states[0]]


def fresh(spec: Spec) -> Scenario:
    """Return the set-up of a file on which nothing was done yet."""
    return next(s for s in spec.scenarios.values() if s.name in spec.states)


def bound(spec: Spec) -> Scenario:
    """Return the set-up of a file in its last state."""
    return [s for s in spec.scenarios.values() if s.name in spec.states][-1]


def has_suite(spec: Spec) -> bool:
    """Tell whether every command has a plain set-up to be tried in."""
    return bool(spec.commands) and all(c.states[:1] and c.states[0] in spec.scenarios for c in spec.commands.values())


class Subject:
    """A command with its checks in order and inputs that violate them."""

    def __init__(self, spec: Spec, command: Command) -> None:
        self.spec = spec
        self.command = command
        self.checks = command.checks
        self.base = base_scenario(spec, command)
        defaults = {self._variable(n): e for n, e in command.baseline_expr.items()}
        self.problem = Problem(defaults, facts(spec, self.base.state), widths(spec, command))

    @staticmethod
    def _variable(name: str) -> str:
        """Return the variable a baseline or violate entry sets."""
        return "arg" if name == "arg" else f"arg.{name}"

    def baseline(self) -> dict[Key, Expr]:
        """Return the settings of a valid argument."""
        return {(self._variable(n), None): e for n, e in self.command.baseline_expr.items()}

    def violate(self, check: Check) -> dict[Key, Expr]:
        """Return the input the spec gives for a violation."""
        return {(self._variable(n), None): e for n, e in check.violate_expr.items()}

    def earlier(self, index: int) -> list[Expr]:
        """Return the conditions before a check that an input can avoid."""
        return [c.cond for c in self.checks[:index] if c.cond is not None and variables(c.cond)]

    def scenario(self, check: Check) -> Optional[Scenario]:
        """Return where a check can be violated; None if nowhere.

        What refuses every call in the plain set-up hides later checks there, and
        there only.
        """
        place = self._place(check)
        return None if place is self.base and self.stands_before(check) else place

    def _place(self, check: Check) -> Optional[Scenario]:
        """Return the set-up the spec names for a check, or the plain one."""
        if check.scenario:
            return self.spec.scenarios[check.scenario]
        if check.kind == "driver":
            provoke = self.spec.conditions[check.when].provoke
            return self.spec.scenarios[provoke] if provoke else None
        return self.base

    def standing(self, check: Check) -> bool:
        """Tell whether a driver's check refuses the valid argument as it is."""
        return check.kind == "driver" and not check.violate and self._place(check) is self.base

    def stands_before(self, check: Check) -> bool:
        """Tell whether another check answers a valid call before this one can."""
        first = self.standing_check()
        return first is not None and first is not check and self.checks.index(first) < self.checks.index(check)

    def standing_check(self) -> Optional[Check]:
        """Return the check that answers a valid call in the plain set-up."""
        return next((c for c in self.checks if self.standing(c)), None)

    def needs_input(self, check: Check) -> bool:
        """Tell whether a violation depends on the argument."""
        return check.cond is not None and bool(variables(check.cond))

    def solve(self, index: int) -> Optional[Assignment]:
        """Return an input that violates a check and none before it."""
        check = self.checks[index]
        if check.violate:
            return self.violate(check)
        if not self.needs_input(check):
            return {}
        assert check.cond is not None
        return self.problem.first(check.cond, self.earlier(index))

    def reads_capability(self, check: Check) -> bool:
        """Tell whether a check depends on how the driver was loaded."""
        return check.cond is not None and any(n.kind == "cap" for n in names(check.cond))


@functools.lru_cache(maxsize=1)  # every family asks
def subjects(spec: Spec) -> list[Subject]:
    """Return all commands in the order of their numbers."""
    return [Subject(spec, c) for c in sorted(spec.commands.values(), key=lambda c: c.nr)]
