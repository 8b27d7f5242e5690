# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# What the driver's own checks in the guest share; sourced.
# shellcheck disable=SC2034 # for those who source it

line=$(tail -n 1 /etc/vm/modules)
module=$(basename "${line%% *}" .ko)
node=$(cut -d " " -f 1 /etc/vm/nodes)
passed=0
held=

fail() {
	echo "FAILED $*"
	dmesg | tail -n 15
	[ -z "$held" ] || kill "$held"
	exit 1
}

ok() {
	passed=$((passed + 1))
	echo "ok     $*"
}

# Wait up to 10 seconds for a condition given as a command.
await() {
	for _ in $(seq 100); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

exists() { [ -e "$1" ]; }
gone() { [ ! -e "$1" ]; }
says() { dmesg | grep -q "$1"; }

load() {
	# shellcheck disable=SC2086 # parameters are words
	insmod $line || return 1
	await exists "$node"
}

# Start hfi1-hold; its process is $held.
hold() {
	: >/tmp/held
	hfi1-hold "$@" "$node" >/tmp/held 2>&1 &
	held=$!
	await grep -q '^held' /tmp/held || fail "hfi1-hold $*: $(cat /tmp/held)"
}

release() {
	kill "$held"
	wait "$held" 2>/dev/null
	held=
}
