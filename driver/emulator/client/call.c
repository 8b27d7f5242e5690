// SPDX-License-Identifier: BSD-3-Clause
/*
 * One call to the emulator.
 *
 * Each thread has a pair of sockets: one end goes along with the request, the
 * answer arrives at the other.  Signals are blocked while we wait, as they
 * are inside the kernel: a pending one makes the emulator interrupt the
 * driver, the handler runs when the call has ended, and its SA_RESTART flag
 * decides what -ERESTARTSYS turns into.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "emu.h"

#define ERESTARTSYS    512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define SHORT_WAIT_NS  2000000

struct emu_slot {
	int pid;
	int tid;
	int mine;
	int theirs;
	uint64_t serial;
	struct emu_slot *next;
	struct emu_slot **link;
};

static __thread struct emu_slot this_slot;
static struct emu_slot *slots;
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t slot_key;
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;

static void drop_fd(int *fd)
{
	if (*fd < 0)
		return;
	emu_unhide(*fd);
	RAW(SYS_close, *fd);
	*fd = -1;
}

static void slot_gone(void *p)
{
	struct emu_slot *s = p;
	uint64_t old = emu_block_signals();

	pthread_mutex_lock(&slots_lock);
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	pthread_mutex_unlock(&slots_lock);
	drop_fd(&s->mine);
	drop_fd(&s->theirs);
	s->pid = 0;
	emu_restore_signals(old);
}

static void slot_setup(void)
{
	pthread_key_create(&slot_key, slot_gone);
}

void emu_slots_lock(void)
{
	pthread_mutex_lock(&slots_lock);
}

void emu_slots_unlock(void)
{
	pthread_mutex_unlock(&slots_lock);
}

/* In a forked child: the sockets belong to the parent's threads. */
void emu_slots_forked(void)
{
	struct emu_slot *s;

	for (s = slots; s; s = s->next) {
		drop_fd(&s->mine);
		drop_fd(&s->theirs);
	}
	slots = NULL;
	this_slot.pid = 0;
	pthread_once(&slot_once, slot_setup);
	pthread_setspecific(slot_key, NULL);
}

static int new_pair(struct emu_slot *s)
{
	int sv[2];
	long err = RAW(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
		       0, sv);

	if (err < 0)
		return err;
	s->mine = emu_hide(sv[0]);
	s->theirs = emu_hide(sv[1]);
	if (s->mine >= 0 && s->theirs >= 0)
		return 0;
	drop_fd(&s->mine);
	drop_fd(&s->theirs);
	return -EMFILE;
}

struct emu_slot *emu_slot_get(void)
{
	struct emu_slot *s = &this_slot;
	int pid = RAW(SYS_getpid);

	if (s->pid == pid)
		return s;
	pthread_once(&slot_once, slot_setup);
	if (new_pair(s))
		return NULL;
	s->tid = RAW(SYS_gettid);
	if (!pthread_getspecific(slot_key)) {
		pthread_setspecific(slot_key, s);
		pthread_mutex_lock(&slots_lock);
		s->next = slots;
		s->link = &slots;
		if (slots)
			slots->link = &s->next;
		slots = s;
		pthread_mutex_unlock(&slots_lock);
	}
	s->pid = pid;
	return s;
}

int emu_slot_fd(const struct emu_slot *slot)
{
	return slot->mine;
}

uint64_t emu_slot_serial(struct emu_slot *slot)
{
	return ++slot->serial;
}

int emu_send(struct emu_slot *slot, int fd, struct emu_request *req,
	     int extra_fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	int fds[2] = { slot->theirs, extra_fd };
	size_t size = (extra_fd >= 0 ? 2 : 1) * sizeof(int);
	struct iovec iov = { req, sizeof(*req) };
	struct msghdr mh = { .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = CMSG_SPACE(size) };
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	long ret;

	req->magic = EMU_MAGIC;
	req->tid = slot->tid;
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(cm), fds, size);
	for (;;) {
		ret = RAW(SYS_sendmsg, fd, &mh, MSG_NOSIGNAL);
		if (ret == -EAGAIN || ret == -ETOOMANYREFS)
			RAW(SYS_poll, &pfd, 1, ret == -EAGAIN ? -1 : 1);
		else if (ret != -EINTR)
			break;
	}
	if (ret == -EPIPE || ret == -ECONNRESET)
		return -ENODEV;
	/* closed by another thread, and the number given to something else */
	if (ret == -ENOTSOCK)
		return -EBADF;
	return ret < 0 ? ret : 0;
}

