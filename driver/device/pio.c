// SPDX-License-Identifier: BSD-3-Clause
/*
 * PIO send contexts: enable, halt, and how stores become packets.
 *
 * A context is a ring of 64-byte blocks.  A packet begins with a block
 * written through the SOP window, whose first quadword announces the length,
 * and goes on in the following blocks through the plain window.  It is
 * launched when every dword of all its blocks has been written; packets are
 * launched in ring order, whatever the order of the stores.
 */
#include <stdlib.h>

#include "wfr_priv.h"

uint8_t *wfr_pio_mem(struct wfr_device *dev, unsigned int c, uint32_t block)
{
	return dev->pio_mem +
	       (dev->sctxt[c].base + (uint64_t)block) * WFR_PIO_BLOCK_SIZE;
}

/* Blocks of a packet; one at least, for even a bad PBC fills its block. */
unsigned int wfr_pio_blocks(uint64_t pbc)
{
	unsigned int dws = WFR_GET(WFR_PBC_LENGTH_DWS, pbc);

	return dws ? (dws + WFR_BLOCK_DWS - 1) / WFR_BLOCK_DWS : 1;
}

/* Whether stores to the context do anything. */
bool wfr_pio_accepts(struct wfr_device *dev, unsigned int c)
{
	const struct wfr_send_ctxt *sc = &dev->sctxt[c];

	return sc->enabled && !sc->halted && !sc->stale &&
	       !wfr_frozen(dev, WFR_CCE_STATUS_TXE_PIO_FROZE);
}

void wfr_pio_fail(struct wfr_device *dev, unsigned int c, uint64_t bits)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];

	if (!(dev->faults.sticky & WFR_STICKY_HALTED))
		wfr_put(dev, WFR_SEND_CTXT_STATUS(c),
			WFR_SEND_CTXT_STATUS_HALTED);
	if (!sc->halted) {
		sc->halted = true;
		wfr_credits_return(dev, c, WFR_CREDIT_DUE_TO_ERR);
	}
	wfr_send_ctxt_err(dev, c, bits);
}

static void wfr_pio_take(struct wfr_device *dev, unsigned int c,
			 uint32_t blocks)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint32_t i;

	for (i = 0; i < blocks; i++) {
		uint32_t b = (sc->head + i) % sc->depth;

		sc->valid[b] = 0;
		sc->flags[b] = WFR_BLK_BUSY;
	}
	sc->head = (sc->head + blocks) % sc->depth;
	sc->ready = 0;
}

static struct wfr_packet *wfr_pio_gather(struct wfr_device *dev, unsigned int c,
					 uint32_t blocks)
{
	const struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint8_t buf[WFR_PIO_CTXT_BLOCKS_MAX * WFR_PIO_BLOCK_SIZE];
	size_t len;
	uint64_t pbc;
	uint32_t i;

	for (i = 0; i < blocks; i++)
		memcpy(buf + i * WFR_PIO_BLOCK_SIZE,
		       wfr_pio_mem(dev, c, (sc->head + i) % sc->depth),
		       WFR_PIO_BLOCK_SIZE);
	pbc = wfr_get_le64(buf);
	len = 4 * WFR_GET(WFR_PBC_LENGTH_DWS, pbc);
	len = len > 8 ? len - 8 : 0;
	return wfr_packet_new(pbc, buf + 8, len);
}

/* Send the @blocks complete blocks at the head of the ring. */
void wfr_pio_launch(struct wfr_device *dev, unsigned int c, uint32_t blocks)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];
	struct wfr_packet *pkt = wfr_pio_gather(dev, c, blocks);
	uint64_t info;

	wfr_pio_take(dev, c, blocks);
	if (!pkt) {
		wfr_pio_fail(dev, c, WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW);
		return;
	}
	pkt->src = c;
	pkt->epoch = sc->epoch;
	pkt->blocks = blocks;
	info = wfr_integrity_check(dev, pkt);
	if (info) {
		wfr_integrity_report(dev, pkt, info);
		free(pkt);
		wfr_pio_fail(dev, c,
			     WFR_SEND_CTXT_ERR_STATUS_DISALLOWED_PACKET);
		return;
	}
	if (wfr_get(dev, WFR_SEND_CTXT_CREDIT_CTRL(c)) &
	    WFR_SEND_CTXT_CREDIT_CTRL_EARLY_RETURN) {
		wfr_credits_free(dev, c, blocks, pkt->pbc);
		pkt->blocks = 0;
	}
	wfr_egress_add(dev, pkt);
}

