#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# One program, two front doors: what it prints must not tell which.
set -euo pipefail
bin=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$bin/hfi1-emu" run -- "$bin/doors-private" >"$out/private"
"$bin/hfi1-emu-common" run -- "$bin/doors-common" >"$out/common"
if ! diff -u "$out/private" "$out/common"; then
	echo "doors: the common device differs from the private one"
	exit 1
fi
# Each door is closed to the other's programs.
"$bin/hfi1-emu-common" run -- "$bin/doors-private" >"$out/wrong" || true
if ! grep -q '^GET_VERS  *Inappropriate ioctl' "$out/wrong"; then
	echo "doors: the common device serves private numbers"
	exit 1
fi
"$bin/hfi1-emu" run -- "$bin/doors-common" >"$out/wrong" || true
if ! grep -q '^ASSIGN_CTXT  *EINVAL$' "$out/wrong"; then
	echo "doors: the private device serves methods"
	exit 1
fi
echo "doors: $(wc -l <"$out/private") lines, the same through both"
