// SPDX-License-Identifier: BSD-3-Clause
/*
 * The daemon's threads.
 *
 * Every thread waits on one epoll set and carries out what it wakes up for,
 * so a short call costs no switch between threads.  Before a thread works, it
 * makes sure that another one is waiting.  Surplus threads end after a while;
 * the one that remains sleeps without a time-out.
 *
 * New connections are taken only while those we have are being dealt with:
 * the rest waits in connect(), where it costs neither thread nor descriptor.
 *
 * Locks: none; the counters are atomic.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <linux/sched.h>
#include "daemon.h"
#include "../../hosted/internal.h"

#define IDLE_MS 2000

static int epoll_fd = -1;
static unsigned int threads;
static unsigned int idle;
static struct source listener;
static bool paused; /* the listener, until server_resume() */

unsigned int server_threads(void)
{
	return READ_ONCE(threads);
}

/* Programs' connections, only to be asked which of them have been hung up. */
static int hangup_fd = -1;

static int control(int op, struct source *src, uint32_t events)
{
	struct epoll_event ev = { .events = events | EPOLLONESHOT,
				  .data.ptr = src };

	return epoll_ctl(epoll_fd, op, src->fd, &ev) ? -errno : 0;
}

int server_add(struct source *src, uint32_t events)
{
	return control(EPOLL_CTL_ADD, src, events);
}

void server_rearm(struct source *src, uint32_t events)
{
	control(EPOLL_CTL_MOD, src, events);
}

void server_del(struct source *src)
{
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, src->fd, NULL);
}

static void *worker(void *arg);

static int start_worker(void)
{
	pthread_t id;
	int err;

	__atomic_fetch_add(&idle, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&threads, 1, __ATOMIC_SEQ_CST);
	err = hosted_thread_start(&id, worker, NULL);
	if (!err) {
		pthread_detach(id);
		return 0;
	}
	/* The caller goes on alone and waits again when it is done. */
	__atomic_fetch_sub(&idle, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&threads, 1, __ATOMIC_SEQ_CST);
	return err;
}

/* May this thread end?  Only while another one goes on waiting. */
static bool surplus(void)
{
	unsigned int n = READ_ONCE(idle);

	while (n > 1)
		if (__atomic_compare_exchange_n(&idle, &n, n - 1, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return true;
	return false;
}

static void *worker(void *arg)
{
	struct task_struct *tsk = hosted_task_kthread("emu");
	struct epoll_event ev;
	struct source *src;
	int n;

	(void)arg;
	hosted_task_enter(tsk);
	for (;;) {
		n = epoll_wait(epoll_fd, &ev, 1,
			       READ_ONCE(idle) > 1 ? IDLE_MS : -1);
		if (n == 0 && surplus())
			break;
		if (n <= 0)
			continue;
		if (__atomic_sub_fetch(&idle, 1, __ATOMIC_SEQ_CST) == 0)
			start_worker();
		src = ev.data.ptr;
		src->event(src, ev.events);
		__atomic_fetch_add(&idle, 1, __ATOMIC_SEQ_CST);
	}
	hosted_task_enter(NULL);
	hosted_task_put(tsk);
	__atomic_fetch_sub(&threads, 1, __ATOMIC_SEQ_CST);
	hosted_thread_count(-1);
	return NULL;
}

static void on_connect(struct source *src, uint32_t events)
{
	(void)events;
	conn_accept(src->fd);
	if (!conn_crowded()) {
		server_rearm(src, EPOLLIN);
		return;
	}
	__atomic_store_n(&paused, true, __ATOMIC_SEQ_CST);
	/* It may have emptied before it could see that we pause. */
	server_resume();
}

/* Something has ended: go on accepting if that made room. */
void server_resume(void)
{
	if (__atomic_load_n(&paused, __ATOMIC_SEQ_CST) && !conn_crowded() &&
	    __atomic_exchange_n(&paused, false, __ATOMIC_SEQ_CST))
		server_rearm(&listener, EPOLLIN);
}

int server_watch_hangup(struct source *src)
{
	struct epoll_event ev = { .data.ptr = src };

	return epoll_ctl(hangup_fd, EPOLL_CTL_ADD, src->fd, &ev) ? -errno : 0;
}

void server_unwatch_hangup(struct source *src)
{
	epoll_ctl(hangup_fd, EPOLL_CTL_DEL, src->fd, NULL);
}

bool server_any_hangup(void)
{
	struct epoll_event ev;

	return epoll_wait(hangup_fd, &ev, 1, 0) > 0;
}

int server_start(int listen_fd)
{
	int err;

	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	hangup_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0 || hangup_fd < 0)
		return -errno;
	listener = (struct source){ .event = on_connect, .fd = listen_fd };
	err = start_worker();
	return err ? err : server_add(&listener, EPOLLIN);
}

void server_stop(void)
{
	server_del(&listener);
}
