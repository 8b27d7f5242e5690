# SPDX-License-Identifier: BSD-3-Clause
"""The Python module and hfi1ctl on a device: run below `hfi1-emu run --`."""
from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "generated/python"))
import hfi1u  # noqa: E402

CTL = ROOT / "driver/python/hfi1ctl"
VERSION = hfi1u.HFI1_USER_SWMAJOR << hfi1u.HFI1_SWMAJOR_SHIFT | hfi1u.HFI1_USER_SWMINOR
PAGE = 4096


@pytest.fixture(name="fd")
def _fd() -> Iterator[int]:
    fd = os.open("/dev/hfi1_0", os.O_RDWR | os.O_CLOEXEC)
    yield fd
    os.close(fd)


@pytest.fixture(name="context")
def _context(fd: int) -> int:
    hfi1u.assign_ctxt(fd, userversion=VERSION, uuid=b"python")
    return fd


def test_numbers_are_the_published_ones() -> None:
    text = (ROOT / "generated/docs/commands.md").read_text()
    for command in hfi1u.COMMANDS.values():
        assert f"| {command.number:#010x} | [{command.name}]" in text


def test_reports(context: int) -> None:
    info = hfi1u.ctxt_info(context)
    base = hfi1u.user_info(context)
    assert (hfi1u.get_vers(context), base.sw_version) == (VERSION, VERSION)
    assert info.rcvtids % 8 == 0 and info.rcvtids > info.egrtids
    assert "SDMA" in hfi1u.flags("hfi1_cap", info.runtime_flags)
    with hfi1u.Mapping(context, base.status_bufbase, PAGE) as page:
        status = hfi1u.hfi1_status.from_buffer_copy(page.data)
        assert status.dev & hfi1u.HFI1_STATUS_INITTED
    with pytest.raises(OSError, match="mmap: Invalid argument"):
        hfi1u.Mapping(context, base.status_bufbase, 2 * PAGE)


def test_scalars(context: int) -> None:
    hfi1u.recv_ctrl(context, 0)
    hfi1u.recv_ctrl(context, 1)
    hfi1u.poll_type(context, hfi1u.HFI1_POLL_TYPE_URGENT)
    hfi1u.ack_event(context, 0)
    hfi1u.set_pkey(context, 0x8001)
    hfi1u.credit_upd(context)


def test_tids(context: int) -> None:
    memory = mmap.mmap(-1, 2 * PAGE)
    words = (ctypes.c_uint32 * 8)()
    where = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    found = hfi1u.tid_update(context, vaddr=where, length=2 * PAGE,
                             tidlist=ctypes.addressof(words))
    assert found.length == 2 * PAGE and 0 < found.tidcnt <= 2
    assert all(words[i] for i in range(found.tidcnt))
    freed = hfi1u.tid_free(context, tidlist=ctypes.addressof(words), tidcnt=found.tidcnt)
    assert freed.tidcnt == found.tidcnt


def test_refusals_name_their_checks(fd: int) -> None:
    with pytest.raises(hfi1u.Refused) as early:
        hfi1u.ctxt_info(fd)
    assert early.value.errno == errno.EINVAL
    assert [c.id for c in early.value.reasons] == ["no-context"]
    with pytest.raises(hfi1u.Refused) as old:
        hfi1u.assign_ctxt(fd, userversion=VERSION - (1 << hfi1u.HFI1_SWMAJOR_SHIFT))
    assert [c.id for c in old.value.reasons] == ["major-version"]
    assert "ASSIGN_CTXT: ENODEV: major-version: " in str(old.value)


def test_wrong_members_are_told(context: int) -> None:
    with pytest.raises(ValueError, match="TID_FREE does not read vaddr; it reads tidlist, tidcnt"):
        hfi1u.call(context, "TID_FREE", {"vaddr": 1})
    with pytest.raises(ValueError, match="uuid has 16 elements, not 17"):
        hfi1u.assign_ctxt(context, uuid=bytes(17))
    with pytest.raises(ValueError, match="CTXT_INFO takes no number"):
        hfi1u.call(context, "CTXT_INFO", 1)


def ctl(*words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run hfi1ctl; return its status, its lines of JSON and what it complains of."""
    done = subprocess.run([CTL, *words], capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_ctl_runs_commands_on_one_file() -> None:
    code, lines, told = ctl("GET_VERS", "ASSIGN_CTXT", '{"uuid": "0a0b"}', "ctxt_info",
                            "TID_UPDATE", '{"vaddr": {"bytes": 8192}, "length": 8192,'
                            ' "tidlist": {"words": 8}}')
    assert (code, told) == (0, "")
    assert [line["command"] for line in lines] == ["GET_VERS", "ASSIGN_CTXT", "CTXT_INFO",
                                                   "TID_UPDATE"]
    assert lines[0]["result"] == VERSION
    assert "SDMA" in lines[2]["result"]["runtime_flags"]["set"]
    assert len(lines[3]["memory"]["tidlist"]) == lines[3]["result"]["tidcnt"]


def test_ctl_tells_why() -> None:
    code, lines, _ = ctl("CTXT_INFO", "GET_VERS")
    assert code == 1 and len(lines) == 1
    assert lines[0]["error"] == "EINVAL"
    assert lines[0]["reasons"][0]["check"] == "no-context"
    code, lines, _ = ctl("--keep-going", "CTXT_INFO", "GET_VERS")
    assert code == 1 and [line["error"] for line in lines] == ["EINVAL", None]


def test_ctl_wrong_use() -> None:
    assert ctl("FLY")[0] == 1 and ctl("GET_VERS", "{}", "{}")[0] == 1
    assert ctl()[0] == 2
    assert ctl("ASSIGN_CTXT", '{"colour": 1}')[0] == 2
    assert ctl("ASSIGN_CTXT", "{")[0] == 2
    code, lines, told = ctl("-d", "/nonexistent", "GET_VERS")
    assert (code, lines) == (1, [])
    assert told == "hfi1ctl: /nonexistent: No such file or directory\n"


def test_ctl_explains() -> None:
    done = subprocess.run([CTL, "--explain", "ENOLCK"], capture_output=True, text=True, check=True)
    assert "CTXT_RESET.not-halted" in done.stdout and "spec/hfi1/" in done.stdout
    assert subprocess.run([CTL, "--explain", "ENOLOCK"], capture_output=True,
                          check=False).returncode == 1
