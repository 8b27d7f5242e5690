#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Fetch another release's kernel with its headers and the compiler it was
# built with, as a folder to build in and to boot from.  Nothing is installed.
#
# Usage: kernel.sh CACHE-DIR SUITE-backports
#
# CACHE-DIR/in-SUITE then looks to the VM lanes like CACHE-DIR itself, with
# the newest kernel of SUITE; in-SUITE/root is where its compiler is.

set -euo pipefail

cache=${1:?usage: kernel.sh CACHE-DIR SUITE-backports}
suite=${2:?usage: kernel.sh CACHE-DIR SUITE-backports}
suites="${suite%-backports} $suite"

# shellcheck source=driver/vfio/vm/apt.sh
. "$(dirname "$0")/apt.sh"

# What Kbuild calls, beside what the headers depend on.
TOOLS="gcc make sparse libc6-dev mawk dash bash coreutils sed grep findutils perl zstd"

mkdir -p "$cache"
cache=$(readlink -f "$cache")
here=$cache/in-$suite

fetch() {
	local debs=$cache/apt/cache/archives
	rm -rf "$cache/apt"
	private_apt update
	# shellcheck disable=SC2086 # a list
	private_apt -y -t "$suite" --download-only install \
		linux-headers-amd64 linux-image-amd64 $TOOLS
	rm -rf "$here.tmp"
	unpack "$here.tmp/root" "$debs"/*.deb
	rm -rf "$cache/apt"
}

# Maintainer scripts did not run: what they would have linked.
furnish() {
	local root=$here.tmp/root
	mkdir -p "$root/proc" "$root/dev" "$root/tmp" "$root/src"
	[ -e "$root/usr/bin/sh" ] || ln -s dash "$root/usr/bin/sh"
	[ -e "$root/usr/bin/awk" ] || ln -s mawk "$root/usr/bin/awk"
}

# The folder that the VM lanes take for their cache.
as_cache() {
	local root=$here.tmp/root version name image
	version=$(basename "$root"/usr/src/linux-headers-*-amd64)
	version=${version#linux-headers-}
	# newer packages have the kernel beside its modules
	for image in "$root/boot/vmlinuz-$version" \
		"$root/lib/modules/$version/vmlinuz"; do
		[ ! -e "$image" ] || break
	done
	for name in qemu qemu-root busybox accel; do
		ln -s "../$name" "$here.tmp/$name"
	done
	ln -s root "$here.tmp/kernel-$version"
	/usr/bin/python3 "$(dirname "$0")/vmlinux.py" "$image" "$root/boot/vmlinux"
	echo "$version" >"$here.tmp/kernel-version"
}

if [ ! -e "$here/kernel-version" ]; then
	fetch
	furnish
	as_cache
	rm -rf "$here"
	mv "$here.tmp" "$here"
fi
echo "kernel.sh: kernel $(cat "$here/kernel-version") of $suite"
