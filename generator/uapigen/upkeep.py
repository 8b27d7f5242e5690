# SPDX-License-Identifier: BSD-3-Clause
"""Brings a folder of outputs up to date by the shortest way.

1. Nothing to do: the manifest's inputs are those of now, the outputs untouched.
2. The store has what these inputs make: write what differs.
3. Neither: the spec is loaded and the back ends run (cli.py), and what they
   made is placed and kept through here as well.
"""
from __future__ import annotations

import os

from uapigen import manifest
from uapigen.files import write_files
from uapigen.store import Store, folder, key, root_key

TYPE_CHECKING = False  # type checkers take it for true; typing itself takes long to load
if TYPE_CHECKING:
    from typing import Optional


def user_store() -> Optional[Store]:
    """Return the user's store; None if there is no place for it."""
    place = folder()
    return Store(place) if place else None


class Run:
    """One run of `generate`: which spec, where to, which back ends (none: all)."""

    def __init__(self, spec_path: str, outdir: str, only: list[str],
                 store: Optional[Store]) -> None:
        self.spec_path = spec_path
        self.outdir = outdir
        self.only = only
        self.store = store
        self.generator = manifest.generator_digest()
        self.recorded = [] if only else manifest.read(outdir)

    def shortcut(self) -> Optional[list[str]]:
        """Bring the folder up to date without the spec: the paths that changed.

        None if that cannot be done.
        """
        names = manifest.spec_names(manifest.read(self.outdir))
        now = manifest.inputs(self.spec_path, names, self.generator)
        if not self.only and manifest.is_current(self.recorded, now, self.outdir):
            return []
        if self.store is None:
            return None
        files = self.store.outputs(key(now, self.only)) if now else {}
        if not files:
            root = [manifest.root_name(self.spec_path)]
            known = self.store.names(root_key(manifest.inputs(self.spec_path, root, "")))
            now = manifest.inputs(self.spec_path, known, self.generator) if known != names else []
            files = self.store.outputs(key(now, self.only)) if now else {}
        return self._place(files) if files else None

    def finish(self, names: list[str], digest: str, files: dict[str, bytes]) -> list[str]:
        """Place and keep what the back ends made: the paths that changed.

        `names` and `digest` are those of the spec as it was loaded.
        """
        now = manifest.inputs(self.spec_path, names, self.generator)
        now = manifest.unchanged(self.spec_path, now, digest)
        if not self.only:
            files[manifest.NAME] = manifest.compose(now, files).encode()
        changed = self._place(files)
        if self.store is not None and now:
            self.store.keep(root_key(now), names, key(now, self.only), files)
        return changed

    def _place(self, files: dict[str, bytes]) -> list[str]:
        """Write what differs and remove what a complete run no longer makes."""
        changed = write_files(self.outdir, files)
        for name in manifest.outputs(self.recorded):
            path = os.path.join(self.outdir, name)
            if name not in files and os.path.exists(path):
                os.unlink(path)
                changed.append(f"{name} (removed)")
        return changed


def quick(argv: list[str]) -> bool:
    """Try a plain `generate SPEC -o DIR`; tell whether that was all there is to do."""
    if len(argv) != 4 or argv[0] != "generate" or "-o" not in argv[1:3]:
        return False
    at = argv.index("-o")
    outdir = argv[at + 1]
    spec_path = argv[1] if at == 2 else argv[3]
    if outdir.startswith("-") or spec_path.startswith("-"):
        return False
    return Run(spec_path, outdir, [], user_store()).shortcut() is not None
