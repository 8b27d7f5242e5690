# SPDX-License-Identifier: BSD-3-Clause
"""What programs get for the kernel's own devices, held against the published headers.

A C program compiled with the headers of this machine says how large each
struct is, where its members lie and what each number is; the C library, the
Python module and the Rust module must say the same.
"""
from __future__ import annotations

import ctypes
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Iterator

import pytest
from syzlang import Checker, parse

from uapigen import emit, loader
from uapigen.clauses import commands
from uapigen.layout import compute
from uapigen.model import Spec

ROOT = Path(__file__).resolve().parents[3]
DEVICES = ["watchdog", "vhost"]
WARNINGS = ["-Wall", "-Wextra", "-Werror"]


class Device:
    """A device's spec and everything that is generated for programs."""

    def __init__(self, name: str, out: Path) -> None:
        spec, mistakes = loader.load(str(ROOT / f"spec/{name}.yaml"))
        assert spec is not None, mistakes
        self.spec: Spec = spec
        self.name = name
        self.out = out
        emit.generate(spec, out, ["header", "lib", "python", "rust", "syzkaller"])

    def records(self, bits: int = 64) -> Iterator[tuple[str, str, int, list[tuple[str, int]]]]:
        """Yield kind, name, size and members' offsets of each record."""
        for struct in self.spec.structs.values():
            layout = compute(self.spec, struct, bits)
            yield (struct.kind, struct.name, layout.size,
                   [(s.name, s.offset) for s in layout.slots if "." not in s.name])

    def includes(self) -> str:
        """Return the lines that include the published headers."""
        return "".join(f"#include <{h}>\n" for h in self.spec.headers)


