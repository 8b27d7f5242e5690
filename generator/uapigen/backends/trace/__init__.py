# SPDX-License-Identifier: BSD-3-Clause
"""Tracepoints: decoded requests and results, refusals, ends of calls."""
from __future__ import annotations

from typing import Iterator

from uapigen.backends.trace import events
from uapigen.clauses import clauses
from uapigen.clauses import commands as by_number
from uapigen.ctext import guard
from uapigen.model import Spec
from uapigen.render import Output, c_banner, render


def _room(texts: Iterator[str]) -> int:
    """Return the size of an array that holds any of the texts."""
    return max(len(t) for t in texts) + 1


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the header of the events."""
    if spec.space is None or not spec.commands:
        return
    name = f"{spec.prefix}_trace.h"
    banner = c_banner(spec, spec.licenses["driver"], "Tracepoints of the interface.")
    yield Output(
        f"driver/{name}",
        render(
            "trace/trace.h.jinja",
            banner=banner,
            guard=guard(name),
            p=spec.prefix,
            events=[*events.requests(spec), *events.lists(spec)],
            command_room=_room(c.name for c in by_number(spec)),
            check_room=_room(c.id for c in clauses(spec)),
            errno_room=_room(c.check.errno or "success" for c in clauses(spec)),
        ),
    )
