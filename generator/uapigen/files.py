# SPDX-License-Identifier: BSD-3-Clause
"""Writes outputs: all or nothing, and only what changed.

Works on plain paths and loads nothing, because the runs that have the least
to do go through here as well.
"""
from __future__ import annotations

import os


def read_bytes(path: str) -> bytes:
    """Return a file's bytes, past Python's buffers: there are many small files."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts: list[bytes] = []
        while True:
            part = os.read(handle, 1 << 20)
            if not part:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            parts.append(part)
    finally:
        os.close(handle)


def write_bytes(path: str, data: bytes) -> None:
    """Write a new file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest):]
    finally:
        os.close(handle)


def staged_name(path: str) -> str:
    """Return where a file is written before it gets its name."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.{os.getpid()}.new")


def _differs(path: str, data: bytes) -> bool:
    try:
        return os.stat(path).st_size != len(data) or read_bytes(path) != data
    except FileNotFoundError:
        return True


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def write_files(outdir: str | os.PathLike[str], files: dict[str, bytes]) -> list[str]:
    """Bring the folder up to date; return the paths that changed.

    Nothing is replaced before all new contents are on disk.
    """
    base = os.fspath(outdir)
    staged: list[tuple[str, str, str]] = []
    folders: set[str] = set()
    try:
        for name, data in files.items():
            path = os.path.join(base, name)
            if not _differs(path, data):
                continue
            folder = os.path.dirname(path)
            if folder not in folders:
                os.makedirs(folder or ".", exist_ok=True)
                folders.add(folder)
            staged.append((staged_name(path), path, name))
            write_bytes(staged[-1][0], data)
        for scratch, path, _ in staged:
            os.replace(scratch, path)
    except BaseException:
        for scratch, _, _ in staged:
            _remove(scratch)
        raise
    return [name for _, _, name in staged]
