# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Debian packages fetched and unpacked beside the system's own; sourced by
# scripts that set $cache and $suites.
# shellcheck disable=SC2154

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
	echo "$(basename "$0"): $*" >&2
	exit 1
}

# The archive this machine's own release comes from, as apt sees it.
archive_uri() {
	local codename uri
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	# shellcheck disable=SC2016 # apt expands these
	uri=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' | awk -v c="$codename" \
		'$1 == c && $2 == "main" { print $3; exit }')
	[ -n "$uri" ] || die "apt knows no archive for $codename: apt-get update"
	echo "$uri"
}

# An apt tree with an empty status file: apt resolves the whole closure and
# never learns what this machine has installed.  $suites are those it knows.
private_apt() {
	local apt=$cache/apt suite uri
	uri=$(archive_uri)
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	: >"$apt/status"
	for suite in $suites; do
		echo "deb [signed-by=$KEYRING] $uri $suite main"
	done >"$apt/sources.list"
	cat >"$apt/apt.conf" <<-CONF
	Dir::Etc::sourcelist "$apt/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::State::lists "$apt/lists";
	Dir::State::status "$apt/status";
	Dir::State::extended_states "$apt/extended_states";
	Dir::Cache "$apt/cache";
	APT::Install-Recommends "false";
	APT::Sandbox::User "root";
	Acquire::Languages "none";
	Acquire::Retries "3";
	CONF
	APT_CONFIG=$apt/apt.conf apt-get -q "$@"
}

# Unpack without installing.  /usr is merged first, or the links of one
# package would end up beside the files of another.
unpack() {
	local root=$1 deb d
	shift
	for d in bin sbin lib lib64; do
		mkdir -p "$root/usr/$d"
		ln -sfn "usr/$d" "$root/$d"
	done
	for deb in "$@"; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$root" --keep-directory-symlink
	done
}
