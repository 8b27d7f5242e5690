// SPDX-License-Identifier: BSD-3-Clause
/* Locks, sleeping, signals, timers and work queues of the shim. */
#include <check.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/seqlock.h>
#include <linux/workqueue.h>
#include <hosted/hosted.h>
#include "tests.h"

static jmp_buf on_bug;
static const char *bug_text;

static void catch_bug(const char *what)
{
	bug_text = what;
	longjmp(on_bug, 1);
}

#define EXPECT_BUG(stmt, text)                                      \
	do {                                                        \
		hosted_log_to(NULL, HOSTED_EMERG - 1);              \
		hosted_bug_hook(catch_bug);                         \
		if (!setjmp(on_bug)) {                              \
			stmt;                                       \
			ck_abort_msg("no complaint about: " #stmt); \
		}                                                   \
		hosted_bug_hook(NULL);                              \
		ck_assert_ptr_nonnull(strstr(bug_text, text));      \
	} while (0)

START_TEST(mutex_taken_twice)
{
	DEFINE_MUTEX(m);

	mutex_lock(&m);
	EXPECT_BUG(mutex_lock(&m), "taken twice");
}
END_TEST

START_TEST(mutex_foreign_unlock)
{
	DEFINE_MUTEX(m);

	EXPECT_BUG(mutex_unlock(&m), "non-owner");
}
END_TEST

START_TEST(spinlock_taken_twice)
{
	DEFINE_SPINLOCK(l);

	spin_lock(&l);
	EXPECT_BUG(spin_lock(&l), "taken twice");
}
END_TEST

START_TEST(sleeping_in_atomic)
{
	DEFINE_SPINLOCK(l);

	hosted_log_to(NULL, HOSTED_EMERG);
	spin_lock(&l);
	msleep(1);
	spin_unlock(&l);
	ck_assert_uint_eq(hosted_warn_count(), 1);
	kfree(kmalloc(8, GFP_ATOMIC));
	ck_assert_uint_eq(hosted_warn_count(), 1);
}
END_TEST

START_TEST(allocation_in_atomic)
{
	DEFINE_SPINLOCK(l);
	void *p;

	hosted_log_to(NULL, HOSTED_EMERG);
	spin_lock(&l);
	p = kmalloc(8, GFP_KERNEL);
	spin_unlock(&l);
	kfree(p);
	ck_assert_uint_eq(hosted_warn_count(), 1);
}
END_TEST

START_TEST(lockdep_sees_holder)
{
	DEFINE_MUTEX(m);

	hosted_log_to(NULL, HOSTED_EMERG);
	mutex_lock(&m);
	lockdep_assert_held(&m);
	ck_assert_uint_eq(hosted_warn_count(), 0);
	mutex_unlock(&m);
	lockdep_assert_held(&m);
	ck_assert_uint_eq(hosted_warn_count(), 1);
}
END_TEST

#define ROUNDS 5000

static DEFINE_MUTEX(counter_lock);
static unsigned long counter;

static void *count(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		mutex_lock(&counter_lock);
		counter++;
		mutex_unlock(&counter_lock);
	}
	return arg;
}

START_TEST(mutex_excludes)
{
	pthread_t id[4];
	int i;

	for (i = 0; i < 4; i++)
		pthread_create(&id[i], NULL, count, NULL);
	for (i = 0; i < 4; i++)
		pthread_join(id[i], NULL);
	ck_assert_uint_eq(counter, 4 * ROUNDS);
}
END_TEST

struct sleeper {
	wait_queue_head_t wait;
	struct task_struct *tsk;
	struct completion ready;
	int event;
	long result;
	bool killable;
};

static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;

	s->tsk = current;
	complete(&s->ready);
	if (s->killable)
		s->result = wait_event_killable(s->wait, READ_ONCE(s->event));
	else
		s->result =
			wait_event_interruptible(s->wait, READ_ONCE(s->event));
	return NULL;
}

static pthread_t start_sleeper(struct sleeper *s, bool killable)
{
	pthread_t id;

	memset(s, 0, sizeof(*s));
	init_waitqueue_head(&s->wait);
	init_completion(&s->ready);
	s->killable = killable;
	pthread_create(&id, NULL, sleeper_main, s);
	wait_for_completion(&s->ready);
	while (!waitqueue_active(&s->wait))
		usleep(100);
	return id;
}

START_TEST(wait_until_woken)
{
	struct sleeper s;
	pthread_t id = start_sleeper(&s, false);

	wake_up(&s.wait);
	WRITE_ONCE(s.event, 1);
	wake_up(&s.wait);
	pthread_join(id, NULL);
	ck_assert_int_eq(s.result, 0);
}
END_TEST

START_TEST(wait_until_signal)
{
	struct sleeper s;
	pthread_t id = start_sleeper(&s, false);

	hosted_task_signal(s.tsk, false);
	pthread_join(id, NULL);
	ck_assert_int_eq(s.result, -ERESTARTSYS);
}
END_TEST

START_TEST(killable_minds_fatal_only)
{
	struct sleeper s;
	pthread_t id = start_sleeper(&s, true);

	hosted_task_signal(s.tsk, false);
	usleep(20000);
	ck_assert(waitqueue_active(&s.wait));
	hosted_task_signal(s.tsk, true);
	pthread_join(id, NULL);
	ck_assert_int_eq(s.result, -ERESTARTSYS);
}
END_TEST

