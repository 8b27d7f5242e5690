// SPDX-License-Identifier: BSD-3-Clause
/* Threads of the host, and kernel threads on top of them. */
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include "internal.h"

static long live_threads;

void hosted_thread_count(int delta)
{
	__atomic_fetch_add(&live_threads, delta, __ATOMIC_RELAXED);
}

long hosted_threads_live(void)
{
	return READ_ONCE(live_threads);
}

/* Signals of the process are for its main thread, never for ours. */
int hosted_thread_start(pthread_t *id, void *(*fn)(void *), void *arg)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(id, NULL, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!err)
		hosted_thread_count(1);
	return -err;
}

struct kthread {
	struct task_struct *tsk;
	pthread_t id;
	int (*fn)(void *data);
	void *data;
	int ret;
	bool started;
	struct list_head node;
};

static LIST_HEAD(kthreads);
static DEFINE_SPINLOCK(kthreads_lock);

struct task_struct *kthread_create(int (*fn)(void *data), void *data,
				   const char *fmt, ...)
{
	struct kthread *k = calloc(1, sizeof(*k));
	char name[16];
	va_list ap;

	if (!k || hosted_should_fail()) {
		free(k);
		return ERR_PTR(-ENOMEM);
	}
	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	k->tsk = hosted_task_kthread(name);
	k->fn = fn;
	k->data = data;
	spin_lock(&kthreads_lock);
	list_add(&k->node, &kthreads);
	spin_unlock(&kthreads_lock);
	return k->tsk;
}

static struct kthread *find_kthread(struct task_struct *tsk)
{
	struct kthread *k, *found = NULL;

	spin_lock(&kthreads_lock);
	list_for_each_entry(k, &kthreads, node)
		if (k->tsk == tsk)
			found = k;
	spin_unlock(&kthreads_lock);
	return found;
}

static void *kthread_main(void *arg)
{
	struct kthread *k = arg;

	hosted_task_enter(k->tsk);
	k->ret = k->fn(k->data);
	hosted_task_enter(NULL);
	hosted_thread_count(-1);
	return NULL;
}

struct task_struct *hosted_kthread_run(struct task_struct *tsk)
{
	struct kthread *k;

	if (IS_ERR(tsk))
		return tsk;
	k = find_kthread(tsk);
	k->started = !hosted_thread_start(&k->id, kthread_main, k);
	if (k->started)
		return tsk;
	kthread_stop(tsk);
	return ERR_PTR(-EAGAIN);
}

int kthread_stop(struct task_struct *tsk)
{
	struct kthread *k = find_kthread(tsk);
	int ret;

	BUG_ON(!k);
	WRITE_ONCE(tsk->kthread_stop, true);
	wake_up_process(tsk);
	if (k->started)
		pthread_join(k->id, NULL);
	spin_lock(&kthreads_lock);
	list_del(&k->node);
	spin_unlock(&kthreads_lock);
	ret = k->started ? k->ret : -EINTR;
	hosted_task_put(tsk);
	free(k);
	return ret;
}

bool kthread_should_stop(void)
{
	return READ_ONCE(current->kthread_stop);
}
