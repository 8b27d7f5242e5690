#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# Run the suites of the kernel's own devices; each says its totals under its
# name, and leaves its report with the results.  Then call the generated
# libraries on the same drivers.
#
# devices.sh NAME...

status=0
for name in "$@"; do
	"$name"-conformance --color never --profile everything --report human \
		--report "json:/results/$name.json" >/tmp/said 2>&1 || status=1
	sed "s/^conformance:/$name:/" /tmp/said
done
device-wrappers || status=1
exit $status
