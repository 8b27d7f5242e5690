# SPDX-License-Identifier: BSD-3-Clause
"""Commands, checks, state: what a driver does and when it refuses."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from uapigen.model.expr import Expr, Pos
from uapigen.model.records import TypeRef


@dataclass(slots=True, eq=False)
class Errno:
    """An entry of the one errno vocabulary."""

    name: str
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Attribute:
    """Run-time state that expressions may read.

    The driver core supplies an accessor; the suite computes the same value
    from `observe`, an expression over what the ABI reports.
    """

    object: str  # fd | ctxt | dev
    name: str
    type: str  # int | bool | state
    doc: str
    pos: Pos
    observe: Optional[Expr] = None
    initial: Optional[int] = None  # value right after ASSIGN_CTXT


@dataclass(slots=True, eq=False)
class State:
    """A state of an open file."""

    name: str
    value: int
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Transition:
    """A change of state."""

    from_: str
    on: str  # command name, `open`, `close`
    to: str
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Condition:
    """A fact only the driver core can decide (`when:` of a check)."""

    name: str
    doc: str
    pos: Pos
    provoke: str = ""  # scenario that brings it about
    unprovoked: str = ""  # or: why no test can


@dataclass(slots=True, eq=False)
class Scenario:
    """A set-up the conformance suite knows how to build."""

    name: str
    doc: str
    pos: Pos
    state: str = ""  # fd state it ends in
    needs: list[str] = field(default_factory=list)  # ctl, root, two-units...


@dataclass(slots=True, eq=False)
class Check:
    """One entry of an ordered check list.

    kind: expr    `cond` true means refuse; generated code decides
          copy_in, copy_out   the argument's copy faults
          copy_head  the same of a first part, up to the field `upto`
          copy_tail  the same of the flexible array behind the argument
          driver  the core decides; `when` names the condition
    errno empty means: succeed at once with 0 (an early return).
    """

    id: str
    kind: str
    errno: str
    why: str
    pos: Pos
    cond: Optional[Expr] = None
    cond_text: str = ""
    when: str = ""
    violate: dict[str, str] = field(default_factory=dict)
    violate_expr: dict[str, Expr] = field(default_factory=dict)
    scenario: str = ""  # set-up a test needs before it can violate this
    upto: str = ""  # last field that a copy_head reads
    since: str = ""
    quirk: str = ""


@dataclass(slots=True, eq=False)
class Ensure:
    """A promise about a successful call's result."""

    id: str
    cond: Expr
    text: str
    why: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Command:
    """An ioctl command: its encoding, data flow, checks and promises."""

    name: str  # ASSIGN_CTXT
    c_name: str  # HFI1_IOCTL_ASSIGN_CTXT
    magic: str  # name of a constant
    magic_value: int
    nr: int
    nr_text: str
    direction: str  # published: none | r | w | rw
    arg_kind: str  # none | struct | scalar
    arg: Optional[TypeRef]
    flow_in: list[str]
    flow_out: list[str]
    ignored: list[str]
    states: list[str]
    checks: list[Check]
    ensures: list[Ensure]
    doc: str
    pos: Pos
    header: str = ""
    since: str = ""
    undo: bool = False  # a failed copy-out must be undone by the core
    idempotent: bool = False
    changing: bool = False  # the result may differ from one call to the next
    blocking: str = ""  # "" or what it waits for
    baseline: dict[str, str] = field(default_factory=dict)
    baseline_expr: dict[str, Expr] = field(default_factory=dict)
    effects: list[str] = field(default_factory=list)
    quirk: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class NumberSpace:
    """The usual ioctl magic and the rules every command shares."""

    magic: str  # name of a constant
    magic_value: int
    prefix: str  # HFI1_IOCTL_
    doc: str
    pos: Pos
    wrong_state: Optional[Check]  # None: every state allows every command
    unknown: Check
    holes: dict[int, str] = field(default_factory=dict)  # nr -> quirk id
    sparse: bool = False  # other unused numbers need no reason
    content: Optional[int] = None  # bytes at the argument of an unknown command

    @property
    def shared(self) -> list[Check]:
        """The rules that all commands share: that of the state first, if there is one."""
        return [c for c in (self.wrong_state, self.unknown) if c is not None]


@dataclass(slots=True, eq=False)
class CheckList:
    """A named ordered list outside the commands (mmap, write, open...)."""

    name: str
    locals: dict[str, str]  # name -> int | bool | "struct X"
    checks: list[Check]
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Region:
    """A thing mmap() can map."""

    name: str
    type: int
    token_field: str  # member of the base-info struct that carries the token
    length: Expr
    length_text: str
    memory: str  # bar | coherent | vmalloc
    cache: str  # cached | uncached | wc
    checks: list[Check]
    clears: list[str]  # MAYREAD, MAYWRITE
    vm_flags: list[str]  # DONTCOPY, DONTEXPAND, IO
    shared_by: str  # context | fd | group
    doc: str
    pos: Pos
    write: str = "allowed"  # allowed | refused | intended
    quirk: str = ""


@dataclass(slots=True, eq=False)
class PollRule:
    """When poll() reports what."""

    id: str
    cond: Optional[Expr]
    cond_text: str
    when: str
    mask: list[str]  # EPOLLIN ...
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class FileOp:
    """A file operation and its checks."""

    name: str  # open, release, read, llseek, ...
    checks: list[Check]
    doc: str
    pos: Pos
    supported: bool = True
