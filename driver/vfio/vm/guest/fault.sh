#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# What cases in the guest use to bring faults about.  The device server does
# the chip's part, over a serial line; the driver's and the fabric manager's
# part is done here.
#
# Usage: fault.sh VERB UNIT [ARGUMENT...]

stall=/sys/module/hfi1_stall/parameters/stall

die() {
	echo "fault.sh: $*"
	exit 1
}

# Another LID for the port of a unit.
lid() {
	if [ -w "$params/port_lid" ]; then
		echo $(($2 - $1)) >"$params/port_lid" # unit 0's; the next ones count up
	else
		hfi1-fm --move "/dev/infiniband/umad$1" "$2"
	fi
}

# The drivers have one capability word for all units.  What it was at first is
# the default.
ahg() {
	mask=$(cat /etc/vm/ahg)
	now=$(cat "$params/cap_mask")
	[ -e /run/ahg ] || echo $((now & mask)) >/run/ahg
	case $2 in
	off) bit=0 ;;
	on) bit=$mask ;;
	default) bit=$(cat /run/ahg) ;;
	*) die "'$2' is none of off on default" ;;
	esac
	new=$(((now & ~mask) | bit))
	[ $((now & mask)) -eq "$bit" ] || echo "$new" >"$params/cap_mask" || return
	[ $(($(cat "$params/cap_mask") & mask)) -eq $((new & mask)) ] ||
		die "the driver does not take $new for its cap_mask"
}

# Where the module is not, nothing is held up, and there is nothing to release.
stall_assign() {
	case $2 in
	on | off) ;;
	*) die "'$2' is none of off on" ;;
	esac
	if [ -w $stall ]; then
		echo "$2" >$stall
	elif [ "$2" = on ]; then
		die "this guest has no module that lets a call sleep half-way"
	fi
}

# Most verbs are the chip's, and cases say many: each program less is time saved.
verb=$1
case $verb in
lid | ahg)
	params=/sys/module/$(basename "$(tail -n 1 /etc/vm/modules | cut -d " " -f 1)" .ko)/parameters
	shift
	$verb "$@"
	;;
stall-assign)
	shift
	stall_assign "$@"
	;;
*) exec hfi1-vfio-ctl /dev/ttyS2 "$@" ;;
esac
