# SPDX-License-Identifier: BSD-3-Clause
"""Bad and odd pointers at every copy site of every command."""
from __future__ import annotations

from typing import Optional

from uapigen.backends.conformance.cases import Family, member_place, needs_of, row, sets_members, settings
from uapigen.backends.conformance.names import arg_type, prefix, scenario_symbol
from uapigen.backends.conformance.rules import rules_symbol
from uapigen.backends.conformance.solve import Assignment
from uapigen.backends.conformance.subject import Subject, subjects
from uapigen.layout import compute, type_extent
from uapigen.model import Check, Name, Scenario, Spec

_BAD = {
    "null": "a null pointer",
    "unmapped": "a page that is not mapped",
    "kernel": "an address of the kernel",
    "noncanonical": "an address that is none",
    "prot-none": "a page without any permission",
}
_LIST_ELEMENT = 4  # bytes of an array element behind a pointer member: a u32


class _Adder:
    """Adds the cases of one command."""

    def __init__(self, spec: Spec, family: Family, subject: Subject) -> None:
        self.spec = spec
        self.family = family
        self.subject = subject

    def add(self, site: str, kind: str, doc: str, check: Optional[Check], scenario: Optional[Scenario] = None,
            sets: Optional[Assignment] = None, member: str = "", size: int = 0) -> None:
        """Add a case; `check` is None where the call must succeed."""
        spec, cmd = self.spec, self.subject.command
        where = scenario or self.subject.base
        listed = settings(self.family, sets, member_place(spec, cmd)) if sets else []
        place = f"offsetof({arg_type(cmd)}, {member})" if member else "-1"
        clause = f"{cmd.name}.{check.id}" if check else cmd.name
        enumerator = kind.upper().replace("-", "_")
        self.family.add(
            f"{cmd.name}.{site}.{kind}", clause, doc, "pointer", "pointer",
            row(rules=f"&{rules_symbol(spec, cmd)}", scenario=f"&{scenario_symbol(spec, where.name)}",
                **sets_members(spec, listed), kind=f"{prefix(spec).upper()}_POINTER_{enumerator}",
                check=str(self.subject.checks.index(check)) if check else "-1", member=place,
                size=str(size) if size else None),
            needs_of(where),
        )


def _argument(adder: _Adder) -> None:
    """Add the cases of the argument's own pointer."""
    subject, cmd = adder.subject, adder.subject.command
    assert cmd.arg is not None
    size = type_extent(adder.spec, cmd.arg, 64).size
    copies = {c.kind: c for c in subject.checks if c.kind.startswith("copy_") and not subject.stands_before(c)}
    first = copies.get("copy_head") or copies.get("copy_in") or copies.get("copy_out")
    if first is None:
        return
    site = "out" if first.kind == "copy_out" else "in"
    for kind, what in _BAD.items():
        adder.add(site, kind, f"{cmd.name} with {what} for its argument gives {first.errno} and changes nothing.", first)
    read = _looked_at(adder, size, copies)
    if read > 1:
        adder.add(site, "edges", f"{cmd.name} gives {first.errno} wherever its argument meets a page that is not mapped.", first,
                  size=read if read < size else 0)
    out = copies.get("copy_out")
    if out is not None:
        adder.add("out", "read-only", f"{cmd.name} gives {out.errno} when its result cannot be written, and takes back what it did.", out)
    if subject.standing_check() is None:
        _odd(adder, size, site, out is not None)


def _looked_at(adder: _Adder, size: int, copies: dict[str, Check]) -> int:
    """Return how many bytes of the argument a plain call reads or writes."""
    head = copies.get("copy_head")
    if head is None or len(copies) > 1:
        return size
    command = adder.subject.command
    assert command.arg is not None
    slots = compute(adder.spec, adder.spec.structs[command.arg.base], 64).slots
    last = next(s for s in slots if s.name == head.upto)
    return last.offset + last.size


def _odd(adder: _Adder, size: int, site: str, writes: bool) -> None:
    """Add pointers that look odd but work."""
    name = adder.subject.command.name
    if size > 1:
        adder.add(site, "misaligned", f"{name} works with an argument at any address.", None)
    adder.add(site, "fits", f"{name} works when the page behind its argument is not mapped.", None)
    if site == "out":
        adder.add(site, "write-only", f"{name} works on memory that can only be written.", None)
    elif not writes:
        adder.add(site, "read-only-works", f"{name} works on memory that cannot be written.", None)


def _members(adder: _Adder) -> None:
    """Add the cases of pointers inside the argument.

    A driver's check that the spec violates with a bad address is a copy site.
    """
    subject, cmd = adder.subject, adder.subject.command
    for check in subject.checks:
        if check.kind != "driver" or subject.scenario(check) is None:
            continue
        for member, value in check.violate_expr.items():
            if not isinstance(value, Name) or value.kind != "buffer" or value.parts[0] not in ("unmapped", "readonly"):
                continue
            rest = {k: v for k, v in subject.violate(check).items() if k[0] != f"arg.{member}"}
            scenario = subject.scenario(check)
            kinds = dict(_BAD)
            if check.when.endswith("-not-writable"):
                kinds["read-only"] = "a page that cannot be written"
            for kind, what in kinds.items():
                doc = f"{cmd.name} with {what} in {member} gives {check.errno}."
                adder.add(member, kind, doc, check, scenario, rest, member, _LIST_ELEMENT)
            if value.parts[0] == "unmapped":
                doc = f"{cmd.name} gives {check.errno} wherever the array in {member} meets a page that is not mapped."
                adder.add(member, "edges", doc, check, scenario, rest, member, _LIST_ELEMENT)


def add_pointers(spec: Spec, family: Family) -> None:
    """Add all pointer cases."""
    for subject in subjects(spec):
        if subject.command.arg is not None:
            adder = _Adder(spec, family, subject)
            _argument(adder)
            _members(adder)
