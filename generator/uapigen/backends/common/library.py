# SPDX-License-Identifier: BSD-3-Clause
"""The user's side: the library's functions by way of methods."""
from __future__ import annotations

from typing import Iterator

from uapigen.backends.common.attrs import Attr, Method, object_name, objects, widened
from uapigen.backends.lib import commands as private
from uapigen.ctypes_c import user_type
from uapigen.cwrap import call
from uapigen.model import Spec


def _step(attr: Attr, variable: str) -> str:
    name = f"{variable}{attr.member}"
    verb = "output" if attr.out else "input"
    return call("\t", verb, ["&request", attr.c_name, f"&{name}", f"sizeof({name})"])


def _begin(spec: Spec, method: Method) -> str:
    return call("\t", "begin", ["&request", object_name(spec, method.object), method.c_name])


def _scalar(method: Method) -> tuple[list[str], list[str]]:
    """Return declarations and statements for a scalar argument."""
    attr = method.attrs[0]
    if attr.out:
        step = call("\t", "output", ["&request", attr.c_name, "value", "sizeof(*value)"])
        return [], [step]
    if widened(method.command):
        return ["\tuint64_t wide = value;"], [_step(attr, "wide")]
    return [], [_step(attr, "value")]


def _struct(spec: Spec, method: Method) -> tuple[list[str], list[str], list[str]]:
    """Return declarations, statements and what follows success, for a struct."""
    command = method.command
    assert command.arg is not None
    steps = [_step(a, "arg->") for a in method.attrs if not a.out]
    results = [a for a in method.attrs if a.out]
    if not results:
        return [], steps, []
    declare = [f"\t{user_type(command.arg)} copy;", "\tint ret;"]
    steps = ["\tmemset(&copy, 0, sizeof(copy));", *steps, *(_step(a, "copy.") for a in results)]
    if not command.flow_in:
        return declare, steps, ["\t*out = copy;"]
    return declare, steps, private.assign(command, spec, command.flow_out, "arg->", "copy.")


def _body(spec: Spec, method: Method) -> list[str]:
    declare: list[str] = []
    steps: list[str] = []
    after: list[str] = []
    if method.command.arg_kind == "scalar":
        declare, steps = _scalar(method)
    elif method.command.arg_kind == "struct":
        declare, steps, after = _struct(spec, method)
    if not after:
        tail = ["\treturn run(fd, &request);"]
    else:
        tail = ["\tret = run(fd, &request);", "\tif (ret)", "\t\treturn ret;", *after,
                "\treturn 0;"]
    return ["\tstruct request request;", *declare, "", _begin(spec, method), *steps, *tail]


def functions(spec: Spec) -> Iterator[str]:
    """Yield the functions; their prototypes are those of the private device."""
    heads = {f.c_name: f.prototype.rstrip(";") for f in private.functions(spec)}
    for _, methods in objects(spec):
        for method in methods:
            body = "\n".join(_body(spec, method))
            yield f"{heads[method.command.c_name]}\n{{\n{body}\n}}"
