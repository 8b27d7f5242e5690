# SPDX-License-Identifier: BSD-3-Clause
"""Places in a spec, and expressions.

All integers are unsigned 64-bit unless the name they come from is signed.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union


@dataclass(frozen=True, slots=True)
class Pos:
    """A place in a spec file; line and column count from 1."""

    file: str
    line: int
    col: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


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
