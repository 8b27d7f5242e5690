# SPDX-License-Identifier: BSD-3-Clause
"""`generate` does nothing when nothing has changed, and notices every change."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from toyspec import GENERATOR, REPO

from uapigen import manifest, upkeep


class Tree:
    """A copy of the project's spec and generator with its outputs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.spec = root / "spec" / "hfi1.yaml"
        self.out = root / "out"
        shutil.copytree(REPO / "spec", root / "spec")
        shutil.copytree(GENERATOR / "uapigen", root / "generator" / "uapigen",
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(GENERATOR / "bin", root / "generator" / "bin")

    def generate(self, *more: str) -> list[str]:
        """Run; return the names of files that changed."""
        done = subprocess.run(
            [sys.executable, self.root / "generator" / "bin" / "uapigen", "generate", "-v", *more,
             str(self.spec), "-o", str(self.out)], text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def current(self) -> bool:
        """Ask for what the fast path would find, in a process of its own."""
        code = ("import sys; sys.path.insert(0, sys.argv[1]); from uapigen import upkeep;"
                "run = upkeep.Run(sys.argv[2], sys.argv[3], [], None);"
                "sys.exit(0 if run.shortcut() == [] else 1)")
        done = subprocess.run([sys.executable, "-c", code, self.root / "generator", self.spec,
                               self.out], check=False)
        return done.returncode == 0

    def stamps(self) -> dict[str, int]:
        """Return when each output was written."""
        return {str(p): p.stat().st_mtime_ns for p in sorted(self.out.rglob("*")) if p.is_file()}


@pytest.fixture(name="tree", scope="module")
def _tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = Tree(tmp_path_factory.mktemp("tree"))
    assert manifest.NAME in tree.generate()
    return tree


def test_second_run_writes_nothing(tree: Tree) -> None:
    before = tree.stamps()
    assert tree.current()
    assert tree.generate() == []
    assert tree.stamps() == before


def test_fast_path_loads_no_parser(tree: Tree) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", tree.root / "generator" / "bin" / "uapigen",
         "generate", str(tree.spec), "-o", str(tree.out)],
        text=True, capture_output=True, check=True)
    for heavy in ("yaml", "jinja2", "argparse", "dataclasses", "hashlib", "json"):
        assert f" {heavy}\n" not in done.stderr, heavy


def test_manifest_lists_inputs_and_outputs(tree: Tree) -> None:
    entries = manifest.read(str(tree.out))
    kinds = [kind for kind, _, _ in entries]
    assert kinds.count("generator") == 1
    specs = [path for kind, _, path in entries if kind == "spec"]
    assert specs[0] == "spec/hfi1.yaml" and len(specs) > 10
    listed = {str(tree.out / path) for path in manifest.outputs(entries)}
    assert listed | {str(tree.out / manifest.NAME)} == set(tree.stamps())


def test_touching_is_no_change(tree: Tree) -> None:
    os.utime(tree.spec)
    assert tree.current()


@pytest.mark.parametrize("what", ["spec", "include", "module", "template", "new module"])
def test_changed_input_is_noticed(tree: Tree, what: str) -> None:
    below = tree.root / "generator" / "uapigen"
    path = {"spec": tree.spec, "include": tree.root / "spec" / "wfr" / "words.yaml",
            "module": below / "layout.py", "new module": below / "another.py",
            "template": next(below.rglob("*.jinja"))}[what]
    old = path.read_bytes() if path.exists() else None
    path.write_bytes((old or b"") + b"\n")
    assert not tree.current()
    if old is None:
        path.unlink()
    else:
        path.write_bytes(old)
    assert tree.current()


@pytest.mark.parametrize("how", ["edited", "removed"])
def test_changed_output_is_restored(tree: Tree, how: str) -> None:
    name = manifest.outputs(manifest.read(str(tree.out)))[0]
    path = tree.out / name
    old = path.read_bytes()
    if how == "removed":
        path.unlink()
    else:
        path.write_bytes(old + b"x")
    assert not tree.current()
    assert tree.generate() == [name]
    assert path.read_bytes() == old and tree.current()


