#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Build the guest's root file system: a cpio archive, written without root.

It holds busybox, the kernel modules a lane loads with all they depend on,
firmware that nothing executes, and the programs to run with their shared
libraries.
"""
from __future__ import annotations

import lzma
import re
import stat
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

# Longer than any kernel's own name for a file of the firmware loader.
FIRMWARE = ("hfi1_dc8051.fw", "hfi1_fabric.fw", "hfi1_sbus.fw", "hfi1_pcie.fw")


class BuildError(Exception):
    """Something the file system needs is not there."""


class Archive:
    """A cpio archive in the newc format that the kernel unpacks."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.dirs: set[str] = set()
        self.names: set[str] = set()

    def _entry(self, name: str, mode: int, data: bytes) -> None:
        fields = (len(self.parts) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % f for f in fields)
        self.parts.append(pad(head + name.encode() + b"\0") + pad(data))

    def add_dir(self, name: str) -> None:
        """A directory, after its parents."""
        parent = name.rpartition("/")[0]
        if not name or name in self.dirs:
            return
        self.add_dir(parent)
        self.dirs.add(name)
        self._entry(name, stat.S_IFDIR | 0o755, b"")

    def add(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """A file; a second one of the same name is ignored."""
        name = path.lstrip("/")
        if name in self.names:
            return
        self.names.add(name)
        self.add_dir(name.rpartition("/")[0])
        self._entry(name, stat.S_IFREG | mode, data)

    def add_file(self, path: str, source: Path) -> None:
        """A copy of a file, executable if it is one."""
        mode = 0o755 if source.stat().st_mode & 0o111 else 0o644
        self.add(path, source.read_bytes(), mode)

    def bytes(self) -> bytes:
        """The archive with its end mark."""
        self._entry("TRAILER!!!", 0, b"")
        return b"".join(self.parts)


def pad(data: bytes) -> bytes:
    """To a multiple of four."""
    return data + b"\0" * (-len(data) % 4)


def dummy_firmware() -> bytes:
    """A firmware file the driver accepts and the model never runs.

    A header of little-endian words, RSA material and a payload; the size
    word counts dwords behind the signature's fixed part.
    """
    rsa, payload = bytes(256 + 4 + 256 + 256 + 8), bytes(256)
    total = 128 + len(rsa) + len(payload)
    head = struct.pack("<10I", 6, 0xA1, 0x10000, 0, 0x8086, 0x20160517,
                       (total - 264) // 4, 0x40, 0x40, 1)
    return head + bytes(128 - len(head)) + rsa + payload


def read_module(path: Path) -> bytes:
    """A module as the kernel takes it; packages may have it compressed."""
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


class Modules:
    """The modules of an unpacked kernel package."""

    def __init__(self, root: Path, version: str) -> None:
        tree = root / "lib" / "modules" / version / "kernel"
        self.files = {p.name.partition(".")[0].replace("-", "_"): p
                      for p in tree.rglob("*.ko*")}
        builtin = root / "lib" / "modules" / version / "modules.builtin"
        self.builtin = {Path(line).stem.replace("-", "_")
                        for line in builtin.read_text().split()}

    @staticmethod
    def depends(path: Path) -> list[str]:
        """What a module says it needs."""
        found = re.search(rb"\0depends=([^\0]*)\0", read_module(path))
        if found is None:
            raise BuildError(f"{path} is no kernel module")
        return [name for name in found.group(1).decode().split(",") if name]

    def order(self, wanted: list[str]) -> list[Path]:
        """Files to load, each after what it depends on."""
        done: dict[str, Path] = {}

        def visit(name: str, path: Path | None) -> None:
            key = name.replace("-", "_")
            if key in done or (path is None and key in self.builtin):
                return
            path = path or self.files.get(key)
            if path is None:
                raise BuildError(f"the kernel has no module {name}")
            for dep in self.depends(path):
                visit(dep, None)
            done[key] = path

        for name in wanted:
            if name.endswith(".ko"):
                visit(Path(name).stem, Path(name))
            else:
                visit(name, None)
        return list(done.values())


def kernel_build(cache: Path) -> str:
    """The distribution's version of the kernel, which its name lacks."""
    version = (cache / "kernel-version").read_text().strip()
    image = (cache / f"kernel-{version}" / "boot" / "vmlinux").read_bytes()
    found = re.search(rb"Linux version [^\0]*#\d+ [^\0]*?(Debian \S+)", image)
    return found.group(1).decode() if found else ""


def source_version(cache: Path, module: str) -> str:
    """The sum over its sources that a module carries, if it does."""
    version = (cache / "kernel-version").read_text().strip()
    name = Path(module).stem.replace("-", "_")
    path = Path(module) if module.endswith(".ko") else \
        Modules(cache / f"kernel-{version}", version).files[name]
    found = re.search(rb"\0srcversion=([0-9A-F]+)", path.read_bytes())
    return found.group(1).decode() if found else ""


def libraries(program: Path) -> list[Path]:
    """Shared libraries of a program, and the loader."""
    out = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
    if "not a dynamic executable" in out.stderr + out.stdout or "statically" in out.stdout:
        return []
    if out.returncode or "not found" in out.stdout:
        raise BuildError(f"{program}: {out.stdout.strip() or out.stderr.strip()}")
    return [Path(m) for m in re.findall(r"(/\S+) \(0x", out.stdout)]


def add_program(archive: Archive, program: Path) -> None:
    """A program in /usr/bin with its libraries where it looks for them."""
    if not program.exists():
        raise BuildError(f"{program} is not built")
    archive.add_file(f"usr/bin/{program.name}", program)
    for lib in libraries(program):
        archive.add_file(str(lib), lib)


def add_tree(archive: Archive, folder: Path) -> None:
    """A folder where it is here, with the libraries of the plug-ins in it."""
    if not folder.is_dir():
        raise BuildError(f"{folder} is no folder")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            archive.add_file(str(path), path)
        if path.suffix == ".so":
            for lib in libraries(path):
                archive.add_file(str(lib), lib)


def build(cache: Path, init: Path, modules: list[tuple[str, str]], programs: list[Path],
          settings: dict[str, str], trees: Sequence[Path] = ()) -> bytes:
    """The archive; @modules are (name or file, parameters), the driver last."""
    version = (cache / "kernel-version").read_text().strip()
    kernel = Modules(cache / f"kernel-{version}", version)
    archive = Archive()
    for name in ("dev", "proc", "sys", "tmp"):
        archive.add_dir(name)
    archive.add_file("bin/busybox", cache / "busybox/bin/busybox")
    archive.add("init", init.read_bytes(), 0o755)
    params = {Path(name).stem.replace("-", "_"): p for name, p in modules}
    lines = []
    for path in kernel.order([name for name, _ in modules]):
        name = path.name.partition(".")[0]
        archive.add(f"lib/modules/{name}.ko", read_module(path))
        lines.append(f"/lib/modules/{name}.ko {params.get(name.replace('-', '_'), '')}")
    archive.add("etc/vm/modules", ("\n".join(lines) + "\n").encode())
    for name in FIRMWARE:
        archive.add(f"lib/firmware/{name}", dummy_firmware())
    for program in programs:
        add_program(archive, program)
    for folder in trees:
        add_tree(archive, folder)
    for key, text in settings.items():
        archive.add(f"etc/vm/{key}", (text + "\n").encode())
    return archive.bytes()
