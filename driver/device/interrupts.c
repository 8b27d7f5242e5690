// SPDX-License-Identifier: BSD-3-Clause
/*
 * The interrupt network: 768 sources, each latched, masked and mapped to an
 * MSI-X vector.  A vector is raised when a source becomes both pending and
 * enabled, and again whenever software forces it.
 */
#include "wfr_priv.h"

#define WFR_INT_REG_BITS 64

static unsigned int wfr_int_vector(struct wfr_device *dev, unsigned int source)
{
	uint64_t map = wfr_get(dev, WFR_CCE_INT_MAP(source / 8));

	return (map >> (8 * (source % 8))) & 0xff;
}

/* Interrupts are counted by class, in the order of the counter array. */
static unsigned int wfr_int_class(unsigned int source)
{
	if (source < WFR_IS_SDMA_BASE)
		return WFR_CCE_INT_CNT_ERR;
	if (source < WFR_IS_PBC)
		return WFR_CCE_INT_CNT_SDMA;
	if (source < WFR_IS_RCVAVAIL_BASE)
		return WFR_CCE_INT_CNT_MISC;
	if (source < WFR_IS_RCVURGENT_BASE)
		return WFR_CCE_INT_CNT_RCV_AVAIL;
	if (source < WFR_IS_SENDCREDIT_BASE)
		return WFR_CCE_INT_CNT_RCV_URGENT;
	return WFR_CCE_INT_CNT_SEND_CREDIT;
}

static void wfr_int_fire(struct wfr_device *dev, unsigned int source)
{
	wfr_count(dev, WFR_CCE_INT_COUNTER_ARRAY32(wfr_int_class(source)), 1);
	dev->stats.interrupts++;
	dev->ops->msix(dev->host, wfr_int_vector(dev, source));
}

static void wfr_int_fire_all(struct wfr_device *dev, unsigned int reg,
			     uint64_t bits)
{
	while (bits) {
		unsigned int bit = __builtin_ctzll(bits);

		bits &= bits - 1;
		wfr_int_fire(dev, reg * WFR_INT_REG_BITS + bit);
	}
}

void wfr_int_raise(struct wfr_device *dev, unsigned int source)
{
	unsigned int reg = source / WFR_INT_REG_BITS;
	uint64_t bit = 1ULL << (source % WFR_INT_REG_BITS);
	uint64_t status = wfr_get(dev, WFR_CCE_INT_STATUS(reg));

	if (status & bit)
		return;
	wfr_put(dev, WFR_CCE_INT_STATUS(reg), status | bit);
	if (wfr_get(dev, WFR_CCE_INT_MASK(reg)) & bit)
		wfr_int_fire(dev, source);
}

static void wfr_int_mask_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	uint64_t old = wfr_get(dev, at->off);
	uint64_t status = wfr_get(dev, WFR_CCE_INT_STATUS(at->n));

	wfr_put(dev, at->off, val);
	wfr_int_fire_all(dev, at->n, status & val & ~old);
}

/* The link blocks hold their sources while an error is enabled and set. */
static void wfr_int_relevel(struct wfr_device *dev, unsigned int reg,
			    uint64_t cleared)
{
	unsigned int source;

	for (source = WFR_IS_DCC; source <= WFR_IS_DC8051; source++) {
		if (source / WFR_INT_REG_BITS != reg)
			continue;
		if (cleared & (1ULL << (source % WFR_INT_REG_BITS)))
			wfr_err_level(dev, source);
	}
}

static void wfr_int_clear_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	uint64_t status = wfr_get(dev, WFR_CCE_INT_STATUS(at->n));

	wfr_put(dev, WFR_CCE_INT_STATUS(at->n), status & ~val);
	wfr_int_relevel(dev, at->n, val);
}

static void wfr_int_force_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	uint64_t status = wfr_get(dev, WFR_CCE_INT_STATUS(at->n));

	wfr_put(dev, WFR_CCE_INT_STATUS(at->n), status | val);
	wfr_int_fire_all(dev, at->n,
			 val & wfr_get(dev, WFR_CCE_INT_MASK(at->n)));
}

static uint64_t wfr_int_zero_read(struct wfr_device *dev,
				  const struct wfr_at *at)
{
	(void)dev;
	(void)at;
	return 0;
}

static uint64_t wfr_int_blocked_read(struct wfr_device *dev,
				     const struct wfr_at *at)
{
	return wfr_get(dev, WFR_CCE_INT_STATUS(at->n)) &
	       ~wfr_get(dev, WFR_CCE_INT_MASK(at->n));
}

const struct wfr_hook wfr_int_hooks[] = {
	{ .off = WFR_CCE_INT_MASK(0), .write = wfr_int_mask_write },
	{ .off = WFR_CCE_INT_CLEAR(0),
	  .read = wfr_int_zero_read,
	  .write = wfr_int_clear_write },
	{ .off = WFR_CCE_INT_FORCE(0), .write = wfr_int_force_write },
	{ .off = WFR_CCE_INT_BLOCKED(0), .read = wfr_int_blocked_read },
	{ 0 }
};
