# SPDX-License-Identifier: BSD-3-Clause
"""The command line.

Exit status: 0 all is well, 1 the spec has mistakes, 2 the call makes no sense
or a file cannot be written; diff and lint have more (docs/diff.md,
docs/lint.md).

Modules are loaded when a subcommand needs them.
"""
from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # type checkers take it for true; typing itself takes long to load
if TYPE_CHECKING:
    import argparse
    from typing import Optional, Sequence, TextIO

    from uapigen.diagnostics import Diagnostic
    from uapigen.model import Spec

    # pylint: disable-next=protected-access  # it has no other name
    _Subs = argparse._SubParsersAction[argparse.ArgumentParser]

OK, MISTAKES, USAGE = 0, 1, 2

_EXAMPLES = """\
examples:
  uapigen check spec/hfi1.yaml
  uapigen generate spec/hfi1.yaml -o generated
  uapigen generate --only header,hw spec/hfi1.yaml -o generated
  uapigen diff --since v1.0 spec/hfi1.yaml
  uapigen lint spec/hfi1.yaml
  uapigen explain E0406
  uapigen layout spec/hfi1.yaml hfi1_ctxt_info
  uapigen list spec/hfi1.yaml checks
"""


def _fail(text: str) -> int:
    sys.stderr.write(f"uapigen: {text}\n")
    return USAGE


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run uapigen; return its exit status."""
    options = _parser().parse_args(argv)
    gc.disable()  # a short life with many small objects that stay
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader has seen enough; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as err:
        return _fail(f"{err.filename or 'output'}: {err.strerror}")
    except KeyboardInterrupt:
        return 130


# --- what is shared -------------------------------------------------------


def _colour(options: argparse.Namespace, stream: TextIO) -> bool:
    """Tell whether to use colour: as asked, else on a terminal that can."""
    if options.color != "auto":
        return bool(options.color == "always")
    return (stream.isatty() and "NO_COLOR" not in os.environ
            and os.environ.get("TERM") != "dumb")


def _report(options: argparse.Namespace, items: list[Diagnostic]) -> None:
    """Show mistakes in the form that was asked for."""
    from uapigen import diagnostics
    if options.format == "json":
        sys.stdout.write(diagnostics.render_json(items))
    elif items:
        sys.stderr.write(diagnostics.render_human(items, _colour(options, sys.stderr)))


def _load(options: argparse.Namespace) -> Optional[Spec]:
    """Load the spec; show its mistakes if it has any."""
    from uapigen import loader
    spec, items = loader.load(options.spec)
    if items:
        _report(options, items)
    return spec


# --- subcommands ----------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    from uapigen import loader
    spec, items = loader.load(options.spec)
    _report(options, items)
    if spec is not None and options.format == "human" and not options.quiet:
        sys.stdout.write(f"{options.spec}: {len(spec.files)} files, {len(spec.commands)} commands,"
                         f" {len(spec.structs)} structs, {len(spec.registers)} registers:"
                         " no errors\n")
    return OK if spec is not None else MISTAKES


def _generate(options: argparse.Namespace) -> int:
    from uapigen import upkeep
    only = [name for name in options.only.split(",") if name] if options.only else []
    store = None if options.no_cache else upkeep.user_store()
    run = upkeep.Run(options.spec, options.output, only, store)
    changed = run.shortcut()
    if changed is None:
        spec = _load(options)
        if spec is None:
            return MISTAKES
        from uapigen import emit
        try:
            files = emit.render_all(spec, only)
        except emit.UnknownBackend as err:
            return _fail(str(err))
        changed = run.finish(spec.files, spec.digest, files)
    if options.verbose:
        sys.stdout.writelines(f"{name}\n" for name in changed)
        notes = store.notes if store is not None else []
        sys.stderr.writelines(f"uapigen: store: {note}\n" for note in notes)
    return OK


def _diff(options: argparse.Namespace) -> int:
    from uapigen.diff import compare, report, versions
    if (options.new is None) != bool(options.since):
        return _fail("diff takes two versions, or one and --since")
    try:
        if options.since:
            old = versions.at_revision(options.old, options.since)
            new = versions.Version(options.old)
        else:
            old, new = versions.both(options.old, options.new)
    except (versions.NoSuchRevision, versions.NoSuchHeader) as err:
        return _fail(str(err))
    if old.spec is None or new.spec is None:
        _report(options, old.mistakes + new.mistakes)
        return MISTAKES
    changes = compare.compare(old.spec, new.spec)
    if options.format == "json":
        sys.stdout.write(report.render_json(old, new, changes))
    else:
        sys.stdout.write(report.render_human(old, new, changes, _colour(options, sys.stdout)))
    return report.STATUS[report.verdict(changes)]


def _lint(options: argparse.Namespace) -> int:
    from uapigen.diff import versions
    from uapigen.lint import report, run
    try:
        given = [versions.Version(path) for path in options.specs]
    except versions.NoSuchHeader as err:
        return _fail(str(err))
    specs = [version.spec for version in given if version.spec is not None]
    if len(specs) < len(given):
        _report(options, [item for version in given for item in version.mistakes])
        return MISTAKES
    results = list(zip(given, run.lint(specs)))
    if options.format == "json":
        sys.stdout.write(report.render_json(results))
    else:
        sys.stdout.write(report.render_human(results, options.allowed,
                                             _colour(options, sys.stdout)))
    return report.status(results)


def _explain(options: argparse.Namespace) -> int:
    from uapigen import errors
    if options.list:
        sys.stdout.write(errors.listing())
        return OK
    if not options.id:
        return _fail("explain takes the id of a diagnostic, or --list")
    text = errors.explain(options.id)
    if text is None:
        near = errors.nearest_id(options.id)
        return _fail(f"no diagnostic is called {options.id}"
                     + (f"; did you mean {near}?" if near else ""))
    sys.stdout.write(text)
    return OK


def _layout(options: argparse.Namespace) -> int:
    spec = _load(options)
    if spec is None:
        return MISTAKES
    from uapigen import layout_text
    for name in options.struct:
        if name not in spec.structs:
            from uapigen.diagnostics import suggest
            hint = suggest(name, spec.structs)
            return _fail(f"no struct is called {name}" + (f"; {hint}" if hint else ""))
    sys.stdout.write(layout_text.layout_text(spec, options.struct))
    return OK


def _list(options: argparse.Namespace) -> int:
    from uapigen import listing
    if options.subject not in listing.SUBJECTS:
        return _fail(f"cannot list {options.subject}; there are {', '.join(listing.SUBJECTS)}")
    spec = _load(options)
    if spec is None:
        return MISTAKES
    sys.stdout.write(listing.table(spec, options.subject))
    return OK


def _operations(options: argparse.Namespace) -> int:
    from uapigen import loader, operations
    loaded = [loader.load(path) for path in options.specs]
    for _, items in loaded:
        _report(options, items)
    specs = [spec for spec, _ in loaded if spec is not None]
    if len(specs) < len(loaded):
        return MISTAKES
    sys.stdout.write(operations.table(specs))
    return OK


def _import(options: argparse.Namespace) -> int:
    from pathlib import Path
    from uapigen import importer
    from uapigen.importer import report
    try:
        done = importer.import_header(Path(options.header), options.path)
    except importer.ImportFailed as err:
        return _fail(str(err))
    if options.output != "-":
        Path(options.output).write_text(done.text, encoding="utf-8")
    else:
        sys.stdout.write(done.text)
    sys.stderr.write(report.as_json(done) if options.format == "json" else report.as_text(done))
    return OK


def _schema(_: argparse.Namespace) -> int:
    from uapigen import jsonschema_out
    sys.stdout.write(jsonschema_out.text())
    return OK


# --- the parser -----------------------------------------------------------


def _making(subs: _Subs, common: argparse.ArgumentParser) -> None:
    """Add what writes outputs and specs."""
    sub = subs.add_parser("generate", parents=[common], help="write all outputs that changed",
                          description="Write all outputs that changed.  Nothing is written if the "
                          "spec has a mistake.")
    sub.add_argument("--only", metavar="NAMES", help="back ends to run, separated by commas")
    sub.add_argument("-v", "--verbose", action="store_true", help="name the files that changed")
    sub.add_argument("--no-cache", action="store_true", help="neither use nor fill the store of "
                     "outputs ($UAPIGEN_CACHE, else uapigen below the user's cache folder)")
    sub.add_argument("-o", "--output", metavar="DIR", required=True, help="where outputs go")
    sub.add_argument("spec", metavar="SPEC", help="root file of the spec")
    sub.set_defaults(run=_generate)

    sub = subs.add_parser("import", help="bring a C header under a spec",
                          description="Write the spec that generates a C header again.  What the "
                          "language cannot say is kept verbatim, and listed.")
    sub.add_argument("-o", "--output", metavar="SPEC", default="-",
                     help="where the spec goes (default: -, which shows it)")
    sub.add_argument("--as", dest="path", metavar="PATH", default="",
                     help="path under which programs include it (default: told by its folder)")
    sub.add_argument("--format", choices=("human", "json"), default="human",
                     help="form of the report")
    sub.add_argument("header", metavar="HEADER", help="the header")
    sub.set_defaults(run=_import)


def _judging(subs: _Subs, common: argparse.ArgumentParser) -> None:
    """Add what judges specs, and explains its words."""
    sub = subs.add_parser("check", parents=[common], help="show all mistakes of a spec")
    sub.add_argument("-q", "--quiet", action="store_true", help="say nothing if all is well")
    sub.add_argument("spec", metavar="SPEC", help="root file of the spec")
    sub.set_defaults(run=_check)

    sub = subs.add_parser("diff", parents=[common], help="tell whom the changes between two "
                          "versions hurt", description="Compare two versions of a spec or of a C "
                          "header.  Exit status: 0 nothing or compatible, 3 calls behave "
                          "differently, 4 sources have to be edited, 5 old programs break.")
    sub.add_argument("--since", metavar="REVISION", help="compare with the spec as git has it at "
                     "this revision, instead of OLD")
    sub.add_argument("old", metavar="OLD", help="the old version: root file of a spec, or a C "
                     "header; with --since, what to compare")
    sub.add_argument("new", metavar="NEW", nargs="?", help="the new version")
    sub.set_defaults(run=_diff)

    sub = subs.add_parser("lint", parents=[common], help="tell what callers will regret",
                          description="Judge specs or C headers by the rules of good "
                          "interfaces.  Exit status: 0 nothing, or all of it allowed with a "
                          "reason, 3 something was found.")
    sub.add_argument("--allowed", action="store_true", help="show what is allowed too, and why")
    sub.add_argument("specs", metavar="SPEC", nargs="+",
                     help="root files of specs, or C headers")
    sub.set_defaults(run=_lint)

    sub = subs.add_parser("explain", help="tell more about a diagnostic")
    sub.add_argument("--list", action="store_true", help="list all diagnostics")
    sub.add_argument("id", metavar="ID", nargs="?", help="for example E0406")
    sub.set_defaults(run=_explain)


def _showing(subs: _Subs, common: argparse.ArgumentParser) -> None:
    """Add what shows a spec."""
    sub = subs.add_parser("layout", parents=[common], help="show where members of structs lie")
    sub.add_argument("spec", metavar="SPEC", help="root file of the spec")
    sub.add_argument("struct", metavar="STRUCT", nargs="*", help="default: all")
    sub.set_defaults(run=_layout)

    sub = subs.add_parser("list", parents=[common], help="list commands, checks, structs...")
    sub.add_argument("spec", metavar="SPEC", help="root file of the spec")
    sub.add_argument("subject", metavar="SUBJECT", nargs="?", default="commands",
                     help="commands (default), checks, structs, errnos, registers...")
    sub.set_defaults(run=_list)

    sub = subs.add_parser("operations", parents=[common],
                          help="compare devices by the operations they offer")
    sub.add_argument("specs", metavar="SPEC", nargs="+", help="root files of the specs")
    sub.set_defaults(run=_operations)

    sub = subs.add_parser("schema", help="print the JSON Schema of the spec language")
    sub.set_defaults(run=_schema)


def _parser() -> argparse.ArgumentParser:
    import argparse
    parser = argparse.ArgumentParser(
        prog="uapigen", description="Generate a device's uAPI, its checks, tests and manual from "
        "one spec.", epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    subs = parser.add_subparsers(metavar="COMMAND", required=True, dest="command")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--format", choices=("human", "json"), default="human",
                        help="form of diagnostics")
    common.add_argument("--color", choices=("auto", "always", "never"), default="auto",
                        help="whether diagnostics have colour (auto: on a terminal)")
    for add in (_making, _judging, _showing):
        add(subs, common)
    return parser
