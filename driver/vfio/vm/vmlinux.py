#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Take the ELF kernel out of a bzImage.

QEMU starts it through its PVH note, which saves the guest from unpacking
the kernel on an emulated processor.

Usage: vmlinux.py BZIMAGE OUTPUT
"""
from __future__ import annotations

import gzip
import lzma
import struct
import subprocess
import sys
from pathlib import Path

# Offsets of the x86 boot protocol's setup header.
SETUP_SECTS = 0x1F1
MAGIC = 0x202
PAYLOAD = 0x248


def payload(image: bytes) -> bytes:
    """The compressed kernel, by the setup header's word for it."""
    if image[MAGIC:MAGIC + 4] != b"HdrS":
        raise ValueError("not a bzImage")
    offset, length = struct.unpack_from("<II", image, PAYLOAD)
    start = (image[SETUP_SECTS] + 1) * 512 + offset
    return image[start:start + length]


def unpack(data: bytes) -> bytes:
    """Decompress; the build appends the plain size, which is not ours."""
    if data.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(data)
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data[:-4])
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run(["zstd", "-dcq"], input=data[:-4], capture_output=True,
                              check=True).stdout
    raise ValueError(f"kernel compressed with an unknown method {data[:6].hex()}")


def main() -> int:
    """Write the kernel, whole or not at all."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        kernel = unpack(payload(source.read_bytes()))
        if not kernel.startswith(b"\x7fELF"):
            raise ValueError("the payload is no ELF file")
    except (OSError, ValueError, lzma.LZMAError, subprocess.CalledProcessError) as err:
        print(f"vmlinux.py: {source}: {err}", file=sys.stderr)
        return 1
    part = target.with_suffix(".part")
    part.write_bytes(kernel)
    part.rename(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
