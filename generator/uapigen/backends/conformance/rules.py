# SPDX-License-Identifier: BSD-3-Clause
"""The rules in C: conditions, ordered checks, attributes, regions, lists."""
from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from uapigen.backends.conformance.cases import (
    Family, c_string, condition_function, member_place, row, settings, sets_members, value_function,
)
from uapigen.backends.conformance.names import (
    Names, arg_type, attribute_function, c_ident, condition_name, errno_seen, own, prefix, scenario_symbol, state_name, writer,
)
from uapigen.backends.conformance.subject import Subject, subjects
from uapigen.clauses import Clause
from uapigen.ctext import comment
from uapigen.expr import names as names_of
from uapigen.layout import compute, leaves
from uapigen.model import Attribute, Check, CheckList, Command, Name, Region, Spec
from uapigen.render import BackendError, Output, c_banner, render
from uapigen.scope import report_name

_KIND = {"expr": "EXPR", "copy_in": "COPY_IN", "copy_head": "COPY_IN", "copy_tail": "COPY_IN", "copy_out": "COPY_OUT", "driver": "DRIVER"}


class Array(NamedTuple):
    """A table of rows with a comment."""

    doc: str
    head: str
    rows: list[str]


def rules_symbol(spec: Spec, command: Command) -> str:
    """Return the object of a command's rules."""
    return f"{prefix(spec)}_rules_{command.name}"


def region_symbol(spec: Spec, region: Region) -> str:
    """Return the object of a region."""
    return f"{prefix(spec)}_map_region_{region.name}"


def locals_struct(spec: Spec, name: str) -> str:
    """Return the struct that carries a list's locals."""
    return f"struct {prefix(spec)}_locals_{name}"


def chains(spec: Spec) -> dict[str, list[CheckList]]:
    """Return lists that follow one another: those with the same first word.

    mmap's lists stand before the regions and are no chain of their own.
    """
    result: dict[str, list[CheckList]] = {}
    for check_list in spec.check_lists.values():
        first = check_list.name.partition("_")[0]
        if first != "mmap":
            result.setdefault(first, []).append(check_list)
    return result


def chain_family(name: str, members: list[CheckList]) -> str:
    """Return the group of a chain's cases: its first word, or its only list."""
    return members[0].name.replace("_", "-") if len(members) == 1 else name


def copied_bytes(spec: Spec, command: Command) -> str:
    """Return what a successful call does to each byte of the argument.

    o: written; z: written as zero; a dot: left alone.  A result of which all
    members flow out is copied as a whole, padding included.
    """
    if command.arg is None or not command.flow_out:
        return ""
    if command.arg_kind != "struct":
        size = {"int": 4, "uint": 4, "u16": 2, "u32": 4, "u64": 8, "ulong": 8, "long": 8}[command.arg.base]
        return "o" * size
    struct = spec.structs[command.arg.base]
    layout = compute(spec, struct, 64)
    plain = [f.name for f in struct.fields if f.name and not f.reserved and f.name not in command.ignored]
    whole = set(plain) <= set(command.flow_out)
    result = ["z" if whole else "."] * layout.size
    for slot in leaves(layout):
        if slot.name.partition(".")[0] in command.flow_out:
            result[slot.offset:slot.offset + slot.size] = "o" * slot.size
    return "".join(result)


