#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Fetch what the VM lanes need into a cache of our own: a QEMU that speaks
# vfio-user, a Debian kernel with its modules, a static busybox.  The
# system's packages and its apt state stay as they are; mirrors are those
# the system's own apt uses.
#
# Usage: setup.sh CACHE-DIR
#
# Environment:
#   QEMU        a qemu-system-x86_64 (10.1 or later) to use instead
#   QEMU_SUITE  Debian suite QEMU is taken from (default: forky)
#   KERNEL      kernel package version, e.g. 6.1.0-40-amd64 (default: the one
#               whose headers are installed, else the newest of the suite)

set -euo pipefail

cache=${1:?usage: setup.sh CACHE-DIR}
suites=${QEMU_SUITE:-forky}

# shellcheck source=driver/vfio/vm/apt.sh
. "$(dirname "$0")/apt.sh"

# A QEMU is good when it has the device; the version number says less.
speaks_vfio_user() {
	"$@" -device vfio-user-pci,help >/dev/null 2>&1
}

# The start script runs QEMU with the C library it was built for.
write_wrapper() {
	cat >"$cache/qemu" <<-'WRAP'
	#!/bin/bash
	r=$(dirname "$(readlink -f "$0")")/qemu-root
	lib=$r/usr/lib/x86_64-linux-gnu
	exec "$r/lib64/ld-linux-x86-64.so.2" --library-path "$lib:$lib/systemd" \
		"$r/usr/bin/qemu-system-x86_64" \
		-L "$r/usr/share/qemu" -L "$r/usr/share/seabios" "$@"
	WRAP
	chmod +x "$cache/qemu"
}

fetch_qemu() {
	local tmp=$cache/qemu-root.tmp
	private_apt update
	private_apt -y --download-only install qemu-system-x86
	rm -rf "$tmp"
	unpack "$tmp" "$cache"/apt/cache/archives/*.deb
	rm -rf "$cache/qemu-root"
	mv "$tmp" "$cache/qemu-root"
	rm -rf "$cache/apt"
	write_wrapper
}

setup_qemu() {
	local system
	if [ -n "${QEMU:-}" ]; then
		speaks_vfio_user "$QEMU" ||
			die "QEMU=$QEMU has no vfio-user-pci device (10.1 or later has)"
		ln -sfn "$(command -v "$QEMU")" "$cache/qemu"
		return
	fi
	[ -x "$cache/qemu" ] && speaks_vfio_user "$cache/qemu" && return
	system=$(command -v qemu-system-x86_64 || true)
	if [ -n "$system" ] && speaks_vfio_user "$system"; then
		ln -sfn "$system" "$cache/qemu"
		return
	fi
	rm -f "$cache/qemu"
	fetch_qemu
	speaks_vfio_user "$cache/qemu" || die "the QEMU of $suites does not start"
}

# Headers decide: a module of ours has to match the kernel that loads it.
kernel_version() {
	local v
	if [ -n "${KERNEL:-}" ]; then
		echo "$KERNEL"
		return
	fi
	v=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' \
		'linux-headers-6.1.*-amd64' 2>/dev/null |
		awk '$2 == "installed" { print $1 }' | sort -V | tail -n 1)
	v=${v#linux-headers-}
	if [ -z "$v" ]; then
		v=$(apt-cache depends linux-image-amd64 | awk \
			'/Depends: linux-image-/ { print $2; exit }')
		v=${v#linux-image-}
	fi
	[ -n "$v" ] || die "apt knows no linux-image-amd64: apt-get update"
	echo "$v"
}

# Download one package of this machine's release and unpack it.
fetch_package() {
	local name=$1 root=$2 dl=$cache/download
	rm -rf "$dl" "$root.tmp"
	mkdir -p "$dl"
	(cd "$dl" && apt-get -q -o APT::Sandbox::User=root download "$name") ||
		die "cannot download $name: apt-get update, then try again"
	unpack "$root.tmp" "$dl"/*.deb
	rm -rf "$root" "$dl"
	mv "$root.tmp" "$root"
}

setup_kernel() {
	local v root
	v=$(kernel_version)
	root=$cache/kernel-$v
	[ -e "$root/boot/vmlinuz-$v" ] || fetch_package "linux-image-$v" "$root"
	[ -e "$root/boot/vmlinux" ] || /usr/bin/python3 \
		"$(dirname "$0")/vmlinux.py" "$root/boot/vmlinuz-$v" "$root/boot/vmlinux"
	echo "$v" >"$cache/kernel-version"
}

setup_busybox() {
	[ -x "$cache/busybox/bin/busybox" ] ||
		fetch_package busybox-static "$cache/busybox"
}

[ "$(dpkg --print-architecture)" = amd64 ] || die "only amd64 is supported"
mkdir -p "$cache"
cache=$(readlink -f "$cache")
setup_qemu
setup_kernel
setup_busybox
echo "vm-setup: $("$cache/qemu" --version | head -n 1)"
echo "vm-setup: kernel $(cat "$cache/kernel-version"), cache $cache"
