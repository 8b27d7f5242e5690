# SPDX-License-Identifier: BSD-3-Clause
"""The generated part of the conformance suite: case tables and what they need.

The tables are data for conformance/engine, which makes the calls.  A spec
has a suite when each of its commands has a scenario, named after a state, to
be tried in.
"""
from __future__ import annotations

from typing import Iterator

from uapigen.backends.conformance import rules, tables
from uapigen.backends.conformance.cases import Family, family_file
from uapigen.backends.conformance.checks import Coverage, add_boundaries, add_checks, add_pairs
from uapigen.backends.conformance.encoding import add_encoding, add_numbers
from uapigen.backends.conformance.layouts import add_layout, layout32
from uapigen.backends.conformance.lists import add_lists
from uapigen.backends.conformance.machine import machine_file
from uapigen.backends.conformance.mappings import add_mappings
from uapigen.backends.conformance.outputs import add_flow, add_outputs, add_padding
from uapigen.backends.conformance.pointers import add_pointers
from uapigen.backends.conformance.probes import add_files, add_poll
from uapigen.backends.conformance.states import add_states
from uapigen.backends.conformance.subject import has_suite
from uapigen.model import Spec
from uapigen.render import Output

_DOCS = {
    "layout": "Types, members and values of the published headers.",
    "numbers": "Command numbers.",
    "encoding": "Numbers that are no commands.",
    "checks": "Each ordered check of each command, violated alone.",
    "pairs": "Each pair of checks of a command, violated together.",
    "boundaries": "Last accepted and first refused value of each comparison.",
    "pointers": "Bad and odd pointers at every copy site.",
    "outputs": "Promises about the results of commands.",
    "padding": "Every byte of every result.",
    "flow": "Members that do not flow.",
    "states": "Every command in every state.",
    "mmap": "Every region, mapped right and wrong.",
    "write": "The ordered checks of writev().",
    "poll": "poll() in every state.",
    "fileops": "The other file operations.",
}


def families(spec: Spec) -> tuple[list[Family], list[Coverage]]:
    """Return all families with cases, and what they cover."""
    coverage: dict[str, Coverage] = {}
    docs = {**{rules.chain_family(n, m): m[0].doc for n, m in rules.chains(spec).items()}, **_DOCS}
    made = {n: Family(spec, n, d) for n, d in docs.items()}
    add_layout(spec, made["layout"])
    add_numbers(spec, made["numbers"])
    add_encoding(spec, made["encoding"])
    add_checks(spec, made["checks"], coverage)
    add_pairs(spec, made["pairs"], coverage)
    add_boundaries(spec, made["boundaries"])
    add_pointers(spec, made["pointers"])
    add_outputs(spec, made["outputs"])
    add_padding(spec, made["padding"])
    add_flow(spec, made["flow"])
    add_states(spec, made["states"])
    add_mappings(spec, made["mmap"], coverage)
    add_lists(spec, made, coverage)
    for family, probes in ((made["poll"], add_poll(spec, made["poll"])), (made["fileops"], add_files(spec, made["fileops"]))):
        family.functions += [rules.probe_prototype(spec, p) for p in probes]
    return [f for f in made.values() if f.cases], list(coverage.values())


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the suite's generated sources."""
    if not has_suite(spec):
        return
    made, coverage = families(spec)
    yield rules.header(spec)
    yield rules.source(spec)
    for family in made:
        yield family_file(family)
    yield machine_file(spec)
    yield layout32(spec)
    yield tables.clauses_file(spec)
    yield tables.deviations_file(spec)
    yield tables.commands_file(spec)
    yield tables.coverage_file(spec, coverage)
    yield tables.groups_file(spec, made)
