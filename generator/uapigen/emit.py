# SPDX-License-Identifier: BSD-3-Clause
"""Runs the back ends and writes what they made.

All or nothing: every file is rendered before the first is written, and a file
is replaced, by rename, only when its bytes change.
"""
from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path
from typing import Iterable, Optional

from uapigen import backends
from uapigen.model import Spec

__all__ = ["Path", "UnknownBackend", "backend_names", "generate", "render_all", "write_files"]


class UnknownBackend(Exception):
    """A name given with `only` is no back end."""


def backend_names() -> list[str]:
    """Return the names of all back ends, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(backends.__path__) if m.ispkg)


def _chosen(only: Optional[Iterable[str]]) -> list[str]:
    names = backend_names()
    wanted = list(only) if only else names
    for name in wanted:
        if name not in names:
            raise UnknownBackend(f"no back end is called {name}; there are {', '.join(names)}")
    return [n for n in names if n in wanted]


def render_all(spec: Spec, only: Optional[Iterable[str]] = None) -> dict[str, bytes]:
    """Return every output file: path below the output folder -> bytes."""
    files: dict[str, bytes] = {}
    for name in _chosen(only):
        module = importlib.import_module(f"uapigen.backends.{name}")
        for path, text in module.generate(spec):
            if path in files:
                raise ValueError(f"two outputs are called {path}")
            files[path] = text.encode()
    return dict(sorted(files.items()))


def _differs(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() != data
    except FileNotFoundError:
        return True


def _stage(path: Path, data: bytes) -> Path:
    """Write the data beside its destination and return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}.new")
    staged.write_bytes(data)
    return staged


def write_files(outdir: Path, files: dict[str, bytes]) -> list[str]:
    """Bring the folder up to date; return the paths that changed.

    Nothing is replaced before all new contents are on disk.
    """
    staged: list[tuple[Path, str]] = []
    try:
        for name, data in files.items():
            if _differs(outdir / name, data):
                staged.append((_stage(outdir / name, data), name))
        for source, name in staged:
            os.replace(source, outdir / name)
    finally:
        for source, _ in staged:
            source.unlink(missing_ok=True)
    return [name for _, name in staged]


def generate(spec: Spec, outdir: Path | str, only: Optional[Iterable[str]] = None) -> list[str]:
    """Render with all back ends, or those in `only`, and write what changed."""
    return write_files(Path(outdir), render_all(spec, only))
