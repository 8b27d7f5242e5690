# SPDX-License-Identifier: BSD-3-Clause
"""All checks of a spec in one order, each with the names it goes by."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional

from uapigen.model import Check, Command, Spec


@dataclass(frozen=True, slots=True)
class Clause:
    """A check and where it belongs.

    `group` says what kind of list (ioctl, command, list, mmap, file), `owner`
    which one.
    """

    group: str
    owner: str
    check: Check

    @property
    def label(self) -> str:
        """The list's name in documents and test names."""
        return {"ioctl": "ioctl", "mmap": f"mmap.{self.owner}", "file": f"file.{self.owner}"}.get(
            self.group, self.owner
        )

    @property
    def id(self) -> str:
        """The clause's name in documents and test names."""
        return f"{self.label}.{self.check.id}"

    @property
    def c_list(self) -> str:
        """The list's part of C names."""
        name = {"ioctl": "ioctl", "mmap": f"mmap_{self.owner}"}.get(self.group, self.owner)
        return c_word(name)

    @property
    def c_name(self) -> str:
        """The clause's part of C names."""
        return f"{self.c_list}_{c_word(self.check.id)}"


def c_word(text: str) -> str:
    """Return a name in capitals with nothing C does not allow in it."""
    return "".join(c if c.isalnum() else "_" for c in text).upper()


def clauses(spec: Spec) -> Iterator[Clause]:
    """Yield every check of the spec in the order of the spec."""
    if spec.space is not None:
        yield from (Clause("ioctl", "", check) for check in spec.space.shared)
    lists = [
        ("command", {c.name: c.checks for c in commands(spec)}),
        ("list", {n: c.checks for n, c in spec.check_lists.items()}),
        ("mmap", {n: r.checks for n, r in spec.regions.items()}),
        ("file", {n: f.checks for n, f in spec.file_ops.items()}),
    ]
    for group, owners in lists:
        for owner, checks in owners.items():
            for check in checks:
                yield Clause(group, owner, check)


def refusals(spec: Spec, command: Command) -> list[Check]:
    """Return a command's checks that have an errno, that of the wrong state first."""
    gate = state_gate(spec, command)
    return [check for check in [*([gate] if gate else []), *command.checks] if check.errno]


def state_gate(spec: Spec, command: Command) -> Optional[Check]:
    """Return the check that refuses a command in the wrong state, if there is such a state."""
    gated = spec.space is not None and set(command.states) != set(spec.states)
    return spec.space.wrong_state if gated and spec.space is not None else None


def commands(spec: Spec) -> list[Command]:
    """Return the commands in the order of their numbers."""
    return sorted(spec.commands.values(), key=lambda c: c.nr)
