# SPDX-License-Identifier: BSD-3-Clause
"""What the stages of the front end share: tables of names, uses, places."""
from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterable, Optional, Union

from uapigen.diagnostics import Mark, Sink, suggest
from uapigen.model import Name, Spec
from uapigen.reader import Rec, all_words
from uapigen.yamlpos import Node, Scalar

if TYPE_CHECKING:
    from uapigen.scope import Scope

QuirkRef = Union[str, Iterable[str]]

# Mistakes that an interface may have inherited and must keep.  Only these can
# be silenced, by a quirk that stands at the very element.
EXEMPTIBLE = frozenset("""
    E0204 E0406 E0408 E0411 E0414 E0504 E0510 E0511 E0512 E0904 E0906
    """.split())

# What an imported spec may have until somebody reviews it; it says how often.
ACCEPTABLE = EXEMPTIBLE | frozenset("E0105 E0413 E0415 E0416".split())

_VALUES = {"constants", "flags", "enums", "words", "macros", "ioctls", "functions"}
_SECTIONS = {
    "errno": {"errnos"}, "scenario": {"scenarios"}, "condition": {"conditions"},
    "quirk": {"quirks"}, "version": {"versions"}, "state": {"states"}, "command": {"commands"},
    "operation kind": {"operation_kinds"},
    "capability": {"capabilities"}, "word": {"words"}, "struct": {"structs"}, "enum": {"enums"},
    "flags": {"flags"}, "constant": _VALUES, "attribute": {"attributes"},
    "name": _VALUES | {"states", "attributes"},
}


class Context:
    """State of one run of the front end."""

    def __init__(self, sink: Sink, spec: Spec) -> None:
        self.sink = sink
        self.spec = spec
        self.recs: dict[int, Rec] = {}  # id(model element) -> where it was read
        self.keys: dict[int, Scalar] = {}  # id(model element) -> its name
        self.consts: dict[str, Name] = {}
        self.pending: dict[str, Callable[[], None]] = {}  # constants not evaluated yet
        self.c_names: dict[str, Mark] = {}  # every C identifier of the outputs
        self.broken: set[tuple[str, str]] = set()  # names whose definition was refused
        self.used: set[tuple[str, str]] = set()
        self.excused: set[str] = set()  # words of refused text: perhaps uses
        self.lost: set[str] = set()  # sections of which some names may be missing
        self.fired: set[tuple[str, str]] = set()  # (quirk, diagnostic) that silenced
        self.exempts: dict[str, frozenset[str]] = {}
        self.type_names: set[str] = set()  # typedefs and tags that stand at other definitions
        self.list_scopes: dict[str, Scope] = {}  # of the check lists, by name

    # --- places

    def remember(self, element: object, rec: Rec, key: Optional[Scalar] = None) -> None:
        """Note where an element of the model was read."""
        self.recs[id(element)] = rec
        if key is not None:
            self.keys[id(element)] = key

    def rec(self, element: object) -> Rec:
        """Return what the element was made of."""
        return self.recs[id(element)]

    def name_mark(self, element: object) -> Mark:
        """Return the place of the element's name, or of the element."""
        key = self.keys.get(id(element))
        return key.mark if key is not None else self.recs[id(element)].node.mark

    # --- mistakes

    def error(self, ident: str, where: Union[Mark, Node], message: str, hint: str = "",
              notes: Iterable[tuple[Mark, str]] = ()) -> None:
        """Report a mistake."""
        mark = where if isinstance(where, Mark) else where.mark
        self.sink.error(ident, mark, message, hint, notes)

    def inherited(self, ident: str, quirk: QuirkRef, where: Union[Mark, Node], message: str,
                  hint: str = "") -> None:
        """Report a mistake unless a quirk attached to the element exempts it."""
        assert ident in EXEMPTIBLE, ident
        silenced = False
        for name in [quirk] if isinstance(quirk, str) else quirk:
            if name and name not in self.spec.quirks:
                return  # what it exempts is not known; that has been reported
            if ident in self.exempts.get(name, ()):
                self.fired.add((name, ident))
                silenced = True
        if not silenced:
            tail = f"if it cannot be changed any more, give it a quirk that exempts {ident}"
            self.error(ident, where, message, f"{hint}; {tail}" if hint else tail)

    def drop(self, rec: Rec) -> None:
        """Take what a refused element refers to as used."""
        self.excused |= all_words(rec.node)

    # --- names

    def may_lack(self, kind: str) -> bool:
        """Tell whether definitions of this kind were lost with a refused part."""
        return bool(self.lost & _SECTIONS[kind])

    def claim(self, c_name: str, mark: Mark) -> bool:
        """Register a C identifier; report it if it is taken."""
        first = self.c_names.get(c_name)
        if first is not None and self.spec.status == "imported":
            return False  # the preprocessor keeps them apart
        if first is not None:
            self.error("E0201", mark, f"`{c_name}` is defined twice",
                       "C has one space of names for constants, flags and enumerators",
                       [(first, "first defined here")])
            return False
        self.c_names[c_name] = mark
        return True

    def refer(self, kind: str, name: str, where: Union[Mark, Node],
              known: Iterable[str], what: str = "") -> bool:
        """Note a use of a name; report it if there is no such thing.

        Returns whether the name can be used further.
        """
        self.used.add((kind, name))
        known = list(known)
        if name in known:
            return True
        if (kind, name) not in self.broken and not self.lost & _SECTIONS.get(kind, set()):
            self.error("E0202", where, f"no {what or kind} is called `{name}`",
                       suggest(name, known) or _list_some(known, what or kind))
        return False


def _list_some(known: list[str], what: str) -> str:
    """Return a hint that lists the valid names if they are few."""
    if not known:
        return f"no {what} is defined"
    return "known are " + ", ".join(known) if len(known) <= 8 else ""
