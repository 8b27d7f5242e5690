# SPDX-License-Identifier: BSD-3-Clause
"""Runs the back ends: every file is rendered before the first is written."""
from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Iterable, Optional

from uapigen import backends
from uapigen.files import write_files
from uapigen.model import Spec


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
    for name in _chosen(only or spec.backends):
        module = importlib.import_module(f"uapigen.backends.{name}")
        for path, text in module.generate(spec):
            if path in files:
                raise ValueError(f"two outputs are called {path}")
            files[path] = text.encode()
    return dict(sorted(files.items()))


def generate(spec: Spec, outdir: Path | str, only: Optional[Iterable[str]] = None) -> list[str]:
    """Render with all back ends, or those in `only`, and write what changed."""
    return write_files(outdir, render_all(spec, only))
