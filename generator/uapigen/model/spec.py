# SPDX-License-Identifier: BSD-3-Clause
"""Headers, and the whole."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from uapigen.model.behaviour import (Attribute, CheckList, Command, Condition, Errno, FileOp,
                                     NumberSpace, PollRule, Region, Scenario, State, Transition)
from uapigen.model.content import Content
from uapigen.model.expr import Pos
from uapigen.model.hardware import Register, Word
from uapigen.model.ledger import Allowance, Capability, Deviation, Limit, Quirk, Version
from uapigen.model.operations import CommonDevice, Operation, OperationKind
from uapigen.model.published import Function, Ioctl, Macro
from uapigen.model.records import ExternalType, Struct, Typedef
from uapigen.model.values import Constant, Enum, Flags


@dataclass(slots=True, eq=False)
class Header:
    """A published header."""

    path: str
    guard: str
    includes: list[str]
    contents: list[str]  # names, in order of appearance
    doc: str
    pos: Pos
    body: list[Content] = field(default_factory=list)  # the same with all else
    license: str = ""  # SPDX expression, if not that of the spec


@dataclass(slots=True, eq=False, weakref_slot=True)
class Spec:
    """Everything one device's uAPI says."""

    name: str
    title: str
    doc: str
    pos: Pos
    prefix: str  # C prefix of generated driver code: hfi1u
    hw_prefix: str  # C prefix of hardware names: WFR_
    licenses: dict[str, str]  # uapi, driver, user
    files: list[str]
    digest: str  # of all spec text
    headers: dict[str, Header]
    constants: dict[str, Constant]
    flags: dict[str, Flags]
    enums: dict[str, Enum]
    structs: dict[str, Struct]
    words: dict[str, Word]
    registers: dict[str, Register]
    errnos: dict[str, Errno]
    attributes: dict[str, Attribute]  # key "fd.subctxt"
    states: dict[str, State]
    transitions: list[Transition]
    conditions: dict[str, Condition]
    scenarios: dict[str, Scenario]
    space: Optional[NumberSpace]
    commands: dict[str, Command]
    check_lists: dict[str, CheckList]
    regions: dict[str, Region]
    poll: list[PollRule]
    file_ops: dict[str, FileOp]
    capabilities: dict[str, Capability]
    limits: dict[str, Limit]
    versions: dict[str, Version]
    quirks: dict[str, Quirk]
    deviations: dict[str, Deviation]
    operation_kinds: dict[str, OperationKind] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    common_device: Optional[CommonDevice] = None
    typedefs: dict[str, Typedef] = field(default_factory=dict)
    macros: dict[str, Macro] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    ioctls: dict[str, Ioctl] = field(default_factory=dict)
    external_types: dict[str, ExternalType] = field(default_factory=dict)
    node: str = ""  # what programs open: /dev/hfi1_0
    top: str = ""  # way from the generated reference to the top, if not ../..
    backends: list[str] = field(default_factory=list)  # none: all
    status: str = ""  # imported: nobody has said yet what it means
    accepted: dict[str, int] = field(default_factory=dict)  # diagnostic -> how often
    allowed: list[Allowance] = field(default_factory=list)  # what lint is not to report
