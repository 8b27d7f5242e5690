# SPDX-License-Identifier: BSD-3-Clause
"""The typed model between the loader and the back ends.

The loader builds it, the checker proves it sound, back ends only read it.
A back end never sees YAML.  Every element knows where it was written (`pos`)
so that docs, tests and failure messages can name the spec line.

Elements are themselves and equal nothing else; expressions, types and places
are compared by what they say.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Union


@dataclass(frozen=True, slots=True)
class Pos:
    """A place in a spec file; line and column count from 1."""

    file: str
    line: int
    col: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


# --- expressions ----------------------------------------------------------
# All integers are unsigned 64-bit unless the name they come from is signed.


@dataclass(frozen=True, slots=True)
class Num:
    """An integer literal; `text` keeps the spelling (0x1b, 1UL).

    `true` and `false` are literals of type bool.
    """

    value: int
    text: str
    type: str = "int"


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name: a constant (one part) or `object.attribute`.

    `kind` says what it resolved to: const, attr (objects section), arg (a
    field of the argument or the scalar itself), out (same, of the result),
    local (declared by the check list), struct (a field of a struct-typed
    local), state (a state name), word (WORD.FIELD, only as first operand of
    field()), cap (cap.user.X), observe (ctxt_info.X, a field of what another
    command reports), buffer (test inputs only, see scope.BUFFERS: scratch,
    list, readonly, unmapped).
    `fd.state` is an attr of type state.  `index` selects an element of an
    array: hdr.lrh[2] has parts (hdr, lrh) and index 2.
    """

    parts: tuple[str, ...]
    kind: str = ""
    type: str = "int"  # int | bool | state | word
    value: Optional[int] = None  # constants and states only
    index: Optional[int] = None
    bits: int = 64  # width of what is named
    signed: bool = False  # of a signed C type: widened with its sign


@dataclass(frozen=True, slots=True)
class Unary:
    """One of ! ~ - applied to `operand`."""

    op: str
    operand: "Expr"
    type: str = "int"


@dataclass(frozen=True, slots=True)
class Binary:
    """An infix operator with C's precedence and meaning."""

    op: str
    left: "Expr"
    right: "Expr"
    type: str = "int"


@dataclass(frozen=True, slots=True)
class Call:
    """A builtin: aligned, align_up, in, overflows, field, min, max."""

    func: str
    args: tuple["Expr", ...]
    type: str = "int"


Expr = Union[Num, Name, Unary, Binary, Call]


# --- constants, flags, enums ----------------------------------------------


# --- what a header holds besides definitions -------------------------------


@dataclass(slots=True, eq=False)
class Piece:
    """Something without a name that stands between definitions.

    kind: include (text is what stands behind #include), comment, directive
    (text without the #), linkage (open or close of extern "C"), verbatim (C
    that the language cannot say, with the reason).
    """

    kind: str
    text: str
    pos: Pos
    why: str = ""


@dataclass(slots=True, eq=False)
class Branch:
    """One branch of a conditional; `directive` is `ifdef X`, `elif ...`, `else`.

    `active`: programs for x86-64 see this branch.
    """

    directive: str
    body: list["Content"]
    active: bool


@dataclass(slots=True, eq=False)
class Choice:
    """A conditional around definitions, members or enumerators."""

    branches: list[Branch]
    pos: Pos


@dataclass(frozen=True, slots=True)
class Ref:
    """A definition, by what it is and its key in the table of its kind.

    kind: constant, macro, flags, enum, struct, typedef, function, ioctl,
    commands.
    """

    kind: str
    key: str


Content = Union[Ref, Piece, Choice, "Field", "EnumEntry"]


def actual_name(key: str) -> str:
    """Return the C name behind a key: `NAME@2` is the second NAME of a header."""
    return key.partition("@")[0]


@dataclass(slots=True, eq=False)
class Constant:
    """A #define with an integer (or string) value as spelled."""

    name: str
    text: str
    value: Union[int, str]
    doc: str
    pos: Pos
    external: str = ""  # header that already defines it: not emitted
    header: str = ""


@dataclass(slots=True, eq=False)
class FlagEntry:
    """A single-bit constant of a group."""

    name: str  # short: DMA_RTAIL
    c_name: str  # HFI1_CAP_DMA_RTAIL
    bit: int
    doc: str
    pos: Pos
    bit_name: str = ""  # _HFI1_EVENT_FROZEN_BIT, when published
    since: str = ""
    quirk: str = ""


