# SPDX-License-Identifier: BSD-3-Clause
"""The generated headers are the published ones, as far as programs can tell."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from program import enumerators, macros, program, tags

from uapigen import emit, loader
from uapigen.model import Spec

ROOT = Path(__file__).resolve().parents[3]
SYSTEM = Path("/usr/include")
# Where the kernel publishes what each generated header says.
PUBLISHED = {
    "rdma/hfi/hfi1_ioctl.h": "rdma/hfi/hfi1_ioctl.h",
    "rdma/hfi/hfi1_user.h": "rdma/hfi/hfi1_user.h",
    "rdma/hfi/hfi1_cmds.h": "rdma/rdma_user_ioctl.h",
}
COMPILERS = [(c, b) for c in ("gcc", "clang") for b in (64, 32)]


@pytest.fixture(scope="session", name="spec")
def _spec() -> Spec:
    spec, mistakes = loader.load(str(ROOT / "spec/hfi1.yaml"))
    assert spec is not None, mistakes
    return spec


@pytest.fixture(scope="session", name="include")
def _include(spec: Spec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Freshly generated headers, whatever is checked in."""
    out = tmp_path_factory.mktemp("generated")
    emit.generate(spec, out, ["header"])
    return out / "uapi"


def _compile(compiler: str, flags: list[str], source: Path) -> subprocess.CompletedProcess[str]:
    command = [compiler, *flags, "-fsyntax-only", str(source)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _identity(spec: Spec, include: Path, tmp_path: Path, compiler: str, bits: int) -> str:
    """Compile the comparison; return what the compiler objects to."""
    theirs = [str(SYSTEM / p) for p in sorted(set(PUBLISHED.values()))]
    source = tmp_path / "identity.c"
    source.write_text(program(spec, theirs, [str(include / h) for h in PUBLISHED]))
    return _compile(compiler, [f"-m{bits}", "-std=gnu11", "-w"], source).stderr


@pytest.mark.parametrize("compiler,bits", COMPILERS)
def test_same_layouts_types_and_values(
    spec: Spec, include: Path, tmp_path: Path, compiler: str, bits: int
) -> None:
    """Every size, place, type and value, in both data models."""
    assert _identity(spec, include, tmp_path, compiler, bits) == ""


@pytest.mark.parametrize(
    "header,old,new",
    [
        ("hfi1_ioctl.h", "__u16 subctxt_id;", "__s16 subctxt_id;"),
        ("hfi1_ioctl.h", "__u32 pad;", ""),
        ("hfi1_ioctl.h", "__aligned_u64 vaddr;", "__u64 vaddr;"),
        ("hfi1_user.h", "(1UL << 10)", "(1UL << 11)"),
        ("hfi1_user.h", "(1UL << 10)", "(1U << 10)"),
        ("hfi1_user.h", "ur_maxreg", "ur_spare, ur_maxreg"),
        ("hfi1_user.h", "} __attribute__((__packed__));", "};"),
        ("hfi1_cmds.h", "_IOR(RDMA_IOCTL_MAGIC, 0xEE", "_IOW(RDMA_IOCTL_MAGIC, 0xEE"),
    ],
)
def test_comparison_sees_a_difference(
    spec: Spec, include: Path, tmp_path: Path, header: str, old: str, new: str
) -> None:
    """A changed header is found out; on i386 at the latest."""
    copy = tmp_path / "uapi" / "rdma" / "hfi"
    copy.mkdir(parents=True)
    for path in (include / "rdma" / "hfi").iterdir():
        text = path.read_text()
        assert path.name != header or old in text
        (copy / path.name).write_text(text.replace(old, new) if path.name == header else text)
    found = _identity(spec, tmp_path / "uapi", tmp_path, "gcc", 32)
    assert "static assertion failed" in found or "error" in found


def _defined(path: Path) -> tuple[set[str], set[str]]:
    """Return macros and tags a header defines itself."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    names = set(re.findall(r"^#define\s+(\w+)", text, re.M))
    guards = set(re.findall(r"^#ifndef\s+(\w+)", text, re.M))
    return names - guards, set(re.findall(r"^(?:struct|union|enum)\s+(\w+)\s*\{", text, re.M))


@pytest.mark.parametrize("header", sorted(PUBLISHED))
def test_no_name_is_missing_or_invented(include: Path, header: str) -> None:
    """Both headers define the same names; of the shared one, those of hfi1."""
    ours, theirs = _defined(include / header), _defined(SYSTEM / PUBLISHED[header])
    wanted = {n for n in theirs[0] if n.startswith("HFI1_") or header == PUBLISHED[header]}
    assert ours[0] == wanted
    assert ours[1] == theirs[1]


def test_comparison_covers_every_name(spec: Spec, include: Path) -> None:
    """Nothing a header defines escapes the comparison."""
    names: set[str] = set()
    for header in PUBLISHED:
        for found in _defined(include / header):
            names |= found
    assert names == set(macros(spec)) | set(tags(spec))
    assert len(enumerators(spec)) > 0


def _extensions(header: str, compiler: str, standard: str) -> list[str]:
    """Return what published headers need beyond a standard, and no more."""
    flags = ["-Wpedantic"]
    if "flexible" in header and standard not in ("c11", "gnu11"):
        flags = ["-Wpedantic", "-Wno-c99-extensions"] if compiler.startswith("clang") else []
    return flags + (["-Wno-long-long"] if standard == "c90" else [])


@pytest.mark.parametrize("compiler,bits", COMPILERS)
@pytest.mark.parametrize("standard", ["c90", "c11", "gnu11", "c++17"])
@pytest.mark.parametrize("header", sorted(PUBLISHED))
def test_each_header_alone(
    include: Path, tmp_path: Path, header: str, standard: str, compiler: str, bits: int
) -> None:
    """Each compiles by itself, twice in a row, as C and C++, without a warning."""
    cpp = standard.startswith("c++")
    source = tmp_path / ("alone.cc" if cpp else "alone.c")
    source.write_text(f"#include <{header}>\n#include <{header}>\nextern int nothing;\n")
    compiler = {"gcc": "g++", "clang": "clang++"}[compiler] if cpp else compiler
    has_flexible = "[];" in (include / header).read_text()
    flags = [f"-m{bits}", f"-std={standard}", "-Wall", "-Wextra", "-Werror"]
    flags += _extensions("flexible" if has_flexible else "", compiler, standard)
    done = _compile(compiler, [*flags, f"-I{include}"], source)
    assert done.returncode == 0, done.stderr


def test_all_headers_together_with_the_published_numbers(include: Path, tmp_path: Path) -> None:
    """A program may include the generated and the shared header."""
    source = tmp_path / "together.c"
    names = [*PUBLISHED, "rdma/rdma_user_ioctl.h"]
    source.write_text("".join(f"#include <{n}>\n" for n in names) + "extern int nothing;\n")
    done = _compile("gcc", ["-Wall", "-Wextra", "-Werror", f"-I{include}"], source)
    assert done.returncode == 0, done.stderr
