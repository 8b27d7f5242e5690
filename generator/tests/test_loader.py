# SPDX-License-Identifier: BSD-3-Clause
"""From files to a model: what a good spec becomes."""
from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from toyspec import REPO, TOY, load, load_good, write_spec

from uapigen import expr as ex
from uapigen import loader
from uapigen.model import Binary, Name, Spec

EMPTY = "errnos: {}\n"


@pytest.fixture(name="toy")
def _toy(tmp_path: Path) -> Spec:
    return load_good(tmp_path, EMPTY, "device")


def test_the_project_s_own_spec_is_sound() -> None:
    spec, items = loader.load(str(REPO / "spec" / "hfi1.yaml"))
    assert not items
    assert spec is not None and spec.name == "hfi1"


def test_head(toy: Spec, tmp_path: Path) -> None:
    assert (toy.name, toy.title, toy.prefix, toy.hw_prefix) == ("toy", "Toy", "toy", "HW_")
    assert toy.licenses["user"] == "BSD-3-Clause"
    lead = tmp_path.name
    assert toy.files == [f"{lead}/root.yaml", f"{lead}/device.yaml", f"{lead}/case.yaml"]


def test_digest_is_that_of_the_text(toy: Spec, tmp_path: Path) -> None:
    whole = b"".join((tmp_path / name).read_bytes()
                     for name in ("root.yaml", "device.yaml", "case.yaml"))
    assert toy.digest == hashlib.sha256(whole).hexdigest()


