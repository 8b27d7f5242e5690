# SPDX-License-Identifier: BSD-3-Clause
"""Definitions of a header other than records: macros, flags, typedefs, numbers."""
from __future__ import annotations

from uapigen.ctext import Define, comment_lines, defines, doc_comment, doc_text, prose, table
from uapigen.ctypes_c import bounds, uapi_type
from uapigen.model import Constant, Flags, Function, Ioctl, Macro, Typedef, actual_name

_FORMS = {"io": "_IO", "ior": "_IOR", "iow": "_IOW", "iowr": "_IOWR"}


def documented(doc: str, text: str) -> str:
    """Return a definition below what it means."""
    return f"{doc_comment(doc)}\n{text}" if doc.strip() else text


def constant(item: Constant) -> str:
    """Return a constant with what it means above it."""
    return documented(item.doc, macro_line(actual_name(item.name), item.text))


def macro_line(name: str, text: str) -> str:
    """Return a #define; lines of a long body are continued."""
    if "\n" in text:
        return f"#define {name} " + text.replace("\n", " \\\n\t")
    return defines([Define(name, text)]) if text else f"#define {name}"


def macro(item: Macro) -> str:
    """Return a macro."""
    params = f"({', '.join(item.params)})" if item.params is not None else ""
    return documented(item.doc, macro_line(actual_name(item.name) + params, item.text))


def flag_value(flags: Flags, bit: int, bit_name: str) -> str:
    """Return the value of a flag as the set spells it."""
    if flags.spelling == "hex":
        return f"0x{1 << bit:0{flags.digits or 1}x}{flags.suffix}"
    if flags.spelling == "bitname":
        return f"(1{flags.suffix} << {bit_name})"
    if flags.spelling == "pattern":
        return flags.pattern.replace("{}", str(bit))
    wide = max(e.bit for e in flags.entries) > 9
    return f"(1{flags.suffix} << {bit:{2 if wide else 1}})"


def _bit_numbers(flags: Flags) -> str:
    """Return the published bit numbers, nothing if they are not."""
    numbers = [Define(e.bit_name, str(e.bit)) for e in flags.entries if e.bit_name]
    if numbers and flags.max_bit:
        highest = max(flags.entries, key=lambda e: e.bit)
        numbers.append(Define(flags.max_bit, highest.bit_name))
    return defines(numbers)


def flag_set(flags: Flags) -> str:
    """Return a set of flags: what they mean, bit numbers, bits."""
    rows = [(f"{e.c_name}:", " ".join(e.doc.split())) for e in flags.entries if e.doc.strip()]
    said = doc_text(flags.doc, 77) if "\n" in flags.doc else prose(flags.doc, 77)
    gap = [""] if said and rows else []
    about = [comment_lines([*said, *gap, *table(rows, 77)])] if said or rows else []
    bits = [Define(e.c_name, flag_value(flags, e.bit, e.bit_name)) for e in flags.entries]
    numbers = _bit_numbers(flags)
    return "\n".join([*about, *([numbers, ""] if numbers else []), defines(bits)])


def typedef(item: Typedef) -> str:
    """Return a typedef."""
    name = actual_name(item.name)
    if item.type is None:
        text = item.declare
    else:
        c_type = uapi_type(item.type)
        text = f"{c_type}{'' if c_type.endswith('*') else ' '}{name}{bounds(item.type)}"
    attributes = f" {item.attributes}" if item.attributes else ""
    return documented(item.doc, f"typedef {text}{attributes};")


def function(item: Function) -> str:
    """Return a function as it was written."""
    return documented(item.doc, item.text)


def ioctl_number(item: Ioctl) -> str:
    """Return the expression of a published number."""
    if item.text:
        return item.text
    parts = [item.magic, item.nr_text, *([item.arg_text] if item.form != "io" else [])]
    return f"{_FORMS[item.form]}({', '.join(parts)})"


def ioctl(item: Ioctl) -> str:
    """Return a published command number."""
    return documented(item.doc, macro_line(actual_name(item.name), ioctl_number(item)))