/*
 * What is wrong with the packet at the head as far as it is known, 0 if
 * nothing; *complete tells whether all of it is there.
 */
static uint64_t wfr_pio_inspect(struct wfr_send_ctxt *sc, uint32_t blocks,
				bool *complete)
{
	*complete = false;
	if (blocks > sc->depth)
		return WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW;
	for (; sc->ready < blocks; sc->ready++) {
		uint32_t b = (sc->head + sc->ready) % sc->depth;

		if (sc->ready && (sc->flags[b] & WFR_BLK_SOP))
			return WFR_SEND_CTXT_ERR_STATUS_INCONSISTENT_SOP;
		if (sc->valid[b] != WFR_BLOCK_FULL)
			return 0;
	}
	*complete = true;
	return 0;
}

/* Launch what is complete at the head of the ring. */
static void wfr_pio_frame(struct wfr_device *dev, unsigned int c)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];

	while (!sc->halted) {
		uint32_t blocks;
		uint64_t err;
		bool complete;

		if (sc->flags[sc->head] & WFR_BLK_PLAIN) {
			wfr_pio_fail(dev, c,
				     WFR_SEND_CTXT_ERR_STATUS_INCONSISTENT_SOP);
			return;
		}
		if ((sc->valid[sc->head] & 0x3) != 0x3)
			return;
		blocks = wfr_pio_blocks(
			wfr_get_le64(wfr_pio_mem(dev, c, sc->head)));
		err = wfr_pio_inspect(sc, blocks, &complete);
		if (err) {
			wfr_pio_fail(dev, c, err);
			return;
		}
		if (!complete)
			return;
		wfr_pio_launch(dev, c, blocks);
	}
}

/* What is wrong with a store to @byte of the window, 0 if nothing. */
static uint64_t wfr_pio_store_check(struct wfr_device *dev, unsigned int c,
				    bool sop, uint64_t byte, size_t len)
{
	const struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint32_t block = byte / WFR_PIO_BLOCK_SIZE;

	if (byte % WFR_PIO_BLOCK_SIZE + len > WFR_PIO_BLOCK_SIZE)
		return WFR_SEND_CTXT_ERR_STATUS_WRITE_CROSSES_BOUNDARY;
	if (block >= sc->depth ||
	    (sc->base + (uint64_t)block + 1) * WFR_PIO_BLOCK_SIZE >
		    dev->cfg.pio_mem_size)
		return WFR_SEND_CTXT_ERR_STATUS_WRITE_OUT_OF_BOUNDS;
	if (sc->flags[block] & WFR_BLK_BUSY)
		return WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW;
	if (sc->flags[block] & (sop ? WFR_BLK_PLAIN : WFR_BLK_SOP))
		return WFR_SEND_CTXT_ERR_STATUS_INCONSISTENT_SOP;
	return 0;
}

static void wfr_pio_store_ctxt(struct wfr_device *dev, unsigned int c, bool sop,
			       uint64_t byte, const void *buf, size_t len)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint32_t block = byte / WFR_PIO_BLOCK_SIZE;
	uint32_t first = byte % WFR_PIO_BLOCK_SIZE;
	uint64_t err = wfr_pio_store_check(dev, c, sop, byte, len);

	if (err) {
		wfr_pio_fail(dev, c, err);
		return;
	}
	memcpy(wfr_pio_mem(dev, c, block) + first, buf, len);
	sc->flags[block] |= sop ? WFR_BLK_SOP : WFR_BLK_PLAIN;
	sc->valid[block] |= ((1u << len / 4) - 1) << first / 4;
	wfr_pio_frame(dev, c);
}

/* Store @len bytes at offset @off of BAR 0; both multiples of 4. */
int wfr_pio_store(struct wfr_device *dev, uint64_t off, const void *buf,
		  size_t len)
{
	uint64_t rel = off - WFR_PIO_BASE;
	bool sop = rel >= WFR_PIO_SOP_OFFSET;
	unsigned int c;

	if (off < WFR_PIO_BASE || rel >= WFR_PIO_SIZE ||
	    len > WFR_PIO_SIZE - rel || off % 4 || len % 4 || !len)
		return -EINVAL;
	rel %= WFR_PIO_SOP_OFFSET;
	c = rel / WFR_PIO_CTXT_STRIDE;
	if (c >= dev->cfg.send_contexts || !dev->sctxt[c].enabled)
		wfr_err_raise(dev, WFR_FAULT_PIO,
			      WFR_SEND_PIO_ERR_STATUS_WRITE_BAD_CTXT);
	else if (wfr_pio_accepts(dev, c))
		wfr_pio_store_ctxt(dev, c, sop, rel % WFR_PIO_CTXT_STRIDE, buf,
				   len);
	return 0;
}

