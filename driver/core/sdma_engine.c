// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * SDMA engines: rings, submission and completion.
 *
 * An engine works off a ring of descriptors.  Indexes count without end in
 * software; their low bits are a place in the ring and the two bits above the
 * generation, by which the chip tells a descriptor of this round from an old
 * one.  One descriptor always stays free, so that full and empty differ.
 *
 * Locks: sde->lock.  A packet's done() is called without it.
 */
#include <linux/log2.h>

#include "csr.h"
#include "sdma.h"

#define HFI1U_SDMA_IDLE_CLOCKS 200

#define SC_CHECK(name) WFR_SEND_CTXT_CHECK_ENABLE_##name

/* Nothing here is about who sends: requests are checked in software. */
static u64 engine_checks(const struct hfi1u_dev *dd)
{
	u64 checks = SC_CHECK(CHECK_ENABLE) | SC_CHECK(CHECK_VL) |
		     SC_CHECK(CHECK_JOB_KEY) | SC_CHECK(CHECK_SLID) |
		     SC_CHECK(CHECK_OPCODE) | SC_CHECK(CHECK_VL_MAPPING) |
		     SC_CHECK(CHECK_BYPASS_VL_MAPPING) |
		     SC_CHECK(DISALLOW_RAW) | SC_CHECK(DISALLOW_RAW_IPV6) |
		     SC_CHECK(DISALLOW_TOO_SMALL_IB_PACKETS) |
		     SC_CHECK(DISALLOW_TOO_SMALL_BYPASS_PACKETS) |
		     SC_CHECK(DISALLOW_PBC_TEST) |
		     SC_CHECK(DISALLOW_BAD_PKT_LEN) |
		     SC_CHECK(DISALLOW_TOO_LONG_IB_PACKETS) |
		     SC_CHECK(DISALLOW_TOO_LONG_BYPASS_PACKETS) |
		     SC_CHECK(DISALLOW_BYPASS_BAD_PKT_LEN);

	if (hfi1u_caps_test_kernel(dd->caps, HFI1_CAP_NO_INTEGRITY))
		return 0;
	if (hfi1u_chip_is_a_step(dd))
		checks &= ~SC_CHECK(CHECK_JOB_KEY);
	if (!hfi1u_caps_test_kernel(dd->caps, HFI1_CAP_STATIC_RATE_CTRL))
		checks |= SC_CHECK(DISALLOW_PBC_STATIC_RATE_CONTROL);
	return checks;
}

static u32 ring_entries(const struct hfi1u_sdma_engine *sde)
{
	return 1U << sde->ring_shift;
}

static size_t headers_size(const struct hfi1u_sdma_engine *sde)
{
	return ring_entries(sde) * sizeof(*sde->headers);
}

static int engine_init(struct hfi1u_dev *dd, unsigned int num)
{
	struct hfi1u_sdma_engine *sde = &dd->engines[num];

	sde->dd = dd;
	sde->num = num;
	sde->state = HFI1U_SDMA_HW_DOWN;
	sde->ring_shift = ilog2(dd->params.sdma_descq_cnt);
	sde->ring_size = ring_entries(sde) * sizeof(*sde->ring);
	sde->head_word = dd->sdma_heads + num * WFR_CREDIT_LINE_SIZE;
	sde->head_dma = dd->sdma_heads_dma + num * WFR_CREDIT_LINE_SIZE;
	spin_lock_init(&sde->lock);
	INIT_LIST_HEAD(&sde->queue);
	init_waitqueue_head(&sde->space_wait);
	INIT_WORK(&sde->work, hfi1u_sdma_work);
	sde->epoch = 1;
	sde->ring = dma_alloc_coherent(dd->dev, sde->ring_size, &sde->ring_dma,
				       GFP_KERNEL);
	sde->headers = dma_alloc_coherent(dd->dev, headers_size(sde),
					  &sde->headers_dma, GFP_KERNEL);
	return sde->ring && sde->headers ? 0 : -ENOMEM;
}

static void engine_exit(struct hfi1u_sdma_engine *sde)
{
	struct device *dev = sde->dd->dev;

	if (sde->headers)
		dma_free_coherent(dev, headers_size(sde), sde->headers,
				  sde->headers_dma);
	if (sde->ring)
		dma_free_coherent(dev, sde->ring_size, sde->ring,
				  sde->ring_dma);
}

