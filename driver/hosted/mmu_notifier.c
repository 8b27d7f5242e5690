// SPDX-License-Identifier: BSD-3-Clause
/*
 * Interval notifiers.
 *
 * An unmap marks the mm active, tells every notifier of the range, and then
 * lets readers go on.  A notifier that is running is not removed under it;
 * removal waits.
 *
 * Locks: mm->notifier_lock covers the list and the sequence; callbacks run
 * without it and may sleep.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include "internal.h"

static hosted_range_fn range_hook;
static long notifiers_live;

void hosted_mm_set_range_hook(hosted_range_fn fn)
{
	WRITE_ONCE(range_hook, fn);
}

long hosted_notifiers_live(void)
{
	return READ_ONCE(notifiers_live);
}

static void tell_hook(struct mm_struct *mm, unsigned long start,
		      unsigned long last, bool add)
{
	hosted_range_fn fn = READ_ONCE(range_hook);

	if (fn)
		fn(mm, start, last - start + 1, add);
}

int mmu_interval_notifier_insert(struct mmu_interval_notifier *sub,
				 struct mm_struct *mm, unsigned long start,
				 unsigned long length,
				 const struct mmu_interval_notifier_ops *ops)
{
	unsigned long last;

	might_sleep();
	if (!length || check_add_overflow(start, length - 1, &last))
		return -EOVERFLOW;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	if (hosted_should_fail()) {
		mmdrop(mm);
		return -ENOMEM;
	}
	sub->interval_tree.start = start;
	sub->interval_tree.last = last;
	sub->ops = ops;
	sub->mm = mm;
	sub->running = false;
	spin_lock(&mm->notifier_lock);
	/*
	 * While an unmap runs the newcomer counts as collided with it, or a
	 * reader that began before its first callback would see no change.
	 */
	sub->invalidate_seq = mm->notifier_active ? mm->notifier_seq :
						    mm->notifier_seq - 1;
	list_add_tail(&sub->node, &mm->notifiers);
	spin_unlock(&mm->notifier_lock);
	__atomic_fetch_add(&notifiers_live, 1, __ATOMIC_RELAXED);
	tell_hook(mm, start, last, true);
	return 0;
}

void mmu_interval_notifier_remove(struct mmu_interval_notifier *sub)
{
	struct mm_struct *mm = sub->mm;
	unsigned long start = sub->interval_tree.start;
	unsigned long last = sub->interval_tree.last;

	might_sleep();
	spin_lock(&mm->notifier_lock);
	list_del_init(&sub->node);
	spin_unlock(&mm->notifier_lock);
	wait_event(mm->notifier_wait, !READ_ONCE(sub->running));
	/* the thread that ran it lets go of @sub before the lock */
	spin_lock(&mm->notifier_lock);
	spin_unlock(&mm->notifier_lock);
	__atomic_fetch_sub(&notifiers_live, 1, __ATOMIC_RELAXED);
	tell_hook(mm, start, last, false);
	mmdrop(mm);
}

unsigned long mmu_interval_read_begin(struct mmu_interval_notifier *sub)
{
	struct mm_struct *mm = sub->mm;
	unsigned long seq;
	bool collided;

	spin_lock(&mm->notifier_lock);
	seq = READ_ONCE(sub->invalidate_seq);
	collided = mm->notifier_active && seq == mm->notifier_seq;
	spin_unlock(&mm->notifier_lock);
	if (collided)
		wait_event(mm->notifier_wait,
			   READ_ONCE(mm->notifier_seq) != seq ||
				   !READ_ONCE(mm->notifier_active));
	return seq;
}

/* The next notifier of the range this round has not told yet. */
static struct mmu_interval_notifier *next_sub(struct mm_struct *mm,
					      unsigned long start,
					      unsigned long end,
					      unsigned long round)
{
	struct mmu_interval_notifier *sub;

	list_for_each_entry(sub, &mm->notifiers, node)
		if (sub->round != round && !sub->running &&
		    sub->interval_tree.start < end &&
		    sub->interval_tree.last >= start)
			return sub;
	return NULL;
}

static void notify_range(struct mm_struct *mm,
			 const struct mmu_notifier_range *range)
{
	static unsigned long rounds;
	struct mmu_interval_notifier *sub;
	unsigned long round = __atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
	unsigned long seq;

	spin_lock(&mm->notifier_lock);
	WRITE_ONCE(mm->notifier_seq, mm->notifier_seq + 1);
	seq = mm->notifier_seq;
	WRITE_ONCE(mm->notifier_active, mm->notifier_active + 1);
	while ((sub = next_sub(mm, range->start, range->end, round))) {
		sub->round = round;
		WRITE_ONCE(sub->running, true);
		spin_unlock(&mm->notifier_lock);
		sub->ops->invalidate(sub, range, seq);
		spin_lock(&mm->notifier_lock);
		WRITE_ONCE(sub->running, false);
		hosted_wake_up(&mm->notifier_wait, TASK_NORMAL, 0, NULL);
	}
	WRITE_ONCE(mm->notifier_active, mm->notifier_active - 1);
	spin_unlock(&mm->notifier_lock);
	wake_up_all(&mm->notifier_wait);
}

void hosted_mm_unmap(struct mm_struct *mm, unsigned long start,
		     unsigned long end)
{
	struct mmu_notifier_range range = {
		.mm = mm,
		.start = start & PAGE_MASK,
		.end = end > TASK_SIZE_MAX ? ~0UL : PAGE_ALIGN(end),
		.flags = MMU_NOTIFIER_RANGE_BLOCKABLE,
		.event = MMU_NOTIFY_UNMAP,
	};
	bool dead = READ_ONCE(mm->dead);

	/* a process may end while another call finds out that it did exec */
	if (dead && !start)
		range.event = MMU_NOTIFY_RELEASE;
	hosted_vmas_changed(mm);
	notify_range(mm, &range);
	/* Nobody can see what the device does to a dead process's pages. */
	if (dead)
		return;
	hosted_pages_detach(mm, range.start, range.end);
	hosted_dma_detach(mm, range.start, range.end);
}
