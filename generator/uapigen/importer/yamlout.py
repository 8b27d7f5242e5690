# SPDX-License-Identifier: BSD-3-Clause
"""Writes values as readable YAML.

A mapping stands on one line if it fits, text of several lines is a block.
"""
from __future__ import annotations

import json
import re
from typing import Any, Iterator, Mapping, Sequence, Union

WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_(<$/@.][A-Za-z0-9_ ./()<>+*@$'\"!;=&|^~?%-]*\Z")
_NUMBER = re.compile(r"-?(0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)\Z")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


class Raw(str):
    """Text that is written as it is: a number in its spelling."""


Value = Union[str, int, bool, Sequence[Any], Mapping[str, Any]]


def scalar(value: Union[str, int, bool]) -> str:
    """Return a scalar on one line, quoted where YAML asks for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Raw)):
        return str(value)
    if _PLAIN.match(value) and value.lower() not in _WORDS and not value.endswith((" ", ":")) \
            and not _NUMBER.match(value) and " #" not in value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _flow(value: Value) -> str:
    """Return a value on one line; text of several lines has no such form."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k) if not isinstance(k, int) else k}: {_flow(v)}"
                               for k, v in value.items()) + "}"
    if isinstance(value, (str, int, bool)):
        text = scalar(value)
        return json.dumps(value, ensure_ascii=False) if _needs_quotes(text) else text
    return "[" + ", ".join(_flow(v) for v in value) + "]"


def _needs_quotes(text: str) -> bool:
    """Tell whether plain text would end a flow collection."""
    return text[:1] != '"' and any(c in text for c in ",[]{}")


def _has_lines(value: Value) -> bool:
    """Tell whether text of several lines is inside."""
    if isinstance(value, str):
        return "\n" in value
    if isinstance(value, Mapping):
        return any(_has_lines(v) for v in value.values())
    if isinstance(value, (int, bool)):
        return False
    return any(_has_lines(v) for v in value)


def _block(text: str, indent: str) -> Iterator[str]:
    """Yield the lines of a text block, header first."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    mark = "2" if first[:1] in (" ", "\t") or not lines[0].strip() else ""
    yield f"|{mark}"
    for line in lines:
        yield f"{indent}  {line}".rstrip() if line.strip() else ""


def lines(value: Value, indent: str, room: int) -> list[str]:
    """Return a value as lines; the first goes behind its key, `room` columns in."""
    if isinstance(value, str) and "\n" in value:
        return list(_block(value, indent[:-2]))
    if isinstance(value, (str, int, bool)):
        return [scalar(value)]
    if not _has_lines(value):
        one = _flow(value)
        if room + len(one) <= WIDTH or not value:
            return [one]
        if not isinstance(value, Mapping) and all(isinstance(v, str) for v in value):
            return _wrapped(value, indent)
    out = [""]
    if isinstance(value, Mapping):
        for key, item in value.items():
            name = str(key) if isinstance(key, int) else scalar(key)
            more = lines(item, indent + "  ", len(indent) + len(name) + 2)
            out.append(f"{indent}{name}:{' ' if more[0] else ''}{more[0]}")
            out += more[1:]
        return out
    for item in value:
        more = lines(item, indent + "  ", len(indent) + 2)
        if more[0] == "" and len(more) > 1:
            out.append(f"{indent}- {more[1].lstrip()}")
            out += more[2:]
        else:
            out.append(f"{indent}- {more[0]}")
            out += more[1:]
    return out


def _wrapped(items: Sequence[str], indent: str) -> list[str]:
    """Return a list of words as a flow list over several lines."""
    out = ["["]
    line = indent
    for number, item in enumerate(items):
        word = _flow(item) + ("," if number < len(items) - 1 else "]")
        if len(line) + len(word) > WIDTH and line.strip():
            out.append(line.rstrip())
            line = indent
        line += word + " "
    out.append(line.rstrip())
    return out


def document(value: Mapping[str, Any]) -> str:
    """Return a whole file below its licence line; an empty line between sections."""
    out = ["# SPDX-License-Identifier: BSD-3-Clause"]
    for key, item in value.items():
        large = isinstance(item, Mapping) and len(item) > 0 and key not in ("licenses", "accepted")
        if large:
            out += ["", f"{key}:"]
            for name, entry in item.items():
                label = scalar(name)
                more = lines(entry, "    ", len(label) + 4)
                out.append(f"  {label}:{' ' if more[0] else ''}{more[0]}")
                out += more[1:]
        else:
            more = lines(item, "  ", len(key) + 2)
            out.append(f"{key}:{' ' if more[0] else ''}{more[0]}")
            out += more[1:]
    return "\n".join(out) + "\n"
