#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# Loading, unloading, unbinding and pulling the adapter, also while programs
# have it open and mapped.  Runs in the guest; ends with "reload: N passed".
#
# Usage: reload.sh [CYCLES]

# shellcheck source=driver/vfio/vm/guest/lib.sh
. "$(dirname "$0")/lib.sh"
cycles=${1:-50}
pci=/sys/bus/pci/drivers/$module

device() { basename "$(readlink -f /sys/class/infiniband/hfi1_0/device)"; }
free_kb() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }
unbound() { [ ! -e "$pci/$slot" ]; }
answers() {
	kill -USR1 "$held" && await grep -q "^hold: $1" /tmp/held
}

# Memory that each cycle would lose adds up; what the first ones keep is the
# kernel's own (lists of classes, slabs).
many_times() {
	for i in $(seq "$cycles"); do
		rmmod "$module" || fail "rmmod in cycle $i"
		[ -e "$node" ] && fail "$node is there without the module"
		load || fail "insmod in cycle $i"
		[ $((i % 10)) -eq 0 ] && { hfi1-probe "$node" >/tmp/probe ||
			fail "cycle $i: $(cat /tmp/probe)"; }
		[ "$i" -eq 5 ] && early=$(free_kb)
	done
	lost=$((early - $(free_kb)))
	[ "$lost" -lt 2048 ] || fail "$lost kB lost in $((cycles - 5)) cycles"
	ok "$cycles times unloaded and loaded, $lost kB less memory since the fifth"
}

refuses_unload() {
	hold "$@"
	rmmod "$module" 2>/tmp/rmmod && fail "rmmod with $1 in use"
	answers "CREDIT_UPD ok" || fail "dead after refused rmmod: $(cat /tmp/held)"
	release
	rmmod "$module" || fail "rmmod after the last close"
	load || fail "insmod"
}

# Engines are given to CPUs by attributes, which live as long as the driver.
engines() {
	folder=/sys/class/infiniband/hfi1_0/sdma0
	list() { [ "$(cat $folder/cpu_list)" = "$1" ] || fail "$folder/cpu_list is not $1"; }
	[ "$(cat $folder/vl)" = 0 ] || fail "the first engine is not of lane 0"
	list empty
	echo 0 >$folder/cpu_list || fail "CPU 0 is refused"
	list 0
	for bad in 4000 zero 0-; do
		echo $bad 2>/dev/null >$folder/cpu_list && fail "$bad is taken for CPUs"
	done
	list 0
	hfi1-probe "$node" >/tmp/probe || fail "$(cat /tmp/probe)"
	echo >$folder/cpu_list || fail "no CPUs are refused"
	list empty
	echo 0 >$folder/cpu_list
	rmmod "$module" || fail "rmmod"
	[ ! -e $folder ] || fail "$folder is left"
	load || fail "insmod"
	list empty
}

# The node goes at once, the process keeps its context, the device waits.
unbind_waits() {
	hold
	echo "$slot" >"$pci/unbind" &
	unbinding=$!
	await gone "$node" || fail "unbind leaves $node"
	answers "CREDIT_UPD ok" || fail "context lost by unbind: $(cat /tmp/held)"
	mknod /tmp/node c "$1" 0
	hfi1-probe /tmp/node >/tmp/probe && fail "opened during removal"
	rm /tmp/node
	kill -0 $unbinding || fail "unbound under a process"
	release
	wait "$unbinding"
	await unbound || fail "still bound after the last close"
	echo "$slot" >"$pci/bind" || fail "bind"
	await exists "$node" || fail "no $node after bind"
}

major() { awk -v m="$module" '$2 == m { print $1 }' /proc/devices; }

pulled() {
	hold
	echo 1 >"/sys/bus/pci/devices/$slot/remove" &
	pulling=$!
	await gone "$node" || fail "$node without adapter"
	release
	wait "$pulling"
	await gone "/sys/bus/pci/devices/$slot" || fail "the adapter is still there"
	echo 1 >/sys/bus/pci/rescan
	await exists "$node" || fail "no $node after rescan"
}

# A reset from outside takes the contexts away: the adapter is out of use until
# it is bound anew, and says so.
reset_outside() {
	hold
	echo 1 >"/sys/bus/pci/devices/$slot/reset" || fail "reset"
	says "reset from outside" || fail "nothing said of the reset"
	hfi1-probe "$node" >/tmp/probe && fail "opened after a reset"
	kill -USR1 "$held"
	release
	echo "$slot" >"$pci/unbind" || fail "unbind after reset"
	echo "$slot" >"$pci/bind" || fail "bind after reset"
	await exists "$node" || fail "no $node after reset and bind"
	hfi1-probe "$node" >/tmp/probe ||
		fail "not back after reset and bind: $(cat /tmp/probe)"
}

slot=$(device)
many_times
engines; ok "SDMA engines are given to CPUs"
refuses_unload; ok "an open file keeps the module"
refuses_unload -m; ok "a mapping keeps the module"
m=$(major)
unbind_waits "$m"; ok "unbinding waits for the last file"
pulled; ok "the adapter can be pulled and found again"
reset_outside; ok "a reset from outside"
echo "reload: $passed passed, 0 failed"
