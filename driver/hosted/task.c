// SPDX-License-Identifier: BSD-3-Clause
/*
 * Tasks, sleeping and signals.
 *
 * A sleep follows the kernel's protocol: announce the state, test the
 * condition, schedule().  The task's own mutex makes announce and wake-up
 * atomic, so no wake-up between test and sleep is lost.
 *
 * Locks: task->lock is a leaf.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include "internal.h"

static __thread struct task_struct *this_task;
static pthread_key_t task_key;
static pthread_once_t task_once = PTHREAD_ONCE_INIT;

static void free_task(void *p)
{
	struct task_struct *tsk = p;

	pthread_cond_destroy(&tsk->cond);
	pthread_mutex_destroy(&tsk->lock);
	free(tsk);
}

/* A forked child is another process: its main thread starts afresh. */
static void forget_task(void)
{
	if (this_task && this_task->self) {
		this_task->pid = getpid();
		this_task->tgid = getpid();
	}
}

static void task_setup(void)
{
	pthread_key_create(&task_key, free_task);
	pthread_atfork(NULL, NULL, forget_task);
}

static struct task_struct *new_task(void)
{
	struct task_struct *tsk = calloc(1, sizeof(*tsk));
	pthread_condattr_t attr;

	if (!tsk)
		return NULL;
	pthread_mutex_init(&tsk->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&tsk->cond, &attr);
	pthread_condattr_destroy(&attr);
	tsk->cpus_ptr = &tsk->cpus;
	return tsk;
}

static struct task_struct *adopt_thread(void)
{
	struct task_struct *tsk;

	pthread_once(&task_once, task_setup);
	tsk = new_task();
	if (!tsk)
		abort();
	tsk->self = true;
	tsk->pid = syscall(SYS_gettid);
	tsk->tgid = getpid();
	tsk->uid = getuid();
	tsk->gid = getgid();
	tsk->mm = hosted_mm_self();
	strcpy(tsk->comm, "self");
	hosted_task_cpus(tsk);
	pthread_setspecific(task_key, tsk);
	return tsk;
}

struct task_struct *hosted_current(void)
{
	if (unlikely(!this_task))
		this_task = adopt_thread();
	return this_task;
}

struct task_struct *hosted_task_get(const struct hosted_task_id *id,
				    struct mm_struct *mm)
{
	struct task_struct *tsk = new_task();

	if (!tsk)
		return NULL;
	tsk->pid = id->pid;
	tsk->tgid = id->tgid;
	tsk->uid = id->uid;
	tsk->gid = id->gid;
	tsk->mm = mm;
	if (mm) {
		mmgrab(mm);
		hosted_task_cpus(tsk);
	}
	return tsk;
}

struct task_struct *hosted_task_kthread(const char *name)
{
	struct hosted_task_id id = { .pid = getpid(), .tgid = getpid() };
	struct task_struct *tsk = hosted_task_get(&id, NULL);

	if (tsk) {
		tsk->flags = PF_KTHREAD;
		hosted_task_cpus(tsk);
		snprintf(tsk->comm, sizeof(tsk->comm), "%s", name);
	}
	return tsk;
}

void hosted_task_put(struct task_struct *tsk)
{
	if (tsk->mm && !tsk->self)
		mmdrop(tsk->mm);
	free_task(tsk);
}

struct task_struct *hosted_task_enter(struct task_struct *tsk)
{
	struct task_struct *old = this_task;

	/* An adopted task belongs to its thread and stays its key's value. */
	this_task = tsk ? tsk : pthread_getspecific(task_key);
	return old;
}

void hosted_task_signal(struct task_struct *tsk, bool fatal)
{
	pthread_mutex_lock(&tsk->lock);
	tsk->sig_pending = true;
	tsk->sig_fatal |= fatal;
	pthread_cond_broadcast(&tsk->cond);
	pthread_mutex_unlock(&tsk->lock);
}

void hosted_task_clear_signal(struct task_struct *tsk)
{
	pthread_mutex_lock(&tsk->lock);
	tsk->sig_pending = false;
	tsk->sig_fatal = false;
	pthread_mutex_unlock(&tsk->lock);
}

static bool signal_wakes(const struct task_struct *tsk)
{
	if (tsk->state & TASK_INTERRUPTIBLE)
		return tsk->sig_pending;
	return (tsk->state & TASK_WAKEKILL) && tsk->sig_fatal;
}

bool signal_pending(struct task_struct *tsk)
{
	bool pending;

	pthread_mutex_lock(&tsk->lock);
	pending = tsk->sig_pending;
	pthread_mutex_unlock(&tsk->lock);
	return pending;
}

bool fatal_signal_pending(struct task_struct *tsk)
{
	bool fatal;

	pthread_mutex_lock(&tsk->lock);
	fatal = tsk->sig_fatal;
	pthread_mutex_unlock(&tsk->lock);
	return fatal;
}

bool signal_pending_state(unsigned int state, struct task_struct *tsk)
{
	if (state & TASK_INTERRUPTIBLE)
		return signal_pending(tsk);
	return (state & TASK_WAKEKILL) && fatal_signal_pending(tsk);
}

void set_current_state(int state)
{
	struct task_struct *tsk = current;

	pthread_mutex_lock(&tsk->lock);
	tsk->state = state;
	pthread_mutex_unlock(&tsk->lock);
}

int hosted_try_to_wake_up(struct task_struct *tsk, unsigned int mode)
{
	int woken = 0;

	pthread_mutex_lock(&tsk->lock);
	if (tsk->state & mode) {
		tsk->state = TASK_RUNNING;
		pthread_cond_broadcast(&tsk->cond);
		woken = 1;
	}
	pthread_mutex_unlock(&tsk->lock);
	return woken;
}

int wake_up_process(struct task_struct *tsk)
{
	return hosted_try_to_wake_up(tsk, TASK_NORMAL);
}

static void sleep_until(const struct timespec *deadline)
{
	struct task_struct *tsk = current;
	int err = 0;

	might_sleep();
	pthread_mutex_lock(&tsk->lock);
	while (tsk->state != TASK_RUNNING && !signal_wakes(tsk) &&
	       err != ETIMEDOUT) {
		if (deadline)
			err = pthread_cond_timedwait(&tsk->cond, &tsk->lock,
						     deadline);
		else
			pthread_cond_wait(&tsk->cond, &tsk->lock);
	}
	tsk->state = TASK_RUNNING;
	pthread_mutex_unlock(&tsk->lock);
}

void schedule(void)
{
	sleep_until(NULL);
}

long schedule_timeout(long timeout)
{
	unsigned long end = jiffies + timeout;
	struct timespec deadline;
	long left;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	deadline = hosted_deadline(timeout < 0 ? 0 : timeout);
	sleep_until(&deadline);
	left = end - jiffies;
	return left > 0 ? left : 0;
}

long schedule_timeout_interruptible(long timeout)
{
	set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}

long schedule_timeout_uninterruptible(long timeout)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}