static unsigned int engines_wanted(const struct hfi1u_dev *dd)
{
	unsigned int want = dd->params.num_sdma;

	if (!hfi1u_caps_test_kernel(dd->caps, HFI1_CAP_SDMA))
		return 0;
	return want && want < dd->chip.sdma_engines ? want :
						      dd->chip.sdma_engines;
}

/**
 * hfi1u_sdma_init - allocate the engines' memory
 * @dd: device
 *
 * Return: 0 or -ENOMEM; hfi1u_sdma_exit() cleans up after both.
 */
int hfi1u_sdma_init(struct hfi1u_dev *dd)
{
	unsigned int want = engines_wanted(dd);
	int ret = 0;

	dd->sdma_heads = dma_alloc_coherent(dd->dev, PAGE_SIZE,
					    &dd->sdma_heads_dma, GFP_KERNEL);
	dd->sdma_pad = dma_alloc_coherent(dd->dev, PAGE_SIZE, &dd->sdma_pad_dma,
					  GFP_KERNEL);
	dd->engines = kcalloc(max(want, 1U), sizeof(*dd->engines), GFP_KERNEL);
	if (!dd->sdma_heads || !dd->sdma_pad || !dd->engines)
		return -ENOMEM;
	while (dd->num_engines < want && !ret) {
		ret = engine_init(dd, dd->num_engines);
		dd->num_engines++;
	}
	return ret;
}

/**
 * hfi1u_sdma_exit - undo hfi1u_sdma_init(), also when it failed
 * @dd: device whose engines are stopped
 */
void hfi1u_sdma_exit(struct hfi1u_dev *dd)
{
	while (dd->num_engines)
		engine_exit(&dd->engines[--dd->num_engines]);
	kfree(dd->engines);
	if (dd->sdma_pad)
		dma_free_coherent(dd->dev, PAGE_SIZE, dd->sdma_pad,
				  dd->sdma_pad_dma);
	if (dd->sdma_heads)
		dma_free_coherent(dd->dev, PAGE_SIZE, dd->sdma_heads,
				  dd->sdma_heads_dma);
}

static void load_length(struct hfi1u_sdma_engine *sde, u64 generation)
{
	hfi1u_write(sde->dd, WFR_SEND_DMA_LEN_GEN(sde->num),
		    WFR_PREP(WFR_SEND_DMA_LEN_GEN_LENGTH,
			     ring_entries(sde) / WFR_SDMA_RING_UNIT) |
			    WFR_PREP(WFR_SEND_DMA_LEN_GEN_GENERATION,
				     generation));
}

/**
 * hfi1u_sdma_ring_reset - begin a ring anew
 * @sde: engine that is cleaned up and has no packets; lock held
 */
void hfi1u_sdma_ring_reset(struct hfi1u_sdma_engine *sde)
{
	struct hfi1u_dev *dd = sde->dd;

	lockdep_assert_held(&sde->lock);
	sde->head = 0;
	sde->tail = 0;
	if (!++sde->epoch)
		sde->epoch = 1;
	WRITE_ONCE(*sde->head_word, 0);
	/* the second write loads the counter and turns the check on */
	load_length(sde, 0);
	load_length(sde, WFR_SDMA_GEN_LOAD);
	hfi1u_write(dd, WFR_SEND_DMA_TAIL(sde->num), 0);
	/* the halt was asked for and the rest is history */
	hfi1u_write(dd, WFR_SEND_DMA_ENG_ERR_CLEAR(sde->num), ~0ULL);
}

static void program(struct hfi1u_sdma_engine *sde)
{
	struct hfi1u_dev *dd = sde->dd;
	unsigned int n = sde->num;
	u64 blocks = dd->chip.sdma_blocks / dd->num_engines;

	hfi1u_write(dd, WFR_SEND_DMA_BASE_ADDR(n), sde->ring_dma);
	load_length(sde, 0);
	load_length(sde, WFR_SDMA_GEN_LOAD);
	hfi1u_write(dd, WFR_SEND_DMA_TAIL(n), 0);
	hfi1u_write(dd, WFR_SEND_DMA_RELOAD_CNT(n), HFI1U_SDMA_IDLE_CLOCKS);
	hfi1u_write(dd, WFR_SEND_DMA_DESC_CNT(n), 0);
	hfi1u_write(dd, WFR_SEND_DMA_HEAD_ADDR(n), sde->head_dma);
	hfi1u_write(dd, WFR_SEND_DMA_MEMORY(n),
		    WFR_PREP(WFR_SEND_DMA_MEMORY_CNT, blocks) |
			    WFR_PREP(WFR_SEND_DMA_MEMORY_INDEX, blocks * n));
	hfi1u_write(dd, WFR_SEND_DMA_ENG_ERR_MASK(n), ~0ULL);
	hfi1u_write(dd, WFR_SEND_DMA_CHECK_ENABLE(n), engine_checks(dd));
	hfi1u_write(dd, WFR_SEND_DMA_CHECK_OPCODE(n), 0);
}

