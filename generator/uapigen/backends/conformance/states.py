# SPDX-License-Identifier: BSD-3-Clause
"""Every command in every state, and repeated."""
from __future__ import annotations

from uapigen.backends.conformance.cases import Family, needs_of, row
from uapigen.backends.conformance.names import scenario_symbol
from uapigen.backends.conformance.outputs import plain_scenarios
from uapigen.backends.conformance.rules import rules_symbol
from uapigen.backends.conformance.subject import Subject, subjects
from uapigen.model import Scenario, Spec


def _slow(subject: Subject) -> tuple[str, ...]:
    return ("slow",) if subject.standing_check() is not None else ()


def _add(spec: Spec, family: Family, subject: Subject, scenario: Scenario, name: str, doc: str, run: str,
         allowed: bool) -> None:
    cmd = subject.command
    gate = spec.space.wrong_state if spec.space else None
    clause = cmd.name if allowed else f"ioctl.{gate.id if gate else ''} {cmd.name}"
    family.add(f"{cmd.name}.{name}", f"{clause} state.{scenario.state}", doc, run, "state_case",
               row(rules=f"&{rules_symbol(spec, cmd)}", scenario=f"&{scenario_symbol(spec, scenario.name)}"),
               needs_of(scenario, _slow(subject) if allowed else ()))


def add_states(spec: Spec, family: Family) -> None:
    """Add each command in each plain set-up."""
    for subject in subjects(spec):
        cmd = subject.command
        for scenario in [s for state in spec.states for s in plain_scenarios(spec, state)]:
            allowed = scenario.state in cmd.states
            verb = "follows its checks" if allowed else "is refused"
            _add(spec, family, subject, scenario, scenario.name, f"{cmd.name} {verb} on this file: {scenario.doc}", "state", allowed)
            if not allowed and cmd.arg is not None:
                _add(spec, family, subject, scenario, f"{scenario.name}.bad-pointer",
                     f"{cmd.name} is refused before its argument is looked at.", "state_bad_pointer", False)
            if allowed and cmd.idempotent:
                _add(spec, family, subject, scenario, f"{scenario.name}.repeated",
                     f"{cmd.name} gives the same result when it is called again.", "idempotent", True)