static void take_fds(struct msghdr *mh, struct emu_answer *ans)
{
	struct cmsghdr *cm;
	size_t n;

	ans->nfds = 0;
	for (cm = CMSG_FIRSTHDR(mh); cm; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		n = cm->cmsg_len - CMSG_LEN(0);
		memcpy(ans->fds, CMSG_DATA(cm), n);
		ans->nfds = n / sizeof(int);
	}
}

/* Next message of any serial, or -errno. */
static int receive_any(struct emu_slot *slot, struct emu_answer *ans)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(EMU_MAX_FDS * sizeof(int))];
	} control;
	struct iovec iov = { &ans->map, sizeof(ans->map) };
	struct msghdr mh = { .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf) };
	long n = RAW(SYS_recvmsg, slot->mine, &mh,
		     MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return n;
	take_fds(&mh, ans);
	ans->len = n;
	if (n < (long)sizeof(ans->rep) || ans->rep.magic != EMU_MAGIC)
		return -EPROTO;
	return 0;
}

static void drop_answer(struct emu_answer *ans)
{
	while (ans->nfds)
		RAW(SYS_close, ans->fds[--ans->nfds]);
}

/* 1: something arrived, 0: time-out, -ENODEV: the emulator is gone. */
static int wait_for(struct emu_slot *slot, int fd, int sigfd,
		    const struct timespec *timeout)
{
	struct pollfd pfd[3] = { { .fd = slot->mine, .events = POLLIN },
				 { .fd = fd },
				 { .fd = sigfd, .events = POLLIN } };
	long n = RAW(SYS_ppoll, pfd, 3, timeout, NULL, 8);

	if (n == -EINTR)
		return 1;
	if (n > 0 && !(pfd[0].revents & POLLIN) &&
	    (pfd[1].revents & (POLLHUP | POLLERR)))
		return -ENODEV;
	if (n > 0 && pfd[2].revents)
		return 2;
	return n > 0;
}

int emu_receive(struct emu_slot *slot, int fd, uint64_t serial, bool wait,
		struct emu_answer *ans)
{
	int ret;

	for (;;) {
		ret = receive_any(slot, ans);
		if (!ret && ans->rep.serial == serial) {
			if (ans->rep.flags & EMU_F_WATCHED)
				emu_watched();
			return 0;
		}
		if (!ret) {
			drop_answer(ans);
			continue;
		}
		if (ret != -EAGAIN || !wait)
			return ret;
		ret = wait_for(slot, fd, -1, NULL);
		if (ret < 0)
			return ret;
	}
}

enum disposition { SIG_NOTHING, SIG_FATAL, SIG_STOP_, SIG_HANDLED };

static enum disposition disposition(int sig, int *flags)
{
	struct sigaction sa;

	*flags = 0;
	if (sigaction(sig, NULL, &sa))
		return SIG_NOTHING;
	if (sa.sa_handler == SIG_IGN)
		return SIG_NOTHING;
	*flags = sa.sa_flags;
	if (sa.sa_handler != SIG_DFL)
		return SIG_HANDLED;
	switch (sig) {
	case SIGCHLD:
	case SIGCONT:
	case SIGURG:
	case SIGWINCH:
		return SIG_NOTHING;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return SIG_STOP_;
	}
	return SIG_FATAL;
}

/* Signals among @set that interrupt a call; the fatal ones alone if asked. */
static uint64_t interrupting(uint64_t set, bool fatal_only)
{
	uint64_t out = 0;
	int sig, flags;

	for (sig = 1; sig <= 64; sig++) {
		enum disposition d;

		if (!(set >> (sig - 1) & 1) || sig == SIGKILL ||
		    sig == SIGSTOP || sig == 32 || sig == 33)
			continue;
		d = disposition(sig, &flags);
		if (d == SIG_FATAL || (d != SIG_NOTHING && !fatal_only))
			out |= 1ULL << (sig - 1);
	}
	return out;
}

static uint64_t pending_signals(void)
{
	uint64_t set = 0;

	RAW(SYS_rt_sigpending, &set, sizeof(set));
	return set;
}

