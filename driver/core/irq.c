// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Interrupts.
 *
 * Vector 0 takes every source but those of SDMA engines, which have a vector
 * each when the host has that many.  A handler clears its sources first and
 * looks at their cause after that: what happens in between raises the source
 * again, and nothing is lost.
 *
 * Locks: dd->irq_lock for CceIntMask, which poll() changes bit by bit.
 * dd->handled is constant while interrupts are on.
 */
#include "csr.h"
#include "priv.h"

#define HFI1U_SOURCES_PER_REG 64
#define HFI1U_MAPS_PER_REG    8

static bool own_vectors(const struct hfi1u_dev *dd)
{
	return dd->num_vectors > dd->num_engines;
}

/**
 * hfi1u_dev_vectors - how many interrupt vectors a device can use
 * @dd: device
 *
 * Return: the general vector and one per engine.
 */
unsigned int hfi1u_dev_vectors(const struct hfi1u_dev *dd)
{
	return 1 + dd->num_engines;
}

/**
 * hfi1u_irq_mask_locked - enable or disable a source
 * @dd: device, irq_lock held
 * @source: WFR_IS_*
 * @on: enable
 */
void hfi1u_irq_mask_locked(struct hfi1u_dev *dd, unsigned int source, bool on)
{
	u64 reg = WFR_CCE_INT_MASK(source / HFI1U_SOURCES_PER_REG);
	u64 bit = BIT_ULL(source % HFI1U_SOURCES_PER_REG);
	u64 mask = hfi1u_read(dd, reg);

	lockdep_assert_held(&dd->irq_lock);
	hfi1u_write(dd, reg, on ? mask | bit : mask & ~bit);
}

/**
 * hfi1u_irq_mask - hfi1u_irq_mask_locked() for callers without the lock
 * @dd: device
 * @source: WFR_IS_*
 * @on: enable
 */
void hfi1u_irq_mask(struct hfi1u_dev *dd, unsigned int source, bool on)
{
	unsigned long flags;

	spin_lock_irqsave(&dd->irq_lock, flags);
	hfi1u_irq_mask_locked(dd, source, on);
	spin_unlock_irqrestore(&dd->irq_lock, flags);
}

static void map_source(struct hfi1u_dev *dd, unsigned int source,
		       unsigned int vector)
{
	u64 reg = WFR_CCE_INT_MAP(source / HFI1U_MAPS_PER_REG);
	unsigned int shift = source % HFI1U_MAPS_PER_REG * 8;
	u64 map = hfi1u_read(dd, reg) & ~(0xffULL << shift);

	hfi1u_write(dd, reg, map | (u64)vector << shift);
	dd->handled[source / HFI1U_SOURCES_PER_REG] &=
		~BIT_ULL(source % HFI1U_SOURCES_PER_REG);
}

static void set_vectors(struct hfi1u_dev *dd)
{
	unsigned int i;

	memset(dd->handled, 0xff, sizeof(dd->handled));
	for (i = 0; i < WFR_INT_MAP_REGS; i++)
		hfi1u_write(dd, WFR_CCE_INT_MAP(i), 0);
	if (!own_vectors(dd))
		return;
	for (i = 0; i < dd->num_engines; i++) {
		map_source(dd, WFR_IS_SDMA_BASE + i, 1 + i);
		map_source(dd, WFR_IS_SDMA_PROGRESS_BASE + i, 1 + i);
		map_source(dd, WFR_IS_SDMA_IDLE_BASE + i, 1 + i);
	}
}

static void mask_range(struct hfi1u_dev *dd, unsigned int first,
		       unsigned int count)
{
	while (count--)
		hfi1u_irq_mask(dd, first++, true);
}

/**
 * hfi1u_irq_stop - disable all sources and forget what is pending
 * @dd: device
 */
void hfi1u_irq_stop(struct hfi1u_dev *dd)
{
	unsigned int i;

	for (i = 0; i < WFR_INT_REGS; i++)
		hfi1u_write(dd, WFR_CCE_INT_MASK(i), 0);
	for (i = 0; i < WFR_INT_REGS; i++)
		hfi1u_write(dd, WFR_CCE_INT_CLEAR(i), ~0ULL);
}

