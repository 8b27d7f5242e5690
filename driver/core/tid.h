/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Expected receive, inside the core: what tid.c, tid_pin.c and tid_inval.c
 * share.
 *
 * A node stands for one programmed RcvArray entry.  It is created by
 * TID_UPDATE and destroyed by TID_FREE, by release, or when TID_UPDATE takes
 * itself back; all three hold uctxt->exp_lock.  In between its memory may be
 * unmapped: the notifier then takes the entry off the chip and gives the
 * pages back, but the node stays, because the process still owns its number.
 * Whoever sets HFI1U_NODE_CLEARED does that, and exactly once.
 */
#ifndef HFI1U_TID_H
#define HFI1U_TID_H

#include "priv.h"

/* node->flags */
enum {
	HFI1U_NODE_CLEARED, /* off the chip, pages given back */
};

struct hfi1u_tid_node {
	struct mmu_interval_notifier notifier;
	struct hfi1u_fd *fd;
	struct mm_struct *mm; /* whose pages these are */
	unsigned long flags;
	u64 update; /* the TID_UPDATE that made it */
	u32 index; /* in the context's expected area */
	bool watched; /* the notifier is registered */
	unsigned int npages;
	dma_addr_t dma;
	struct page *pages[];
};

/* A run of physically contiguous pages that fits an entry. */
struct hfi1u_tid_chunk {
	unsigned int first;
	unsigned int npages;
};

/**
 * struct hfi1u_tid_buf - a buffer on its way into the RcvArray
 * @vaddr: start
 * @npages: pages it spans
 * @pages: pinned pages
 * @npinned: how many, from the start of the buffer
 * @nused: how many of them belong to a node by now
 * @chunks: their division
 * @nchunks: number of chunks
 * @tids: TID words of programmed chunks
 * @ntids: number of words
 * @cover: tells when a part of the buffer is unmapped meanwhile
 * @covered: @cover is registered
 * @hit: it told so
 */
struct hfi1u_tid_buf {
	unsigned long vaddr;
	unsigned int npages;
	struct page **pages;
	unsigned int npinned;
	unsigned int nused;
	struct hfi1u_tid_chunk *chunks;
	unsigned int nchunks;
	u32 *tids;
	unsigned int ntids;
	struct mmu_interval_notifier cover;
	bool covered;
	bool hit;
};

u32 hfi1u_tid_word(const struct hfi1u_tid_node *node);

/* tid_pin.c */
bool hfi1u_may_pin(struct hfi1u_dev *dd, struct mm_struct *mm,
		   unsigned long pinned, unsigned long npages);
void hfi1u_account_pins(struct hfi1u_dev *dd, struct mm_struct *mm,
			atomic_long_t *pinned, long npages);
enum hfi1u_check hfi1u_tid_pin(struct hfi1u_fd *fd, struct hfi1u_tid_buf *buf);
void hfi1u_tid_unpin_rest(struct hfi1u_fd *fd, struct hfi1u_tid_buf *buf);
void hfi1u_tid_divide(struct hfi1u_tid_buf *buf);
void hfi1u_tid_unpin_node(struct hfi1u_tid_node *node);

/* tid_inval.c */
int hfi1u_tid_cover(struct hfi1u_tid_buf *buf);
void hfi1u_tid_uncover(struct hfi1u_tid_buf *buf);
int hfi1u_tid_watch(struct hfi1u_tid_node *node, unsigned long vaddr);
void hfi1u_tid_unwatch(struct hfi1u_tid_node *node);
void hfi1u_tid_clear(struct hfi1u_tid_node *node);

#endif
