// SPDX-License-Identifier: BSD-3-Clause
/*
 * Decoded calls on device files, one line each, when the program is traced.
 *
 * The printers come from the spec.  Arguments are copied before they are
 * looked at, so that a bad pointer fails in the driver and not here.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "emu.h"
#include "hfi1u.h"

#define LINE	1536
#define MAX_ARG 1024

static int trace_fd = -1;

struct flag {
	unsigned long bit;
	const char *name;
};

bool emu_traced(void)
{
	return trace_fd >= 0;
}

/* Where lines go: a file, or what is standard error now. */
void emu_trace_start(const char *where)
{
	int fd;

	if (!where || !*where)
		return;
	if (!strcmp(where, "-"))
		fd = RAW(SYS_fcntl, 2, F_DUPFD_CLOEXEC, 3);
	else
		fd = RAW(SYS_openat, AT_FDCWD, where,
			 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	trace_fd = fd < 0 ? fd : emu_hide(fd);
}

/* One line in one write: those of other processes come before or after. */
static void __attribute__((format(printf, 2, 3)))
line(int64_t ret, const char *fmt, ...)
{
	char buf[LINE + 256];
	va_list ap;
	size_t n;

	n = snprintf(buf, sizeof(buf), "%ld ", RAW(SYS_gettid));
	va_start(ap, fmt);
	vsnprintf(buf + n, LINE - n, fmt, ap);
	va_end(ap);
	n = strlen(buf);
	if (ret >= 0)
		n += snprintf(buf + n, sizeof(buf) - n,
			      ret > 0xffffffffL ? " = 0x%lx\n" : " = %ld\n",
			      (long)ret);
	else
		n += snprintf(buf + n, sizeof(buf) - n, " = -1 %s (%s)\n",
			      hfi1u_errno_name(ret) ?: "error",
			      strerror((int)-ret));
	RAW(SYS_write, trace_fd, buf, n);
}

static const char *flags_text(char *buf, size_t size, unsigned long value,
			      const struct flag *flags)
{
	size_t n = 0;

	*buf = 0;
	for (; flags->name; flags++) {
		if (!(value & flags->bit) || n >= size)
			continue;
		n += snprintf(buf + n, size - n, "%s%s", n ? "|" : "",
			      flags->name);
		value &= ~flags->bit;
	}
	if ((value || !n) && n < size)
		snprintf(buf + n, size - n, "%s%#lx", n ? "|" : "", value);
	return buf;
}

static bool copy_from(void *to, uint64_t from, size_t len)
{
	struct iovec local = { to, len };
	struct iovec remote = { (void *)(uintptr_t)from, len };
	int self = RAW(SYS_getpid);

	return RAW(SYS_process_vm_readv, self, &local, 1, &remote, 1, 0) ==
	       (long)len;
}

void emu_trace_open(const char *path, int flags, int64_t ret)
{
	static const struct flag names[] = { { O_RDWR, "O_RDWR" },
					     { O_WRONLY, "O_WRONLY" },
					     { O_CLOEXEC, "O_CLOEXEC" },
					     { O_NONBLOCK, "O_NONBLOCK" },
					     { 0, NULL } };
	char text[128] = "O_RDONLY";

	if (flags)
		flags_text(text, sizeof(text), flags, names);
	line(ret, "open(\"%s\", %s)", path, text);
}

void emu_trace_close(int fd, int64_t ret)
{
	line(ret, "close(%d)", fd);
}

void emu_trace_fcntl(int fd, int cmd, unsigned long arg, int64_t ret)
{
	static const char *const names[] = { [F_DUPFD] = "F_DUPFD",
					     [F_GETFD] = "F_GETFD",
					     [F_SETFD] = "F_SETFD",
					     [F_GETFL] = "F_GETFL",
					     [F_SETFL] = "F_SETFL" };

	if (cmd == F_SETFD && arg == FD_CLOEXEC)
		line(ret, "fcntl(%d, F_SETFD, FD_CLOEXEC)", fd);
	else if (cmd >= 0 && cmd <= F_SETFL)
		line(ret, "fcntl(%d, %s, %#lx)", fd, names[cmd], arg);
	else
		line(ret, "fcntl(%d, %d, %#lx)", fd, cmd, arg);
}

/* What the argument says, before the call or after it. */
static size_t argument(char *buf, size_t size, unsigned long cmd, uint64_t arg,
		       bool after)
{
	union {
		uint64_t align;
		char bytes[MAX_ARG];
	} copy;
	size_t len = _IOC_SIZE(cmd);

	*buf = 0;
	if (!len || len > sizeof(copy) || !copy_from(&copy, arg, len))
		return 0;
	return after ? hfi1u_format_output(buf, size, cmd, &copy) :
		       hfi1u_format_input(buf, size, cmd, &copy);
}

int64_t emu_trace_ioctl(int fd, unsigned long cmd, uint64_t arg)
{
	const char *name = hfi1u_command_name(cmd);
	char in[MAX_ARG] = "", out[MAX_ARG] = "", number[32];
	int64_t ret;

	argument(in, sizeof(in), cmd, arg, false);
	ret = emu_simple(fd, EMU_IOCTL, cmd, arg, 0);
	if (ret >= 0)
		argument(out, sizeof(out), cmd, arg, true);
	if (!name) {
		snprintf(number, sizeof(number), "%#lx", cmd);
		name = number;
	}
	if (!*in && !*out && _IOC_SIZE(cmd))
		snprintf(in, sizeof(in), "%#lx", (long)arg);
	line(ret, "ioctl(%d, %s%s%s%s%s)", fd, name, *in ? ", " : "", in,
	     *out ? " => " : "", out);
	return ret;
}

/* The vectors of a write: a request's description, then lengths. */
static void vectors(char *buf, size_t size, uint64_t at, unsigned long count)
{
	struct sdma_req_info req;
	struct iovec iov[8];
	size_t n = 0;
	unsigned long i, shown = count < 8 ? count : 8;

	*buf = 0;
	if (!copy_from(iov, at, shown * sizeof(*iov)))
		return;
	for (i = 0; i < shown && n < size; i++) {
		n += snprintf(buf + n, size - n, "%s%zu", i ? ", " : "",
			      iov[i].iov_len);
		if (i || n + 2 >= size ||
		    !copy_from(&req, (uintptr_t)iov[i].iov_base, sizeof(req)))
			continue;
		buf[n++] = ' ';
		n += hfi1u_format_sdma_req_info(buf + n, size - n, &req);
	}
}

void emu_trace_io(int fd, const struct emu_request *req, int64_t ret)
{
	static const char *const names[] = {
		[EMU_READ] = "read",	 [EMU_WRITE] = "write",
		[EMU_PREAD] = "pread",	 [EMU_PWRITE] = "pwrite",
		[EMU_READV] = "readv",	 [EMU_WRITEV] = "writev",
		[EMU_PREADV] = "preadv", [EMU_PWRITEV] = "pwritev",
		[EMU_LSEEK] = "lseek",
	};
	char text[MAX_ARG] = "";

	if (req->op != EMU_WRITEV) {
		line(ret, "%s(%d, %#lx, %lu)", names[req->op], fd,
		     (long)req->a[0], (long)req->a[1]);
		return;
	}
	vectors(text, sizeof(text), req->a[0], req->a[1]);
	line(ret, "writev(%d, [%s], %lu)", fd, text, (long)req->a[1]);
}

static void region(char *buf, size_t size, uint64_t offset)
{
	struct hfi1u_token token;
	const char *name = NULL;

	if (!hfi1u_token_decode(offset, &token))
		name = hfi1u_region_name(token.type);
	if (name)
		snprintf(buf, size, "%s of context %u.%u", name, token.ctxt,
			 token.subctxt);
	else
		snprintf(buf, size, "%#lx", (long)offset);
}

void emu_trace_mmap(const struct emu_request *req, int fd, int64_t ret)
{
	static const struct flag prots[] = { { PROT_READ, "PROT_READ" },
					     { PROT_WRITE, "PROT_WRITE" },
					     { PROT_EXEC, "PROT_EXEC" },
					     { 0, NULL } };
	static const struct flag flags[] = { { MAP_SHARED, "MAP_SHARED" },
					     { MAP_PRIVATE, "MAP_PRIVATE" },
					     { MAP_FIXED, "MAP_FIXED" },
					     { MAP_LOCKED, "MAP_LOCKED" },
					     { MAP_POPULATE, "MAP_POPULATE" },
					     { 0, NULL } };
	char prot[64], flag[96], what[96];

	flags_text(prot, sizeof(prot), req->a[2], prots);
	flags_text(flag, sizeof(flag), req->a[3], flags);
	region(what, sizeof(what), req->a[4]);
	line(ret, "mmap(%#lx, %lu, %s, %s, %d, %s)", (long)req->a[0],
	     (long)req->a[1], prot, flag, fd, what);
}

void emu_trace_poll(const struct pollfd *fds, size_t n, const bool *device,
		    long ms, int64_t ret)
{
	char text[256];
	size_t i, at = 0;

	*text = 0;
	for (i = 0; i < n && at < sizeof(text); i++)
		if (device[i])
			at += snprintf(text + at, sizeof(text) - at,
				       "%s{%d, events %#x, revents %#x}",
				       at ? ", " : "", fds[i].fd, fds[i].events,
				       ret > 0 ? fds[i].revents : 0);
	line(ret, "poll([%s], %zu, %ld)", text, n, ms);
}
