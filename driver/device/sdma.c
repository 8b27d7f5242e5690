// SPDX-License-Identifier: BSD-3-Clause
/*
 * SDMA engines: control handshakes, progress and interrupts.
 *
 * Drivers start an engine by halting it, waiting for the error interrupt of
 * the halt, cleaning it up and enabling it; the engine has to report each of
 * these steps.
 */
#include "wfr_priv.h"

/* Packets an engine may have waiting for the link. */
#define WFR_SDMA_OUT_MAX 64

/* Number of descriptors of the ring, 0 when it was not set up. */
uint32_t wfr_sdma_ring(struct wfr_device *dev, unsigned int e)
{
	return WFR_GET(WFR_SEND_DMA_LEN_GEN_LENGTH,
		       wfr_get(dev, WFR_SEND_DMA_LEN_GEN(e))) *
	       WFR_SDMA_RING_UNIT;
}

static bool wfr_sdma_halted(struct wfr_device *dev, unsigned int e)
{
	return wfr_get(dev, WFR_SEND_DMA_CTRL(e)) & WFR_SEND_DMA_CTRL_HALT ||
	       dev->sdma[e].stopped;
}

static void wfr_sdma_interrupt(struct wfr_device *dev, unsigned int e,
			       unsigned int base)
{
	if (wfr_get(dev, WFR_SEND_DMA_CTRL(e)) & WFR_SEND_DMA_CTRL_INT_ENABLE)
		wfr_int_raise(dev, base + e);
}

static void wfr_sdma_show(struct wfr_device *dev, unsigned int e,
			  uint64_t status)
{
	if (dev->faults.sticky & WFR_STICKY_SDMA_HALT)
		status &= ~WFR_SEND_DMA_STATUS_ENG_HALTED;
	if (dev->faults.sticky & WFR_STICKY_SDMA_CLEAN)
		status &= ~WFR_SEND_DMA_STATUS_ENG_CLEANED_UP;
	wfr_put(dev, WFR_SEND_DMA_STATUS(e), status);
}

/* Stop on an error; software sees the bits and the halt. */
void wfr_sdma_fail(struct wfr_device *dev, unsigned int e, uint64_t bits)
{
	dev->sdma[e].stopped = true;
	wfr_sdma_show(dev, e, WFR_SEND_DMA_STATUS_ENG_HALTED);
	if (!(dev->faults.sticky & WFR_STICKY_SDMA_HALT))
		wfr_sdma_err(dev, e, bits);
}

/* Tell memory where the head is. */
void wfr_sdma_publish(struct wfr_device *dev, unsigned int e)
{
	uint64_t addr = wfr_get(dev, WFR_SEND_DMA_HEAD_ADDR(e));

	if (addr)
		wfr_dma_write64(dev, addr, dev->sdma[e].head);
}

static void wfr_sdma_set_head(struct wfr_device *dev, unsigned int e,
			      uint32_t head)
{
	dev->sdma[e].head = head;
	wfr_put(dev, WFR_SEND_DMA_HEAD(e), head);
}

/* @n descriptors are done; @flags is what they asked for (SDMA_DESC1). */
void wfr_sdma_advance(struct wfr_device *dev, unsigned int e, uint32_t n,
		      uint64_t flags)
{
	struct wfr_sdma *eng = &dev->sdma[e];
	uint32_t ring = wfr_sdma_ring(dev, e);
	uint32_t head = eng->head + n;

	if (head >= ring) {
		head -= ring;
		eng->gen++;
	}
	wfr_sdma_set_head(dev, e, head);
	wfr_put(dev, WFR_SEND_DMA_DESC_FETCHED_CNT(e),
		wfr_get(dev, WFR_SEND_DMA_DESC_FETCHED_CNT(e)) + n);
	eng->active = true;
	if (flags & WFR_SDMA_DESC1_HEAD_TO_HOST)
		wfr_sdma_publish(dev, e);
	if (flags & WFR_SDMA_DESC1_INT_REQ)
		wfr_sdma_interrupt(dev, e, WFR_IS_SDMA_BASE);
	if (eng->progress && n >= eng->progress) {
		eng->progress = 0;
		wfr_sdma_interrupt(dev, e, WFR_IS_SDMA_PROGRESS_BASE);
	} else if (eng->progress) {
		eng->progress -= n;
	}
}

