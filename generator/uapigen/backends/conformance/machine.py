# SPDX-License-Identifier: BSD-3-Clause
"""The reference state machine of an open file: transitions, regions, what poll() reports."""
from __future__ import annotations

from uapigen.backends.conformance.cases import Family, c_string, condition_function, row
from uapigen.backends.conformance.names import Names, c_ident, condition_name, prefix, state_name
from uapigen.backends.conformance.rules import region_symbol, rules_symbol
from uapigen.model import PollRule, Spec, Transition
from uapigen.render import Output, c_banner, render


def _transition(spec: Spec, transition: Transition) -> str:
    """Return a row; the command is a pointer to its rules."""
    return row(
        from_=state_name(spec, transition.from_), to=state_name(spec, transition.to),
        on=f"&{rules_symbol(spec, spec.commands[transition.on])}",
    ).text


def _poll(spec: Spec, family: Family, rule: PollRule) -> str:
    """Return a row; a condition over the world becomes a function."""
    holds = None
    if rule.cond is not None:
        holds = f"reports_{c_ident(rule.id)}"
        family.functions.append(condition_function(spec, holds, rule.cond, Names(spec), "arg", ""))
    return row(
        id=c_string(f"poll.{rule.id}"), mask=" | ".join(rule.mask),
        when=condition_name(spec, rule.when) if rule.when else None, holds=holds,
    ).text


def machine_file(spec: Spec) -> Output:
    """Return machine.c."""
    family = Family(spec, "machine", "")
    poll = [_poll(spec, family, rule) for rule in spec.poll]
    first = next(iter(spec.states))
    text = render(
        "conformance/machine.c.jinja",
        banner=c_banner(spec, spec.licenses["user"], "The state machine of an open file.", header=False),
        prefix=prefix(spec), functions=family.functions, poll=poll, initial=state_name(spec, first),
        regions=[region_symbol(spec, r) for r in spec.regions.values()],
        transitions=[_transition(spec, t) for t in spec.transitions if t.on in spec.commands],
    )
    return Output("conformance/machine.c", text)