static void send_interrupt(struct emu_slot *slot, int fd, uint64_t serial,
			   bool fatal)
{
	struct emu_request req = { .op = EMU_INTERRUPT,
				   .a = { serial, fatal } };

	emu_send(slot, fd, &req, -1);
}

/* The call takes time: watch for signals beside the answer. */
static int long_wait(struct emu_slot *slot, int fd, uint64_t serial,
		     uint64_t old, struct emu_answer *ans)
{
	uint64_t mask = interrupting(~old, false);
	int sigfd =
		RAW(SYS_signalfd4, -1, &mask, 8, SFD_CLOEXEC | SFD_NONBLOCK);
	bool fatal;
	int ret;

	for (;;) {
		ret = emu_receive(slot, fd, serial, false, ans);
		if (ret != -EAGAIN)
			break;
		ret = wait_for(slot, fd, sigfd, NULL);
		if (ret < 0)
			break;
		if (ret != 2)
			continue;
		fatal = pending_signals() & interrupting(~old, true);
		send_interrupt(slot, fd, serial, fatal);
		/* Once interrupted, only a fatal signal can do more. */
		mask = fatal ? 0 : interrupting(~old, true);
		RAW(SYS_signalfd4, sigfd, &mask, 8, 0);
	}
	if (sigfd >= 0)
		RAW(SYS_close, sigfd);
	return ret;
}

static int wait_answer(struct emu_slot *slot, int fd, uint64_t serial,
		       uint64_t old, struct emu_answer *ans)
{
	struct timespec soon = { .tv_nsec = SHORT_WAIT_NS };
	int ret = wait_for(slot, fd, -1, &soon);

	if (ret < 0)
		return ret;
	ret = emu_receive(slot, fd, serial, false, ans);
	return ret == -EAGAIN ? long_wait(slot, fd, serial, old, ans) : ret;
}

/*
 * What the kernel makes of -ERESTART*: the first signal that is going to be
 * delivered decides.
 */
static bool restarts(int64_t result, uint64_t old)
{
	uint64_t set = pending_signals() & interrupting(~old, false);
	int sig, flags;

	if (!set || result == -ERESTARTNOINTR)
		return true;
	sig = __builtin_ctzll(set) + 1;
	if (disposition(sig, &flags) != SIG_HANDLED)
		return true;
	return result == -ERESTARTSYS && (flags & SA_RESTART);
}

static int64_t call_once(int fd, struct emu_request *req, int extra_fd,
			 uint64_t old, struct emu_answer *ans)
{
	struct emu_slot *slot = emu_slot_get();
	int ret;

	if (!slot)
		return -ENOMEM;
	req->serial = emu_slot_serial(slot);
	ret = emu_send(slot, fd, req, extra_fd);
	if (ret == -EBADF && RAW(SYS_fcntl, slot->theirs, F_GETFD) < 0) {
		/* Someone closed our sockets behind our back. */
		slot->pid = 0;
		slot = emu_slot_get();
		ret = slot ? emu_send(slot, fd, req, extra_fd) : -ENOMEM;
	}
	if (!ret)
		ret = wait_answer(slot, fd, req->serial, old, ans);
	return ret ? ret : ans->rep.result;
}

int64_t emu_call(int fd, struct emu_request *req, int extra_fd,
		 struct emu_answer *ans)
{
	struct emu_answer own;
	int saved = errno;
	uint64_t old;
	int64_t ret;
	bool again;

	if (!ans)
		ans = &own;
	do {
		ans->nfds = 0;
		old = emu_block_signals();
		ret = call_once(fd, req, extra_fd, old, ans);
		again = false;
		if (ret <= -ERESTARTSYS && ret >= -ERESTARTNOHAND) {
			again = restarts(ret, old);
			ret = -EINTR;
		}
		emu_restore_signals(old);
	} while (again);
	if (ans == &own)
		drop_answer(ans);
	errno = saved;
	return ret;
}

int64_t emu_simple(int fd, enum emu_op op, uint64_t a0, uint64_t a1,
		   uint64_t a2)
{
	struct emu_request req = { .op = op, .a = { a0, a1, a2 } };

	return emu_call(fd, &req, -1, NULL);
}
