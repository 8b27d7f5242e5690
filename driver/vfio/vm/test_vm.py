# SPDX-License-Identifier: BSD-3-Clause
"""The parts of the VM harness that need no guest."""
from __future__ import annotations

import json
import lzma
import re
import struct
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import apart  # noqa: E402
import icount  # noqa: E402
import initramfs  # noqa: E402
import lanes  # noqa: E402
import results  # noqa: E402
import share  # noqa: E402
import suite  # noqa: E402
import two  # noqa: E402
import vmlinux  # noqa: E402

OOPS = """\
[    5.1] WARNING: CPU: 0 PID: 7 at drivers/infiniband/rdmavt/qp.c:2041 rvt_post_send+0x7e6/0x8a0
[    5.2] RIP: 0010:rvt_post_send+0x7e6/0x8a0 [rdmavt]
[    5.3] Call Trace:
[   12.1] BUG: unable to handle page fault for address: ffff8888
[   12.2] RIP: 0010:hfi1_user_exp_rcv_clear+0xd6/0x1b0 [hfi1]
[   12.3] Call Trace:
[   12.4] Kernel panic - not syncing: Fatal exception
"""
TASKS = """\
[   99.1] sysrq: Show State
[   99.2] task:init            state:S stack:0     pid:1
[   99.3]  schedule+0x5a/0xd0
[   99.4] task:suite           state:S stack:0     pid:5
[   99.5]  schedule+0x5a/0xd0
[   99.6]  hfi1_user_sdma_free_queues+0x1bd/0x280 [hfi1]
"""


def test_death_names_the_fatal_function() -> None:
    """Not the one of an earlier warning."""
    assert lanes.death(OOPS) == ("BUG: unable to handle page fault for address: ffff8888 "
                                 "in hfi1_user_exp_rcv_clear+0xd6/0x1b0")


def test_no_death_without_a_panic() -> None:
    """A warning alone does not end a kernel."""
    assert lanes.death(OOPS.split("[   12")[0]) == ""


def test_waiting_finds_the_driver() -> None:
    """Of all tasks, the one inside of the driver."""
    assert lanes.waiting(TASKS) == "hfi1_user_sdma_free_queues+0x1bd/0x280 [hfi1]"
    assert lanes.waiting("nothing") == ""


def test_complaints_know_the_normal() -> None:
    """A known warning takes its trace with it; an oops stays."""
    found = lanes.complaints(lanes.UPSTREAM, OOPS)
    assert not any("rvt_post_send" in line for line in found)
    assert [line for line in found if "BUG:" in line]
    assert any("rvt_post_send" in line for line in lanes.complaints(lanes.ours("x.ko"), OOPS))


def judge(skip: Path | None = None) -> suite.Judge:
    """A judge that never starts anything."""
    return suite.Judge(Path("cache"), Path("suite"), [], "", skip)


def part(*plan: str, skip: Path | None = None) -> suite.Part:
    """What one guest is to run."""
    return suite.Part(judge(skip), list(plan), "")


def report(path: Path, *cases: tuple[str, str], cut: bool = False) -> Path:
    """What a guest wrote, its last line cut short on request."""
    text = "".join(json.dumps({"type": "case", "name": n, "outcome": o}) + "\n"
                   for n, o in cases)
    path.write_text(text[:-10] if cut else text)
    return path


def test_dead_guest_charges_the_next_case(tmp_path: Path) -> None:
    """A line cut short is a case without a verdict."""
    p = part("a", "b", "c", "d")
    p.read(report(tmp_path / "r", ("a", "passed"), ("b", "failed"), ("c", "passed"), cut=True))
    assert p.bury("oops") == "c"
    p.read(report(tmp_path / "r", ("a", "skipped"), ("b", "skipped"), ("c", "skipped"),
                  ("d", "not supported")))
    assert p.outcome == {"a": "passed", "b": "failed", "c": "crashed", "d": "not supported"}
    assert p.result() == 1


