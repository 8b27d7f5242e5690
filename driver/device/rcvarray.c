// SPDX-License-Identifier: BSD-3-Clause
/*
 * The RcvArray.  Entries are kept in the form they are written, write enable
 * bit included, because a host may map the array and store into it directly.
 */
#include "wfr_priv.h"

static void wfr_rcvarray_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	/* Filler of a write-combined line. */
	if (!(val & WFR_RCVARRAY_ENTRY_WRITE_ENABLE))
		return;
	if (at->n < dev->cfg.rcv_array_cnt)
		wfr_put(dev, at->off, val);
}

/*
 * An entry, size 0 if there is none.  A directly mapped array may hold a
 * filler without write enable, which is as good as nothing written.
 */
struct wfr_rcv_entry wfr_rcvarray_get(struct wfr_device *dev, uint32_t index)
{
	struct wfr_rcv_entry none = { 0, 0 };
	struct wfr_rcv_entry entry;
	uint64_t code, val;

	if (index >= dev->cfg.rcv_array_cnt)
		return none;
	val = wfr_get(dev, WFR_RCV_ARRAY(index));
	code = WFR_GET(WFR_RCVARRAY_ENTRY_BUF_SIZE, val);
	if (!(val & WFR_RCVARRAY_ENTRY_WRITE_ENABLE) || !code)
		return none;
	entry.addr = WFR_GET(WFR_RCVARRAY_ENTRY_ADDR, val) << WFR_PAGE_SHIFT;
	entry.size = WFR_TID_BUF_MIN << (code - 1);
	if (entry.size > WFR_TID_BUF_MAX)
		return none;
	return entry;
}

const struct wfr_hook wfr_rcvarray_hooks[] = { { .off = WFR_RCV_ARRAY(0),
						 .write = wfr_rcvarray_write },
					       { 0 } };
