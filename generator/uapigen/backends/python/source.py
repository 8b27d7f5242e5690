# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of Python source that keep to the width of a line."""
from __future__ import annotations

from uapigen.ctext import wrap

WIDTH = 99


def quoted(text: str, indent: int) -> str:
    """Return a string literal; a long one as several that stand together."""
    flat = " ".join(text.split())
    if indent + len(repr(flat)) + 1 <= WIDTH:
        return repr(flat)
    parts = wrap(flat, WIDTH - indent - 6)
    literals = [repr(p + " ") for p in parts[:-1]] + [repr(parts[-1])]
    return ("\n" + " " * indent).join(literals)


def docstring(text: str, indent: int) -> str:
    """Return a docstring; behind the first sentence, or wrapped if that is long."""
    flat = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    one = f'"""{flat}"""'
    if indent + len(one) <= WIDTH:
        return one
    lines = wrap(flat, WIDTH - indent - 3)
    return ("\n" + " " * indent).join([f'"""{lines[0]}', *lines[1:], '"""'])


def remark(text: str, indent: int = 0) -> str:
    """Return a comment of one or several lines."""
    lines = wrap(" ".join(text.split()), WIDTH - indent - 3)
    return ("\n" + " " * indent).join(f"#: {line}" for line in lines)