/**
 * hfi1u_sdma_start - program the engines and start their state machines
 * @dd: device with interrupts
 *
 * Returns when all are ready for the link, or have failed to be in time.
 */
void hfi1u_sdma_start(struct hfi1u_dev *dd)
{
	unsigned int i;

	for (i = 0; i < dd->num_engines; i++) {
		program(&dd->engines[i]);
		hfi1u_sdma_state_start(&dd->engines[i]);
	}
	for (i = 0; i < dd->num_engines; i++)
		flush_work(&dd->engines[i].work);
}

/**
 * hfi1u_sdma_set_slid - have the engines check the source address
 * @dd: device
 * @slid: value and mask
 */
void hfi1u_sdma_set_slid(struct hfi1u_dev *dd, u64 slid)
{
	unsigned int i;

	for (i = 0; i < dd->num_engines; i++)
		hfi1u_write(dd, WFR_SEND_DMA_CHECK_SLID(i), slid);
}

/* The register is authoritative; a chip that is gone has sent nothing more. */
static void read_head(struct hfi1u_sdma_engine *sde)
{
	u32 mask = ring_entries(sde) - 1;
	u32 moved;

	if (!hfi1u_present(sde->dd))
		return;
	moved = (hfi1u_read(sde->dd, WFR_SEND_DMA_HEAD(sde->num)) - sde->head) &
		mask;
	/* never past what was submitted, whatever a sick chip says */
	sde->head += min(moved, sde->tail - sde->head);
}

/**
 * hfi1u_sdma_retire - take the packets the chip has sent off the queue
 * @sde: engine, lock held
 * @list: they are moved here
 */
void hfi1u_sdma_retire(struct hfi1u_sdma_engine *sde, struct list_head *list)
{
	struct hfi1u_sdma_tx *tx, *next;

	lockdep_assert_held(&sde->lock);
	read_head(sde);
	list_for_each_entry_safe(tx, next, &sde->queue, list) {
		if ((s32)(sde->head - tx->end) < 0)
			break;
		list_move_tail(&tx->list, list);
	}
}

static void complete_list(struct list_head *list, enum hfi1u_sdma_status status)
{
	struct hfi1u_sdma_tx *tx, *next;

	list_for_each_entry_safe(tx, next, list, list) {
		list_del(&tx->list);
		tx->done(tx, status);
	}
}

/**
 * hfi1u_sdma_abort - end all packets of an engine that does not run
 * @sde: engine
 *
 * What the chip has sent completes as sent, the rest as aborted.
 */
void hfi1u_sdma_abort(struct hfi1u_sdma_engine *sde)
{
	LIST_HEAD(sent);
	LIST_HEAD(lost);
	unsigned long flags;

	spin_lock_irqsave(&sde->lock, flags);
	hfi1u_sdma_retire(sde, &sent);
	list_splice_init(&sde->queue, &lost);
	sde->head = sde->tail;
	spin_unlock_irqrestore(&sde->lock, flags);
	complete_list(&sent, HFI1U_SDMA_OK);
	complete_list(&lost, HFI1U_SDMA_ABORTED);
	wake_up_all(&sde->space_wait);
}

/**
 * hfi1u_sdma_interrupt - an engine has made progress
 * @dd: device
 * @engine: number
 */
void hfi1u_sdma_interrupt(struct hfi1u_dev *dd, unsigned int engine)
{
	struct hfi1u_sdma_engine *sde;
	LIST_HEAD(sent);
	unsigned long flags;

	if (engine >= dd->num_engines)
		return;
	sde = &dd->engines[engine];
	spin_lock_irqsave(&sde->lock, flags);
	/* states that wait for the chip have their head read when it stopped */
	if (sde->state == HFI1U_SDMA_RUNNING)
		hfi1u_sdma_retire(sde, &sent);
	spin_unlock_irqrestore(&sde->lock, flags);
	complete_list(&sent, HFI1U_SDMA_OK);
	wake_up_all(&sde->space_wait);
}

