#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# What cases in the guest use to bring faults about: the device server does it,
# over a serial line, but for what a fabric manager would do.
#
# Usage: fault.sh VERB UNIT [ARGUMENT...]

# Another LID for the port of a unit: fault.sh lid UNIT LID
move() {
	param=/sys/module/hfi1_uapi/parameters/port_lid
	if [ -w $param ]; then
		echo $(($2 - $1)) >$param # unit 0's; the next ones count up
	else
		hfi1-fm --move "/dev/infiniband/umad$1" "$2"
	fi
}

verb=$1
[ "$verb" = lid ] || exec hfi1-vfio-ctl /dev/ttyS2 "$@"
shift
move "$@"
