// SPDX-License-Identifier: BSD-3-Clause
/*
 * Error registers come in threes: status, mask or enable, clear.  A status
 * bit that is set while enabled raises the interrupt source of its block.
 * The sources of the link blocks are levels, the others are edges.
 */
#include "wfr_priv.h"

struct wfr_err_regs {
	uint64_t status;
	uint64_t mask;
	uint64_t clear;
	unsigned int source;
	uint64_t freeze; /* bits that freeze the chip */
};

static const struct wfr_err_regs wfr_err_blocks[WFR_FAULT_BLOCKS] = {
	[WFR_FAULT_CCE] = { WFR_CCE_ERR_STATUS, WFR_CCE_ERR_MASK,
			    WFR_CCE_ERR_CLEAR, WFR_IS_CCE_ERR, 0 },
	[WFR_FAULT_RXE] = { WFR_RCV_ERR_STATUS, WFR_RCV_ERR_MASK,
			    WFR_RCV_ERR_CLEAR, WFR_IS_RXE_ERR,
			    WFR_RCV_ERR_FREEZE },
	[WFR_FAULT_MISC] = { WFR_MISC_ERR_STATUS, WFR_MISC_ERR_MASK,
			     WFR_MISC_ERR_CLEAR, WFR_IS_MISC_ERR, 0 },
	[WFR_FAULT_PIO] = { WFR_SEND_PIO_ERR_STATUS, WFR_SEND_PIO_ERR_MASK,
			    WFR_SEND_PIO_ERR_CLEAR, WFR_IS_PIO_ERR,
			    WFR_SEND_PIO_ERR_FREEZE },
	[WFR_FAULT_SDMA] = { WFR_SEND_DMA_ERR_STATUS, WFR_SEND_DMA_ERR_MASK,
			     WFR_SEND_DMA_ERR_CLEAR, WFR_IS_SDMA_ERR,
			     WFR_SEND_DMA_ERR_FREEZE },
	[WFR_FAULT_EGRESS] = { WFR_SEND_EGRESS_ERR_STATUS,
			       WFR_SEND_EGRESS_ERR_MASK,
			       WFR_SEND_EGRESS_ERR_CLEAR, WFR_IS_EGRESS_ERR,
			       WFR_SEND_EGRESS_ERR_FREEZE },
	[WFR_FAULT_TXE] = { WFR_SEND_ERR_STATUS, WFR_SEND_ERR_MASK,
			    WFR_SEND_ERR_CLEAR, WFR_IS_TXE_ERR, 0 },
	[WFR_FAULT_DCC] = { WFR_DCC_ERR_FLG, WFR_DCC_ERR_FLG_EN,
			    WFR_DCC_ERR_FLG_CLR, WFR_IS_DCC, 0 },
	[WFR_FAULT_LCB] = { WFR_LCB_ERR_FLG, WFR_LCB_ERR_EN, WFR_LCB_ERR_CLR,
			    WFR_IS_LCB, 0 },
	[WFR_FAULT_DC8051] = { WFR_DC8051_ERR_FLG, WFR_DC8051_ERR_EN,
			       WFR_DC8051_ERR_CLR, WFR_IS_DC8051, 0 },
};

/* The block a status, mask or clear register belongs to. */
static const struct wfr_err_regs *wfr_err_of(uint64_t off)
{
	unsigned int i;

	for (i = 0; i < WFR_FAULT_BLOCKS; i++) {
		const struct wfr_err_regs *blk = &wfr_err_blocks[i];

		if (off == blk->status || off == blk->mask || off == blk->clear)
			return blk;
	}
	return NULL;
}

void wfr_err_raise(struct wfr_device *dev, enum wfr_fault_block block,
		   uint64_t bits)
{
	const struct wfr_err_regs *blk = &wfr_err_blocks[block];

	wfr_put(dev, blk->status, wfr_get(dev, blk->status) | bits);
	if (bits & wfr_get(dev, blk->mask))
		wfr_int_raise(dev, blk->source);
	if (bits & blk->freeze)
		wfr_freeze(dev);
}

/* Raise a level source again if its cause is still there. */
void wfr_err_level(struct wfr_device *dev, unsigned int source)
{
	unsigned int i;

	for (i = 0; i < WFR_FAULT_BLOCKS; i++) {
		const struct wfr_err_regs *blk = &wfr_err_blocks[i];

		if (blk->source == source &&
		    (wfr_get(dev, blk->status) & wfr_get(dev, blk->mask)))
			wfr_int_raise(dev, source);
	}
}

static void wfr_err_mask_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	const struct wfr_err_regs *blk = wfr_err_of(at->off);

	wfr_put(dev, at->off, val);
	if (wfr_get(dev, blk->status) & val)
		wfr_int_raise(dev, blk->source);
}

static void wfr_err_clear_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	const struct wfr_err_regs *blk = wfr_err_of(at->off);

	wfr_put(dev, blk->status, wfr_get(dev, blk->status) & ~val);
}

