/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_LOCKDEP_H
#define HOSTED_LINUX_LOCKDEP_H

#include <linux/bug.h>
#include <linux/types.h>

struct lock_class_key {
	char unused;
};

struct spinlock;
struct mutex;
struct rw_semaphore;
bool hosted_spin_held(const struct spinlock *lock);
bool hosted_mutex_held(const struct mutex *lock);
bool hosted_rwsem_held(const struct rw_semaphore *sem);
bool hosted_rwsem_held_write(const struct rw_semaphore *sem);

#define lockdep_is_held(l) \
	_Generic((l),                                                    \
		struct spinlock *: hosted_spin_held,                     \
		const struct spinlock *: hosted_spin_held,               \
		struct mutex *: hosted_mutex_held,                       \
		const struct mutex *: hosted_mutex_held,                 \
		struct rw_semaphore *: hosted_rwsem_held,                \
		const struct rw_semaphore *: hosted_rwsem_held)(l)
#define lockdep_assert_held(l)                      \
	do {                                        \
		(void)WARN_ON(!lockdep_is_held(l)); \
	} while (0)
#define lockdep_assert_not_held(l)                 \
	do {                                       \
		(void)WARN_ON(lockdep_is_held(l)); \
	} while (0)
#define lockdep_assert_held_write(l)                        \
	do {                                                \
		(void)WARN_ON(!hosted_rwsem_held_write(l)); \
	} while (0)
#define lockdep_set_class(l, key) ((void)(l), (void)(key))

#endif /* HOSTED_LINUX_LOCKDEP_H */
