# SPDX-License-Identifier: BSD-3-Clause
"""The C written for the real spec: style, compilers, symbols."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from uapigen import emit, loader

ROOT = Path(__file__).resolve().parents[3]
WARNINGS = ["-Wall", "-Wextra", "-Werror"]


@pytest.fixture(scope="module", name="out")
def _out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything in C, freshly written."""
    spec, mistakes = loader.load(str(ROOT / "spec/hfi1.yaml"))
    assert spec is not None, mistakes
    out = tmp_path_factory.mktemp("out")
    emit.generate(spec, out, ["driver", "header", "hw", "lib"])
    return out


def _run(*command: str) -> str:
    """Run a command that must succeed in silence; return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("folder", ["driver", "hw", "lib"])
def test_formatter_finds_nothing_to_change(out: Path, folder: str) -> None:
    """Formatted by the generator the way the repository wants it."""
    style = f"--style=file:{ROOT / '.clang-format'}"
    for path in sorted((out / folder).glob("*.[ch]")):
        assert _run("clang-format", style, str(path)) == path.read_text(), path.name


@pytest.mark.parametrize("compiler", ["gcc", "clang", "g++", "clang++"])
@pytest.mark.parametrize(
    "header",
    ["hw/wfr_bits.h", "hw/wfr_regs.h", "hw/wfr_words.h", "hw/wfr_regtable.h", "lib/hfi1u.h"],
)
def test_each_header_alone(out: Path, header: str, compiler: str, tmp_path: Path) -> None:
    """C and C++, included twice."""
    source = tmp_path / ("alone.cc" if "++" in compiler else "alone.c")
    source.write_text(f'#include "{header}"\n#include "{header}"\nextern int nothing;\n')
    standard = "-std=c++17" if "++" in compiler else "-std=c11"
    folders = [f"-I{out}", f"-I{out}/uapi", f"-I{out}/hw"]
    _run(compiler, standard, *WARNINGS, *folders, "-fsyntax-only", str(source))


def test_helpers_take_fields_apart_and_together(out: Path, tmp_path: Path) -> None:
    """GET, PREP and SET, as constants."""
    source = tmp_path / "bits.c"
    source.write_text(
        '#include "wfr_bits.h"\n'
        "#define TOP 0xf000000000000000ULL\n"
        '_Static_assert(WFR_GET(TOP, 0xabcdef0123456789ULL) == 0xa, "");\n'
        '_Static_assert(WFR_PREP(TOP, 0x1b) == 0xb000000000000000ULL, "");\n'
        '_Static_assert(WFR_SET(0x12, 0xfULL, 0x3) == 0x13, "");\n'
        '_Static_assert(WFR_SET(~0U, 0xf0ULL, 0) == 0xffffff0f, "");\n'
        "extern int nothing;\n"
    )
    _run("gcc", *WARNINGS, f"-I{out}/hw", "-fsyntax-only", str(source))


def test_library_exports_what_the_header_declares(out: Path, tmp_path: Path) -> None:
    """The symbol map lets out every declared function and nothing else."""
    library = tmp_path / "libhfi1u.so"
    sources = sorted(map(str, (out / "lib").glob("*.c")))
    script = f"-Wl,--version-script={out / 'lib/hfi1u.map'}"
    folders = [f"-I{out}/uapi", f"-I{out}/hw"]
    _run("gcc", *WARNINGS, *folders, "-shared", "-fPIC", script, "-o", str(library), *sources)
    lines = _run("nm", "-D", "--defined-only", str(library)).splitlines()
    exported = {line.split()[-1].partition("@")[0] for line in lines if " T " in line}
    header = re.sub(r"/\*.*?\*/", "", (out / "lib/hfi1u.h").read_text(), flags=re.DOTALL)
    declared = set(re.findall(r"\b(hfi1u_\w+)\(", header))
    assert exported == declared
