#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh SUITE CTL SEED PACKETS: the stress cases; nothing may be left of them.
set -euo pipefail

suite=$1
ctl=$2
seed=$3
packets=$4

# What files, contexts and requests hold, summed over the driver and its units.
held='open_files|pinned_pages|notifiers|contexts|send_contexts|tids|tid_nodes|sdma_requests|warnings'

status() {
	# shellcheck disable=SC2086 # the command is a prefix of words
	$ctl status
}

numbers() {
	sed -nE "s/^ *\"($1)\": *([0-9]+).*/\1 \2/p"
}

# Memory that is taken once at the first use is not of the traffic.
"$suite" --ctl "$ctl" --second-device /dev/hfi1_1 -g stress \
	--seed "$seed" --steps 1000 --report json:/dev/null
before=$(status | numbers 'allocations|dma_mappings')
report=$(mktemp)
trap 'rm -f "$report"' EXIT
start=$(date +%s.%N)
"$suite" --ctl "$ctl" --second-device /dev/hfi1_1 -g stress -v \
	--seed "$seed" --steps "$packets" --timeout-scale 1000 \
	--report human --report "json:$report"
end=$(date +%s.%N)
left=$(status | numbers "$held" | awk '$2 { print }')
after=$(status | numbers 'allocations|dma_mappings')
[ -z "$left" ] || { echo "stress: left over: ${left//$'\n'/, }"; exit 1; }
[ "$before" = "$after" ] || {
	echo "stress: before ${before//$'\n'/, }, after ${after//$'\n'/, }"
	exit 1
}
sed -nE 's/.*"name": "([^"]*)".*"notes": \["([^"]*)"\].*/\1: \2/p' "$report"
awk -v s="$start" -v e="$end" 'BEGIN {
	printf "stress: nothing is left after %.0f s\n", e - s
}'
