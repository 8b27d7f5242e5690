// SPDX-License-Identifier: BSD-3-Clause
/*
 * Timers: one thread that sleeps until the next one is due, or for ever when
 * there is none.
 *
 * Locks: timer_lock is a leaf; functions run without it.
 */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include "internal.h"

static pthread_mutex_t timer_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t timer_wake;
static pthread_cond_t timer_idle = PTHREAD_COND_INITIALIZER;
static LIST_HEAD(timers);
static pid_t timer_pid;
static pthread_t timer_thread;
static struct timer_list *running_timer;

static struct timer_list *due_timer(void)
{
	struct timer_list *t;

	if (list_empty(&timers))
		return NULL;
	t = list_first_entry(&timers, struct timer_list, entry);
	return time_after_eq(jiffies, t->expires) ? t : NULL;
}

static void sleep_for_timer(void)
{
	struct timer_list *t;
	struct timespec at;
	long left;

	if (list_empty(&timers)) {
		pthread_cond_wait(&timer_wake, &timer_lock);
		return;
	}
	t = list_first_entry(&timers, struct timer_list, entry);
	left = t->expires - jiffies;
	at = hosted_deadline(left > 0 ? left : 0);
	pthread_cond_timedwait(&timer_wake, &timer_lock, &at);
}

static void *timer_main(void *arg)
{
	struct timer_list *t;

	hosted_task_enter(arg);
	pthread_mutex_lock(&timer_lock);
	for (;;) {
		t = due_timer();
		if (!t) {
			sleep_for_timer();
			continue;
		}
		list_del_init(&t->entry);
		WRITE_ONCE(t->pending, false);
		running_timer = t;
		pthread_mutex_unlock(&timer_lock);
		t->function(t);
		pthread_mutex_lock(&timer_lock);
		/* The function may have freed its timer: leave it alone. */
		running_timer = NULL;
		pthread_cond_broadcast(&timer_idle);
	}
	return NULL;
}

/* With timer_lock held.  A forked child needs a thread of its own. */
static void need_thread(void)
{
	pthread_condattr_t attr;

	if (timer_pid == getpid())
		return;
	timer_pid = getpid();
	running_timer = NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&timer_wake, &attr);
	pthread_condattr_destroy(&attr);
	if (hosted_thread_start(&timer_thread, timer_main,
				hosted_task_kthread("timer")))
		hosted_bug(__FILE__, __LINE__, "no thread for timers");
}

void timer_setup(struct timer_list *t, void (*fn)(struct timer_list *t),
		 unsigned int flags)
{
	(void)flags;
	t->function = fn;
	WRITE_ONCE(t->pending, false);
	INIT_LIST_HEAD(&t->entry);
}

int mod_timer(struct timer_list *t, unsigned long expires)
{
	struct list_head *pos;
	int was;

	pthread_mutex_lock(&timer_lock);
	need_thread();
	was = t->pending;
	if (was)
		list_del_init(&t->entry);
	t->expires = expires;
	list_for_each(pos, &timers)
		if (time_after(
			    list_entry(pos, struct timer_list, entry)->expires,
			    expires))
			break;
	list_add_tail(&t->entry, pos);
	WRITE_ONCE(t->pending, true);
	pthread_cond_signal(&timer_wake);
	pthread_mutex_unlock(&timer_lock);
	return was;
}

void add_timer(struct timer_list *t)
{
	mod_timer(t, t->expires);
}

bool timer_pending(const struct timer_list *t)
{
	return READ_ONCE(t->pending);
}

int del_timer(struct timer_list *t)
{
	int was;

	pthread_mutex_lock(&timer_lock);
	was = t->pending;
	if (was)
		list_del_init(&t->entry);
	WRITE_ONCE(t->pending, false);
	pthread_mutex_unlock(&timer_lock);
	return was;
}

int del_timer_sync(struct timer_list *t)
{
	int was = 0;

	might_sleep();
	for (;;) {
		was |= del_timer(t);
		pthread_mutex_lock(&timer_lock);
		if (running_timer != t ||
		    pthread_equal(timer_thread, pthread_self()))
			break;
		pthread_cond_wait(&timer_idle, &timer_lock);
		pthread_mutex_unlock(&timer_lock);
	}
	pthread_mutex_unlock(&timer_lock);
	return was;
}

int timer_shutdown_sync(struct timer_list *t)
{
	return del_timer_sync(t);
}
