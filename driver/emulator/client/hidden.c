// SPDX-License-Identifier: BSD-3-Clause
/*
 * Descriptors of ours.  They live at high numbers, are closed on exec, and
 * the program can neither close nor replace them.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "emu.h"

#define MAX_FD (1 << 20)

static uint64_t hidden[MAX_FD / 64];
static int highest = -1;

static bool get_bit(int fd)
{
	if (fd < 0 || fd >= MAX_FD)
		return false;
	return __atomic_load_n(&hidden[fd / 64], __ATOMIC_RELAXED) >>
		       (fd % 64) &
	       1;
}

bool emu_hidden(int fd)
{
	return get_bit(fd);
}

static void set_bit(int fd)
{
	int top = __atomic_load_n(&highest, __ATOMIC_RELAXED);

	__atomic_fetch_or(&hidden[fd / 64], 1ULL << (fd % 64),
			  __ATOMIC_RELAXED);
	while (fd > top &&
	       !__atomic_compare_exchange_n(&highest, &top, fd, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void emu_unhide(int fd)
{
	__atomic_fetch_and(&hidden[fd / 64], ~(1ULL << (fd % 64)),
			   __ATOMIC_RELAXED);
}

static int high_base(void)
{
	struct rlimit rl = { .rlim_cur = 1024 };

	RAW(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &rl);
	if (rl.rlim_cur > MAX_FD)
		rl.rlim_cur = MAX_FD;
	return rl.rlim_cur / 2;
}

/* Move @fd out of the program's sight; the number it has now, or -errno. */
int emu_hide(int fd)
{
	int high = RAW(SYS_fcntl, fd, F_DUPFD_CLOEXEC, high_base());

	if (high < 0)
		high = RAW(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
	RAW(SYS_close, fd);
	if (high >= MAX_FD) {
		RAW(SYS_close, high);
		return -EMFILE;
	}
	if (high >= 0)
		set_bit(high);
	return high;
}

/*
 * A file that was closed has been released when close() returns, as in a
 * kernel.
 */
void emu_settle(uint64_t file)
{
	int control = emu_control();

	if (control >= 0)
		emu_simple(control, EMU_SYNC, file, 0, 0);
}

/* What the emulator calls the file, 0 when @fd is no device. */
static uint64_t file_id(int fd)
{
	struct emu_request req = { .op = EMU_STAT };
	struct emu_answer ans;

	if (!emu_is_device(fd) || emu_call(fd, &req, -1, &ans))
		return 0;
	return ans.rep.a[2];
}

INTERPOSE int close(int fd)
{
	uint64_t file;
	int ret;

	if (!emu_dir)
		return REAL(close)(fd);
	if (emu_hidden(fd)) {
		errno = EBADF;
		return -1;
	}
	emu_epoll_closed(fd);
	file = file_id(fd);
	ret = REAL(close)(fd);
	if (file)
		emu_settle(file);
	if (file && emu_traced())
		emu_trace_close(fd, ret < 0 ? -errno : ret);
	return ret;
}

/* Close a range around our own descriptors. */
static int close_around(unsigned int first, unsigned int last, int flags)
{
	unsigned int top = __atomic_load_n(&highest, __ATOMIC_RELAXED);
	unsigned int at = first, fd;
	int ret = 0;

	if (first > last) {
		errno = EINVAL;
		return -1;
	}
	for (fd = first; fd <= last && fd <= top && (int)top >= 0; fd++) {
		if (!emu_hidden(fd))
			continue;
		if (fd > at)
			ret |= REAL(close_range)(at, fd - 1, flags);
		at = fd + 1;
	}
	if (at <= last)
		ret |= REAL(close_range)(at, last, flags);
	return ret ? -1 : 0;
}

INTERPOSE int close_range(unsigned int first, unsigned int last, int flags)
{
	return close_around(first, last, flags);
}

INTERPOSE void closefrom(int low)
{
	close_around(low < 0 ? 0 : low, ~0U, 0);
}
