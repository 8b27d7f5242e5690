#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# One program, two front doors: what it prints must not tell which.
#
# Usage: doors.sh PRIVATE COMMON
#
# Each is a command that runs the program behind it with that door.  Programs
# are found along PATH.
set -eu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

die() {
	echo "doors: $*"
	echo "doors: 0 passed, 1 failed"
	exit 1
}

# $1 and $2 are commands of several words
# shellcheck disable=SC2086
{
	$1 doors-private >"$out/private" || die "the private device does not answer"
	# Each door is closed to the other's programs.
	$1 doors-common >"$out/wrong" || true
	grep -q '^ASSIGN_CTXT  *EINVAL$' "$out/wrong" ||
		die "the private device serves methods"
	$2 doors-common >"$out/common" || die "the common device does not answer"
	$2 doors-private >"$out/wrong" || true
	grep -q '^GET_VERS  *Inappropriate ioctl' "$out/wrong" ||
		die "the common device serves private numbers"
}
diff -u "$out/private" "$out/common" ||
	die "the common device differs from the private one"
lines=$(wc -l <"$out/private")
[ "$lines" -gt 0 ] || die "nothing is printed"
echo "doors: $((lines + 2)) passed, 0 failed"
