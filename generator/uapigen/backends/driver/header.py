# SPDX-License-Identifier: BSD-3-Clause
"""What hfi1u_gen.h declares: the contract with the driver core."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.driver import caps, commands, lists
from uapigen.backends.driver.names import state_name
from uapigen.clauses import c_word
from uapigen.clauses import commands as by_number
from uapigen.ctext import Define, comment, defines
from uapigen.cwrap import macro
from uapigen.model import Command, Spec


class Declaration(NamedTuple):
    """A declaration with its comment."""

    comment: str
    declaration: str


class State(NamedTuple):
    """A state of an open file."""

    comment: str
    name: str
    value: int


class MaskMacro(NamedTuple):
    """A capability mask."""

    comment: str
    macro: str


def states(spec: Spec) -> list[State]:
    """Return the states in the order of their values."""
    ordered = sorted(spec.states.values(), key=lambda s: s.value)
    return [State(comment(s.doc, "\t"), state_name(spec, s.name), s.value) for s in ordered]


def attributes(spec: Spec) -> Iterator[Declaration]:
    """Yield the accessors the core supplies."""
    for attr in spec.attributes.values():
        if (attr.object, attr.name) == ("fd", "state"):
            continue
        name = f"{spec.prefix}_attr_{attr.object}_{attr.name}"
        yield Declaration(comment(attr.doc), f"u64 {name}(struct {spec.prefix}_fd *fd);")


def _title(command: Command) -> str:
    """Return the first sentence about a command, with its name."""
    first = " ".join(command.doc.split()).split(". ")[0].rstrip(".")
    return f"{command.name}: {first}."


def handlers(spec: Spec) -> Iterator[Declaration]:
    """Yield the handlers the core supplies."""
    for command in by_number(spec):
        yield Declaration(comment(_title(command)), commands.prototype(spec, command))
        if command.undo:
            about = f"{command.name}: take the effect back, the result cannot be copied out."
            yield Declaration(comment(about), commands.undo_prototype(spec, command))


def _or_macro(name: str, bits: list[str]) -> str:
    """Return a macro that ORs the bits."""
    if len(bits) < 2:
        return f"#define {name} {bits[0] if bits else '0ULL'}"
    return macro(name, f"({' | '.join(bits)})")


def masks(spec: Spec) -> Iterator[MaskMacro]:
    """Yield the capability masks."""
    for mask in caps.masks(spec):
        yield MaskMacro(mask.comment, _or_macro(mask.name, mask.bits))


def limits(spec: Spec) -> Iterator[str]:
    """Yield the limits as macros."""
    for limit in spec.limits.values():
        text = f"({limit.text})" if " " in limit.text else limit.text
        yield defines(
            [Define(f"{spec.prefix.upper()}_LIMIT_{c_word(limit.name)}", text, limit.doc)]
        )


def poll(spec: Spec) -> Iterator[str]:
    """Yield what each poll rule reports."""
    for rule in spec.poll:
        text = " | ".join(rule.mask)
        name = f"{spec.prefix.upper()}_POLL_{c_word(rule.id)}"
        yield defines([Define(name, f"({text})" if len(rule.mask) > 1 else text, rule.doc)])


def list_functions(spec: Spec) -> list[lists.ListFunction]:
    """Return the functions of check lists and file operations."""
    return [*lists.functions(spec), *lists.file_functions(spec)]