/**
 * hfi1u_sdma_error - an engine reports an error, or the halt it was asked for
 * @dd: device
 * @engine: number
 */
void hfi1u_sdma_error(struct hfi1u_dev *dd, unsigned int engine)
{
	u64 errors;

	if (engine >= dd->num_engines)
		return;
	errors = hfi1u_sdma_state_error(&dd->engines[engine]);
	if (errors & ~WFR_SEND_DMA_ENG_ERR_STATUS_HALT)
		dev_err_ratelimited(dd->dev, "SDMA engine %u error %#llx\n",
				    engine, (unsigned long long)errors);
}

/**
 * hfi1u_sdma_running - does an engine take packets?
 * @sde: engine
 *
 * Return: true if it does.
 */
bool hfi1u_sdma_running(struct hfi1u_sdma_engine *sde)
{
	return READ_ONCE(sde->state) == HFI1U_SDMA_RUNNING;
}

/**
 * hfi1u_sdma_ahg_get - have an engine keep a header
 * @sde: engine
 *
 * Return: the place of it, or HFI1U_SDMA_NO_AHG if all are in use.
 */
int hfi1u_sdma_ahg_get(struct hfi1u_sdma_engine *sde)
{
	unsigned long used = READ_ONCE(sde->ahg_used);
	unsigned int i;

	for_each_clear_bit(i, &used, WFR_AHG_ENTRIES)
		if (!test_and_set_bit(i, &sde->ahg_used))
			return i;
	return HFI1U_SDMA_NO_AHG;
}

/**
 * hfi1u_sdma_ahg_put - undo hfi1u_sdma_ahg_get()
 * @sde: engine that has no packet with this header any more
 * @ahg: the place
 */
void hfi1u_sdma_ahg_put(struct hfi1u_sdma_engine *sde, int ahg)
{
	clear_bit(ahg, &sde->ahg_used);
}

/* Descriptors that carry nothing but edits; the first one has an edit, too. */
static unsigned int edit_descs(const struct hfi1u_sdma_tx *tx)
{
	return tx->nedits > 1 ?
		       DIV_ROUND_UP(tx->nedits - 1, HFI1U_SDMA_EDITS_PER_DESC) :
		       0;
}

static unsigned int descs(const struct hfi1u_sdma_tx *tx)
{
	return 1 + edit_descs(tx) + tx->npieces;
}

static bool has_space(struct hfi1u_sdma_engine *sde,
		      const struct hfi1u_sdma_tx *tx)
{
	u32 used = READ_ONCE(sde->tail) - READ_ONCE(sde->head);

	return ring_entries(sde) - 1 - used >= descs(tx);
}

/**
 * hfi1u_sdma_wait_space - wait until an engine may have room for a packet
 * @sde: engine
 * @tx: packet
 *
 * Return: false if the caller is being killed; otherwise the caller tries
 * again, also when the engine has stopped.
 */
bool hfi1u_sdma_wait_space(struct hfi1u_sdma_engine *sde,
			   const struct hfi1u_sdma_tx *tx)
{
	return !wait_event_killable(sde->space_wait,
				    has_space(sde, tx) ||
					    !hfi1u_sdma_running(sde));
}

/* Write the next descriptor, but for its generation. */
static void write_desc(struct hfi1u_sdma_engine *sde, u64 qw0, u64 qw1)
{
	struct hfi1u_sdma_desc *desc =
		&sde->ring[sde->tail++ & (ring_entries(sde) - 1)];

	desc->qw[0] = cpu_to_le64(qw0);
	desc->qw[1] = cpu_to_le64(qw1);
}

static u64 generation(const struct hfi1u_sdma_engine *sde)
{
	return WFR_PREP(WFR_SDMA_DESC1_GENERATION,
			sde->tail >> sde->ring_shift);
}

static u64 last_flags(const struct hfi1u_sdma_tx *tx)
{
	return tx->interrupt ?
		       WFR_SDMA_DESC1_INT_REQ | WFR_SDMA_DESC1_HEAD_TO_HOST :
		       0;
}

