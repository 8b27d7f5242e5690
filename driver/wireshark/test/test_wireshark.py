# SPDX-License-Identifier: BSD-3-Clause
"""Captures of the emulated fabric: the file, and what tshark says about it."""
from __future__ import annotations

import json
import os
import struct
import subprocess
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest

ROOT = Path(__file__).resolve().parents[3]
BIN = ROOT / "build/gcc/bin"
LUA = ROOT / "generated/wireshark/hfi1.lua"
PREFIX = 16  # bytes before the LRH
HEADERS = 56


def emulate(capture: Path, *command: str, units: int = 1, status: int = 0) -> str:
    """Run a command on emulated adapters and capture; what was printed."""
    words = [str(BIN / "hfi1-emu"), "--units", str(units), "--pcap", str(capture), "run", "--"]
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run([*words, *command], capture_output=True, text=True, check=False,
                          env=env, timeout=60)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def perf(method: str, size: int, *more: str) -> list[str]:
    """hfi1-perf with five messages to itself."""
    return ["hfi1-perf", "--self", "-t", "latency", "-n", "5", "-w", "0",
            "-m", method, "-s", str(size), *more]


def packets(capture: Path) -> Iterator[tuple[bytes, float]]:
    """Yield the packets of a capture file and their times, checking its form."""
    data = capture.read_bytes()
    magic, major, minor, _, _, longest, linktype = struct.unpack_from("<IHHIIII", data)
    assert (magic, major, minor, linktype) == (0xA1B23C4D, 2, 4, 147)
    at = 24
    while at < len(data):
        seconds, nanoseconds, kept, length = struct.unpack_from("<IIII", data, at)
        assert kept == length <= longest and nanoseconds < 10**9
        at += 16 + kept
        assert at <= len(data)
        yield data[at - kept:at], seconds + nanoseconds / 1e9


def tshark(capture: Path, *more: str) -> str:
    """Run tshark with the dissector; it must have nothing to complain about."""
    done = subprocess.run(["tshark", "-X", f"lua_script:{LUA}", "-r", str(capture), *more],
                          capture_output=True, text=True, check=True, timeout=60)
    assert "Lua" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done.stdout


def fields(capture: Path, *names: str) -> list[list[str]]:
    """Return the values of fields, packet by packet."""
    wanted = [word for name in names for word in ("-e", f"hfi1.{name}")]
    return [line.split("\t") for line in tshark(capture, "-T", "fields", *wanted).splitlines()]


@pytest.fixture(name="capture")
def _capture(tmp_path: Path) -> Path:
    return tmp_path / "fabric.pcap"


@pytest.mark.parametrize("size", [0, 8, 64, 4096])
def test_every_packet_is_in_the_file(capture: Path, size: int) -> None:
    """As many as were sent, as long as they are, one after another."""
    emulate(capture, *perf("pio", size))
    found = list(packets(capture))
    assert [len(data) for data, _ in found] == [PREFIX + HEADERS + size] * 5
    times = [time for _, time in found]
    assert times == sorted(times)


def test_packets_of_all_adapters_are_there(capture: Path) -> None:
    """Both directions between two units."""
    emulate(capture, "hfi1-perf", "--fork", "-D", "/dev/hfi1_1", "-t", "latency", "-m", "pio",
            "-s", "8", "-n", "5", "-w", "0", units=2)
    pairs = fields(capture, "lrh3.slid", "lrh1.dlid")
    assert pairs == [["1", "2"], ["2", "1"]] * 5