/**
 * hfi1u_irq_start - enable the sources that are always on
 * @dd: device whose vectors are connected
 */
void hfi1u_irq_start(struct hfi1u_dev *dd)
{
	hfi1u_irq_stop(dd);
	set_vectors(dd);
	mask_range(dd, WFR_IS_CCE_ERR, WFR_IS_TXE_ERR + 1);
	mask_range(dd, WFR_IS_TCRIT, 1);
	mask_range(dd, WFR_IS_DC8051, 1);
	mask_range(dd, WFR_IS_SDMAENG_ERR_BASE, dd->num_engines);
	mask_range(dd, WFR_IS_SENDCTXT_ERR_BASE, dd->chip.send_contexts);
	mask_range(dd, WFR_IS_SDMA_BASE, dd->num_engines);
	mask_range(dd, WFR_IS_SDMA_PROGRESS_BASE, dd->num_engines);
	mask_range(dd, WFR_IS_SDMA_IDLE_BASE, dd->num_engines);
}

/* A block's error register: clear what it shows, freeze if it must be. */
static void block_error(struct hfi1u_dev *dd, const char *name, u64 status,
			u64 clear, u64 freeze)
{
	u64 errors = hfi1u_read(dd, status);

	if (!errors)
		return;
	hfi1u_write(dd, clear, errors);
	dev_err_ratelimited(dd->dev, "%s error %#llx\n", name,
			    (unsigned long long)errors);
	if (errors & freeze)
		hfi1u_freeze_start(dd, 0);
}

static void cce_error(struct hfi1u_dev *dd)
{
	u64 errors = hfi1u_read(dd, WFR_CCE_ERR_STATUS);

	hfi1u_write(dd, WFR_CCE_ERR_CLEAR, errors);
	dev_err_ratelimited(dd->dev, "CCE error %#llx\n",
			    (unsigned long long)errors);
	/* first steppings do not freeze by themselves here */
	if ((errors & WFR_CCE_ERR_STATUS_CLI2_ASYNC_FIFO_PARITY) &&
	    hfi1u_chip_is_a_step(dd))
		hfi1u_freeze_start(dd, BIT(HFI1U_DEV_SELF_FREEZE));
}

static void general_error(struct hfi1u_dev *dd, unsigned int source)
{
	switch (source) {
	case WFR_IS_CCE_ERR:
		cce_error(dd);
		break;
	case WFR_IS_RXE_ERR:
		block_error(dd, "RXE", WFR_RCV_ERR_STATUS, WFR_RCV_ERR_CLEAR,
			    WFR_RCV_ERR_FREEZE);
		break;
	case WFR_IS_MISC_ERR:
		block_error(dd, "MISC", WFR_MISC_ERR_STATUS, WFR_MISC_ERR_CLEAR,
			    0);
		break;
	case WFR_IS_PIO_ERR:
		block_error(dd, "PIO", WFR_SEND_PIO_ERR_STATUS,
			    WFR_SEND_PIO_ERR_CLEAR, WFR_SEND_PIO_ERR_FREEZE);
		break;
	case WFR_IS_SDMA_ERR:
		block_error(dd, "SDMA", WFR_SEND_DMA_ERR_STATUS,
			    WFR_SEND_DMA_ERR_CLEAR, WFR_SEND_DMA_ERR_FREEZE);
		break;
	case WFR_IS_EGRESS_ERR:
		block_error(dd, "egress", WFR_SEND_EGRESS_ERR_STATUS,
			    WFR_SEND_EGRESS_ERR_CLEAR,
			    WFR_SEND_EGRESS_ERR_FREEZE);
		break;
	case WFR_IS_TXE_ERR:
		block_error(dd, "TXE", WFR_SEND_ERR_STATUS, WFR_SEND_ERR_CLEAR,
			    0);
		break;
	}
}

static void send_ctxt_error(struct hfi1u_dev *dd, unsigned int hw)
{
	struct hfi1u_send_ctxt *sc = hfi1u_sc_by_hw(dd, hw);

	if (sc)
		hfi1u_sc_error(sc);
}

