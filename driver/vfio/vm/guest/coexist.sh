#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# Two drivers for one adapter: whoever comes second is refused.  Runs in a
# guest that has loaded upstream's hfi1; FILE is our module.
#
# Usage: coexist.sh FILE

# shellcheck source=driver/vfio/vm/guest/lib.sh
. "$(dirname "$0")/lib.sh"
ours=$1
killall hfi1-fm # it would keep hfi1 loaded
name=$(basename "$ours" .ko)
slot=$(basename "$(readlink -f /sys/class/infiniband/hfi1_0/device)")
driver() { basename "$(readlink "/sys/bus/pci/devices/$slot/driver")"; }

[ "$(driver)" = hfi1 ] || fail "upstream does not have the adapter"
insmod "$ours" && fail "loaded beside hfi1"
says "$name: hfi1 is loaded, unload it first" || fail "refused without a word"
ok "refuses to load while hfi1 is loaded, and says so"
hfi1-probe >/tmp/probe || fail "hfi1 suffers from it: $(cat /tmp/probe)"
ok "hfi1 goes on"
rmmod hfi1 || fail "rmmod hfi1"
insmod "$ours" || fail "not loaded after hfi1 is gone"
await exists "$node" || fail "no $node"
[ "$(driver)" = "$name" ] || fail "not bound"
ok "takes the adapter when hfi1 is gone"
# shellcheck disable=SC2086 # parameters are words
insmod $line || fail "hfi1 beside $name"
[ "$(driver)" = "$name" ] || fail "hfi1 took a bound adapter"
hfi1-probe >/tmp/probe || fail "suffers from hfi1: $(cat /tmp/probe)"
ok "keeps the adapter when hfi1 comes"
echo "$slot" >"/sys/bus/pci/drivers/$name/unbind"
echo "$slot" >"/sys/bus/pci/drivers/$name/bind" 2>/dev/null &&
	fail "bound while hfi1 is loaded"
says "left to hfi1, which is loaded" || fail "refused without a word"
ok "refuses to bind while hfi1 is loaded, and says so"
rmmod "$name" || fail "rmmod $name"
ok "unloads"
echo "coexist: $passed passed, 0 failed"
