# SPDX-License-Identifier: BSD-3-Clause
"""Numbers: what the commands' are, and that everything near them is refused."""
from __future__ import annotations

from uapigen.backends.conformance.cases import Family, c_string, needs_of, row
from uapigen.backends.conformance.names import arg_type, prefix, scenario_symbol
from uapigen.backends.conformance.outputs import plain_scenarios
from uapigen.backends.conformance.rules import rules_symbol
from uapigen.backends.conformance.subject import fresh, subjects
from uapigen.model import Check, Command, NumberSpace, Scenario, Spec
from uapigen.number import DIRECTIONS, encode, number_of, size_of

_SIZE_MAX = (1 << 14) - 1
_BLOCK = 16


def add_numbers(spec: Spec, family: Family) -> None:
    """Add a case for each command's number, and one for each hole."""
    if spec.space is None:
        return
    for subject in subjects(spec):
        cmd = subject.command
        value = number_of(spec, cmd)
        family.add(
            cmd.name, " ".join([cmd.name, *(f"quirk.{q}" for q in cmd.quirk)]),
            f"{cmd.c_name} is 0x{value:08x}: direction {cmd.direction}, type 0x{cmd.magic_value:02x}, number {cmd.nr_text}, "
            f"{size_of(spec, cmd)} bytes.", "number", "number",
            row(name=c_string(cmd.c_name), value=f"0x{value:08x}", published=cmd.c_name,
                dir=str(DIRECTIONS[cmd.direction]), type=f"0x{cmd.magic_value:x}", nr=f"0x{cmd.nr:x}",
                size=str(size_of(spec, cmd)), type_size=f"sizeof({arg_type(cmd)})" if size_of(spec, cmd) else "0"),
        )
    for nr in spec.space.holes:
        family.add(f"hole.0x{nr:02x}", f"ioctl.hole.0x{nr:02X}", f"No command has the number 0x{nr:02x}.", "number_hole",
                   "number", row(name=c_string(f"0x{nr:02x}"), nr=f"0x{nr:x}"))


def _answer(spec: Spec, space: NumberSpace, scenario: Scenario) -> tuple[Check, str]:
    """Return the rule that answers an unknown number, and its object.

    On a fresh file the state comes first, if states matter to this device.
    """
    if space.wrong_state is not None and scenario is fresh(spec):
        return space.wrong_state, f"&{prefix(spec)}_wrong_state"
    return space.unknown, f"&{prefix(spec)}_unknown_command"


class _Numbers:
    """Adds numbers that are no commands."""

    def __init__(self, spec: Spec, family: Family) -> None:
        assert spec.space is not None
        self.spec = spec
        self.space = spec.space
        self.family = family
        self.known = {number_of(spec, s.command) for s in subjects(spec)}

    def add(self, scenario: Scenario, name: str, request: int, doc: str, clause: str = "") -> None:
        """Add one number, unless it is a command's."""
        if request in self.known:
            return
        rule, answer = _answer(self.spec, self.space, scenario)
        named = f"ioctl.{rule.id}" + (f" {clause}" if clause else "")
        self.family.add(f"{name}.{scenario.name}", named, doc, "encoding", "encoding",
                        row(scenario=f"&{scenario_symbol(self.spec, scenario.name)}", answer=answer, request=f"0x{request:08x}"),
                        needs_of(scenario))

    def near(self, scenario: Scenario, command: Command) -> None:
        """Add the numbers around a command's."""
        magic, own = command.magic_value, DIRECTIONS[command.direction]
        size, nr = size_of(self.spec, command), command.nr
        for word, direction in DIRECTIONS.items():
            if direction != own:
                self.add(scenario, f"{command.name}.direction-{word}", encode(direction, size, magic, nr),
                         f"{command.name} with direction {word} is an unknown command.", command.name)
        for wrong in sorted({size - 1, size + 1, 0, size * 2, _SIZE_MAX} - {size, -1}):
            self.add(scenario, f"{command.name}.size-{wrong}", encode(own, wrong, magic, nr),
                     f"{command.name} with {wrong} bytes is an unknown command.", command.name)
        for wrong in sorted({magic - 1, magic + 1, 0xFF} - {-1, magic, 0x100}):
            self.add(scenario, f"{command.name}.type-0x{wrong:02x}", encode(own, size, wrong, nr),
                     f"{command.name} with type 0x{wrong:02x} is an unknown command.", command.name)


def _sizes(spec: Spec) -> list[int]:
    return sorted({size_of(spec, s.command) for s in subjects(spec)})


def add_encoding(spec: Spec, family: Family) -> None:
    """Add wrong directions, sizes, types, every unknown number, holes, upper bits."""
    if spec.space is None:
        return
    numbers = _Numbers(spec, family)
    plain = [s for state in spec.states for s in plain_scenarios(spec, state) if s.name in spec.states]
    for scenario in plain:
        for subject in subjects(spec):
            numbers.near(scenario, subject.command)
        for nr, quirk in spec.space.holes.items():
            for size in _sizes(spec):
                for word, direction in DIRECTIONS.items():
                    numbers.add(scenario, f"hole.0x{nr:02x}.{word}-{size}", encode(direction, size, spec.space.magic_value, nr),
                                f"The hole 0x{nr:02x} ({word}, {size} bytes) is an unknown command.",
                                f"ioctl.hole.0x{nr:02X} quirk.{quirk}")
        _ranges(spec, family, scenario)
    for subject in subjects(spec):
        if not subject.standing_check():
            family.add(f"{subject.command.name}.upper-bits", subject.command.name,
                       f"{subject.command.name} ignores the upper 32 bits of the request.", "encoding_upper", "state_case",
                       row(rules=f"&{rules_symbol(spec, subject.command)}",
                           scenario=f"&{scenario_symbol(spec, subject.base.name)}"), needs_of(subject.base))


def _ranges(spec: Spec, family: Family, scenario: Scenario) -> None:
    """Add all numbers of the type, in blocks; the commands' own are left out."""
    assert spec.space is not None
    rule, answer = _answer(spec, spec.space, scenario)
    usual = spec.space.magic_value
    for magic in sorted({usual, *(c.magic_value for c in spec.commands.values())}):
        kind, of = ("nr", "") if magic == usual else (f"type-0x{magic:02x}.nr", f" of type 0x{magic:02x}")
        for first in range(0, 256, _BLOCK):
            last = first + _BLOCK - 1
            family.add(
                f"{kind}.0x{first:02x}-0x{last:02x}.{scenario.name}", f"ioctl.{rule.id}",
                f"Numbers 0x{first:02x} to 0x{last:02x}{of} that are no commands are refused, in every direction and size.",
                "encoding_range", "encoding",
                row(scenario=f"&{scenario_symbol(spec, scenario.name)}", answer=answer, nr_first=f"0x{first:x}",
                    nr_last=f"0x{last:x}", type=f"0x{magic:x}"), needs_of(scenario))
