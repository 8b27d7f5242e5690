#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make a web site of the documentation, with every rule tied to its tests.

Usage: site.py --suite HFI1-CONFORMANCE -o DIR [--result LANE=REPORT]...

Pages are the README, docs/ and the generated reference as they stand; beside
them each spec file with numbered lines, and for each list of rules a page of
the cases that try them, with what the reports (JSON of the suite) say.  A
link that leads nowhere is an error.
"""
from __future__ import annotations

import argparse
import html
import json
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Iterator, NamedTuple
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
STYLE = """
pre.source span { display: block; }
pre.source span::before { content: attr(data-line); display: inline-block; width: 3em;
  margin-right: 1em; text-align: right; color: #888; user-select: none; }
pre.source span:target { background: #fff3b0; }
"""
CONFIG = """
site_name: hfi1 user access, from one spec
docs_dir: pages
site_dir: {out}
theme: {{name: readthedocs, include_homepage_in_sidebar: true}}
extra_css: [site.css]
markdown_extensions: [tables, fenced_code, attr_list, toc]
nav:
{nav}"""


class Case(NamedTuple):
    """A case of the suite and the rules it tries."""

    name: str
    clauses: list[str]
    title: str


class Rule(NamedTuple):
    """A rule of the spec: where it stands and what it says."""

    id: str
    place: str
    why: str


class Page(NamedTuple):
    """A Markdown page; `path` is below the staged folder."""

    path: str
    text: str


# --- what is told -----------------------------------------------------------


def cases(suite: Path) -> list[Case]:
    """Ask the suite for its cases."""
    listing = subprocess.run([suite, "--list"], check=True, capture_output=True, text=True)
    rows = (line.split("\t") for line in listing.stdout.splitlines())
    return [Case(name, clauses.split(), title) for name, clauses, title in rows]


def reasons(suite: Path) -> dict[str, str]:
    """Return why rules have no case, in the suite's words."""
    told = subprocess.run([suite, "--coverage"], check=True, capture_output=True, text=True)
    found: dict[str, str] = {}
    owner = ""
    for line in told.stdout.partition("Without a case:")[2].splitlines():
        if line.startswith("  "):
            rule, _, why = line.strip().partition(": ")
            found[f"{owner}.{rule}"] = why
        elif line:
            owner = line.strip()
    return found


def rules(model: dict[str, dict[str, dict[str, list[dict[str, str]]]]]) -> Iterator[Rule]:
    """Yield every ordered check and promise of the spec."""
    lists = [(name, item.get("checks", []), item.get("ensures", []))
             for name, item in model["commands"].items()]
    lists += [(name, item["checks"], []) for name, item in model["check_lists"].items()]
    lists += [(f"mmap.{name}", item["checks"], []) for name, item in model["regions"].items()]
    lists += [(f"file.{name}", item["checks"], []) for name, item in model["file_ops"].items()]
    for owner, checks, ensures in lists:
        for item, kind in [*((c, "") for c in checks), *((e, "ensures.") for e in ensures)]:
            place = item["pos"].rpartition(":")[0]
            yield Rule(f"{owner}.{kind}{item['id']}", place, item["why"])


def results(arguments: list[str]) -> dict[str, dict[str, str]]:
    """Read the reports: lane -> case -> outcome."""
    lanes: dict[str, dict[str, str]] = {}
    for argument in arguments:
        lane, _, path = argument.partition("=")
        records = (json.loads(line) for line in Path(path).read_text().splitlines())
        lanes[lane] = {r["name"]: r["outcome"] for r in records if r["type"] == "case"}
    return lanes


# --- pages ------------------------------------------------------------------


def anchor(text: str) -> str:
    """Return an id for a rule."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def owner_of(rule: str) -> str:
    """Return the list a rule belongs to: all but its own name."""
    return re.sub(r"(\.ensures)?\.[a-z0-9-]+$", "", rule)


def up(path: str) -> str:
    """Return the way from a page to the top of the site's sources."""
    return "../" * path.count("/")


def spec_page(path: Path) -> Page:
    """Return a spec file with numbered lines that can be linked to."""
    name = path.relative_to(ROOT).as_posix()
    lines = [f'<span id="L{n}" data-line="{n}">{html.escape(line) or " "}</span>'
             for n, line in enumerate(path.read_text().splitlines(), 1)]
    body = "\n".join(lines)
    return Page(f"{name}.md", f"# {name}\n\n<pre class=\"source\">\n{body}\n</pre>\n")


def test_page(owner: str, wanted: list[Rule], tried: dict[str, list[Case]],
              untried: dict[str, str], lanes: dict[str, dict[str, str]]) -> Page:
    """Return the cases that try the rules of a list."""
    path = f"tests/{anchor(owner)}.md"
    head = ["case", "what it tries", *lanes]
    parts = [f"# Tests of {owner}"]
    for rule in wanted:
        file, _, line = rule.place.rpartition(":")
        where = f"[{rule.place}]({up(path)}{file}.md#L{line})"
        parts.append(f"## {rule.id} {{#{anchor(rule.id)}}}\n\n{rule.why} ({where})\n")
        found = tried.get(rule.id, [])
        if not found:
            parts.append("No case: " + untried.get(rule.id, "nothing tries it by itself.") + "\n")
            continue
        rows = [[f"`{c.name}`", c.title.replace("|", "\\|"),
                 *(lane.get(c.name, "–") for lane in lanes.values())] for c in found]
        table = [head, ["---"] * len(head), *rows]
        parts.append("\n".join("| " + " | ".join(row) + " |" for row in table) + "\n")
    return Page(path, "\n\n".join(parts) + "\n")


def index_page(pages: dict[str, list[Rule]], tried: dict[str, list[Case]],
               lanes: dict[str, dict[str, str]]) -> Page:
    """Return the list of all lists, and what the reports add up to."""
    lines = ["# Tests", "", "| list | rules | with a case | cases |", "|---|---|---|---|"]
    for owner, wanted in pages.items():
        found = [tried.get(r.id, []) for r in wanted]
        names = {c.name for group in found for c in group}
        lines.append(f"| [{owner}]({anchor(owner)}.md) | {len(wanted)} | "
                     f"{sum(map(bool, found))} | {len(names)} |")
    for lane, outcomes in lanes.items():
        counts: dict[str, int] = {}
        for outcome in outcomes.values():
            counts[outcome] = counts.get(outcome, 0) + 1
        lines += ["", f"**{lane}**: " + ", ".join(f"{n} {what}" for what, n in counts.items())]
    return Page("tests/index.md", "\n".join(lines) + "\n")


def link_rules(page: Page, by_place: dict[str, Rule]) -> Page:
    """Turn the names of rules in the reference's tables into links to their tests."""
    def row(line: str) -> str:
        place = re.search(r"\]\(\S*?(spec/\S+?\.yaml)#L(\d+)\)", line)
        cells = line.split(" | ")
        rule = by_place.get(f"{place[1]}:{place[2]}") if place else None
        if rule is None or len(cells) < 3 or cells[1] != rule.id.rpartition(".")[2]:
            return line
        target = f"{up(page.path)}tests/{anchor(owner_of(rule.id))}.md#{anchor(rule.id)}"
        cells[1] = f"[{cells[1]}]({target})"
        return " | ".join(cells)
    return page._replace(text="\n".join(
        row(line) if line.startswith("| ") else line for line in page.text.split("\n")))


def mend_links(page: Page, staged: set[str]) -> Page:
    """Lead links to files by their pages; a file without a page keeps its text."""
    folder = Path("/") / Path(page.path).parent

    def mend(match: re.Match[str]) -> str:
        text, target = match.groups()
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        file, hashed, fragment = target.partition("#")
        name = (folder / file).resolve().relative_to("/").as_posix()
        for extra in ("", ".md"):
            if name + extra in staged:
                return f"[{text}]({file}{extra}{hashed}{fragment})"
        if not (ROOT / name).exists():
            raise SystemExit(f"site: {page.path}: no file {name}")
        return text
    return page._replace(text=re.sub(r"\[([^\]\n]+)\]\(([^)\s]+)\)", mend, page.text))


def written_pages() -> Iterator[Page]:
    """Yield the pages that stand in the repository."""
    yield Page("index.md", (ROOT / "README.md").read_text())
    for folder in ("docs", "generated/docs"):
        for path in sorted((ROOT / folder).glob("*.md")):
            name = "index.md" if path.name == "README.md" else path.name
            yield Page(f"{folder}/{name}", path.read_text())


def all_pages(suite: Path, lanes: dict[str, dict[str, str]]) -> list[Page]:
    """Return the whole site."""
    model = json.loads((ROOT / "generated/model.json").read_text())
    known = list(rules(model))
    tried: dict[str, list[Case]] = {}
    for case in cases(suite):
        for clause in case.clauses:
            tried.setdefault(clause, []).append(case)
    groups: dict[str, list[Rule]] = {}
    for rule in known:
        groups.setdefault(owner_of(rule.id), []).append(rule)
    untried = reasons(suite)
    by_place = {rule.place: rule for rule in known}
    pages = [link_rules(page, by_place) for page in written_pages()]
    pages += [spec_page(path) for path in sorted((ROOT / "spec").rglob("*.yaml"))]
    pages += [test_page(owner, wanted, tried, untried, lanes) for owner, wanted in groups.items()]
    pages.append(index_page(groups, tried, lanes))
    staged = {page.path for page in pages}
    return [page if page.path.startswith("tests/") else mend_links(page, staged)
            for page in pages]


# --- the site ---------------------------------------------------------------


def title(page: Page) -> str:
    """Return a page's first heading."""
    found = re.search(r"^# (.+)$", page.text, re.M)
    return re.sub(r"[`*]", "", found[1]) if found else page.path


def navigation(pages: list[Page]) -> str:
    """Return the sections of the site and their pages."""
    sections = {"Guide": "docs/", "Reference": "generated/docs/", "Tests": "tests/",
                "Spec": "spec/"}
    lines = ["- Home: index.md"]
    for name, folder in sections.items():
        lines.append(f"- {name}:")
        chosen = [p for p in pages if p.path.startswith(folder)]
        chosen.sort(key=lambda p: (not p.path.endswith("/index.md"), p.path))
        lines += [f"  - {json.dumps(title(p))}: {p.path}" for p in chosen]
    return "\n".join(lines) + "\n"


def build(pages: list[Page], out: Path) -> None:
    """Write the pages and have mkdocs make a site of them."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        for page in pages:
            path = stage / "pages" / page.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page.text)
        for path in (ROOT / "docs").rglob("*"):
            if path.suffix in (".svg", ".png"):
                copy = stage / "pages" / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
        (stage / "pages/site.css").write_text(STYLE)
        config = stage / "mkdocs.yml"
        config.write_text(CONFIG.format(out=json.dumps(str(out.resolve())),
                                        nav=navigation(pages)))
        subprocess.run(["mkdocs", "build", "--quiet", "--strict", "--clean", "-f", config],
                       check=True)


class Links(HTMLParser):
    """Collects the ids and the links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.ids.add(value)
            elif name == "href" and value and tag == "a":
                self.links.append(value)


def dead_links(out: Path) -> Iterator[str]:
    """Yield the links that lead to no page, or to no place in it."""
    parsed = {path: Links(path.read_text()) for path in out.rglob("*.html")}
    for path, page in parsed.items():
        for link in page.links:
            file, _, fragment = unquote(link).partition("#")
            if re.match(r"[a-z]+:", file) or path.name in ("search.html", "404.html"):
                continue
            target = (path.parent / file).resolve() if file else path
            if target.is_dir():
                target /= "index.html"
            if target not in parsed:
                if not target.exists():
                    yield f"{path.relative_to(out)}: {link}: no such page"
            elif fragment and fragment not in parsed[target].ids:
                yield f"{path.relative_to(out)}: {link}: no such place"


def main() -> int:
    """Build the site and try its links."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--suite", type=Path, required=True, help="the hfi1-conformance program")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the site")
    parser.add_argument("--result", action="append", default=[], metavar="LANE=REPORT",
                        help="JSON report of a lane")
    options = parser.parse_args()
    out = options.output.resolve()
    build(all_pages(options.suite, results(options.result)), out)
    dead = list(dead_links(out))
    sys.stderr.writelines(f"site: {line}\n" for line in dead)
    pages = sum(1 for _ in out.rglob("*.html"))
    print(f"site: {out}/index.html, {pages} pages, {len(dead)} dead links")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