class Writer:
    """Collects what spec_rules.c is made of."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.prefix = prefix(spec)
        self.family = Family(spec, "rules", "")
        self.arrays: list[Array] = []

    def check(self, clause: Clause, names: Names, variable: str, ctype: str, standing: bool = False) -> str:
        """Return a check's row; its condition becomes a function."""
        check = clause.check
        refuses: Optional[str] = None
        if check.cond is not None:
            refuses = "refuses_" + c_ident(clause.id)
            text = condition_function(self.spec, refuses, check.cond, names, variable, ctype)
            self.family.functions.append(text)
        capability = check.cond is not None and any(self.fixed_at_load(n) for n in names_of(check.cond))
        return row(
            id=c_string(clause.id), kind=f"{self.prefix.upper()}_CHECK_{_KIND[check.kind]}",
            error=errno_seen(check.errno) if check.errno else "0",
            when=condition_name(self.spec, check.when) if check.kind == "driver" else None,
            capability=capability, standing=standing, refuses=refuses,
        ).text

    def fixed_at_load(self, name: Name) -> bool:
        """Tell whether a name stands for a choice made when the driver was loaded."""
        if name.kind == "cap":
            return True
        attribute = self.spec.attributes.get(".".join(name.parts)) if name.kind == "attr" else None
        return attribute is not None and attribute.type == "bool"

    def array(self, name: str, doc: str, rows: list[str], static: bool = True) -> str:
        """Add a table of checks and return its name; NULL for an empty one."""
        if not rows:
            return "NULL"
        head = f"{'static ' if static else ''}const struct {self.prefix}_check {name}[]"
        self.arrays.append(Array(comment(doc), head, rows))
        return name

    def command(self, subject: Subject) -> tuple[str, list[tuple[str, str]]]:
        """Return a command's object and members."""
        cmd = subject.command
        names = Names(self.spec, cmd.arg)
        ctype = arg_type(cmd) if cmd.arg is not None else ""
        rows = [
            self.check(Clause("command", cmd.name, c), names, "arg", ctype, subject.standing(c))
            for c in cmd.checks
        ]
        checks = self.array(f"checks_{cmd.name}", cmd.doc.strip().split(".")[0] + ".", rows)
        baseline = sets_members(self.spec, settings(
            self.family, subject.baseline(), member_place(self.spec, cmd)))
        states = " | ".join(f"1U << {state_name(self.spec, s)}" for s in cmd.states)
        members = row(
            name=c_string(cmd.name), cmd=cmd.c_name, size=f"sizeof({ctype})" if ctype else "0",
            in_=bool(cmd.flow_in), out=bool(cmd.flow_out), idempotent=cmd.idempotent, changing=cmd.changing, undo=cmd.undo,
            states=states, bytes=c_string(copied_bytes(self.spec, cmd)) if cmd.flow_out else None,
            baseline=baseline["sets"], baseline_count=baseline["set_count"],
            checks=checks, check_count=str(len(rows)),
        ).members
        return rules_symbol(self.spec, cmd), list(members)

    def region(self, region: Region) -> tuple[str, list[tuple[str, str]]]:
        """Return a region's object and members."""
        lists = self.spec.check_lists
        names = Names(self.spec, None, lists["mmap_region"].locals if "mmap_region" in lists else {})
        ctype = locals_struct(self.spec, "mmap_region")
        rows = [self.check(Clause("mmap", region.name, c), names, "l", ctype) for c in region.checks]
        checks = self.array(f"checks_mmap_{region.name}", region.doc, rows)
        length = f"length_{region.name}"
        text = writer(self.spec, Names(self.spec)).value(region.length)
        self.family.functions.append(value_function(self.spec, length, text))
        common = lists["mmap_common"]
        info = token_struct(self.spec, region)
        return region_symbol(self.spec, region), list(row(
            name=c_string(region.name), type=str(region.type),
            token_offset=f"offsetof(struct {info}, {region.token_field})",
            clears_read="MAYREAD" in region.clears, clears_write="MAYWRITE" in region.clears, length=length,
            common="checks_mmap_common", common_count=str(len(common.checks)),
            checks=checks, check_count=str(len(rows)),
        ).members)

    def check_list(self, check_list: CheckList) -> list[str]:
        """Return the rows of a named list."""
        names = Names(self.spec, None, check_list.locals)
        ctype = locals_struct(self.spec, check_list.name)
        return [self.check(Clause("list", check_list.name, c), names, "l", ctype) for c in check_list.checks]

    def shared_check(self, check: Check) -> str:
        """Return the row of a rule that all commands share."""
        return self.check(Clause("ioctl", "", check), Names(self.spec), "arg", "")


def token_struct(spec: Spec, region: Region) -> str:
    """Return the struct that hands out a region's token."""
    for struct in spec.structs.values():
        if any(f.name == region.token_field for f in struct.fields):
            return struct.name
    raise BackendError(region.pos, f"{region.name}: no struct has a member {region.token_field}")


def _attributes(spec: Spec) -> Iterator[tuple[str, str]]:
    """Yield each attribute's function and its C."""
    for attribute in spec.attributes.values():
        name = attribute_function(spec, attribute.object, attribute.name)
        if attribute.observe is None:
            yield name, f"{own(spec)}->known.{attribute.object}_{attribute.name}"
        elif attribute.type == "bool":
            yield name, writer(spec, Names(spec)).condition(attribute.observe)
        else:
            yield name, writer(spec, Names(spec)).value(attribute.observe)


def _attribute_function(spec: Spec, name: str, text: str, ctype: str) -> str:
    """Return an attribute as an inline function."""
    return (f"static inline {ctype} {name}(const struct {prefix(spec)}_world *w)\n"
            f"{{\n\treturn {text};\n}}")


def _local_member(name: str, declared: str) -> str:
    if declared == "int":
        return f"uint64_t {name};"
    return f"bool {name};" if declared == "bool" else f"const {declared} *{name};"


