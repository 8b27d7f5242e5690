// SPDX-License-Identifier: BSD-3-Clause
/* Opening a device node, and the connection of the process itself. */
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "emu.h"

#define NODE_PREFIX "/dev/hfi1_"

/* Unit of a device node that exists, else -1. */
int emu_unit_of(const char *path)
{
	size_t len = strlen(NODE_PREFIX);
	char probe[128];
	int unit = 0;

	if (!emu_dir || !path || strncmp(path, NODE_PREFIX, len))
		return -1;
	path += len;
	if (!*path || strlen(path) > 3 || (path[0] == '0' && path[1]))
		return -1;
	for (; *path; path++) {
		if (*path < '0' || *path > '9')
			return -1;
		unit = unit * 10 + (*path - '0');
	}
	snprintf(probe, sizeof(probe), "%s/dev/hfi1_%d", emu_dir, unit);
	if (RAW(SYS_access, probe, F_OK) < 0)
		return -1;
	return unit;
}

int emu_connect(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = RAW(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	long ret;

	if (fd < 0)
		return fd;
	strcpy(un.sun_path, emu_socket);
	do {
		ret = RAW(SYS_connect, fd, &un, sizeof(un));
	} while (ret == -EINTR);
	if (ret < 0) {
		RAW(SYS_close, fd);
		return ret == -EACCES ? -EACCES : -ENXIO;
	}
	return fd;
}

/* open(2) of the node of @unit: a descriptor or a negative errno. */
static int open_unit(int unit, int flags)
{
	uint64_t old = emu_block_signals();
	struct emu_slot *slot = emu_slot_get();
	int64_t err;
	int fd;

	emu_restore_signals(old);
	if (!slot)
		return -EMFILE;
	fd = emu_connect();
	if (fd < 0)
		return fd;
	err = emu_simple(fd, EMU_OPEN, (unsigned int)flags, unit, 0);
	if (err) {
		RAW(SYS_close, fd);
		return err;
	}
	if (!(flags & O_CLOEXEC))
		RAW(SYS_fcntl, fd, F_SETFD, 0);
	if (flags & O_NONBLOCK)
		RAW(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK);
	return fd;
}

/* -ENOENT: not one of our nodes, the caller goes on. */
int emu_open(const char *path, int flags)
{
	int unit = emu_unit_of(path);

	if (unit < 0)
		return -ENOENT;
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EEXIST;
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	return open_unit(unit, flags);
}

static int control_fd = -1;
static pthread_mutex_t control_lock = PTHREAD_MUTEX_INITIALIZER;

/* A connection for what concerns the process and no file. */
int emu_control(void)
{
	uint64_t old = emu_block_signals();
	int fd;

	pthread_mutex_lock(&control_lock);
	if (control_fd < 0 || RAW(SYS_fcntl, control_fd, F_GETFD) < 0) {
		fd = emu_connect();
		control_fd = fd < 0 ? fd : emu_hide(fd);
	}
	fd = control_fd;
	pthread_mutex_unlock(&control_lock);
	emu_restore_signals(old);
	return fd;
}

void emu_control_lock(void)
{
	pthread_mutex_lock(&control_lock);
}

void emu_control_unlock(void)
{
	pthread_mutex_unlock(&control_lock);
}

static int node_or(const char *path, int flags, int *fd)
{
	*fd = emu_open(path, flags);
	return *fd != -ENOENT;
}

#define MODE_OF(flags, ap)                                       \
	(((flags)&O_CREAT) || ((flags)&O_TMPFILE) == O_TMPFILE ? \
		 va_arg(ap, mode_t) :                            \
		 0)

static int open_any(int dir, const char *path, int flags, mode_t mode)
{
	char buf[4096];
	int fd;

	if (node_or(path, flags, &fd)) {
		if (emu_traced())
			emu_trace_open(path, flags, fd);
		return emu_ret(fd);
	}
	return REAL(openat)(dir, emu_redirect(path, buf, sizeof(buf)), flags,
			    mode);
}

INTERPOSE int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = MODE_OF(flags, ap);
	va_end(ap);
	return open_any(AT_FDCWD, path, flags, mode);
}

INTERPOSE int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = MODE_OF(flags, ap);
	va_end(ap);
	return open_any(dir, path, flags, mode);
}

INTERPOSE int creat(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int open64(const char *path, int flags, ...)
	__attribute__((alias("open"), visibility("default")));
int openat64(int dir, const char *path, int flags, ...)
	__attribute__((alias("openat"), visibility("default")));
int creat64(const char *path, mode_t mode)
	__attribute__((alias("creat"), visibility("default")));

int __open_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);

INTERPOSE int __open_2(const char *path, int flags)
{
	return open_any(AT_FDCWD, path, flags, 0);
}

INTERPOSE int __openat_2(int dir, const char *path, int flags)
{
	return open_any(dir, path, flags, 0);
}

int __open64_2(const char *path, int flags)
	__attribute__((alias("__open_2"), visibility("default")));
int __openat64_2(int dir, const char *path, int flags)
	__attribute__((alias("__openat_2"), visibility("default")));

static FILE *stream_of(int fd, const char *mode)
{
	FILE *f;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	f = fdopen(fd, mode);
	if (!f)
		RAW(SYS_close, fd);
	return f;
}

static int stream_flags(const char *mode)
{
	int flags = strchr(mode, '+') ? O_RDWR :
		    *mode == 'r'      ? O_RDONLY :
					O_WRONLY;

	return flags | (strchr(mode, 'e') ? O_CLOEXEC : 0);
}

INTERPOSE FILE *fopen(const char *path, const char *mode)
{
	char buf[4096];
	int fd;

	if (emu_dir && mode && node_or(path, stream_flags(mode), &fd))
		return stream_of(fd, mode);
	return REAL(fopen)(emu_redirect(path, buf, sizeof(buf)), mode);
}

FILE *fopen64(const char *path, const char *mode)
	__attribute__((alias("fopen"), visibility("default")));
