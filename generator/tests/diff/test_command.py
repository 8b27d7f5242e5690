# SPDX-License-Identifier: BSD-3-Clause
"""`uapigen diff` as a person or CI calls it."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from mutations import BASE, BASE_HEADER, mutations  # noqa: E402

UAPIGEN = Path(__file__).resolve().parents[2] / "bin" / "uapigen"
REPO = Path(__file__).resolve().parents[3]
CASES = {case.name: case for case in mutations()}


def run(*args: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `uapigen diff`."""
    return subprocess.run([sys.executable, UAPIGEN, "diff", *map(str, args)], cwd=cwd, text=True,
                          capture_output=True, check=False, env={**os.environ, **env})


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return a folder with old/box.yaml."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "box.yaml").write_text(BASE.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def change(folder: Path, name: str) -> None:
    """Write new/box.yaml: the base with a mutation."""
    (folder / "new").mkdir(exist_ok=True)
    (folder / "new" / "box.yaml").write_text(
        CASES[name].apply(BASE.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize("name, status", [
    ("only words change", 0), ("a command is new", 0), ("an errno changes", 3),
    ("a member has another name", 4), ("a 64-bit member loses its alignment", 5),
    ("a constant gets another value", 5), ("a command goes away", 5),
])
def test_exit_status(folder: Path, name: str, status: int) -> None:
    change(folder, name)
    done = run("old/box.yaml", "new/box.yaml", cwd=folder)
    assert done.returncode == status and done.stderr == ""
    assert done.stdout.splitlines()[-1].startswith("verdict: " if CASES[name].expected else "no ")


def test_human(folder: Path) -> None:
    change(folder, "an errno changes")
    lines = run("old/box.yaml", "new/box.yaml", cwd=folder).stdout.splitlines()
    assert lines[0].startswith("new/box.yaml:") and lines[0].endswith(
        ": behaviour[errno-changed]: BOX_SUBMIT.too-long answers EPERM, answered EINVAL")
    assert lines[1].startswith("  was at old/box.yaml:")
    assert lines[2].startswith("  - ") and "EINVAL" in lines[2]
    assert lines[3].startswith("  + ") and "EPERM" in lines[3]
    assert lines[4:] == [
        "  why: programs decide by the errno", "1 change: 1 behaviour",
        "verdict: behaviour: everything builds and runs, but calls have another result"]
    assert "\033[" in run("--color=always", "old/box.yaml", "new/box.yaml", cwd=folder).stdout


def test_json(folder: Path) -> None:
    change(folder, "a member has another name")
    done = run("--format=json", "old/box.yaml", "new/box.yaml", cwd=folder)
    shown = json.loads(done.stdout)
    (found,) = shown["changes"]
    assert shown["verdict"] == "source-breaking" and shown["counts"]["source-breaking"] == 1
    assert (found["programs_64"], found["programs_32"], found["sources"]) == ("run", "run", "edit")
    assert found["element"] == "struct box_wide.number"
    for side in ("old", "new"):
        text = (folder / found[side]["file"]).read_text(encoding="utf-8")
        line = text.split("\n")[found[side]["line"] - 1]
        assert ("number" if side == "old" else "amount") in line


def git(folder: Path, *args: str) -> None:
    """Run git with a name of its own."""
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C",
                    str(folder), *args], check=True, capture_output=True)


@pytest.fixture(name="history")
def _history(folder: Path) -> Path:
    """Return a repository in which v1 has the base, split in two files, and the tree has more."""
    text = BASE.read_text(encoding="utf-8")
    head, _, tail = text.partition("constants:\n")
    spec = folder / "spec"
    (spec / "part").mkdir(parents=True)
    (spec / "box.yaml").write_text(head + "include: [part/rest.yaml]\n", encoding="utf-8")
    (spec / "part" / "rest.yaml").write_text("constants:\n" + tail, encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "spec")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", "v1")
    changed = CASES["an errno changes"].apply("constants:\n" + tail)
    (spec / "part" / "rest.yaml").write_text(changed, encoding="utf-8")
    return folder


@pytest.mark.parametrize("where", ["top", "inside", "outside"])
def test_since(history: Path, where: str) -> None:
    cwd = {"top": history, "inside": history / "spec", "outside": history.parent}[where]
    path = os.path.relpath(history / "spec" / "box.yaml", cwd)
    done = run("--since", "v1", path, cwd=cwd)
    assert done.returncode == 3, done.stderr
    assert f"was at v1:{os.path.dirname(path) or '.'}/part/rest.yaml:" in done.stdout
    assert "  - " in done.stdout and "1 change: 1 behaviour" in done.stdout
    git(history, "add", "spec")
    git(history, "commit", "-q", "-m", "two")
    assert run("--since", "HEAD", path, cwd=cwd).returncode == 0
    assert run("--since", "HEAD~1", path, cwd=cwd).returncode == 3


def test_since_when_there_was_no_spec(history: Path) -> None:
    (history / "other.yaml").write_text(BASE.read_text(encoding="utf-8"), encoding="utf-8")
    done = run("--since", "v1", "other.yaml", cwd=history)
    assert done.returncode == 1 and "cannot read v1:./other.yaml" in done.stderr


@pytest.mark.parametrize("revision", ["v9", "--output=x", "v1:spec", ""])
def test_no_such_revision(history: Path, revision: str) -> None:
    done = run(f"--since={revision}", "spec/box.yaml", cwd=history)
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr


def test_outside_of_a_repository(folder: Path) -> None:
    done = run("--since", "v1", "old/box.yaml", cwd=folder, GIT_CEILING_DIRECTORIES="/")
    assert done.returncode == 2 and "not a git repository" in done.stderr


@pytest.mark.parametrize("args", [("old/box.yaml",), ("--since", "v1", "a", "b"), ()])
def test_wrong_calls(folder: Path, args: tuple[str, ...]) -> None:
    done = run(*args, cwd=folder)
    assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr


def test_a_mistake_is_shown_with_its_version(folder: Path) -> None:
    change(folder, "an errno changes")
    path = folder / "old" / "box.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "nonsense: 1\n", encoding="utf-8")
    done = run("old/box.yaml", "new/box.yaml", cwd=folder)
    assert done.returncode == 1 and done.stderr.startswith("old/box.yaml:")


def test_headers_since(folder: Path) -> None:
    """Two headers, and a header as git has it; both are what programs include."""
    path = folder / "include" / "box.h"
    path.parent.mkdir()
    text = BASE_HEADER.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "include")
    git(folder, "commit", "-q", "-m", "one")
    path.write_text(CASES["in C: a constant changes"].apply(text), encoding="utf-8")
    done = run("--since", "HEAD", "include/box.h", cwd=folder)
    assert done.returncode == 5, done.stderr
    assert "  was at HEAD:include/box.h:10:1\n  - #define BOX_API_VERSION 3\n" in done.stdout
    other = folder / "old.h"
    other.write_text(text, encoding="utf-8")
    assert run(other, path).stdout.count("[value-changed]") == 1


@pytest.mark.parametrize("text", [None, "struct {\n"])
def test_bad_headers(folder: Path, text: str | None) -> None:
    for name in ("a.h", "b.h"):
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    done = run("a.h", "b.h", cwd=folder)
    assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr


def test_the_own_spec_is_its_own_equal() -> None:
    spec = REPO / "spec" / "hfi1.yaml"
    done = run(spec, spec)
    assert (done.returncode, done.stdout) == (0, "no change that a caller can see\n")
