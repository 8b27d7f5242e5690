// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The RcvArray, and the eager buffers that take a context's first entries.
 *
 * An entry names a block of memory the chip may write.  It must be out of the
 * array, and the write that takes it out must have left the write-combining
 * buffers, before the memory is given to anybody else.
 */
#include <linux/log2.h>

#include "csr.h"
#include "priv.h"

#define HFI1U_SMALL_EAGER_TOTAL (1024 * 1024)

/**
 * hfi1u_rcv_array_entry - the word that describes a block of memory
 * @dma: address, page aligned
 * @len: a power of two from WFR_TID_BUF_MIN to WFR_TID_BUF_MAX
 *
 * Return: the word, write enable included.
 */
u64 hfi1u_rcv_array_entry(dma_addr_t dma, size_t len)
{
	unsigned int code = ilog2(len / WFR_PAGE_SIZE) + 1;

	return WFR_RCVARRAY_ENTRY_WRITE_ENABLE |
	       WFR_PREP(WFR_RCVARRAY_ENTRY_BUF_SIZE, code) |
	       WFR_PREP(WFR_RCVARRAY_ENTRY_ADDR, dma >> WFR_PAGE_SHIFT);
}

/**
 * hfi1u_rcv_array_write - write an entry
 * @dd: device
 * @index: entry, counted from the start of the array
 * @entry: word from hfi1u_rcv_array_entry(), or 0 to take the entry out
 */
void hfi1u_rcv_array_write(struct hfi1u_dev *dd, unsigned int index, u64 entry)
{
	void __iomem *base = dd->rcv_array;

	if (!hfi1u_present(dd))
		return;
	if (!base)
		base = dd->bar + WFR_RCV_ARRAY(0);
	writeq(entry | WFR_RCVARRAY_ENTRY_WRITE_ENABLE,
	       base + index * sizeof(u64));
}

/**
 * hfi1u_rcv_array_flush - let all entries written before reach the chip
 * @dd: device
 */
void hfi1u_rcv_array_flush(struct hfi1u_dev *dd)
{
	wmb(); /* empties the write-combining buffers */
	/* and the read comes back only after the posted writes arrived */
	hfi1u_read(dd, WFR_RCV_CTRL);
}

static void free_bufs(struct hfi1u_dev *dd, struct hfi1u_eager *eager)
{
	while (eager->nbufs) {
		struct hfi1u_eager_buf *buf = &eager->bufs[--eager->nbufs];

		dma_free_coherent(dd->dev, buf->len, buf->addr, buf->dma);
	}
}

static int alloc_bufs(struct hfi1u_dev *dd, struct hfi1u_eager *eager)
{
	while (eager->nbufs < eager->entries) {
		struct hfi1u_eager_buf *buf = &eager->bufs[eager->nbufs];

		buf->len = eager->entry_size;
		buf->addr = dma_alloc_coherent(dd->dev, buf->len, &buf->dma,
					       GFP_KERNEL | __GFP_NOWARN);
		if (!buf->addr) {
			free_bufs(dd, eager);
			return -ENOMEM;
		}
		eager->nbufs++;
	}
	return 0;
}

/* The smallest buffer: it must hold the largest packet. */
static unsigned int min_entry(const struct hfi1u_dev *dd)
{
	return roundup_pow_of_two(dd->params.max_mtu);
}

static unsigned int total_size(const struct hfi1u_dev *dd)
{
	return max_t(unsigned int, dd->params.eager_buffer_size,
		     min_entry(dd) * WFR_RCV_GROUP);
}

static unsigned int first_entry_size(const struct hfi1u_ctxt *uctxt)
{
	const struct hfi1u_dev *dd = uctxt->dd;
	unsigned int total = total_size(dd);
	unsigned int size = HFI1U_LIMIT_DEFAULT_EAGER_ENTRY_BYTES;

	if (!hfi1u_caps_test_user(uctxt->caps, HFI1_CAP_MULTI_PKT_EGR))
		size = min_entry(dd);
	if (total <= HFI1U_SMALL_EAGER_TOTAL)
		size = max_t(unsigned int, min_entry(dd),
			     rounddown_pow_of_two(total / WFR_RCV_GROUP));
	return size;
}

static unsigned int entry_limit(const struct hfi1u_ctxt *uctxt)
{
	unsigned int share =
		uctxt->rcv_entries * uctxt->dd->params.rcvarray_split / 100;

	share = max_t(unsigned int, round_down(share, WFR_RCV_GROUP),
		      WFR_RCV_GROUP);
	return min_t(unsigned int, share, WFR_EGR_ENTRIES_MAX);
}

/* Smaller buffers are easier to find when memory is fragmented. */
static int alloc_some_size(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_dev *dd = uctxt->dd;
	struct hfi1u_eager *eager = &uctxt->eager;
	unsigned int size = first_entry_size(uctxt);

	for (; size >= min_entry(dd); size /= 2) {
		eager->entry_size = size;
		eager->entries = min(total_size(dd) / size, eager->limit);
		if (!alloc_bufs(dd, eager))
			return 0;
	}
	return -ENOMEM;
}

static void place_expected(struct hfi1u_ctxt *uctxt)
{
	unsigned int top = round_up(uctxt->eager.entries, WFR_RCV_GROUP);

	uctxt->exp_base = uctxt->rcv_base + top;
	uctxt->exp_count = min_t(unsigned int, uctxt->rcv_entries - top,
				 2 * WFR_TID_PAIRS_MAX);
}

/**
 * hfi1u_eager_alloc - allocate and program a context's eager buffers
 * @uctxt: disabled context
 *
 * Decides where the context's expected entries begin as well.
 *
 * Return: 0 or -ENOMEM; after a failure nothing is allocated or programmed.
 */
int hfi1u_eager_alloc(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_dev *dd = uctxt->dd;
	struct hfi1u_eager *eager = &uctxt->eager;
	unsigned int i;
	int ret;

	uctxt->rcv_base =
		hfi1u_rcv_array_base(dd, uctxt->num, &uctxt->rcv_entries);
	eager->limit = entry_limit(uctxt);
	eager->bufs = kcalloc(eager->limit, sizeof(*eager->bufs), GFP_KERNEL);
	if (!eager->bufs)
		return -ENOMEM;
	ret = alloc_some_size(uctxt);
	if (ret) {
		kfree(eager->bufs);
		eager->bufs = NULL;
		eager->entries = 0;
		return ret;
	}
	place_expected(uctxt);
	for (i = 0; i < eager->entries; i++)
		hfi1u_rcv_array_write(dd, uctxt->rcv_base + i,
				      hfi1u_rcv_array_entry(eager->bufs[i].dma,
							    eager->entry_size));
	hfi1u_rcv_array_flush(dd);
	return 0;
}

/**
 * hfi1u_eager_free - undo hfi1u_eager_alloc(), also when it failed
 * @uctxt: disabled context
 */
void hfi1u_eager_free(struct hfi1u_ctxt *uctxt)
{
	struct hfi1u_eager *eager = &uctxt->eager;
	unsigned int i;

	if (!eager->bufs)
		return;
	for (i = 0; i < eager->entries; i++)
		hfi1u_rcv_array_write(uctxt->dd, uctxt->rcv_base + i, 0);
	hfi1u_rcv_array_flush(uctxt->dd);
	free_bufs(uctxt->dd, eager);
	kfree(eager->bufs);
	eager->bufs = NULL;
	eager->entries = 0;
}
