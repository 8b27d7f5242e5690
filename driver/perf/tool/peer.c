// SPDX-License-Identifier: BSD-3-Clause
/* The connection over which both ends agree; nothing is measured on it. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "perf.h"

/* A client may be started before its server. */
#define CONNECT_TRIES	 50
#define CONNECT_PAUSE_US 100000

static int resolve(const char *host, const char *port, int flags,
		   struct addrinfo **found)
{
	const struct addrinfo want = { .ai_family = AF_UNSPEC,
				       .ai_socktype = SOCK_STREAM,
				       .ai_flags = flags };
	int err = getaddrinfo(host, port, &want, found);

	if (!err)
		return 0;
	fprintf(stderr, "hfi1-perf: %s port %s: %s\n", host ? host : "any",
		port, gai_strerror(err));
	return -EADDRNOTAVAIL;
}

int perf_peer_listen(const char *port)
{
	int fd = -1, on = 1, err = 0;
	struct addrinfo *all, *a;

	if (resolve(NULL, port, AI_PASSIVE, &all))
		return -EADDRNOTAVAIL;
	for (a = all; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (!bind(fd, a->ai_addr, a->ai_addrlen) && !listen(fd, 1))
			break;
		err = -errno;
		close(fd);
		fd = -1;
	}
	freeaddrinfo(all);
	return fd < 0 && err ? err : fd;
}

int perf_peer_accept(int listener)
{
	int fd = accept(listener, NULL, NULL);

	return fd < 0 ? -errno : fd;
}

static int connect_once(const struct addrinfo *all)
{
	const struct addrinfo *a;
	int fd, err = -ECONNREFUSED;

	for (a = all; a; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
		if (fd >= 0 && !connect(fd, a->ai_addr, a->ai_addrlen))
			return fd;
		err = -errno;
		if (fd >= 0)
			close(fd);
	}
	return err;
}

int perf_peer_connect(const char *host, const char *port)
{
	struct addrinfo *all;
	int fd, i;

	if (resolve(host, port, 0, &all))
		return -EADDRNOTAVAIL;
	fd = connect_once(all);
	for (i = 0; fd == -ECONNREFUSED && i < CONNECT_TRIES; i++) {
		usleep(CONNECT_PAUSE_US);
		fd = connect_once(all);
	}
	freeaddrinfo(all);
	return fd;
}

/* Send and receive at once: what both want to say may fill the socket. */
int perf_swap(int peer, const void *out, size_t out_size, void *in,
	      size_t in_size)
{
	const char *from = out;
	struct pollfd p = { .fd = peer };
	char *to = in;
	ssize_t n;

	while (out_size || in_size) {
		p.events = (out_size ? POLLOUT : 0) | (in_size ? POLLIN : 0);
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return -errno;
		if (out_size && (p.revents & POLLOUT)) {
			n = send(peer, from, out_size,
				 MSG_NOSIGNAL | MSG_DONTWAIT);
			if (n < 0)
				return -errno;
			from += n;
			out_size -= n;
		}
		if (in_size && (p.revents & (POLLIN | POLLHUP))) {
			n = recv(peer, to, in_size, MSG_DONTWAIT);
			if (n <= 0)
				return n ? -errno : -ECONNRESET;
			to += n;
			in_size -= n;
		} else if (p.revents & (POLLHUP | POLLERR)) {
			return -ECONNRESET;
		}
	}
	return 0;
}