def test_a_unit_that_is_missing_is_told(tmp_path: Path) -> None:
    """A case may not be skipped because its group was dealt wrongly."""
    p = part("a.x")
    (tmp_path / "r").write_text(json.dumps({"type": "case", "name": "a.x", "outcome": "skipped",
                                            "text": suite.NO_UNIT}) + "\n")
    p.read(tmp_path / "r")
    assert p.complaints and p.result() == 1


def test_guests_side_by_side_make_one_result(capsys: pytest.CaptureFixture[str]) -> None:
    """Counts add up, the worst status counts, and nothing may be without a verdict."""
    one, two = part("a", "b"), part("c")
    one.outcome = {"a": "passed", "b": "skipped"}
    two.outcome = {"c": "passed"}
    one.status = two.status = 0
    assert suite.close([one, two]) == 0
    assert capsys.readouterr().out == ("conformance: 2 passed, 0 failed, 1 skipped, "
                                       "0 not supported, 0 deviations\n")
    two.status = 77  # nothing to run is no failure beside another
    assert suite.close([one, two]) == 0
    del one.outcome["b"]
    assert suite.close([one, two]) == 124
    one.complaints = ["kernel: WARNING"]
    assert suite.close([one]) == 1


def test_rules_of_the_next_guest(tmp_path: Path) -> None:
    """What ran is not run again, and what is listed not at all."""
    skip = tmp_path / "skip"
    skip.write_text("x.*: why\n")
    p = part("a", skip=skip)
    p.outcome["a"] = "passed"
    assert p.rules() == "a: ran in an earlier guest\nx.*: why"


def test_patience_follows_the_options() -> None:
    """A guest is given up when no case could still be running."""
    judge = suite.Judge(Path("cache"), Path("suite"), [], "-g model", None)
    assert judge.slower() == suite.SLOWER
    assert replace(judge, options="--timeout-scale 10 -g model").slower() == 10


def test_groups_are_dealt_out_by_cost() -> None:
    """The dearest first; few cases get one guest."""
    plan = ["a.1", "a.2", "b.1", "c.1", "d.1"]
    known = {"a": 90.0, "b": 50.0, "c": 30.0, "d": 20.0}
    assert share.deal(plan, known, 2) == [{"a"}, {"b", "c", "d"}]
    assert share.deal(plan, known, 1) == [{"a", "b", "c", "d"}]
    assert share.deal(plan, {}, 2) == [{"a", "b", "c", "d"}]
    two = [*plan, "across.1", "stress.1"]
    assert share.deal(two, known, 2) == [{"a", "across", "stress"}, {"b", "c", "d"}]
    assert share.units({"a"}) == 1
    assert share.units({"a", "stress"}) == 2


def test_last_run_tells_the_cost(tmp_path: Path) -> None:
    """Groups that did not run keep what is known of them."""
    last = tmp_path / "r"
    last.write_text('{"type": "case", "name": "model.a", "seconds": 2.5}\n'
                    '{"type": "case", "name": "model.b", "seconds": 1.5}\n{"type": "ca')
    assert share.costs(last) == {**share.COSTS, "model": 4.0}
    assert share.costs(tmp_path / "none") == share.COSTS


def test_groups_replace_those_of_the_options() -> None:
    """Everything else stays as it was."""
    assert share.options("-g a --group b -t 'x.*' --seed 3", {"b", "a"}) == \
        "-t 'x.*' --seed 3 -g a -g b"


def entries(archive: bytes) -> dict[str, tuple[int, bytes]]:
    """Read a newc archive back."""
    found: dict[str, tuple[int, bytes]] = {}
    at = 0
    while True:
        assert archive[at:at + 6] == b"070701"
        fields = [int(archive[at + 6 + i * 8:at + 14 + i * 8], 16) for i in range(13)]
        name = archive[at + 110:at + 110 + fields[11] - 1].decode()
        at = (at + 110 + fields[11] + 3) & ~3
        data = archive[at:at + fields[6]]
        at = (at + fields[6] + 3) & ~3
        if name == "TRAILER!!!":
            return found
        assert name not in found
        found[name] = (fields[1], data)


