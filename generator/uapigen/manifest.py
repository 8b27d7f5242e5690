# SPDX-License-Identifier: BSD-3-Clause
"""The record of a complete run: what went in, what came out.

OUTDIR/.uapigen.manifest lets the next run see, before it loads a YAML parser
or a template engine, that there is nothing to do.  It holds digests alone, so
it is as reproducible as the outputs, and it is checked in with them.

Lines are `KIND DIGEST PATH`: `spec` with paths from the root file's folder
(the root file first), one `generator` for the sources of uapigen, and
`output` with paths from OUTDIR.
"""
from __future__ import annotations

import os

try:  # the implementation itself: hashlib takes long to load
    from _hashlib import openssl_sha256 as sha256  # type: ignore[import]
except ImportError:
    from hashlib import sha256

NAME = ".uapigen.manifest"
_HEAD = "# SPDX-License-Identifier: BSD-3-Clause\n# Written by uapigen generate.  Do not edit.\n"
_SOURCES = (".py", ".jinja", ".yaml")
_PACKAGE = os.path.dirname(os.path.abspath(__file__))

Entry = tuple[str, str, str]


def digest_bytes(data: bytes) -> str:
    """Return the sha256 of some bytes."""
    return str(sha256(data).hexdigest())


def _read(path: str) -> bytes:
    """Return a file's bytes, past Python's buffers: there are many small files."""
    handle = os.open(path, os.O_RDONLY)
    try:
        parts: list[bytes] = []
        while True:
            part = os.read(handle, 1 << 20)
            if not part:
                return b"".join(parts)
            parts.append(part)
    finally:
        os.close(handle)


def _digest_file(path: str) -> str:
    """Return the sha256 of a file; nothing if it cannot be read."""
    try:
        return digest_bytes(_read(path))
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
        data = _read(path)
        whole.update(b"%s\0%d\0" % (path[len(_PACKAGE):].encode(), len(data)))
        whole.update(data)
    return str(whole.hexdigest())


def spec_entries(spec_path: str, names: list[str], digest: str) -> list[Entry]:
    """Return the entries of the spec files; none if they are not those of `digest`.

    `names` are paths from the folder of the root file, which comes first.  An
    edit between loading and now must not be taken for what was loaded.
    """
    folder = os.path.dirname(spec_path)
    whole = sha256()
    entries = []
    for name in names:
        data = _read(os.path.join(folder, name))
        whole.update(data)
        entries.append(("spec", digest_bytes(data), name))
    return entries if whole.hexdigest() == digest else []


def compose(inputs: list[Entry], generator: str, files: dict[str, bytes]) -> str:
    """Return the manifest's text; `generator` is the digest of uapigen's sources."""
    entries = [*inputs, ("generator", generator, "uapigen")]
    entries += [("output", digest_bytes(data), name) for name, data in sorted(files.items())]
    return _HEAD + "".join(f"{kind} {digest} {path}\n" for kind, digest, path in entries)


def read(outdir: str) -> list[Entry]:
    """Return the entries of a folder's manifest; none if it has no valid one."""
    try:
        with open(os.path.join(outdir, NAME), encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return []
    out = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        parts = line.split(" ", 2)
        if len(parts) != 3 or not _inside(parts[2]):
            return []
        out.append((parts[0], parts[1], parts[2]))
    return out


def _inside(path: str) -> bool:
    """Tell whether a path stays below the folder it is relative to."""
    return not os.path.isabs(path) and ".." not in path.split("/")


def outputs(entries: list[Entry]) -> list[str]:
    """Return the paths of the outputs that a manifest lists."""
    return [path for kind, _, path in entries if kind == "output"]


def is_current(spec_path: str, outdir: str) -> bool:
    """Tell whether a run would change nothing: same inputs, outputs untouched."""
    entries = read(outdir)
    specs = [path for kind, _, path in entries if kind == "spec"]
    if not specs or specs[0] != os.path.basename(spec_path):
        return False
    folder = os.path.dirname(spec_path)
    for kind, digest, path in entries:
        if kind == "spec" and _digest_file(os.path.join(folder, path)) != digest:
            return False
        if kind == "output" and _digest_file(os.path.join(outdir, path)) != digest:
            return False
    return any(kind == "generator" and digest == generator_digest() for kind, digest, _ in entries)
