# SPDX-License-Identifier: BSD-3-Clause
"""Outputs of small specs against files a reviewer has read."""
from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from golden import HERE, cases, expected, expected_folder, load, produce  # noqa: E402

from uapigen import emit, files as outfiles  # noqa: E402

STYLE = HERE.parents[2] / ".clang-format"


def _difference(name: str, old: bytes, new: bytes) -> str:
    before, after = (d.decode().splitlines(keepends=True) for d in (old, new))
    return "".join(difflib.unified_diff(before, after, f"expected {name}", f"written {name}"))


@pytest.mark.parametrize("name", cases())
def test_outputs_are_as_expected(name: str) -> None:
    """Byte for byte; `bless` accepts a change."""
    want, have = expected(name), produce(name)
    changed = [_difference(p, want[p], have[p]) for p in want if p in have and want[p] != have[p]]
    assert not changed, "\n".join(changed)
    assert sorted(have) == sorted(want)


@pytest.mark.parametrize("name", cases())
def test_outputs_do_not_depend_on_the_place(name: str, tmp_path: Path) -> None:
    """The same spec gives the same bytes wherever it stands."""
    folder = tmp_path / "elsewhere" / name
    shutil.copytree(HERE / name, folder)
    first = (folder / "spec.yaml").read_text().splitlines()[0].split(":")[1].split()
    code = (
        "import sys; from uapigen import emit, loader;"
        "spec, _ = loader.load('spec.yaml');"
        f"emit.generate(spec, sys.argv[1], {first!r})"
    )
    environment = {"PYTHONPATH": str(HERE.parents[1]), "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    written = {
        str(p.relative_to(tmp_path / "out")): p.read_bytes()
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    }
    assert written == expected(name)


def _c_files(name: str) -> list[Path]:
    return [p for p in sorted(expected_folder(name).rglob("*")) if p.suffix in (".c", ".h")]


@pytest.mark.parametrize("name", [n for n in cases() if _c_files(n)])
def test_formatter_finds_nothing_to_change(name: str) -> None:
    """Generated C is formatted as the repository's .clang-format wants it.

    A second blank in `1UL <<  0` is how uAPI headers line numbers up.
    """
    for path in _c_files(name):
        command = ["clang-format", f"--style=file:{STYLE}", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == path.read_text().replace("<<  ", "<< "), path.name


def test_second_run_writes_nothing(tmp_path: Path) -> None:
    """Only what changed is written, and a lost file comes back."""
    spec = load("values")
    first = emit.generate(spec, tmp_path, ["header"])
    assert first == ["uapi/toy/values.h"]
    stamp = (tmp_path / first[0]).stat().st_mtime_ns
    assert emit.generate(spec, tmp_path, ["header"]) == []
    assert (tmp_path / first[0]).stat().st_mtime_ns == stamp
    (tmp_path / first[0]).unlink()
    assert emit.generate(spec, tmp_path, ["header"]) == first


def test_failure_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk in the middle leaves the old files as they were."""
    files = {"a.txt": b"new", "b.txt": b"new"}
    (tmp_path / "a.txt").write_bytes(b"old")
    write, calls = outfiles.write_bytes, []

    def failing(path: str, data: bytes) -> None:
        calls.append(path)
        write(path, data)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(outfiles, "write_bytes", failing)
    with pytest.raises(OSError):
        outfiles.write_files(tmp_path, files)
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"old"


def test_unknown_back_end_is_named() -> None:
    """The message lists what there is."""
    with pytest.raises(
        emit.UnknownBackend, match="no back end is called nosuch; there are .*driver"
    ):
        emit.render_all(load("values"), ["nosuch"])
