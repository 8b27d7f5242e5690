#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh SUITE CTL SEED PACKETS: the stress cases; nothing may be left of them.
set -euo pipefail

suite=$1
ctl=$2
seed=$3
packets=$4

start=$(date +%s.%N)
"$suite" --ctl "$ctl" --second-device /dev/hfi1_1 -g stress -v \
	--seed "$seed" --steps "$packets" --timeout-scale 1000
end=$(date +%s.%N)

# shellcheck disable=SC2086 # the command is a prefix of words
status=$($ctl status)
for what in open_files pinned_pages notifiers dma_mappings; do
	n=$(sed -n "s/^ *\"$what\": *\([0-9]*\).*/\1/p" <<<"$status")
	[ "$what" = dma_mappings ] || [ "${n:-0}" -eq 0 ] || {
		echo "stress: $n $what are left"
		exit 1
	}
done
awk -v n="$packets" -v s="$start" -v e="$end" 'BEGIN {
	printf "stress: %d packets in %.0f s, %.0f per second, nothing left\n", n, e - s, n / (e - s)
}'
