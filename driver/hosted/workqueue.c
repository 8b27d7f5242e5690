// SPDX-License-Identifier: BSD-3-Clause
/*
 * Work queues: each has threads of its own, started when work finds none
 * idle.  An item never runs on two threads at once.
 *
 * Locks: wq_lock covers all queues and items and is a leaf; items run without
 * it.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include "internal.h"

#define SYSTEM_THREADS 4

struct worker {
	struct list_head node;
	struct workqueue_struct *wq;
	struct work_struct *item;
	pthread_t id;
};

struct workqueue_struct {
	char name[24];
	int max_active;
	int nr_idle;
	int nr_workers;
	bool dying;
	pid_t pid;
	struct list_head pending;
	struct list_head workers;
	pthread_cond_t more;
	pthread_cond_t done;
};

static pthread_mutex_t wq_lock = PTHREAD_MUTEX_INITIALIZER;

static struct workqueue_struct system_queue = {
	.name = "events",
	.max_active = SYSTEM_THREADS,
	.pending = LIST_HEAD_INIT(system_queue.pending),
	.workers = LIST_HEAD_INIT(system_queue.workers),
	.more = PTHREAD_COND_INITIALIZER,
	.done = PTHREAD_COND_INITIALIZER,
};

struct workqueue_struct *const system_wq = &system_queue;

void hosted_init_work(struct work_struct *work, work_func_t func)
{
	INIT_LIST_HEAD(&work->entry);
	work->func = func;
	work->wq = NULL;
	work->pending = false;
	work->canceling = false;
}

static struct worker *worker_of(struct workqueue_struct *wq,
				struct work_struct *work)
{
	struct worker *w;

	list_for_each_entry(w, &wq->workers, node)
		if (w->item == work)
			return w;
	return NULL;
}

/* First item that is not running already. */
static struct work_struct *take_item(struct workqueue_struct *wq)
{
	struct work_struct *work;

	list_for_each_entry(work, &wq->pending, entry) {
		if (worker_of(wq, work))
			continue;
		list_del_init(&work->entry);
		WRITE_ONCE(work->pending, false);
		return work;
	}
	return NULL;
}

static void run_item(struct worker *w, struct work_struct *work)
{
	struct workqueue_struct *wq = w->wq;

	w->item = work;
	pthread_mutex_unlock(&wq_lock);
	work->func(work);
	WARN(in_atomic(), "work item of %s returned atomic", wq->name);
	pthread_mutex_lock(&wq_lock);
	w->item = NULL;
	pthread_cond_broadcast(&wq->done);
	pthread_cond_signal(&wq->more);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct workqueue_struct *wq = w->wq;
	struct task_struct *tsk = hosted_task_kthread(wq->name);
	struct work_struct *work;

	hosted_task_enter(tsk);
	pthread_mutex_lock(&wq_lock);
	for (;;) {
		work = take_item(wq);
		if (work) {
			run_item(w, work);
			continue;
		}
		if (wq->dying)
			break;
		wq->nr_idle++;
		pthread_cond_wait(&wq->more, &wq_lock);
		wq->nr_idle--;
	}
	pthread_mutex_unlock(&wq_lock);
	hosted_task_enter(NULL);
	hosted_task_put(tsk);
	hosted_thread_count(-1);
	return NULL;
}

/* A forked child has none of the threads. */
static void forget_workers(struct workqueue_struct *wq)
{
	wq->pid = getpid();
	wq->nr_idle = 0;
	wq->nr_workers = 0;
	INIT_LIST_HEAD(&wq->workers);
}

static void kick(struct workqueue_struct *wq)
{
	struct worker *w;

	if (wq->pid != getpid())
		forget_workers(wq);
	pthread_cond_signal(&wq->more);
	if (wq->nr_idle || wq->nr_workers >= wq->max_active)
		return;
	w = calloc(1, sizeof(*w));
	if (!w)
		return;
	w->wq = wq;
	list_add(&w->node, &wq->workers);
	wq->nr_workers++;
	if (!hosted_thread_start(&w->id, worker_main, w))
		return;
	list_del(&w->node);
	free(w);
	if (!--wq->nr_workers)
		hosted_bug(__FILE__, __LINE__, "no thread for a work queue");
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	bool queued = false;

	pthread_mutex_lock(&wq_lock);
	if (WARN_ON(wq->dying))
		goto out;
	if (!work->pending && !work->canceling) {
		WRITE_ONCE(work->pending, true);
		work->wq = wq;
		list_add_tail(&work->entry, &wq->pending);
		kick(wq);
		queued = true;
	}
out:
	pthread_mutex_unlock(&wq_lock);
	return queued;
}

