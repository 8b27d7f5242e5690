# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of C source text: comments, wrapped prose, aligned macros, strings."""
from __future__ import annotations

from typing import Iterable, NamedTuple

WIDTH = 80
TAB = 8


def columns(text: str) -> int:
    """Return the width of a line with tab stops at 8."""
    return len(text.expandtabs(TAB)) if "\t" in text else len(text)


def wrap(text: str, width: int) -> list[str]:
    """Break one paragraph into lines of at most `width` columns."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        if current and len(current) + 1 + len(word) > width:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    return lines + [current] if current else lines


def paragraphs(text: str) -> list[str]:
    """Split documentation into paragraphs; a line break ends one."""
    return [" ".join(p.split()) for p in text.strip().split("\n") if p.strip()]


def first_sentence(text: str) -> str:
    """Return the first sentence of a documentation."""
    return " ".join(text.split()).partition(". ")[0].rstrip(".") + "."


def prose(text: str, width: int) -> list[str]:
    """Wrap documentation, an empty line between its paragraphs."""
    lines: list[str] = []
    for paragraph in paragraphs(text):
        if lines:
            lines.append("")
        lines += wrap(paragraph, width)
    return lines


def safe(text: str) -> str:
    """Return the text with nothing in it that ends a C comment."""
    return text.replace("*/", "* /").replace("/*", "/ *")


def comment(text: str, indent: str = "", opener: str = "/*") -> str:
    """Return a comment, on one line if it fits."""
    text = safe(text)
    flat = " ".join(text.split())
    one = f"{indent}{opener} {flat} */"
    if columns(one) <= WIDTH and len(paragraphs(text)) < 2:
        return one
    lines = prose(text, WIDTH - columns(indent) - 3)
    body = [f"{indent} * {line}".rstrip() for line in lines]
    return "\n".join([f"{indent}{opener}", *body, f"{indent} */"])


def comment_lines(lines: Iterable[str], indent: str = "", opener: str = "/*") -> str:
    """Return a block comment of the given lines."""
    body = [f"{indent} * {safe(line)}".rstrip() for line in lines]
    return "\n".join([f"{indent}{opener}", *body, f"{indent} */"])


def doc_text(text: str, width: int) -> list[str]:
    """Return documentation line by line; a line that is too long is broken."""
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        bare = line.strip()
        if columns(line.rstrip()) <= width or not bare:
            lines.append(line.rstrip())
            continue
        lead = line[:len(line) - len(line.lstrip())][:width // 2]
        lines += [lead + piece for piece in wrap(bare, width - columns(lead))]
    return lines


def doc_comment(text: str, indent: str = "", opener: str = "/*") -> str:
    """Return a comment that keeps the lines of documentation that has any."""
    if "\n" not in text.strip():
        return comment(text, indent, opener)
    return comment_lines(doc_text(text, WIDTH - columns(indent) - 3), indent, opener)


def doc_lines(text: str) -> str:
    """Return the comment that opens a type, of a text without lines."""
    first, *rest = prose(text, WIDTH - 3)
    return comment_lines([first, *(f"  {line}" for line in rest)], opener="/**")


class Define(NamedTuple):
    """A macro: name (with parameters), value and what it is."""

    name: str
    value: str
    doc: str = ""


def gap(column: int, spaces: int) -> str:
    """Return white space of a given width the way clang-format writes it."""
    first = TAB - column % TAB
    if spaces < first or spaces == 1:
        return " " * spaces
    rest = spaces - first
    return "\t" + "\t" * (rest // TAB) + " " * (rest % TAB)


def _define(macro: Define, column: int) -> str:
    """Return a macro with its value at a column; a long expression is broken."""
    start = f"#define {macro.name}"
    line = start + gap(len(start), column - len(start)) + macro.value
    if columns(line) <= WIDTH or " " not in macro.value:
        return line
    return f"{start} \\\n\t{macro.value}"


def _aligned(macros: list[Define]) -> list[str]:
    """Return the macros on consecutive lines, values in one column."""
    column = max(len(m.name) for m in macros) + len("#define ") + 1
    return [_define(m, column) + (f" /* {safe(m.doc)} */" if m.doc else "") for m in macros]


def defines(macros: Iterable[Define]) -> str:
    """Return a block of macros.

    What they are stands behind them where all of it fits the line, above them
    otherwise, so that a block looks the same from top to bottom.
    """
    block = list(macros)
    lines = _aligned(block) if block else []
    if all(columns(line) <= WIDTH for line in lines) or not any(m.doc for m in block):
        return "\n".join(lines)
    return "\n".join(
        (comment(m.doc) + "\n" if m.doc else "") + _define(m, len(f"#define {m.name} "))
        for m in block
    )


def table(rows: Iterable[tuple[str, ...]], width: int) -> list[str]:
    """Return rows as lines of columns; the last column is wrapped."""
    cells = list(rows)
    if not cells:
        return []
    count = len(cells[0]) - 1
    widths = [max(len(row[i]) for row in cells) for i in range(count)]
    lines = []
    for row in cells:
        head = "".join(f"{row[i]:{widths[i]}}  " for i in range(count))
        text = wrap(row[-1], max(width - len(head), 24)) or [""]
        lines.append((head + text[0]).rstrip())
        lines += [" " * len(head) + more for more in text[1:]]
    return lines


def string(text: str) -> str:
    """Return a C string literal."""
    out = []
    for char in " ".join(text.split()):
        if char in '"\\':
            out.append("\\" + char)
        elif 32 <= ord(char) < 127:
            out.append(char)
        else:
            out.extend(f"\\{byte:03o}" for byte in char.encode())
    return '"' + "".join(out) + '"'


def guard(path: str) -> str:
    """Return an include guard for a file name."""
    return "".join(c if c.isalnum() else "_" for c in path).upper()
