// SPDX-License-Identifier: BSD-3-Clause
/*
 * Finding packets in a PIO window that user code stores into directly.
 *
 * Every quadword of a free block holds a pattern that nobody can guess: it
 * comes from a seed that is new each time the block becomes free.  A block is
 * complete when none of its quadwords holds its pattern any more; then it is
 * handed to wfr_pio_store() like a burst of 64 bytes, so framing, errors and
 * launch are those of the trapped path.
 *
 * Why this does not tear: hardware wants aligned stores of whole quadwords,
 * which are atomic, so a quadword that differs from the pattern is final, and
 * a block is read only after all eight differ.  Why it does not stall: data
 * equals a fresh 64-bit pattern with probability 2^-64 per quadword.  Why
 * nothing is lost: a block gets its new pattern before the credits that
 * allow to write it again are returned.
 */
#include <stdlib.h>
#include <sys/random.h>

#include "wfr_priv.h"

#define WFR_BLOCK_QWS ((unsigned int)WFR_PIO_BLOCK_SIZE / 8)

/* Quiet time after which the pauses grow, and which part of it they are then. */
#define WFR_SCAN_PATIENCE_NS 1000000
#define WFR_SCAN_PAUSE_PART  8

struct wfr_scan {
	uint64_t seed[2][WFR_PIO_CTXT_BLOCKS_MAX]; /* [sop][block] */
};

static uint64_t wfr_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static uint64_t *wfr_scan_block(struct wfr_device *dev, unsigned int c,
				bool sop, uint32_t block)
{
	return (uint64_t *)((uint8_t *)dev->cfg.pio.mem +
			    (sop ? WFR_PIO_SOP_OFFSET : 0) +
			    c * WFR_PIO_CTXT_STRIDE +
			    block * WFR_PIO_BLOCK_SIZE);
}

/* All quadwords of a block are as hard to guess as its seed. */
static uint64_t wfr_scan_pattern(uint64_t seed, unsigned int i)
{
	return seed + i * 0x9e3779b97f4a7c15ULL;
}

static void wfr_scan_fill(struct wfr_device *dev, unsigned int c, bool sop,
			  uint32_t block)
{
	struct wfr_scan *scan = dev->sctxt[c].scan;
	uint64_t *qw = wfr_scan_block(dev, c, sop, block);
	unsigned int i;

	dev->scan_entropy = wfr_mix(dev->scan_entropy);
	scan->seed[sop][block] = dev->scan_entropy;
	for (i = 0; i < WFR_BLOCK_QWS; i++)
		__atomic_store_n(&qw[i],
				 wfr_scan_pattern(scan->seed[sop][block], i),
				 __ATOMIC_RELEASE);
}

/* Copy a block if all of it has been written. */
static bool wfr_scan_copy(struct wfr_device *dev, unsigned int c, bool sop,
			  uint32_t block, uint64_t data[WFR_BLOCK_QWS])
{
	uint64_t seed = dev->sctxt[c].scan->seed[sop][block];
	uint64_t *qw = wfr_scan_block(dev, c, sop, block);
	unsigned int i;

	for (i = 0; i < WFR_BLOCK_QWS; i++) {
		data[i] = __atomic_load_n(&qw[i], __ATOMIC_ACQUIRE);
		if (data[i] == wfr_scan_pattern(seed, i))
			return false;
	}
	return true;
}

/* Whether the first @qws quadwords of a block are as they were filled. */
static bool wfr_scan_intact(struct wfr_device *dev, unsigned int c, bool sop,
			    uint32_t block, unsigned int qws)
{
	uint64_t seed = dev->sctxt[c].scan->seed[sop][block];
	uint64_t *qw = wfr_scan_block(dev, c, sop, block);
	unsigned int i;

	for (i = 0; i < qws; i++)
		if (__atomic_load_n(&qw[i], __ATOMIC_RELAXED) !=
		    wfr_scan_pattern(seed, i))
			return false;
	return true;
}

/*
 * Blocks of the pages a context's window is mapped with.  The last page may
 * go on behind the context, where a store is out of bounds.
 */
