// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sock.h"

static int make(const char *path, struct sockaddr_un *sun)
{
	int fd;

	if (strlen(path) >= sizeof(sun->sun_path))
		return -ENAMETOOLONG;
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	strcpy(sun->sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

int vfu_connect(const char *path)
{
	struct sockaddr_un sun;
	int fd = make(path, &sun), err;

	if (fd < 0)
		return fd;
	if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* A dead server leaves its socket behind. */
static bool is_stale(const char *path)
{
	int fd = vfu_connect(path);

	if (fd >= 0)
		close(fd);
	return fd == -ECONNREFUSED;
}

int vfu_listen(const char *path)
{
	struct sockaddr_un sun;
	int fd = make(path, &sun), err;

	if (fd < 0)
		return fd;
	if (is_stale(path))
		unlink(path);
	if (!bind(fd, (struct sockaddr *)&sun, sizeof(sun)) && !listen(fd, 8))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int vfu_accept(int sock)
{
	const struct timespec pause = { 0, 100000000 };
	int fd;

	for (;;) {
		fd = accept4(sock, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
		switch (errno) {
		case EINTR:
		case ECONNABORTED:
			break;
		case EMFILE:
		case ENFILE:
		case ENOBUFS:
		case ENOMEM:
			nanosleep(&pause, NULL);
			break;
		default:
			return -errno;
		}
	}
}
