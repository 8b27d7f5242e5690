#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# The generated tracepoints: what the kernel's trace holds after hfi1-calls is
# what hfi1-calls says.  Runs in the guest.

# shellcheck source=driver/vfio/vm/guest/lib.sh
. "$(dirname "$0")/lib.sh"
t=/sys/kernel/tracing
mount -t tracefs none $t 2>/dev/null
[ -d $t/events/hfi1u ] || fail "no events/hfi1u"
echo 1 >$t/events/hfi1u/enable
echo >$t/trace
hfi1-calls "$node" >/tmp/expected || fail "hfi1-calls"
echo 0 >$t/events/hfi1u/enable
grep -v '^#' $t/trace | sed -e 's/^.*: \(hfi1u_[a-z_]*: \)/\1/' \
	-e 's/\(vaddr\|tidlist\)=0x[0-9a-f]\{4,\}/\1=*/g' >/tmp/traced
diff /tmp/expected /tmp/traced || fail "the trace is not what was called"
ok "$(wc -l </tmp/traced) events, each as expected"
count=0
for e in "$t"/events/hfi1u/hfi1u_*; do
	grep -q '^print fmt: "%s' "$e/format" || fail "$e has no format"
	count=$((count + 1))
done
ok "$count events have formats"
echo "trace: $passed passed, 0 failed"
