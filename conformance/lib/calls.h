/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System calls as cases make them.
 *
 * Each helper makes exactly the one call it is named after, notes it for the
 * report, and returns what the kernel said: 0 or more, or -errno.
 */
#ifndef HFI1C_LIB_CALLS_H
#define HFI1C_LIB_CALLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

long hfi1c_ioctl(int fd, unsigned long request, void *arg);
long hfi1c_open(const char *path, int flags);
long hfi1c_close(int fd);
long hfi1c_writev(int fd, const struct iovec *vec, int count);
long hfi1c_write(int fd, const void *data, size_t size);
long hfi1c_read(int fd, void *data, size_t size);
long hfi1c_lseek(int fd, off_t offset, int whence);

/** hfi1c_mmap() - map; *@out is the address when the result is 0. */
long hfi1c_mmap(int fd, uint64_t offset, size_t length, int prot, int flags,
		void **out);
long hfi1c_munmap(void *address, size_t length);
long hfi1c_mprotect(void *address, size_t length, int prot);

/** hfi1c_poll() - revents of one descriptor, 0 after @timeout_ms without any. */
long hfi1c_poll(int fd, short events, int timeout_ms);

/** hfi1c_call_text() - the last call of this thread, decoded; "" before any. */
const char *hfi1c_call_text(char *buffer, size_t size);

#endif
