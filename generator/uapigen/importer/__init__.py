# SPDX-License-Identifier: BSD-3-Clause
"""Brings a C header under a spec.

import_header() reads a header and returns the spec as text, with a report of
what could not be expressed; load_header() returns the model.
"""
from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Optional

from uapigen import emit
from uapigen.diagnostics import Diagnostic
from uapigen.importer.assemble import Assembler, keep_verbatim
from uapigen.importer.compiler import Compiler, NoCompiler
from uapigen.importer.facts import Facts, every_field
from uapigen.importer.parser import parse
from uapigen.importer.verify import Difference, difference
from uapigen.importer.writer import write
from uapigen.model import Choice, Content, Function, Piece, Spec, TypeRef

_PATIENCE = 8  # definitions that may be kept verbatim because they come out otherwise
_ROOTS = ("include/uapi", "include")


class ImportFailed(Exception):
    """The header cannot be brought under a spec; says why."""


@dataclass(slots=True)
class Imported:
    """A header as a spec."""

    path: str
    text: str  # the spec, YAML
    spec: Spec
    header: str  # what the spec generates
    lines: int = 0  # of code, in the header
    verbatim: int = 0  # of these, kept as they are
    notes: list[str] = field(default_factory=list)


def header_path(file: Path) -> tuple[str, Path]:
    """Return the path under which programs include a file, and its root folder."""
    whole = file.resolve()
    for root in _ROOTS:
        found = re.match(rf"(.*/{root})/(.+)\Z", str(whole))
        if found:
            return found.group(2), Path(found.group(1))
    return whole.name, whole.parent


def _read(file: Path) -> str:
    """Return the text of a header; a few are Latin-1."""
    try:
        data = file.read_bytes()
    except OSError as err:
        raise ImportFailed(f"cannot read {file}: {err.strerror}") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\f", " ")


def _model(file: Path, path: str, root: Path, text: str, keep: list[int]) -> tuple[Spec, Facts]:
    """Return the header's model, before anybody has written it down.

    What stands at the lines in `keep` is kept verbatim.
    """
    parsed = parse(path, text)
    for line in keep:
        keep_verbatim(parsed, line)
    facts = Facts(parsed, Compiler(file.resolve(), root))
    return Assembler(parsed, facts).build(), facts


def _load(text: str, stem: str) -> tuple[Optional[Spec], list[Diagnostic]]:
    """Load a spec from its text."""
    from uapigen import loader
    with tempfile.TemporaryDirectory(prefix="uapigen") as folder:
        path = Path(folder) / "imported" / f"{stem}.yaml"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        return loader.load(str(path))


def _settle(spec: Spec, facts: Facts) -> tuple[str, Spec]:
    """Write the spec so that it loads: say what it leaves open."""
    from uapigen.context import ACCEPTABLE
    spec.accepted = {}
    for _ in range(6):
        text = write(spec)
        loaded, found = _load(text, spec.name)
        if loaded is not None:
            return text, loaded
        changed = _give_up_layouts(spec, facts, found)
        numbers: dict[str, int] = {}
        for item in found:
            if item.id in ACCEPTABLE:
                numbers[item.id] = numbers.get(item.id, 0) + 1
            elif item.id == "E1206":
                changed = True
        if any(i.id not in ACCEPTABLE and i.id != "E1206" for i in found) and not changed:
            worst = next(i for i in found if i.id not in ACCEPTABLE)
            raise ImportFailed(f"the spec has a mistake: {worst}")
        # What was accepted is silent now unless there is more of it.
        spec.accepted = {**({} if changed else spec.accepted), **numbers}
    raise ImportFailed("the spec does not settle")


def _give_up_layouts(spec: Spec, facts: Facts, found: list[Diagnostic]) -> bool:
    """Leave records to the compiler whose layout the language computes otherwise."""
    changed = False
    for item in found:
        if item.id not in ("E0407", "E0421"):
            continue
        name = re.search(r"(?:struct|union) ([\w@]+)", item.message)
        struct = spec.structs.get(name.group(1)) if name else None
        if struct is not None and not struct.opaque:
            struct.opaque = changed = True
            key = f"{struct.kind} {struct.name}" if struct.tag else struct.name
            struct.aligns = dict(facts.extents.get(key, ({}, {}))[1])
    return changed