/* What the first descriptor says of the stored header. */
static u64 ahg_bits(const struct hfi1u_sdma_tx *tx)
{
	u64 mode = tx->hdr ? WFR_SDMA_DESC1_HEADER_MODE_COPY :
			     WFR_SDMA_DESC1_HEADER_MODE_EDIT1 + edit_descs(tx);

	if (tx->ahg == HFI1U_SDMA_NO_AHG)
		return 0;
	return WFR_PREP(WFR_SDMA_DESC1_HEADER_INDEX, tx->ahg) |
	       WFR_PREP(WFR_SDMA_DESC1_HEADER_MODE, mode) |
	       WFR_PREP(WFR_SDMA_DESC1_HEADER_UPDATE1, tx->edits[0]);
}

/* The first descriptor: the header, or how it is made. */
static void write_first(struct hfi1u_sdma_engine *sde,
			const struct hfi1u_sdma_tx *tx)
{
	u32 at = sde->tail & (ring_entries(sde) - 1);
	u64 qw0 = WFR_SDMA_DESC0_FIRST_DESC;
	u64 qw1 = generation(sde) | ahg_bits(tx);

	if (tx->hdr) {
		memcpy(&sde->headers[at], tx->hdr, sizeof(*sde->headers));
		qw0 |= WFR_PREP(WFR_SDMA_DESC0_PHY_ADDR,
				sde->headers_dma + at * sizeof(*sde->headers)) |
		       WFR_PREP(WFR_SDMA_DESC0_BYTE_COUNT,
				sizeof(*sde->headers));
	}
	if (!tx->npieces) {
		qw0 |= WFR_SDMA_DESC0_LAST_DESC;
		qw1 |= last_flags(tx);
	}
	write_desc(sde, qw0, qw1);
}

static void write_edits(struct hfi1u_sdma_engine *sde,
			const struct hfi1u_sdma_tx *tx)
{
	const u32 *edit = &tx->edits[1];
	unsigned int i;

	for (i = 0; i < edit_descs(tx); i++, edit += HFI1U_SDMA_EDITS_PER_DESC)
		write_desc(sde, edit[0] | (u64)edit[1] << 32,
			   edit[2] | (u64)edit[3] << 32);
}

static void write_descs(struct hfi1u_sdma_engine *sde,
			const struct hfi1u_sdma_tx *tx)
{
	unsigned int i;

	write_first(sde, tx);
	write_edits(sde, tx);
	for (i = 0; i < tx->npieces; i++) {
		u64 qw0 = WFR_PREP(WFR_SDMA_DESC0_PHY_ADDR, tx->addr[i]) |
			  WFR_PREP(WFR_SDMA_DESC0_BYTE_COUNT, tx->len[i]);
		u64 qw1 = generation(sde);

		if (i == tx->npieces - 1) {
			qw0 |= WFR_SDMA_DESC0_LAST_DESC;
			qw1 |= last_flags(tx);
		}
		write_desc(sde, qw0, qw1);
	}
}

static int accept(struct hfi1u_sdma_engine *sde, struct hfi1u_sdma_tx *tx,
		  unsigned int *epoch)
{
	lockdep_assert_held(&sde->lock);
	if (sde->state != HFI1U_SDMA_RUNNING ||
	    (*epoch && *epoch != sde->epoch))
		return -ECOMM;
	if (!has_space(sde, tx))
		return -EBUSY;
	*epoch = sde->epoch;
	write_descs(sde, tx);
	tx->end = sde->tail;
	list_add_tail(&tx->list, &sde->queue);
	wmb(); /* descriptors before the tail that shows them */
	hfi1u_write(sde->dd, WFR_SEND_DMA_TAIL(sde->num),
		    sde->tail & (ring_entries(sde) - 1));
	return 0;
}

/**
 * hfi1u_sdma_submit - give a packet to an engine
 * @sde: engine
 * @tx: packet; the engine's until its done() is called
 * @epoch: 0 before the first packet of a request; set, and later packets are
 *	refused once the ring has begun anew without the earlier ones
 *
 * Return: 0, -ECOMM if the engine does not run, or -EBUSY if its ring is full;
 * after an error the packet is still the caller's.
 */
int hfi1u_sdma_submit(struct hfi1u_sdma_engine *sde, struct hfi1u_sdma_tx *tx,
		      unsigned int *epoch)
{
	LIST_HEAD(sent);
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&sde->lock, flags);
	if (!has_space(sde, tx) && sde->state == HFI1U_SDMA_RUNNING)
		hfi1u_sdma_retire(sde, &sent);
	ret = accept(sde, tx, epoch);
	spin_unlock_irqrestore(&sde->lock, flags);
	complete_list(&sent, HFI1U_SDMA_OK);
	return ret;
}
