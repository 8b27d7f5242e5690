# SPDX-License-Identifier: BSD-3-Clause
"""What a change is, and the table of all kinds with what each does to callers.

A kind has one effect, whatever element it happens to: who reads the name of a
kind knows how bad it is.
"""
from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Optional

from uapigen.model import Pos


class Effect(Enum):
    """Whom a change hurts, from nobody to everybody.

    The value is the word that reports use.
    """

    COMPATIBLE = "compatible"
    BEHAVIOUR = "behaviour"
    SOURCES = "source-breaking"
    BREAKS_32 = "breaking-32"
    REBUILD = "source-only"
    BREAKING = "breaking"

    @property
    def rank(self) -> int:
        """Order by harm."""
        return list(Effect).index(self)


# What happens to: programs of 64 bits that were built before, the same of 32
# bits, sources.  The words of the JSON form.
FATES = {
    Effect.COMPATIBLE: ("run", "run", "build"),
    Effect.BEHAVIOUR: ("run-differently", "run-differently", "build"),
    Effect.SOURCES: ("run", "run", "edit"),
    Effect.BREAKS_32: ("run", "break", "build"),
    Effect.REBUILD: ("break", "break", "build"),
    Effect.BREAKING: ("break", "break", "edit"),
}

ABOUT = {
    Effect.COMPATIBLE: "programs and sources work as before",
    Effect.BEHAVIOUR: "everything builds and runs, but calls have another result",
    Effect.SOURCES: "old programs run, sources have to be edited",
    Effect.BREAKS_32: "old 32-bit programs break, the others run",
    Effect.REBUILD: "old programs break; the same sources, built again, work",
    Effect.BREAKING: "old programs break, and their sources have to be edited",
}


class Kind(NamedTuple):
    """A kind of change: its effect and the reason for it."""

    effect: Effect
    why: str


def _kinds(effect: Effect, table: dict[str, str]) -> dict[str, Kind]:
    return {name: Kind(effect, why) for name, why in table.items()}


