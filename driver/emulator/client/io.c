// SPDX-License-Identifier: BSD-3-Clause
/* Calls on a device file, other than mmap and waiting. */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>
#include "emu.h"

/* Descriptor flags live with the process, not with the file. */
static bool descriptor_ioctl(unsigned long cmd)
{
	return (unsigned int)cmd == FIOCLEX || (unsigned int)cmd == FIONCLEX;
}

INTERPOSE int ioctl(int fd, unsigned long cmd, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, cmd);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	if (descriptor_ioctl(cmd) || !emu_is_device(fd))
		return REAL(ioctl)(fd, cmd, arg);
	if (emu_traced())
		return emu_ret(emu_trace_ioctl(fd, cmd, arg));
	return emu_ret(emu_simple(fd, EMU_IOCTL, cmd, arg, 0));
}

static long transfer(int fd, enum emu_op op, uint64_t a0, uint64_t a1,
		     uint64_t a2)
{
	struct emu_request req = { .op = op, .a = { a0, a1, a2 } };
	int64_t ret = emu_call(fd, &req, -1, NULL);

	if (emu_traced())
		emu_trace_io(fd, &req, ret);
	return emu_ret(ret);
}

INTERPOSE ssize_t read(int fd, void *buf, size_t n)
{
	if (!emu_is_device(fd))
		return REAL(read)(fd, buf, n);
	return transfer(fd, EMU_READ, (uintptr_t)buf, n, 0);
}

INTERPOSE ssize_t write(int fd, const void *buf, size_t n)
{
	if (!emu_is_device(fd))
		return REAL(write)(fd, buf, n);
	return transfer(fd, EMU_WRITE, (uintptr_t)buf, n, 0);
}

INTERPOSE ssize_t pread(int fd, void *buf, size_t n, off_t pos)
{
	if (!emu_is_device(fd))
		return REAL(pread)(fd, buf, n, pos);
	return transfer(fd, EMU_PREAD, (uintptr_t)buf, n, pos);
}

INTERPOSE ssize_t pwrite(int fd, const void *buf, size_t n, off_t pos)
{
	if (!emu_is_device(fd))
		return REAL(pwrite)(fd, buf, n, pos);
	return transfer(fd, EMU_PWRITE, (uintptr_t)buf, n, pos);
}

ssize_t pread64(int fd, void *buf, size_t n, off_t pos)
	__attribute__((alias("pread"), visibility("default")));
ssize_t pwrite64(int fd, const void *buf, size_t n, off_t pos)
	__attribute__((alias("pwrite"), visibility("default")));

INTERPOSE ssize_t readv(int fd, const struct iovec *iov, int n)
{
	if (!emu_is_device(fd))
		return REAL(readv)(fd, iov, n);
	return transfer(fd, EMU_READV, (uintptr_t)iov, (unsigned long)n, 0);
}

INTERPOSE ssize_t writev(int fd, const struct iovec *iov, int n)
{
	if (!emu_is_device(fd))
		return REAL(writev)(fd, iov, n);
	return transfer(fd, EMU_WRITEV, (uintptr_t)iov, (unsigned long)n, 0);
}

INTERPOSE ssize_t preadv(int fd, const struct iovec *iov, int n, off_t pos)
{
	if (!emu_is_device(fd))
		return REAL(preadv)(fd, iov, n, pos);
	return transfer(fd, EMU_PREADV, (uintptr_t)iov, (unsigned long)n, pos);
}

INTERPOSE ssize_t pwritev(int fd, const struct iovec *iov, int n, off_t pos)
{
	if (!emu_is_device(fd))
		return REAL(pwritev)(fd, iov, n, pos);
	return transfer(fd, EMU_PWRITEV, (uintptr_t)iov, (unsigned long)n, pos);
}

ssize_t preadv64(int fd, const struct iovec *iov, int n, off_t pos)
	__attribute__((alias("preadv"), visibility("default")));
ssize_t pwritev64(int fd, const struct iovec *iov, int n, off_t pos)
	__attribute__((alias("pwritev"), visibility("default")));

INTERPOSE off_t lseek(int fd, off_t off, int whence)
{
	if (!emu_is_device(fd))
		return REAL(lseek)(fd, off, whence);
	return transfer(fd, EMU_LSEEK, off, (unsigned int)whence, 0);
}

off_t lseek64(int fd, off_t off, int whence)
	__attribute__((alias("lseek"), visibility("default")));

/* Keep the socket's O_NONBLOCK like the file's: exec'ed shells look there. */
static int set_flags(int fd, int flags)
{
	int64_t ret = emu_simple(fd, EMU_SETFL, (unsigned int)flags, 0, 0);

	if (!ret)
		RAW(SYS_fcntl, fd, F_SETFL, O_RDWR | (flags & O_NONBLOCK));
	return emu_ret(ret);
}

static int file_fcntl(int fd, int cmd, unsigned long arg)
{
	if ((cmd != F_GETFL && cmd != F_SETFL) || !emu_is_device(fd))
		return REAL(fcntl)(fd, cmd, arg);
	if (cmd == F_GETFL)
		return emu_ret(emu_simple(fd, EMU_GETFL, 0, 0, 0));
	return set_flags(fd, arg);
}

INTERPOSE int fcntl(int fd, int cmd, ...)
{
	unsigned long arg;
	va_list ap;
	int ret;

	va_start(ap, cmd);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	ret = file_fcntl(fd, cmd, arg);
	if (emu_traced() && emu_is_device(fd))
		emu_trace_fcntl(fd, cmd, arg, ret < 0 ? -errno : ret);
	return ret;
}

int fcntl64(int fd, int cmd, ...)
	__attribute__((alias("fcntl"), visibility("default")));

/* Before a descriptor number of ours is replaced by dup2, move away. */
static bool dup_target_ok(int fd, int target)
{
	if (!emu_dir)
		return true;
	emu_epoll_closed(fd == target ? -1 : target);
	return !emu_hidden(target);
}

INTERPOSE int dup2(int fd, int target)
{
	if (!dup_target_ok(fd, target)) {
		errno = EBUSY;
		return -1;
	}
	return REAL(dup2)(fd, target);
}

INTERPOSE int dup3(int fd, int target, int flags)
{
	if (!dup_target_ok(fd, target)) {
		errno = EBUSY;
		return -1;
	}
	return REAL(dup3)(fd, target, flags);
}
