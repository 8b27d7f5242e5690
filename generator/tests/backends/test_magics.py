# SPDX-License-Identifier: BSD-3-Clause
"""Commands of one device with several type codes."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from toyspec import load_good

from uapigen import emit
from uapigen.model import Spec

SECOND = """
constants: {SIDE_MAGIC: {value: 0x55, doc: "The other type code."}}
headers:
  toy.h:
    guard: TOY_H
    includes: [linux/types.h]
    doc: All of it.
    contents: [TOY_MAGIC, SIDE_MAGIC, TOY_MAX, toy_cap, toy_config, toy_status, commands]
scenarios:
  idle: {state: idle, doc: "An open file."}
commands:
  SIDE_START:
    nr: 1
    magic: SIDE_MAGIC
    direction: w
    arg: struct toy_config
    in: [size, mode, name]
    states: [idle, ready]
    doc: The same number as START but for the type code.
    checks:
      - {id: copy-in, copy: in, errno: EFAULT, why: "Unreadable."}
  SIDE_STATUS:
    nr: 1
    magic: SIDE_MAGIC
    direction: r
    arg: u32
    out: true
    states: [ready]
    doc: The other direction of SIDE_START's number.
    checks:
      - {id: copy-out, copy: out, errno: EFAULT, why: "Unwritable."}
  SIDE_STOP: {nr: 9, magic: SIDE_MAGIC, direction: none, arg: none, states: [ready], doc: "Stop."}
"""
PROGRAM = """
#include <stdio.h>
#include "dispatch.c"

int main(void)
{
    static const unsigned int tried[] = {
        TOY_IOCTL_START, TOY_IOCTL_STATUS, TOY_IOCTL_SIDE_START, TOY_IOCTL_SIDE_STATUS,
        TOY_IOCTL_SIDE_STOP, _IO(0x54, 9), _IO(0x55, 8), _IO(0x55, 0), _IO(0x55, 10), _IO(0x56, 9),
        _IO(0x55, 1),
    };
    unsigned int i;

    for (i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
        const struct command *found = find_command(tried[i]);

        printf("%s ", found ? found->name : "-");
    }
    return 0;
}
"""


@pytest.fixture(name="spec")
def _spec(tmp_path: Path) -> Spec:
    return load_good(tmp_path, SECOND, "device")


def _stub(kind: str, name: str) -> str:
    """Return a function that the dispatch table points to."""
    params, used = ("struct toy_fd *fd, void *arg", "(void)arg; ") if kind == "call" else \
        ("struct toy_fd *fd", "")
    return f"static int {name}({params})\n{{ (void)fd; {used}return 0; }}\n"


def _text(spec: Spec, backend: str, end: str) -> str:
    files = emit.render_all(spec, [backend])
    return next(text.decode() for path, text in files.items() if path.endswith(end))


def test_header_names_each_type_code(spec: Spec) -> None:
    text = _text(spec, "header", "toy.h")
    assert re.search(r"START\s+_IOW\(TOY_MAGIC, 1, struct toy_config\)", text)
    assert re.search(r"SIDE_START\s+_IOW\(SIDE_MAGIC, 1, struct toy_config\)", text)
    assert re.search(r"SIDE_STOP\s+_IO\(SIDE_MAGIC, 9\)", text)


def test_dispatch_finds_a_number_under_its_own_type_code(spec: Spec, tmp_path: Path) -> None:
    """The part of the dispatch that looks numbers up, compiled and run."""
    text = _text(spec, "driver", "dispatch.c")
    table = text[text.index("struct command {"):text.index("static int serve")]
    calls = sorted(set(re.findall(r"\.(call|plain) = (\w+)", table)))
    stubs = "".join(_stub(kind, name) for kind, name in calls)
    head = ("#include <linux/ioctl.h>\n#include <linux/types.h>\n#include <stddef.h>\n"
            "#define __user\n#define BIT(n) (1u << (n))\n"
            '#include "uapi/toy.h"\nstruct toy_fd;\n')
    states = sorted(set(re.findall(r"BIT\((\w+)\)", table)))
    emit.generate(spec, tmp_path, ["header"])
    (tmp_path / "dispatch.c").write_text(
        f"{head}enum {{ {', '.join(states)} }};\n{stubs}{table}")
    (tmp_path / "main.c").write_text(PROGRAM)
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", f"-I{tmp_path}", "-o",
                    str(tmp_path / "main"), str(tmp_path / "main.c")], check=True)
    found = subprocess.run([str(tmp_path / "main")], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["START", "STATUS", "SIDE_START", "SIDE_STATUS",
                                    "SIDE_STOP"] + ["-"] * 6


def test_python_computes_the_same_numbers(spec: Spec, tmp_path: Path) -> None:
    emit.generate(spec, tmp_path / "out", ["python"])
    script = ("import toy; print(*(f'{toy.COMMANDS[c].number:x}' for c in "
              "('START', 'SIDE_START', 'SIDE_STOP')))")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path / "out/python",
                          capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["400c5401", "400c5501", "5509"]


def test_rust_computes_the_same_numbers(spec: Spec) -> None:
    text = _text(spec, "rust", "toy.rs")
    assert re.search(r"number::<\w+>\(WRITE, 0x54, 1\)", text)
    assert re.search(r"number::<\w+>\(WRITE, 0x55, 1\)", text)


def test_suite_tries_no_command_of_the_other_type_code_as_unknown(spec: Spec) -> None:
    text = _text(spec, "conformance", "encoding.c")
    assert "0x400c5501" not in text and "0x400c5401" not in text
    assert "0x400c5301" in text and "0x400c5601" in text
    assert "nr.0x00-0x0f.idle" in text and "type-0x55.nr.0x00-0x0f.idle" in text
