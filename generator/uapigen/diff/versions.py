# SPDX-License-Identifier: BSD-3-Clause
"""Getting the two versions: files as they are, or as git has them at a revision."""
from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Optional

from uapigen import loader
from uapigen.diagnostics import Diagnostic
from uapigen.model import Pos, Spec


class NoSuchRevision(Exception):
    """git does not know the revision, or the folder is in no repository."""


class NoSuchHeader(Exception):
    """The header cannot be read or compiled."""


class Version:
    """A spec or a header, with the text it was loaded from.

    `published` is the path by which programs include a header, `compiled` the
    file that the compiler reads, if not `path`.
    """

    def __init__(self, path: str, contents: loader.ReadFile = loader.read_file,
                 published: str = "", compiled: str = "") -> None:
        self.path = path
        self.contents = contents
        self.texts: dict[str, list[str]] = {}
        self.spec: Optional[Spec] = None
        self.mistakes: list[Diagnostic] = []
        if is_header(path):
            self.spec = self._header(published, compiled or path)
        else:
            self.spec, self.mistakes = loader.load(path, self._read)

    def _read(self, path: str) -> bytes:
        data = self.contents(path)
        self.texts[os.path.normpath(path)] = data.decode("utf-8", "replace").split("\n")
        return data

    def _header(self, published: str, compiled: str) -> Spec:
        """Return the model of the header."""
        from uapigen.importer import ImportFailed, header_model, header_path
        try:
            text = self._read(self.path).decode("utf-8", "replace").replace("\r\n", "\n")
            return header_model(Path(compiled), published or header_path(Path(compiled))[0],
                                text.replace("\f", " "))
        except ImportFailed as err:
            raise NoSuchHeader(str(err)) from err

    def file(self, pos: Pos) -> str:
        """Return the path by which a user knows the file of a place."""
        assert self.spec is not None
        root = self.spec.files[0]
        if pos.file == root:
            return self.path
        below = pos.file[len(root) - len(os.path.basename(root)):]
        return os.path.join(os.path.dirname(self.path), below)

    def line(self, pos: Pos) -> str:
        """Return the line of a place."""
        lines = self.texts.get(os.path.normpath(self.file(pos)), [])
        return lines[pos.line - 1] if 0 < pos.line <= len(lines) else ""


def is_header(path: str) -> bool:
    """Tell whether a file is a C header; anything else is a spec."""
    return path.endswith(".h")


def both(old: str, new: str) -> tuple[Version, Version]:
    """Return two versions; what programs include is what the new one is called."""
    if is_header(old) and is_header(new):
        from uapigen.importer import header_path
        published = header_path(Path(new))[0]
        return Version(old, published=published), Version(new, published=published)
    return Version(old), Version(new)


def _git(folder: str, *args: str) -> bytes:
    done = subprocess.run(["git", "-C", folder or ".", *args], capture_output=True, check=False)
    if done.returncode != 0:
        text = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise NoSuchRevision(text.removeprefix("fatal: "))
    return done.stdout


def at_revision(path: str, revision: str) -> Version:
    """Return the spec or header `path` as it was at a revision.

    Its files are shown as REVISION:PATH, which `git show` understands from the
    top of the repository.
    """
    folder = os.path.dirname(path)
    try:
        _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options",
             f"{revision}^{{commit}}")
    except NoSuchRevision as err:
        raise NoSuchRevision(f"{revision}: {str(err) or 'git knows no such revision'}") from err
    lead = f"{revision}:" if folder else f"{revision}:./"

    def contents(shown: str) -> bytes:
        below = os.path.relpath(shown.removeprefix(lead), folder or ".")
        try:
            return _git(folder, "show", f"{revision}:./{below}")
        except NoSuchRevision as err:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), shown) from err

    if not is_header(path):
        return Version(lead + path, contents)
    from uapigen.importer import header_path
    published = header_path(Path(path))[0]
    with tempfile.TemporaryDirectory(prefix="uapigen") as scratch:
        compiled = Path(scratch) / "include" / published
        compiled.parent.mkdir(parents=True)
        compiled.write_bytes(contents(lead + path))
        return Version(lead + path, contents, published, str(compiled))
