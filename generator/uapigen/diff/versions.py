# SPDX-License-Identifier: BSD-3-Clause
"""Getting the two versions: files as they are, or as git has them at a revision."""
from __future__ import annotations

import errno
import os
import subprocess
from typing import Optional

from uapigen import loader
from uapigen.diagnostics import Diagnostic
from uapigen.model import Pos, Spec


class NoSuchRevision(Exception):
    """git does not know the revision, or the folder is in no repository."""


class Version:
    """A spec with the text it was loaded from."""

    def __init__(self, path: str, contents: loader.ReadFile = loader.read_file) -> None:
        self.path = path
        self.contents = contents
        self.texts: dict[str, list[str]] = {}
        self.spec: Optional[Spec] = None
        self.mistakes: list[Diagnostic] = []
        self.spec, self.mistakes = loader.load(path, self._read)

    def _read(self, path: str) -> bytes:
        data = self.contents(path)
        self.texts[os.path.normpath(path)] = data.decode("utf-8", "replace").split("\n")
        return data

    def file(self, pos: Pos) -> str:
        """Return the path by which a user knows the file of a place."""
        assert self.spec is not None
        root = self.spec.files[0]
        below = pos.file[len(root) - len(os.path.basename(root)):]
        return os.path.join(os.path.dirname(self.path), below)

    def line(self, pos: Pos) -> str:
        """Return the line of a place."""
        lines = self.texts.get(os.path.normpath(self.file(pos)), [])
        return lines[pos.line - 1] if 0 < pos.line <= len(lines) else ""


def _git(folder: str, *args: str) -> bytes:
    done = subprocess.run(["git", "-C", folder or ".", *args], capture_output=True, check=False)
    if done.returncode != 0:
        text = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise NoSuchRevision(text.removeprefix("fatal: "))
    return done.stdout


def at_revision(path: str, revision: str) -> Version:
    """Return the spec `path` as it was at a revision.

    Its files are shown as REVISION:PATH, which `git show` understands from the
    top of the repository.
    """
    folder = os.path.dirname(path)
    try:
        _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options",
             f"{revision}^{{commit}}")
    except NoSuchRevision as err:
        raise NoSuchRevision(str(err) or f"git knows no revision {revision}") from err
    lead = f"{revision}:" if folder else f"{revision}:./"

    def contents(shown: str) -> bytes:
        below = os.path.relpath(shown.removeprefix(lead), folder or ".")
        try:
            return _git(folder, "show", f"{revision}:./{below}")
        except NoSuchRevision as err:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), shown) from err

    return Version(lead + path, contents)
