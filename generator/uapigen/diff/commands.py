# SPDX-License-Identifier: BSD-3-Clause
"""Commands: numbers, arguments, data flow, states, promises."""
from __future__ import annotations

from typing import Optional

from uapigen.diff.change import Report
from uapigen.diff.meaning import meaning
from uapigen.diff.places import Record
from uapigen.diff.records import Comparison
from uapigen.diff.rules import Inputs, compare_checks
from uapigen.diff.usage import Number, Usage, argument, number
from uapigen.model import Command, Ensure, Spec

_OPTIONS = (("undo-changed", "undo"), ("blocking-changed", "blocking"),
            ("repeat-changed", "idempotent"))


def _shown(found: Number) -> str:
    macro = {"none": "_IO", "r": "_IOR", "w": "_IOW", "rw": "_IOWR"}[found[0]]
    size = f", {found[1]} bytes" if found[0] != "none" else ""
    return f"{macro}(0x{found[2]:x}, 0x{found[3]:x}{size})"


class Commands:
    """The commands of both versions.

    `records` says what became of their arguments, `added` which enumerators
    are new.
    """

    def __init__(self, usage: Usage, records: dict[str, Comparison], added: frozenset[int],
                 report: Report) -> None:
        self.usage = usage
        self.added = added
        self.old = old = usage.old
        self.new = new = usage.new
        self.records = records
        self.report = report
        self.before = {c.c_name: c for c in old.commands.values()}
        self.after = {c.c_name: c for c in new.commands.values()}
        self.states = ({s.name: s.value for s in old.states.values()},
                       {s.name: s.value for s in new.states.values()})

    def run(self) -> None:
        """Report all changes."""
        heirs = self._renamed()
        for name, command in self.before.items():
            if name in self.after:
                self._compare(command, self.after[name])
            elif name in heirs:
                now = heirs[name]
                self.report.add("command-renamed", name, f"{name} is called {now.c_name} now",
                                command.pos, now.pos)
                self._compare(command, now)
            else:
                self.report.add("command-removed", name, f"{name} is gone", command.pos, None)
        taken = {c.c_name for c in heirs.values()}
        for name, command in self.after.items():
            if name not in self.before and name not in taken:
                self._added(command)
        self._space()

    def _renamed(self) -> dict[str, Command]:
        """Return the commands that serve a number under another name, by old name."""
        out = {}
        for name, command in self.before.items():
            heir = self.usage.numbers.get(number(self.old, command))
            if name not in self.after and heir is not None and heir.c_name not in self.before \
                    and heir.arg_kind == command.arg_kind:
                out[name] = heir
        return out

    def _added(self, command: Command) -> None:
        name, found = command.c_name, number(self.new, command)
        former = next((c for c in self.before.values() if number(self.old, c) == found), None)
        assert self.new.space is not None
        space = self.old.space
        holes = space.holes if space and space.magic_value == command.magic_value else {}
        if former is not None and self.usage.served(former):
            self.report.add("command-added", name, f"{name} keeps the old number of "
                            f"{former.c_name}", former.pos, command.pos)
        elif former is not None:
            self.report.add("number-reused", name, f"{name} has {_shown(found)}, which was "
                            f"{former.c_name}", former.pos, command.pos)
        elif command.nr in holes:
            self.report.add("hole-filled", name, f"{name} has number 0x{command.nr:x}, which was "
                            f"kept free ({holes[command.nr]})", None, command.pos)
        else:
            self.report.add("command-added", name, f"{name} is new", None, command.pos)

    # --- one command

    def _say(self, kind: str, old: Command, new: Command, text: str, part: str = "") -> None:
        element = f"{new.c_name}{part}"
        self.report.add(kind, element, f"{element} {text}", old.pos, new.pos)

    def _compare(self, old: Command, new: Command) -> None:
        self._number(old, new)
        self._flows(old, new)
        self._states(old, new)
        for kind, name in _OPTIONS:
            was, now = getattr(old, name), getattr(new, name)
            if bool(was) != bool(now):
                self._say(kind, old, new, f"{name}: {now or 'no'}, was {was or 'no'}")
        compare_checks(new.c_name, old.checks, new.checks, self._inputs(old, new), self.report,
                       new.pos)
        self._promises(old, new)

    def _number(self, old: Command, new: Command) -> None:
        was, now = number(self.old, old), number(self.new, new)
        plain = was[0] == now[0] and was[2:] == now[2:]
        if was != now and self.usage.served(old) and self._extends(old, new):
            self._say("number-extended", old, new, f"is {_shown(now)}; {_shown(was)} is still "
                      "served")
        elif not self._same_argument(old, new):
            self._argument(old, new, was == now)
        elif not plain:
            self._say("number-changed", old, new, f"is {_shown(now)}, was {_shown(was)}")

    def _extends(self, old: Command, new: Command) -> bool:
        """Tell whether the new argument has all members of the old one where they were."""
        if old.arg is None or new.arg is None:
            return False
        one = self.old.structs.get(old.arg.base)
        two = self.new.structs.get(new.arg.base)
        if one is None or two is None:
            return False
        return Record(self.old, one).places().items() <= Record(self.new, two).places().items()

    def _same_argument(self, old: Command, new: Command) -> bool:
        one, two = old.arg, new.arg
        if one is None or two is None:
            return one is two
        return (one.kind, one.base, one.dims) == (two.kind, two.base, two.dims)

    def _argument(self, old: Command, new: Command, same_number: bool) -> None:
        was, now = _type(old), _type(new)
        text = f"takes {now}, took {was}"
        if not same_number and "none" not in (was, now) \
                and old.arg_kind == new.arg_kind == "scalar":
            self._say("number-changed", old, new, text)
        elif same_number and "none" not in (was, now) \
                and argument(self.old, old) == argument(self.new, new):
            scalar = old.arg_kind == new.arg_kind == "scalar"
            self._say("signedness" if scalar else "argument-renamed", old, new, text)
        else:
            self._say("argument-changed", old, new, text)

    def _members(self, command: Command, spec: Spec) -> set[str]:
        """Return the names of the argument's members."""
        struct = spec.structs.get(command.arg.base) if command.arg is not None else None
        if struct is None:
            return {"arg"}
        record = Record(spec, struct)
        return set(record.members) | {n.partition(".")[0] for n in record.members}

    def _record(self, new: Command) -> Optional[Comparison]:
        """Return what became of the argument of a command."""
        return self.records.get(new.arg.base) if new.arg is not None else None

    def _names(self, new: Command) -> dict[str, str]:
        record = self._record(new)
        return record.renamed if record is not None else {}

    def _flows(self, old: Command, new: Command) -> None:
        """Report members that are read or written, and were not, or the other way round."""
        if not self._same_argument(old, new) and old.arg_kind == "struct":
            return  # members of different records have nothing in common
        record = self._record(new)
        quiet = set(record.used) | record.reserves() if record is not None else set()
        was, now = self._members(old, self.old), self._members(new, self.new)
        renamed = self._names(new)
        table = (("flow_in", "input-read", "is read", "input-ignored", "is no longer read"),
                 ("flow_out", "output-added", "is written", "output-dropped",
                  "is no longer written"))
        for flow, more, more_text, less, less_text in table:
            before = {renamed.get(n, n) for n in getattr(old, flow)}
            after = set(getattr(new, flow))
            known = {renamed.get(n, n) for n in was}
            for name in sorted(after - before):
                if name.partition(".")[0] in known and name not in quiet:
                    self._say(more, old, new, more_text, f".{name}")
            for name in sorted(before - after):
                if name.partition(".")[0] in now and name not in quiet:
                    self._say(less, old, new, less_text, f".{name}")

    def _inputs(self, old: Command, new: Command) -> Inputs:
        """Return what conditions on the argument can rely on."""
        renamed = {f"arg.{a}": f"arg.{b}" for a, b in self._names(new).items()}
        was, now = self._members(old, self.old), self._members(new, self.new)
        fresh = now - {self._names(new).get(n, n) for n in was}
        record = self._record(new)
        zeroed = {}
        if record is not None:
            zeroed = {n: r for n, (r, rule) in record.used.items() if rule == "zero"}
        for name, reserve in zeroed.items():
            renamed.setdefault(f"arg.{reserve}", f"arg.{name}")
        marked = frozenset(f"arg.{n}" for n in zeroed)
        return Inputs(renamed, frozenset(f"arg.{n}" for n in fresh) | marked, marked,
                      self.added)

    def _states(self, old: Command, new: Command) -> None:
        was = {self.states[0].get(s, -1): s for s in old.states}
        now = {self.states[1].get(s, -1): s for s in new.states}
        for value in sorted(set(was) - set(now)):
            self._say("state-refused", old, new, f"is refused when the file is {was[value]}")
        for value in sorted(set(now) - set(was)):
            self._say("state-allowed", old, new, f"is allowed when the file is {now[value]}")

    def _promises(self, old: Command, new: Command) -> None:
        names = {f"out.{a}": f"out.{b}" for a, b in self._names(new).items()}
        after: dict[str, Ensure] = {e.id: e for e in new.ensures}
        before = {e.id: e for e in old.ensures}
        for ident, promise in before.items():
            element = f"{new.c_name}.{ident}"
            now: Optional[Ensure] = after.get(ident)
            if now is None:
                self.report.add("promise-dropped", element, f"{element} no longer promises "
                                f"{promise.text}", promise.pos, new.pos)
            elif meaning(promise.cond, names) != meaning(now.cond, {}):
                self.report.add("promise-changed", element, f"{element} promises {now.text}, "
                                f"promised {promise.text}", promise.pos, now.pos)
        for ident, promise in after.items():
            if ident not in before:
                element = f"{new.c_name}.{ident}"
                self.report.add("promise-added", element, f"{element} promises {promise.text}",
                                None, promise.pos)

    def _space(self) -> None:
        """Report other answers to what is no command."""
        old, new = self.old.space, self.new.space
        if old is None or new is None:
            return
        for was, now in ((old.shared[:-1], new.shared[:-1]), ([old.unknown], [new.unknown])):
            compare_checks("ioctl", was, now, Inputs(), self.report, new.pos)


def _type(command: Command) -> str:
    if command.arg is None:
        return "none"
    lead = f"{command.arg.kind} " if command.arg.kind in ("struct", "union") else ""
    return lead + command.arg.base


def compare_commands(usage: Usage, records: dict[str, Comparison], added: frozenset[int],
                     report: Report) -> None:
    """Compare all commands."""
    old, new = usage.old, usage.new
    if old.space is not None and new.space is not None:
        Commands(usage, records, added, report).run()
        return
    for command in old.commands.values():
        report.add("command-removed", command.c_name, f"{command.c_name} is gone", command.pos,
                   None)
    for command in new.commands.values():
        report.add("command-added", command.c_name, f"{command.c_name} is new", None, command.pos)
