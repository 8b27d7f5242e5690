// SPDX-License-Identifier: BSD-3-Clause
/* syscall(2): calls made by number reach the same functions. */
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "emu.h"

/* By number, on a descriptor that is a device; true when done. */
static bool device_call(long nr, const long *a, long *ret)
{
	switch (nr) {
	case SYS_ioctl:
		*ret = ioctl(a[0], a[1], a[2]);
		return true;
	case SYS_read:
		*ret = read(a[0], (void *)a[1], a[2]);
		return true;
	case SYS_write:
		*ret = write(a[0], (void *)a[1], a[2]);
		return true;
	case SYS_pread64:
		*ret = pread(a[0], (void *)a[1], a[2], a[3]);
		return true;
	case SYS_pwrite64:
		*ret = pwrite(a[0], (void *)a[1], a[2], a[3]);
		return true;
	case SYS_readv:
		*ret = readv(a[0], (void *)a[1], a[2]);
		return true;
	case SYS_writev:
		*ret = writev(a[0], (void *)a[1], a[2]);
		return true;
	case SYS_lseek:
		*ret = lseek(a[0], a[1], a[2]);
		return true;
	case SYS_fcntl:
		*ret = fcntl(a[0], a[1], a[2]);
		return true;
	case SYS_fstat:
		*ret = fstat(a[0], (void *)a[1]);
		return true;
	}
	return false;
}

static bool memory_call(long nr, const long *a, long *ret)
{
	switch (nr) {
	case SYS_mmap:
		*ret = (long)mmap((void *)a[0], a[1], a[2], a[3], a[4], a[5]);
		return true;
	case SYS_munmap:
		*ret = munmap((void *)a[0], a[1]);
		return true;
	case SYS_mprotect:
		*ret = mprotect((void *)a[0], a[1], a[2]);
		return true;
	case SYS_mremap:
		*ret = (long)mremap((void *)a[0], a[1], a[2], a[3],
				    (void *)a[4]);
		return true;
	}
	return false;
}

static bool name_call(long nr, const long *a, long *ret)
{
	switch (nr) {
	case SYS_open:
		*ret = open((char *)a[0], a[1], (mode_t)a[2]);
		return true;
	case SYS_openat:
		*ret = openat(a[0], (char *)a[1], a[2], (mode_t)a[3]);
		return true;
	case SYS_close:
		*ret = close(a[0]);
		return true;
	case SYS_close_range:
		*ret = close_range(a[0], a[1], a[2]);
		return true;
	case SYS_poll:
		*ret = poll((void *)a[0], a[1], a[2]);
		return true;
	}
	return false;
}

INTERPOSE long syscall(long nr, ...)
{
	long a[6], ret;
	va_list ap;
	int i;

	va_start(ap, nr);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (emu_dir && (name_call(nr, a, &ret) || memory_call(nr, a, &ret) ||
			(emu_is_device(a[0]) && device_call(nr, a, &ret))))
		return ret;
	return emu_ret(RAW(nr, a[0], a[1], a[2], a[3], a[4], a[5]));
}
