# SPDX-License-Identifier: BSD-3-Clause
"""Rules about commands and their arguments: L0103, L0105, L0107 to L0111."""
from __future__ import annotations

import re
from typing import Iterator, Optional

from uapigen.layout import LayoutError, type_extent
from uapigen.lint.finding import Finding
from uapigen.lint.types import LOOSE_NAMES, LOOSE_SCALARS
from uapigen.members import is_spare
from uapigen.model import Command, Field, Ioctl, Spec, Struct
from uapigen.scope import members

_GROWTH = re.compile(r"(.*_)?(flags?|size|argsz|version|comp_mask)")
_LOOSE = re.compile(r"\b(?:long(?!\s+long)|" + "|".join(sorted(LOOSE_NAMES)) + r")\b")
_ZERO = re.compile(r"\barg\.(\w+) != 0")
_PRIVILEGE = {"EPERM", "EACCES"}


def check_commands(spec: Spec) -> Iterator[Finding]:
    """Judge every command and every published number."""
    for command in spec.commands.values():
        yield from _direction(command)
        yield from _size(spec, command)
        yield from _reserved(spec, command)
        yield from _privilege(spec, command)
        if not command.checks and not _gated(spec, command):
            yield Finding("L0111", command.name, command.pos,
                          f"nothing says with which errnos {command.c_name} fails")
    for ioctl in spec.ioctls.values():
        yield from _published(spec, ioctl)
    yield from _ignored(spec)
    yield from _growth(spec)


def _gated(spec: Spec, command: Command) -> bool:
    """Tell whether the rule of the file's state is a way for the command to fail."""
    return spec.space is not None and spec.space.wrong_state is not None \
        and set(command.states) != set(spec.states)


def _direction(command: Command) -> Iterator[Finding]:
    real = ("r" if command.flow_out else "") + ("w" if command.flow_in else "") or "none"
    if command.direction != real:
        yield Finding("L0109", command.name, command.pos,
                      f"{command.c_name} is published as `{command.direction}`, its data flows "
                      f"`{real}`", "E0504", tuple(command.quirk))


def _size(spec: Spec, command: Command) -> Iterator[Finding]:
    """Judge what the argument makes of the number."""
    arg = command.arg
    if arg is None:
        return
    try:
        sizes = [type_extent(spec, arg, bits).size for bits in (64, 32)]
    except LayoutError:
        return
    if sizes[0] != sizes[1]:
        yield Finding("L0103", command.name, command.pos, f"{command.c_name} has two numbers: its "
                      f"argument has {sizes[0]} bytes in 64-bit and {sizes[1]} in 32-bit programs",
                      "E0510", tuple(command.quirk))
    if arg.kind == "scalar" and arg.base in LOOSE_SCALARS:
        yield Finding("L0105", command.name, command.pos, f"the argument of {command.c_name} is "
                      f"of type {arg.base}, whose size is not fixed", "E0510",
                      tuple(command.quirk))


def _published(spec: Spec, ioctl: Ioctl) -> Iterator[Finding]:
    """Judge a number of which nothing but the number is known."""
    if ioctl.value != ioctl.value32:
        yield Finding("L0103", ioctl.name, ioctl.pos, f"{ioctl.name} is {ioctl.value:#x} in "
                      f"64-bit and {ioctl.value32:#x} in 32-bit programs")
    if _LOOSE.search(ioctl.arg_text):
        yield Finding("L0105", ioctl.name, ioctl.pos, f"the argument of {ioctl.name} is of type "
                      f"{ioctl.arg_text}, whose size is not fixed")
    if spec.status != "imported":
        yield Finding("L0111", ioctl.name, ioctl.pos,
                      f"nothing says with which errnos {ioctl.name} fails")


# --- room to grow ---------------------------------------------------------


def _argument(spec: Spec, command: Command) -> Optional[Struct]:
    if command.arg is None or command.arg_kind != "struct" or not command.flow_in:
        return None
    return spec.structs.get(command.arg.base)


def _read_structs(spec: Spec) -> dict[str, Struct]:
    """Return the records that commands read, by name."""
    found = {s.name: s for s in (_argument(spec, c) for c in spec.commands.values()) if s}
    for ioctl in spec.ioctls.values():
        name = ioctl.arg_text.removeprefix("struct ").strip()
        if ioctl.form in ("iow", "iowr") and name in spec.structs:
            found[name] = spec.structs[name]
    return found


def _gives_room(spec: Spec, fld: Field) -> bool:
    """Tell whether a new meaning can go into the member, or be announced by it."""
    if fld.reserved:
        return fld.reserved == "zero"
    if spec.status == "imported" and is_spare(fld.name):
        return True
    return _GROWTH.fullmatch(fld.name) is not None


def _must_be_zero(spec: Spec) -> set[tuple[str, str]]:
    """Return structs and members that a check refuses when they are not zero."""
    return {(struct.name, name) for command in spec.commands.values()
            for struct in [_argument(spec, command)] if struct is not None
            for check in command.checks for name in _ZERO.findall(check.cond_text)}


def _growth(spec: Spec) -> Iterator[Finding]:
    zero = _must_be_zero(spec)
    for name, struct in _read_structs(spec).items():
        if struct.kind == "struct" and not any(
                _gives_room(spec, f) or (name, f.name) in zero for f in members(struct)):
            yield Finding("L0107", name, struct.pos, f"struct {name} is read and cannot grow: it "
                          "has no flags, no size and no member that must be zero")


def _ignored(spec: Spec) -> Iterator[Finding]:
    """Yield reserved members that may hold anything."""
    for struct in spec.structs.values():
        for fld in members(struct):
            if fld.reserved == "ignored":
                yield Finding("L0108", f"{struct.name}.{fld.name}", fld.pos,
                              f"reserved `{struct.name}.{fld.name}` is not checked to be zero",
                              "E0411", (fld.quirk,) if fld.quirk else ())


def _reserved(spec: Spec, command: Command) -> Iterator[Finding]:
    """Yield reserved members that the command reads and no check looks at."""
    struct = _argument(spec, command)
    for fld in members(struct) if struct is not None else []:
        spare = fld.reserved == "zero" or (not fld.reserved and is_spare(fld.name))
        looked = re.compile(rf"\barg\.{re.escape(fld.name)}\b")
        if spare and fld.name not in command.ignored and struct is not None \
                and not any(looked.search(c.cond_text) for c in command.checks):
            yield Finding("L0108", f"{command.name}.{fld.name}", command.pos,
                          f"no check of {command.name} refuses a `{struct.name}.{fld.name}` "
                          "that is not zero")


# --- privilege ------------------------------------------------------------


def _privilege(spec: Spec, command: Command) -> Iterator[Finding]:
    """Yield refusals for want of a right that open() did not ask for.

    A condition over the state of the file is no privilege: only what the
    driver alone decides (`when`) is.
    """
    opened = spec.file_ops.get("open")
    if opened is not None and any(c.errno in _PRIVILEGE for c in opened.checks):
        return
    for check in command.checks:
        if check.errno in _PRIVILEGE and check.when:
            yield Finding("L0110", f"{command.name}.{check.id}", check.pos,
                          f"{command.name} asks for a privilege (`{check.when}` gives "
                          f"{check.errno}), and anybody who may open {spec.node} gets that far")
