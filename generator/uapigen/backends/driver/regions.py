# SPDX-License-Identifier: BSD-3-Clause
"""What mmap() can map: the table, the lengths, the checks."""
from __future__ import annotations

from typing import NamedTuple, Optional

from uapigen.backends.driver.checks import expression_check, refuse, remark
from uapigen.backends.driver.lists import local_member, parameter
from uapigen.backends.driver.names import resolver, writer
from uapigen.clauses import Clause, c_word
from uapigen.ctext import comment, string
from uapigen.cwrap import call, statement
from uapigen.members import find
from uapigen.model import Region, Spec, Struct

# The local that stands for the length of the region itself.
OWN_LENGTH = "region_length"
# What the caller has to tell.
LOCALS = {"length": "int", "write": "bool", "exec": "bool"}


class RegionView(NamedTuple):
    """A region as the templates want it."""

    name: str
    enumerator: str
    doc: str
    type: int
    entry: list[str]  # initialisers of its table entry
    prototypes: list[str]
    hooks: list[str]  # declarations of questions to the core
    functions: list[str]


def base_struct(spec: Spec) -> Optional[Struct]:
    """Return the struct whose members are the tokens of all regions."""
    tokens = [r.token_field for r in spec.regions.values() if r.token_field]
    for struct in spec.structs.values():
        if tokens and all(find(struct, t) for t in tokens):
            return struct
    return None


def _hook(spec: Spec, region: Region, clause: Clause) -> str:
    """Return the name of the core's answer to a `when:` check."""
    return f"{spec.prefix}_mmap_{region.name.lower()}_{c_word(clause.check.id).lower()}"


def _checks(spec: Spec, region: Region) -> tuple[list[str], list[str]]:
    """Return the checks of a region and the questions they put to the core."""
    lower = region.name.lower()
    length = f"{spec.prefix}_mmap_{lower}_length(fd)"
    write = writer(spec, resolver(spec, locals_=LOCALS, special={OWN_LENGTH: length}))
    texts, hooks = [], []
    for check in region.checks:
        clause = Clause("mmap", region.name, check)
        if check.cond is not None:
            texts.append(expression_check(spec, clause, write))
            continue
        hook = _hook(spec, region, clause)
        condition = spec.conditions.get(check.when)
        doc = comment(condition.doc) + "\n" if condition else ""
        hooks.append(f"{doc}bool {hook}(struct {spec.prefix}_fd *fd);")
        texts.append(
            "\n".join([remark(spec, clause), f"\tif ({hook}(fd))", refuse(spec, clause, "\t\t")])
        )
    return texts, hooks


def _flags(names: list[str]) -> str:
    """Return VM_ flags as an expression."""
    return " | ".join(f"VM_{n}" for n in names) or "0"


def _entry(spec: Spec, region: Region) -> list[str]:
    """Return the initialisers of a region's table entry."""
    prefix, lower = spec.prefix.upper(), region.name.lower()
    base = base_struct(spec)
    token = f".token = offsetof(struct {base.name}, {region.token_field})," if base else ""
    lines = [
        f".name = {string(region.name)},",
        f".type = {prefix}_REGION_{region.name},",
        token,
        f".memory = {prefix}_MEMORY_{region.memory.upper()},",
        f".cache = {prefix}_CACHE_{region.cache.upper()},",
        f".write = {prefix}_WRITE_{region.write.upper()},",
        f".shared_by = {prefix}_SHARED_BY_{region.shared_by.upper()},",
        f".vm_flags = {_flags(region.vm_flags)},",
        f".clears = {_flags(region.clears)},",
        f".length = {spec.prefix}_mmap_{lower}_length,",
        f".check = {spec.prefix}_check_mmap_{lower},",
    ]
    return [line for line in lines if line]


def _length_function(spec: Spec, region: Region) -> str:
    """Return the function that computes a region's length."""
    value = writer(spec, resolver(spec)).value(region.length)
    fd = parameter(f"struct {spec.prefix}_fd", "fd", "fd" in value)
    body = statement("\treturn ", value)
    head = call("", f"u64 {spec.prefix}_mmap_{region.name.lower()}_length", [fd], ")")
    return f"{head}\n{{\n{body}\n}}"


def _check_function(spec: Spec, region: Region, checks: list[str]) -> str:
    """Return the function that makes a region's checks."""
    body = "\n\n".join([*checks, "\treturn 0;"])
    params = [
        parameter(f"struct {spec.prefix}_fd", "fd", bool(checks)),
        parameter(f"const struct {spec.prefix}_mmap_locals", "l", "l->" in body),
    ]
    head = call("", f"int {spec.prefix}_check_mmap_{region.name.lower()}", params, ")")
    return f"{head}\n{{\n{body}\n}}"


def _view(spec: Spec, region: Region) -> RegionView:
    checks, hooks = _checks(spec, region)
    return RegionView(
        region.name,
        f"{spec.prefix.upper()}_REGION_{region.name}",
        comment(region.doc),
        region.type,
        _entry(spec, region),
        _prototypes(spec, region),
        hooks,
        [_length_function(spec, region), _check_function(spec, region, checks)],
    )


def views(spec: Spec) -> list[RegionView]:
    """Return all regions in the order of their types."""
    return [_view(spec, r) for r in sorted(spec.regions.values(), key=lambda r: r.type)]


def locals_members() -> list[str]:
    """Return the members of the struct that carries the locals."""
    return [local_member(name, declared) for name, declared in LOCALS.items()]


def _prototypes(spec: Spec, region: Region) -> list[str]:
    """Return the declarations of a region's functions."""
    fd, lower = f"struct {spec.prefix}_fd *fd", region.name.lower()
    locals_ = f"const struct {spec.prefix}_mmap_locals *l"
    return [
        f"u64 {spec.prefix}_mmap_{lower}_length({fd});",
        call("", f"int {spec.prefix}_check_mmap_{lower}", [fd, locals_]),
    ]