@dataclass(slots=True, eq=False)
class Flags:
    """Single-bit constants; `spelling` is shift, hex, bitname or pattern."""

    name: str
    entries: list[FlagEntry]
    spelling: str
    suffix: str  # UL, ULL, U or nothing, after the 1 of `1UL << n`
    doc: str
    pos: Pos
    max_bit: str = ""  # name of the "highest bit" macro, when published
    header: str = ""
    digits: int = 0  # least digits of hex
    pattern: str = ""  # of the value, with {} for the bit number


@dataclass(slots=True, eq=False)
class EnumEntry:
    """An enumerator."""

    name: str
    value: int
    doc: str
    pos: Pos
    explicit: bool  # `= value` is spelled in the header
    text: str = ""  # how, where it is not just the number


@dataclass(slots=True, eq=False)
class Enum:
    """An enum; entries are in the order of the header.

    `body` is set where more than entries stands between the braces; `entries`
    then holds those that programs for x86-64 see.
    """

    name: str
    entries: list[EnumEntry]
    doc: str
    pos: Pos
    header: str = ""
    tag: bool = True  # whether the name is its tag, or for the spec alone
    body: list[Content] = field(default_factory=list)
    attributes: str = ""  # behind the closing brace
    declarators: str = ""  # names that are defined with it; a typedef's
    typedef: bool = False


# --- types ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A field's type.

    `base` is a scalar name (u32, le16, be64, aligned_u64, char, int, uint,
    long, ulong ...) or the tag for kind struct/union/enum, or the name of a
    typedef for kind named.  `dims` holds array bounds, outermost first; None
    is a flexible array.  `dim_texts` keeps their spelling.  `target` is what a
    pointer other than `void *` is in C, its stars included.
    """

    kind: str  # scalar | struct | union | enum | pointer | named
    base: str
    dims: tuple[Optional[int], ...] = ()
    dim_texts: tuple[str, ...] = ()
    target: str = ""


@dataclass(slots=True, eq=False)
class Field:
    """A member.  A nested struct/union has `inner`; anonymous: empty name."""

    name: str
    type: Optional[TypeRef]
    doc: str
    pos: Pos
    inner: Optional["Struct"] = None
    reserved: str = ""  # "" | ignored | zero : what the kernel does with it
    bits: str = ""  # name of a word that describes its bit ranges
    since: str = ""
    quirk: str = ""
    width: str = ""  # of a bit-field, as spelled
    attributes: str = ""  # behind the declarator
    declare: str = ""  # the declaration, where type and name do not tell it
    macro: str = ""  # that makes the member, with its operands
    inner_enum: Optional["Enum"] = None  # an enum written in place
    count: str = ""  # of a flexible array: the field that tells how many elements there are


@dataclass(slots=True, eq=False)
class Struct:
    """A struct or union with the sizes that are asserted.

    `body` is set where more than members stands between the braces; `fields`
    then holds those that programs for x86-64 see.
    """

    name: str
    kind: str  # struct | union
    fields: list[Field]
    doc: str
    pos: Pos
    packed: bool = False
    align: int = 0
    sizes: dict[int, int] = field(default_factory=dict)  # word bits -> bytes
    header: str = ""
    since: str = ""
    quirk: str = ""
    tag: bool = True  # whether the name is its tag, or for the spec alone
    body: list[Content] = field(default_factory=list)
    leading: str = ""  # attributes before the tag
    attributes: str = ""  # behind the closing brace, where packed and align do not tell
    declarators: str = ""  # names that are defined with it; a typedef's
    typedef: bool = False
    opaque: bool = False  # the compiler alone knows the layout
    aligns: dict[int, int] = field(default_factory=dict)  # of an opaque one


@dataclass(slots=True, eq=False)
class Typedef:
    """A name for a type.  `declare` is the declaration of an unusual one."""

    name: str
    type: Optional[TypeRef]
    doc: str
    pos: Pos
    header: str = ""
    attributes: str = ""
    declare: str = ""


@dataclass(slots=True, eq=False)
class Macro:
    """A macro that is no number: with parameters, empty, text.

    `params` is None for a macro without a list of parameters.
    """

    name: str
    params: Optional[list[str]]
    text: str
    doc: str
    pos: Pos
    header: str = ""


@dataclass(slots=True, eq=False)
class Function:
    """A function or an object of a header, as it is written."""

    name: str
    text: str
    doc: str
    pos: Pos
    header: str = ""


@dataclass(slots=True, eq=False)
class Ioctl:
    """A command's number as published, whatever the command does.

    `form` is io, ior, iow, iowr, ioc or plain.  `size` is that of the number,
    for 64 and for 32-bit programs.  `text` spells the number where magic, nr
    and arg do not.
    """

    name: str
    form: str
    doc: str
    pos: Pos
    magic: str = ""
    magic_value: int = 0
    nr_text: str = ""
    nr: int = 0
    arg_text: str = ""  # the argument as written
    value: int = 0
    value32: int = 0
    text: str = ""
    header: str = ""


@dataclass(slots=True, eq=False)
class ExternalType:
    """A type that another header defines; sizes by word bits, where known."""

    name: str
    sizes: dict[int, int]
    aligns: dict[int, int]
    pos: Pos


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the layout engine put a member (see layout.py)."""

    name: str  # dotted path from the outermost struct
    offset: int
    size: int
    align: int
    field: Field