void wfr_send_ctxt_err(struct wfr_device *dev, unsigned int c, uint64_t bits)
{
	wfr_put(dev, WFR_SEND_CTXT_ERR_STATUS(c),
		wfr_get(dev, WFR_SEND_CTXT_ERR_STATUS(c)) | bits);
	if (bits & wfr_get(dev, WFR_SEND_CTXT_ERR_MASK(c)))
		wfr_int_raise(dev, WFR_IS_SENDCTXT_ERR_BASE + c);
}

/* What a disabled context still shows was its last owner's. */
static void wfr_ctxt_mask_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	wfr_put(dev, at->off, val);
	if (at->n < dev->cfg.send_contexts && dev->sctxt[at->n].enabled &&
	    (wfr_get(dev, WFR_SEND_CTXT_ERR_STATUS(at->n)) & val))
		wfr_int_raise(dev, WFR_IS_SENDCTXT_ERR_BASE + at->n);
}

static void wfr_ctxt_clear_write(struct wfr_device *dev,
				 const struct wfr_at *at, uint64_t val)
{
	wfr_put(dev, WFR_SEND_CTXT_ERR_STATUS(at->n),
		wfr_get(dev, WFR_SEND_CTXT_ERR_STATUS(at->n)) & ~val);
}

void wfr_sdma_err(struct wfr_device *dev, unsigned int e, uint64_t bits)
{
	wfr_put(dev, WFR_SEND_DMA_ENG_ERR_STATUS(e),
		wfr_get(dev, WFR_SEND_DMA_ENG_ERR_STATUS(e)) | bits);
	if (bits & wfr_get(dev, WFR_SEND_DMA_ENG_ERR_MASK(e)))
		wfr_int_raise(dev, WFR_IS_SDMAENG_ERR_BASE + e);
}

static void wfr_eng_mask_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	wfr_put(dev, at->off, val);
	if (wfr_get(dev, WFR_SEND_DMA_ENG_ERR_STATUS(at->n)) & val)
		wfr_int_raise(dev, WFR_IS_SDMAENG_ERR_BASE + at->n);
}

static void wfr_eng_clear_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	wfr_put(dev, WFR_SEND_DMA_ENG_ERR_STATUS(at->n),
		wfr_get(dev, WFR_SEND_DMA_ENG_ERR_STATUS(at->n)) & ~val);
}

/* The last refusal is cleared together with the record of who it was. */
static void wfr_egress_info_write(struct wfr_device *dev,
				  const struct wfr_at *at, uint64_t val)
{
	uint64_t left = wfr_get(dev, at->off) & ~val;

	wfr_put(dev, at->off, left);
	if (!left)
		wfr_put(dev, WFR_SEND_EGRESS_ERR_SOURCE, 0);
}

#define WFR_ERR_BLOCK_HOOKS(m, c)                      \
	{ .off = m, .write = wfr_err_mask_write },     \
	{                                              \
		.off = c, .write = wfr_err_clear_write \
	}

const struct wfr_hook wfr_err_hooks[] = {
	WFR_ERR_BLOCK_HOOKS(WFR_CCE_ERR_MASK, WFR_CCE_ERR_CLEAR),
	WFR_ERR_BLOCK_HOOKS(WFR_RCV_ERR_MASK, WFR_RCV_ERR_CLEAR),
	WFR_ERR_BLOCK_HOOKS(WFR_MISC_ERR_MASK, WFR_MISC_ERR_CLEAR),
	WFR_ERR_BLOCK_HOOKS(WFR_SEND_PIO_ERR_MASK, WFR_SEND_PIO_ERR_CLEAR),
	WFR_ERR_BLOCK_HOOKS(WFR_SEND_DMA_ERR_MASK, WFR_SEND_DMA_ERR_CLEAR),
	WFR_ERR_BLOCK_HOOKS(WFR_SEND_EGRESS_ERR_MASK,
			    WFR_SEND_EGRESS_ERR_CLEAR),
	WFR_ERR_BLOCK_HOOKS(WFR_SEND_ERR_MASK, WFR_SEND_ERR_CLEAR),
	WFR_ERR_BLOCK_HOOKS(WFR_DCC_ERR_FLG_EN, WFR_DCC_ERR_FLG_CLR),
	WFR_ERR_BLOCK_HOOKS(WFR_LCB_ERR_EN, WFR_LCB_ERR_CLR),
	WFR_ERR_BLOCK_HOOKS(WFR_DC8051_ERR_EN, WFR_DC8051_ERR_CLR),
	{ .off = WFR_SEND_CTXT_ERR_MASK(0), .write = wfr_ctxt_mask_write },
	{ .off = WFR_SEND_CTXT_ERR_CLEAR(0), .write = wfr_ctxt_clear_write },
	{ .off = WFR_SEND_DMA_ENG_ERR_MASK(0), .write = wfr_eng_mask_write },
	{ .off = WFR_SEND_DMA_ENG_ERR_CLEAR(0), .write = wfr_eng_clear_write },
	{ .off = WFR_SEND_EGRESS_ERR_INFO, .write = wfr_egress_info_write },
	{ 0 }
};
