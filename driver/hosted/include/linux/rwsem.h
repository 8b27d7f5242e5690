/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_RWSEM_H
#define HOSTED_LINUX_RWSEM_H

#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

/* Writers queue behind readers fairly enough for a driver: a waiting writer
 * keeps new readers out.
 */
struct rw_semaphore {
	int readers;
	int writers_waiting;
	struct task_struct *writer;
	wait_queue_head_t wait;
};

#define __RWSEM_INITIALIZER(name)                                    \
	{                                                            \
		0, 0, NULL, __WAIT_QUEUE_HEAD_INITIALIZER(name.wait) \
	}
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

void init_rwsem(struct rw_semaphore *sem);
void down_read(struct rw_semaphore *sem);
int __must_check down_read_interruptible(struct rw_semaphore *sem);
int __must_check down_read_killable(struct rw_semaphore *sem);
int down_read_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
int __must_check down_write_killable(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void downgrade_write(struct rw_semaphore *sem);

#endif /* HOSTED_LINUX_RWSEM_H */
