# SPDX-License-Identifier: BSD-3-Clause
"""The headers of the kernel's own devices, generated and published."""
from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from program import macros, program, tags
from test_abi import COMPILERS, ROOT, SYSTEM, _defined

from uapigen import emit, loader
from uapigen.model import Spec

# An include of a later one finds the guard of an earlier one defined.
HEADERS = {
    "watchdog": ["linux/watchdog.h"],
    "vhost": ["linux/vhost_types.h", "linux/vhost.h"],
}


def _load(name: str) -> Spec:
    spec, mistakes = loader.load(str(ROOT / f"spec/{name}.yaml"))
    assert spec is not None, mistakes
    return spec


def _differences(spec: Spec, folder: Path, compiler: str, bits: int) -> str:
    """Compile the comparison of fresh headers; return what the compiler objects to."""
    headers = HEADERS[spec.name]
    include = folder / "uapi"
    theirs = [str(SYSTEM / h) for h in headers]
    source = folder / "identity.c"
    source.write_text(program(spec, theirs, [str(include / h) for h in headers]))
    command = [compiler, f"-m{bits}", "-std=gnu11", "-w", f"-I{include}", "-fsyntax-only",
               str(source)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("compiler,bits", COMPILERS)
@pytest.mark.parametrize("name", sorted(HEADERS))
def test_same_layouts_types_and_values(
    name: str, tmp_path: Path, compiler: str, bits: int
) -> None:
    """Every size, place, type and value, in both data models."""
    spec = _load(name)
    emit.generate(spec, tmp_path, ["header"])
    assert _differences(spec, tmp_path, compiler, bits) == ""


@pytest.mark.parametrize("name,header,old,new", [
    ("watchdog", "watchdog.h", "_IOWR(WATCHDOG_IOCTL_BASE, 6", "_IOW(WATCHDOG_IOCTL_BASE, 6"),
    ("watchdog", "watchdog.h", "identity[32]", "identity[31]"),
    ("vhost", "vhost_types.h", "__u64 memory_size", "__u32 memory_size"),
    ("vhost", "vhost.h", "VHOST_VIRTIO, 0x24", "VHOST_VIRTIO, 0x27"),
])
def test_comparison_sees_a_difference(
    name: str, tmp_path: Path, header: str, old: str, new: str
) -> None:
    """A changed header is found out."""
    spec = _load(name)
    emit.generate(spec, tmp_path, ["header"])
    path = tmp_path / "uapi" / "linux" / header
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert "error" in _differences(spec, tmp_path, "gcc", 64)


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_no_name_is_missing_or_invented(name: str, tmp_path: Path) -> None:
    """Both headers define the same names, and the comparison covers them."""
    spec = _load(name)
    emit.generate(spec, tmp_path, ["header"])
    found: set[str] = set()
    for header in HEADERS[name]:
        ours, theirs = _defined(tmp_path / "uapi" / header), _defined(SYSTEM / header)
        assert ours == theirs
        found |= ours[0] | ours[1]
    assert found == set(macros(spec)) | set(tags(spec))
