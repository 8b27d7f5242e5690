# SPDX-License-Identifier: BSD-3-Clause
"""The reference, the manual and the JSON model of the real spec."""
from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from uapigen import emit, loader
from uapigen.backends.docs.text import anchor
from uapigen.clauses import clauses
from uapigen.model import Spec

ROOT = Path(__file__).resolve().parents[3]
LINK = re.compile(r"\[[^\]]*\]\(([^)]+)\)")


@pytest.fixture(scope="module", name="spec")
def _spec() -> Spec:
    spec, mistakes = loader.load(str(ROOT / "spec/hfi1.yaml"))
    assert spec is not None, mistakes
    return spec


@pytest.fixture(scope="module", name="files")
def _files(spec: Spec) -> dict[str, str]:
    made = emit.render_all(spec, ["docs", "man", "model"])
    return {path: data.decode() for path, data in made.items()}


def _anchors(text: str) -> set[str]:
    return {anchor(h) for h in re.findall(r"^#+ (.*)$", text, re.M)}


def _dangling(files: dict[str, str], page: str, target: str) -> bool:
    """Tell whether a link of a page leads nowhere."""
    path, _, fragment = target.partition("#")
    if path.startswith("../../"):
        lines = (ROOT / path.removeprefix("../../")).read_text().splitlines()
        return not 0 < int(fragment.removeprefix("L")) <= len(lines)
    other = f"docs/{path}" if path else page
    return other not in files or (fragment != "" and fragment not in _anchors(files[other]))


def test_every_link_leads_somewhere(files: dict[str, str]) -> None:
    """Pages, headings and lines of the spec."""
    dangling, count = [], 0
    for page, text in files.items():
        if not page.startswith("docs/"):
            continue
        for target in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
            count += 1
            if _dangling(files, page, target):
                dangling.append(f"{page}: {target}")
    assert count > 500
    assert not dangling


def test_every_check_is_in_the_reference(spec: Spec, files: dict[str, str]) -> None:
    """With its line of the spec, and under its errno."""
    pages = "".join(t for p, t in files.items() if p.startswith("docs/"))
    for clause in clauses(spec):
        pos = clause.check.pos
        assert f"{pos.file}#L{pos.line})" in pages, clause.id
        if clause.check.errno:
            assert f"[{clause.id}](" in files["docs/errnos.md"]


def _tables(text: str) -> list[list[str]]:
    """Return the tables of a page, each as its lines."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [block.splitlines() for block in re.findall(r"(?:^\|.*\n)+", plain, re.M)]


def test_tables_are_rectangular(files: dict[str, str]) -> None:
    """No row has more or fewer cells than its head."""
    for page, text in files.items():
        for table in _tables(text) if page.startswith("docs/") else []:
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
            assert len(widths) == 1, (page, table[0])


def test_every_page_has_a_manual(spec: Spec, files: dict[str, str]) -> None:
    """One page per command, one for the device, one for the library."""
    wanted = {f"man/man2/{c.c_name}.2" for c in spec.commands.values()}
    wanted |= {f"man/man4/{spec.prefix}.4", f"man/man3/lib{spec.prefix}.3"}
    assert {p for p in files if p.startswith("man/")} == wanted


def test_formatter_has_no_complaint_about_the_manual(
    files: dict[str, str], tmp_path: Path
) -> None:
    """groff with all warnings."""
    for path, text in files.items():
        if path.startswith("man/"):
            page = tmp_path / Path(path).name
            page.write_text(text)
            command = ["groff", "-man", "-Tutf8", "-ww", "-z", str(page)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            assert done.stderr == "", path


def test_manual_lists_errors_in_order(spec: Spec, files: dict[str, str]) -> None:
    """As the driver checks, the shared rule first."""
    page = files["man/man2/HFI1_IOCTL_TID_UPDATE.2"]
    section = page.split(".SH ERRORS")[1].split(".SH")[0]
    found = re.findall(r"^\.B (E\w+)$", section, re.M)
    checks = [c.errno for c in spec.commands["TID_UPDATE"].checks]
    assert found == ["EINVAL", *checks]


def test_model_is_complete(spec: Spec, files: dict[str, str]) -> None:
    """Valid JSON with every element, expressions as text, places as text."""
    model = json.loads(files["model.json"])
    for section in ("commands", "structs", "registers", "words", "check_lists", "regions"):
        assert set(model[section]) == set(getattr(spec, section))
    check = model["commands"]["TID_FREE"]["checks"][1]
    assert check["cond"] == "arg.tidcnt > fd.tid_used"
    assert re.fullmatch(r"spec/hfi1/[a-z-]+\.yaml:\d+:\d+", check["pos"])
    assert model["layouts"]["hfi1_base_info"]["32"]["offsets"]["status_bufbase"] == 80