def test_archive_is_what_the_kernel_unpacks() -> None:
    """Parents before children, each once, modes as given."""
    a = initramfs.Archive()
    a.add("/a/b/c", b"one", 0o755)
    a.add("a/b/d", b"x" * 5)
    a.add("a/b/d", b"again")
    found = entries(a.bytes())
    assert list(found) == ["a", "a/b", "a/b/c", "a/b/d"]
    assert found["a/b/c"] == (0o100755, b"one")
    assert found["a/b/d"] == (0o100644, b"xxxxx")
    assert found["a"][0] == 0o040755


def kernel_tree(root: Path, modules: dict[str, str]) -> initramfs.Modules:
    """Files that look like modules to the one field that is read."""
    tree = root / "lib/modules/1/kernel"
    tree.mkdir(parents=True)
    for name, depends in modules.items():
        (tree / f"{name}.ko").write_bytes(b"\x7fELF\0depends=" + depends.encode() + b"\0")
    (root / "lib/modules/1/modules.builtin").write_text("kernel/lib/crc32.ko\n")
    return initramfs.Modules(root, "1")


def test_modules_come_after_their_needs(tmp_path: Path) -> None:
    """Dashes and underscores are one; built-in ones need no file."""
    m = kernel_tree(tmp_path, {"hfi": "core,i2c_bit,crc32", "core": "", "i2c-bit": "core"})
    assert [p.stem for p in m.order(["hfi"])] == ["core", "i2c-bit", "hfi"]
    with pytest.raises(initramfs.BuildError, match="no module nonsense"):
        m.order(["nonsense"])


def test_firmware_size_word() -> None:
    """The driver compares it with the length of the file."""
    fw = initramfs.dummy_firmware()
    assert struct.unpack_from("<I", fw, 24)[0] == (len(fw) - 264) // 4


def test_kernel_is_taken_out_of_its_image() -> None:
    """By the setup header, not by searching for magic numbers."""
    packed = lzma.compress(b"\x7fELF kernel") + b"size"
    image = bytearray(3 * 512)
    image[0x1F1] = 2
    image[0x202:0x206] = b"HdrS"
    struct.pack_into("<II", image, 0x248, 16, len(packed))
    image += bytes(16) + packed
    assert vmlinux.unpack(vmlinux.payload(bytes(image))) == b"\x7fELF kernel"
    with pytest.raises(ValueError):
        vmlinux.payload(bytes(4096))


def test_what_a_kernel_says_is_the_same_in_each_run() -> None:
    """Addresses, processors and offsets go, names stay."""
    assert apart.plain("[  9.1] BUG: unable to handle page fault for address: ffff88810 in "
                       "hfi1_user_exp_rcv_clear+0xd6/0x1b0") == \
        "BUG: unable to handle page fault in hfi1_user_exp_rcv_clear()"
    assert apart.plain("[  9.1] WARNING: CPU: 0 PID: 178 at drivers/hfi1/sdma.h:668 "
                       "sdma_txadd_kvaddr.constprop.0+0x1e4/0x210 [hfi1]") == \
        "WARNING: at drivers/hfi1/sdma.h:668 sdma_txadd_kvaddr() [hfi1]"


def test_instructions_side_by_side(tmp_path: Path) -> None:
    """Other output is passed over; a call that one driver lacks has no ratio."""
    out = tmp_path / "output"
    out.write_text("noise\nicount open 1200\nicount CTXT_RESET x\n")
    assert icount.read(out) == {"open": 1200}
    text = icount.table({"open": 600, "new": 5}, {"open": 1200}, "6.1")
    assert "| open | 600 | 1,200 | 0.50 |" in text
    assert "| new | 5 | none |  |" in text
    out.write_text("")
    with pytest.raises(results.NoReport, match="no counts"):
        icount.read(out)


def test_lost_contexts_are_counted() -> None:
    """From what the guest printed before and after."""
    assert apart.contexts_lost("noise\ncontexts 16 13\n") == 3
    assert apart.contexts_lost("cut short") == 0


