#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# First process of the guest: load the modules, bring the link up, run the
# command, hand the results out, stop the machine.
#
# /etc/vm/modules   "FILE PARAMETER..." in order; the last is the driver
# /etc/vm/nodes     device nodes that say the driver is up
# /etc/vm/link      how the port gets to ACTIVE: fm, driver (alone) or none
# /etc/vm/lid       LID of the first port
# /etc/vm/address   IP address of eth0, where there is one
# /etc/vm/command   shell script to run
#
# ttyS0 is the console, ttyS1 takes the command's output and last its exit
# status, ttyS2 leads to the device server's commands, vda takes a tar.gz of
# /results.

bb=/bin/busybox
$bb mkdir -p /proc /sys /dev /tmp /run /results /sbin /usr/bin /usr/sbin
$bb mount -t proc none /proc
$bb mount -t sysfs none /sys
$bb mount -t devtmpfs none /dev
$bb mkdir -p /dev/shm
$bb mount -t tmpfs none /dev/shm
$bb mount -t tmpfs none /tmp
$bb --install -s /bin
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/tmp
hostname hfi1-vm

OUT=/dev/ttyS1
export HFI1_CONFORMANCE_CTL=fault.sh
stty -F $OUT raw
say() { echo "vm: $*" >/dev/console; }

# The command's status is what the host waits for; everything else is a
# failure of the lane, which has a status of its own.
finish() {
	dmesg >/results/dmesg
	if [ -b /dev/vda ]; then
		tar -c -C /results . | gzip -1 | dd of=/dev/vda bs=1M 2>/dev/null
		sync
	fi
	printf '@@exit %s\n' "$1" >$OUT
	say "done, status $1"
	sleep 0.2
	echo b >/proc/sysrq-trigger
}

load() {
	while read -r file params; do
		# shellcheck disable=SC2086 # parameters are words
		insmod "$file" $params || { say "cannot load $file"; finish 124; }
	done </etc/vm/modules
}

await_node() {
	for _ in $(seq 300); do
		[ -e "$1" ] && return
		sleep 0.1
	done
	say "no $1 after 30 seconds"
	finish 124
}

await_active() {
	state=/sys/class/infiniband/$1/ports/1/state
	for _ in $(seq 100); do
		grep -q ACTIVE "$state" && return
		sleep 0.1
	done
	return 1
}

network_up() {
	ip link set lo up
	echo "127.0.0.1 localhost" >/etc/hosts
	[ -e /etc/vm/address ] || return
	ip addr add "$(cat /etc/vm/address)" dev eth0
	ip link set eth0 up
}

link_up() {
	name=$(basename "$1")
	unit=${name#hfi1_}
	lid=$(($(cat /etc/vm/lid) + unit))
	case $(cat /etc/vm/link) in
	fm) hfi1-fm --watch "/dev/infiniband/umad$unit" $lid >/dev/console 2>&1 ;;
	driver) await_active "$name" ;;
	none) true ;;
	esac || { say "the link of $1 does not come up"; finish 124; }
}

# Unloading is part of every run: it finds what a driver did not give back.
unload() {
	killall hfi1-fm 2>/dev/null && sleep 0.2
	module=$(tail -n 1 /etc/vm/modules)
	module=${module%% *}
	module=$(basename "$module" .ko)
	rmmod "$module" 2>/results/rmmod || say "cannot unload $module"
}

# A kernel that checks the use of the DMA API would fall silent after the first
# thing it finds.
watch() {
	mount -t debugfs none /sys/kernel/debug 2>/dev/null
	all=/sys/kernel/debug/dma-api/all_errors
	[ ! -e $all ] || echo 1 >$all
}

# A kernel that looks for leaks is asked when the driver has gone; what it
# finds, it says in its log.
leaks() {
	scan=/sys/kernel/debug/kmemleak
	[ -e $scan ] || return
	# new objects are not reported before they are some seconds old
	sleep 6
	echo scan >$scan
	echo scan >$scan
	cat $scan >/results/kmemleak
	say "kmemleak scanned"
}

load
network_up
read -r nodes </etc/vm/nodes
for node in $nodes; do
	await_node "$node"
done
for node in $nodes; do
	link_up "$node"
done
say "driver up at $(cut -d ' ' -f 1 /proc/uptime)"
# Through a pipe: on a terminal a program draws its progress.
# shellcheck disable=SC3040 # busybox has it
set -o pipefail
(cd /tmp && sh /etc/vm/command) 2>&1 </dev/null | cat >$OUT
status=$?
say "command ended at $(cut -d ' ' -f 1 /proc/uptime) with $status"
unload
leaks
finish $status