/* All work is done: publish the head and say so. */
static void wfr_sdma_idle(struct wfr_device *dev, unsigned int e)
{
	dev->sdma[e].active = false;
	wfr_sdma_publish(dev, e);
	wfr_sdma_interrupt(dev, e, WFR_IS_SDMA_IDLE_BASE);
}

/* Whether the engine has to wait; with a delay fault, until eng->due. */
static bool wfr_sdma_waits(struct wfr_device *dev, unsigned int e, uint64_t now)
{
	struct wfr_sdma *eng = &dev->sdma[e];

	if (!dev->faults.delay_ns) {
		eng->due = 0;
		return false;
	}
	if (!eng->due)
		eng->due = now + dev->faults.delay_ns;
	if (eng->due > now)
		return true;
	eng->due = 0;
	return false;
}

static bool wfr_sdma_ready(struct wfr_device *dev, unsigned int e)
{
	return dev->sdma[e].enabled && !wfr_sdma_halted(dev, e) &&
	       !wfr_frozen(dev, WFR_CCE_STATUS_SDMA_FROZE) &&
	       wfr_sdma_ring(dev, e);
}

static bool wfr_sdma_engine(struct wfr_device *dev, unsigned int e,
			    uint64_t now)
{
	struct wfr_sdma *eng = &dev->sdma[e];
	bool worked = false;

	while (wfr_sdma_ready(dev, e) && dev->out.count < WFR_SDMA_OUT_MAX) {
		if (eng->head == wfr_get(dev, WFR_SEND_DMA_TAIL(e))) {
			eng->due = 0;
			if (eng->active)
				wfr_sdma_idle(dev, e);
			break;
		}
		if (wfr_sdma_waits(dev, e, now) || !wfr_sdma_one(dev, e))
			break;
		worked = true;
	}
	return worked;
}

bool wfr_sdma_run(struct wfr_device *dev, uint64_t now)
{
	bool worked = false;
	unsigned int i;

	for (i = 0; i < dev->cfg.sdma_engines; i++) {
		unsigned int e = (dev->sdma_turn + i) % dev->cfg.sdma_engines;

		worked |= wfr_sdma_engine(dev, e, now);
	}
	dev->sdma_turn++;
	return worked;
}

/* When a delayed engine goes on, WFR_STEP_IDLE for none. */
uint64_t wfr_sdma_next(struct wfr_device *dev)
{
	uint64_t next = WFR_STEP_IDLE;
	unsigned int e;

	/* Behind a full egress it is egress that decides. */
	if (dev->out.count >= WFR_SDMA_OUT_MAX)
		return next;
	for (e = 0; e < dev->cfg.sdma_engines; e++)
		if (dev->sdma[e].due && wfr_sdma_ready(dev, e) &&
		    dev->sdma[e].due < next)
			next = dev->sdma[e].due;
	return next;
}

/* Drop all work: the next descriptor is the ring's first. */
static void wfr_sdma_forget(struct wfr_device *dev, unsigned int e)
{
	struct wfr_sdma *eng = &dev->sdma[e];

	wfr_sdma_set_head(dev, e, 0);
	eng->active = false;
	eng->ahg_valid = 0;
	eng->due = 0;
}

static void wfr_sdma_cleanup(struct wfr_device *dev, unsigned int e)
{
	wfr_sdma_forget(dev, e);
	dev->sdma[e].stopped = true;
	wfr_sdma_show(dev, e,
		      WFR_SEND_DMA_STATUS_ENG_HALTED |
			      WFR_SEND_DMA_STATUS_ENG_CLEANED_UP);
}

