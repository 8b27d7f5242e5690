# SPDX-License-Identifier: BSD-3-Clause
"""The commands once more, as methods of a device that drivers share.

Published numbers, the kernel's tables and methods, and the user library: the
same checks and the same functions as on the private device, behind another
front door.
"""
from __future__ import annotations

from typing import Iterator

from uapigen.backends.common import driver, library
from uapigen.backends.common.attrs import device, object_name, objects
from uapigen.backends.driver.commands import call_function
from uapigen.backends.driver.names import check_name
from uapigen.clauses import Clause
from uapigen.ctext import WIDTH, columns, comment, first_sentence, guard
from uapigen.cwrap import call
from uapigen.model import Spec
from uapigen.render import Output, c_banner, render

_SPACE = "(1U << UVERBS_ID_NS_SHIFT)"


def _enum(name: str, entries: list[tuple[str, int, str]]) -> str:
    """Return an enum of numbers in the driver's own space."""
    lines = [f"enum {name} {{"]
    for entry, number, doc in entries:
        lines += [comment(doc, "\t")] if doc else []
        value = f"{_SPACE} + {number},"
        flat = f"\t{entry} = {value}"
        lines += [flat] if columns(flat) <= WIDTH else [f"\t{entry} =", f"\t\t{value}"]
    return "\n".join([*lines, "};"])


def _enums(spec: Spec) -> Iterator[str]:
    stem = device(spec).prefix.lower()
    bound = objects(spec)
    yield _enum(f"{stem}objects", [(object_name(spec, o), o.id, o.doc) for o, _ in bound])
    for item, methods in bound:
        yield _enum(f"{stem}methods_{item.name.lower()}",
                    [(m.c_name, m.id, first_sentence(m.command.doc))
                     for m in methods])
    for _, methods in bound:
        for method in methods:
            if method.attrs:
                yield _enum(f"{stem}attrs_{method.command.name.lower()}",
                            [(a.c_name, a.id, a.doc) for a in method.attrs])


def _header(spec: Spec) -> Output:
    """Return the published numbers."""
    path = device(spec).header
    text = render("common/numbers.h.jinja", guard="_" + guard(path), enums=list(_enums(spec)),
                  banner=c_banner(spec, spec.licenses["uapi"], device(spec).doc))
    return Output(f"common/uapi/{path}", text)


def _driver(spec: Spec) -> Output:
    """Return the kernel's side."""
    assert spec.space is not None
    bound = objects(spec)
    all_methods = [m for _, methods in bound for m in methods]
    with_bundle = [m for m in all_methods if driver.needs_bundle(m.command)]
    wrong = check_name(spec, Clause("ioctl", "", spec.space.shared[0]))
    text = render(
        "common/methods.c.jinja",
        banner=c_banner(spec, spec.licenses["driver"],
                        "Dispatch of methods: attributes, state, and the commands' ordered "
                        "checks.", header=False),
        p=spec.prefix,
        P=spec.prefix.upper(),
        header=device(spec).header,
        driver=device(spec).driver,
        functions=[call_function(spec, m.command, driver.MethodDoor(spec, m))
                   for m in with_bundle],
        tables=[driver.attribute_table(spec, m) for m in all_methods if m.attrs],
        objects=[(o.name.lower(), object_name(spec, o),
                  [driver.entry(spec, m, m in with_bundle) for m in methods])
                 for o, methods in bound],
        wrong_state=call("\t\t", f"return {spec.prefix}_refuse", ["fd", wrong]),
        most=max(len(m.attrs) for m in all_methods),
    )
    return Output(f"common/driver/{spec.prefix}_methods.c", text)


def _library(spec: Spec) -> Output:
    """Return the user's side."""
    text = render(
        "common/library.c.jinja",
        banner=c_banner(spec, spec.licenses["user"],
                        "Commands as functions, by methods of the common device.", header=False),
        p=spec.prefix,
        header=device(spec).header,
        driver=device(spec).driver,
        most=max(len(m.attrs) for _, methods in objects(spec) for m in methods),
        functions=list(library.functions(spec)),
    )
    return Output(f"common/lib/{spec.prefix}_common.c", text)


def generate(spec: Spec) -> Iterator[Output]:
    """Yield the common device's files, if the spec has one."""
    if spec.common_device is None or spec.space is None:
        return
    yield _header(spec)
    yield _driver(spec)
    yield _library(spec)