/* Forget all stores, credits and errors of a context. */
static void wfr_pio_clear(struct wfr_device *dev, unsigned int c)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];

	sc->epoch++;
	sc->halted = false;
	sc->head = 0;
	sc->ready = 0;
	sc->tail = 0;
	sc->freed = 0;
	sc->returned = 0;
	memset(sc->valid, 0, sizeof(sc->valid));
	memset(sc->flags, 0, sizeof(sc->flags));
	wfr_put(dev, WFR_SEND_CTXT_STATUS(c), 0);
	wfr_put(dev, WFR_SEND_CTXT_CREDIT_STATUS(c), 0);
}

/* Begin anew; what the window holds does not count. */
static void wfr_pio_init(struct wfr_device *dev, unsigned int c)
{
	wfr_pio_clear(dev, c);
	if (dev->sctxt[c].enabled && dev->cfg.pio.mem)
		wfr_scan_arm(dev, c);
}

static void wfr_send_ctxt_ctrl_write(struct wfr_device *dev,
				     const struct wfr_at *at, uint64_t val)
{
	struct wfr_send_ctxt *sc;
	bool enable = val & WFR_SEND_CTXT_CTRL_ENABLE;

	wfr_put(dev, at->off, val);
	if (at->n >= dev->cfg.send_contexts)
		return;
	sc = &dev->sctxt[at->n];
	if (enable == sc->enabled)
		return;
	wfr_scan_catch_up(dev, at->n);
	sc->base = WFR_GET(WFR_SEND_CTXT_CTRL_BASE, val);
	sc->depth = WFR_GET(WFR_SEND_CTXT_CTRL_DEPTH, val);
	if (sc->depth > WFR_PIO_CTXT_BLOCKS_MAX)
		sc->depth = WFR_PIO_CTXT_BLOCKS_MAX;
	sc->stale = false;
	sc->enabled = enable;
	wfr_pio_init(dev, at->n);
	dev->busy_ns = wfr_now(dev);
	wfr_kick(dev);
}

static void wfr_pio_init_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	unsigned int c = WFR_GET(WFR_SEND_PIO_INIT_CTXT_CTXT_NUM, val);
	uint64_t result = val & WFR_SEND_PIO_INIT_CTXT_CTXT_NUM;

	if (dev->faults.sticky & WFR_STICKY_PIO_INIT) {
		wfr_put(dev, at->off,
			result | WFR_SEND_PIO_INIT_CTXT_INIT_IN_PROGRESS);
		return;
	}
	if (dev->faults.pio_init) {
		dev->faults.pio_init = false;
		result |= WFR_SEND_PIO_INIT_CTXT_INIT_ERR;
	} else if (val & WFR_SEND_PIO_INIT_CTXT_ALL_CTXT_INIT) {
		for (c = 0; c < dev->cfg.send_contexts; c++)
			wfr_pio_init(dev, c);
	} else if ((val & WFR_SEND_PIO_INIT_CTXT_SINGLE_CTXT_INIT) &&
		   c < dev->cfg.send_contexts) {
		wfr_pio_init(dev, c);
	}
	wfr_put(dev, at->off, result);
}

void wfr_pio_freeze(struct wfr_device *dev)
{
	unsigned int c;

	for (c = 0; c < dev->cfg.send_contexts; c++)
		if (dev->sctxt[c].enabled)
			dev->sctxt[c].stale = true;
}

void wfr_pio_reset(struct wfr_device *dev)
{
	unsigned int c;

	for (c = 0; c < dev->cfg.send_contexts; c++) {
		struct wfr_scan *scan = dev->sctxt[c].scan;

		memset(&dev->sctxt[c], 0, sizeof(dev->sctxt[c]));
		dev->sctxt[c].scan = scan;
	}
	memset(dev->pio_mem, 0, dev->cfg.pio_mem_size);
}

const struct wfr_hook wfr_pio_hooks[] = {
	{ .off = WFR_SEND_CTXT_CTRL(0), .write = wfr_send_ctxt_ctrl_write },
	{ .off = WFR_SEND_PIO_INIT_CTXT, .write = wfr_pio_init_write },
	{ 0 }
};
