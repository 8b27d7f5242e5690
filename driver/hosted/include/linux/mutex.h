/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_MUTEX_H
#define HOSTED_LINUX_MUTEX_H

#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct mutex {
	struct task_struct *owner;
	wait_queue_head_t wait;
};

#define __MUTEX_INITIALIZER(name)                              \
	{                                                      \
		NULL, __WAIT_QUEUE_HEAD_INITIALIZER(name.wait) \
	}
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

void mutex_init(struct mutex *lock);
void mutex_destroy(struct mutex *lock);
void hosted_mutex_lock(struct mutex *lock, const char *file, int line);
int __must_check hosted_mutex_lock_state(struct mutex *lock, int state,
					 const char *file, int line);
void hosted_mutex_unlock(struct mutex *lock, const char *file, int line);
int mutex_trylock(struct mutex *lock);
bool mutex_is_locked(struct mutex *lock);

#define mutex_lock(l)		  hosted_mutex_lock(l, __FILE__, __LINE__)
#define mutex_lock_nested(l, sub) mutex_lock(l)
#define mutex_lock_interruptible(l) \
	hosted_mutex_lock_state(l, TASK_INTERRUPTIBLE, __FILE__, __LINE__)
#define mutex_lock_killable(l) \
	hosted_mutex_lock_state(l, TASK_KILLABLE, __FILE__, __LINE__)
#define mutex_unlock(l) hosted_mutex_unlock(l, __FILE__, __LINE__)

#endif /* HOSTED_LINUX_MUTEX_H */
