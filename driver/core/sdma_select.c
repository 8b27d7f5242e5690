// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Which engine serves which request.
 *
 * Packets to one destination must stay in order, and different destinations
 * should spread over the engines.  A destination gets its selector when it is
 * first seen, so that the first few land on different engines.
 *
 * Locks: selectors_lock for the table, which all devices share.
 */
#include "sdma.h"

#define HFI1U_SELECTOR_CELLS 256
#define HFI1U_SELECTORS	     128

static DEFINE_SPINLOCK(selectors_lock);
static u8 selectors[HFI1U_SELECTOR_CELLS]; /* plus one; 0 is unused */
static unsigned int selectors_used;

static unsigned int selector(u16 dlid)
{
	u8 *cell = &selectors[((dlid >> 8) ^ dlid) % HFI1U_SELECTOR_CELLS];
	unsigned long flags;
	unsigned int value;

	spin_lock_irqsave(&selectors_lock, flags);
	if (!*cell)
		*cell = selectors_used++ % HFI1U_SELECTORS + 1;
	value = *cell - 1;
	spin_unlock_irqrestore(&selectors_lock, flags);
	return value;
}

/**
 * hfi1u_sdma_select - choose the engine of a request
 * @fd: file
 * @dlid: destination
 * @vl: lane, an operational one
 *
 * Lanes have engines of their own as far as there are enough.
 *
 * Return: the engine, or NULL if the device has none.
 */
struct hfi1u_sdma_engine *hfi1u_sdma_select(struct hfi1u_fd *fd, u16 dlid,
					    unsigned int vl)
{
	struct hfi1u_dev *dd = fd->dd;
	unsigned int vls = READ_ONCE(dd->port.vls);
	unsigned int per_vl, extra, first, count, which;

	if (!dd->num_engines)
		return NULL;
	which = selector(dlid) + fd->uctxt->num + fd->subctxt;
	if (dd->num_engines < vls)
		return &dd->engines[vl % dd->num_engines];
	per_vl = dd->num_engines / vls;
	extra = dd->num_engines % vls;
	first = vl * per_vl + min(vl, extra);
	count = per_vl + (vl < extra);
	return &dd->engines[first + which % count];
}
