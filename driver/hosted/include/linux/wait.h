/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_WAIT_H
#define HOSTED_LINUX_WAIT_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

struct wait_queue_entry;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry,
				 unsigned int mode, int flags, void *key);

#define WQ_FLAG_EXCLUSIVE 0x01

typedef struct wait_queue_entry {
	unsigned int flags;
	void *private;
	wait_queue_func_t func;
	struct list_head entry;
} wait_queue_entry_t;

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)                                \
	{                                                                  \
		__SPIN_LOCK_UNLOCKED(name.lock), LIST_HEAD_INIT(name.head) \
	}
#define DECLARE_WAIT_QUEUE_HEAD(name) \
	wait_queue_head_t name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode,
			     int sync, void *key);
int default_wake_function(struct wait_queue_entry *entry, unsigned int mode,
			  int sync, void *key);

#define DEFINE_WAIT_FUNC(name, function)               \
	struct wait_queue_entry name = {               \
		.private = current,                    \
		.func = function,                      \
		.entry = LIST_HEAD_INIT((name).entry), \
	}
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)
#define DECLARE_WAITQUEUE(name, tsk)                   \
	struct wait_queue_entry name = {               \
		.private = tsk,                        \
		.func = default_wake_function,         \
		.entry = LIST_HEAD_INIT((name).entry), \
	}

static inline void init_waitqueue_func_entry(struct wait_queue_entry *entry,
					     wait_queue_func_t func)
{
	entry->flags = 0;
	entry->private = NULL;
	entry->func = func;
}

void init_waitqueue_head(wait_queue_head_t *wq);
void add_wait_queue(wait_queue_head_t *wq, struct wait_queue_entry *entry);
void remove_wait_queue(wait_queue_head_t *wq, struct wait_queue_entry *entry);
void prepare_to_wait(wait_queue_head_t *wq, struct wait_queue_entry *entry,
		     int state);
void prepare_to_wait_exclusive(wait_queue_head_t *wq,
			       struct wait_queue_entry *entry, int state);
void finish_wait(wait_queue_head_t *wq, struct wait_queue_entry *entry);
void hosted_wake_up(wait_queue_head_t *wq, unsigned int mode, int nr,
		    void *key);
void hosted_wake_up_locked(wait_queue_head_t *wq, unsigned int mode, int nr,
			   void *key);
bool waitqueue_active(wait_queue_head_t *wq);
#define wq_has_sleeper(wq) waitqueue_active(wq)

#define wake_up(wq)	   hosted_wake_up(wq, TASK_NORMAL, 1, NULL)
#define wake_up_nr(wq, nr) hosted_wake_up(wq, TASK_NORMAL, nr, NULL)
#define wake_up_all(wq)	   hosted_wake_up(wq, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(wq) \
	hosted_wake_up(wq, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(wq) \
	hosted_wake_up(wq, TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_interruptible_sync(wq) wake_up_interruptible(wq)
#define wake_up_poll(wq, m) \
	hosted_wake_up(wq, TASK_NORMAL, 1, (void *)(uintptr_t)(m))
#define wake_up_interruptible_poll(wq, m) \
	hosted_wake_up(wq, TASK_INTERRUPTIBLE, 1, (void *)(uintptr_t)(m))
#define wake_up_locked(wq) hosted_wake_up_locked(wq, TASK_NORMAL, 1, NULL)

/* 0 or -ERESTARTSYS; the body of every wait_event macro. */
#define ___hosted_wait(wq, cond, state, sleep)                      \
	({                                                          \
		long __we_ret = 0;                                  \
		DEFINE_WAIT(__we_wait);                             \
		might_sleep();                                      \
		for (;;) {                                          \
			prepare_to_wait(&(wq), &__we_wait, state);  \
			if (cond)                                   \
				break;                              \
			if (signal_pending_state(state, current)) { \
				__we_ret = -ERESTARTSYS;            \
				break;                              \
			}                                           \
			sleep;                                      \
		}                                                   \
		finish_wait(&(wq), &__we_wait);                     \
		__we_ret;                                           \
	})

/* Remaining jiffies (at least 1) when cond holds, 0 on time-out. */
#define ___hosted_wait_timeout(wq, cond, state, timeout)               \
	({                                                             \
		long __wt_left = (timeout);                            \
		bool __wt_ok = false;                                  \
		long __wt_ret = ___hosted_wait(                        \
			wq, (__wt_ok = !!(cond)) || !__wt_left, state, \
			__wt_left = schedule_timeout(__wt_left));      \
		if (__wt_ok)                                           \
			__wt_ret = __wt_left ? __wt_left : 1;          \
		__wt_ret;                                              \
	})

#define wait_event(wq, cond)                                                 \
	do {                                                                 \
		if (!(cond))                                                 \
			(void)___hosted_wait(wq, cond, TASK_UNINTERRUPTIBLE, \
					     schedule());                    \
	} while (0)
#define wait_event_interruptible(wq, cond)                          \
	((cond) ? 0 :                                               \
		  (int)___hosted_wait(wq, cond, TASK_INTERRUPTIBLE, \
				      schedule()))
#define wait_event_killable(wq, cond) \
	((cond) ? 0 : (int)___hosted_wait(wq, cond, TASK_KILLABLE, schedule()))
#define wait_event_timeout(wq, cond, timeout) \
	___hosted_wait_timeout(wq, cond, TASK_UNINTERRUPTIBLE, timeout)
#define wait_event_interruptible_timeout(wq, cond, timeout) \
	___hosted_wait_timeout(wq, cond, TASK_INTERRUPTIBLE, timeout)
#define wait_event_killable_timeout(wq, cond, timeout) \
	___hosted_wait_timeout(wq, cond, TASK_KILLABLE, timeout)
#define wait_event_lock_irq(wq, cond, lock)                  \
	(void)___hosted_wait(wq, cond, TASK_UNINTERRUPTIBLE, \
			     spin_unlock_irq(&(lock));       \
			     schedule(); spin_lock_irq(&(lock)))

#endif /* HOSTED_LINUX_WAIT_H */
