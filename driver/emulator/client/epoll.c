// SPDX-License-Identifier: BSD-3-Clause
/*
 * epoll on device files.
 *
 * The set gets an eventfd in place of the device.  Before each wait the
 * emulator is asked about every device of the set: it resets the eventfd,
 * asks the driver, and from then on makes it readable when the device becomes
 * ready.  So the set is level-triggered whatever was asked for; EPOLLONESHOT
 * is kept.  A set with devices works in the process that filled it.
 *
 * Locks: watches_lock covers the table, also during the calls about it; signals
 * are blocked while it is held, so a handler never finds it taken.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "emu.h"

#define MAX_WATCHES 256

struct watch {
	int epfd; /* 0: free; no set is ever standard input */
	int fd;
	int proxy;
	uint32_t events;
	uint32_t seen;
	epoll_data_t data;
	uint64_t token;
};

static struct watch watches[MAX_WATCHES];
static pthread_mutex_t watches_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int used;

static uint64_t lock_watches(void)
{
	uint64_t old = emu_block_signals();

	pthread_mutex_lock(&watches_lock);
	return old;
}

static void unlock_watches(uint64_t old)
{
	pthread_mutex_unlock(&watches_lock);
	emu_restore_signals(old);
}

static struct watch *find_watch(int epfd, int fd)
{
	struct watch *w;

	for (w = watches; w < watches + MAX_WATCHES; w++)
		if (w->epfd == epfd && (!epfd || w->fd == fd))
			return w;
	return NULL;
}

static void end_watch(struct watch *w)
{
	emu_unhide(w->proxy);
	RAW(SYS_close, w->proxy);
	memset(w, 0, sizeof(*w));
	__atomic_fetch_sub(&used, 1, __ATOMIC_SEQ_CST);
}

/* A descriptor is being closed: its set, or the file in it. */
void emu_epoll_closed(int fd)
{
	struct watch *w;
	uint64_t old;

	if (!__atomic_load_n(&used, __ATOMIC_RELAXED) || fd < 0)
		return;
	old = lock_watches();
	for (w = watches; w < watches + MAX_WATCHES; w++) {
		if (!w->epfd || (w->epfd != fd && w->fd != fd))
			continue;
		if (w->epfd != fd)
			RAW(SYS_epoll_ctl, w->epfd, EPOLL_CTL_DEL, w->proxy,
			    NULL);
		emu_simple(w->fd, EMU_UNWATCH, 0, w->token, 0);
		end_watch(w);
	}
	unlock_watches(old);
}

void emu_epoll_forked(void)
{
	pthread_mutex_init(&watches_lock, NULL);
}

static uint64_t new_token(void)
{
	uint64_t token;

	while (RAW(SYS_getrandom, &token, sizeof(token), 0) != sizeof(token))
		;
	return token;
}

static int proxy_ctl(int op, const struct watch *w)
{
	struct epoll_event ev = {
		.events = EPOLLIN | (w->events & EPOLLONESHOT),
		.data.u64 = w->token,
	};

	return RAW(SYS_epoll_ctl, w->epfd, op, w->proxy, &ev);
}

static int64_t tell_emulator(const struct watch *w)
{
	struct emu_request req = { .op = EMU_WATCH,
				   .a = { w->events & 0xffff, w->token } };

	return emu_call(w->fd, &req, w->proxy, NULL);
}

static int add_watch(int epfd, int fd, const struct epoll_event *ev)
{
	struct watch *w = find_watch(epfd, fd);
	int64_t err;

	if (w)
		return -EEXIST;
	w = find_watch(0, 0);
	if (!w)
		return -ENOSPC;
	*w = (struct watch){ .epfd = epfd,
			     .fd = fd,
			     .events = ev->events,
			     .data = ev->data,
			     .token = new_token() };
	__atomic_fetch_add(&used, 1, __ATOMIC_SEQ_CST);
	w->proxy = RAW(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->proxy = w->proxy < 0 ? w->proxy : emu_hide(w->proxy);
	err = w->proxy < 0 ? w->proxy : proxy_ctl(EPOLL_CTL_ADD, w);
	if (!err)
		err = tell_emulator(w);
	if (err < 0)
		end_watch(w);
	return err < 0 ? err : 0;
}

static int change_watch(int op, int epfd, int fd, const struct epoll_event *ev)
{
	struct watch *w = find_watch(epfd, fd);

	if (!w)
		return -ENOENT;
	if (op == EPOLL_CTL_MOD) {
		w->events = ev->events;
		w->data = ev->data;
		return proxy_ctl(EPOLL_CTL_MOD, w);
	}
	RAW(SYS_epoll_ctl, epfd, EPOLL_CTL_DEL, w->proxy, NULL);
	emu_simple(fd, EMU_UNWATCH, 0, w->token, 0);
	end_watch(w);
	return 0;
}

INTERPOSE int epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	uint64_t old;
	int ret;

	if (!emu_is_device(fd))
		return REAL(epoll_ctl)(epfd, op, fd, ev);
	if (op != EPOLL_CTL_DEL && !ev) {
		errno = EFAULT;
		return -1;
	}
	old = lock_watches();
	if (op == EPOLL_CTL_ADD)
		ret = add_watch(epfd, fd, ev);
	else
		ret = change_watch(op, epfd, fd, ev);
	unlock_watches(old);
	return emu_ret(ret);
}

/* Ask about every device of the set; false when it has none. */
static bool rearm(int epfd)
{
	bool any = false;
	struct watch *w;
	uint64_t old;
	int64_t now;

	if (!__atomic_load_n(&used, __ATOMIC_RELAXED))
		return false;
	old = lock_watches();
	for (w = watches; w < watches + MAX_WATCHES; w++) {
		if (w->epfd != epfd)
			continue;
		any = true;
		now = emu_simple(w->fd, EMU_WATCH_REARM, w->events & 0xffff,
				 w->token, 0);
		w->seen = now > 0 ? now : 0;
	}
	unlock_watches(old);
	return any;
}

/* Put the program's data and the device's events back. */
static int translate(int epfd, struct epoll_event *evs, int n)
{
	struct watch *w;
	uint64_t old;
	int i;

	old = lock_watches();
	for (i = 0; i < n; i++) {
		for (w = watches; w < watches + MAX_WATCHES; w++) {
			if (w->epfd != epfd || w->token != evs[i].data.u64)
				continue;
			/* Not ready before the wait: ask what it became. */
			if (!w->seen) {
				int64_t now = emu_simple(w->fd, EMU_WATCH_REARM,
							 w->events & 0xffff,
							 w->token, 0);

				w->seen = now > 0 ? now : 0;
			}
			evs[i].events = w->seen ? w->seen : w->events & EPOLLIN;
			evs[i].data = w->data;
			w->seen = 0;
			break;
		}
	}
	unlock_watches(old);
	return n;
}

INTERPOSE int epoll_pwait(int epfd, struct epoll_event *evs, int max,
			  int timeout, const sigset_t *sigs)
{
	int n;

	if (!rearm(epfd))
		return REAL(epoll_pwait)(epfd, evs, max, timeout, sigs);
	n = REAL(epoll_pwait)(epfd, evs, max, timeout, sigs);
	return n > 0 ? translate(epfd, evs, n) : n;
}

INTERPOSE int epoll_wait(int epfd, struct epoll_event *evs, int max,
			 int timeout)
{
	return epoll_pwait(epfd, evs, max, timeout, NULL);
}
