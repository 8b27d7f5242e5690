# SPDX-License-Identifier: BSD-3-Clause
"""The reference in Markdown: every rule with its line of the spec."""
from __future__ import annotations

from typing import Any, Callable, Iterator, NamedTuple

from uapigen.backends.docs import commands, data, lists, state
from uapigen.backends.docs.text import ROOT
from uapigen.backends.driver import caps
from uapigen.backends.trace.events import lists as list_events
from uapigen.backends.trace.events import requests
from uapigen.model import Spec
from uapigen.render import Output, markdown_banner, render


class Page(NamedTuple):
    """A page of the reference."""

    file: str
    title: str
    about: str
    template: str
    values: Callable[[Spec], dict[str, Any]]
    wanted: Callable[[Spec], bool]


def _commands(spec: Spec) -> dict[str, Any]:
    assert spec.space is not None
    return {
        "commands": commands.views(spec),
        "space": commands.space_rows(spec),
        "space_doc": spec.space.doc.strip(),
    }


def _mmap(spec: Spec) -> dict[str, Any]:
    return {"regions": lists.regions(spec), "lists": lists.check_lists(spec, mmap=True)}


def _files(spec: Spec) -> dict[str, Any]:
    return {
        "lists": lists.check_lists(spec, mmap=False),
        "poll": lists.poll(spec),
        "file_ops": lists.file_ops(spec),
    }


def _state(spec: Spec) -> dict[str, Any]:
    return {
        "diagram": state.diagram(spec),
        "states": state.states(spec),
        "transitions": state.transitions(spec),
        "attributes": state.attributes(spec),
        "conditions": state.conditions(spec),
        "scenarios": state.scenarios(spec),
    }


def _capabilities(spec: Spec) -> dict[str, Any]:
    return {
        "capabilities": data.capabilities(spec),
        "masks": caps.masks(spec),
        "limits": data.limits(spec),
    }


def _quirks(spec: Spec) -> dict[str, Any]:
    return {"quirks": data.quirks(spec), "deviations": data.deviations(spec)}


def _tracepoints(spec: Spec) -> dict[str, Any]:
    return {"p": spec.prefix, "events": [*requests(spec), *list_events(spec)]}


def _structs(spec: Spec) -> dict[str, Any]:
    return {
        "structs": data.structs(spec),
        "tables": data.values(spec),
        "constants": data.constants(spec),
    }


def _words(spec: Spec) -> dict[str, Any]:
    about = "Bit layouts of words in memory, highest bit first."
    return {"heading": "Words", "about": about, "words": data.words(spec)}


def _registers(spec: Spec) -> dict[str, Any]:
    about = "Registers in the order of their offsets from the start of BAR 0."
    return {"heading": "Registers", "about": about, "words": data.registers(spec)}


PAGES = [
    Page(
        "commands.md",
        "Commands",
        "arguments, data flow, ordered checks, promises",
        "commands",
        _commands,
        lambda s: s.space is not None,
    ),
    Page("mmap.md", "mmap()", "tokens and regions", "mmap", _mmap, lambda s: bool(s.regions)),
    Page(
        "files.md",
        "writev(), poll() and the file",
        "checks outside the commands",
        "files",
        _files,
        lambda s: bool(s.check_lists or s.poll or s.file_ops),
    ),
    Page(
        "state.md",
        "State",
        "states of a file, and what conditions read",
        "state",
        _state,
        lambda s: bool(s.states),
    ),
    Page(
        "errnos.md",
        "Errnos",
        "every errno with every check that gives it",
        "errnos",
        lambda s: {"errnos": lists.errnos(s)},
        lambda s: bool(s.errnos),
    ),
    Page(
        "capabilities.md",
        "Capabilities and limits",
        "defaults, visibility, numbers",
        "capabilities",
        _capabilities,
        lambda s: bool(s.capabilities or s.limits),
    ),
    Page(
        "tracepoints.md",
        "Tracepoints",
        "what the driver tells of every call",
        "tracepoints",
        _tracepoints,
        lambda s: bool(s.commands),
    ),
    Page(
        "structs.md",
        "Types and values",
        "layouts, flags, enums, constants",
        "structs",
        _structs,
        lambda s: bool(s.structs or s.flags or s.enums),
    ),
    Page(
        "words.md",
        "Words",
        "bits of packets, descriptors, queues and tokens",
        "words",
        _words,
        lambda s: bool(s.words),
    ),
    Page(
        "registers.md",
        "Registers",
        "the hardware's registers",
        "words",
        _registers,
        lambda s: bool(s.registers),
    ),
    Page(
        "quirks.md",
        "Quirks and deviations",
        "inherited faults, and how other drivers differ",
        "quirks",
        _quirks,
        lambda s: bool(s.quirks or s.deviations),
    ),
]


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the pages; links lead to the spec from where the pages will lie."""
    for path, text in _pages(spec):
        yield Output(path, text.replace(f"]({ROOT}/", f"]({spec.top}/") if spec.top else text)


def _pages(spec: Spec) -> Iterator[Output]:
    """Yield the pages that have something to say, and an index."""
    banner = markdown_banner(spec, spec.licenses["user"])
    pages = [p for p in PAGES if p.wanted(spec)]
    yield Output(
        "docs/README.md",
        render(
            "docs/index.md.jinja",
            banner=banner,
            title=spec.title,
            doc=spec.doc.strip(),
            pages=pages,
            versions=data.versions(spec),
        ),
    )
    for page in pages:
        text = render(f"docs/{page.template}.md.jinja", banner=banner, **page.values(spec))
        yield Output(f"docs/{page.file}", text)
