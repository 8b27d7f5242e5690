# SPDX-License-Identifier: BSD-3-Clause
"""The cases of the project's own spec: named, complete, accounted for."""
from __future__ import annotations

import fnmatch
import re
from collections import Counter
from pathlib import Path

import pytest

from uapigen import loader
from uapigen.backends import conformance
from uapigen.backends.conformance.cases import Case
from uapigen.backends.conformance.checks import Coverage
from uapigen.backends.conformance.rules import chains, copied_bytes
from uapigen.backends.conformance.tables import clause_rows
from uapigen.clauses import clauses
from uapigen.model import Spec

ROOT = Path(__file__).resolve().parents[3]
# Groups of hand-written cases; a quirk may be pinned by one of those.
HAND_WRITTEN = ROOT / "conformance" / "groups"


@pytest.fixture(scope="module")
def spec() -> Spec:
    """Return the project's spec."""
    loaded, mistakes = loader.load(str(ROOT / "spec" / "hfi1.yaml"))
    assert loaded is not None and not mistakes, mistakes
    return loaded


@pytest.fixture(scope="module")
def made(spec: Spec) -> tuple[list[Case], list[Coverage]]:
    """Return all cases and what they cover."""
    families, coverage = conformance.families(spec)
    return [c for f in families for c in f.cases], coverage


def test_names_are_unique_and_plain(made: tuple[list[Case], list[Coverage]]) -> None:
    """A name can stand in an expectation file and on a command line."""
    names = [c.name for c in made[0]]
    assert [n for n, count in Counter(names).items() if count > 1] == []
    assert [n for n in names if not re.fullmatch(r"[A-Za-z0-9_.-]+", n)] == []


def test_there_are_enough(made: tuple[list[Case], list[Coverage]]) -> None:
    """A suite that shrinks by accident is noticed."""
    assert len(made[0]) >= 1000


def test_every_case_names_a_clause(spec: Spec, made: tuple[list[Case], list[Coverage]]) -> None:
    """What a failure prints as its place in the spec exists."""
    known = {row.id for row in clause_rows(spec)}
    unknown = {word for c in made[0] for word in c.clause.split() if word not in known}
    assert unknown == set()


def test_every_check_has_a_case_or_a_reason(
        spec: Spec, made: tuple[list[Case], list[Coverage]]) -> None:
    """No ordered check is forgotten silently."""
    cases, coverage = made
    judged = {word for c in cases for word in c.clause.split()}
    reasons = {r.partition(":")[0] for entry in coverage for r in entry.reasons}
    for clause in clauses(spec):
        if clause.group == "file" and clause.check.kind == "driver":
            continue  # removal of the adapter; the clause table says why
        if clause.owner == "mmap_region":
            continue  # a pattern the regions repeat
        named = {clause.check.id, clause.id} & reasons
        assert clause.id in judged or named, clause.id


def test_every_pair_is_accounted_for(made: tuple[list[Case], list[Coverage]]) -> None:
    """A pair has a case, cannot be told apart, or has a reason."""
    for entry in made[1]:
        without = [r for r in entry.reasons if " before " in r]
        assert entry.pairs == entry.same + entry.told + len(without), entry.name
        assert entry.checks >= entry.covered


def test_quirks_are_pinned(spec: Spec, made: tuple[list[Case], list[Coverage]]) -> None:
    """The pattern each inherited fault names matches a case."""
    names = [c.name for c in made[0]]
    written = "".join(p.read_text() for p in HAND_WRITTEN.glob("*.c"))
    names += re.findall(r'"([a-z]+\.[A-Za-z0-9_.-]+)"', written)
    names += [f"{g}." for g in re.findall(r'HFI1C_GROUP\(\w+, "([a-z-]+)"', written)]
    loose = {q.id: q.test for q in spec.quirks.values()
             if not any(fnmatch.fnmatch(n, q.test) for n in names)}
    assert loose == {}


def test_clause_ids_are_unique(spec: Spec) -> None:
    """A case's clause means one line of the spec."""
    ids = Counter(row.id for row in clause_rows(spec))
    assert [i for i, count in ids.items() if count > 1] == []


def test_bytes_of_results(spec: Spec) -> None:
    """Whole results carry zeroed padding, others only what flows."""
    whole = copied_bytes(spec, spec.commands["CTXT_INFO"])
    assert whole == "o" * 38 + "zz"
    part = copied_bytes(spec, spec.commands["TID_FREE"])
    assert part == "." * 16 + "oooo" + "...."
    assert copied_bytes(spec, spec.commands["USER_INFO"])[10:12] == "zz"
    assert copied_bytes(spec, spec.commands["SET_PKEY"]) == ""


def test_chains_follow_the_spec(spec: Spec) -> None:
    """Lists with the same first word are gone through in their order."""
    lists = [n for n in spec.check_lists if n.startswith("write_")]
    assert [c.name for c in chains(spec)["write"]] == lists
    assert not any(n.startswith("mmap") for n in chains(spec))