static uint32_t wfr_scan_mapped(const struct wfr_send_ctxt *sc)
{
	uint32_t per_page = WFR_PAGE_SIZE / WFR_PIO_BLOCK_SIZE;

	return (sc->depth + per_page - 1) / per_page * per_page;
}

/* Fill all blocks of a context that has just been enabled. */
void wfr_scan_arm(struct wfr_device *dev, unsigned int c)
{
	uint32_t b;

	for (b = 0; b < wfr_scan_mapped(&dev->sctxt[c]); b++) {
		wfr_scan_fill(dev, c, false, b);
		wfr_scan_fill(dev, c, true, b);
	}
}

/*
 * Refill one alias of a block if it was stored to.  Returns false when it
 * holds something else than what was taken for the packet.
 */
static bool wfr_scan_refill(struct wfr_device *dev, unsigned int c, bool sop,
			    uint32_t block)
{
	uint64_t *qw = wfr_scan_block(dev, c, sop, block);
	const uint8_t *taken = wfr_pio_mem(dev, c, block);
	unsigned int i;
	bool same = true;

	if (wfr_scan_intact(dev, c, sop, block, WFR_BLOCK_QWS))
		return true;
	for (i = 0; i < WFR_BLOCK_QWS; i++) {
		uint64_t now = __atomic_load_n(&qw[i], __ATOMIC_RELAXED);

		same = same && !memcmp(&now, taken + 8 * i, 8);
	}
	wfr_scan_fill(dev, c, sop, block);
	return same;
}

/*
 * A block is about to become free: give it a new pattern.  Returns false when
 * it was stored to since it was taken, which went beyond the credits.
 */
bool wfr_scan_rearm(struct wfr_device *dev, unsigned int c, uint32_t block)
{
	bool plain = wfr_scan_refill(dev, c, false, block);
	bool sop = wfr_scan_refill(dev, c, true, block);

	return plain && sop;
}

/* Hand a block over if all of it has been written. */
static bool wfr_scan_take(struct wfr_device *dev, unsigned int c, bool sop,
			  uint32_t block)
{
	uint64_t data[WFR_BLOCK_QWS];
	uint64_t off = WFR_PIO_BASE + (sop ? WFR_PIO_SOP_OFFSET : 0) +
		       c * WFR_PIO_CTXT_STRIDE + block * WFR_PIO_BLOCK_SIZE;

	if (!wfr_scan_copy(dev, c, sop, block, data))
		return false;
	wfr_pio_store(dev, off, data, sizeof(data));
	return true;
}

/* Take what is complete of the packet that begins at the head. */
static bool wfr_scan_packet(struct wfr_device *dev, unsigned int c)
{
	struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint32_t head = sc->head;
	uint32_t blocks, i;
	bool found = false;

	if (sc->valid[head] != WFR_BLOCK_FULL)
		return wfr_scan_take(dev, c, true, head) ||
		       wfr_scan_take(dev, c, false, head);
	blocks = wfr_pio_blocks(wfr_get_le64(wfr_pio_mem(dev, c, head)));
	for (i = sc->ready; i < blocks && i < sc->depth; i++) {
		uint32_t b = (head + i) % sc->depth;
		bool taken;

		if (sc->valid[b] == WFR_BLOCK_FULL ||
		    (sc->flags[b] & WFR_BLK_BUSY))
			continue;
		taken = wfr_scan_take(dev, c, false, b) ||
			wfr_scan_take(dev, c, true, b);
		/* Most write in order: what comes next is not there yet. */
		if (found && !taken)
			break;
		found |= taken;
		/* The last block launched it, or a wrong one halted it. */
		if (sc->head != head || sc->halted)
			break;
	}
	return found;
}

