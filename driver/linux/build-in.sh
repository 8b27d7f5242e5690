#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Build the module, and the one that helps its tests, inside of an unpacked
# release, with that release's compiler and headers.  The sources are in ROOT/src already.
#
# Usage: build-in.sh ROOT VERSION

set -eu

root=$1
headers=/usr/src/linux-headers-$2

# A namespace of our own to mount in; without root also one of users.
who=
[ "$(id -u)" -eq 0 ] || who=-r
export root headers
# shellcheck disable=SC2016,SC2086 # expanded inside; a flag or nothing
exec unshare -m $who sh -ec '
	mount --rbind /proc "$root/proc"
	mount --rbind /dev "$root/dev"
	for sources in /src/driver/linux /src/stall; do
		chroot "$root" /usr/bin/env -i LC_ALL=C PATH=/usr/bin make -C "$headers" \
			M=$sources W=1 KCFLAGS=-Werror C=1 CF=-Wsparse-error modules
	done'
