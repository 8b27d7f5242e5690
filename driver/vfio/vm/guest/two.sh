#!/bin/busybox sh
# shellcheck shell=dash disable=SC2317 # await calls functions by name
# SPDX-License-Identifier: BSD-3-Clause
#
# One of two guests whose adapters are on one fabric: pairs of programs, one
# in each guest, exchange checked messages.
#
# Usage: two.sh first|second
#
# The guests agree over a network of their own.  The first has the servers; it
# tells the second which one waits, so a client never comes too early.
set -u

FIRST=10.0.0.1
MEETING=5000
role=$1
failed=0
export PSM2_DEVICES=self,hfi PSM2_MULTI_EP=1

# Up to a minute for a condition given as a command.
await() {
	for _ in $(seq 300); do
		"$@" && return 0
		sleep 0.2
	done
	return 1
}

listening() {
	grep -qi ":$(printf %04x "$1") 0*:0000 0A" /proc/net/tcp /proc/net/tcp6
}

waits() { listening "$1" || ! kill -0 "$2" 2>/dev/null; }

# Name of the test whose server waits, as the first guest tells it.
told() { [ "$(nc -w 2 "$FIRST" "$MEETING" </dev/null 2>/dev/null)" = "$1" ]; }

serve() {
	name=$1 port=$2
	shift 2
	"$@" >/tmp/out 2>&1 &
	await waits "$port" $!
	echo "$name" | nc -l -p $MEETING >/dev/null
	wait $!
}

visit() {
	name=$1
	shift
	await told "$name" || { echo "no word of $name" >/tmp/out; return 1; }
	"$@" >/tmp/out 2>&1
}

# Libraries complain about what a guest of this size lacks.
show() { sed -e '/libibverbs/d' -e 's/^/    /' /tmp/out; }

# exchange NAME PORT CLIENT-ARGUMENT PROGRAM ARGUMENT...: a server, and a
# client that gets one more argument
exchange() {
	name=$1 port=$2 address=$3
	shift 3
	began=$(cut -d . -f 1 /proc/uptime)
	if [ "$role" = first ]; then
		serve "$name" "$port" "$@"
	else
		visit "$name" "$@" "$address"
	fi
	status=$?
	if [ $status -eq 0 ]; then
		seconds=$(($(cut -d . -f 1 /proc/uptime) - began))
		echo "ok     $role: $name, $seconds s"
		[ "$role" = first ] || show
	else
		failed=1
		echo "FAILED $role: $name (status $status)"
		show
	fi
}

exchange hfi1-perf 18515 $FIRST hfi1-perf -c -n 20 -w 2 -W 4 -s 0:64K -t latency,bandwidth
exchange psm2-pair 18516 $FIRST psm2-pair -m 300000 -p 18516
exchange fi_pingpong 47592 $FIRST fi_pingpong -p psm2 -e rdm -c -S all -I 2
exit $failed
