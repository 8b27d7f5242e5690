#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Accept the specs that the small headers give: bless.py; review the difference."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from uapigen.importer import import_header  # noqa: E402

for header in sorted((HERE / "cases").glob("*.h")):
    spec = header.with_suffix(".yaml")
    spec.write_text(import_header(header, header.name).text, encoding="utf-8")
