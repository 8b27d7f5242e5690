# SPDX-License-Identifier: BSD-3-Clause
"""Text for roff."""
from __future__ import annotations

from uapigen.ctext import paragraphs, wrap


WIDTH = 78


def escape(text: str) -> str:
    """Return text with nothing in it that roff takes for a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    return "\\&" + text if text[:1] in (".", "'") else text


def _lines(text: str) -> str:
    """Return a paragraph as source lines of a handy length."""
    return "\n".join(escape(line) for line in wrap(text, WIDTH))


def flat(text: str) -> str:
    """Return documentation as one paragraph."""
    return _lines(text)


def body(text: str) -> str:
    """Return documentation, a paragraph request between paragraphs."""
    return "\n.PP\n".join(_lines(p) for p in paragraphs(text))


def code(text: str) -> str:
    """Return lines to stand between .EX and .EE."""
    return "\n".join(escape(line) for line in text.expandtabs(8).split("\n"))


def quoted(text: str) -> str:
    """Return an argument of a request."""
    return '"' + escape(text).replace('"', "\\(dq") + '"'