def header(spec: Spec) -> Output:
    """Return spec_rules.h: states, locals, scenarios, attributes, objects."""
    types = {a.object + "." + a.name: a.type for a in spec.attributes.values()}
    attributes = []
    for (name, text), attribute in zip(_attributes(spec), spec.attributes.values()):
        ctype = "bool" if types[f"{attribute.object}.{attribute.name}"] == "bool" else "uint64_t"
        if ctype == "bool" and attribute.observe is None:
            text += " != 0"
        attributes.append(comment(attribute.doc) + "\n" + _attribute_function(spec, name, text, ctype))
    lists = [
        (comment(cl.doc), locals_struct(spec, cl.name), [_local_member(n, t) for n, t in cl.locals.items()])
        for cl in spec.check_lists.values() if cl.locals
    ]
    text = render(
        "conformance/spec_rules.h.jinja",
        banner=c_banner(spec, spec.licenses["user"], "The rules of the spec as the suite's engine reads them."),
        prefix=prefix(spec), upper=prefix(spec).upper(),
        states=[(state_name(spec, s.name), s.value, comment(s.doc)) for s in spec.states.values()],
        conditions=[(condition_name(spec, c.name), comment(c.doc)) for c in spec.conditions.values()],
        lists=lists, scenarios=[(scenario_symbol(spec, s.name), comment(s.doc)) for s in spec.scenarios.values()],
        attributes=attributes, includes=_includes(spec),
        commands=[rules_symbol(spec, s.command) for s in subjects(spec)],
        regions=[region_symbol(spec, r) for r in spec.regions.values()],
        chains=[(name, len(lists_)) for name, lists_ in chains(spec).items()],
        provokers=[p for p in provokers(spec)],
        known=[(f"{a.object}_{a.name}", comment(a.doc)) for a in _known(spec)],
        reports=_reports(spec),
    )
    return Output("conformance/spec_rules.h", text)


def provoker(spec: Spec, check_list: CheckList, check: Check) -> str:
    """Return the function that brings a list's driver check about."""
    return f"{prefix(spec)}_provoke_{check_list.name}_{c_ident(check.id)}"


def provokers(spec: Spec) -> Iterator[str]:
    """Yield the functions the engine must supply."""
    for members in chains(spec).values():
        for check_list in members:
            for check in check_list.checks:
                if check.kind == "driver" and spec.conditions[check.when].provoke:
                    yield provoker(spec, check_list, check)


def probe_prototype(spec: Spec, name: str) -> str:
    """Return the declaration of a call the engine supplies."""
    p = prefix(spec)
    return f"void {name}(struct {p}_world *w, const struct {p}_probe *p);"


def _includes(spec: Spec) -> list[str]:
    """Return the headers that define the names conditions use."""
    published = [h for h in spec.headers]
    stem = spec.hw_prefix.lower()
    hardware = ("bits", "regs", "words") if spec.words or spec.registers else ()
    return [f"<{h}>" for h in published] + [f'"{stem}{part}.h"' for part in hardware]


class Report(NamedTuple):
    """A command that only tells, and tells the same again."""

    name: str  # by which `observe` calls it
    ctype: str
    rules: str


def _known(spec: Spec) -> list[Attribute]:
    """Return the attributes that no command reports."""
    return [a for a in spec.attributes.values() if a.observe is None and a.type != "state"]


def _reports(spec: Spec) -> list[Report]:
    """Return what the suite may ask at any time."""
    found = []
    for command in spec.commands.values():
        if command.idempotent and command.flow_out and not command.flow_in:
            found.append(Report(report_name(spec, command), arg_type(command), rules_symbol(spec, command)))
    return found


def source(spec: Spec) -> Output:
    """Return spec_rules.c."""
    w = Writer(spec)
    for check_list in spec.check_lists.values():
        if check_list.name != "mmap_region":
            w.array(f"checks_{check_list.name}", check_list.doc, w.check_list(check_list))
    commands = [w.command(s) for s in subjects(spec)]
    regions = [w.region(r) for r in spec.regions.values()]
    space = spec.space
    shared = []
    if space is not None:
        gate = w.shared_check(space.wrong_state) if space.wrong_state else '.id = "ioctl.every-state-allows-all"'
        shared = [("wrong_state", gate), ("unknown_command", w.shared_check(space.unknown))]
    text = render(
        "conformance/spec_rules.c.jinja",
        banner=c_banner(spec, spec.licenses["user"], "The rules of the spec: conditions and ordered checks.", header=False),
        prefix=prefix(spec), functions=w.family.functions, arrays=w.arrays, commands=commands, regions=regions,
        content=space.content if space is not None and space.content is not None else -1,
        node=spec.node, title=spec.title, shared=shared, reports=_reports(spec),
        initial=[(f"{a.object}_{a.name}", a.initial) for a in _known(spec) if a.initial],
        chains=[(n, [(m.name, len(m.checks)) for m in ms]) for n, ms in chains(spec).items()],
    )
    return Output("conformance/spec_rules.c", text)
