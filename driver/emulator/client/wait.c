// SPDX-License-Identifier: BSD-3-Clause
/*
 * poll and select on device files: the emulator is asked for each of them and
 * tells this thread's socket, which joins the set.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "emu.h"

#define ON_STACK 32

struct waiting {
	struct emu_slot *slot;
	struct pollfd *fds; /* the caller's */
	struct pollfd *set; /* ours, with one more */
	bool *device;
	nfds_t n;
	uint64_t serial;
	int ready;
};

/* Arm one device; its events now, 0 when armed, or a negative errno. */
static int64_t arm(struct waiting *w, nfds_t i)
{
	struct emu_request req = {
		.op = EMU_POLL,
		.serial = w->serial,
		.a = { (uint16_t)w->fds[i].events, i },
	};
	struct emu_answer ans;
	int err;

	err = emu_send(w->slot, w->fds[i].fd, &req, -1);
	while (!err) {
		err = emu_receive(w->slot, w->fds[i].fd, w->serial, true, &ans);
		if (err || ans.rep.kind == EMU_RESULT)
			break;
		if (ans.rep.a[0] < w->n)
			w->fds[ans.rep.a[0]].revents = ans.rep.result;
	}
	return err ? err : ans.rep.result;
}

static void arm_all(struct waiting *w)
{
	int64_t events;
	nfds_t i;

	for (i = 0; i < w->n; i++) {
		w->set[i] = w->fds[i];
		w->fds[i].revents = 0;
		if (!w->device[i])
			continue;
		w->set[i].events = 0;
		events = arm(w, i);
		if (events < 0)
			w->fds[i].revents = POLLERR;
		else if (events)
			w->fds[i].revents = events;
	}
	w->set[w->n] =
		(struct pollfd){ .fd = emu_slot_fd(w->slot), .events = POLLIN };
}

/* Messages that have arrived become results. */
static void collect(struct waiting *w)
{
	struct emu_answer ans;

	while (!emu_receive(w->slot, -1, w->serial, false, &ans))
		if (ans.rep.kind == EMU_READY && ans.rep.a[0] < w->n)
			w->fds[ans.rep.a[0]].revents = ans.rep.result;
}

static int count_ready(struct waiting *w)
{
	int ready = 0;
	nfds_t i;

	for (i = 0; i < w->n; i++) {
		if (!w->device[i])
			w->fds[i].revents = w->set[i].revents;
		else if (w->set[i].revents & (POLLHUP | POLLERR | POLLNVAL))
			w->fds[i].revents |= w->set[i].revents &
					     (POLLERR | POLLHUP | POLLNVAL);
		ready += w->fds[i].revents != 0;
	}
	return ready;
}

/* What became ready while we stopped waiting still counts. */
static void disarm_all(struct waiting *w)
{
	struct emu_answer ans;
	nfds_t i;

	for (i = 0; i < w->n; i++) {
		struct emu_request req = { .op = EMU_POLL_CANCEL,
					   .serial = w->serial,
					   .a = { w->serial } };

		if (!w->device[i] || emu_send(w->slot, w->fds[i].fd, &req, -1))
			continue;
		while (!emu_receive(w->slot, w->fds[i].fd, w->serial, true,
				    &ans) &&
		       ans.rep.kind == EMU_READY)
			if (ans.rep.a[0] < w->n)
				w->fds[ans.rep.a[0]].revents = ans.rep.result;
	}
}

static bool any_ready(const struct waiting *w)
{
	nfds_t i;

	for (i = 0; i < w->n; i++)
		if (w->device[i] && w->fds[i].revents)
			return true;
	return false;
}

static void time_left(const struct timespec *end, struct timespec *left)
{
	clock_gettime(CLOCK_MONOTONIC, left);
	left->tv_sec = end->tv_sec - left->tv_sec;
	left->tv_nsec = end->tv_nsec - left->tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_nsec += 1000000000;
		left->tv_sec--;
	}
	if (left->tv_sec < 0)
		*left = (struct timespec){ 0 };
}

/* ppoll with signals blocked around it; @mask is what holds while waiting. */
static int wait_loop(struct waiting *w, const struct timespec *timeout,
		     uint64_t mask)
{
	struct timespec end, left = { 0 };
	long n;

	if (timeout) {
		clock_gettime(CLOCK_MONOTONIC, &end);
		end.tv_sec += timeout->tv_sec;
		end.tv_nsec += timeout->tv_nsec;
		end.tv_sec += end.tv_nsec / 1000000000;
		end.tv_nsec %= 1000000000;
	}
	arm_all(w);
	for (;;) {
		if (any_ready(w))
			left = (struct timespec){ 0 };
		else if (timeout)
			time_left(&end, &left);
		n = RAW(SYS_ppoll, w->set, w->n + 1,
			timeout || any_ready(w) ? &left : NULL, &mask, 8);
		collect(w);
		if (n < 0 || count_ready(w) ||
		    (timeout && !left.tv_sec && !left.tv_nsec))
			break;
	}
	disarm_all(w);
	if (n < 0 && !any_ready(w))
		return n;
	if (n < 0)
		memset(w->set, 0, w->n * sizeof(*w->set));
	return count_ready(w);
}

static bool find_devices(struct pollfd *fds, nfds_t n, bool *device)
{
	bool any = false;
	nfds_t i;

	for (i = 0; i < n; i++) {
		device[i] = emu_is_device(fds[i].fd);
		any |= device[i];
	}
	return any;
}