@pytest.mark.parametrize("text", ["", "nonsense\n", "spec x\n", "output 00 ../../etc/passwd\n",
                                  "\xff"])
def test_bad_manifest_is_no_manifest(tree: Tree, text: str) -> None:
    path = tree.out / manifest.NAME
    good = path.read_bytes()
    path.write_text(text, encoding="latin-1")
    assert not tree.current()
    path.write_bytes(good)


def test_lost_manifest_is_written_again(tree: Tree) -> None:
    (tree.out / manifest.NAME).unlink()
    assert tree.generate() == [manifest.NAME]


def test_an_edit_during_the_run_is_not_taken_for_what_was_read(tree: Tree) -> None:
    names = manifest.spec_names(manifest.read(str(tree.out)))
    now = manifest.inputs(str(tree.spec), names, "0" * 64)
    assert now and manifest.unchanged(str(tree.spec), now, "0" * 64) == []
    path = tree.out / manifest.NAME
    good = path.read_bytes()
    path.write_text(manifest.compose([], {}), encoding="utf-8")
    assert not tree.current()
    path.write_bytes(good)


def test_outputs_that_are_no_longer_made_go_away(tree: Tree) -> None:
    stale = tree.out / "hw" / "stale.h"
    stale.write_text("old\n", encoding="utf-8")
    path = tree.out / manifest.NAME
    path.write_text(path.read_text(encoding="utf-8") + "output 00 hw/stale.h\n", encoding="utf-8")
    assert "hw/stale.h (removed)" in tree.generate()
    assert not stale.exists() and tree.current()


def test_a_renamed_folder_is_a_change(tree: Tree) -> None:
    """Outputs name the spec with its folder."""
    moved = tree.root / "moved"
    tree.spec.parent.rename(moved)
    try:
        assert upkeep.Run(str(moved / "hfi1.yaml"), str(tree.out), [], None).shortcut() is None
    finally:
        moved.rename(tree.spec.parent)
    assert tree.current()


def test_foreign_files_stay(tree: Tree) -> None:
    foreign = tree.out / "notes.txt"
    foreign.write_text("mine\n", encoding="utf-8")
    (tree.out / manifest.outputs(manifest.read(str(tree.out)))[-1]).unlink()
    assert len(tree.generate()) == 1
    assert foreign.read_text(encoding="utf-8") == "mine\n"
    foreign.unlink()


def test_only_some_back_ends(tree: Tree) -> None:
    assert tree.generate("--only", "hw") == []
    assert tree.current()


def test_unknown_back_end(tree: Tree) -> None:
    done = subprocess.run(
        [sys.executable, tree.root / "generator" / "bin" / "uapigen", "generate", "--only", "hv",
         str(tree.spec), "-o", str(tree.out)], text=True, capture_output=True, check=False)
    assert done.returncode == 2 and "no back end is called hv" in done.stderr


def test_a_bad_spec_writes_nothing(tree: Tree) -> None:
    before = tree.stamps()
    old = tree.spec.read_text(encoding="utf-8")
    tree.spec.write_text(old + "nonsense: 1\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tree.root / "generator" / "bin" / "uapigen", "generate",
         str(tree.spec), "-o", str(tree.out)], text=True, capture_output=True, check=False)
    assert done.returncode == 1 and "error[E0101]" in done.stderr
    assert tree.stamps() == before
    tree.spec.write_text(old, encoding="utf-8")


def test_unwritable_output_is_an_error_with_a_name(tree: Tree, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tree.root / "generator" / "bin" / "uapigen", "generate",
         str(tree.spec), "-o", str(blocked)], text=True, capture_output=True, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr and str(blocked) in done.stderr


def test_outputs_do_not_depend_on_place_or_hash_seed(tree: Tree, tmp_path: Path) -> None:
    other = Tree(tmp_path / "elsewhere")
    subprocess.run(
        [sys.executable, "generator/bin/uapigen", "generate", "--no-cache", "spec/hfi1.yaml",
         "-o", "out"],
        cwd=other.root, check=True, env={**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C",
                                         "TZ": "Asia/Tokyo"})
    for path in sorted(tree.out.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (other.out / path.relative_to(tree.out)).read_bytes(), path
