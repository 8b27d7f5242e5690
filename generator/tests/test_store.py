# SPDX-License-Identifier: BSD-3-Clause
"""The store of outputs: hits, misses, damage, bounds, company."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from toyspec import GENERATOR, TOY

from uapigen import manifest, upkeep
from uapigen.store import Store, folder, key, pack, unpack

FILES = {"a.h": b"one\n", "dir/b.c": b"", "dir/c": b"\n\nthree"}


class Place:
    """A little spec, a copy of the generator and a store of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.spec = root / "toy" / "root.yaml"
        self.store = root / "store"
        shutil.copytree(TOY, root / "toy")
        text = self.spec.read_text(encoding="utf-8").replace("[device.yaml, case.yaml]",
                                                             "[device.yaml]")
        self.spec.write_text(text, encoding="utf-8")
        shutil.copytree(GENERATOR / "uapigen", root / "uapigen",
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(GENERATOR / "bin", root / "bin")

    def run(self, out: str, *more: str, flags: tuple[str, ...] = (), **env: str) -> str:
        """Generate; return what Python imported and what uapigen said on stderr."""
        done = subprocess.run(
            [sys.executable, *flags, self.root / "bin" / "uapigen", "generate", *more,
             str(self.spec), "-o", str(self.root / out)], text=True, capture_output=True,
            check=False, env={**os.environ, "UAPIGEN_CACHE": str(self.store), **env})
        assert done.returncode == 0, done.stderr
        return done.stderr

    def hit(self, out: str, *more: str) -> bool:
        """Generate into a new folder; tell whether the spec was not loaded for it."""
        shutil.rmtree(self.root / out, ignore_errors=True)
        return " yaml\n" not in self.run(out, *more, flags=("-X", "importtime"))

    def tree(self, out: str) -> dict[str, bytes]:
        """Return all outputs."""
        base = self.root / out
        return {str(p.relative_to(base)): p.read_bytes()
                for p in sorted(base.rglob("*")) if p.is_file()}

    def entry(self, kind: str) -> Path:
        """Return the one entry of a kind."""
        (path,) = self.store.glob(f"*.{kind}")
        return path


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    assert not place.hit("first")
    return place


def test_a_hit_writes_all_and_loads_nothing(place: Place) -> None:
    said = place.run("second", flags=("-X", "importtime"))
    for heavy in ("yaml", "jinja2", "argparse", "dataclasses", "hashlib", "json"):
        assert f" {heavy}\n" not in said, heavy
    assert place.tree("second") == place.tree("first") and len(place.tree("first")) > 20
    place.run("honest", "--no-cache")
    assert place.tree("honest") == place.tree("first")


def test_a_hit_touches_only_what_differs(place: Place) -> None:
    before = {p: p.stat().st_mtime_ns for p in (place.root / "first").rglob("*") if p.is_file()}
    victim = next(iter(before))
    victim.write_bytes(b"edited")
    place.run("first")
    after = {p: p.stat().st_mtime_ns for p in before}
    assert [p for p in before if before[p] != after[p]] == [victim]


@pytest.mark.parametrize("what", ["root", "include", "module", "template", "catalogue",
                                  "new module"])
def test_any_changed_input_is_a_miss(place: Place, what: str) -> None:
    path = {"root": place.spec, "include": place.root / "toy" / "device.yaml",
            "module": place.root / "uapigen" / "layout.py",
            "new module": place.root / "uapigen" / "another.py",
            "template": place.root / "uapigen/backends/hw/regtable.c.jinja",
            "catalogue": next((place.root / "uapigen" / "catalogue").glob("*.yaml"))}[what]
    old = path.read_bytes() if path.exists() else b""
    path.write_bytes(old + b"\n")
    assert not place.hit("second")
    path.write_bytes(old)
    if what == "new module":
        path.unlink()
    assert place.hit("second") and place.tree("second") == place.tree("first")


def test_a_new_include_is_a_miss(place: Place) -> None:
    """The list of files is a guess; a file that is not on it makes another key."""
    (place.root / "toy" / "more.yaml").write_text(
        'limits: {more: {value: 1, doc: "One more."}}\n', encoding="utf-8")
    device = place.root / "toy" / "device.yaml"
    device.write_text("include: [more.yaml]\n" + device.read_text(encoding="utf-8"),
                      encoding="utf-8")
    assert not place.hit("second")
    assert place.hit("third") and place.tree("third") == place.tree("second")
    more = place.root / "toy" / "more.yaml"
    more.write_text(more.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    assert not place.hit("fourth")


def test_options_are_part_of_the_key(place: Place) -> None:
    assert not place.hit("second", "--only", "hw")
    assert place.hit("second", "--only", "hw")
    assert sorted({name.split("/")[0] for name in place.tree("second")}) == ["hw"]
    assert not place.hit("second", "--only", "header")


def test_the_folder_s_name_is_part_of_the_key(place: Place) -> None:
    """Outputs name the spec's folder, so another one makes other outputs."""
    moved = place.root / "moved"
    place.spec.parent.rename(moved)
    place.spec = moved / "root.yaml"
    assert not place.hit("second")
    assert place.tree("second") != place.tree("first")


def test_the_libraries_are_part_of_the_key(tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [("spec", "00", "toy/root.yaml")]
    before = key(entries, [])
    (tmp_path / "jinja2").mkdir()
    (tmp_path / "jinja2" / "__init__.py").write_text("another", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert key(entries, []) != before
    assert key(entries, ["hw"]) != key(entries, [])


@pytest.mark.parametrize("kind", ["outputs", "names"])
@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "foreign", "extended"])
def test_damage_is_a_miss_and_said(place: Place, kind: str, how: str) -> None:
    path = place.entry(kind)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes({"cut": path.read_bytes()[:-1], "flipped": bytes(data), "empty": b"",
                      "foreign": b"something else\n", "extended": path.read_bytes() + b"x"}[how])
    assert f"{path} is damaged" in place.run("second", "-v")
    assert place.tree("second") == place.tree("first")
    assert place.hit("third") and place.tree("third") == place.tree("first")


def test_no_cache_neither_reads_nor_writes(place: Place) -> None:
    path = place.entry("outputs")
    stamp = path.stat().st_mtime_ns
    assert not place.hit("second", "--no-cache")
    assert path.stat().st_mtime_ns == stamp
    shutil.rmtree(place.store)
    place.run("third", "--no-cache")
    assert not place.store.exists()


def test_a_bad_spec_is_never_kept(place: Place) -> None:
    before = sorted(place.store.iterdir())
    place.spec.write_text(place.spec.read_text(encoding="utf-8") + "nonsense: 1\n",
                          encoding="utf-8")
    done = subprocess.run(
        [sys.executable, place.root / "bin" / "uapigen", "generate", str(place.spec), "-o",
         str(place.root / "second")], capture_output=True, check=False,
        env={**os.environ, "UAPIGEN_CACHE": str(place.store)})
    assert done.returncode == 1 and sorted(place.store.iterdir()) == before


def test_an_edit_during_the_run_is_not_kept(tmp_path: Path) -> None:
    root = tmp_path / "root.yaml"
    root.write_text("edited", encoding="utf-8")
    store = Store(str(tmp_path / "store"))
    run = upkeep.Run(str(root), str(tmp_path / "out"), [], store)
    names = [manifest.root_name(str(root))]
    run.finish(names, manifest.digest_bytes(b"loaded"), dict(FILES))
    assert not (tmp_path / "store").exists()
    run.finish(names, manifest.digest_bytes(b"edited"), dict(FILES))
    assert len(list((tmp_path / "store").iterdir())) == 2


def test_writers_at_once(place: Place) -> None:
    shutil.rmtree(place.store)
    runs = [subprocess.Popen(
        [sys.executable, place.root / "bin" / "uapigen", "generate", str(place.spec), "-o",
         str(place.root / f"out{n}")], env={**os.environ, "UAPIGEN_CACHE": str(place.store)})
        for n in range(4)]
    assert [run.wait() for run in runs] == [0] * 4
    assert all(place.tree(f"out{n}") == place.tree("first") for n in range(4))
    assert sorted(p.suffix for p in place.store.iterdir()) == [".names", ".outputs"]
    assert place.hit("second") and place.tree("second") == place.tree("first")


@pytest.mark.parametrize("how", ["file", "below a file"])
def test_a_place_that_cannot_be_written_is_no_error(place: Place, how: str) -> None:
    """As on a read-only home; a test that runs as root can write to any folder."""
    blocked = place.root / "blocked"
    blocked.write_text("", encoding="utf-8")
    target = blocked if how == "file" else blocked / "home"
    said = place.run("second", "-v", UAPIGEN_CACHE=str(target))
    assert "cannot keep" in said and place.tree("second") == place.tree("first")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_store_still_answers(place: Place) -> None:
    place.store.chmod(0o500)
    assert place.hit("second")
    place.store.chmod(0o700)


def test_no_home_no_store(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UAPIGEN_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert folder() == "" and upkeep.user_store() is None
    monkeypatch.setenv("HOME", str(place.root))
    assert folder() == str(place.root / ".cache" / "uapigen")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folder() == str(place.root / ".cache" / "uapigen")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert folder() == "/xdg/uapigen"
    monkeypatch.setenv("UAPIGEN_CACHE", "/own")
    assert folder() == "/own"


def _age(store: Store, name: str, days: int) -> None:
    path = Path(store.place) / f"{name}.outputs"
    os.utime(path, ns=(0, path.stat().st_mtime_ns - days * 86400 * 10**9))


def test_the_bound_drops_what_was_not_used_for_longest(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    noise = {"noise": os.urandom(2000)}
    for days, name in ((3, "old"), (2, "used"), (1, "new")):
        store.keep("root", ["r.yaml"], name, noise)
        _age(store, name, days)
    assert store.outputs("used") == noise
    store.limit = 7000
    store.keep("root", ["r.yaml"], "last", noise)
    kept = sorted(p.stem for p in Path(store.place).glob("*.outputs"))
    assert kept == ["last", "new", "used"]
    assert sum(p.stat().st_size for p in Path(store.place).iterdir()) <= store.limit


def test_what_exceeds_the_bound_is_not_kept(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"), limit=100)
    store.keep("root", ["r.yaml"], "big", {"noise": os.urandom(101)})
    assert not (tmp_path / "store").exists() and "more than the store may hold" in store.notes[0]


def test_abandoned_writes_go_away(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    old, young = tmp_path / ".x.outputs.1.new", tmp_path / ".y.outputs.2.new"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    store.keep("root", ["r.yaml"], "name", FILES)
    assert not old.exists() and young.exists()


def test_a_piece_holds_the_files() -> None:
    assert unpack(pack(FILES)) == FILES


@pytest.mark.parametrize("data", [
    b"4 ../a\n\none\n", b"4 /a\n\none\n", b"5 a\n\none\n", b"3 a\n\none\n", b"x a\n\none\n",
    b"4 a\none\n", b"4 \n\none\n", b"\xff a\n\none\n"])
def test_what_is_no_piece_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(data)
