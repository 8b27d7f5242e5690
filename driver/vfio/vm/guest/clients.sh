#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: BSD-3-Clause
#
# Unmodified clients in one guest: both processes of each pair share the
# adapter.  Every message's content is checked.
set -u

# Without these two, processes on one host go round the adapter or refuse to talk.
export PSM2_DEVICES=self,hfi PSM2_HFI_LOOPBACK=1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_pml=cm OMPI_MCA_mtl=psm2 OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_plm=isolated # this host alone: there is no ssh
passed=0
failed=0

# client NAME PATTERN PROGRAM ARGUMENT...: has to succeed and to print PATTERN
client() {
	name=$1 pattern=$2
	shift 2
	"$@" >/tmp/out 2>&1
	status=$?
	if [ $status -eq 0 ] && grep -q "$pattern" /tmp/out; then
		passed=$((passed + 1))
		echo "ok     $name"
	else
		failed=$((failed + 1))
		echo "FAILED $name (status $status)"
		sed 's/^/       | /' /tmp/out
	fi
}

client psm2-pair 'psm2-pair: ok' psm2-pair -m 100000
client psm2-pair-shared 'psm2-pair: ok' psm2-pair -s -m 100000
client fi_pingpong '^6m ' sh /usr/bin/pingpong.sh -p psm2 -e rdm -c -S all -I 3
client mpi-ring '0 errors' mpirun -np 2 mpi-ring 1 100000
client mpi-alltoall '0 errors' mpirun -np 2 mpi-alltoall 3
echo "clients: $passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