def test_the_words_are_those_that_were_sent(capture: Path) -> None:
    """Held against the bytes, for every word of the headers."""
    emulate(capture, *perf("pio", 64))
    names = ["lrh2.length", "bth0.opcode", "bth0.pkey", "bth1.qp_prefix", "bth1.ctxt",
             "bth2.psn", "kdeth0.kver", "kdeth0.tidctrl", "kdeth1.jkey", "pbc.length_dws",
             "payload_length"]
    for row, (data, _) in zip(fields(capture, *names), packets(capture), strict=True):
        lrh = struct.unpack_from(">4H", data, PREFIX)
        bth = struct.unpack_from(">3I", data, PREFIX + 8)
        kdeth = struct.unpack_from("<2I", data, PREFIX + 20)
        pbc = struct.unpack_from("<Q", data, 8)[0]
        assert [int(value, 0) for value in row] == [
            lrh[2] & 0xFFF, bth[0] >> 24, bth[0] & 0xFFFF, bth[1] >> 16 & 0xFF, bth[1] & 0xFF,
            bth[2] & 0x7FFFFFFF, kdeth[0] >> 30, kdeth[0] >> 26 & 3, kdeth[1] & 0xFFFF,
            pbc & 0xFFF, 64]


def test_expected_packets_say_where_they_go(capture: Path) -> None:
    """32 KiB in packets of 8 KiB: pair, entry and offset in the buffer."""
    emulate(capture, *perf("expected", 32768))
    rows = fields(capture, "kdeth0.tidctrl", "place", "kdeth0.sh")
    assert [int(row[1], 0) for row in rows] == [0, 8192, 16384, 24576] * 5
    assert {row[0] for row in rows} <= {"1", "2"}
    assert [row[2] for row in rows] == ["1", "1", "1", "0"] * 5
    assert "expected TID 0 EVEN" in tshark(capture).splitlines()[0]


def test_damage_shows(capture: Path) -> None:
    """The packet that a fault spoilt, and no other."""
    script = "hfi1-emu ctl corrupt 0 icrc 2; " + " ".join(perf("pio", 8)) + "; true"
    emulate(capture, "sh", "-c", script)
    lines = tshark(capture).splitlines()
    assert ["[bad icrc]" in line for line in lines] == [False, False, True]
    assert "Damaged on its way" in tshark(capture, "-Y", "hfi1.capture.bad_icrc == 1", "-V") or \
        "The ICRC is wrong" in tshark(capture, "-Y", "hfi1.damaged", "-V")


def test_filters_find_packets(capture: Path) -> None:
    """Field names can be used as filters."""
    emulate(capture, *perf("pio", 8))
    assert len(tshark(capture, "-Y", "hfi1.bth2.psn == 3").splitlines()) == 1
    assert not tshark(capture, "-Y", "hfi1.bth1.ctxt == 200")


@pytest.mark.parametrize("kept", [1, 8, 15, 20, 30, 44, 52, 60, 71])
def test_a_packet_cut_short_is_told(capture: Path, tmp_path: Path, kept: int) -> None:
    """Whatever is missing: no error of the script, and a remark."""
    emulate(capture, *perf("pio", 8))
    data, cut = capture.read_bytes(), tmp_path / "cut.pcap"
    cut.write_bytes(data[:32] + struct.pack("<II", kept, kept) + data[40:40 + kept])
    whole = json.loads(tshark(cut, "-T", "json"))[0]["_source"]["layers"]["hfi1"]
    assert _has(whole, "hfi1.short")


def _has(tree: Any, name: str) -> bool:
    """Whether a name is anywhere in a tree of fields."""
    if isinstance(tree, dict):
        return name in tree or any(_has(value, name) for value in tree.values())
    return isinstance(tree, list) and any(_has(value, name) for value in tree)


def test_a_file_that_cannot_be_made_ends_the_start(tmp_path: Path) -> None:
    """With its name and the reason."""
    said = emulate(tmp_path / "none" / "x.pcap", "true", status=125)
    assert "x.pcap: No such file or directory" in said


def test_a_reader_that_stops_ends_the_capture_alone(tmp_path: Path) -> None:
    """A pipe shows packets live; the program goes on when nobody reads."""
    pipe, seen = tmp_path / "pipe", bytearray()
    os.mkfifo(pipe)

    def look() -> None:
        with open(pipe, "rb") as live:
            seen.extend(live.read(500))

    reader = threading.Thread(target=look)
    reader.start()
    said = emulate(pipe, *perf("pio", 1024, "-n", "500", "-c"))
    reader.join()
    assert struct.unpack_from("<I", seen)[0] == 0xA1B23C4D
    assert "the capture ends: Broken pipe" in said
    assert "latency by pio" in said
