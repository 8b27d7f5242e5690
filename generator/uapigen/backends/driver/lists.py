# SPDX-License-Identifier: BSD-3-Clause
"""Check lists outside the commands: write, mmap's common part, open."""
from __future__ import annotations

from typing import Iterator, NamedTuple

from uapigen.backends.driver.checks import Segment, expression_check, segment_suffix, segments
from uapigen.backends.driver.names import resolver, writer
from uapigen.clauses import Clause
from uapigen.ctext import comment
from uapigen.cwrap import call
from uapigen.model import CheckList, Spec
from uapigen.render import BackendError

# The core makes these itself, so checks behind them get a function of their own.
CORE_DECIDES = ("driver", "copy_in", "copy_out")


class Locals(NamedTuple):
    """The struct that carries a list's locals."""

    name: str
    doc: str
    members: list[str]


class ListFunction(NamedTuple):
    """A function that makes a run of checks."""

    prototype: str
    doc: str
    text: str


def local_member(name: str, declared: str) -> str:
    """Return the member that carries a local."""
    if declared == "int":
        return f"u64 {name};"
    if declared == "bool":
        return f"bool {name};"
    return f"const {declared} *{name};"


def locals_of(spec: Spec) -> Iterator[Locals]:
    """Yield the structs of all lists that declare locals."""
    for check_list in spec.check_lists.values():
        if check_list.locals:
            members = [local_member(n, t) for n, t in check_list.locals.items()]
            yield Locals(
                f"{spec.prefix}_{check_list.name}_locals", comment(check_list.doc), members
            )


def parameter(type_name: str, name: str, used: bool) -> str:
    """Return a pointer parameter, marked if the function has no use for it."""
    return f"{type_name} {'' if used else '__always_unused '}*{name}"


def _head(spec: Spec, check_list: CheckList, suffix: str, body: str) -> str:
    """Return the function's head; without a body its prototype."""
    params = [f"struct {spec.prefix}_fd *fd"]
    if check_list.locals:
        locals_type = f"const struct {spec.prefix}_{check_list.name}_locals"
        used = not body or not suffix or "l->" in body
        params.append(parameter(locals_type, "l", used))
    tail = ")" if body else ");"
    return call("", f"int {spec.prefix}_check_{check_list.name}{suffix}", params, tail)


def _doc(doc: str, segment: Segment) -> str:
    """Return the comment of a list's function."""
    if segment.after:
        return comment(f"The checks behind {segment.after}, which the core decides.")
    return comment(doc)


def _function(spec: Spec, check_list: CheckList, segment: Segment) -> ListFunction:
    for clause in segment.clauses:
        if not clause.check.errno:
            raise BackendError(clause.check.pos, f"{clause.id}: only a command can succeed early")
    write = writer(spec, resolver(spec, locals_=check_list.locals))
    checks = [expression_check(spec, c, write) for c in segment.clauses]
    suffix = segment_suffix(segment)
    if check_list.locals and not suffix:
        checks.insert(0, call("\t", f"trace_{spec.prefix}_{check_list.name}", ["fd", "l"]))
    body = "\n\n".join([*checks, "\treturn 0;"])
    text = f"{_head(spec, check_list, suffix, body)}\n{{\n{body}\n}}"
    prototype = _head(spec, check_list, suffix, "")
    return ListFunction(prototype, _doc(check_list.doc, segment), text)


def functions(spec: Spec) -> Iterator[ListFunction]:
    """Yield the functions of all lists, in their order."""
    for check_list in spec.check_lists.values():
        listed = [Clause("list", check_list.name, c) for c in check_list.checks]
        for segment in segments(listed, CORE_DECIDES):
            if segment.clauses:
                yield _function(spec, check_list, segment)


def file_functions(spec: Spec) -> Iterator[ListFunction]:
    """Yield the functions of file operations that check an expression."""
    for op in spec.file_ops.values():
        listed = [Clause("file", op.name, c) for c in op.checks]
        if not op.supported:
            continue
        as_list = CheckList(op.name, {}, op.checks, op.doc, op.pos)
        for segment in segments(listed, CORE_DECIDES):
            if segment.clauses:
                yield _function(spec, as_list, segment)
