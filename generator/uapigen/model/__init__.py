# SPDX-License-Identifier: BSD-3-Clause
"""The typed model between the loader and the back ends.

The loader builds it, the checker proves it sound, back ends only read it.
A back end never sees YAML.  Every element knows where it was written (`pos`)
so that docs, tests and failure messages can name the spec line.

Elements are themselves and equal nothing else; expressions, types and places
are compared by what they say.
"""
from __future__ import annotations

from uapigen.model.behaviour import (Attribute, Check, CheckList, Command, Condition, Ensure,
                                     Errno, FileOp, NumberSpace, PollRule, Region, Scenario, State,
                                     Transition)
from uapigen.model.content import Branch, Choice, Content, Piece, Ref, actual_name
from uapigen.model.expr import Binary, Call, Expr, Name, Num, Pos, Unary
from uapigen.model.hardware import BitField, Register, Word
from uapigen.model.ledger import Allowance, Capability, Deviation, Limit, Quirk, Version
from uapigen.model.operations import CommonDevice, CommonObject, Operation, OperationKind
from uapigen.model.published import Function, Ioctl, Macro
from uapigen.model.records import (ExternalType, Field, Hole, Layout, Slot, Struct, TypeRef,
                                   Typedef)
from uapigen.model.spec import Header, Spec
from uapigen.model.values import Constant, Enum, EnumEntry, FlagEntry, Flags

__all__ = [
    "Allowance", "Attribute", "Binary", "BitField", "Branch", "Call", "Capability", "Check",
    "CheckList", "Choice", "Command", "CommonDevice", "CommonObject", "Condition", "Constant",
    "Content", "Deviation", "Ensure", "Enum", "EnumEntry", "Errno", "Expr", "ExternalType",
    "Field", "FileOp", "FlagEntry", "Flags", "Function", "Header", "Hole", "Ioctl", "Layout",
    "Limit", "Macro", "Name", "Num", "NumberSpace", "Operation", "OperationKind", "Piece",
    "PollRule", "Pos", "Quirk", "Ref", "Region", "Register", "Scenario", "Slot", "Spec",
    "State", "Struct", "Transition", "TypeRef", "Typedef", "Unary", "Version", "Word",
    "actual_name",
]