static void wfr_sdma_ctrl_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	uint64_t old = wfr_get(dev, at->off);
	uint64_t rising = val & ~old;
	struct wfr_sdma *eng;

	wfr_put(dev, at->off, val & ~WFR_SEND_DMA_CTRL_CLEANUP);
	if (at->n >= dev->cfg.sdma_engines)
		return;
	eng = &dev->sdma[at->n];
	if (rising & WFR_SEND_DMA_CTRL_HALT)
		wfr_sdma_fail(dev, at->n, WFR_SEND_DMA_ENG_ERR_STATUS_HALT);
	if (val & WFR_SEND_DMA_CTRL_CLEANUP)
		wfr_sdma_cleanup(dev, at->n);
	if (rising & WFR_SEND_DMA_CTRL_ENABLE) {
		eng->enabled = true;
		eng->stopped = false;
		wfr_put(dev, WFR_SEND_DMA_STATUS(at->n), 0);
		wfr_kick(dev);
	}
	if (~val & old & WFR_SEND_DMA_CTRL_ENABLE) {
		eng->enabled = false;
		wfr_sdma_show(dev, at->n,
			      wfr_get(dev, WFR_SEND_DMA_STATUS(at->n)) |
				      WFR_SEND_DMA_STATUS_ENG_HALTED);
	}
}

static void wfr_sdma_len_gen_write(struct wfr_device *dev,
				   const struct wfr_at *at, uint64_t val)
{
	uint64_t gen = WFR_GET(WFR_SEND_DMA_LEN_GEN_GENERATION, val);

	wfr_put(dev, at->off, val);
	if (at->n >= dev->cfg.sdma_engines)
		return;
	dev->sdma[at->n].gen_check = gen & WFR_SDMA_GEN_LOAD;
	if (gen & WFR_SDMA_GEN_LOAD)
		dev->sdma[at->n].gen = gen & WFR_SDMA_GEN_MASK;
}

static void wfr_sdma_tail_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	if (at->n >= dev->cfg.sdma_engines)
		return;
	if (val && val >= wfr_sdma_ring(dev, at->n)) {
		wfr_sdma_fail(dev, at->n,
			      WFR_SEND_DMA_ENG_ERR_STATUS_TAIL_OUT_OF_BOUNDS);
		return;
	}
	wfr_put(dev, at->off, val);
	wfr_kick(dev);
}

static void wfr_sdma_desc_cnt_write(struct wfr_device *dev,
				    const struct wfr_at *at, uint64_t val)
{
	wfr_put(dev, at->off, val);
	if (at->n < dev->cfg.sdma_engines)
		dev->sdma[at->n].progress =
			WFR_GET(WFR_SEND_DMA_DESC_CNT_CNT, val);
}

void wfr_sdma_freeze(struct wfr_device *dev)
{
	unsigned int e;

	for (e = 0; e < dev->cfg.sdma_engines; e++)
		if (dev->sdma[e].enabled)
			dev->sdma[e].stopped = true;
}

/* Drivers count on it: after a freeze they neither halt nor clean engines. */
void wfr_sdma_unfreeze(struct wfr_device *dev)
{
	unsigned int e;

	for (e = 0; e < dev->cfg.sdma_engines; e++) {
		wfr_sdma_forget(dev, e);
		wfr_put(dev, WFR_SEND_DMA_TAIL(e), 0);
	}
}

void wfr_sdma_reset(struct wfr_device *dev)
{
	memset(dev->sdma, 0, dev->cfg.sdma_engines * sizeof(*dev->sdma));
	dev->sdma_turn = 0;
}

const struct wfr_hook wfr_sdma_hooks[] = {
	{ .off = WFR_SEND_DMA_CTRL(0), .write = wfr_sdma_ctrl_write },
	{ .off = WFR_SEND_DMA_LEN_GEN(0), .write = wfr_sdma_len_gen_write },
	{ .off = WFR_SEND_DMA_TAIL(0), .write = wfr_sdma_tail_write },
	{ .off = WFR_SEND_DMA_DESC_CNT(0), .write = wfr_sdma_desc_cnt_write },
	{ 0 }
};
