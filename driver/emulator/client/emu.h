/* SPDX-License-Identifier: BSD-3-Clause */
/* The client library's parts. */
#ifndef HFI1_EMU_CLIENT_H
#define HFI1_EMU_CLIENT_H

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "../proto.h"

/* Everything but the interposed functions stays inside. */
#pragma GCC visibility push(hidden)

/* The function of the C library that ours stands in front of. */
#define REAL(name)                                                             \
	({                                                                     \
		static __typeof__(&name) real_##name;                          \
		__typeof__(&name) fn_ =                                        \
			__atomic_load_n(&real_##name, __ATOMIC_RELAXED);       \
		if (!fn_) {                                                    \
			fn_ = (__typeof__(&name))emu_next(#name);              \
			__atomic_store_n(&real_##name, fn_, __ATOMIC_RELAXED); \
		}                                                              \
		fn_;                                                           \
	})

#define INTERPOSE __attribute__((visibility("default")))

void *emu_next(const char *name);

/* System calls as such: no errno, no cancellation, never interposed. */
long raw_syscall(long nr, long a, long b, long c, long d, long e, long f);
#define RAW(nr, ...) RAW_(nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0, )
#define RAW_(nr, a, b, c, d, e, f, ...)                                        \
	raw_syscall(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
		    (long)(f))

/* A kernel-style result as a libc-style one. */
static inline long emu_ret(long ret)
{
	if (ret < 0 && ret > -4096) {
		errno = -ret;
		return -1;
	}
	return ret;
}

/* main.c */
extern const char *emu_dir; /* NULL: not under an emulator */
extern char emu_socket[108];
bool emu_is_device(int fd);
uint64_t emu_block_signals(void);
void emu_restore_signals(uint64_t old);

/* hidden.c: descriptors of ours among the program's */
int emu_hide(int fd);
bool emu_hidden(int fd);
void emu_unhide(int fd);
void emu_settle(uint64_t file);

/* call.c */
struct emu_answer {
	union {
		struct emu_reply rep;
		struct emu_map_reply map;
	};
	size_t len;
	int fds[EMU_MAX_FDS];
	unsigned int nfds;
};

/*
 * One call: sends @req, waits, restarts or gives up on a signal as the kernel
 * would.  Returns the result, a negative errno on failure.  @ans may be NULL
 * when only the result matters.
 */
int64_t emu_call(int fd, struct emu_request *req, int extra_fd,
		 struct emu_answer *ans);
int64_t emu_simple(int fd, enum emu_op op, uint64_t a0, uint64_t a1,
		   uint64_t a2);

/* For callers that do the waiting themselves, signals blocked. */
struct emu_slot;
struct emu_slot *emu_slot_get(void);
int emu_slot_fd(const struct emu_slot *slot);
uint64_t emu_slot_serial(struct emu_slot *slot);
int emu_send(struct emu_slot *slot, int fd, struct emu_request *req,
	     int extra_fd);
/* next message for @serial; -EAGAIN when there is none and !wait */
int emu_receive(struct emu_slot *slot, int fd, uint64_t serial, bool wait,
		struct emu_answer *ans);
void emu_slots_lock(void);
void emu_slots_unlock(void);
void emu_slots_forked(void);

/* open.c */
int emu_open(const char *path, int flags);
int emu_connect(void);
int emu_control(void);
void emu_control_lock(void);
void emu_control_unlock(void);
int emu_unit_of(const char *path);

/* path.c: files the emulator serves in place of the system's */
const char *emu_redirect(const char *path, char *buf, size_t size);

/* map.c */
void *emu_mmap(void *addr, size_t len, int prot, int flags, int fd,
	       uint64_t off);
void emu_maps_lock(void);
void emu_maps_unlock(void);
void emu_maps_forked(void);
bool emu_maps_any(void);
void emu_unmapped(uintptr_t start, size_t len);

/* watch.c */
void emu_watched(void);
bool emu_is_watched(void);
void emu_watch_forked(void);
void emu_unmapping(uintptr_t start, size_t len);

/* trace.c: decoded calls, when the program is traced */
struct pollfd;
void emu_trace_start(const char *where);
bool emu_traced(void);
void emu_trace_open(const char *path, int flags, int64_t ret);
void emu_trace_close(int fd, int64_t ret);
void emu_trace_fcntl(int fd, int cmd, unsigned long arg, int64_t ret);
int64_t emu_trace_ioctl(int fd, unsigned long cmd, uint64_t arg);
void emu_trace_io(int fd, const struct emu_request *req, int64_t ret);
void emu_trace_mmap(const struct emu_request *req, int fd, int64_t ret);
void emu_trace_poll(const struct pollfd *fds, size_t n, const bool *device,
		    long ms, int64_t ret);

/* epoll.c */
void emu_epoll_closed(int fd);
void emu_epoll_forked(void);

#pragma GCC visibility pop
#endif
