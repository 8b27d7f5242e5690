# SPDX-License-Identifier: BSD-3-Clause
"""Structs and unions: who sees which member where, in both data models.

Members are compared within the record they are written in; a record that is
contained in another answers for itself, and its container for its size.
"""
from __future__ import annotations

from typing import Optional

from uapigen.diff.change import Report
from uapigen.diff.places import Member, Record, Span, exact
from uapigen.diff.retyped import retyped
from uapigen.diff.rough import Rough
from uapigen.diff.usage import Usage
from uapigen.model import Spec


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


class Comparison:
    """Two versions of a record; `twins` are records that have another name now."""

    def __init__(self, old: Record, new: Record, usage: Usage, twins: dict[str, str],
                 report: Report) -> None:
        self.old = old
        self.new = new
        self.usage = usage
        self.twins = twins
        self.report = report
        self.renamed: dict[str, str] = {}
        self.used: dict[str, tuple[str, str]] = {}  # new member -> reserved one, its rule
        self.element = f"{new.struct.kind} {new.struct.name}"
        self.gone = {n: m for n, m in old.members.items() if n not in new.members}
        self.fresh = {n: m for n, m in new.members.items() if n not in old.members}
        self.reused: set[str] = set()  # reserved members whose bytes others use now
        kept = [(m, new.members[n]) for n, m in old.members.items() if n in new.members]
        self.stable = all(was.span == now.span or was.field.reserved for was, now in kept)
        self.explained = False  # whether a change says why sizes differ

    def run(self) -> Comparison:
        """Report all changes."""
        if self.old.struct.kind != self.new.struct.kind:
            self._say("record-kind", "", f"is a {self.new.struct.kind}, was a "
                      f"{self.old.struct.kind}", None, None)
            return self
        self.renamed = self._renamed()
        for before, after in self.renamed.items():
            was, now = self.gone.pop(before), self.fresh.pop(after)
            if was.field.reserved and not now.field.reserved:
                self._use(now, was)
            elif now.field.reserved and not was.field.reserved:
                self._say("field-retired", before, "is reserved now", was, now)
            else:
                self._say("field-renamed", before, f"is called {after} now", was, now)
            self._types(was, now, named=after)
        for member in self.fresh.values():
            self._added(member)
        for name, member in self.gone.items():
            if name not in self.reused:
                self.explained = True
                self._say("field-removed", name, "is gone", member, None)
        self._kept()
        self._whole()
        return self

    def reserves(self) -> set[str]:
        """Return the members that are reserved in one of the versions."""
        return {n for r in (self.old, self.new) for n, m in r.members.items() if m.field.reserved}

    def _say(self, kind: str, name: str, text: str, old: Optional[Member],
             new: Optional[Member]) -> None:
        element = f"{self.element}.{name}" if name else self.element
        at_old = old.field.pos if old else self.old.struct.pos
        at_new = new.field.pos if new else self.new.struct.pos
        self.report.add(kind, element, f"{element} {text}", at_old, at_new)

    def _renamed(self) -> dict[str, str]:
        """Return members whose bytes have another name now."""
        places = {(m.span, m.at32.offset, m.at32.size): n for n, m in self.fresh.items()}
        out = {}
        for name, member in self.gone.items():
            found = places.pop((member.span, member.at32.offset, member.at32.size), None)
            if found is not None and self.new.struct.kind == "struct":
                out[name] = found
        return out

    # --- members that are new

    def _reserve(self, span: Span) -> Optional[Member]:
        """Return the reserved member of the old record that had these bytes."""
        for member in self.old.members.values():
            still = self.new.members.get(member.name)
            if member.field.reserved and _overlap(member.span, span) and self.stable \
                    and (still is None or still.at64.size < member.at64.size):
                return member
        return None

    def _use(self, member: Member, reserve: Member) -> None:
        """Report the use of what was reserved."""
        self.reused.add(reserve.name)
        self.used[member.name] = (reserve.name, reserve.field.reserved)
        if reserve.field.reserved == "zero" or not self.usage.flows_in(self.new.struct.name):
            self._say("reserved-used", member.name, f"has the bytes of {reserve.name}", reserve,
                      member)
        else:
            self._say("reserved-used-unchecked", member.name,
                      f"has the bytes of {reserve.name}, which was ignored", reserve, member)

    def _added(self, member: Member) -> None:
        reserve = self._reserve(member.span)
        if reserve is not None and member.field.reserved:
            self.reused.add(reserve.name)  # what is left of it has another name
        elif reserve is not None:
            self._use(member, reserve)
        elif any(_overlap(member.span, (h.offset, h.offset + h.size))
                 for h in self.old.layouts[64].holes) and self._still():
            self._say(self._filled(member), member.name, "stands where padding was", None, member)
        elif self._still() and self._shared(member):
            self._say("member-of-union-added", member.name, "is another view", None, member)
        elif member.span[0] >= max((m.span[1] for m in self.old.members.values()), default=0):
            self._appended(member)
        else:
            self.explained = True
            self._say("field-inserted", member.name, f"stands at byte {member.span[0]}, before "
                      "members that were there", None, member)

    def _filled(self, member: Member) -> str:
        """Return what it is that a hole has got a name."""
        if member.field.reserved == "ignored":
            return "padding-named"
        reads = self.usage.reads(self.new.struct.name, member.name)
        return "padding-used" if reads else "padding-reported"

    def _still(self) -> bool:
        """Tell whether the record kept its size and its members their places."""
        return self.old.size(64) == self.new.size(64) and all(
            self.new.members[n].span == m.span for n, m in self.old.members.items()
            if n in self.new.members and n not in self.reused)

    def _shared(self, member: Member) -> bool:
        """Tell whether a member is another view of bytes that a member has, as in a union."""
        return any(_overlap(member.span, self.new.members[n].span) for n in self.old.members
                   if n in self.new.members)

    def _appended(self, member: Member) -> None:
        name = self.new.struct.name
        self.explained = True
        sizer = self.usage.size_member(self.old.struct)
        kind, what = "struct-grows", ""
        if sizer and self.usage.all_unsized(name):
            kind, what = "struct-grows-with-size", f"; old callers give the old size in {sizer}"
        elif self.usage.all_served(name):
            kind, what = "struct-grows-versioned", "; the old numbers are still served"
        elif self.usage.commands_of(name):
            what = f"; {', '.join(self.usage.commands_of(name))} get another number"
        self._say(kind, member.name, f"is behind the old end: {self.new.size(64)} bytes instead "
                  f"of {self.old.size(64)}{what}", None, member)

    # --- members that stayed

    def _kept(self) -> None:
        pairs = [(m, self.new.members[n]) for n, m in self.old.members.items()
                 if n in self.new.members]
        moved: list[tuple[Member, Member]] = []
        moved32: list[tuple[Member, Member]] = []
        for was, now in pairs:
            self._types(was, now)
            if was.name in self.reused:
                continue  # what is left of a reserve lies where it lies
            if was.at64.offset != now.at64.offset:
                moved.append((was, now))
            elif was.at32.offset != now.at32.offset:
                moved32.append((was, now))
        for kind, found in (("fields-moved", moved), ("fields-moved-32", moved32)):
            if found:
                self._moved(kind, found)

    def _moved(self, kind: str, found: list[tuple[Member, Member]]) -> None:
        self.explained = True
        was, now = found[0]
        one, two = (was.at64, now.at64) if kind == "fields-moved" else (was.at32, now.at32)
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        self.report.add(kind, self.element, f"{self.element}: {was.name} moves from byte "
                        f"{one.offset} to {two.offset}{more}", was.field.pos, now.field.pos)

    def _types(self, was: Member, now: Member, named: str = "") -> None:
        """Report another type, size or rule of a member."""
        name = named or was.name
        if was.name in self.reused:
            return
        self._rule(name, was, now)
        if was.at64.size != now.at64.size:
            self.explained = True
            self._say("field-resized", name, f"has {now.at64.size} bytes, had {was.at64.size}",
                      was, now)
        elif was.at32.size != now.at32.size:
            self._say("field-resized-32", name, f"has {now.at32.size} bytes for 32-bit programs, "
                      f"had {was.at32.size}", was, now)
        elif self._type(self.old, was) != self._type(self.new, now):
            kind, text = retyped(was.field, now.field)
            self._say(kind, name, text, was, now)

    def _type(self, record: Record, member: Member) -> tuple[str, str, tuple[Optional[int], ...]]:
        kind, base, dims = record.type(member)
        return kind, self.twins.get(base, base) if record is self.old else base, dims

    def _rule(self, name: str, was: Member, now: Member) -> None:
        both = was.field.reserved, now.field.reserved
        if both[1] and both[0] != both[1] and (both[0] or name == was.name):
            self._say("reserved-rule", name, f"is {_RULES[now.field.reserved]}, was "
                      f"{_RULES[was.field.reserved]}", was, now)
        elif was.field.reserved and not now.field.reserved and name == was.name:
            self._use(now, was)
        elif was.field.bits != now.field.bits and was.field.bits:
            self._say("bits-of-member", name, f"holds {now.field.bits or 'a number'}, held "
                      f"{was.field.bits}", was, now)

    # --- the record as a whole

    def _whole(self) -> None:
        old, new = self.old, self.new
        if self.explained:
            return
        sizes = f"{new.size(64)} bytes, had {old.size(64)}"
        if old.size(64) != new.size(64):
            self._say("struct-size", "", f"has {sizes}", None, None)
        elif old.size(32) != new.size(32):
            self._say("struct-size-32", "", f"has {new.size(32)} bytes for 32-bit programs, had "
                      f"{old.size(32)}", None, None)
        elif old.layouts[64].align != new.layouts[64].align:
            self._say("struct-align", "", f"is aligned to {new.layouts[64].align}, was to "
                      f"{old.layouts[64].align}", None, None)


