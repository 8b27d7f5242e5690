// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * What happens when a process unmaps a registered buffer, and TID_INVAL_READ.
 *
 * The notifier takes the entry off the chip before the pages go, queues its
 * TID word for the process and sets its event bit.  Only an unmap does that:
 * protection changes, copy on write and migration leave pinned pages alone.
 *
 * Locks: the notifier may run under mmap_lock and takes fd->tid_lock only.  It
 * must not take uctxt->exp_lock, under which notifiers are removed: removal
 * waits for it.
 */
#include <linux/sched/mm.h>

#include "tid.h"

static bool is_unmap(const struct mmu_notifier_range *range)
{
	return range->event == MMU_NOTIFY_UNMAP ||
	       range->event == MMU_NOTIFY_RELEASE;
}

static bool cover_invalidate(struct mmu_interval_notifier *mni,
			     const struct mmu_notifier_range *range,
			     unsigned long seq)
{
	struct hfi1u_tid_buf *buf =
		container_of(mni, struct hfi1u_tid_buf, cover);

	mmu_interval_set_seq(mni, seq);
	if (is_unmap(range))
		WRITE_ONCE(buf->hit, true);
	return true;
}

static const struct mmu_interval_notifier_ops cover_ops = {
	.invalidate = cover_invalidate,
};

/**
 * hfi1u_tid_cover - watch a buffer while it is being registered
 * @buf: buffer of the calling process
 *
 * Return: 0, -ENOMEM or -EOVERFLOW.
 */
int hfi1u_tid_cover(struct hfi1u_tid_buf *buf)
{
	int ret = mmu_interval_notifier_insert(&buf->cover, current->mm,
					       buf->vaddr,
					       buf->npages * PAGE_SIZE,
					       &cover_ops);

	if (ret)
		return ret;
	buf->covered = true;
	/* an unmap that began earlier must be over before pages are pinned */
	mmu_interval_read_begin(&buf->cover);
	return 0;
}

/**
 * hfi1u_tid_uncover - undo hfi1u_tid_cover(), also when it was not called
 * @buf: buffer
 */
void hfi1u_tid_uncover(struct hfi1u_tid_buf *buf)
{
	if (buf->covered)
		mmu_interval_notifier_remove(&buf->cover);
	buf->covered = false;
}

/* Tell the process: each entry once, so the list never overflows. */
static void report(struct hfi1u_tid_node *node)
{
	struct hfi1u_fd *fd = node->fd;
	unsigned long flags;

	spin_lock_irqsave(&fd->tid_lock, flags);
	fd->invalid[fd->invalid_count++] = hfi1u_tid_word(node);
	set_bit(_HFI1_EVENT_TID_MMU_NOTIFY_BIT, hfi1u_event_word(fd));
	spin_unlock_irqrestore(&fd->tid_lock, flags);
}

static bool node_invalidate(struct mmu_interval_notifier *mni,
			    const struct mmu_notifier_range *range,
			    unsigned long seq)
{
	struct hfi1u_tid_node *node =
		container_of(mni, struct hfi1u_tid_node, notifier);

	if (!mmu_notifier_range_blockable(range))
		return false;
	mmu_interval_set_seq(mni, seq);
	if (is_unmap(range) &&
	    !test_and_set_bit(HFI1U_NODE_CLEARED, &node->flags)) {
		hfi1u_tid_clear(node);
		report(node);
	}
	return true;
}

static const struct mmu_interval_notifier_ops node_ops = {
	.invalidate = node_invalidate,
};

/**
 * hfi1u_tid_watch - have a node told of unmaps from now on
 * @node: node whose entry is programmed
 * @vaddr: where its pages are mapped in the calling process
 *
 * An unmap that is under way does not reach the new notifier any more.  The
 * call waits for it to end; the buffer's cover has noticed it.
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_tid_watch(struct hfi1u_tid_node *node, unsigned long vaddr)
{
	int ret = mmu_interval_notifier_insert(&node->notifier, current->mm,
					       vaddr, node->npages * PAGE_SIZE,
					       &node_ops);

	if (ret)
		return ret;
	node->watched = true;
	mmu_interval_read_begin(&node->notifier);
	return 0;
}

static void forget_report(struct hfi1u_tid_node *node)
{
	struct hfi1u_fd *fd = node->fd;
	u32 word = hfi1u_tid_word(node);
	unsigned long flags;
	u32 i, kept = 0;

	spin_lock_irqsave(&fd->tid_lock, flags);
	for (i = 0; i < fd->invalid_count; i++)
		if (fd->invalid[i] != word)
			fd->invalid[kept++] = fd->invalid[i];
	fd->invalid_count = kept;
	spin_unlock_irqrestore(&fd->tid_lock, flags);
}

/**
 * hfi1u_tid_unwatch - undo hfi1u_tid_watch(), also when it was not called
 * @node: node; afterwards no notifier runs for it
 *
 * A report that the process has not fetched goes with it: its word may soon
 * stand for another registration.
 */
void hfi1u_tid_unwatch(struct hfi1u_tid_node *node)
{
	if (!node->watched)
		return;
	mmu_interval_notifier_remove(&node->notifier);
	node->watched = false;
	if (test_bit(HFI1U_NODE_CLEARED, &node->flags))
		forget_report(node);
}

static u32 copy_pending(struct hfi1u_fd *fd, u32 *words)
{
	unsigned long flags;
	u32 count;

	spin_lock_irqsave(&fd->tid_lock, flags);
	count = fd->invalid_count;
	memcpy(words, fd->invalid, count * sizeof(*words));
	spin_unlock_irqrestore(&fd->tid_lock, flags);
	return count;
}

/* The process has the first @count words; others may have come since. */
static void drop_pending(struct hfi1u_fd *fd, u32 count)
{
	unsigned long flags;

	spin_lock_irqsave(&fd->tid_lock, flags);
	fd->invalid_count -= count;
	memmove(fd->invalid, fd->invalid + count,
		fd->invalid_count * sizeof(*fd->invalid));
	if (!fd->invalid_count)
		clear_bit(_HFI1_EVENT_TID_MMU_NOTIFY_BIT, hfi1u_event_word(fd));
	spin_unlock_irqrestore(&fd->tid_lock, flags);
}

/**
 * hfi1u_do_tid_inval_read - TID_INVAL_READ
 * @fd: assigned file that caches
 * @in: where to write the words
 * @out: how many there are
 *
 * Words that could not be written stay pending.
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_do_tid_inval_read(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
			    struct hfi1_tid_info *out)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;
	int ret = 0;
	u32 *words;
	u32 count;

	words = kcalloc(uctxt->exp_count, sizeof(*words), GFP_KERNEL);
	if (!words)
		return hfi1u_refuse(fd, HFI1U_CHECK_TID_INVAL_READ_NO_MEMORY);
	/* keeps TID_FREE from taking words out of the list meanwhile */
	mutex_lock(&uctxt->exp_lock);
	count = copy_pending(fd, words);
	if (count && copy_to_user(u64_to_user_ptr(in->tidlist), words,
				  count * sizeof(*words)))
		ret = hfi1u_refuse(fd, HFI1U_CHECK_TID_INVAL_READ_LIST_FAULT);
	else
		drop_pending(fd, count);
	mutex_unlock(&uctxt->exp_lock);
	kfree(words);
	out->tidcnt = count;
	return ret;
}
