// SPDX-License-Identifier: BSD-3-Clause
/*
 * Spinlocks, mutexes and reader-writer semaphores that notice misuse:
 * unlocking by another than the owner, taking a lock twice, sleeping while
 * atomic.  Misuse ends the process; it is never a state to go on from.
 *
 * Locks: a mutex or semaphore guards itself with its wait queue's spinlock.
 */
#include <pthread.h>
#include <sched.h>
#include <linux/kernel.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include "internal.h"

struct cpu_state {
	int preempt;
	bool irqs_off;
	bool in_irq;
};

static __thread struct cpu_state cpu;

void hosted_preempt_add(int n)
{
	cpu.preempt += n;
}

int hosted_preempt_count(void)
{
	return cpu.preempt;
}

bool hosted_irqs_disabled(void)
{
	return cpu.irqs_off;
}

unsigned long hosted_irq_save(void)
{
	unsigned long old = cpu.irqs_off;

	cpu.irqs_off = true;
	return old;
}

void hosted_irq_restore(unsigned long flags, const char *file, int line)
{
	if (!cpu.irqs_off)
		hosted_warn(file, line, "interrupts enabled twice");
	cpu.irqs_off = flags;
}

bool in_interrupt(void)
{
	return cpu.in_irq;
}

bool in_task(void)
{
	return !cpu.in_irq;
}

irqreturn_t hosted_run_irq(irq_handler_t handler, int irq, void *dev_id)
{
	unsigned long flags = hosted_irq_save();
	irqreturn_t ret;

	cpu.in_irq = true;
	ret = handler(irq, dev_id);
	cpu.in_irq = false;
	hosted_irq_restore(flags, __FILE__, __LINE__);
	return ret;
}

void hosted_might_sleep(const char *file, int line)
{
	if (unlikely(cpu.preempt || cpu.irqs_off || cpu.in_irq))
		hosted_warn(file, line,
			    "sleeping while atomic (locks %d, irqs %s%s)",
			    cpu.preempt, cpu.irqs_off ? "off" : "on",
			    cpu.in_irq ? ", in interrupt" : "");
}

void spin_lock_init(spinlock_t *lock)
{
	pthread_mutex_init(&lock->lock, NULL);
	lock->owner = NULL;
}

bool hosted_spin_held(const spinlock_t *lock)
{
	return READ_ONCE(lock->owner) == &cpu;
}

int spin_is_locked(spinlock_t *lock)
{
	return READ_ONCE(lock->owner) != NULL;
}

void hosted_spin_lock(spinlock_t *lock, const char *file, int line)
{
	if (unlikely(hosted_spin_held(lock)))
		hosted_bug(file, line, "spinlock taken twice");
	pthread_mutex_lock(&lock->lock);
	WRITE_ONCE(lock->owner, &cpu);
	cpu.preempt++;
}

int hosted_spin_trylock(spinlock_t *lock)
{
	if (pthread_mutex_trylock(&lock->lock))
		return 0;
	WRITE_ONCE(lock->owner, &cpu);
	cpu.preempt++;
	return 1;
}

void hosted_spin_unlock(spinlock_t *lock, const char *file, int line)
{
	if (unlikely(!hosted_spin_held(lock)))
		hosted_bug(file, line, "spinlock released by a non-owner");
	WRITE_ONCE(lock->owner, NULL);
	cpu.preempt--;
	pthread_mutex_unlock(&lock->lock);
}

void mutex_init(struct mutex *lock)
{
	lock->owner = NULL;
	init_waitqueue_head(&lock->wait);
}

void mutex_destroy(struct mutex *lock)
{
	WARN_ON(mutex_is_locked(lock));
}

bool mutex_is_locked(struct mutex *lock)
{
	return READ_ONCE(lock->owner) != NULL;
}

bool hosted_mutex_held(const struct mutex *lock)
{
	return READ_ONCE(lock->owner) == current;
}

/*
 * Sleep on a queue until @try succeeds; the queue's lock is held on entry and
 * on return.  Whoever gives up passes the wake-up it may have eaten on.
 */
static int wait_locked(wait_queue_head_t *wq, int state, bool (*try)(void *),
		       void *arg)
{
	DEFINE_WAIT(wait);
	int ret = 0;

	while (!try(arg)) {
		if (signal_pending_state(state, current)) {
			ret = -EINTR;
			break;
		}
		if (list_empty(&wait.entry))
			list_add_tail(&wait.entry, &wq->head);
		set_current_state(state);
		spin_unlock(&wq->lock);
		schedule();
		spin_lock(&wq->lock);
	}
	set_current_state(TASK_RUNNING);
	if (!list_empty(&wait.entry))
		list_del_init(&wait.entry);
	if (ret)
		wake_up_locked(wq);
	return ret;
}

static bool mutex_try(void *arg)
{
	struct mutex *lock = arg;

	if (lock->owner)
		return false;
	WRITE_ONCE(lock->owner, current);
	return true;
}

int hosted_mutex_lock_state(struct mutex *lock, int state, const char *file,
			    int line)
{
	int ret;

	hosted_might_sleep(file, line);
	if (unlikely(hosted_mutex_held(lock)))
		hosted_bug(file, line, "mutex taken twice");
	spin_lock(&lock->wait.lock);
	ret = wait_locked(&lock->wait, state, mutex_try, lock);
	spin_unlock(&lock->wait.lock);
	return ret;
}

