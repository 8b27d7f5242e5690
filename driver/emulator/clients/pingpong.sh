#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# fi_pingpong between two processes; arguments go to both of them.
set -u
port=$((20000 + RANDOM % 10000))
fi_pingpong -B "$port" "$@" &
server=$!
# The client does not wait for a server, so we do.
listening=$(printf ':%04X 00000000:0000 0A' "$port")
for _ in $(seq 200); do
	grep -q "$listening" /proc/net/tcp && break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.05
done
fi_pingpong -P "$port" "$@" 127.0.0.1 >/dev/null
client=$?
[ "$client" -eq 0 ] || kill "$server" 2>/dev/null
wait "$server" && exit "$client"
