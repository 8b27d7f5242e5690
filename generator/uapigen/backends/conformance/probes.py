# SPDX-License-Identifier: BSD-3-Clause
"""poll() and the other file operations: the spec names the rule, the engine makes the call."""
from __future__ import annotations

from uapigen.backends.conformance.cases import Family, needs_of, row
from uapigen.backends.conformance.names import c_ident, errno_seen, prefix, scenario_symbol
from uapigen.backends.conformance.outputs import plain_scenarios
from uapigen.expr import Undefined, evaluate
from uapigen.backends.conformance.subject import facts
from uapigen.model import FileOp, PollRule, Scenario, Spec


def _mask(rule: PollRule) -> str:
    return " | ".join(rule.mask)


def _plain(spec: Spec) -> list[Scenario]:
    return [s for state in spec.states for s in plain_scenarios(spec, state)]


def _answers(spec: Spec, rule: PollRule, scenario: Scenario) -> bool:
    """Tell whether a rule's condition holds in a set-up."""
    if rule.cond is None:
        return False
    try:
        return all(evaluate(rule.cond, f.get) for f in facts(spec, scenario.state))
    except Undefined:
        return False


def add_poll(spec: Spec, family: Family) -> list[str]:
    """Add poll() in every plain set-up and for every rule; return the probes."""
    if not spec.poll:
        return []  # the VFS answers, not the device
    p = prefix(spec)
    probes = []
    for scenario in _plain(spec):
        rule = next((r for r in spec.poll if _answers(spec, r, scenario)), None)
        what = f"reports {', '.join(rule.mask)}" if rule else "reports nothing while nothing has come"
        clause = f"poll.{rule.id}" if rule else " ".join(f"poll.{r.id}" for r in spec.poll if r.cond is None) or f"state.{scenario.state}"
        probes.append("idle")
        family.add(f"idle.{scenario.name}", clause, f"poll() {what}: {scenario.doc}", "probe", "probe",
                   row(scenario=f"&{scenario_symbol(spec, scenario.name)}", probe=f"{p}_poll_idle",
                       mask=_mask(rule) if rule else "0"), needs_of(scenario))
    for rule in spec.poll:
        if rule.cond is not None:
            continue
        provoke = spec.conditions[rule.when].provoke
        if provoke:
            scenario = spec.scenarios[provoke]
            probes.append(c_ident(rule.id))
            family.add(rule.id, f"poll.{rule.id}", rule.doc, "probe", "probe",
                       row(scenario=f"&{scenario_symbol(spec, scenario.name)}", probe=f"{p}_poll_{c_ident(rule.id)}",
                           mask=_mask(rule)), needs_of(scenario))
    return list(dict.fromkeys(f"{p}_poll_{n}" for n in probes))


def _error(spec: Spec, op: FileOp) -> str:
    """Return the errno of an operation that its checks always refuse, or refuse in a set-up that can be built."""
    first = next((c for c in op.checks if c.cond is not None or (c.kind == "driver" and spec.conditions[c.when].provoke)), None)
    return errno_seen(first.errno) if first is not None else ""


def add_files(spec: Spec, family: Family) -> list[str]:
    """Add every file operation in every plain set-up; return the probes."""
    p = prefix(spec)
    probes = []
    for op in spec.file_ops.values():
        error = _error(spec, op)
        probes.append(f"{p}_file_{op.name}")
        clause = f"file.{op.name}" + (f".{op.checks[0].id}" if error else "")
        for scenario in _plain(spec):
            family.add(f"{op.name}.{scenario.name}", clause, f"{op.name}: {op.doc.strip()}", "probe", "probe",
                       row(scenario=f"&{scenario_symbol(spec, scenario.name)}", probe=f"{p}_file_{op.name}",
                           error=error or None), needs_of(scenario))
    return probes