_RULES = {"zero": "refused unless zero", "ignored": "ignored", "": "used"}


def compare_records(old: Spec, new: Spec, usage: Usage, report: Report) -> dict[str, Comparison]:
    """Compare all records; return what was found, by name."""
    found: dict[str, Comparison] = {}
    before, after = exact(old), exact(new)
    for name, struct in old.structs.items():
        now = new.structs.get(name)
        if now is not None and (name not in before or name not in after):
            before.pop(name, None)
            Rough(struct, now, report).run()
        elif now is None and name not in before:
            element = f"{struct.kind} {name}"
            report.add("struct-removed", element, f"{element} is gone", struct.pos, None)
    twins = _twins(before, after)
    for name, record in before.items():
        element = f"{record.struct.kind} {name}"
        if name in after:
            found[name] = Comparison(record, after[name], usage, twins, report).run()
        elif name in twins:
            report.add("struct-renamed", element, f"{element} is called {twins[name]} now",
                       record.struct.pos, after[twins[name]].struct.pos)
        else:
            report.add("struct-removed", element, f"{element} is gone", record.struct.pos, None)
    for name, struct in new.structs.items():
        if name not in old.structs and name not in twins.values():
            element = f"{struct.kind} {name}"
            report.add("struct-added", element, f"{element} is new", None, struct.pos)
    return found


def _twins(before: dict[str, Record], after: dict[str, Record]) -> dict[str, str]:
    """Return old -> new names of records that differ in nothing else."""
    def shape(record: Record) -> tuple[object, ...]:
        places = [(n, m.span, m.at32.offset, record.type(m)) for n, m in record.members.items()]
        return (record.struct.kind, record.size(64), record.size(32), *places)
    fresh = {shape(r): n for n, r in after.items() if n not in before}
    return {n: fresh[shape(r)] for n, r in before.items()
            if n not in after and shape(r) in fresh}
