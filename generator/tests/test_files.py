# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes with files, and how errors look: those that no part of a spec can show."""
from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from toyspec import load, write_spec

from uapigen import loader
from uapigen.diagnostics import Mark, Sink, Source, nearest, render_human, render_json, suggest


def only(path: Path) -> str:
    """Return the one mistake of a spec, for comparison."""
    spec, items = loader.load(str(path))
    assert spec is None
    assert len(items) == 1, items
    item = items[0]
    return f"{Path(item.mark.source.path).name}:{item.mark.line}:{item.mark.col} {item.id}"


def test_no_such_file(tmp_path: Path) -> None:
    assert only(tmp_path / "none.yaml") == "none.yaml:1:1 E0001"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert only(tmp_path) == f"{tmp_path.name}:1:1 E0001"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file(tmp_path: Path) -> None:
    root = write_spec(tmp_path, "errnos: {}\n")
    root.chmod(0)
    assert only(root) == "root.yaml:1:1 E0001"


def test_latin_1(tmp_path: Path) -> None:
    root = write_spec(tmp_path, "errnos: {}\n")
    (tmp_path / "case.yaml").write_bytes(b"limits:\n  one: {value: 1, doc: \"caf\xe9\"}\n")
    assert only(root) == "case.yaml:2:28 E0002"


@pytest.mark.parametrize("data", [b"\xff\xfee\x00", b"a\x00b", b"\xef\xbb\xbferrnos: {}\n"])
def test_other_encodings(data: bytes, tmp_path: Path) -> None:
    root = write_spec(tmp_path, "errnos: {}\n")
    (tmp_path / "case.yaml").write_bytes(data)
    spec, items = loader.load(str(root))
    assert spec is None and items[0].id in ("E0002", "E0012")


def test_a_broken_file_hides_no_mistake_in_another(tmp_path: Path) -> None:
    """Shapes are judged everywhere; references are not, for lack of the broken file."""
    (tmp_path / "bad.yaml").write_text("errnos: {EIO: {doc: '...'}\n", encoding="utf-8")
    spec, items = load(tmp_path, 'include: [bad.yaml]\nlimits: {one: {valeu: 1, doc: "..."}}\n')
    assert spec is None
    assert [(Path(i.mark.source.path).name, i.id) for i in items] == [
        ("bad.yaml", "E0003"), ("case.yaml", "E0101")]


def test_duplicates_across_files_show_both_places(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        'limits:\n  one: {value: 2, doc: "..."}\n', encoding="utf-8")
    spec, items = load(tmp_path, 'include: [more.yaml]\nlimits: {one: {value: 1, doc: "..."}}\n')
    assert spec is None and [i.id for i in items] == ["E0201"]
    assert Path(items[0].mark.source.path).name == "more.yaml"
    mark, text = items[0].notes[0]
    assert (Path(mark.source.path).name, mark.line, mark.col) == ("case.yaml", 2, 10)
    assert text == "first defined here"


def test_include_cycle_over_two_files(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("include: [case.yaml]\n", encoding="utf-8")
    spec, items = load(tmp_path, "include: [more.yaml]\n")
    assert spec is None and [i.id for i in items] == ["E0009"]


@pytest.mark.parametrize("text", [
    "x: " + "[" * 100000 + "]" * 100000, "x: " + "{a: " * 100000,
    "\n".join(" " * i + "a:" for i in range(2000)), "? " * 3000 + "a", "- " * 100000,
])
def test_deep_nesting_is_an_error_like_others(text: str, tmp_path: Path) -> None:
    spec, items = load(tmp_path, text)
    assert spec is None and items[0].id == "E0003"


def test_aliases_do_not_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]"
                               for i in range(1, 12)]
    spec, items = load(tmp_path, "\n".join(lines))
    assert spec is None and any(i.id == "E0007" for i in items)


def test_every_prefix_of_a_spec_is_judged_without_a_traceback(tmp_path: Path) -> None:
    """A spec that is still being typed is the everyday case."""
    whole = (Path(__file__).parent / "toy" / "device.yaml").read_text(encoding="utf-8")
    for end in range(0, len(whole), 61):
        _, items = load(tmp_path, whole[:end] + "\n")
        render_human(items)