bool work_pending_(struct work_struct *work)
{
	return READ_ONCE(work->pending);
}

/* With wq_lock held; an item may wait for itself only by mistake. */
static bool is_running(struct work_struct *work)
{
	struct worker *w = work->wq ? worker_of(work->wq, work) : NULL;

	return w && !pthread_equal(w->id, pthread_self());
}

bool flush_work(struct work_struct *work)
{
	bool waited = false;

	might_sleep();
	pthread_mutex_lock(&wq_lock);
	while (work->pending || is_running(work)) {
		waited = true;
		pthread_cond_wait(&work->wq->done, &wq_lock);
	}
	pthread_mutex_unlock(&wq_lock);
	return waited;
}

static bool take_back(struct work_struct *work)
{
	if (!work->pending)
		return false;
	list_del_init(&work->entry);
	WRITE_ONCE(work->pending, false);
	pthread_cond_broadcast(&work->wq->done);
	return true;
}

bool cancel_work(struct work_struct *work)
{
	bool was;

	pthread_mutex_lock(&wq_lock);
	was = take_back(work);
	pthread_mutex_unlock(&wq_lock);
	return was;
}

bool cancel_work_sync(struct work_struct *work)
{
	bool was;

	might_sleep();
	pthread_mutex_lock(&wq_lock);
	work->canceling = true;
	was = take_back(work);
	while (is_running(work))
		pthread_cond_wait(&work->wq->done, &wq_lock);
	was |= take_back(work);
	work->canceling = false;
	pthread_mutex_unlock(&wq_lock);
	return was;
}

void flush_workqueue(struct workqueue_struct *wq)
{
	struct worker *w;
	bool busy;

	might_sleep();
	pthread_mutex_lock(&wq_lock);
	do {
		busy = !list_empty(&wq->pending);
		list_for_each_entry(w, &wq->workers, node)
			busy |= w->item &&
				!pthread_equal(w->id, pthread_self());
		if (busy)
			pthread_cond_wait(&wq->done, &wq_lock);
	} while (busy);
	pthread_mutex_unlock(&wq_lock);
}

void drain_workqueue(struct workqueue_struct *wq)
{
	flush_workqueue(wq);
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
					 int max_active, ...)
{
	struct workqueue_struct *wq;
	va_list ap;

	(void)flags;
	if (hosted_should_fail())
		return NULL;
	wq = calloc(1, sizeof(*wq));
	if (!wq)
		return NULL;
	va_start(ap, max_active);
	vsnprintf(wq->name, sizeof(wq->name), fmt, ap);
	va_end(ap);
	wq->max_active = max_active > 0 ? min(max_active, 16) : SYSTEM_THREADS;
	wq->pid = getpid();
	INIT_LIST_HEAD(&wq->pending);
	INIT_LIST_HEAD(&wq->workers);
	pthread_cond_init(&wq->more, NULL);
	pthread_cond_init(&wq->done, NULL);
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	struct worker *w, *next;

	flush_workqueue(wq);
	pthread_mutex_lock(&wq_lock);
	wq->dying = true;
	pthread_cond_broadcast(&wq->more);
	pthread_mutex_unlock(&wq_lock);
	list_for_each_entry_safe(w, next, &wq->workers, node) {
		if (wq->pid == getpid())
			pthread_join(w->id, NULL);
		free(w);
	}
	pthread_cond_destroy(&wq->more);
	pthread_cond_destroy(&wq->done);
	free(wq);
}

void hosted_delayed_timer(struct timer_list *t)
{
	struct delayed_work *dw = from_timer(dw, t, timer);

	queue_work(READ_ONCE(dw->wq), &dw->work);
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw,
			unsigned long delay)
{
	if (timer_pending(&dw->timer) || work_pending(&dw->work))
		return false;
	WRITE_ONCE(dw->wq, wq);
	if (!delay)
		return queue_work(wq, &dw->work);
	mod_timer(&dw->timer, jiffies + delay);
	return true;
}

bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw,
		      unsigned long delay)
{
	bool was = cancel_delayed_work(dw);

	queue_delayed_work(wq, dw, delay);
	return was;
}

bool flush_delayed_work(struct delayed_work *dw)
{
	if (del_timer_sync(&dw->timer))
		queue_work(dw->wq, &dw->work);
	return flush_work(&dw->work);
}

bool cancel_delayed_work(struct delayed_work *dw)
{
	return del_timer(&dw->timer) || cancel_work(&dw->work);
}

bool cancel_delayed_work_sync(struct delayed_work *dw)
{
	bool was = del_timer_sync(&dw->timer);

	was |= cancel_work_sync(&dw->work);
	return del_timer_sync(&dw->timer) || was;
}
