# SPDX-License-Identifier: BSD-3-Clause
"""The names of the cases that are made of a spec."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from toyspec import load_good

from uapigen import emit
from uapigen.backends.conformance.cases import Family, row
from uapigen.render import BackendError

MEMBERS = """
structs:
  toy_extent:
    doc: Members called as what a record has.
    size: {64: 16, 32: 16}
    fields:
      - {name: size, type: u32, doc: "A length."}
      - {name: align, type: u32, doc: "An alignment."}
      - {name: start, type: u64, doc: "A place."}
headers:
  toy.h:
    guard: TOY_H
    includes: [linux/types.h]
    doc: All of it.
    contents: [TOY_MAGIC, TOY_MAX, toy_cap, toy_config, toy_status, toy_extent, commands]
scenarios:
  idle: {state: idle, doc: "An open file."}
"""


def test_members_are_told_from_the_record(tmp_path: Path) -> None:
    """A member may be called size: its case has a name of its own."""
    emit.generate(load_good(tmp_path, MEMBERS, "device"), tmp_path / "out", ["conformance"])
    text = (tmp_path / "out/conformance/layout.c").read_text(encoding="utf-8")
    names = re.findall(r'"(layout\.toy_extent\.\w+)"', text)
    assert set(names) == {f"layout.toy_extent.{n}" for n in ("sizeof", "size", "align", "start")}


def test_a_second_case_of_a_name_is_refused(tmp_path: Path) -> None:
    """Two cases of one name could not be told apart in a report."""
    family = Family(load_good(tmp_path, MEMBERS, "device"), "layout", "Layouts.")
    family.add("one", "clause", "A case.", "layout", "layout", row())
    with pytest.raises(BackendError, match="two cases are called 'layout.one'"):
        family.add("one", "clause", "Another.", "layout", "layout", row())