def test_every_line_can_be_missing(tmp_path: Path) -> None:
    lines = (Path(__file__).parent / "toy" / "device.yaml").read_text(encoding="utf-8").split("\n")
    for gone in range(len(lines)):
        _, items = load(tmp_path, "\n".join(lines[:gone] + lines[gone + 1:]))
        assert len(items) < 30, f"line {gone + 1} cascades"
        render_json(items)


# --- how they look --------------------------------------------------------


def _mark(text: str, line: int, col: int, length: int = 1) -> Mark:
    return Mark(Source("dir/a.yaml", "a.yaml", text), line, col, length)


def test_human_form() -> None:
    sink = Sink()
    sink.error("E0202", _mark("a: b\nc: name\n", 2, 4, 4), "no thing", "did you mean `lame`?",
               [(_mark("a: b\n", 1, 1), "here")])
    assert render_human(sink.sorted()) == (
        "dir/a.yaml:2:4: error[E0202]: no thing\n"
        "  c: name\n"
        "     ^~~~\n"
        "dir/a.yaml:1:1: note: here\n"
        "  a: b\n"
        "  ^\n"
        "  help: did you mean `lame`?\n"
        "1 error; `uapigen explain E0202` tells more\n")


def test_colour_is_only_added() -> None:
    sink = Sink()
    sink.error("E0202", _mark("c: name\n", 1, 4, 4), "no thing", "help")
    plain, colour = render_human(sink.sorted()), render_human(sink.sorted(), colour=True)
    assert "\033[" not in plain and "\033[1;31merror[E0202]:\033[0m" in colour
    while "\033[" in colour:
        start = colour.index("\033[")
        colour = colour[:start] + colour[colour.index("m", start) + 1:]
    assert colour == plain


def test_caret_under_tabs_and_beyond_the_end() -> None:
    sink = Sink()
    sink.error("E0004", _mark("\tx: 1\n", 1, 2, 99), "m")
    lines = render_human(sink.sorted()).split("\n")
    assert lines[1:3] == ["  \tx: 1", "  \t^~~~"]


def test_machine_form() -> None:
    sink = Sink()
    sink.error("E0202", _mark("c: name\n", 1, 4, 4), "no thing", "hint",
               [(_mark("c: name\n", 1, 1), "here")])
    assert json.loads(render_json(sink.sorted())) == {"errors": [{
        "id": "E0202", "message": "no thing", "file": "dir/a.yaml", "line": 1, "column": 4,
        "length": 4, "help": "hint",
        "notes": [{"message": "here", "file": "dir/a.yaml", "line": 1, "column": 1,
                   "length": 1}]}]}
    assert json.loads(render_json([])) == {"errors": []}


def test_order_and_repetition() -> None:
    sink = Sink()
    for line, col in ((3, 1), (1, 9), (1, 2), (3, 1)):
        sink.error("E0101", _mark("", line, col), "m")
    assert [(i.mark.line, i.mark.col) for i in sink.sorted()] == [(1, 2), (1, 9), (3, 1)]


@pytest.mark.parametrize("word, choices, expected", [
    ("vaule", ["value", "bits"], "value"), ("Value", ["value"], "value"),
    ("lenght", ["length", "offset"], "length"), ("colour", ["value", "bits"], ""),
    ("DMA_RTAIL", ["HFI1_CAP_DMA_RTAIL", "HFI1_CAP_SDMA"], "HFI1_CAP_DMA_RTAIL"),
    ("a", ["b"], "b"), ("x", [], ""), ("", ["a"], "a"), ("ready", ["ready"], "ready"),
    ("raedy", ["ready", "read"], "ready"),
])
def test_nearest(word: str, choices: list[str], expected: str) -> None:
    assert nearest(word, choices) == expected
    assert suggest(word, choices) == (f"did you mean `{expected}`?" if expected else "")
