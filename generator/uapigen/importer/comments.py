# SPDX-License-Identifier: BSD-3-Clause
"""From comments to documentation.

The lines of a comment stay lines: nobody can tell a paragraph from a table
safely.  Only the frame of slashes and stars goes.
"""
from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

_MEMBER = re.compile(r"@([A-Za-z_][\w.]*|\.\.\.)\s*(?::|-)\s*(.*)")
_TITLE = re.compile(r"(?:(?:struct|union|enum|typedef)\s+)?([A-Za-z_]\w*)(?:\(\))?\s*[-:]\s*(.*)")
_SECTION = re.compile(r"[A-Z][A-Za-z ]{2,24}:")


def lines_of(comment: str) -> list[str]:
    """Return the lines of a comment without its frame."""
    if comment.startswith("//"):
        return [re.sub(r"^\s*//+<?\s?", "", line).rstrip() for line in comment.split("\n")]
    body = re.sub(r"^[*!<]*", "", comment[2:-2]).rstrip("*")
    raw = body.split("\n")
    framed = all(re.match(r"\s*\*", line) for line in raw[1:] if line.strip())
    out = [raw[0].strip()]
    if framed:
        out += [re.sub(r"^\s*\*", "", line).rstrip() for line in raw[1:]]
        rest = [line for line in out[1:] if line.strip()]
        lead = 1 if rest and all(line.startswith((" ", "\t")) for line in rest) else 0
        out[1:] = [line[lead:].expandtabs(8) if lead else line.expandtabs(8) for line in out[1:]]
    else:
        out += textwrap.dedent("\n".join(line.expandtabs(8) for line in raw[1:])).split("\n")
    return trim(out)


def trim(lines: list[str]) -> list[str]:
    """Return the lines without empty ones at both ends."""
    out = [line.rstrip() for line in lines]
    while out and not out[0].strip():
        out.pop(0)
    while out and not out[-1].strip():
        out.pop()
    return out


def text_of(comments: list[str]) -> str:
    """Return what comments say, an empty line between two of them."""
    parts = ["\n".join(lines_of(c)) for c in comments]
    return "\n\n".join(p for p in parts if p.strip())


def joined(comments: list[str]) -> str:
    """Return what the comments behind one thing say, as one text."""
    return "\n".join(p for p in ("\n".join(lines_of(c)) for c in comments) if p.strip())


@dataclass(slots=True)
class KernelDoc:
    """A comment that documents a type and its members."""

    doc: str
    members: dict[str, str] = field(default_factory=dict)


def kernel_doc(text: str, name: str) -> KernelDoc:
    """Split the documentation of a type into its own part and its members'."""
    own: list[str] = []
    members: dict[str, list[str]] = {}
    current = own
    for number, line in enumerate(text.split("\n")):
        member = _MEMBER.match(line.strip())
        title = _TITLE.match(line) if number == 0 else None
        if title and title.group(1) == name:
            own.append(title.group(2))
        elif member and member.group(1) not in members:
            current = members.setdefault(member.group(1), [])
            current.append(member.group(2))
        elif current is not own and (not line.strip() or _SECTION.match(line)):
            current = own
            own.append(line)
        else:
            current.append(line.strip() if current is not own else line)
    return KernelDoc("\n".join(trim(own)),
                     {k: "\n".join(trim(v)) for k, v in members.items()})


def both(doc: str, behind: str) -> str:
    """Join what stands before and behind a thing."""
    return "\n\n".join(p for p in (doc, behind) if p)
