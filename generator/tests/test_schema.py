# SPDX-License-Identifier: BSD-3-Clause
"""The JSON Schema is current, valid, and says the same as the loader about keys."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Iterator

import jsonschema
import pytest
import yaml
from negative import cases
from toyspec import REPO, TOY, write_spec

from uapigen import jsonschema_out, loader, schema

SPEC = REPO / "spec"
DOCUMENT = jsonschema_out.document()
VALIDATOR = jsonschema.Draft202012Validator(DOCUMENT)


def records() -> dict[str, schema.Record]:
    """Return every record shape that can be reached from the root."""
    found: dict[str, schema.Record] = {}

    def walk(shape: schema.Shape) -> None:
        if isinstance(shape, schema.Record):
            if shape.name not in found:
                found[shape.name] = shape
                for key in shape.keys.values():
                    walk(key.shape)
        elif isinstance(shape, schema.Table):
            walk(shape.value)
        elif isinstance(shape, schema.Seq):
            walk(shape.item)
        elif isinstance(shape, schema.OneOf):
            walk(shape.scalar)
            walk(shape.other)
    walk(schema.ROOT)
    walk(schema.PART_FILE)
    return found


def as_json(node: yaml.Node) -> Any:
    """Return what an editor that speaks YAML 1.2 sees: `on` and `yes` are text."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: as_json(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [as_json(item) for item in node.value]
    if node.style is None:
        if node.value in ("true", "false"):
            return node.value == "true"
        if re.fullmatch(r"-?(0x[0-9a-fA-F]+|[0-9]+)", node.value):
            return int(node.value, 0)
    return node.value


def read(path: Path) -> Any:
    """Return a YAML file as an editor sees it."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert node is not None
    return as_json(node)


def spec_files() -> Iterator[Path]:
    """Yield the files of the project's own spec."""
    spec, _ = loader.load(str(SPEC / "hfi1.yaml"))
    assert spec is not None
    for name in spec.files:
        yield SPEC / name.split("/", 1)[1]


def test_checked_in_schema_is_current() -> None:
    path = SPEC / "uapi-spec.schema.json"
    assert path.read_text(encoding="utf-8") == jsonschema_out.text(), \
        "run: uapigen schema > spec/uapi-spec.schema.json"


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT)
    assert json.loads(jsonschema_out.text()) == DOCUMENT


def test_schema_and_loader_know_the_same_keys() -> None:
    defs = DOCUMENT["$defs"]
    shapes = records()
    assert set(defs) == set(shapes)
    for name, shape in shapes.items():
        assert set(defs[name]["properties"]) == set(shape.keys), name
        assert set(defs[name].get("required", [])) == {
            key.name for key in shape.keys.values() if key.required}, name
        assert defs[name]["additionalProperties"] is False


def test_every_key_is_documented() -> None:
    for name, shape in records().items():
        for key in shape.keys.values():
            assert key.doc.endswith("."), f"{name}.{key.name}"


def test_own_spec_is_valid() -> None:
    paths = list(spec_files())
    assert len(paths) > 10
    for path in paths:
        errors = [e.message for e in VALIDATOR.iter_errors(read(path))]
        assert not errors, path


@pytest.mark.parametrize("name", ["root.yaml", "device.yaml"])
def test_toy_is_valid(name: str) -> None:
    VALIDATOR.validate(read(TOY / name))


SHAPE_IDS = {"E0101", "E0102", "E0103", "E0104", "E0105", "E0106", "E0113", "E0115", "E0116"}
SHAPE_CASES = [case for case in cases()
               if {ident for _, ident, _ in case.expected()} <= SHAPE_IDS
               and case.name not in ("key-is-a-mapping", "succeed-false", "missing-field-name")]


@pytest.mark.parametrize("case", SHAPE_CASES, ids=lambda c: f"{c.file}-{c.name}")
def test_editors_see_wrong_shapes_too(case: Any, tmp_path: Path) -> None:
    root = write_spec(tmp_path, case.text, case.base)
    path = root if case.base == "root" else tmp_path / "case.yaml"
    assert list(VALIDATOR.iter_errors(read(path)))
