/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_SPINLOCK_H
#define HOSTED_LINUX_SPINLOCK_H

#include <pthread.h>
#include <linux/atomic.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/types.h>

/*
 * A spinlock is a pthread mutex that remembers its owner.  Holding one makes
 * the thread atomic: sleeping calls complain.  Interrupt handlers are threads
 * here, so the _irq variants only keep the books on the interrupt flag.
 */
typedef struct spinlock {
	pthread_mutex_t lock;
	const void *owner;
} spinlock_t;

typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name)              \
	{                                       \
		PTHREAD_MUTEX_INITIALIZER, NULL \
	}
#define DEFINE_SPINLOCK(x)     spinlock_t x = __SPIN_LOCK_UNLOCKED(x)
#define DEFINE_RAW_SPINLOCK(x) DEFINE_SPINLOCK(x)

void spin_lock_init(spinlock_t *lock);
void hosted_spin_lock(spinlock_t *lock, const char *file, int line);
void hosted_spin_unlock(spinlock_t *lock, const char *file, int line);
int hosted_spin_trylock(spinlock_t *lock);
int spin_is_locked(spinlock_t *lock);
bool hosted_spin_held(const spinlock_t *lock);
unsigned long hosted_irq_save(void);
void hosted_irq_restore(unsigned long flags, const char *file, int line);

#define spin_lock(l)		 hosted_spin_lock(l, __FILE__, __LINE__)
#define spin_unlock(l)		 hosted_spin_unlock(l, __FILE__, __LINE__)
#define spin_trylock(l)		 hosted_spin_trylock(l)
#define spin_lock_nested(l, sub) spin_lock(l)
#define spin_lock_bh(l)		 spin_lock(l)
#define spin_unlock_bh(l)	 spin_unlock(l)
#define local_irq_save(flags)	 ((flags) = hosted_irq_save())
#define local_irq_restore(flags) hosted_irq_restore(flags, __FILE__, __LINE__)
#define spin_lock_irqsave(l, flags)    \
	do {                           \
		local_irq_save(flags); \
		spin_lock(l);          \
	} while (0)
#define spin_unlock_irqrestore(l, flags)  \
	do {                              \
		spin_unlock(l);           \
		local_irq_restore(flags); \
	} while (0)
#define spin_lock_irq(l)                 \
	do {                             \
		(void)hosted_irq_save(); \
		spin_lock(l);            \
	} while (0)
#define spin_unlock_irq(l)            \
	do {                          \
		spin_unlock(l);       \
		local_irq_restore(0); \
	} while (0)
#define assert_spin_locked(l) BUG_ON(!hosted_spin_held(l))

#define raw_spin_lock_init	   spin_lock_init
#define raw_spin_lock		   spin_lock
#define raw_spin_unlock		   spin_unlock
#define raw_spin_lock_irqsave	   spin_lock_irqsave
#define raw_spin_unlock_irqrestore spin_unlock_irqrestore

#endif /* HOSTED_LINUX_SPINLOCK_H */
