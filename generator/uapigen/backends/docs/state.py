# SPDX-License-Identifier: BSD-3-Clause
"""The page about states, and what conditions can read."""
from __future__ import annotations

from typing import NamedTuple

from uapigen.backends.docs.text import flat, place
from uapigen.exprtext import source
from uapigen.model import Spec


class Row(NamedTuple):
    """A line of any of the page's tables."""

    name: str
    first: str
    second: str
    place: str


def _edges(spec: Spec) -> list[str]:
    """Return the transitions as lines of a diagram."""
    initial = min(spec.states.values(), key=lambda s: s.value).name
    edges = [f"[*] --> {initial}: open"]
    edges += [f"{t.from_} --> {t.to}: {t.on}" for t in spec.transitions]
    finals = [s.name for s in spec.states.values()]
    return edges + [f"{name} --> [*]: release" for name in finals]


def diagram(spec: Spec) -> str:
    """Return the states as a mermaid diagram."""
    if not spec.states:
        return ""
    return "\n".join(["stateDiagram-v2", *(f"    {edge}" for edge in _edges(spec))])


def states(spec: Spec) -> list[Row]:
    """Return the states with what is allowed in them."""
    rows = []
    for state in sorted(spec.states.values(), key=lambda s: s.value):
        allowed = ", ".join(c.name for c in spec.commands.values() if state.name in c.states)
        rows.append(Row(state.name, flat(state.doc), allowed, place(state.pos)))
    return rows


def transitions(spec: Spec) -> list[Row]:
    """Return the transitions."""
    return [Row(f"{t.from_} → {t.to}", t.on, flat(t.doc), place(t.pos)) for t in spec.transitions]


def attributes(spec: Spec) -> list[Row]:
    """Return what conditions can read, and how a program can know it."""
    rows = []
    for name, attr in spec.attributes.items():
        seen = f"`{flat(source(attr.observe))}`" if attr.observe is not None else "not visible"
        if attr.initial is not None:
            seen += f", first {attr.initial}"
        rows.append(Row(name, flat(attr.doc), seen, place(attr.pos)))
    return rows


def conditions(spec: Spec) -> list[Row]:
    """Return the facts only the driver knows."""
    rows = []
    for item in spec.conditions.values():
        how = item.provoke and f"scenario {item.provoke}" or f"not provoked: {item.unprovoked}"
        rows.append(Row(item.name, flat(item.doc), flat(how), place(item.pos)))
    return rows


def scenarios(spec: Spec) -> list[Row]:
    """Return the set-ups of the conformance suite."""
    return [
        Row(s.name, flat(s.doc), ", ".join(s.needs) or "–", place(s.pos))
        for s in spec.scenarios.values()
    ]
