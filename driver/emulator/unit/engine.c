// SPDX-License-Identifier: BSD-3-Clause
/*
 * A unit's two threads: one moves the chip's engines, one takes its
 * interrupts.  Both sleep while there is nothing to do.
 *
 * Locks: unit->lock covers the flags and vectors; leaf, because the model
 * raises vectors and kicks with its own lock held.
 */
#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include "unit.h"
#include "../../hosted/internal.h"

void unit_kick(struct unit *u)
{
	pthread_mutex_lock(&u->lock);
	u->kicked = true;
	pthread_cond_signal(&u->work);
	pthread_mutex_unlock(&u->lock);
}

void unit_raise(struct unit *u, unsigned int vector)
{
	pthread_mutex_lock(&u->lock);
	__set_bit(vector, (unsigned long *)u->vectors);
	pthread_cond_signal(&u->irq);
	pthread_mutex_unlock(&u->lock);
}

/* With the lock held: until a kick, the end, or @ns have passed. */
static void sleep_engine(struct unit *u, u64 ns)
{
	struct timespec until;
	u64 at;

	if (u->kicked || u->stop)
		return;
	if (ns == WFR_STEP_IDLE) {
		pthread_cond_wait(&u->work, &u->lock);
		return;
	}
	at = ktime_get_ns() + ns;
	until.tv_sec = at / NSEC_PER_SEC;
	until.tv_nsec = at % NSEC_PER_SEC;
	pthread_cond_timedwait(&u->work, &u->lock, &until);
}

static void *engine_main(void *arg)
{
	struct unit *u = arg;
	u64 ns;

	/* Pauses of microseconds must not grow by the default slack. */
	prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
	pthread_mutex_lock(&u->lock);
	while (!u->stop) {
		u->kicked = false;
		pthread_mutex_unlock(&u->lock);
		ns = wfr_step(u->wfr);
		pthread_mutex_lock(&u->lock);
		if (ns)
			sleep_engine(u, ns);
	}
	pthread_mutex_unlock(&u->lock);
	hosted_thread_count(-1);
	return NULL;
}

static irqreturn_t on_irq(int irq, void *dev_id)
{
	return hfi1u_interrupt(dev_id, irq);
}

static unsigned int take_vector(struct unit *u)
{
	unsigned int v =
		find_first_bit((unsigned long *)u->vectors, UNIT_VECTORS);

	if (v < UNIT_VECTORS)
		__clear_bit(v, (unsigned long *)u->vectors);
	return v;
}

static void *irq_main(void *arg)
{
	struct unit *u = arg;
	struct task_struct *tsk = hosted_task_kthread("irq");
	unsigned int v;

	hosted_task_enter(tsk);
	pthread_mutex_lock(&u->lock);
	while (!u->stop) {
		v = take_vector(u);
		if (v == UNIT_VECTORS) {
			pthread_cond_wait(&u->irq, &u->lock);
			continue;
		}
		pthread_mutex_unlock(&u->lock);
		hosted_run_irq(on_irq, v, u->dd);
		pthread_mutex_lock(&u->lock);
	}
	pthread_mutex_unlock(&u->lock);
	hosted_task_enter(NULL);
	hosted_task_put(tsk);
	hosted_thread_count(-1);
	return NULL;
}

int unit_threads_start(struct unit *u)
{
	pthread_condattr_t attr;
	int err;

	u->stop = false;
	memset(u->vectors, 0, sizeof(u->vectors));
	pthread_mutex_init(&u->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&u->work, &attr);
	pthread_condattr_destroy(&attr);
	pthread_cond_init(&u->irq, NULL);
	err = hosted_thread_start(&u->engine_thread, engine_main, u);
	if (err)
		return err;
	err = hosted_thread_start(&u->irq_thread, irq_main, u);
	u->running = true;
	if (err)
		u->irq_thread = u->engine_thread;
	return err;
}

void unit_threads_stop(struct unit *u)
{
	if (!u->running)
		return;
	pthread_mutex_lock(&u->lock);
	u->stop = true;
	pthread_cond_broadcast(&u->work);
	pthread_cond_broadcast(&u->irq);
	pthread_mutex_unlock(&u->lock);
	pthread_join(u->engine_thread, NULL);
	if (!pthread_equal(u->irq_thread, u->engine_thread))
		pthread_join(u->irq_thread, NULL);
	u->running = false;
}
