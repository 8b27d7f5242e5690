# SPDX-License-Identifier: BSD-3-Clause
"""The comparison as a whole."""
from __future__ import annotations

from uapigen.diff import behaviour
from uapigen.diff.change import Change, Report
from uapigen.diff.commands import compare_commands
from uapigen.diff.published import compare_published
from uapigen.diff.records import compare_records
from uapigen.diff.reserves import mark_reserves
from uapigen.diff.usage import Usage
from uapigen.diff.values import compare_values
from uapigen.diff.words import compare_headers, compare_words
from uapigen.model import Spec


def compare(old: Spec, new: Spec) -> list[Change]:
    """Return all that changed for callers, the worst first.

    Documentation, tests and what names a driver's own parts are not compared.
    """
    report = Report()
    for spec in (old, new):
        mark_reserves(spec)
    added = compare_values(old, new, report)
    usage = Usage(old, new)
    records = compare_records(old, new, usage, report)
    compare_published(usage, report)
    compare_words(old, new, report)
    compare_headers(old, new, report)
    compare_commands(usage, records, added, report)
    behaviour.compare_lists(old, new, report)
    behaviour.compare_regions(old, new, report)
    behaviour.compare_poll(old, new, report)
    behaviour.compare_operations(old, new, report)
    behaviour.compare_transitions(old, new, report)
    behaviour.compare_capabilities(old, new, report)
    behaviour.compare_limits(old, new, report)
    return report.sorted()