def test_names_of_files_do_not_depend_on_the_folder_we_are_in(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    root = write_spec(folder, EMPTY)
    first, _ = loader.load(str(root))
    monkeypatch.chdir(folder)
    second, _ = loader.load("root.yaml")
    monkeypatch.chdir(tmp_path)
    third, _ = loader.load(os.path.join(".", "specs", "root.yaml"))
    assert first is not None and second is not None and third is not None
    assert first.files == second.files == third.files == ["specs/root.yaml", "specs/case.yaml"]


def test_positions(toy: Spec) -> None:
    pos = toy.commands["START"].pos
    text = (TOY / "device.yaml").read_text(encoding="utf-8").split("\n")
    assert text[pos.line - 1] == "  START:" and pos.col == 3
    assert str(pos).endswith(f"device.yaml:{pos.line}")


def test_constants_flags_and_enums(tmp_path: Path) -> None:
    spec = load_good(tmp_path, """
constants:
  LAST: {value: "FIRST + (1UL << 4)", doc: "..."}
  FIRST: {value: 0x1b, doc: "..."}
flags:
  ev:
    prefix: EV_
    spelling: bitname
    suffix: UL
    bit_names: "_EV_{}_BIT"
    max_bit: _EV_MAX
    doc: "..."
    entries:
      A: {bit: 0, doc: "..."}
      B: {bit: 5, doc: "..."}
enums:
  e:
    doc: "..."
    entries:
      E_A: {doc: "..."}
      E_B: {value: "_EV_MAX + 1", doc: "..."}
      E_C: {doc: "..."}
limits:
  one: {value: "LAST + EV_B + E_C", doc: "..."}
""")
    assert spec.constants["FIRST"].text == "0x1b"
    assert spec.constants["LAST"].value == 0x1b + 16
    assert spec.constants["LAST"].text == "FIRST + (1UL << 4)"
    group = spec.flags["ev"]
    assert [(e.c_name, e.bit, e.bit_name) for e in group.entries] == [
        ("EV_A", 0, "_EV_A_BIT"), ("EV_B", 5, "_EV_B_BIT")]
    assert [(e.name, e.value, e.explicit) for e in spec.enums["e"].entries] == [
        ("E_A", 0, False), ("E_B", 6, True), ("E_C", 7, False)]
    assert spec.limits["one"].value == 43 + 32 + 7


def test_types(tmp_path: Path) -> None:
    spec = load_good(tmp_path, """
constants: {LEN: {value: 2, doc: "..."}}
structs:
  outer:
    size: {64: 28, 32: 28}
    doc: "..."
    fields:
      - {name: m, type: "u16[LEN][ 3 ]", doc: "..."}
      - {name: i, type: struct inner, doc: "..."}
      - union:
          - {name: a, type: le32, doc: "..."}
          - {name: b, type: "u8[4]", doc: "..."}
        doc: "..."
      - name: n
        struct: [{name: x, type: u64, doc: "..."}]
        doc: "..."
      - {name: tail, type: "char[]", doc: "..."}
  inner: {packed: true, size: {64: 4, 32: 4}, doc: "...", fields: [
          {name: v, type: s32, doc: "..."}]}
""".replace("u64", '"u32[2]"'))
    outer = spec.structs["outer"]
    first = outer.fields[0].type
    assert first is not None
    assert (first.kind, first.base, first.dims, first.dim_texts) == (
        "scalar", "u16", (2, 3), ("LEN", "3"))
    assert outer.fields[1].type is not None and outer.fields[1].type.kind == "struct"
    assert outer.fields[2].inner is not None and outer.fields[2].inner.kind == "union"
    assert outer.fields[2].name == ""
    assert outer.fields[3].inner is not None and outer.fields[3].name == "n"
    tail = outer.fields[4].type
    assert tail is not None and tail.dims == (None,)
    assert spec.structs["inner"].packed and outer.sizes == {64: 28, 32: 28}


def test_hardware(toy: Spec, tmp_path: Path) -> None:
    word = toy.words["CTRL"]
    assert [(f.name, f.hi, f.lo, f.mask) for f in word.fields] == [
        ("MODE", 3, 0, 0xf), ("COUNT", 11, 4, 0xff0)]
    assert word.fields[0].values["DOWN"].name == "HW_CTRL_MODE_DOWN"
    spec = load_good(tmp_path, """
registers:
  R: {offset: 0x100, count: 4, stride: 0x40, inner: {count: 2, stride: 8}, access: w1c, reset: 5,
      doc: "...", fields: {F: {bits: "63", doc: "..."}}}
""")
    reg = spec.registers["R"]
    assert (reg.offset, reg.count, reg.stride, reg.inner_count, reg.inner_stride) == (
        0x100, 4, 0x40, 2, 8)
    assert (reg.access, reg.reset, reg.fields[0].mask) == ("w1c", 5, 1 << 63)


def test_commands(toy: Spec) -> None:
    start, status = toy.commands["START"], toy.commands["STATUS"]
    assert (start.c_name, start.nr, start.nr_text, start.direction) == (
        "TOY_IOCTL_START", 1, "1", "w")
    assert (start.arg_kind, start.flow_in, start.flow_out) == (
        "struct", ["size", "mode", "name"], [])
    assert [(c.id, c.kind, c.errno) for c in start.checks] == [
        ("many", "expr", "EINVAL"), ("copy-in", "copy_in", "EFAULT"), ("size", "expr", "EINVAL"),
        ("busy", "driver", "EINVAL"), ("starved", "driver", "EINVAL")]
    cond = start.checks[2].cond
    assert isinstance(cond, Binary) and cond.type == "bool"
    assert cond.left == Name(("arg", "size"), "arg", "int", None, None, 32)
    assert cond.right == Name(("TOY_MAX",), "const", "int", 8, None, 31)
    assert start.checks[2].cond_text == "arg.size > TOY_MAX"
    assert start.baseline == {"size": "4"} and ex.evaluate(start.baseline_expr["size"], {}) == 4
    assert status.ensures[0].text == "out.slot < 8"
    assert toy.space is not None and toy.space.magic_value == 0x54
    observe = toy.attributes["fd.slot"].observe
    assert observe == Name(("status", "slot"), "observe", "int", None, None, 32)


def test_scalar_arguments_and_names(tmp_path: Path) -> None:
    spec = load_good(tmp_path, """
commands:
  SET:
    nr: 0x3
    direction: rw
    arg: s16
    in: true
    out: true
    baseline: {arg: "fd.slot + 1"}
    states: [ready]
    doc: "..."
    checks:
      - {id: c, copy: in, errno: EFAULT, why: "..."}
      - {id: s, if: "arg == 1 && cap.user.FAST && fd.state == ready", succeed: true, why: "..."}
      - {id: o, copy: out, errno: EFAULT, why: "..."}
check_lists:
  l:
    doc: "..."
    locals: {cfg: struct toy_config, n: int, hot: bool}
    checks:
      - {id: a, if: "hot && field(CTRL.COUNT, cfg.mode) > n && cfg.name[2] != 0", errno: EINVAL,
         violate: {hot: "true", n: "scratch"}, why: "..."}
""", "device")
    cmd = spec.commands["SET"]
    assert (cmd.arg_kind, cmd.flow_in, cmd.flow_out, cmd.nr_text) == (
        "scalar", ["arg"], ["arg"], "0x3")
    check = cmd.checks[1]
    assert check.errno == "" and check.cond is not None
    kinds = [(n.kind, n.type, n.signed) for n in ex.names(check.cond)]
    assert kinds == [("arg", "int", True), ("cap", "bool", False), ("attr", "state", False),
                     ("state", "state", False)]
    listed = spec.check_lists["l"]
    assert listed.locals == {"cfg": "struct toy_config", "n": "int", "hot": "bool"}
    cond = listed.checks[0].cond
    assert cond is not None
    found = {ex.name_key(n): n for n in ex.names(cond)}
    assert set(found) == {"hot", "CTRL.COUNT", "cfg.mode", "n", "cfg.name[2]"}
    assert found["cfg.name[2]"].kind == "struct" and found["cfg.name[2]"].bits == 8
    env = {"hot": 1, "cfg.mode": 0x50, "n": 4, "cfg.name[2]": 1}
    assert ex.evaluate(cond, env) == 1
    assert ex.evaluate(cond, {**env, "n": 5}) == 0


def test_sections_of_several_files_are_merged_in_order(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.yaml").write_text(
            f'limits: {{{name}: {{value: 1, doc: "..."}}}}\n', encoding="utf-8")
    spec = load_good(tmp_path, 'include: [one.yaml, two.yaml, three.yaml]\n'
                     'limits: {own: {value: 2, doc: "..."}}\n')
    assert list(spec.limits) == ["own", "one", "two", "three"]


def test_included_files_find_their_neighbours(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text("include: [b.yaml]\n", encoding="utf-8")
    (tmp_path / "sub" / "b.yaml").write_text(EMPTY, encoding="utf-8")
    spec = load_good(tmp_path, "include: [sub/a.yaml]\n")
    assert spec.files[-2:] == [f"{tmp_path.name}/sub/a.yaml", f"{tmp_path.name}/sub/b.yaml"]


def test_headers_tell_where_things_are(tmp_path: Path) -> None:
    spec = load_good(tmp_path, """
constants: {C: {value: 1, doc: "..."}}
structs:
  s: {size: {64: 4, 32: 4}, doc: "...", fields: [{name: a, type: u32, doc: "..."}]}
headers:
  toy/a.h: {guard: A_H, contents: [C, s], doc: "..."}
""")
    assert spec.constants["C"].header == spec.structs["s"].header == "toy/a.h"


@pytest.mark.parametrize("part, base", [
    ("""
quirks: {pad: {what: "...", why: "...", exempts: [E0406], test: x}}
structs:
  s: {size: {64: 8, 32: 8}, quirk: pad, doc: "...", fields: [
      {name: a, type: u32, doc: "..."}, {name: b, type: u16, doc: "..."}]}
""", ""),
    ("""
quirks: {two: {what: "...", why: "...", exempts: [E0504, E0510], test: x}}
commands:
  SET: {nr: 3, direction: r, arg: ulong, in: true, quirk: two, states: [ready], doc: "...",
        checks: [{id: c, copy: in, errno: EFAULT, why: "..."}]}
""", "device"),
    ("""
quirks: {w: {what: "...", why: "...", exempts: [E0906], test: x}}
mmap:
  A: {type: 1, token: token, length: "4096", memory: coherent, cache: cached, write: allowed,
      quirk: w, shared_by: fd, doc: "..."}
""", "device"),
])
def test_quirks_silence_what_they_exempt(part: str, base: str, tmp_path: Path) -> None:
    load_good(tmp_path, part, base)
    bare = [line for line in part.split("\n") if not line.startswith("quirks")]
    loud = tmp_path / "loud"
    loud.mkdir()
    spec, items = load(loud, "\n".join(bare).replace("quirk: pad, ", "").replace(
        "quirk: two, ", "").replace("quirk: w, ", ""), base)
    assert spec is None and items


def test_a_spec_can_be_moved(tmp_path: Path) -> None:
    one, two = tmp_path / "one" / "spec", tmp_path / "two" / "spec"
    one.mkdir(parents=True)
    write_spec(one, EMPTY, "device")
    shutil.copytree(one, two)
    first, _ = loader.load(str(one / "root.yaml"))
    second, _ = loader.load(str(two / "root.yaml"))
    assert first is not None and repr(first) == repr(second)