static int wait_devices(struct pollfd *fds, nfds_t n, bool *device,
			const struct timespec *timeout, const sigset_t *sigs)
{
	struct pollfd few[ON_STACK + 1];
	uint64_t old = emu_block_signals(), mask = old;
	struct waiting w = { .slot = emu_slot_get(),
			     .fds = fds,
			     .n = n,
			     .device = device,
			     .set = few };
	int ret = -ENOMEM;

	if (n > ON_STACK)
		w.set = malloc((n + 1) * sizeof(*w.set));
	if (sigs)
		memcpy(&mask, sigs, sizeof(mask));
	if (w.slot && w.set) {
		w.serial = emu_slot_serial(w.slot);
		ret = wait_loop(&w, timeout, mask);
	}
	if (n > ON_STACK)
		free(w.set);
	emu_restore_signals(old);
	if (emu_traced())
		emu_trace_poll(fds, n, device,
			       timeout ? timeout->tv_sec * 1000 +
						 timeout->tv_nsec / 1000000 :
					 -1,
			       ret);
	return emu_ret(ret);
}

/* A result of the wait, or -2 when no device is in the set. */
static int poll_devices(struct pollfd *fds, nfds_t n,
			const struct timespec *timeout, const sigset_t *sigs)
{
	bool few[ON_STACK], *device = few;
	int ret = -2;

	if (!emu_dir || !n)
		return -2;
	if (n > ON_STACK)
		device = malloc(n);
	if (device && find_devices(fds, n, device))
		ret = wait_devices(fds, n, device, timeout, sigs);
	if (n > ON_STACK)
		free(device);
	return ret;
}

INTERPOSE int ppoll(struct pollfd *fds, nfds_t n,
		    const struct timespec *timeout, const sigset_t *sigs)
{
	int ret = poll_devices(fds, n, timeout, sigs);

	return ret == -2 ? REAL(ppoll)(fds, n, timeout, sigs) : ret;
}

INTERPOSE int poll(struct pollfd *fds, nfds_t n, int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	int ret = poll_devices(fds, n, ms < 0 ? NULL : &ts, NULL);

	return ret == -2 ? REAL(poll)(fds, n, ms) : ret;
}

int __poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t size);

INTERPOSE int __poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t size)
{
	if (size / sizeof(*fds) < n)
		abort();
	return poll(fds, n, ms);
}

#define IN_SET	(POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR)
#define OUT_SET (POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR)
#define EX_SET	(POLLPRI)

static nfds_t from_sets(struct pollfd *fds, int n, fd_set *in, fd_set *out,
			fd_set *ex)
{
	nfds_t count = 0;
	int fd, events;

	for (fd = 0; fd < n; fd++) {
		events = (in && FD_ISSET(fd, in) ? POLLIN : 0) |
			 (out && FD_ISSET(fd, out) ? POLLOUT : 0) |
			 (ex && FD_ISSET(fd, ex) ? POLLPRI : 0);
		if (events)
			fds[count++] =
				(struct pollfd){ .fd = fd, .events = events };
	}
	return count;
}

static int update(fd_set *set, const struct pollfd *p, int mask)
{
	if (!set || !FD_ISSET(p->fd, set))
		return 0;
	if (p->revents & mask)
		return 1;
	FD_CLR(p->fd, set);
	return 0;
}

/* A result of the wait, or -2 when no device is in the sets. */
static int select_devices(int n, fd_set *in, fd_set *out, fd_set *ex,
			  const struct timespec *timeout, const sigset_t *sigs)
{
	struct pollfd fds[FD_SETSIZE];
	int ret, bits = 0;
	nfds_t count, i;

	if (!emu_dir || n <= 0 || n > FD_SETSIZE)
		return -2;
	count = from_sets(fds, n, in, out, ex);
	ret = poll_devices(fds, count, timeout, sigs);
	if (ret < 0)
		return ret;
	for (i = 0; i < count; i++) {
		if (fds[i].revents & POLLNVAL) {
			errno = EBADF;
			return -1;
		}
		bits += update(in, &fds[i], IN_SET) +
			update(out, &fds[i], OUT_SET) +
			update(ex, &fds[i], EX_SET);
	}
	return bits;
}

INTERPOSE int pselect(int n, fd_set *in, fd_set *out, fd_set *ex,
		      const struct timespec *timeout, const sigset_t *sigs)
{
	int ret = select_devices(n, in, out, ex, timeout, sigs);

	return ret == -2 ? REAL(pselect)(n, in, out, ex, timeout, sigs) : ret;
}

INTERPOSE int select(int n, fd_set *in, fd_set *out, fd_set *ex,
		     struct timeval *timeout)
{
	struct timespec end, left, ts;
	int ret;

	if (!timeout) {
		ret = select_devices(n, in, out, ex, NULL, NULL);
		return ret == -2 ? REAL(select)(n, in, out, ex, NULL) : ret;
	}
	ts = (struct timespec){ timeout->tv_sec, timeout->tv_usec * 1000 };
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ts.tv_sec + (end.tv_nsec + ts.tv_nsec) / 1000000000;
	end.tv_nsec = (end.tv_nsec + ts.tv_nsec) % 1000000000;
	ret = select_devices(n, in, out, ex, &ts, NULL);
	if (ret == -2)
		return REAL(select)(n, in, out, ex, timeout);
	time_left(&end, &left);
	timeout->tv_sec = left.tv_sec;
	timeout->tv_usec = left.tv_nsec / 1000;
	return ret;
}
