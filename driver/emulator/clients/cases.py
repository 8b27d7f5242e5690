# SPDX-License-Identifier: BSD-3-Clause
"""What runs on the emulated adapter, unmodified, and what it must have used."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from emulator import Emulator, Result

HERE = Path(__file__).resolve().parent
Counters = Mapping[str, int]

ENV = {
    # Without these two, processes on one host go round the adapter or refuse to talk.
    "PSM2_DEVICES": "self,hfi",
    "PSM2_HFI_LOOPBACK": "1",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_pml": "cm",
}


@dataclass(frozen=True)
class Case:
    """One program in one setting."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    units: int = 1
    contexts: int = 16
    caps: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    expect: str = ""
    used: Callable[[Counters], bool] = lambda c: c["0.rcv_packets"] > 0
    long: bool = False
    timeout: float = 120.0


def judge(case: Case, emu: Emulator, result: Result, used: Counters) -> list[str]:
    """Reasons why the case failed."""
    why = []
    if result.code:
        why.append(f"exit status {result.code}")
    if case.expect and not re.search(case.expect, result.out, re.M):
        why.append(f"the output lacks /{case.expect}/")
    if not case.used(used):
        why.append("the adapter was not used as expected: " + ", ".join(
            f"{key.split('.')[1]} {value}" for key, value in used.items()
            if key.endswith("packets")))
    return why + emu.left_behind()


def run_case(case: Case, build: Path) -> tuple[list[str], str]:
    """Run one; reasons why it failed, and its output."""
    with Emulator(build, case.units, case.contexts, case.caps, case.params) as emu:
        command = [word.format(bin=build / "clients", here=HERE) for word in case.command]
        before = emu.status()
        result = emu.run(command, {**ENV, **case.env}, case.timeout)
        after = emu.status()
        used = {key: value - before.get(key, 0) for key, value in after.items()}
        return judge(case, emu, result, used), result.out


def mpi(name: str, ranks: int, mtl: str, *program: str, **more: object) -> Case:
    """An MPI program through one of the two ways to the adapter."""
    return Case(name=f"mpi/{mtl}/{name}",
                command=("mpirun", "-np", str(ranks), "--mca", "mtl", mtl,
                         "{bin}/" + program[0], *program[1:]),
                expect="0 errors", **more)  # type: ignore[arg-type]


def pair(name: str, *options: str, **more: object) -> Case:
    """Two processes on libpsm2 itself."""
    return Case(name=f"psm2/{name}", command=("{bin}/psm2-pair", *options),
                expect="psm2-pair: ok", **more)  # type: ignore[arg-type]


def no_sdma(c: Counters) -> bool:
    """All by PIO."""
    return c["0.pio_packets"] > 0 and c["0.sdma_packets"] == 0


def sdma(c: Counters) -> bool:
    """Both ways of sending."""
    return c["0.pio_packets"] > 0 and c["0.sdma_packets"] > 0


def suppressed(c: Counters) -> bool:
    """Packets went straight into registered memory, without a header entry."""
    return sdma(c) and c["0.rcv_suppressed"] > 0


def both_units(c: Counters) -> bool:
    """The packets crossed the fabric."""
    return sdma(c) and c["1.rcv_packets"] > 0 and c["1.sdma_packets"] > 0


TWO_EPS = {"PSM2_MULTI_EP": "1"}