/* Halt a context whose user stored behind its end. */
static void wfr_scan_bounds(struct wfr_device *dev, unsigned int c)
{
	const struct wfr_send_ctxt *sc = &dev->sctxt[c];
	uint32_t end = wfr_scan_mapped(sc);
	uint32_t b = sc->depth;

	/* A store of a block touches its first quadword. */
	while (b < end && wfr_scan_intact(dev, c, false, b, 1) &&
	       wfr_scan_intact(dev, c, true, b, 1))
		b++;
	if (b < end)
		wfr_pio_fail(dev, c,
			     WFR_SEND_CTXT_ERR_STATUS_WRITE_OUT_OF_BOUNDS);
}

static bool wfr_scan_ctxt(struct wfr_device *dev, unsigned int c,
			  unsigned int budget)
{
	bool found = false;

	while (budget-- && wfr_pio_accepts(dev, c) &&
	       !(dev->sctxt[c].flags[dev->sctxt[c].head] & WFR_BLK_BUSY) &&
	       wfr_scan_packet(dev, c))
		found = true;
	return found;
}

/*
 * What was stored before software asks for something that depends on it
 * counts: as much as the window can hold is taken at once.  A trapped store
 * takes effect before the register access that follows it; this makes the
 * window look the same.
 */
void wfr_scan_catch_up(struct wfr_device *dev, unsigned int c)
{
	if (!dev->cfg.pio.mem || !dev->sctxt[c].enabled)
		return;
	/* Two at most for each block: its first part and its rest. */
	if (wfr_scan_ctxt(dev, c, 2 * dev->sctxt[c].depth))
		dev->busy_ns = wfr_now(dev);
	if (wfr_pio_accepts(dev, c))
		wfr_scan_bounds(dev, c);
	/* Nothing joins the queue meanwhile, so this ends. */
	while (wfr_egress_run(dev, wfr_now(dev)))
		;
	wfr_kick(dev);
}

bool wfr_scan_run(struct wfr_device *dev)
{
	bool found = false;
	unsigned int c;

	if (!dev->cfg.pio.mem)
		return false;
	for (c = 0; c < dev->cfg.send_contexts; c++) {
		if (!dev->sctxt[c].enabled)
			continue;
		/* A long look, so only where there is nothing else to do. */
		if (wfr_scan_ctxt(dev, c, WFR_STEP_BUDGET))
			found = true;
		else if (wfr_pio_accepts(dev, c))
			wfr_scan_bounds(dev, c);
	}
	return found;
}

static bool wfr_scan_wanted(struct wfr_device *dev)
{
	unsigned int c;

	for (c = 0; dev->cfg.pio.mem && c < dev->cfg.send_contexts; c++)
		if (wfr_pio_accepts(dev, c))
			return true;
	return false;
}

/*
 * When to look again.  The longer nothing has moved, the longer the pause: a
 * packet waits for a part of the time that its program has been quiet.  What
 * arrives and what engines send counts too, because programs answer to it.
 */
uint64_t wfr_scan_next(struct wfr_device *dev, uint64_t now)
{
	uint64_t quiet = now - dev->busy_ns;
	uint64_t pause;

	if (!wfr_scan_wanted(dev))
		return WFR_STEP_IDLE;
	pause = quiet < WFR_SCAN_PATIENCE_NS ? 0 : quiet / WFR_SCAN_PAUSE_PART;
	if (pause > dev->cfg.scan_max_ns)
		pause = dev->cfg.scan_max_ns;
	if (pause < dev->cfg.scan_min_ns)
		pause = dev->cfg.scan_min_ns;
	return now + pause;
}

int wfr_scan_init(struct wfr_device *dev)
{
	unsigned int c;

	if (!dev->cfg.pio.mem)
		return 0;
	if (getrandom(&dev->scan_entropy, sizeof(dev->scan_entropy), 0) !=
	    sizeof(dev->scan_entropy))
		return -EIO;
	for (c = 0; c < dev->cfg.send_contexts; c++) {
		dev->sctxt[c].scan = calloc(1, sizeof(struct wfr_scan));
		if (!dev->sctxt[c].scan)
			return -ENOMEM;
	}
	return 0;
}

void wfr_scan_exit(struct wfr_device *dev)
{
	unsigned int c;

	for (c = 0; dev->sctxt && c < dev->cfg.send_contexts; c++)
		free(dev->sctxt[c].scan);
}
