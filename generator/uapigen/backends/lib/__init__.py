# SPDX-License-Identifier: BSD-3-Clause
"""The user library: typed commands, names, reasons, printers, mappings."""
from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple

from uapigen.backends.lib import commands, formats, maps, tables
from uapigen.ctext import guard
from uapigen.model import Spec
from uapigen.render import Output, c_banner, hash_banner, render


class SymbolVersion(NamedTuple):
    """A version node of the shared library."""

    name: str
    symbols: list[str]
    inherits: str


def latest_version(spec: Spec) -> str:
    """Return the newest version of the interface."""
    if not spec.versions:
        return "0"
    return max(spec.versions, key=lambda v: [int(n) for n in re.findall(r"\d+", v)])


def _symbol_versions(spec: Spec, header: str) -> list[SymbolVersion]:
    """Return the symbols by the version that brought them.

    What is no command came with the first.
    """
    since = {f"{spec.prefix}_{c.name.lower()}": c.since for c in spec.commands.values()}
    first = next(iter(spec.versions), "0")
    groups: dict[str, list[str]] = {v: [] for v in spec.versions or [first]}
    for name in re.findall(
        rf"^[a-z].*?\b({spec.prefix}_\w+)\(|^({spec.prefix}_\w+)\(", header, re.M
    ):
        symbol = name[0] or name[1]
        groups[since.get(symbol) or first].append(symbol)
    result: list[SymbolVersion] = []
    for version, symbols in groups.items():
        if symbols:
            inherits = f" {result[-1].name}" if result else ""
            name = f"{spec.prefix.upper()}_{version}"
            result.append(SymbolVersion(name, sorted(symbols), inherits))
    return result


def _values(spec: Spec) -> dict[str, Any]:
    """Return what the templates insert."""
    base = maps.base_struct(spec)
    stem, word = spec.hw_prefix.lower(), maps.token_word(spec)
    entries = maps.regions(spec)
    return {
        "p": spec.prefix,
        "hw": spec.hw_prefix,
        "title": spec.title,
        "version": latest_version(spec),
        "headers": list(spec.headers),
        "hardware": [f"{stem}regs.h", f"{stem}words.h"] if spec.words or spec.registers else [],
        "functions": list(commands.functions(spec)),
        "commands": tables.command_names(spec),
        "errnos": tables.errno_names(spec),
        "states": tables.state_names(spec),
        "flag_sets": tables.flag_sets(spec),
        "reasons": tables.reasons(spec),
        "printers": list(formats.printers(spec)),
        "arguments": list(formats.arguments(spec)),
        "words": list(formats.words(spec)),
        "token": maps.token_fields(spec),
        "regions": entries if base and word else [],
        "helpers": maps.helpers(entries),
        "view": maps.view(spec),
        "base": f"struct {base.name}" if base else "",
        "base_member": base.name.removeprefix(f"{spec.name}_") if base else "",
        "offset_mask": f"{spec.hw_prefix}{maps.TOKEN}_OFFSET",
    }


_SOURCES = [
    ("commands.c", "", "Commands as functions."),
    ("names.c", "_names", "Names of everything, and the reasons of failures."),
    ("format.c", "_format", "Printers of structs and flags."),
    ("map.c", "_map", "Tokens and mappings."),
]


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the library, its symbol map and its pkg-config file."""
    if not spec.commands:
        return
    values, licence, p = _values(spec), spec.licenses["user"], spec.prefix
    doc = f"{spec.title}: the ioctl interface as a C library."
    header = render(
        "lib/lib.h.jinja", banner=c_banner(spec, licence, doc), guard=guard(f"lib{p}.h"), **values
    )
    yield Output(f"lib/{p}.h", header)
    for template, suffix, about in _SOURCES:
        banner = c_banner(spec, licence, about, header=False)
        yield Output(
            f"lib/{p}{suffix}.c", render(f"lib/{template}.jinja", banner=banner, **values)
        )
    banner = hash_banner(spec, licence, "Exported symbols.")
    versions = _symbol_versions(spec, header)
    yield Output(f"lib/{p}.map", render("lib/map.jinja", banner=banner, versions=versions))
    banner = hash_banner(
        spec, licence, f"pkg-config file of lib{p}; installation fills in the folders."
    )
    yield Output(f"lib/{p}.pc.in", render("lib/pc.in.jinja", banner=banner, **values))