LIBPSM2 = [
    pair("default", used=suppressed),
    pair("pio-only", env={"PSM2_SDMA": "0"}, used=no_sdma),
    pair("sdma-only", env={"PSM2_SDMA": "2"}, used=lambda c: c["0.sdma_packets"] > 0),
    pair("no-tid", env={"PSM2_TID": "0"}, used=lambda c: c["0.rcv_suppressed"] == 0),
    pair("pio-no-tid", env={"PSM2_TID": "0", "PSM2_SDMA": "0"}, used=no_sdma),
    pair("no-receive-thread", env={"PSM2_RCVTHREAD": "0"}, used=suppressed),
    pair("no-tid-cache", "-n", "3", caps=("+TID_UNMAP",), used=suppressed),
    pair("tid-cache", "-n", "3", used=suppressed),
    pair("remapped-buffers", "-n", "3", "-r", used=suppressed),
    # By SDMA, libpsm2 asks for fragments that are no multiple of 64 bytes: refused everywhere.
    pair("pio-checksum", env={"PSM2_CHECKSUM": "1", "PSM2_SDMA": "0"}, used=no_sdma),
    pair("shared-context", "-s", contexts=1, used=suppressed),
    pair("two-endpoints", "-e", "2", "-m", "300000", env=TWO_EPS),
    pair("four-endpoints", "-e", "4", "-m", "70000", env=TWO_EPS),
    pair("two-units", "-u", units=2, used=both_units),
    pair("two-units-two-endpoints", "-u", "-e", "2", "-m", "300000", units=2, env=TWO_EPS,
         used=both_units),
    pair("small-mtu", params=("max_mtu=2048",), used=suppressed),
    pair("odd-mtu", params=("max_mtu=3000",), used=suppressed),
    pair("driver-without-sdma", caps=("-SDMA",), used=no_sdma),
    pair("driver-without-hdrsupp", caps=("-HDRSUPP",), used=lambda c: c["0.rcv_suppressed"] == 0),
    pair("driver-with-rtail", caps=("+DMA_RTAIL",), used=suppressed),
    pair("driver-without-multi-pkt-egr", caps=("-MULTI_PKT_EGR",)),
    pair("driver-without-extended-psn", caps=("-EXTENDED_PSN",), used=suppressed),
]

LIBFABRIC = [
    Case("fi_info", ("fi_info", "-p", "psm2"), expect="domain: hfi1_0", used=lambda c: True),
    Case("fi_pingpong/all-sizes", ("{here}/pingpong.sh", "-p", "psm2", "-e", "rdm", "-c", "-S",
                                   "all", "-I", "3"), expect=r"^6m +3 ", used=suppressed,
         timeout=240),
    Case("fi_pingpong/pio-only", ("{here}/pingpong.sh", "-p", "psm2", "-e", "rdm", "-c"),
         env={"PSM2_SDMA": "0"}, expect="^1m +10 ", used=no_sdma),
    Case("fi_pingpong/no-tid", ("{here}/pingpong.sh", "-p", "psm2", "-e", "rdm", "-c"),
         env={"PSM2_TID": "0"}, expect="^1m +10 "),
]

MPI = [
    mpi("ring-2", 2, "psm2", "mpi-ring"),
    mpi("ring-8", 8, "psm2", "mpi-ring", "1", "100000"),
    mpi("pair", 2, "psm2", "mpi-pair", used=suppressed),
    mpi("alltoall-4", 4, "psm2", "mpi-alltoall", "50", used=suppressed),
    mpi("alltoall-4-pio", 4, "psm2", "mpi-alltoall", "20", env={"PSM2_SDMA": "0"}, used=no_sdma),
    mpi("alltoall-4-no-thread", 4, "psm2", "mpi-alltoall", "20", env={"PSM2_RCVTHREAD": "0"}),
    mpi("alltoall-8-in-4-contexts", 8, "psm2", "mpi-alltoall", "50", contexts=4, used=suppressed),
    # Five and more in one context crash libpsm2 11.2 as Debian builds it: an aligned vector
    # load from memory of malloc().
    mpi("alltoall-8-in-2-contexts", 8, "psm2", "mpi-alltoall", "50", contexts=2, used=suppressed),
    mpi("alltoall-4-in-1-context", 4, "psm2", "mpi-alltoall", "50", contexts=1, used=suppressed),
    mpi("alltoall-8-in-4-contexts-1000", 8, "psm2", "mpi-alltoall", "1000", contexts=4,
        used=suppressed, long=True, timeout=900),
    mpi("ring-2", 2, "ofi", "mpi-ring", env={"OMPI_MCA_mtl_ofi_provider_include": "psm2"}),
    mpi("pair", 2, "ofi", "mpi-pair", env={"OMPI_MCA_mtl_ofi_provider_include": "psm2"}),
    mpi("alltoall-8", 8, "ofi", "mpi-alltoall", "20",
        env={"OMPI_MCA_mtl_ofi_provider_include": "psm2"}),
    Case("netpipe", ("mpirun", "-np", "2", "--mca", "mtl", "psm2", "NPopenmpi", "-i", "-u",
                     "100000", "-o", "/dev/null"), expect="[0-9]+ bytes", timeout=200),
]

CASES = LIBPSM2 + LIBFABRIC + MPI
