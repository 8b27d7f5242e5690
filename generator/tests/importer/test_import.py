# SPDX-License-Identifier: BSD-3-Clause
"""Headers under a spec: what is written, and that it generates the header again."""
from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from compare import TARGETS, differences
from roundtrip import trip

from uapigen import importer, loader
from uapigen.importer.comments import kernel_doc, lines_of
from uapigen.importer.verify import difference
from uapigen.importer.yamlout import document
from uapigen.model import Spec

HERE = Path(__file__).resolve().parent
CASES = sorted((HERE / "cases").glob("*.h"))
SYSTEM = Path("/usr/include")
LISTED = [line for line in (HERE / "headers.txt").read_text().split("\n")
          if line and not line.startswith("#")]
UAPIGEN = HERE.parents[1] / "bin" / "uapigen"


@functools.lru_cache(maxsize=None)
def imported(name: str) -> importer.Imported:
    """Import one of the small headers."""
    return importer.import_header(HERE / "cases" / f"{name}.h", f"{name}.h")


def spec_of(name: str) -> Spec:
    """Return the spec of one of the small headers."""
    return imported(name).spec


@pytest.mark.parametrize("header", CASES, ids=lambda p: p.stem)
def test_spec_is_as_expected(header: Path) -> None:
    """The spec reads as somebody has approved it (see bless.py)."""
    expected = header.with_suffix(".yaml").read_text(encoding="utf-8")
    assert imported(header.stem).text == expected


@pytest.mark.parametrize("header", CASES, ids=lambda p: p.stem)
def test_small_header_comes_back(header: Path, tmp_path: Path) -> None:
    done = trip(header, tmp_path)
    assert not done.wrong
    assert done.targets == len(TARGETS)


@pytest.mark.parametrize("header", LISTED)
def test_published_header_comes_back(header: str, tmp_path: Path) -> None:
    done = trip(SYSTEM / header, tmp_path)
    assert not done.wrong
    if header in LISTED[:14]:
        assert done.verbatim == 0
        _good_c_and_cxx(tmp_path / "generated" / header)


def _good_c_and_cxx(path: Path) -> None:
    """Compile a generated header by itself."""
    for compiler in (["gcc", "-xc"], ["g++", "-xc++"]):
        run = subprocess.run([*compiler, "-fsyntax-only", str(path)], capture_output=True,
                             text=True, check=False)
        assert run.returncode == 0, run.stderr


# --- what the comparison sees ---------------------------------------------


@pytest.mark.parametrize("old,new", [
    ("__u32 first", "__s32 first"), ("pad[3]", "pad[2]"), ("CASE_NAME_LEN 16", "CASE_NAME_LEN 17"),
    ("__le16 wire", "__be16 wire"), ("low:4, high:4", "high:4, low:4"), ("(1 << 1)", "(1 << 2)"),
    ("CASE_KIND_B = 7", "CASE_KIND_B = 8"), ("packed, aligned(4)", "packed, aligned(2)"),
    ("pack(push, 1)", "pack(push, 2)"), ("case_point_ref", "case_point_ptr"),
])
def test_both_comparisons_see_a_change(old: str, new: str, tmp_path: Path) -> None:
    original = HERE / "cases" / "records.h"
    text = original.read_text()
    assert old in text
    changed = tmp_path / "records.h"
    changed.write_text(text.replace(old, new, 1))
    assert difference("records.h", text, changed.read_text()) is not None
    assert differences(original, changed, tmp_path / "asm")


def test_token_comparison_sees_inactive_branches() -> None:
    text = (HERE / "cases" / "records.h").read_text()
    changed = text.replace("__u8 high:4, low:4", "__u8 low:4, high:4")
    found = difference("records.h", text, changed)
    assert found is not None and "high" in found.expected


@pytest.mark.parametrize("one,two", [
    ("struct s { int a, b; };", "struct s { int a; int b; };"),
    ("typedef unsigned x;", "typedef unsigned int x;"),
    ("struct s { int a; } __attribute__((packed));",
     "struct s { int a; } __attribute__((__packed__));"),
    ("enum e { A, B, };", "enum e { A, B };"),
    ("int f(void); /* a */", "int f ( void ) ;"),
])
def test_token_comparison_knows_synonyms(one: str, two: str) -> None:
    assert difference("x.h", one, two) is None


# --- what is recognised ----------------------------------------------------


def test_flags_are_found() -> None:
    flags = spec_of("constants").flags
    assert {n: (f.spelling, [e.bit for e in f.entries]) for n, f in flags.items()} == {
        "case_mode": ("shift", [0, 1, 5]), "case_hex": ("hex", [0, 1, 2]),
        "case_wide": ("pattern", [0, 1, 33])}
    assert flags["case_mode"].doc == "Modes, one bit each."
    assert flags["case_mode"].entries[0].doc == "may read"


def test_numbers_are_found() -> None:
    ioctls = spec_of("ioctls").ioctls
    assert {n: (i.form, i.value, i.value32 == i.value) for n, i in ioctls.items()} == {
        "CASE_START": ("io", 0x6300, True), "CASE_SET": ("iow", 0x40106341, False),
        "CASE_GET": ("ior", 0x80046342, True), "CASE_BOTH": ("iowr", 0xc0206343, False),
        "CASE_OLD_GET": ("ior", 0x80046342, True), "CASE_FIXED": ("ioc", 0x6345, True)}
    assert ioctls["CASE_SET"].arg_text == "struct case_arg"
    assert ioctls["CASE_SET"].magic == "CASE_MAGIC"


