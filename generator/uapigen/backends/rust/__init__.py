# SPDX-License-Identifier: BSD-3-Clause
"""A Rust module: types with the published layout, and a function for each command."""
from __future__ import annotations

from typing import Iterator

from uapigen.backends.rust import functions, types
from uapigen.members import argument_tail
from uapigen.model import Spec
from uapigen.render import Output, origin, render


def _orders(found: list[types.Record]) -> list[tuple[str, str, str]]:
    """Return the types of fixed byte order that members have: name, of what, order."""
    used = {kind.strip("[").partition(";")[0] for r in found for _, _, kind in r.members}
    return [(name, f"u{name[2:]}", name[:2].lower()) for name in
            ("Le16", "Le32", "Le64", "Be16", "Be32", "Be64") if name in used]


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the module."""
    if spec.space is None or not spec.commands:
        return
    found = list(types.records(spec))
    text = render(
        "rust/module.rs.jinja",
        licence=spec.licenses["user"],
        origin=origin(spec),
        title=spec.title,
        constants=list(types.numbers(spec)),
        orders=_orders(found),
        records=found,
        numbers=list(functions.numbers(spec)),
        tails=any(argument_tail(spec, c) for c in spec.commands.values()),
        functions=list(functions.functions(spec)),
        reasons=list(functions.reasons(spec)),
    )
    yield Output(f"rust/{spec.prefix}.rs", text)