void hosted_mutex_lock(struct mutex *lock, const char *file, int line)
{
	(void)!hosted_mutex_lock_state(lock, TASK_UNINTERRUPTIBLE, file, line);
}

int mutex_trylock(struct mutex *lock)
{
	bool taken;

	spin_lock(&lock->wait.lock);
	taken = mutex_try(lock);
	spin_unlock(&lock->wait.lock);
	return taken;
}

void hosted_mutex_unlock(struct mutex *lock, const char *file, int line)
{
	if (unlikely(!hosted_mutex_held(lock)))
		hosted_bug(file, line, "mutex released by a non-owner");
	spin_lock(&lock->wait.lock);
	WRITE_ONCE(lock->owner, NULL);
	wake_up_locked(&lock->wait);
	spin_unlock(&lock->wait.lock);
}

void init_rwsem(struct rw_semaphore *sem)
{
	sem->readers = 0;
	sem->writers_waiting = 0;
	sem->writer = NULL;
	init_waitqueue_head(&sem->wait);
}

bool hosted_rwsem_held_write(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->writer) == current;
}

bool hosted_rwsem_held(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->readers) || hosted_rwsem_held_write(sem);
}

static bool read_try(void *arg)
{
	struct rw_semaphore *sem = arg;

	if (sem->writer || sem->writers_waiting)
		return false;
	WRITE_ONCE(sem->readers, sem->readers + 1);
	return true;
}

static bool write_try(void *arg)
{
	struct rw_semaphore *sem = arg;

	if (sem->writer || sem->readers)
		return false;
	WRITE_ONCE(sem->writer, current);
	return true;
}

static int read_state(struct rw_semaphore *sem, int state)
{
	int ret;

	might_sleep();
	BUG_ON(hosted_rwsem_held_write(sem));
	spin_lock(&sem->wait.lock);
	ret = wait_locked(&sem->wait, state, read_try, sem);
	spin_unlock(&sem->wait.lock);
	return ret;
}

static int write_state(struct rw_semaphore *sem, int state)
{
	int ret;

	might_sleep();
	BUG_ON(hosted_rwsem_held_write(sem));
	spin_lock(&sem->wait.lock);
	sem->writers_waiting++;
	ret = wait_locked(&sem->wait, state, write_try, sem);
	sem->writers_waiting--;
	if (ret)
		hosted_wake_up_locked(&sem->wait, TASK_NORMAL, 0, NULL);
	spin_unlock(&sem->wait.lock);
	return ret;
}

void down_read(struct rw_semaphore *sem)
{
	read_state(sem, TASK_UNINTERRUPTIBLE);
}

int down_read_interruptible(struct rw_semaphore *sem)
{
	return read_state(sem, TASK_INTERRUPTIBLE);
}

int down_read_killable(struct rw_semaphore *sem)
{
	return read_state(sem, TASK_KILLABLE);
}

int down_read_trylock(struct rw_semaphore *sem)
{
	bool taken;

	spin_lock(&sem->wait.lock);
	taken = read_try(sem);
	spin_unlock(&sem->wait.lock);
	return taken;
}

void up_read(struct rw_semaphore *sem)
{
	spin_lock(&sem->wait.lock);
	BUG_ON(sem->readers <= 0);
	WRITE_ONCE(sem->readers, sem->readers - 1);
	hosted_wake_up_locked(&sem->wait, TASK_NORMAL, 0, NULL);
	spin_unlock(&sem->wait.lock);
}

void down_write(struct rw_semaphore *sem)
{
	write_state(sem, TASK_UNINTERRUPTIBLE);
}

int down_write_killable(struct rw_semaphore *sem)
{
	return write_state(sem, TASK_KILLABLE);
}

int down_write_trylock(struct rw_semaphore *sem)
{
	bool taken;

	spin_lock(&sem->wait.lock);
	taken = write_try(sem);
	spin_unlock(&sem->wait.lock);
	return taken;
}

void up_write(struct rw_semaphore *sem)
{
	BUG_ON(!hosted_rwsem_held_write(sem));
	spin_lock(&sem->wait.lock);
	WRITE_ONCE(sem->writer, NULL);
	hosted_wake_up_locked(&sem->wait, TASK_NORMAL, 0, NULL);
	spin_unlock(&sem->wait.lock);
}

void downgrade_write(struct rw_semaphore *sem)
{
	BUG_ON(!hosted_rwsem_held_write(sem));
	spin_lock(&sem->wait.lock);
	WRITE_ONCE(sem->writer, NULL);
	WRITE_ONCE(sem->readers, sem->readers + 1);
	hosted_wake_up_locked(&sem->wait, TASK_NORMAL, 0, NULL);
	spin_unlock(&sem->wait.lock);
}

static pthread_rwlock_t rcu_lock = PTHREAD_RWLOCK_INITIALIZER;

void rcu_read_lock(void)
{
	pthread_rwlock_rdlock(&rcu_lock);
}

void rcu_read_unlock(void)
{
	pthread_rwlock_unlock(&rcu_lock);
}

void synchronize_rcu(void)
{
	might_sleep();
	pthread_rwlock_wrlock(&rcu_lock);
	pthread_rwlock_unlock(&rcu_lock);
}

void cond_resched(void)
{
	might_sleep();
}

void yield(void)
{
	sched_yield();
}