def test_a_case_apart_has_to_do_harm_that_is_known(tmp_path: Path) -> None:
    """Harm without a deviation fails, and so does a case that is harmless."""
    model = tmp_path / "model.json"
    model.write_text(json.dumps({"deviations": {
        "d": {"id": "d", "driver": "hfi1", "cases": ["known.*"]},
        "e": {"id": "e", "driver": "other", "cases": ["*"]}}}))
    a = apart.Apart(judge(), [], model)
    oops = ["BUG"]
    passed: dict[str, object] = {"outcome": "passed"}

    def outcome(name: str, events: list[str], verdict: dict[str, object],
                reason: str = "why") -> str:
        return a.outcome(apart.Finding(name, reason, verdict, events))

    assert outcome("known.x", oops, {}) == "deviation"
    assert outcome("known.x", [], {"outcome": "deviation"}) == "deviation"
    assert outcome("new.x", oops, {}) == "failed"
    assert outcome("new.x", [], {"outcome": "failed"}) == "failed"
    assert outcome("known.x", [], passed) == "unexpected pass"
    assert outcome("known.x", [], {"outcome": "skipped"}) == "skipped"
    assert outcome("known.x", [], passed, "sometimes it does") == "skipped"
    assert a.outcome(apart.Finding("known.x", "why", {}, oops, broken="no boot")) == "broken"


def test_two_guests_are_told_apart(tmp_path: Path) -> None:
    """Each has a LID of its own, whoever sets it, and its end of the wire."""
    ours, upstream = (two.lane_of(driver, "x.ko", role)
                      for role, driver in enumerate(("ours", "upstream")))
    assert int(upstream.settings()["lid"]) == int(ours.settings()["lid"]) + 1
    assert f"port_lid={ours.lid}" in ours.modules[-1][1]
    ends = [" ".join(two.ethernet(tmp_path, role)) for role in range(2)]
    assert "server=on" in ends[0] and "server=off" in ends[1]
    assert ends[0].rpartition("mac=")[2] != ends[1].rpartition("mac=")[2]


def test_a_tree_lies_where_it_was(tmp_path: Path) -> None:
    """Its files only; a folder that is not there is an error, not an empty one."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "help.txt").write_text("help")
    a = initramfs.Archive()
    initramfs.add_tree(a, tmp_path)
    assert entries(a.bytes())[str(tmp_path / "sub" / "help.txt").lstrip("/")][1] == b"help"
    with pytest.raises(initramfs.BuildError, match="no folder"):
        initramfs.add_tree(a, tmp_path / "absent")


def test_aids_come_before_the_driver() -> None:
    """Reports name the last module, and the guest unloads it."""
    lane = lanes.UPSTREAM.aided(["a.ko", "b.ko"])
    assert [name for name, _ in lane.modules[-3:]] == ["a.ko", "b.ko", "hfi1"]
    assert lanes.UPSTREAM.aided([]) == lanes.UPSTREAM


def test_a_capability_of_users_is_in_the_upper_half() -> None:
    """Where both drivers' cap_mask has it."""
    assert lanes.user_capability("SDMA") == 2 << lanes.CAP_USER_SHIFT


def test_a_guest_knows_no_verbs_of_its_own() -> None:
    """What it does itself are verbs of the one list, and none of the chip's."""
    here = Path(__file__).parents[2]
    script = (here / "vfio/vm/guest/fault.sh").read_text()
    branches = re.findall(r"^([a-z-]+(?: \| [a-z-]+)*)\)$", script.partition("verb=$1")[2], re.M)
    own = [name for names in branches for name in names.split(" | ")]
    verbs = dict(re.findall(r'VERB\(\w+, "([^"]+)".*?(\w+)\),', (
        here / "control/verbs.c").read_text(), re.S))
    assert {"lid", "stall-assign"} <= set(own)
    assert all(verbs[name] == "NULL" for name in own)
    assert verbs["halt"] == "halt_context"