def test_documentation_reaches_members() -> None:
    plain = spec_of("records").structs["case_plain"]
    said = {f.name: f.doc for f in plain.fields}
    assert plain.doc.startswith("what most structs are")
    assert said == {"first": "the first member", "second": "the second,\nwhich needs two lines",
                    "name": "a name", "pad": "unused"}


def test_values_come_from_the_compiler() -> None:
    constants = spec_of("constants").constants
    assert {n: c.value for n, c in constants.items()} == {
        "CASE_VERSION": 3, "CASE_HEX": 0x1b, "CASE_SUM": 7, "CASE_CAST": 1 << 40,
        "CASE_NEGATIVE": -1, "CASE_OCTAL": 0o755, "CASE_CHAR": 87, "CASE_LONG_LINE": 0x1b}


def test_every_size_is_the_compilers() -> None:
    """The layout engine agrees, or leaves the record to the compiler."""
    structs = spec_of("records").structs
    assert structs["case_plain"].sizes == {64: 28, 32: 28}
    assert not structs["case_plain"].opaque
    assert structs["case_bits"].opaque and structs["case_bits"].sizes == {64: 1, 32: 1}
    assert structs["case_pragma"].opaque and structs["case_pragma"].sizes[64] == 5


def test_verbatim_is_counted_and_listed() -> None:
    done = imported("verbatim")
    assert done.verbatim >= 8
    assert sum("kept verbatim" in note for note in done.notes) >= 2


def test_no_comment_is_lost() -> None:
    for header in CASES:
        text = imported(header.stem).header
        for comment in ("belongs to nothing", "keeps its zeros", "may grow", "which needs two",
                        "Start it.", "half of it", "Copyright of somebody"):
            assert (comment in text) == (comment in header.read_text()), header


# --- the spec is a spec ----------------------------------------------------


def test_accepted_numbers_are_exact(tmp_path: Path) -> None:
    """Documenting an element without lowering the number is an error."""
    text = imported("ioctls").text
    path = tmp_path / "ioctls.yaml"
    path.write_text(text)
    assert loader.load(str(path))[0] is not None
    old = "CASE_MAGIC: {text: \"'c'\", value: 99}"
    old = old if old in text else next(line.strip() for line in text.split("\n")
                                       if line.strip().startswith("CASE_MAGIC: {"))
    path.write_text(text.replace(old, old[:-1] + ", doc: The magic.}"))
    spec, found = loader.load(str(path))
    assert spec is None and [i.id for i in found] == ["E1206"]


def test_all_back_ends_take_an_import(tmp_path: Path) -> None:
    path = tmp_path / "records.yaml"
    path.write_text(imported("records").text)
    run = subprocess.run([str(UAPIGEN), "generate", "--no-cache", str(path), "-o",
                          str(tmp_path / "out")], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_command_line(tmp_path: Path) -> None:
    out = tmp_path / "spec.yaml"
    run = subprocess.run([str(UAPIGEN), "import", "--format", "json", "--as", "a/b.h",
                          str(HERE / "cases" / "enums.h"), "-o", str(out)],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stderr)
    assert report["header"] == "a/b.h" and report["verbatim_lines"] == 0
    assert report["definitions"]["enums"] == 3
    assert loader.load(str(out))[0] is not None


def test_missing_header_is_a_clear_error(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, str(UAPIGEN), "import", str(tmp_path / "no.h")],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 2 and "cannot read" in run.stderr


def test_header_that_does_not_compile_is_imported_without_values(tmp_path: Path) -> None:
    header = tmp_path / "bad.h"
    header.write_text("#include <no/such.h>\n#define A (B + 1)\nstruct s { struct t x; };\n")
    done = importer.import_header(header)
    assert any("cannot compile" in note for note in done.notes)
    assert done.spec.macros["A"].text == "(B + 1)"


# --- comments and YAML -----------------------------------------------------


@pytest.mark.parametrize("comment,lines", [
    ("/* a */", ["a"]), ("/** a */", ["a"]), ("/*\n * a\n *   b\n */", ["a", "  b"]),
    ("// a\n// b", ["a", "b"]), ("/* a\n   b */", ["a", "b"]), ("/***/", []),
])
def test_frames_of_comments(comment: str, lines: list[str]) -> None:
    assert lines_of(comment) == lines


def test_kernel_doc_is_split() -> None:
    found = kernel_doc("struct a - it\n@x: one\n@y:\ttwo\n\tthree\n\nMore.", "a")
    assert found.doc == "it\n\nMore."
    assert found.members == {"x": "one", "y": "two\nthree"}


@pytest.mark.parametrize("text", [
    "plain", "a: b", "- a", "#x", "yes", "0x10", "'", "a, b", "{", "", "two\nlines",
    "  lead\nmore", "tab\tin", "a #b", '"q"', "ends:"])
def test_yaml_says_what_was_meant(text: str) -> None:
    import yaml
    value = {"spec": 1, "a": {"b": {"c": text, "d": [text, {"e": text}]}}}
    read = yaml.load(document(value), Loader=yaml.BaseLoader)
    assert read["a"]["b"]["c"].rstrip("\n") == text
    assert read["a"]["b"]["d"][0].rstrip("\n") == text
