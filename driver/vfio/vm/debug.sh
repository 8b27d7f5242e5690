#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Build a kernel that watches itself (KASAN, kmemleak, lockdep, DMA API checks)
# from Debian's source of the kernel of this release, with debug.config.
#
# Usage: debug.sh CACHE-DIR
#
# CACHE-DIR/debug then looks to the VM lanes like CACHE-DIR itself;
# debug/build is what modules are built against.

set -euo pipefail

cache=${1:?usage: debug.sh CACHE-DIR}
config=$(dirname "$(readlink -f "$0")")/debug.config

# shellcheck source=driver/vfio/vm/apt.sh
. "$(dirname "$0")/apt.sh"

mkdir -p "$cache"
cache=$(readlink -f "$cache")
here=$cache/debug
source=linux-source-6.1

fetch() {
	local dl=$here/download
	rm -rf "$here"
	mkdir -p "$dl"
	(cd "$dl" && apt-get -q -o APT::Sandbox::User=root download $source) ||
		die "cannot download $source: apt-get update, then try again"
	dpkg-deb --fsys-tarfile "$dl"/*.deb |
		tar -xO "./usr/src/$source.tar.xz" | tar -xJ -C "$here"
	rm -rf "$dl"
}

# An option whose dependencies are missing is dropped without a word.
configure() {
	local line
	mkdir -p "$here/build"
	make -s -C "$here/$source" O="$here/build" KCONFIG_ALLCONFIG="$config" \
		allnoconfig >/dev/null
	grep '^CONFIG' "$config" | while read -r line; do
		grep -qxF "$line" "$here/build/.config" ||
			die "debug.config: $line does not take effect"
	done
}

# QEMU starts the kernel by PVH, whose first function, and what it calls, runs
# before KASAN has its shadow.
build() {
	local log=$here/build.log
	make -s -C "$here/build" -j"$(nproc)" KASAN_SANITIZE_enlighten.o=n \
		KASAN_SANITIZE_string.o=n \
		vmlinux modules >"$log" 2>&1 ||
		{ tail -n 20 "$log"; die "the kernel does not build: $log"; }
}

as_cache() {
	local name version root
	version=$(make -s -C "$here/build" kernelrelease)
	root=$here/kernel-$version
	mkdir -p "$root/boot"
	make -s -C "$here/build" INSTALL_MOD_PATH="$root" modules_install >/dev/null
	objcopy --strip-debug "$here/build/vmlinux" "$root/boot/vmlinux"
	for name in qemu qemu-root busybox accel; do
		ln -sfn "../$name" "$here/$name"
	done
	echo "$version" >"$here/kernel-version"
}

wanted=$(sha256sum "$config" | cut -d ' ' -f 1)
if [ "$(cat "$here/stamp" 2>/dev/null)" != "$wanted" ]; then
	fetch
	configure
	build
	as_cache
	echo "$wanted" >"$here/stamp"
fi
echo "debug.sh: kernel $(cat "$here/kernel-version")"
