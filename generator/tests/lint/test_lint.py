# SPDX-License-Identifier: BSD-3-Clause
"""Every rule fires on a seeded flaw, and not on the clean neighbour."""
from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from toyspec import GENERATOR, load_good, write_spec

from uapigen import errors
from uapigen.diff.versions import Version
from uapigen.lint import numbers, run

RULES = {i: e for i, e in errors.catalogue().items() if i.startswith("L")}
_PREAMBLE = "#include <linux/types.h>\n#include <linux/ioctl.h>\n"
# A pointer or a long has another size in 32-bit programs, whatever the rule is.
_WITH = {"L0104": {"L0103"}, "L0105": {"L0103"}, "L0103": {"L0104"}}
Ids = list[tuple[str, str]]


def _header(folder: Path, name: str, text: str) -> Version:
    path = folder / name
    path.write_text(_PREAMBLE + text, encoding="utf-8")
    return Version(str(path))


def _spec(folder: Path, text: str, base: str) -> Version:
    root = write_spec(folder, text, "device")
    if base == "accepted" and "direction: r," in text:
        head = root.read_text(encoding="utf-8")
        root.write_text(head + "status: imported\naccepted: {E0504: 1}\n", encoding="utf-8")
    return Version(str(root))


def _found(folder: Path, entry: dict[str, Any], text: str) -> Ids:
    """Return what lint finds in an example and its surroundings."""
    base = entry["base"]
    if base == "header":
        given = [_header(folder, "x.h", text)]
    elif base == "pair":
        given = [_header(folder, "x.h", text), _header(folder, "y.h", RULES["L0113"]["wrong"])]
    else:
        given = [_spec(folder, text, base)]
    specs = [v.spec for v in given if v.spec is not None]
    assert len(specs) == len(given), [v.mistakes for v in given]
    return [(j.finding.id, j.finding.element) for found in run.lint(specs) for j in found
            if not j.reason]


def _surroundings(entry: dict[str, Any]) -> Ids:
    """Return what is found beside the toy device, whatever the example."""
    return [] if entry["base"] in ("header", "pair") else [("L0112", "0x54")]


@pytest.mark.parametrize("ident", RULES)
def test_entry_is_whole(ident: str) -> None:
    entry = RULES[ident]
    assert set(entry) == {"title", "text", "why", "help", "base", "wrong", "right"}
    assert not any(entry[k].endswith(".") for k in ("title", "why", "help"))
    text = errors.explain(ident)
    assert text is not None and entry["title"] in text


@pytest.mark.parametrize("ident", RULES)
def test_fires(ident: str, tmp_path: Path) -> None:
    entry = RULES[ident]
    found = {i for i, e in _found(tmp_path, entry, entry["wrong"])
             if (i, e) not in _surroundings(entry)}
    assert ident in found and found <= {ident} | _WITH.get(ident, set())


@pytest.mark.parametrize("ident", RULES)
def test_is_silent(ident: str, tmp_path: Path) -> None:
    entry = RULES[ident]
    found = _found(tmp_path, entry, entry["right"])
    assert [f for f in found if f not in _surroundings(entry)] == []


def test_every_reported_id_is_explained() -> None:
    found: set[str] = set()
    for path in (GENERATOR / "uapigen" / "lint").glob("*.py"):
        found |= set(re.findall(r'"(L\d{4})"', path.read_text(encoding="utf-8")))
    assert found == set(RULES)


def test_kernel_list_is_plausible() -> None:
    rows = numbers.kernel_list()
    assert len(rows) > 250
    assert all(0 <= r.code < 256 and 0 <= r.first <= r.last < 256 and r.owners for r in rows)
    assert any(r.code == 0x57 and "linux/watchdog.h" in r.owners for r in rows)


def test_own_block_is_no_collision(tmp_path: Path) -> None:
    """A block belongs to who publishes the header that the list names."""
    part = """
headers: {linux/soundcard.h: {guard: TOY_H, doc: "...", contents: [
          TOY_MAGIC, TOY_MAX, toy_cap, toy_config, toy_status, commands]}}
"""
    assert run.lint([load_good(tmp_path, part, "device")]) == [[]]


def test_quirk_is_a_reason(tmp_path: Path) -> None:
    part = """
quirks:
  old: {what: "Padding.", why: "Older than the rule.", exempts: [E0406, E0408], test: "x.*"}
structs:
  old: {size: {64: 16, 32: 12}, quirk: old, doc: "...", fields: [
        {name: a, type: u32, doc: "..."}, {name: b, type: u64, doc: "..."}]}
"""
    [found] = run.lint([load_good(tmp_path, part, "device")])
    assert {(j.finding.id, j.reason) for j in found if j.finding.element == "old"} == {
        ("L0101", "Older than the rule."), ("L0103", "Older than the rule.")}


def _run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(GENERATOR / "bin" / "uapigen"), "lint", *args],
                          capture_output=True, text=True, check=False)


def test_command(tmp_path: Path) -> None:
    """Place, reason, help and status are as promised; so is JSON."""
    spec = write_spec(tmp_path, "limits: {}\n", "device")
    shown = _run(str(spec))
    assert shown.returncode == 3
    line = (tmp_path / "device.yaml").read_text(encoding="utf-8").split("\n").index("  START:") + 1
    assert f"device.yaml:{line}:3: lint[L0112]:" in shown.stdout
    assert "why: " in shown.stdout and "help: " in shown.stdout
    data = json.loads(_run("--format", "json", str(spec)).stdout)
    assert [(f["id"], f["line"], f["column"]) for f in data["findings"]] == [("L0112", line, 3)]
    assert data["allowed"] == []


def test_allowance(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, RULES["L0001"]["right"], "device")
    shown = _run("--allowed", str(spec))
    assert shown.returncode == 0
    assert "reason: The toy is older than the list." in shown.stdout
    assert "0 findings, 1 allowed" in shown.stdout


@pytest.mark.parametrize("reason", ['""', '" "'])
def test_reason_is_not_empty(reason: str, tmp_path: Path) -> None:
    spec = write_spec(tmp_path, f'lint: {{L0112: {{allow: {{"0x54": {reason}}}}}}}\n', "device")
    shown = _run(str(spec))
    assert shown.returncode == 1 and "error[E0" in shown.stderr


def test_own_specs_are_clean() -> None:
    root = GENERATOR.parent / "spec"
    paths = [str(p) for p in sorted(root.glob("*.yaml"))
             if re.search(r"^spec: ", p.read_text(encoding="utf-8"), re.MULTILINE)]
    shown = _run(*paths)
    assert (shown.returncode, shown.stderr) == (0, ""), shown.stdout
