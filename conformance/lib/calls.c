// SPDX-License-Identifier: BSD-3-Clause
/*
 * The calls and their printing.
 *
 * The bytes behind an ioctl's pointer are kept as they were before the call;
 * they are read with process_vm_readv(), for half of the pointers are bad on
 * purpose.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"
#include "print.h"

static __thread struct hfi1c_call last;

static long finish(long result)
{
	last.result = result < 0 ? -errno : result;
	return last.result;
}

static void start(enum hfi1c_call_kind kind, int fd)
{
	last.kind = kind;
	last.fd = fd;
	last.argument_size = 0;
	last.text[0] = '\0';
}

static void keep_argument(const void *arg, size_t size)
{
	struct iovec local = { last.argument, size };
	struct iovec remote = { (void *)arg, size };
	ssize_t got;

	got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	last.argument_size = got == (ssize_t)size ? size : 0;
}

long hfi1c_ioctl(int fd, unsigned long request, void *arg)
{
	size_t size = hfi1c_argument_size(request);

	start(HFI1C_CALL_IOCTL, fd);
	last.request = request;
	last.address = (uintptr_t)arg;
	if (size)
		keep_argument(arg, size);
	return finish(ioctl(fd, request, arg));
}

long hfi1c_open(const char *path, int flags)
{
	start(HFI1C_CALL_OTHER, -1);
	snprintf(last.text, sizeof(last.text), "open(\"%s\", %#x)", path,
		 flags);
	return finish(open(path, flags));
}

long hfi1c_close(int fd)
{
	start(HFI1C_CALL_OTHER, fd);
	snprintf(last.text, sizeof(last.text), "close(%d)", fd);
	return finish(close(fd));
}

long hfi1c_writev(int fd, const struct iovec *vec, int count)
{
	int i, shown = count < HFI1C_CALL_VECTORS ? count : HFI1C_CALL_VECTORS;

	start(HFI1C_CALL_WRITEV, fd);
	last.count = count;
	for (i = 0; i < shown; i++)
		last.vectors[i] = vec[i];
	if (shown > 0)
		keep_argument(vec[0].iov_base, HFI1C_CALL_HEADER_SIZE);
	return finish(writev(fd, vec, count));
}

long hfi1c_write(int fd, const void *data, size_t size)
{
	start(HFI1C_CALL_OTHER, fd);
	snprintf(last.text, sizeof(last.text), "write(%d, %p, %zu)", fd, data,
		 size);
	return finish(write(fd, data, size));
}

long hfi1c_read(int fd, void *data, size_t size)
{
	start(HFI1C_CALL_OTHER, fd);
	snprintf(last.text, sizeof(last.text), "read(%d, %p, %zu)", fd, data,
		 size);
	return finish(read(fd, data, size));
}

long hfi1c_lseek(int fd, off_t offset, int whence)
{
	start(HFI1C_CALL_OTHER, fd);
	snprintf(last.text, sizeof(last.text), "lseek(%d, %lld, %d)", fd,
		 (long long)offset, whence);
	return finish(lseek(fd, offset, whence));
}

long hfi1c_mmap(int fd, uint64_t offset, size_t length, int prot, int flags,
		void **out)
{
	void *address;

	start(HFI1C_CALL_MMAP, fd);
	last.request = offset;
	last.length = length;
	last.prot = prot;
	last.flags = flags;
	address = mmap(NULL, length, prot, flags, fd, (off_t)offset);
	if (address == MAP_FAILED)
		return finish(-1);
	*out = address;
	return finish(0);
}

long hfi1c_munmap(void *address, size_t length)
{
	start(HFI1C_CALL_OTHER, -1);
	snprintf(last.text, sizeof(last.text), "munmap(%p, %zu)", address,
		 length);
	return finish(munmap(address, length));
}

long hfi1c_mprotect(void *address, size_t length, int prot)
{
	start(HFI1C_CALL_OTHER, -1);
	snprintf(last.text, sizeof(last.text), "mprotect(%p, %zu, %#x)",
		 address, length, prot);
	return finish(mprotect(address, length, prot));
}

long hfi1c_poll(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	start(HFI1C_CALL_OTHER, fd);
	snprintf(last.text, sizeof(last.text),
		 "poll({fd=%d, events=%#x}, 1, %d)", fd, events, timeout_ms);
	n = poll(&p, 1, timeout_ms);
	return finish(n > 0 ? p.revents : n);
}

const char *hfi1c_call_text(char *buffer, size_t size)
{
	return hfi1c_call_print(&last, buffer, size);
}