START_TEST(timeout_values)
{
	DECLARE_WAIT_QUEUE_HEAD(wq);
	unsigned long start = jiffies;
	long left;

	ck_assert_int_eq(wait_event_timeout(wq, false, 30), 0);
	ck_assert_uint_ge(jiffies - start, 30);
	ck_assert_int_eq(wait_event_timeout(wq, true, 0), 1);
	left = wait_event_interruptible_timeout(wq, true, 1000);
	ck_assert_int_gt(left, 900);
	hosted_task_signal(current, false);
	ck_assert_int_eq(wait_event_interruptible_timeout(wq, false, 1000),
			 -ERESTARTSYS);
	hosted_task_clear_signal(current);
}
END_TEST

START_TEST(completion_counts)
{
	DECLARE_COMPLETION(c);

	complete(&c);
	complete(&c);
	wait_for_completion(&c);
	ck_assert(try_wait_for_completion(&c));
	ck_assert(!try_wait_for_completion(&c));
	ck_assert_uint_eq(wait_for_completion_timeout(&c, 5), 0);
	complete_all(&c);
	wait_for_completion(&c);
	ck_assert(completion_done(&c));
	reinit_completion(&c);
	ck_assert(!completion_done(&c));
}
END_TEST

struct counted {
	struct work_struct work;
	struct delayed_work delayed;
	struct timer_list timer;
	atomic_t runs;
};

static void work_fn(struct work_struct *work)
{
	struct counted *c = container_of(work, struct counted, work);

	usleep(1000);
	atomic_inc(&c->runs);
}

static void delayed_fn(struct work_struct *work)
{
	struct counted *c =
		container_of(to_delayed_work(work), struct counted, delayed);

	atomic_inc(&c->runs);
}

static void timer_fn(struct timer_list *t)
{
	struct counted *c = from_timer(c, t, timer);

	atomic_inc(&c->runs);
}

START_TEST(work_runs_once_per_queueing)
{
	struct workqueue_struct *wq = alloc_workqueue("test%d", 0, 0, 1);
	struct counted c = { .runs = ATOMIC_INIT(0) };
	bool second;

	INIT_WORK(&c.work, work_fn);
	ck_assert(queue_work(wq, &c.work));
	second = queue_work(wq, &c.work);
	flush_work(&c.work);
	ck_assert_int_eq(atomic_read(&c.runs), 1 + second);
	queue_work(wq, &c.work);
	cancel_work_sync(&c.work);
	ck_assert(!work_pending(&c.work));
	queue_work(wq, &c.work);
	destroy_workqueue(wq);
	ck_assert_int_ge(atomic_read(&c.runs), 2 + second);
}
END_TEST

START_TEST(delays_and_timers)
{
	struct counted c = { .runs = ATOMIC_INIT(0) };

	INIT_DELAYED_WORK(&c.delayed, delayed_fn);
	timer_setup(&c.timer, timer_fn, 0);
	schedule_delayed_work(&c.delayed, 10);
	mod_timer(&c.timer, jiffies + 5);
	msleep(60);
	ck_assert_int_eq(atomic_read(&c.runs), 2);
	schedule_delayed_work(&c.delayed, 10000);
	ck_assert(cancel_delayed_work_sync(&c.delayed));
	mod_timer(&c.timer, jiffies + 10000);
	ck_assert(del_timer_sync(&c.timer));
	ck_assert_int_eq(atomic_read(&c.runs), 2);
}
END_TEST

static int kthread_fn(void *data)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		set_current_state(TASK_RUNNING);
	}
	return *(int *)data;
}

START_TEST(kthread_stops)
{
	int seven = 7;
	struct task_struct *t = kthread_run(kthread_fn, &seven, "test");

	ck_assert(!IS_ERR(t));
	ck_assert_int_eq(kthread_stop(t), 7);
}
END_TEST

START_TEST(rwsem_readers_share)
{
	DECLARE_RWSEM(sem);

	down_read(&sem);
	ck_assert(down_read_trylock(&sem));
	ck_assert(!down_write_trylock(&sem));
	up_read(&sem);
	up_read(&sem);
	down_write(&sem);
	ck_assert(!down_read_trylock(&sem));
	downgrade_write(&sem);
	ck_assert(down_read_trylock(&sem));
	up_read(&sem);
	up_read(&sem);
}
END_TEST

Suite *sync_suite(void)
{
	Suite *s = suite_create("sync");
	TCase *tc = tcase_create("sync");

	tcase_add_test(tc, mutex_taken_twice);
	tcase_add_test(tc, mutex_foreign_unlock);
	tcase_add_test(tc, spinlock_taken_twice);
	tcase_add_test(tc, sleeping_in_atomic);
	tcase_add_test(tc, allocation_in_atomic);
	tcase_add_test(tc, lockdep_sees_holder);
	tcase_add_test(tc, mutex_excludes);
	tcase_add_test(tc, wait_until_woken);
	tcase_add_test(tc, wait_until_signal);
	tcase_add_test(tc, killable_minds_fatal_only);
	tcase_add_test(tc, timeout_values);
	tcase_add_test(tc, completion_counts);
	tcase_add_test(tc, work_runs_once_per_queueing);
	tcase_add_test(tc, delays_and_timers);
	tcase_add_test(tc, kthread_stops);
	tcase_add_test(tc, rwsem_readers_share);
	suite_add_tcase(s, tc);
	return s;
}
