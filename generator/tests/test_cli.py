# SPDX-License-Identifier: BSD-3-Clause
"""The command line, as a person or a Makefile calls it."""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from toyspec import GENERATOR, REPO, write_spec

UAPIGEN = GENERATOR / "bin" / "uapigen"
EMPTY = "errnos: {}\n"
BAD = 'limits: {one: {value: "1 +", doc: "..."}}\n'


def run(*args: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run uapigen as a program."""
    return subprocess.run([sys.executable, UAPIGEN, *map(str, args)], cwd=cwd, text=True,
                          capture_output=True, env={**os.environ, **env}, check=False)


@pytest.fixture(name="good")
def _good(tmp_path: Path) -> Path:
    return write_spec(tmp_path, EMPTY, "device")


@pytest.fixture(name="bad")
def _bad(tmp_path: Path) -> Path:
    return write_spec(tmp_path, BAD, "device")


def test_check_good(good: Path) -> None:
    done = run("check", good)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 files, 2 commands" in done.stdout
    assert run("check", "-q", good).stdout == ""


def test_check_bad(bad: Path) -> None:
    done = run("check", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.match(r".*/case\.yaml:1:27: error\[E0301\]: ", done.stderr)
    assert "\033[" not in done.stderr


def test_paths_are_as_given(bad: Path) -> None:
    done = run("check", "root.yaml", cwd=bad.parent)
    assert done.stderr.startswith("case.yaml:1:27: error[E0301]: ")


def test_json_is_one_document(bad: Path, good: Path) -> None:
    write_spec(bad.parent, BAD, "device")
    done = run("check", "--format", "json", bad)
    found = json.loads(done.stdout)["errors"]
    assert done.returncode == 1 and done.stderr == ""
    assert [(e["id"], e["line"], e["column"]) for e in found] == [("E0301", 1, 27)]
    write_spec(good.parent, EMPTY, "device")
    done = run("check", "--format=json", good)
    assert done.returncode == 0 and json.loads(done.stdout) == {"errors": []}


def test_colour_on_request(bad: Path) -> None:
    assert "\033[1;31m" in run("check", "--color=always", bad).stderr
    assert "\033[" not in run("check", "--color=never", bad).stderr


def test_missing_file(tmp_path: Path) -> None:
    done = run("check", tmp_path / "none.yaml")
    assert done.returncode == 1
    assert "error[E0001]: cannot read" in done.stderr and "No such file" in done.stderr


@pytest.mark.parametrize("args", [
    (), ("frobnicate",), ("check",), ("check", "a", "b"), ("check", "--format", "xml", "a"),
    ("generate", "a"), ("explain",), ("explain", "E9999"), ("explain", "nonsense"),
])
def test_wrong_calls(args: tuple[str, ...]) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["", "generate", "check", "explain", "layout", "list",
                                     "schema"])
def test_help(command: str) -> None:
    done = run(*([command] if command else []), "--help")
    assert done.returncode == 0 and "usage: uapigen" in done.stdout
    if not command:
        assert "examples:" in done.stdout


def test_explain() -> None:
    done = run("explain", "e0406")
    assert done.returncode == 0
    assert done.stdout.startswith("E0406: implicit padding\n")
    assert "Wrong:" in done.stdout and "Right:" in done.stdout
    near = run("explain", "E0409")
    assert near.returncode == 2 and "did you mean E0408?" in near.stderr


def test_explain_list() -> None:
    lines = run("explain", "--list").stdout.splitlines()
    assert len(lines) > 100
    assert lines == sorted(lines) and all(re.match(r"[EL]\d{4}  \S", line) for line in lines)


def test_layout(good: Path) -> None:
    done = run("layout", good, "toy_config")
    assert done.returncode == 0 and "name" in done.stdout and "toy_status" not in done.stdout
    assert "toy_status" in run("layout", good).stdout
    done = run("layout", good, "toy_confi")
    assert done.returncode == 2 and "did you mean `toy_config`" in done.stderr


def test_list(good: Path) -> None:
    done = run("list", good)
    assert done.stdout.splitlines()[0].split() == [
        "command", "nr", "dir", "argument", "states", "checks"]
    assert run("list", good, "nonsense").returncode == 2


@pytest.mark.parametrize("subject", [
    "commands", "structs", "checks", "errnos", "constants", "flags", "enums", "words",
    "registers", "regions", "attributes", "conditions", "scenarios", "quirks"])
def test_every_list_of_the_own_spec(subject: str) -> None:
    done = run("list", REPO / "spec" / "hfi1.yaml", subject)
    assert done.returncode == 0 and len(done.stdout.splitlines()) > 3


def test_list_checks_has_them_all(good: Path) -> None:
    rows = [line.split(None, 3) for line in run("list", good, "checks").stdout.splitlines()[1:]]
    assert [row[:3] for row in rows] == [
        ["START", "many", "EINVAL"], ["START", "copy-in", "EFAULT"], ["START", "size", "EINVAL"],
        ["START", "busy", "EINVAL"], ["START", "starved", "EINVAL"], ["STATUS", "slow", "EINVAL"],
        ["STATUS", "copy-out", "EFAULT"]]


def test_schema_is_json() -> None:
    assert "$defs" in json.loads(run("schema").stdout)


def test_a_closed_pipe_is_no_error(good: Path) -> None:
    done = subprocess.run(f"{sys.executable} {UAPIGEN} explain --list | head -1", shell=True,
                          text=True, capture_output=True, check=False)
    assert done.stderr == "" and done.stdout.startswith("E0001")
    assert good.exists()


def test_operations_of_two_devices(tmp_path: Path) -> None:
    part = """
operation_kinds:
  begin: {object: slot, doc: "Begin."}
  query: {object: slot, doc: "Ask."}
  wait: {object: event, doc: "Sleep."}
"""
    roots = []
    for name, offers in (("one", "begin: {by: [START], under: [FAST]}, query: {by: [STATUS]}"),
                         ("two", "query: {by: [START, STATUS], note: Both.}, wait: {by: [poll]}")):
        (tmp_path / name).mkdir()
        text = f"{part}operations: {{{offers}}}\n"
        roots.append(write_spec(tmp_path / name, text, "device"))
    done = run("operations", *roots)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:5] == [
        "| object | operation | toy | toy |",
        "| --- | --- | --- | --- |",
        "| slot | begin | START (with FAST) | – |",
        "| slot | query | STATUS | START, STATUS |",
        "| event | wait | – | poll() |"]
    assert "- toy, query: Both." in done.stdout
    assert run("operations", roots[0], tmp_path / "gone.yaml").returncode == 1
