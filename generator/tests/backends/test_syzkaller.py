# SPDX-License-Identifier: BSD-3-Clause
"""The descriptions for syzkaller are well formed and say what the spec says."""
from __future__ import annotations

import pytest
from syzlang import Checker, File, Wrong, parse

from uapigen import loader
from uapigen.backends import syzkaller
from uapigen.clauses import commands
from uapigen.layout import compute
from uapigen.model import Spec

ROOT = __file__.rsplit("/generator/", 1)[0]


@pytest.fixture(name="spec", scope="module")
def _spec() -> Spec:
    spec, mistakes = loader.load(f"{ROOT}/spec/hfi1.yaml")
    assert spec is not None and not mistakes
    return spec


@pytest.fixture(name="text", scope="module")
def _text(spec: Spec) -> str:
    (output,) = syzkaller.generate(spec)
    return output.text


@pytest.fixture(name="file", scope="module")
def _file(text: str) -> File:
    return parse(text)


def known(spec: Spec) -> set[str]:
    """Return the constants the headers define."""
    return {c.c_name for c in spec.commands.values()} | {"AT_FDCWD"}


def test_is_well_formed(spec: Spec, file: File) -> None:
    Checker(file, known(spec)).check()


def test_every_command_is_there(spec: Spec, file: File) -> None:
    expected = {f"ioctl${c.c_name}" for c in commands(spec)}
    assert expected == {name for name in file.calls if name.startswith("ioctl$")}


def test_sizes_are_the_published_ones(spec: Spec, file: File) -> None:
    checker = Checker(file, known(spec))
    for command in spec.commands.values():
        if command.arg_kind == "struct":
            assert command.arg is not None
            name = f"{command.arg.base}_{command.name.lower()}"
            size = compute(spec, spec.structs[command.arg.base], 64).size
            assert checker.record(name)[0] == size, name


def test_flows_are_told(file: File) -> None:
    members = {n: (t, flow) for n, t, flow in file.records["hfi1_tid_info_tid_update"].members}
    assert members["vaddr"][0].name == "vma64"
    assert members["tidlist"][0].name == "ptr64"
    assert {n: flow for n, (_, flow) in members.items()} == {
        "vaddr": "in", "tidlist": "in", "tidcnt": "out", "length": "inout"}
    tokens = file.records["hfi1_base_info_user_info"].members
    assert ("user_regbase", "hfi1_token", "out") in [(n, t.name, f) for n, t, f in tokens]


@pytest.mark.parametrize("old, new", [
    ("ptr[inout, ", "ptr[both, "),
    ("array[int8, 16]", "array[int9, 16]"),
    ("const[HFI1_IOCTL_GET_VERS]", "const[HFI1_IOCTL_GET_VERSION]"),
    ("resource hfi1_token[int64]", "resource hfi1_token[int65]"),
    ("len[addr, int64]", "len[address, int64]"),
    ("fd fd_hfi1, cmd", "fd fd_hfi2, cmd"),
    ("\tlength\t", "\tlength "),
    ("sdma_req_info {", "sdma_req_info ["),
    ("openat$hfi1(", "openat$hfi1((")])
def test_mistakes_are_seen(spec: Spec, text: str, old: str, new: str) -> None:
    assert old in text
    with pytest.raises(Wrong):
        Checker(parse(text.replace(old, new)), known(spec)).check()
