#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tell what the lanes found: tables to read, and one for machines.

Reads the suite's JSON reports of the emulated adapter, of our module and of
upstream's, and the report of the cases that ran apart.  Prints the part of the
page, and writes the CSV.
"""
from __future__ import annotations

import argparse
import csv
import fnmatch
import io
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

LANES = ("emulated", "module", "upstream")
TITLES = ("emulated", "our module", "upstream")
ABSENT = "not run"


class NoReport(Exception):
    """A lane has not run, or its report is of no use."""


@dataclass
class Report:
    """What one lane found."""

    lane: dict[str, str] = field(default_factory=dict)
    run: dict[str, str] = field(default_factory=dict)
    cases: dict[str, dict[str, str]] = field(default_factory=dict)

    def outcome(self, name: str) -> str:
        """Of a case, which a lane may not know."""
        return self.cases.get(name, {}).get("outcome", ABSENT)


def read(path: Path | None, command: str) -> Report:
    """A report, one record a line; what a later guest skipped counts once.

    Without a path the lane has not run, and the tables say so.
    """
    report = Report()
    if path is None:
        return report
    if not path.exists():
        raise NoReport(f"{path} is not there: {command}")
    for line in path.read_text(errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue  # a guest that died wrote half a line
        kind = record.get("type")
        if kind == "lane":
            report.lane = record
        elif kind == "run" and not report.run:
            report.run = record
        elif kind == "case":
            report.cases.setdefault(record["name"], record)
    if not report.cases:
        raise NoReport(f"{path} has no cases: {command}")
    return report


def merge(main: Report, apart: Report) -> None:
    """Cases that ran apart were skipped where the others ran."""
    for name, record in apart.cases.items():
        if main.outcome(name) in ("skipped", ABSENT):
            main.cases[name] = {**main.cases.get(name, {}), **record}


class Book:
    """All lanes side by side."""

    def __init__(self, reports: dict[str, Report], model: Path) -> None:
        self.reports = reports
        self.known = list(json.loads(model.read_text())["deviations"].values())
        self.rejudge()
        self.names = list(reports["emulated"].cases)
        for report in reports.values():
            self.names += [n for n in report.cases if n not in set(self.names)]

    def rejudge(self) -> None:
        """The spec may have come to know a failure after the lane ran."""
        for name, record in self.reports["upstream"].cases.items():
            if record["outcome"] in ("failed", "crashed", "timed out") and self.deviation(name):
                record["outcome"] = "deviation"

    def row(self, name: str) -> tuple[str, ...]:
        """Outcomes of a case."""
        return tuple(self.reports[lane].outcome(name) for lane in LANES)

    def group(self, name: str) -> str:
        """Of a case."""
        for report in self.reports.values():
            if name in report.cases and "group" in report.cases[name]:
                return report.cases[name]["group"]
        return name.split(".")[0]

    def deviation(self, name: str) -> str:
        """What the spec says about a case that upstream answers otherwise."""
        for known in self.known:
            if any(fnmatch.fnmatchcase(name, p) for p in known["cases"]):
                return str(known["what"]).strip()
        return ""

    def why(self, name: str) -> str:
        """A sentence for a case that is not passed everywhere."""
        upstream = self.reports["upstream"].cases.get(name, {})
        told = []
        if upstream.get("outcome") == "deviation":
            told.append(self.deviation(name))
            told += [f"Here: {event}." for event in upstream.get("events", [])]
        else:
            for lane in LANES:
                record = self.reports[lane].cases.get(name, {})
                text = record.get("text") or record.get("reason")
                if record.get("outcome") != "passed" and text:
                    told.append(f"{text[0].upper()}{text.splitlines()[0][1:]}.")
                    break
        return " ".join(told) or "The lane does not have the case."

    def totals(self, lane: str) -> Counter[str]:
        """How often each outcome."""
        return Counter(self.reports[lane].outcome(n) for n in self.names)


def cells(*texts: object) -> str:
    """A row of a table."""
    return "| " + " | ".join(str(t).replace("|", "\\|") for t in texts) + " |\n"


def lane_table(book: Book) -> str:
    """One row a lane."""
    kinds = ("passed", "deviation", "not supported", "skipped")
    out = cells("lane", "driver", "kernel", "command", "passed", "deviations", "not supported",
                "skipped", "failed")
    out += "|---|---|---|---|---:|---:|---:|---:|---:|\n"
    for lane, title in zip(LANES, TITLES):
        report, count = book.reports[lane], book.totals(lane)
        if not report.cases:
            out += cells(title, "not run", *[""] * 7)
            continue
        driver = f"{report.run['driver']} {report.run['version']}"
        if report.lane.get("srcversion"):
            driver += f", srcversion {report.lane['srcversion']}"
        kernel = " ".join(report.lane.get(k, "") for k in ("kernel", "build")).strip()
        failed = sum(n for kind, n in count.items() if kind not in (*kinds, ABSENT))
        out += cells(title, driver, kernel or "none",
                     f"`{report.lane.get('command', 'make test-conformance')}`",
                     *(count[k] for k in kinds), failed)
    return out


def brief(count: Counter[str]) -> str:
    """All passed is a mark, anything else is counted."""
    rest = {k: n for k, n in count.items() if n and k != "passed"}
    if set(count) == {ABSENT}:
        return ABSENT
    if not rest:
        return "all"
    return ", ".join([str(count["passed"]), *(f"{n} {k}" for k, n in sorted(rest.items()))])


def group_table(book: Book) -> str:
    """One row a group."""
    groups: dict[str, list[str]] = {}
    for name in book.names:
        groups.setdefault(book.group(name), []).append(name)
    out = cells("group", "cases", *TITLES) + "|---|---:|---|---|---|\n"
    for group, names in groups.items():
        columns = [brief(Counter(book.reports[lane].outcome(n) for n in names)) for lane in LANES]
        out += cells(group, len(names), *columns)
    return out


def case_table(book: Book) -> str:
    """Cases that are not passed everywhere; those of one reason share a row."""
    rows: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for name in book.names:
        ran = [o for lane, o in zip(LANES, book.row(name)) if book.reports[lane].cases]
        if set(ran) != {"passed"}:
            rows.setdefault((book.row(name), book.why(name)), []).append(name)
    out = cells("cases", *TITLES, "why") + "|---|---|---|---|---|\n"
    for (row, why), names in rows.items():
        out += cells(", ".join(f"`{n}`" for n in names), *row, why)
    return out


def page(book: Book) -> str:
    """The generated part."""
    return (f"{lane_table(book)}\nBy group; \"all\" are passed:\n\n{group_table(book)}\n"
            "Each case that is not passed in every lane that ran:\n\n"
            f"{case_table(book)}\n"
            "All cases are in [results.csv](results.csv). `make results` writes both from the "
            "reports of the commands above\nand of `make test-upstream-apart`.\n")


def table(book: Book) -> str:
    """All cases for machines."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["case", *LANES])
    for name in book.names:
        writer.writerow([name, *book.row(name)])
    return out.getvalue()


def main() -> int:
    """Read all, write both."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--emulated", type=Path, required=True)
    p.add_argument("--module", type=Path)
    p.add_argument("--upstream", type=Path)
    p.add_argument("--apart", type=Path)
    p.add_argument("--model", type=Path, default=Path("generated/model.json"))
    p.add_argument("--csv", type=Path, default=Path("docs/results.csv"))
    args = p.parse_args()
    try:
        reports = {"emulated": read(args.emulated, "make test-conformance"),
                   "module": read(args.module, "make test-vm"),
                   "upstream": read(args.upstream, "make test-upstream")}
        merge(reports["upstream"], read(args.apart, "make test-upstream-apart"))
        book = Book(reports, args.model)
        args.csv.write_text(table(book))
        print(page(book), end="")
    except NoReport as err:
        print(f"results: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
