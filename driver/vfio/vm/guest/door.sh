#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# Run a program with our module's other build loaded, if it is not yet.  The
# guest was started with the common door; the private one is among the programs.
#
# Usage: door.sh private|common PROGRAM [ARGUMENT...]

# shellcheck source=driver/vfio/vm/guest/lib.sh
. "$(dirname "$0")/lib.sh"
door=$1
shift
now=$(cat /run/door 2>/dev/null || echo common)

active() { grep -q ACTIVE "/sys/class/infiniband/$(basename "$node")/ports/1/state"; }

if [ "$door" != "$now" ]; then
	[ "$door" = common ] || line="/usr/bin/$module.ko ${line#* }"
	rmmod "$module" >&2 || exit 1
	load >&2 && await active || exit 1
	echo "$door" >/run/door
fi
exec "$@"