@pytest.fixture(scope="module", name="device", params=DEVICES)
def _device(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Device:
    return Device(request.param, tmp_path_factory.mktemp(request.param))


def _run(*command: str | Path) -> str:
    """Run a command that must succeed in silence; return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module", name="published")
def _published(device: Device) -> dict[str, int]:
    """What the headers of this machine say: size, offset or number by name."""
    rows = [(name, f"sizeof({kind} {name})") for kind, name, _, _ in device.records()]
    rows += [(f"{name}.{member}", f"offsetof({kind} {name}, {member})")
             for kind, name, _, members in device.records() for member, _ in members]
    rows += [(c.c_name, c.c_name) for c in device.spec.commands.values()]
    body = "".join(f'\tprintf("{label} %lu\\n", (unsigned long)({value}));\n'
                   for label, value in rows)
    source = device.out / "published.c"
    source.write_text(f"#include <stddef.h>\n#include <stdio.h>\n{device.includes()}"
                      f"int main(void)\n{{\n{body}\treturn 0;\n}}\n")
    _run("gcc", "-o", device.out / "published", source)
    lines = _run(device.out / "published").splitlines()
    return {label: int(value) for label, value in map(str.split, lines)}


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("ours", [True, False], ids=["own-headers", "published-headers"])
@pytest.mark.parametrize("bits", [64, 32])
def test_wrappers_compile(device: Device, compiler: str, ours: bool, bits: int) -> None:
    asserts = "".join(
        f'_Static_assert(sizeof({kind} {name}) == {size}, "{name}");\n' + "".join(
            f'_Static_assert(__builtin_offsetof({kind} {name}, {member}) == {at}, "{member}");\n'
            for member, at in members)
        for kind, name, size, members in device.records(bits))
    layout = device.out / "asserts.c"
    layout.write_text(f'#include "{device.name}.h"\n{asserts}')
    headers = [f"-I{device.out}/uapi"] if ours else []
    for path in (layout, *sorted((device.out / "lib").glob("*.c"))):
        _run(compiler, f"-m{bits}", "-std=gnu11", *WARNINGS, *headers, f"-I{device.out}/lib",
             "-fsyntax-only", path)


@pytest.mark.parametrize("compiler", ["gcc", "clang", "g++", "clang++"])
def test_library_header_alone(device: Device, compiler: str) -> None:
    source = device.out / ("alone.cc" if "++" in compiler else "alone.c")
    source.write_text(f'#include "{device.name}.h"\n' * 2 + "extern int nothing;\n")
    # linux/virtio_ring.h is C alone without this macro of its own.
    standard = ["-std=c++17", "-DVIRTIO_RING_NO_LEGACY"] if "++" in compiler else ["-std=c11"]
    _run(compiler, *standard, *WARNINGS, f"-I{device.out}/uapi", f"-I{device.out}/lib",
         "-fsyntax-only", source)


def test_formatter_finds_nothing_to_change(device: Device) -> None:
    style = f"--style=file:{ROOT / '.clang-format'}"
    for path in sorted((device.out / "lib").glob("*.[ch]")):
        assert _run("clang-format", style, path) == path.read_text(), path.name


def test_library_exports_what_the_header_declares(device: Device) -> None:
    library, lib = device.out / "lib.so", device.out / "lib"
    _run("gcc", *WARNINGS, f"-I{device.out}/uapi", "-shared", "-fPIC",
         f"-Wl,--version-script={lib / device.name}.map", "-o", library, *sorted(lib.glob("*.c")))
    lines = _run("nm", "-D", "--defined-only", library).splitlines()
    exported = {line.split()[-1].partition("@")[0] for line in lines if " T " in line}
    header = re.sub(r"/\*.*?\*/", "", (lib / f"{device.name}.h").read_text(), flags=re.DOTALL)
    assert exported == set(re.findall(rf"\b({device.name}_\w+)\(", header))
    assert {f"{device.name}_{c.lower()}" for c in device.spec.commands} <= exported


def _module(device: Device) -> ModuleType:
    """Import the Python module from where it was written."""
    name = f"generated_{device.name}"
    found = importlib.util.spec_from_file_location(
        name, device.out / f"python/{device.name}.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


def test_python_agrees_with_the_published_headers(
    device: Device, published: dict[str, int]
) -> None:
    module = _module(device)
    found = {c.c_name: module.COMMANDS[c.name].number for c in device.spec.commands.values()}
    for _, name, _, members in device.records():
        kind = getattr(module, name)
        found[name] = ctypes.sizeof(kind)
        found.update({f"{name}.{m}": getattr(kind, m).offset for m, _ in members})
    assert found == published


@pytest.mark.skipif(not shutil.which("rustc"), reason="rustc is not installed")
def test_rust_agrees_with_the_published_headers(
    device: Device, published: dict[str, int]
) -> None:
    numbers = "".join(f"    assert_eq!({c.c_name}, {published[c.c_name]});\n"
                      for c in device.spec.commands.values())
    sizes = "".join(f"    assert_eq!(size_of::<{name}>(), {published[name]});\n"
                    for _, name, _, _ in device.records())
    places = "".join(
        f"    assert_eq!({{ let v = {name}::default();\n"
        f"        (unsafe {{ addr_of!(v.{label}) }}) as usize - addr_of!(v) as usize }},"
        f" {published[f'{name}.{member}']});\n"
        for _, name, _, members in device.records() for member, _ in members
        for label in ["r#type" if member == "type" else member]
        if _named(device.spec, name, member))
    source = device.out / "published.rs"
    source.write_text(
        f'#![allow(unused_unsafe)]\n#[path = "rust/{device.name}.rs"]\nmod module;\n'
        "use module::*;\nuse std::mem::size_of;\nuse std::ptr::addr_of;\n\n"
        f"#[test]\nfn published() {{\n{numbers}{sizes}{places}}}\n")
    _run("rustc", "--edition", "2021", "-D", "warnings", "--test", "-o",
         device.out / "published-rs", source)
    assert "2 passed; 0 failed" in _run(device.out / "published-rs")


def _named(spec: Spec, record: str, member: str) -> bool:
    """Tell whether a member has its name in the record itself, not in an anonymous union."""
    return any(f.name == member for f in spec.structs[record].fields)


def test_syzkaller_text_is_sound(device: Device) -> None:
    file = parse((device.out / f"syzkaller/{device.name}.txt").read_text())
    names = {c.c_name for c in device.spec.commands.values()}
    checker = Checker(file, names | {"AT_FDCWD"})
    checker.check()
    assert {f"ioctl${n}" for n in names} == {n for n in file.calls if n.startswith("ioctl$")}
    for command in commands(device.spec):
        if command.arg_kind == "struct":
            assert command.arg is not None
            size = compute(device.spec, device.spec.structs[command.arg.base], 64).size
            name = f"{command.arg.base}_{command.name.lower()}"
            assert checker.record(name)[0] == size, name


# What an argument with elements behind it becomes: tried where the driver is
# ioctl() itself, put in the place of the C library's.
_SPY = r"""
#include <stdarg.h>
#include <string.h>
#include "vhost.h"

static unsigned char seen[4096];
static unsigned long request;
static const void *given;

int ioctl(int fd, unsigned long number, ...)
{
    const struct vhost_memory *memory;
    va_list args;

    (void)fd;
    va_start(args, number);
    given = va_arg(args, void *);
    va_end(args);
    request = number;
    memory = given;
    memcpy(seen, given, sizeof(*memory) + memory->nregions * sizeof(memory->regions[0]));
    return 0;
}
"""


def test_c_passes_what_stands_behind_an_argument(tmp_path: Path) -> None:
    device = Device("vhost", tmp_path)
    source = tmp_path / "spy.c"
    source.write_text(_SPY + r"""
#include <stdlib.h>
int main(void)
{
    size_t size = sizeof(struct vhost_memory) + 2 * sizeof(struct vhost_memory_region);
    struct vhost_memory *memory = calloc(1, size);

    memory->nregions = 2;
    memory->regions[1].userspace_addr = 0x1234567890;
    if (vhost_set_mem_table(3, memory) || request != VHOST_SET_MEM_TABLE)
        return 1;
    return memcmp(seen, memory, size) ? 2 : 0;
}
""")
    _run("gcc", "-fsanitize=address,undefined", f"-I{tmp_path}/uapi", f"-I{tmp_path}/lib",
         "-o", tmp_path / "spy", source, tmp_path / "lib/vhost.c")
    _run(tmp_path / "spy")
    assert device.spec.commands["SET_MEM_TABLE"].arg_kind == "struct"


def test_python_passes_what_stands_behind_an_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = _module(Device("vhost", tmp_path))
    seen: list[tuple[int, bytes]] = []

    def ioctl(_fd: int, number: int, argument: object, _mutate: bool = True) -> int:
        seen.append((number, bytes(memoryview(argument))))  # type: ignore[arg-type]
        return 0

    monkeypatch.setattr(module.fcntl, "ioctl", ioctl)
    region = {"guest_phys_addr": 1 << 32, "memory_size": 4096, "userspace_addr": 0x1000}
    module.set_mem_table(3, regions=[region, module.vhost_memory_region(memory_size=5)])
    module.call(3, "SET_MEM_TABLE", {"nregions": 1, "regions": [region]})
    module.call(3, "SET_MEM_TABLE", {"padding": 1})
    number = module.COMMANDS["SET_MEM_TABLE"].number
    first = (b"\0\0\0\0\1\0\0\0" + (4096).to_bytes(8, "little") + (0x1000).to_bytes(8, "little")
             + bytes(8))
    second = bytes(8) + (5).to_bytes(8, "little") + bytes(16)
    assert seen == [(number, b"\2\0\0\0\0\0\0\0" + first + second),
                    (number, b"\1\0\0\0\0\0\0\0" + first),
                    (number, b"\0\0\0\0\1\0\0\0")]
    with pytest.raises(ValueError, match="nregions is 2, but regions has 1 elements"):
        module.call(3, "SET_MEM_TABLE", {"nregions": 2, "regions": [region]})


@pytest.mark.skipif(not shutil.which("rustc"), reason="rustc is not installed")
def test_rust_passes_what_stands_behind_an_argument(tmp_path: Path) -> None:
    Device("vhost", tmp_path)
    source = tmp_path / "spy.rs"
    source.write_text(r"""
#[path = "rust/vhost.rs"]
mod vhost;
use std::os::unix::io::AsFd;
use vhost::*;

static mut SEEN: [u64; 9] = [0; 9];

#[no_mangle]
extern "C" fn ioctl(_fd: i32, request: u64, argument: *const u64) -> i32 {
    assert_eq!(request, VHOST_SET_MEM_TABLE);
    unsafe { for i in 0..9 { SEEN[i] = *argument.add(i); } }
    0
}

#[test]
fn elements() {
    let file = std::fs::File::open("/dev/null").unwrap();
    let regions = [
        vhost_memory_region { guest_phys_addr: 1, memory_size: 2, ..Default::default() },
        vhost_memory_region { userspace_addr: 3, flags_padding: 4, ..Default::default() },
    ];
    let head = vhost_memory { padding: 7, ..Default::default() };
    unsafe { set_mem_table(file.as_fd(), &head, &regions).unwrap() };
    assert_eq!(unsafe { SEEN }, [7 << 32 | 2, 1, 2, 0, 0, 0, 0, 3, 4]);
}
""")
    _run("rustc", "--edition", "2021", "--test", "-o", tmp_path / "spy", source)
    assert "elements ... ok" in _run(tmp_path / "spy")
