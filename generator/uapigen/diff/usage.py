# SPDX-License-Identifier: BSD-3-Clause
"""How the commands of both versions use records."""
from __future__ import annotations

import re

from uapigen.diff.places import Record
from uapigen.layout import type_extent
from uapigen.model import Command, Ioctl, Spec, Struct
from uapigen.number import size_of

Number = tuple[str, int, int, int]  # direction, size, magic, nr

_SIZE = re.compile(r"(arg_?sz|size|len|length|struct_?size|usize)$")


def number(spec: Spec, command: Command) -> Number:
    """Return what a 64-bit program calls."""
    return command.direction, size_of(spec, command), command.magic_value, command.nr


def argument(spec: Spec, command: Command) -> object:
    """Return what makes two arguments the same to old programs."""
    if command.arg is None:
        return None
    struct = spec.structs.get(command.arg.base)
    if struct is None:
        return type_extent(spec, command.arg, 64).size
    return sorted(Record(spec, struct).places().values())


def unsized(command: Command) -> bool:
    """Tell whether the command's number says nothing about its argument."""
    return command.direction == "none"


class Usage:
    """What is done with a record, by name."""

    def __init__(self, old: Spec, new: Spec) -> None:
        self.old = old
        self.new = new
        self.numbers: dict[Number, Command] = {}
        if new.space is not None:
            self.numbers = {number(new, c): c for c in new.commands.values()}

    def served(self, former: Command) -> bool:
        """Tell whether an old command's number still does what it did.

        It does if it takes the same argument, and its name is the old one with
        something added, as in FOO_V1 or OLD_FOO.
        """
        heir = self.numbers.get(number(self.old, former)) if self.old.space is not None else None
        return heir is not None and argument(self.old, former) == argument(self.new, heir) \
            and self.longer(former.c_name, heir.c_name)

    @staticmethod
    def longer(former: str, heir: str) -> bool:
        """Tell whether a name is another one with something added."""
        return set(former.split("_")) <= set(heir.split("_"))

    def all_served(self, struct: str) -> bool:
        """Tell whether all that old programs do with a record is still served."""
        found = self._commands(self.old, struct)
        numbers = self._ioctls(self.old, struct)
        now = {i.value: i.name for i in self.new.ioctls.values()}
        return bool(found or numbers) and all(map(self.served, found)) and all(
            self.longer(i.name, now.get(i.value, "")) for i in numbers)

    @staticmethod
    def _commands(spec: Spec, struct: str) -> list[Command]:
        return [c for c in spec.commands.values()
                if c.arg is not None and c.arg.base == struct and c.arg_kind == "struct"]

    @staticmethod
    def _ioctls(spec: Spec, struct: str) -> list[Ioctl]:
        """Return the published numbers whose argument is a record; any may take it without."""
        wanted = (f"struct {struct}", f"union {struct}", struct)
        return [i for i in spec.ioctls.values() if i.arg_text in wanted]

    def commands_of(self, struct: str) -> list[str]:
        """Return the published names of the commands whose numbers have the record's size."""
        named = [c.c_name for c in self._commands(self.new, struct) if not unsized(c)]
        return named + [i.name for i in self._ioctls(self.new, struct)]

    def all_unsized(self, struct: str) -> bool:
        """Tell whether commands without a size in their number take the record, and no others."""
        found = self._commands(self.new, struct) + self._commands(self.old, struct)
        numbers = self._ioctls(self.new, struct) + self._ioctls(self.old, struct)
        bare = any(i.form == "io" for i in self.new.ioctls.values())
        return not numbers and (bool(found) or bare) and all(map(unsized, found))

    def flows_in(self, struct: str) -> bool:
        """Tell whether programs pass the record to the kernel, as far as is known."""
        found = self._commands(self.new, struct) + self._commands(self.old, struct)
        numbers = self._ioctls(self.new, struct) + self._ioctls(self.old, struct)
        if not found and not numbers:
            return True
        return any(c.flow_in for c in found) or any(i.form != "ior" for i in numbers)

    def reads(self, struct: str, member: str) -> bool:
        """Tell whether the kernel reads a member, as far as is known."""
        found = self._commands(self.new, struct)
        if not found:
            return self.flows_in(struct)
        return any(member.partition(".")[0] in c.flow_in or member in c.flow_in for c in found)

    @staticmethod
    def size_member(struct: Struct) -> str:
        """Return the member in which a caller says how large its record is.

        That idiom has it first, and a name that says so.
        """
        first = struct.fields[0] if struct.fields else None
        if first is None or first.type is None or first.type.dims:
            return ""
        return first.name if _SIZE.search(first.name) else ""
