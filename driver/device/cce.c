// SPDX-License-Identifier: BSD-3-Clause
/*
 * Chip control: SPC freeze.
 *
 * A frozen chip sends and receives nothing.  Packets under way are lost, and
 * every send context needs a new enable afterwards; that is why drivers
 * freeze the chip to get a clean egress.  SDMA engines begin anew when the
 * freeze ends.
 */
#include "wfr_priv.h"

bool wfr_frozen(struct wfr_device *dev, uint64_t bits)
{
	return wfr_get(dev, WFR_CCE_STATUS) & bits;
}

void wfr_freeze(struct wfr_device *dev)
{
	dev->faults.unfreeze_due = false;
	wfr_pio_freeze(dev);
	wfr_sdma_freeze(dev);
	wfr_rxe_freeze(dev);
	wfr_egress_purge(dev);
	if (!(dev->faults.sticky & WFR_STICKY_FREEZE))
		wfr_put(dev, WFR_CCE_STATUS,
			wfr_get(dev, WFR_CCE_STATUS) |
				WFR_CCE_STATUS_ALL_FROZE);
}

/* A driver asks once: what the fault holds up happens when it ends. */
void wfr_unfreeze(struct wfr_device *dev)
{
	dev->faults.unfreeze_due = dev->faults.sticky & WFR_STICKY_UNFREEZE;
	if (dev->faults.unfreeze_due)
		return;
	wfr_sdma_unfreeze(dev);
	wfr_put(dev, WFR_CCE_STATUS,
		wfr_get(dev, WFR_CCE_STATUS) & ~WFR_CCE_STATUS_ALL_FROZE);
	wfr_kick(dev);
}

static void wfr_cce_ctrl_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	(void)at;
	if (val & WFR_CCE_CTRL_SPC_FREEZE)
		wfr_freeze(dev);
	if (val & WFR_CCE_CTRL_SPC_UNFREEZE)
		wfr_unfreeze(dev);
}

const struct wfr_hook wfr_cce_hooks[] = { { .off = WFR_CCE_CTRL,
					    .write = wfr_cce_ctrl_write },
					  { 0 } };
