# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's side: attribute tables, and methods with the ordered checks."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.common.attrs import Attr, Method, wire_type, widened
from uapigen.backends.driver.commands import flow_type, has_in, lower
from uapigen.backends.driver.names import state_name
from uapigen.cwrap import condition, statement
from uapigen.model import Command, Spec


class Entry(NamedTuple):
    """A method in its object's table."""

    id: str
    name: str
    attrs: str  # members of the struct that name the attribute table
    states: str
    run: str


class Table(NamedTuple):
    """A method's attributes."""

    name: str
    rows: list[str]


class MethodDoor:
    """One attribute for each member that flows."""

    prefix = "method"

    def __init__(self, spec: Spec, method: Method) -> None:
        self.spec = spec
        self.method = method

    def params(self, _: Command) -> list[str]:
        """Return what carries the attributes."""
        return [f"struct {self.spec.prefix}_bundle *bundle"]

    def variables(self, _: Spec, command: Command) -> Iterator[str]:
        """Yield what a long is held in until its width is right."""
        if widened(command):
            yield f"\t{wire_type(command)} wide;"

    def _one(self, verb: str, attr: Attr, variable: str) -> str:
        name = f"{variable}.{attr.member}" if attr.member else variable
        return f"{self.spec.prefix}_bundle_{verb}(bundle, {attr.place}, &{name}, sizeof({name}))"

    def fetch(self, _: Spec, command: Command) -> list[str]:
        """Return the copies of what flows in; what does not is zero."""
        variable = "wide" if widened(command) else "in"
        clear = f"\tmemset(&{variable}, 0, sizeof({variable}));"
        tests = [self._one("get", a, variable) for a in self.method.attrs if not a.out]
        return [clear, condition("\t", "if", " || ".join(tests))]

    def settle(self, command: Command) -> list[str]:
        """Return the step from the attribute's width to the argument's."""
        return [f"\tin = ({flow_type(command)})wide;"] if widened(command) else []

    def blank(self, _: Spec, __: Command) -> Iterator[str]:
        """Yield nothing: what does not flow in was never copied."""
        return iter(())

    def deliver(self, _: Spec, command: Command) -> str:
        """Return the copies of what flows out."""
        assert not (widened(command) and command.flow_out), "no command returns a long"
        return " || ".join(self._one("put", a, "out") for a in self.method.attrs if a.out)


def _size(method: Method, attr: Attr) -> str:
    command = method.command
    if not attr.member:
        return f"sizeof({wire_type(command)})"
    return f"sizeof_field({flow_type(command)}, {attr.member})"


def attribute_table(spec: Spec, method: Method) -> Table:
    """Return the attributes of a method."""
    rows = []
    for attr in method.attrs:
        flags = [f"{spec.prefix.upper()}_ATTR_OUT"] if attr.out else []
        flags += [f"{spec.prefix.upper()}_ATTR_OPTIONAL"] if attr.optional else []
        rows.append("\n".join([
            "\t{", f"\t\t.id = {attr.c_name},", f"\t\t.size = {_size(method, attr)},",
            *([f"\t\t.flags = {' | '.join(flags)},"] if flags else []), "\t},"]))
    return Table(f"{lower(method.command)}_attrs", rows)


def entry(spec: Spec, method: Method, takes_bundle: bool) -> Entry:
    """Return the method's line in the table of its object."""
    command = method.command
    states = " | ".join(f"BIT({state_name(spec, s)})" for s in command.states)
    table = f"{lower(command)}_attrs"
    attrs = f"\t\t.attrs = {table},\n\t\t.attr_count = ARRAY_SIZE({table})," \
        if method.attrs else ""
    run = f".run = {MethodDoor.prefix}_{lower(command)}" if takes_bundle \
        else f".plain = {spec.prefix}_do_{lower(command)}"
    return Entry(method.c_name, command.name, attrs, statement("\t\t.states = ", states, ","), run)


def needs_bundle(command: Command) -> bool:
    """Tell whether the method has attributes."""
    return has_in(command) or bool(command.flow_out)
