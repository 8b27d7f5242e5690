# SPDX-License-Identifier: BSD-3-Clause
"""What a spec that was imported may leave open.

An import says what a header says.  What nobody has written yet, and what the
interface has inherited, are findings that it accepts by number: `accepted`
holds how often each occurs.  The numbers can only go down.
"""
from __future__ import annotations

from uapigen.context import ACCEPTABLE, Context
from uapigen.diagnostics import Sink, count_of


def settle(ctx: Context, sink: Sink) -> None:
    """Take accepted findings out of the sink, or say that their number is wrong."""
    spec = ctx.spec
    root = ctx.rec(spec)
    if spec.accepted and spec.status != "imported":
        ctx.error("E1206", root.key_mark("accepted"), "`accepted` is for an imported spec",
                  "a reviewed spec has no findings; an inherited fault has a quirk")
        return
    found = sink.numbers()
    for ident, number in spec.accepted.items():
        mark = root.at("accepted", ident)
        if ident not in ACCEPTABLE:
            ctx.error("E1206", root.name_mark("accepted", ident), f"{ident} cannot be accepted",
                      "these can: " + ", ".join(sorted(ACCEPTABLE)))
        elif found.get(ident, 0) < number:
            ctx.error("E1206", mark, f"{count_of(found.get(ident, 0), 'finding')} of {ident} "
                      f"left, {number} accepted",
                      f"write {found[ident]}" if ident in found else "take the line out")
        if ident in ACCEPTABLE and found.get(ident, 0) <= number:
            sink.drop(ident)
