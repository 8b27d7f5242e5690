// SPDX-License-Identifier: BSD-3-Clause
/*
 * Credits: blocks that are free again and when software is told so.
 */
#include "wfr_priv.h"

static void wfr_credit_status(struct wfr_device *dev, unsigned int c)
{
	const struct wfr_send_ctxt *sc = &dev->sctxt[c];

	wfr_put(dev, WFR_SEND_CTXT_CREDIT_STATUS(c),
		WFR_PREP(WFR_SEND_CTXT_CREDIT_STATUS_LAST_RETURNED_COUNTER,
			 sc->returned & WFR_PIO_COUNTER_MASK) |
			WFR_PREP(
				WFR_SEND_CTXT_CREDIT_STATUS_CURRENT_FREE_COUNTER,
				sc->freed & WFR_PIO_COUNTER_MASK));
}

static void wfr_credit_write(struct wfr_device *dev, unsigned int c,
			     uint64_t reason)
{
	const struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint64_t line = wfr_get(dev, WFR_SEND_CTXT_CREDIT_RETURN_ADDR(c)) &
			WFR_SEND_CTXT_CREDIT_RETURN_ADDR_ADDRESS;

	/* A context nobody gave a return line to keeps its credits. */
	if (!line)
		return;
	dev->stats.credit_returns++;
	wfr_dma_write64(dev, line + 8 * (c % WFR_CREDIT_LINE_WORDS),
			reason |
				WFR_PREP(WFR_CREDIT_COUNTER,
					 sc->freed & WFR_PIO_COUNTER_MASK) |
				WFR_PREP(WFR_CREDIT_STATUS, sc->halted));
}

/* Tell software the counter, with @reason one of WFR_CREDIT_DUE_TO_*. */
void wfr_credits_return(struct wfr_device *dev, unsigned int c, uint64_t reason)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];

	sc->returned = sc->freed;
	wfr_credit_status(dev, c);
	if (sc->drop_credits) {
		if (sc->drop_credits != ~0u)
			sc->drop_credits--;
		return;
	}
	wfr_credit_write(dev, c, reason);
	if (wfr_get(dev, WFR_SEND_CTXT_CREDIT_CTRL(c)) &
	    WFR_SEND_CTXT_CREDIT_CTRL_CREDIT_INTR)
		wfr_int_raise(dev, WFR_IS_SENDCREDIT_BASE + c);
}

/* The oldest @n blocks of a context may be written again. */
void wfr_credits_free(struct wfr_device *dev, unsigned int c, unsigned int n,
		      uint64_t pbc)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint64_t ctrl = wfr_get(dev, WFR_SEND_CTXT_CREDIT_CTRL(c));
	uint64_t threshold = WFR_GET(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, ctrl);
	uint64_t reason = 0;
	bool overrun = false;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (dev->cfg.pio.mem && !wfr_scan_rearm(dev, c, sc->tail))
			overrun = true;
		sc->flags[sc->tail] = 0;
		sc->tail = (sc->tail + 1) % sc->depth;
	}
	sc->freed += n;
	if (overrun) {
		wfr_pio_fail(dev, c, WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW);
		return;
	}
	if (pbc & WFR_PBC_CREDIT_RETURN)
		reason |= WFR_CREDIT_DUE_TO_PBC;
	if (threshold && sc->freed - sc->returned >= threshold)
		reason |= WFR_CREDIT_DUE_TO_THRESHOLD;
	if (reason)
		wfr_credits_return(dev, c, reason);
	else
		wfr_credit_status(dev, c);
}

static void wfr_credit_force_write(struct wfr_device *dev,
				   const struct wfr_at *at, uint64_t val)
{
	uint64_t rising = val & ~wfr_get(dev, at->off);

	wfr_put(dev, at->off, val);
	if (!(rising & WFR_SEND_CTXT_CREDIT_FORCE_FORCE_RETURN) ||
	    at->n >= dev->cfg.send_contexts || !dev->sctxt[at->n].enabled)
		return;
	wfr_scan_catch_up(dev, at->n);
	wfr_credits_return(dev, at->n, WFR_CREDIT_DUE_TO_FORCE);
}

const struct wfr_hook wfr_credit_hooks[] = {
	{ .off = WFR_SEND_CTXT_CREDIT_FORCE(0),
	  .write = wfr_credit_force_write },
	{ 0 }
};
