# SPDX-License-Identifier: BSD-3-Clause
"""The calls libpsm2 makes to get ready, against what is known of it.

The decoder is `hfi1-emu --trace`; the order and the lengths are those libpsm2's
source shows.  A driver for it has to serve exactly these.
"""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from cases import ENV
from emulator import Emulator

PAGE = 4096
EVER = {"GET_VERS", "ASSIGN_CTXT", "CTXT_INFO", "USER_INFO", "SET_PKEY", "POLL_TYPE",
        "CTXT_RESET", "ACK_EVENT", "TID_UPDATE", "TID_FREE", "TID_INVAL_READ"}
"""Every command libpsm2 issues: CREDIT_UPD and RECV_CTRL are not among them."""


def pages(length: int) -> int:
    """A length as the driver maps it."""
    return -(-length // PAGE) * PAGE


def maps(info: dict[str, int], subctxts: int, sdma: bool, rtail: bool) -> list[str]:
    """The mappings, in order: length, protection, region."""
    hdrq = info["rcvhdrq_cnt"] * info["rcvhdrq_entsize"]
    eager = info["egrtids"] * info["rcvegr_size"]
    pio = info["credits"] * 64
    table = [(PAGE, "PROT_READ", "PIO_CRED"), (pio, "PROT_WRITE", "PIO_BUFS_SOP"),
             (pio, "PROT_WRITE", "PIO_BUFS"), (hdrq, "PROT_READ", "RCV_HDRQ"),
             (eager, "PROT_READ", "RCV_EGRBUF")]
    table += [(info["sdma_ring_size"] * 8, "PROT_READ", "SDMA_COMP")] if sdma else []
    table += [(PAGE, "PROT_READ|PROT_WRITE", "UREGS")]
    table += [(PAGE, "PROT_READ", "RTAIL")] if rtail else []
    table += [(PAGE, "PROT_READ", "EVENTS"), (PAGE, "PROT_READ", "STATUS")]
    if subctxts:
        both = "PROT_READ|PROT_WRITE"
        table += [(PAGE, both, "SUBCTXT_UREGS"),
                  (pages(hdrq) * subctxts, both, "SUBCTXT_RCV_HDRQ"),
                  (pages(eager) * subctxts, both, "SUBCTXT_EGRBUF")]
    return [f"mmap(0, {length}, {prot}, MAP_SHARED|MAP_LOCKED, FD, {name} of context "
            for length, prot, name in table]


def wanted(info: dict[str, int], subctxts: int, sdma: bool, rtail: bool) -> list[str]:
    """How each call up to the endpoint's readiness begins."""
    version = 6 << 16 | 3
    return ['open("/dev/hfi1_0", O_RDWR)', "fcntl(FD, F_SETFD, FD_CLOEXEC)",
            "ioctl(FD, GET_VERS => ",
            f"ioctl(FD, ASSIGN_CTXT, {{ userversion = {version}, subctxt_cnt = {subctxts},",
            "ioctl(FD, CTXT_INFO => ", "ioctl(FD, USER_INFO => ",
            *maps(info, subctxts, sdma, rtail), f"ioctl(FD, SET_PKEY, {0x8001})"]


def by_thread(trace: str) -> dict[str, list[str]]:
    """Calls of each thread, descriptors written as FD."""
    threads: dict[str, list[str]] = defaultdict(list)
    for line in trace.splitlines():
        tid, call = line.split(" ", 1)
        call = re.sub(r"^(ioctl|fcntl)\(\d+", r"\1(FD", call)
        threads[tid].append(re.sub(r"(MAP_LOCKED), \d+,", r"\1, FD,", call))
    return threads


def check_start(calls: list[str], subctxts: int, sdma: bool, rtail: bool) -> list[str]:
    """What differs between one thread's first calls and the table."""
    found = [call for call in calls if "CTXT_INFO" in call]
    if not found:
        return ["no CTXT_INFO"]
    info = {name: int(value, 0) for name, value in re.findall(r"(\w+) = (\w+)", found[0])}
    want = wanted(info, subctxts, sdma, rtail)
    why = [f"call {i}: {got!r} instead of {begin!r}"
           for i, (begin, got) in enumerate(zip(want, calls)) if not got.startswith(begin)]
    why += [f"failed: {call}" for call in calls[:len(want)] if " = -1 " in call]
    return why if len(calls) >= len(want) else [*why, "calls are missing"]


def check_receiver(threads: dict[str, list[str]]) -> list[str]:
    """The receive thread of each process first asks for urgent packets, then polls."""
    receivers = [calls for calls in threads.values() if "POLL_TYPE" in calls[0]]
    why = [] if len(receivers) == 2 else [f"{len(receivers)} receive threads, not 2"]
    return why + [f"receive thread: {calls[:2]}" for calls in receivers
                  if not calls[0].startswith("ioctl(FD, POLL_TYPE, 1) = 0")
                  or not calls[1].startswith("poll([{")]


def check_trace(trace: str, subctxts: int, sdma: bool, rtail: bool) -> list[str]:
    """Everything that is not as known."""
    threads = by_thread(trace)
    starts = [calls for calls in threads.values() if calls[0].startswith("open(")]
    why = [] if len(starts) == 2 else [f"{len(starts)} processes opened the device, not 2"]
    for calls in starts:
        why += check_start(calls, subctxts, sdma, rtail)
    other = set(re.findall(r" ioctl\(\d+, (\w+)", trace)) - EVER
    why += [f"unexpected commands: {sorted(other)}"] if other else []
    return why + check_receiver(threads)


def run_start(build: Path, options: Sequence[str] = (), subctxts: int = 0,
              caps: Sequence[str] = (), contexts: int = 16) -> tuple[list[str], str]:
    """Trace two processes and compare."""
    with Emulator(build, contexts=contexts, caps=caps) as emu:
        result = emu.run([str(build / "clients" / "psm2-pair"), "-m", "200000", *options], ENV,
                         traced=True)
        trace = emu.trace.read_text()
        why = [f"exit status {result.code}"] if result.code else []
        why += check_trace(trace, subctxts, "-SDMA" not in caps, "+DMA_RTAIL" in caps)
        return why + emu.left_behind(), result.out + trace
