# SPDX-License-Identifier: BSD-3-Clause
"""What goes into a run, and the record of a complete one.

Inputs are listed as `KIND DIGEST PATH`: `spec` for each file of the spec (the
root file first, paths as the loader names them) and one `generator` for the
sources of uapigen.  This list is the one answer to "has anything changed":
OUTDIR/.uapigen.manifest holds it beside the digests of the outputs, so that
the next run can see that there is nothing to do, and the store (store.py)
makes its keys of it.  Both happen before a YAML parser is loaded.

The manifest holds digests alone, so it is as reproducible as the outputs, and
it is checked in with them.
"""
from __future__ import annotations

import os

try:  # the implementation itself: hashlib takes long to load
    from _hashlib import openssl_sha256 as sha256  # type: ignore[import]
except ImportError:
    from hashlib import sha256

from uapigen.files import read_bytes

NAME = ".uapigen.manifest"
_HEAD = "# SPDX-License-Identifier: BSD-3-Clause\n# Written by uapigen generate.  Do not edit.\n"
_SOURCES = (".py", ".jinja", ".yaml")
_PACKAGE = os.path.dirname(os.path.abspath(__file__))

Entry = tuple[str, str, str]


def digest_bytes(data: bytes) -> str:
    """Return the sha256 of some bytes."""
    return str(sha256(data).hexdigest())


def _digest_file(path: str) -> str:
    """Return the sha256 of a file; nothing if it cannot be read."""
    try:
        return digest_bytes(read_bytes(path))
    except OSError:
        return ""


def _sources(folder: str) -> list[str]:
    """Return the paths of the generator's own sources, sorted."""
    out = []
    for entry in os.scandir(folder):
        if entry.name.endswith(_SOURCES):
            out.append(entry.path)
        elif entry.is_dir() and entry.name != "__pycache__":
            out += _sources(entry.path)
    return sorted(out)


def generator_digest() -> str:
    """Return the digest of uapigen itself: an edited template is a new input."""
    whole = sha256()
    for path in _sources(_PACKAGE):
        data = read_bytes(path)
        whole.update(b"%s\0%d\0" % (path[len(_PACKAGE):].encode(), len(data)))
        whole.update(data)
    return str(whole.hexdigest())


def root_name(spec_path: str) -> str:
    """Return the root file's name in outputs: its folder's name is part of it."""
    folder = os.path.dirname(os.path.abspath(spec_path))
    return os.path.join(os.path.basename(folder), os.path.basename(spec_path))


def inputs(spec_path: str, names: list[str], generator: str) -> list[Entry]:
    """Return what goes into a run with these spec files; nothing if one is missing.

    `names` are those of the outputs, the root file's first; `generator` is the
    digest of uapigen's sources.
    """
    root = root_name(spec_path)
    if names[:1] != [root]:
        return []
    lead = len(root) - len(os.path.basename(root))
    folder = os.path.dirname(spec_path)
    out = [("spec", _digest_file(os.path.join(folder, name[lead:])), name) for name in names]
    return [*out, ("generator", generator, "uapigen")] if all(d for _, d, _ in out) else []


def unchanged(spec_path: str, entries: list[Entry], digest: str) -> list[Entry]:
    """Return the inputs if the spec files still are what was loaded, else nothing.

    `digest` is the loader's, of all text.  An edit between loading and now
    must not be taken for what was loaded.
    """
    whole = sha256()
    folder = os.path.dirname(spec_path)
    lead = len(entries[0][2]) - len(os.path.basename(entries[0][2])) if entries else 0
    for kind, known, name in entries:
        if kind == "spec":
            data = read_bytes(os.path.join(folder, name[lead:]))
            if digest_bytes(data) != known:
                return []
            whole.update(data)
    return entries if whole.hexdigest() == digest else []


def compose(entries: list[Entry], files: dict[str, bytes]) -> str:
    """Return the manifest's text."""
    made = [("output", digest_bytes(data), name) for name, data in sorted(files.items())]
    return _HEAD + "".join(f"{kind} {digest} {path}\n" for kind, digest, path in entries + made)


def read(outdir: str) -> list[Entry]:
    """Return the entries of a folder's manifest; none if it has no valid one."""
    try:
        text = read_bytes(os.path.join(outdir, NAME)).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    out = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        parts = line.split(" ", 2)
        if len(parts) != 3 or not inside(parts[2]):
            return []
        out.append((parts[0], parts[1], parts[2]))
    return out


def inside(path: str) -> bool:
    """Tell whether a path stays below the folder it is relative to."""
    return not os.path.isabs(path) and ".." not in path.split("/")


def spec_names(entries: list[Entry]) -> list[str]:
    """Return the names of the spec files that a list of entries holds."""
    return [path for kind, _, path in entries if kind == "spec"]


def outputs(entries: list[Entry]) -> list[str]:
    """Return the paths of the outputs that a manifest lists."""
    return [path for kind, _, path in entries if kind == "output"]


def is_current(recorded: list[Entry], now: list[Entry], outdir: str) -> bool:
    """Tell whether a run would change nothing: same inputs, outputs untouched."""
    made = [entry for entry in recorded if entry[0] == "output"]
    if not now or recorded != now + made:
        return False
    return all(_digest_file(os.path.join(outdir, path)) == digest for _, digest, path in made)