static void receive(struct hfi1u_dev *dd, unsigned int num,
		    void (*handle)(struct hfi1u_ctxt *))
{
	struct hfi1u_ctxt *uctxt = hfi1u_ctxt_get(dd, num);

	if (!uctxt)
		return;
	handle(uctxt);
	hfi1u_ctxt_put(uctxt);
}

static void dispatch(struct hfi1u_dev *dd, unsigned int source)
{
	if (source >= WFR_IS_RCVURGENT_BASE) {
		if (source < WFR_IS_SENDCREDIT_BASE)
			receive(dd, source - WFR_IS_RCVURGENT_BASE,
				hfi1u_rcv_urgent);
	} else if (source >= WFR_IS_RCVAVAIL_BASE) {
		receive(dd, source - WFR_IS_RCVAVAIL_BASE, hfi1u_rcv_avail);
	} else if (source >= WFR_IS_PBC) {
		if (source == WFR_IS_TCRIT)
			hfi1u_dev_freeze(dd, true);
		else if (source == WFR_IS_DC8051)
			hfi1u_link_interrupt(dd);
	} else if (source >= WFR_IS_SDMA_BASE) {
		hfi1u_sdma_interrupt(dd, source % WFR_SDMA_ENGINES_MAX);
	} else if (source >= WFR_IS_SENDCTXT_ERR_BASE) {
		send_ctxt_error(dd, source - WFR_IS_SENDCTXT_ERR_BASE);
	} else if (source >= WFR_IS_SDMAENG_ERR_BASE) {
		hfi1u_sdma_error(dd, source - WFR_IS_SDMAENG_ERR_BASE);
	} else {
		general_error(dd, source);
	}
}

static irqreturn_t general_interrupt(struct hfi1u_dev *dd)
{
	unsigned long pending[WFR_INT_REGS];
	bool any = false;
	unsigned int i;
	unsigned int source;

	BUILD_BUG_ON(BITS_PER_LONG != HFI1U_SOURCES_PER_REG);
	for (i = 0; i < WFR_INT_REGS; i++) {
		pending[i] = 0;
		if (!dd->handled[i])
			continue;
		pending[i] = hfi1u_read(dd, WFR_CCE_INT_STATUS(i)) &
			     dd->handled[i];
		if (pending[i]) {
			hfi1u_write(dd, WFR_CCE_INT_CLEAR(i), pending[i]);
			any = true;
		}
	}
	for_each_set_bit(source, pending, WFR_INT_SOURCES)
		dispatch(dd, source);
	return any ? IRQ_HANDLED : IRQ_NONE;
}

static irqreturn_t engine_interrupt(struct hfi1u_dev *dd, unsigned int engine)
{
	u64 mine =
		BIT_ULL(WFR_IS_SDMA_BASE % HFI1U_SOURCES_PER_REG + engine) |
		BIT_ULL(WFR_IS_SDMA_PROGRESS_BASE % HFI1U_SOURCES_PER_REG +
			engine) |
		BIT_ULL(WFR_IS_SDMA_IDLE_BASE % HFI1U_SOURCES_PER_REG + engine);
	unsigned int reg = WFR_IS_SDMA_BASE / HFI1U_SOURCES_PER_REG;
	u64 pending = hfi1u_read(dd, WFR_CCE_INT_STATUS(reg)) & mine;

	if (!pending)
		return IRQ_NONE;
	hfi1u_write(dd, WFR_CCE_INT_CLEAR(reg), pending);
	hfi1u_sdma_interrupt(dd, engine);
	return IRQ_HANDLED;
}

/**
 * hfi1u_interrupt - an interrupt of the device
 * @dd: device
 * @vector: which of its vectors
 *
 * Context: a threaded handler, because the end of a send request gives user
 * pages back.  Vectors may run at the same time, a vector is not reentered.
 *
 * Return: IRQ_HANDLED if the device had something to say.
 */
irqreturn_t hfi1u_interrupt(struct hfi1u_dev *dd, unsigned int vector)
{
	if (!hfi1u_present(dd))
		return IRQ_NONE;
	if (!vector || !own_vectors(dd))
		return general_interrupt(dd);
	if (vector > dd->num_engines)
		return IRQ_NONE;
	return engine_interrupt(dd, vector - 1);
}