@dataclass(frozen=True, slots=True)
class Hole:
    """Bytes of a record that belong to no member."""

    offset: int
    size: int
    tail: bool


@dataclass(slots=True, eq=False)
class Layout:
    """A record for one data model (64 or 32)."""

    size: int
    align: int
    slots: list[Slot]
    holes: list[Hole]


# --- hardware -------------------------------------------------------------


@dataclass(slots=True, eq=False)
class BitField:
    """A bit range of a word or register."""

    name: str
    hi: int
    lo: int
    doc: str
    pos: Pos
    unit: str = ""
    values: dict[str, Constant] = field(default_factory=dict)
    group: bool = False  # a mask over fields that have names of their own
    context: str = ""  # what decides between several names of one value

    @property
    def mask(self) -> int:
        """The in-place mask."""
        return ((1 << (self.hi - self.lo + 1)) - 1) << self.lo


@dataclass(slots=True, eq=False)
class Word:
    """Bit layout of a word in memory."""

    name: str
    width: int
    order: str  # le | be | host
    fields: list[BitField]
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Register:
    """A register of the chip, or an array of them with up to two dimensions."""

    name: str
    offset: int
    access: str  # ro | rw | wo | w1c | sc
    doc: str
    pos: Pos
    fields: list[BitField]
    count: int = 1
    stride: int = 0
    inner_count: int = 1
    inner_stride: int = 0
    reset: int = 0


# --- behaviour ------------------------------------------------------------


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


@dataclass(slots=True, eq=False)
class Capability:
    """A capability bit: its defaults, who sees it, whether it may change."""

    flag: str  # short flag name
    kernel_default: Optional[bool]
    user_default: Optional[bool]
    shown_from: str  # user | kernel | both | none
    writable: bool
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Limit:
    """A limit of the interface."""

    name: str
    text: str
    value: Optional[int]
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Version:
    """A version of the interface."""

    name: str
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Quirk:
    """An inherited fault that is kept on purpose."""

    id: str
    what: str
    why: str
    exempts: list[str]  # lint/diagnostic ids it silences
    test: str  # conformance case (or pattern) that pins it
    pos: Pos


@dataclass(slots=True, eq=False)
class Deviation:
    """A known difference of another driver from this spec."""

    id: str
    driver: str
    versions: str
    cases: list[str]
    what: str
    why: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Allowance:
    """A flaw that a lint rule is not to report; `element` may be a pattern."""

    rule: str
    element: str
    reason: str
    pos: Pos


@dataclass(slots=True, eq=False)
class OperationKind:
    """A kind of operation that many devices have."""

    name: str
    object: str
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class Operation:
    """What of this device is an operation of a kind."""

    kind: str
    by: list[str]  # commands and system calls
    under: list[str]  # capability bits
    note: str
    pos: Pos


@dataclass(slots=True, eq=False)
class CommonObject:
    """An object of the common device; `methods` maps commands to numbers."""

    name: str
    id: int
    methods: dict[str, int]
    doc: str
    pos: Pos


@dataclass(slots=True, eq=False)
class CommonDevice:
    """The commands as methods of a device that drivers share."""

    driver: str  # name of a constant
    prefix: str  # HFI1_
    header: str
    objects: dict[str, CommonObject]
    doc: str
    pos: Pos


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