def _pieces(body: list[Content]) -> list[Piece]:
    """Return all verbatim pieces."""
    out: list[Piece] = []
    for item in body:
        if isinstance(item, Choice):
            for branch in item.branches:
                out += _pieces(branch.body)
        elif isinstance(item, Piece) and item.kind == "verbatim":
            out.append(item)
    return out


def _code_lines(text: str) -> int:
    """Count the lines that hold more than comments."""
    bare = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.DOTALL)
    held = [line.strip() for line in bare.split("\n")]
    return sum(1 for line in held if line and not line.startswith("//"))


def _report(out: Imported, facts: Facts, license_: str) -> None:
    """Say what is not modelled, and what nobody knows."""
    for piece in _pieces(out.spec.headers[out.path].body):
        out.verbatim += _code_lines(piece.text)
        out.notes.append(f"kept verbatim ({piece.why}): {piece.text.split(chr(10))[0][:60]}")
    functions: list[Function] = list(out.spec.functions.values())
    for function in functions:
        out.verbatim += _code_lines(function.text)
        out.notes.append(f"kept verbatim (function): {function.name}")
    if facts.compiler is None or facts.compiler.prerequisites is None:
        said = facts.compiler.complaint.split("error:")[-1].strip() if facts.compiler else ""
        out.notes.append(f"clang cannot compile the header, values are unknown: {said}")
    elif facts.compiler.prerequisites:
        out.notes.append("compiled behind " + ", ".join(facts.compiler.prerequisites))
    if license_ == "NOASSERTION":
        out.notes.append("the header names no licence")


def import_header(file: Path, path: str = "") -> Imported:
    """Read a header and return the spec that generates it again.

    Raises ImportFailed, and never returns a spec that generates another header.
    """
    text = _read(file)
    found, root = header_path(file)
    path = path or found
    keep: list[int] = []
    while True:
        try:
            spec, facts = _model(file, path, root, text, keep)
        except NoCompiler as err:
            raise ImportFailed(str(err)) from None
        yaml, loaded = _settle(spec, facts)
        header = emit.render_all(loaded, ["header"])[f"uapi/{path}"].decode("utf-8")
        wrong: Optional[Difference] = difference(path, text, header)
        if wrong is None:
            break
        if len(keep) >= _PATIENCE or wrong.line in keep:
            raise ImportFailed(f"{path}:{wrong.line}: the spec would generate `{wrong.found}` "
                               f"for `{wrong.expected}`")
        keep.append(wrong.line)
    out = Imported(path, yaml, loaded, header, _code_lines(text))
    _report(out, facts, loaded.licenses["uapi"])
    return out


def header_model(file: Path, path: str, text: str) -> Spec:
    """Return the model of a header's text as programs include it; places are those of the text.

    `file` is what the compiler reads.  Raises ImportFailed, also when the
    compiler cannot: what is not known cannot be compared.
    """
    try:
        spec, facts = _model(file, path, header_path(file)[1], text, [])
    except NoCompiler as err:
        raise ImportFailed(str(err)) from None
    if facts.compiler is None or facts.compiler.prerequisites is None:
        said = facts.compiler.complaint.split("error:")[-1].strip() if facts.compiler else ""
        raise ImportFailed(f"clang cannot compile {file}: {said}")
    _resolve_bounds(spec, facts)
    return spec


def _resolve_bounds(spec: Spec, facts: Facts) -> None:
    """Give array bounds the values that the compiler has for them.

    A written spec is resolved when it is loaded; a model that never is written
    down would leave every record with such an array to the compiler.
    """
    def known(ref: Optional[TypeRef]) -> Optional[TypeRef]:
        if ref is None or -1 not in ref.dims:
            return ref
        dims = tuple(facts.bounds.get(text, -1) if dim == -1 else dim
                     for dim, text in zip(ref.dims, ref.dim_texts))
        return replace(ref, dims=dims)
    for struct in spec.structs.values():
        for fld in every_field(struct):
            fld.type = known(fld.type)
    for typedef in spec.typedefs.values():
        typedef.type = known(typedef.type)


def load_header(file: Path) -> Spec:
    """Return the model of a header; raises ImportFailed."""
    return import_header(file).spec
