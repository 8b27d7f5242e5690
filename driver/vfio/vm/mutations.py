#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Put mistakes into the specs of the kernel's own devices; the kernel must object.

A suite that is green against a wrong spec proves nothing.  Each mistake of
mutations.yaml makes a suite of its own; all of them run in one guest, each
with the one case that must fail.
"""
from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
UAPIGEN = Path("generator/bin/uapigen")


class Useless(Exception):
    """A mutation that does not apply, or does not make a suite."""


def run(command: list[str]) -> str:
    """Run a command of the build; its output."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Useless(f"{' '.join(command[:4])}: {done.stderr.strip()[-800:]}")
    return done.stdout


def mutate(mutation: dict[str, Any], folder: Path) -> Path:
    """A copy of the specs with the mistake in it; the root file."""
    shutil.copytree("spec", folder / "spec")
    path = folder / "spec" / mutation["file"]
    text = path.read_text()
    if text.count(mutation["old"]) < 1:
        raise Useless(f"{path.name} does not hold: {mutation['old'].strip()}")
    path.write_text(text.replace(mutation["old"], mutation["new"], 1))
    return folder / "spec" / f"{mutation['device']}.yaml"


def build(mutation: dict[str, Any], folder: Path, built: Path, name: str) -> Path:
    """The suite of a mutated spec."""
    root = mutate(mutation, folder)
    made = folder / "generated"
    run([sys.executable, str(UAPIGEN), "generate", "--no-cache", str(root), "-o", str(made)])
    device = mutation["device"]
    program = folder / name
    sources = [*Path("conformance", device).glob("*.c"), *(made / "conformance").glob("*.c")]
    run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-Iconformance", f"-I{made}/conformance",
         f"-I{made}/uapi", "-o", str(program), *map(str, sorted(sources)),
         str(built / "conformance" / device / "layout32_data.o"),
         *(str(built / "lib" / f"libhfi1c-{part}.a") for part in ("engine", "runner")),
         "-lcheck", "-lsubunit", "-lm", "-lrt", "-lpthread"])
    cases = run([str(program), "--list", "--test", mutation["case"]])
    if not cases.startswith(mutation["case"] + "\t"):
        raise Useless(f"{mutation['what']}: there is no case {mutation['case']}")
    return program


def judge(output: str, mutations: list[dict[str, Any]]) -> int:
    """Say which mistakes the kernel objected to; the number of those it did not."""
    caught = 0
    for number, mutation in enumerate(mutations):
        said = output.partition(f"mutant-{number} ")[2].partition("mutant-")[0]
        good = re.search(rf"^    failed {re.escape(mutation['case'])}$", said, re.M)
        caught += bool(good)
        print(f"{'ok    ' if good else 'MISSED'} {mutation['device']}: {mutation['what']}"
              f" ({mutation['case']})")
    print(f"defects: {len(mutations)} seeded, {caught} caught")
    return len(mutations) - caught


def main() -> int:
    """Build all suites, run them in one guest, judge."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--cache", required=True)
    p.add_argument("--build", type=Path, required=True)
    p.add_argument("--logs", required=True)
    args = p.parse_args()
    mutations = yaml.safe_load((HERE / "mutations.yaml").read_text())
    folder = args.build / "mutations"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        programs = [build(m, folder / str(n), args.build, f"mutant-{n}")
                    for n, m in enumerate(mutations)]
    except Useless as err:
        print(f"mutations.py: {err}", file=sys.stderr)
        return 1
    script = "; ".join(f"echo mutant-{n} runs; mutant-{n} --color never -t {m['case']}"
                       for n, m in enumerate(mutations))
    command = [str(HERE / "vm.py"), "--cache", args.cache, "--build", str(args.build),
               "--logs", args.logs, "--lane", "devices"]
    for program in programs:
        command += ["--program", str(program)]
    done = subprocess.run([*command, f"{script}; true"], stdout=subprocess.PIPE, text=True,
                          check=False)
    return 1 if judge(done.stdout, mutations) or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
