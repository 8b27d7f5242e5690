// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Pinning of user pages, and the limits on it.
 *
 * The chip writes into (or reads from) these pages at any time, so they are
 * pinned for long.  They count against the locked memory of the process whose
 * pages they are, and against what one file may keep.
 */
#include <linux/capability.h>
#include <linux/log2.h>
#include <linux/sched/signal.h>

#include "tid.h"

/* A process may give this part of its locked memory to the adapter. */
#define HFI1U_MEMLOCK_PART 4

/**
 * hfi1u_may_pin - do the limits permit more pinned pages?
 * @dd: device
 * @mm: whose pages
 * @pinned: pages the file has pinned already
 * @npages: pages more
 *
 * Return: true if they do.
 */
bool hfi1u_may_pin(struct hfi1u_dev *dd, struct mm_struct *mm,
		   unsigned long pinned, unsigned long npages)
{
	unsigned long cache = dd->params.cache_size << (20 - PAGE_SHIFT);

	if (!capable(CAP_IPC_LOCK)) {
		unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
		unsigned long share =
			limit / dd->part.num_user / HFI1U_MEMLOCK_PART;

		if (atomic64_read(&mm->pinned_vm) + npages > limit)
			return false;
		if (pinned + npages > share)
			return false;
	}
	return pinned + npages <= cache;
}

/**
 * hfi1u_account_pins - count pages that were pinned or unpinned
 * @dd: device
 * @mm: whose pages
 * @pinned: the file's counter
 * @npages: how many; negative when unpinned
 */
void hfi1u_account_pins(struct hfi1u_dev *dd, struct mm_struct *mm,
			atomic_long_t *pinned, long npages)
{
	atomic64_add(npages, &mm->pinned_vm);
	atomic_long_add(npages, pinned);
	atomic_long_add(npages, &dd->pinned_pages);
}

/* Counted before they are pinned: two at a time do not exceed a limit. */
static bool charge(struct hfi1u_fd *fd, unsigned long npages)
{
	struct hfi1u_dev *dd = fd->dd;

	hfi1u_account_pins(dd, current->mm, &fd->rcv_pinned, npages);
	if (hfi1u_may_pin(dd, current->mm, atomic_long_read(&fd->rcv_pinned),
			  0))
		return true;
	hfi1u_account_pins(dd, current->mm, &fd->rcv_pinned, -(long)npages);
	return false;
}

/**
 * hfi1u_tid_pin - pin a buffer, or as much of its start as can be
 * @fd: file
 * @buf: buffer; @buf->npinned is set
 *
 * Return: HFI1U_CHECK_NONE or TID_UPDATE's check that failed.
 */
enum hfi1u_check hfi1u_tid_pin(struct hfi1u_fd *fd, struct hfi1u_tid_buf *buf)
{
	int ret;

	if (!charge(fd, buf->npages))
		return HFI1U_CHECK_TID_UPDATE_PIN_LIMIT;
	ret = pin_user_pages_fast(buf->vaddr, buf->npages,
				  FOLL_WRITE | FOLL_LONGTERM, buf->pages);
	hfi1u_account_pins(fd->dd, current->mm, &fd->rcv_pinned,
			   max(ret, 0) - (long)buf->npages);
	if (ret == -ENOMEM)
		return HFI1U_CHECK_TID_UPDATE_NO_MEMORY;
	if (ret < 0)
		return HFI1U_CHECK_TID_UPDATE_PIN_FAULT;
	if (!ret)
		return HFI1U_CHECK_TID_UPDATE_NO_PAGE_PINNED;
	buf->npinned = ret;
	return HFI1U_CHECK_NONE;
}

/**
 * hfi1u_tid_unpin_rest - give pages back that no node has taken over
 * @fd: file
 * @buf: buffer
 */
void hfi1u_tid_unpin_rest(struct hfi1u_fd *fd, struct hfi1u_tid_buf *buf)
{
	unsigned int rest = buf->npinned - buf->nused;

	if (!rest)
		return;
	unpin_user_pages(buf->pages + buf->nused, rest);
	hfi1u_account_pins(fd->dd, current->mm, &fd->rcv_pinned, -(long)rest);
	buf->npinned = buf->nused;
}

/**
 * hfi1u_tid_unpin_node - give the pages of an entry back
 * @node: node whose entry is off the chip
 */
void hfi1u_tid_unpin_node(struct hfi1u_tid_node *node)
{
	struct hfi1u_fd *fd = node->fd;

	unpin_user_pages_dirty_lock(node->pages, node->npages, true);
	hfi1u_account_pins(fd->dd, node->mm, &fd->rcv_pinned,
			   -(long)node->npages);
}

/* Pages from @first on that follow one another in physical memory. */
static unsigned int run_length(const struct hfi1u_tid_buf *buf,
			       unsigned int first)
{
	unsigned long pfn = page_to_pfn(buf->pages[first]);
	unsigned int n = 1;

	while (first + n < buf->npinned &&
	       page_to_pfn(buf->pages[first + n]) == pfn + n)
		n++;
	return n;
}

/**
 * hfi1u_tid_divide - divide pinned pages into chunks that fit an entry
 * @buf: buffer
 *
 * A chunk is a power of two of contiguous pages, the largest possible first.
 */
void hfi1u_tid_divide(struct hfi1u_tid_buf *buf)
{
	unsigned int most = WFR_TID_BUF_MAX / WFR_PAGE_SIZE;
	unsigned int first = 0;

	while (first < buf->npinned) {
		unsigned int left = run_length(buf, first);

		while (left) {
			unsigned int n = min_t(unsigned int, most,
					       rounddown_pow_of_two(left));

			buf->chunks[buf->nchunks++] =
				(struct hfi1u_tid_chunk){ first, n };
			first += n;
			left -= n;
		}
	}
}
