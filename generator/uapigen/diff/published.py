# SPDX-License-Identifier: BSD-3-Clause
"""What a header publishes whatever it means: numbers of commands, typedefs, macros, functions."""
from __future__ import annotations

from typing import Callable, Mapping, Protocol, TypeVar

from uapigen.diff.change import Report
from uapigen.diff.usage import Usage
from uapigen.model import Choice, Content, Ioctl, Piece, Pos, Spec, Typedef, actual_name


class _Placed(Protocol):  # pylint: disable=too-few-public-methods
    """Something with a place."""

    pos: Pos


T = TypeVar("T", bound=_Placed)


def _each(old: Mapping[str, T], new: Mapping[str, T], added: str, removed: str,
          same: Callable[[str, T, T], None], report: Report) -> None:
    """Compare two tables by name."""
    for name, item in old.items():
        now = new.get(name)
        if now is not None:
            same(actual_name(name), item, now)
        else:
            report.add(removed, actual_name(name), f"{actual_name(name)} is gone", item.pos, None)
    for name, item in new.items():
        if name not in old:
            report.add(added, actual_name(name), f"{actual_name(name)} is new", None, item.pos)


class _Ioctls:
    """The published numbers of both versions."""

    def __init__(self, usage: Usage, report: Report) -> None:
        self.old, self.new = usage.old.ioctls, usage.new.ioctls
        self.grown = {n for n in usage.old.structs if n in usage.new.structs
                      and usage.old.structs[n].sizes != usage.new.structs[n].sizes}
        self.usage = usage
        self.report = report
        self.now = {i.value: n for n, i in self.new.items()}
        self.then = {i.value: n for n, i in self.old.items()}

    def run(self) -> None:
        """Report all changes."""
        heirs = {n: self.now[i.value] for n, i in self.old.items()
                 if n not in self.new and self.now.get(i.value, n) not in self.old}
        for name, item in self.old.items():
            if name in self.new:
                self._same(name, item, self.new[name])
            elif name in heirs:
                heir = heirs[name]
                self.report.add("command-renamed", name, f"{name} is called {heir} now", item.pos,
                                self.new[heir].pos)
            else:
                self.report.add("command-removed", name, f"{name} is gone", item.pos, None)
        for name, item in self.new.items():
            if name not in self.old and name not in heirs.values():
                self._added(name, item)

    def _added(self, name: str, item: Ioctl) -> None:
        former = self.then.get(item.value)
        if former is None:
            self.report.add("command-added", name, f"{name} is new", None, item.pos)
        elif self.usage.longer(former, name):
            self.report.add("command-added", name, f"{name} keeps the old number of {former}",
                            self.old[former].pos, item.pos)
        else:
            self.report.add("number-reused", name, f"{name} has 0x{item.value:x}, which was "
                            f"{former}", self.old[former].pos, item.pos)

    def _same(self, name: str, old: Ioctl, new: Ioctl) -> None:
        text = f"{name} is 0x{new.value:x}, was 0x{old.value:x}"
        heir = self.now.get(old.value)
        plain = (old.form, old.magic_value, old.nr) == (new.form, new.magic_value, new.nr)
        tag = new.arg_text.split(" ")[-1]
        if old.value == new.value:
            told = plain and tag in self.grown
            if old.value32 != new.value32 and not told:
                self.report.add("number-changed-32", name, f"{name} is 0x{new.value32:x} for "
                                f"32-bit programs, was 0x{old.value32:x}", old.pos, new.pos)
            elif old.arg_text != new.arg_text:
                self.report.add("argument-renamed", name, f"{name} takes {new.arg_text}, took "
                                f"{old.arg_text}", old.pos, new.pos)
        elif heir is not None and self.usage.longer(name, heir):
            self.report.add("number-extended", name, f"{text}; the old number is {heir} now",
                            old.pos, new.pos)
        elif not (plain and old.arg_text == new.arg_text and tag in self.grown):
            self.report.add("number-changed", name, text, old.pos, new.pos)


def _type(item: Typedef) -> str:
    if item.type is None:
        return item.declare
    dims = "".join(f"[{'' if d is None else d}]" for d in item.type.dims)
    kind = "" if item.type.kind in ("scalar", "named") else item.type.kind + " "
    return f"{kind}{item.type.base}{dims}{item.type.target}"


def compare_published(usage: Usage, report: Report) -> None:
    """Compare what headers hold besides values and records."""
    old, new = usage.old, usage.new
    _Ioctls(usage, report).run()

    def typedefs(name: str, was: Typedef, now: Typedef) -> None:
        if _type(was) != _type(now):
            report.add("typedef-changed", name, f"{name} is {_type(now)}, was {_type(was)}",
                       was.pos, now.pos)

    _each(old.typedefs, new.typedefs, "type-added", "type-removed", typedefs, report)
    _macros(old, new, report)
    _unknown(old, new, report)


def _verbatim(body: list[Content]) -> list[str]:
    """Return the C of an imported header that was not understood, without white space."""
    out = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += _verbatim(branch.body)
        elif isinstance(item, Piece) and item.kind == "verbatim":
            out.append(" ".join(item.text.split()))
    return out


def _unknown(old: Spec, new: Spec, report: Report) -> None:
    """Report what differs in parts that nobody understands."""
    for path, header in old.headers.items():
        now = new.headers.get(path)
        if now is not None and _verbatim(header.body) != _verbatim(now.body):
            report.add("macro-changed", path, f"{path} differs in C that is kept as it is",
                       header.pos, now.pos)


def _written(spec: Spec) -> dict[str, tuple[Pos, str]]:
    """Return place and text of macros and functions."""
    out = {n: (m.pos, f"({', '.join(m.params or [])}) {m.text}") for n, m in spec.macros.items()}
    out.update({n: (f.pos, f.text) for n, f in spec.functions.items()})
    return out


def _macros(old: Spec, new: Spec, report: Report) -> None:
    """Compare macros and functions by their text, white space apart."""
    before, after = _written(old), _written(new)
    for name, (pos, text) in before.items():
        shown = actual_name(name)
        if name not in after:
            report.add("value-removed", shown, f"{shown} is gone", pos, None)
        elif text.split() != after[name][1].split():
            report.add("macro-changed", shown, f"{shown} is written differently", pos,
                       after[name][0])
    for name, (pos, _) in after.items():
        if name not in before:
            report.add("value-added", actual_name(name), f"{actual_name(name)} is new", None, pos)
