# SPDX-License-Identifier: BSD-3-Clause
"""A store of outputs by what they were made from, as ccache keeps objects.

An entry is a file named after the digest of everything that can change the
outputs: the list of inputs (manifest.py), the interpreter, the versions of the
libraries that uapigen builds on, the options.  Nothing is ever looked up by
time or by path.  The store is a convenience: whatever is wrong with it, a run
goes on without it.

Two kinds of entries: `outputs` hold all files of a run; `names` hold, by root
file and its text, the list of files the spec had when it was last loaded.  The latter is a
guess that is proved by the former's key, so a wrong one is a miss, no mistake.
"""
from __future__ import annotations

import os
import sys
import time

from uapigen.files import read_bytes, staged_name, write_bytes
from uapigen.manifest import Entry, digest_bytes, inside

_HEAD = b"uapigen store 1\n"
_DIGITS = 64
_LIMIT = 64 << 20
_LIBRARIES = ("jinja2/__init__.py", "yaml/__init__.py")


def _libraries() -> str:
    """Return what tells one version of the libraries from another, without loading them."""
    found = []
    for name in _LIBRARIES:
        for base in sys.path:
            try:
                status = os.stat(os.path.join(base, name))
            except OSError:
                continue
            found.append(f"{name} {status.st_size} {status.st_mtime_ns}")
            break
    return " ".join(found)


def key(entries: list[Entry], only: list[str]) -> str:
    """Return the key of what a run with these inputs and options makes."""
    lines = [" ".join(entry) for entry in entries]
    whole = "\n".join([sys.version, _libraries(), ",".join(only), *lines])
    return digest_bytes(whole.encode())


def root_key(entries: list[Entry]) -> str:
    """Return the key of the list of files that a spec with this root file has."""
    return digest_bytes(" ".join(entries[0]).encode()) if entries else ""


def pack(files: dict[str, bytes]) -> bytes:
    """Return files as one piece: their sizes and names, an empty line, their bytes."""
    index = "".join(f"{len(data)} {name}\n" for name, data in files.items())
    return b"".join([index.encode(), b"\n", *files.values()])


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files again; raises ValueError if it is no such piece."""
    index, _, rest = data.partition(b"\n\n")
    files = {}
    at = 0
    for line in index.decode().split("\n"):
        size, _, name = line.partition(" ")
        if not inside(name) or not name:
            raise ValueError(name)
        files[name] = rest[at:at + int(size)]
        at += int(size)
    if at != len(rest):
        raise ValueError("sizes")
    return files


def folder() -> str:
    """Return where the user keeps such things; nothing if there is no such place."""
    if os.environ.get("UAPIGEN_CACHE"):
        return os.environ["UAPIGEN_CACHE"]
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # as the XDG specification asks
        home = os.environ.get("HOME")
        if not home:
            return ""
        base = os.path.join(home, ".cache")
    return os.path.join(base, "uapigen")


class Store:
    """The entries below a folder; `notes` says what a curious user may want to know."""

    def __init__(self, place: str, limit: int = _LIMIT) -> None:
        self.place = place
        self.limit = limit
        self.notes: list[str] = []

    def _path(self, kind: str, name: str) -> str:
        return os.path.join(self.place, f"{name}.{kind}")

    def _load(self, kind: str, name: str) -> bytes:
        """Return an entry's contents; nothing if there is none or it is damaged."""
        import zlib
        path = self._path(kind, name)
        try:
            data = read_bytes(path)
            os.utime(path)  # the order in which entries go is that of their use
        except OSError:
            return b""
        body = data[len(_HEAD) + _DIGITS:]
        try:
            if data[:-len(body)] == _HEAD + digest_bytes(body).encode():
                return zlib.decompress(body)
        except zlib.error:
            pass
        self.notes.append(f"{path} is damaged; made anew")
        return b""

    def _save(self, kind: str, name: str, data: bytes) -> None:
        """Keep an entry; another run may be writing the same one."""
        import zlib
        body = zlib.compress(data, 1)
        path = self._path(kind, name)
        scratch = staged_name(path)
        try:
            os.makedirs(self.place, mode=0o700, exist_ok=True)
            write_bytes(scratch, _HEAD + digest_bytes(body).encode() + body)
            os.replace(scratch, path)
        except OSError as err:
            self.notes.append(f"cannot keep {path}: {err.strerror}")
            try:
                os.unlink(scratch)
            except OSError:
                pass

    # --- what is kept

    def names(self, root: str) -> list[str]:
        """Return the files that the spec of this root had when last loaded, as far as known."""
        text = self._load("names", root).decode("utf-8", "replace")
        names = text.split("\n") if text else []
        return names if all(map(inside, names)) else []

    def outputs(self, name: str) -> dict[str, bytes]:
        """Return what a run made; nothing if that is not known."""
        data = self._load("outputs", name)
        try:
            return unpack(data) if data else {}
        except ValueError:
            self.notes.append(f"{self._path('outputs', name)} is damaged; made anew")
            return {}

    def keep(self, root: str, names: list[str], name: str, files: dict[str, bytes]) -> None:
        """Keep under `name` what a run made, and under `root` what its spec's files were."""
        data = pack(files)
        if len(data) > self.limit:
            self.notes.append(f"outputs of {len(data)} bytes are more than the store may hold")
            return
        self._save("outputs", name, data)
        self._save("names", root, "\n".join(names).encode())
        self._trim()

    def _trim(self) -> None:
        """Remove what was not used for longest until the rest is within the bound."""
        try:
            known = [(entry.stat(), entry.path) for entry in os.scandir(self.place)]
        except OSError:
            return  # another run removes entries too
        total = sum(status.st_size for status, _ in known)
        for status, path in sorted(known, key=lambda item: (item[0].st_mtime_ns, item[1])):
            abandoned = path.endswith(".new") and time.time() - status.st_mtime > 3600
            if total <= self.limit and not abandoned:
                continue
            try:
                os.unlink(path)
            except OSError:
                pass
            total -= status.st_size
