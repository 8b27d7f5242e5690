# SPDX-License-Identifier: BSD-3-Clause
"""Kernel code between the system call and the driver core."""
from __future__ import annotations

from itertools import groupby
from typing import Any, Iterator, NamedTuple

from uapigen.backends.driver import asserts, commands, header, lists, regions
from uapigen.backends.driver.names import check_name, state_name
from uapigen.clauses import Clause, clauses
from uapigen.ctext import guard, string
from uapigen.cwrap import call
from uapigen.model import Spec
from uapigen.render import Output, c_banner, render, where


class CheckRow(NamedTuple):
    """A check in the table of checks."""

    name: str
    list: str
    id: str
    errno_name: str
    clause: str
    error: str


class CheckGroup(NamedTuple):
    """The checks of one list."""

    label: str
    checks: list[CheckRow]


def _check_row(spec: Spec, clause: Clause) -> CheckRow:
    check = clause.check
    return CheckRow(
        check_name(spec, clause),
        string(clause.label),
        string(check.id),
        string(check.errno),
        string(where(check.pos)),
        check.errno or "0",
    )


def _check_groups(spec: Spec) -> list[CheckGroup]:
    """Return all checks by the list they belong to."""
    grouped = groupby(clauses(spec), key=lambda c: c.label)
    return [CheckGroup(label, [_check_row(spec, c) for c in group]) for label, group in grouped]


def _gate(spec: Spec) -> dict[str, str]:
    """Return the refusals of the dispatcher itself."""
    assert spec.space is not None
    initial = min(spec.states.values(), key=lambda s: s.value).name if spec.states else ""
    refusals = []
    for check in spec.space.shared:
        name = check_name(spec, Clause("ioctl", "", check))
        refusals.append(call("\t\t", f"return {spec.prefix}_refuse", ["fd", name]))
    unknown = f"\tif (!command)\n{refusals[-1]}"
    if spec.space.wrong_state is None:
        return {"wrong_state": "", "unknown": unknown}
    first = f"\tif (!command && state == {state_name(spec, initial)})\n{refusals[0]}"
    allowed = f"\tif (!(command->states & BIT(state)))\n{refusals[0]}"
    return {"wrong_state": first, "unknown": f"{unknown}\n{allowed}"}


def _assert_lines(spec: Spec) -> list[list[str]]:
    """Return the layout assertions as text."""
    return [
        [
            call("", "AT" if a.member else "SIZE", [x for x in (a.type, a.member, a.value) if x])
            for a in group
        ]
        for group in asserts.assertions(spec)
    ]


class _Writer:
    """Renders the templates with what all of them share."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        stem = spec.hw_prefix.lower()
        self.common: dict[str, Any] = {
            "p": spec.prefix,
            "P": spec.prefix.upper(),
            "headers": list(spec.headers),
            "hardware": [f"{stem}regs.h", f"{stem}words.h"]
            if spec.words or spec.registers
            else [],
        }

    def output(self, suffix: str, doc: str, **values: Any) -> Output:
        """Return prefix_suffix made from the template of that name."""
        name = f"{self.spec.prefix}_{suffix}"
        banner = c_banner(self.spec, self.spec.licenses["driver"], doc, name.endswith(".h"))
        text = render(
            f"driver/{suffix}.jinja", banner=banner, guard=guard(name), **self.common, **values
        )
        return Output(f"driver/{name}", text)


def _region_outputs(spec: Spec, writer: _Writer) -> Iterator[Output]:
    """Yield the files about mmap()."""
    views = regions.views(spec)
    base = regions.base_struct(spec)
    yield writer.output(
        "regions.h",
        "What mmap() can map.",
        regions=views,
        base=f"struct {base.name}" if base else "",
        locals=regions.locals_members(),
        hooks=[h for v in views for h in v.hooks],
    )
    yield writer.output("regions.c", "Regions: lengths, checks and the table.", regions=views)


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the dispatcher and all it needs."""
    if spec.space is None or not spec.commands:
        return
    writer = _Writer(spec)
    listed = header.list_functions(spec)
    groups = _check_groups(spec)
    yield writer.output("checks.h", "Names of all checks.", groups=groups)
    yield writer.output(
        "checks.c", "All checks: list, id, errno and line of the spec.", groups=groups
    )
    yield writer.output(
        "gen.h",
        f"{spec.title}: what the driver core supplies and what it may call.",
        states=header.states(spec),
        attributes=list(header.attributes(spec)),
        handlers=list(header.handlers(spec)),
        locals=list(lists.locals_of(spec)),
        lists=listed,
        masks=list(header.masks(spec)),
        limits=list(header.limits(spec)),
        poll=list(header.poll(spec)),
        regions=bool(spec.regions),
    )
    yield writer.output(
        "dispatch.c",
        "Dispatch of commands: lookup, state, copies and ordered checks.",
        functions=commands.call_functions(spec),
        rows=commands.table(spec),
        **_gate(spec),
    )
    if listed:
        yield writer.output("lists.c", "Ordered checks outside the commands.", functions=listed)
    if spec.regions:
        yield from _region_outputs(spec, writer)
    yield writer.output("layout.c", "The published layout, asserted.", groups=_assert_lines(spec))
