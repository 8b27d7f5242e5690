# SPDX-License-Identifier: BSD-3-Clause
"""Macros that are command numbers."""
from __future__ import annotations

import re
from typing import Optional

from uapigen.importer.ctype import raw, split
from uapigen.importer.facts import Facts
from uapigen.importer.lexer import significant
from uapigen.importer.nodes import Define
from uapigen.model import Ioctl

_FORMS = {"_IO": "io", "_IOR": "ior", "_IOW": "iow", "_IOWR": "iowr"}
_COUNT = {"io": 2, "ior": 3, "iow": 3, "iowr": 3}


def ioctl_of(define: Define, facts: Facts) -> Optional[Ioctl]:
    """Return a macro as a command number, None if it is none or not known."""
    number = facts.numbers.get(define.name)
    fact = facts.macros.get(define.name)
    if number is None or fact is None or not facts.unique(define.name):
        return None
    value32 = fact.value32 if fact.value32 is not None else fact.value
    value = fact.value & 0xffffffff
    out = Ioctl(define.name, number.form, define.doc, define.pos, value=value,
                value32=value32 & 0xffffffff, magic_value=value >> 8 & 0xff, nr=value & 0xff)
    out.arg_text = number.parts[2] if len(number.parts) > 2 and number.form != "ioc" else ""
    if not _direct(define, out):
        out.text = define.text
        out.magic = out.nr_text = ""
    return out


def _direct(define: Define, out: Ioctl) -> bool:
    """Fill in the operands of a number that is spelled _IOx(...) outright."""
    found = re.match(r"(_IO\w*)\s*\(", define.text)
    if found is None or _FORMS.get(found.group(1)) != out.form or "\n" in define.text:
        return False
    toks = significant(define.text)
    if toks[-1].text != ")":
        return False
    parts = [raw(define.text, part) for part in split(toks[2:-1])]
    if len(parts) != _COUNT[out.form]:
        return False
    out.magic, out.nr_text = parts[0], parts[1]
    if len(parts) > 2:
        out.arg_text = parts[2]
    return True