KINDS: dict[str, Kind] = {
    **_kinds(Effect.COMPATIBLE, {
        "value-added": "nobody uses it yet",
        "value-respelled": "the number is the same",
        "count-moved": "it counts what there is, so it grows with every addition",
        "version-moved": "a minor version says that something was added",
        "include-added": "sources get more than they ask for",
        "header-joined": "the old header includes the new one",
        "struct-added": "nobody uses it yet",
        "type-added": "nobody uses it yet",
        "struct-grows-with-size": "the caller says how much it knows, and the number has no size",
        "struct-grows-versioned": "old programs keep the number and the record they know",
        "reserved-used": "old programs had to pass zero there, or only read it",
        "padding-named": "nobody looks at it",
        "padding-reported": "it is written where old programs do not look",
        "type-respelled": "size, place and meaning stay",
        "member-of-union-added": "the union has the size it had",
        "command-added": "its number was no command's",
        "number-extended": "the old number is still served",
        "gate-opened": "it was refused before, so no working program passes it",
        "check-of-new-input": "what it refuses, no old program passes",
        "order-unseen": "the checks have the same errno, so no caller can tell",
        "promise-added": "a result that was allowed still is",
        "region-added": "no program has a token for it",
        "operation-added": "it was not supported, and refused",
        "capability-added": "no program knows the bit",
    }),
    **_kinds(Effect.BEHAVIOUR, {
        "reserved-used-unchecked": "old programs may pass anything there",
        "padding-used": "old programs leave arbitrary bytes there",
        "reserved-rule": "what may stand in the member is no longer what it was",
        "signedness": "the same bytes mean another number beyond half of the range",
        "bits-of-member": "the bits of the member mean something else",
        "input-read": "old programs may pass anything in a member that was not read",
        "input-ignored": "what old programs ask for there no longer happens",
        "output-added": "a member that was left alone is overwritten",
        "output-dropped": "old programs read what nobody wrote",
        "state-refused": "a call that worked is refused",
        "state-allowed": "a call that was refused works",
        "undo-changed": "a failed copy-out leaves something else behind",
        "blocking-changed": "the call waits where it did not, or the other way round",
        "repeat-changed": "calling twice has another effect",
        "hole-filled": "the number was kept free for a reason",
        "check-added": "a call that worked can be refused",
        "check-dropped": "a call that was refused can work",
        "check-refuses-zero": "old programs pass zero there, which is refused",
        "errno-changed": "programs decide by the errno",
        "order-changed": "a call that violates both gets another errno",
        "rule-changed": "other inputs are refused than before",
        "gate-narrowed": "bits that were accepted are refused",
        "promise-dropped": "a result that could be relied on cannot be",
        "promise-changed": "a result that could be relied on is another",
        "length-changed": "mapping with the old length is refused",
        "mapping-changed": "the same mmap() gives another kind of memory",
        "region-type": "tokens have another value",
        "poll-changed": "poll() reports something else",
        "transition-changed": "the file is in another state after the call",
        "capability-changed": "the same driver offers, shows or keeps it differently",
        "capability-dropped": "what it stood for is no longer negotiated",
        "initial-changed": "it has another value at the start",
        "limit-changed": "inputs between the two values are treated differently",
        "limit-added": "something that was unlimited is not",
        "limit-dropped": "what used to be refused beyond it is not",
    }),
    **_kinds(Effect.SOURCES, {
        "value-removed": "sources that use the name do not build",
        "value-renamed": "the number has another name",
        "header-moved": "sources include a header that no longer has it",
        "header-removed": "sources include a header that is gone",
        "include-dropped": "sources may rely on what it brought along",
        "type-removed": "sources that use the type do not build",
        "struct-removed": "sources that use the type do not build",
        "struct-renamed": "the same bytes have another type",
        "field-renamed": "the same bytes have another name",
        "field-retired": "the member is no longer read, and its name is gone",
        "field-type": "the same bytes have a type that is used differently",
        "command-renamed": "the number has another name",
        "argument-renamed": "the same bytes have another type",
    }),
    **_kinds(Effect.BREAKS_32, {
        "fields-moved-32": "for 32-bit programs the members lie elsewhere",
        "field-resized-32": "for 32-bit programs the member has another size",
        "number-changed-32": "32-bit programs call a number that is no command",
        "struct-size-32": "for 32-bit programs sizes, and numbers made of them, differ",
    }),
    **_kinds(Effect.REBUILD, {
        "value-changed": "old programs pass the old number",
        "macro-changed": "old programs do what it said before",
        "typedef-changed": "what is declared with it has another size or sign",
        "fields-moved": "old programs read and write other members' bytes",
        "field-resized": "old programs read and write a part of it, or more than it",
        "field-inserted": "old programs know other members at its place",
        "struct-grows": "the kernel uses more memory than old programs give, "
                        "or refuses their numbers",
        "struct-size": "sizes, and numbers made of them, differ",
        "struct-align": "records that contain it are laid out anew",
        "number-changed": "old programs call a number that is no command",
        "word-bits-moved": "old programs use the old mask",
    }),
    **_kinds(Effect.BREAKING, {
        "field-removed": "the bytes mean something else, and the name is gone",
        "byte-order": "values are read with their bytes in the wrong order",
        "record-kind": "the members of a struct and of a union lie elsewhere",
        "command-removed": "what it did cannot be done any more",
        "argument-changed": "the command takes another type",
        "number-reused": "old programs that call the number get another command",
        "region-removed": "what it mapped cannot be mapped any more",
        "token-moved": "programs find the token in another member",
        "operation-dropped": "the operation is refused",
        "word-order": "values are read with their bytes in the wrong order",
        "word-field-removed": "the bits mean something else, and the name is gone",
    }),
}


class Change(NamedTuple):
    """One difference: what kind, of which element, where in both versions."""

    kind: str
    element: str
    text: str
    old: Optional[Pos]
    new: Optional[Pos]

    @property
    def effect(self) -> Effect:
        """Whom it hurts."""
        return KINDS[self.kind].effect

    @property
    def why(self) -> str:
        """The reason for the effect."""
        return KINDS[self.kind].why


class Report:
    """Collects the changes of a comparison."""

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def add(self, kind: str, element: str, text: str, old: Optional[Pos],
            new: Optional[Pos]) -> None:
        """Take note of a change."""
        assert kind in KINDS, kind
        self._changes.append(Change(kind, element, text, old, new))

    def sorted(self) -> list[Change]:
        """Return the changes, the worst first, otherwise in the order of the specs."""
        def order(change: Change) -> tuple[int, str, int, str, str]:
            pos = change.new or change.old
            assert pos is not None
            return (-change.effect.rank, pos.file, pos.line, change.element, change.kind)
        return sorted(self._changes, key=order)
