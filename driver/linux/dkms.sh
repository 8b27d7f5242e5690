#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Build the module as DKMS does, by Debian's dkms and our dkms.conf, in a
# folder: the tool is unpacked, not installed, and no key of the system used.
#
# Usage: dkms.sh CACHE-DIR FOLDER VERSION KERNEL
#
# FOLDER/usr/src has the sources that `make module-dkms DESTDIR=FOLDER` put there.

set -euo pipefail

cache=${1:?usage: dkms.sh CACHE-DIR FOLDER VERSION KERNEL}/dkms
folder=$(readlink -f "$2")
module=hfi1_uapi/$3
kernel=$4

if [ ! -x "$cache/usr/sbin/dkms" ]; then
	rm -rf "$cache.tmp"
	mkdir -p "$cache.tmp"
	(cd "$cache.tmp" && apt-get -q -o APT::Sandbox::User=root download dkms)
	dpkg-deb -x "$cache.tmp"/dkms_*.deb "$cache.tmp"
	mv "$cache.tmp" "$cache"
fi
rm -rf "$folder/dkms" "$folder/modules"
mkdir -p "$folder/dkms" "$folder/modules"
export mok_signing_key=$folder/mok.key mok_certificate=$folder/mok.pub
"$cache/usr/sbin/dkms" build "$module" -k "$kernel" \
	--kernelsourcedir "/usr/src/linux-headers-$kernel" \
	--dkmstree "$folder/dkms" \
	--sourcetree "$folder/usr/src" --installtree "$folder/modules"
ko=$folder/dkms/$module/$kernel/x86_64/module/hfi1_uapi.ko
/sbin/modinfo -F vermagic "$ko" | grep -q "^$kernel "
echo "dkms: built $module for $kernel"
