# SPDX-License-Identifier: BSD-3-Clause
"""The catalogue of diagnostics, for `uapigen explain`.

The texts are data: catalogue/*.yaml maps an id to

  title, text   what it says and what is behind it
  wrong, right  parts of a spec that give it and that do not; the test suite
                runs both
  base          `device`: the parts stand beside the small device that the
                tests use, else beside nothing
  plain         the parts are not YAML and are not run
  exempt        a quirk may silence it
"""
from __future__ import annotations

import os
from typing import Any, Optional

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "catalogue")


def catalogue() -> dict[str, dict[str, Any]]:
    """Return all entries, by id, sorted."""
    import yaml
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    out: dict[str, dict[str, Any]] = {}
    for name in sorted(os.listdir(_FOLDER)):
        if name.endswith(".yaml"):
            with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
                for ident, entry in yaml.load(file, Loader=loader).items():
                    assert ident not in out, f"{ident} stands twice in the catalogue"
                    out[ident] = entry
    return dict(sorted(out.items()))


def listing() -> str:
    """Return one line for each diagnostic."""
    return "".join(f"{ident}  {entry['title']}\n" for ident, entry in catalogue().items())


def nearest_id(ident: str) -> str:
    """Return the diagnostic whose number is nearest to that of `ident`."""
    digits = "".join(c for c in ident if c.isdigit())
    if not digits:
        return ""
    return min(catalogue(), key=lambda known: (abs(int(known[1:]) - int(digits)), known))


def explain(ident: str) -> Optional[str]:
    """Return all that is known about a diagnostic, None if there is none."""
    entries = catalogue()
    key = ident.upper()
    if key not in entries:
        return None
    entry = entries[key]
    parts = [f"{key}: {entry['title']}\n\n", _filled(entry["text"])]
    if entry.get("exempt"):
        parts.append("\nA quirk at the element can silence it: "
                     f"`exempts: [{key}]` in its ledger entry.\n")
    for kind in ("wrong", "right"):
        parts.append(f"\n{kind.capitalize()}:\n\n{_indented(entry[kind])}")
    return "".join(parts)


def _filled(text: str) -> str:
    import textwrap
    return textwrap.fill(" ".join(text.split()), 79) + "\n"


def _indented(text: str) -> str:
    shown = text.replace("\t", "<tab>").replace("\a", "\\a")
    return "".join(f"    {line}\n" for line in shown.rstrip("\n").split("\n"))
