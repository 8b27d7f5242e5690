// SPDX-License-Identifier: BSD-3-Clause
/*
 * Wait queues and completions.
 *
 * finish_wait() always takes the queue's lock: a waker is then done with the
 * waiter's task before the waiter can go away.
 */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/wait.h>
#include "internal.h"

void init_waitqueue_head(wait_queue_head_t *wq)
{
	spin_lock_init(&wq->lock);
	INIT_LIST_HEAD(&wq->head);
}

int default_wake_function(struct wait_queue_entry *entry, unsigned int mode,
			  int sync, void *key)
{
	(void)sync;
	(void)key;
	return hosted_try_to_wake_up(entry->private, mode);
}

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode,
			     int sync, void *key)
{
	int woken = default_wake_function(entry, mode, sync, key);

	if (woken)
		list_del_init(&entry->entry);
	return woken;
}

void hosted_wake_up_locked(wait_queue_head_t *wq, unsigned int mode, int nr,
			   void *key)
{
	struct wait_queue_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &wq->head, entry) {
		unsigned int flags = entry->flags;

		if (entry->func(entry, mode, 0, key) &&
		    (flags & WQ_FLAG_EXCLUSIVE) && !--nr)
			break;
	}
}

void hosted_wake_up(wait_queue_head_t *wq, unsigned int mode, int nr, void *key)
{
	spin_lock(&wq->lock);
	hosted_wake_up_locked(wq, mode, nr, key);
	spin_unlock(&wq->lock);
}

bool waitqueue_active(wait_queue_head_t *wq)
{
	bool active;

	spin_lock(&wq->lock);
	active = !list_empty(&wq->head);
	spin_unlock(&wq->lock);
	return active;
}

void add_wait_queue(wait_queue_head_t *wq, struct wait_queue_entry *entry)
{
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	spin_lock(&wq->lock);
	list_add(&entry->entry, &wq->head);
	spin_unlock(&wq->lock);
}

void remove_wait_queue(wait_queue_head_t *wq, struct wait_queue_entry *entry)
{
	spin_lock(&wq->lock);
	list_del_init(&entry->entry);
	spin_unlock(&wq->lock);
}

void prepare_to_wait(wait_queue_head_t *wq, struct wait_queue_entry *entry,
		     int state)
{
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	spin_lock(&wq->lock);
	if (list_empty(&entry->entry))
		list_add(&entry->entry, &wq->head);
	set_current_state(state);
	spin_unlock(&wq->lock);
}

void prepare_to_wait_exclusive(wait_queue_head_t *wq,
			       struct wait_queue_entry *entry, int state)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	spin_lock(&wq->lock);
	if (list_empty(&entry->entry))
		list_add_tail(&entry->entry, &wq->head);
	set_current_state(state);
	spin_unlock(&wq->lock);
}

void finish_wait(wait_queue_head_t *wq, struct wait_queue_entry *entry)
{
	set_current_state(TASK_RUNNING);
	spin_lock(&wq->lock);
	if (!list_empty(&entry->entry))
		list_del_init(&entry->entry);
	spin_unlock(&wq->lock);
}

void init_completion(struct completion *x)
{
	x->done = 0;
	init_waitqueue_head(&x->wait);
}

void reinit_completion(struct completion *x)
{
	WRITE_ONCE(x->done, 0);
}

void complete(struct completion *x)
{
	spin_lock(&x->wait.lock);
	if (x->done != UINT_MAX)
		x->done++;
	hosted_wake_up_locked(&x->wait, TASK_NORMAL, 1, NULL);
	spin_unlock(&x->wait.lock);
}

void complete_all(struct completion *x)
{
	spin_lock(&x->wait.lock);
	x->done = UINT_MAX;
	hosted_wake_up_locked(&x->wait, TASK_NORMAL, 0, NULL);
	spin_unlock(&x->wait.lock);
}

/* Remaining jiffies (at least 1), 0 on time-out, -ERESTARTSYS on a signal. */
static long wait_done(struct completion *x, long timeout, int state)
{
	DEFINE_WAIT(wait);
	long ret = 0;

	might_sleep();
	wait.flags = WQ_FLAG_EXCLUSIVE;
	spin_lock(&x->wait.lock);
	while (!x->done) {
		if (signal_pending_state(state, current)) {
			ret = -ERESTARTSYS;
			break;
		}
		if (!timeout)
			break;
		if (list_empty(&wait.entry))
			list_add_tail(&wait.entry, &x->wait.head);
		set_current_state(state);
		spin_unlock(&x->wait.lock);
		timeout = schedule_timeout(timeout);
		spin_lock(&x->wait.lock);
	}
	if (!list_empty(&wait.entry))
		list_del_init(&wait.entry);
	if (x->done && !ret) {
		if (x->done != UINT_MAX)
			x->done--;
		ret = timeout ? timeout : 1;
	}
	spin_unlock(&x->wait.lock);
	return ret;
}

void wait_for_completion(struct completion *x)
{
	wait_done(x, MAX_SCHEDULE_TIMEOUT, TASK_UNINTERRUPTIBLE);
}

int wait_for_completion_interruptible(struct completion *x)
{
	long ret = wait_done(x, MAX_SCHEDULE_TIMEOUT, TASK_INTERRUPTIBLE);

	return ret < 0 ? ret : 0;
}

int wait_for_completion_killable(struct completion *x)
{
	long ret = wait_done(x, MAX_SCHEDULE_TIMEOUT, TASK_KILLABLE);

	return ret < 0 ? ret : 0;
}

unsigned long wait_for_completion_timeout(struct completion *x,
					  unsigned long timeout)
{
	return wait_done(x, timeout, TASK_UNINTERRUPTIBLE);
}

long wait_for_completion_interruptible_timeout(struct completion *x,
					       unsigned long timeout)
{
	return wait_done(x, timeout, TASK_INTERRUPTIBLE);
}

bool try_wait_for_completion(struct completion *x)
{
	bool done;

	spin_lock(&x->wait.lock);
	done = x->done;
	if (done && x->done != UINT_MAX)
		x->done--;
	spin_unlock(&x->wait.lock);
	return done;
}

bool completion_done(struct completion *x)
{
	bool done;

	spin_lock(&x->wait.lock);
	done = x->done;
	spin_unlock(&x->wait.lock);
	return done;
}
