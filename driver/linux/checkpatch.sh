#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Judge sources by the kernel's own checkpatch.pl, taken from Debian's package
# of the kernel source and kept in a cache.
#
# Usage: checkpatch.sh CACHE-DIR FILE...

set -euo pipefail

cache=${1:?usage: checkpatch.sh CACHE-DIR FILE...}/checkpatch
shift

# Not for these sources: locks are described in one place and not where they
# are declared, line ends are clang-format's, versions are compared in one
# header, prose in a string is no name of a function.
IGNORE=FILE_PATH_CHANGES,UNCOMMENTED_DEFINITION,OPEN_ENDED_LINE
IGNORE+=,LINUX_VERSION_CODE,CONSTANT_COMPARISON,EMBEDDED_FUNCTION_NAME
IGNORE+=,SPLIT_STRING,MACRO_ARG_REUSE,UNSPECIFIED_INT

fetch() {
	local tmp=$cache.tmp
	rm -rf "$tmp"
	mkdir -p "$tmp"
	(cd "$tmp" && apt-get -q -o APT::Sandbox::User=root download linux-source-6.1)
	dpkg-deb --fsys-tarfile "$tmp"/*.deb | tar -x -O ./usr/src/linux-source-6.1.tar.xz |
		tar -x -J -C "$tmp" --strip-components=2 --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
			'*/scripts/const_structs.checkpatch'
	rm "$tmp"/*.deb
	mv "$tmp" "$cache"
}

[ -e "$cache/checkpatch.pl" ] || fetch
perl "$cache/checkpatch.pl" --no-tree --strict --terse --no-summary \
	--ignore "$IGNORE" -f "$@"
echo "checkpatch: $# files"
