// SPDX-License-Identifier: BSD-3-Clause
/*
 * TID flows: order of expected packets, checked by hardware.
 *
 * The table is in the user register page, which user space may store into
 * without the model seeing it.  The model therefore remembers what it last
 * saw or wrote (wfr_rcv_ctxt.flow); a different value in the register is a
 * store by the user and gets the semantics of a register write, where ones
 * in the two mismatch bits clear them.  A store of the very value that is
 * there already cannot be seen that way, and has nothing to say but "clear".
 */
#include "wfr_priv.h"

#define WFR_FLOW_W1C (WFR_TID_FLOW_SEQ_MISMATCH | WFR_TID_FLOW_GEN_MISMATCH)

/* What a write of @val leaves in an entry that held @old. */
static uint64_t wfr_flow_written(uint64_t old, uint64_t val)
{
	return (val & ~WFR_FLOW_W1C) | (old & ~val & WFR_FLOW_W1C);
}

static void wfr_tidflow_sync(struct wfr_device *dev, unsigned int ctxt,
			     unsigned int flow)
{
	uint64_t *seen = &dev->rctxt[ctxt].flow[flow];
	uint64_t off = WFR_RCV_TID_FLOW_TABLE(ctxt, flow);
	uint64_t now = wfr_get(dev, off);

	while (now != *seen) {
		uint64_t next = wfr_flow_written(*seen, now);

		if (!wfr_cas(dev, off, &now, next))
			continue;
		*seen = next;
		now = next;
	}
}

/* Change an entry unless the user has just stored to it. */
static void wfr_tidflow_update(struct wfr_device *dev, unsigned int ctxt,
			       unsigned int flow, uint64_t val)
{
	uint64_t *seen = &dev->rctxt[ctxt].flow[flow];
	uint64_t old = *seen;

	if (wfr_cas(dev, WFR_RCV_TID_FLOW_TABLE(ctxt, flow), &old, val))
		*seen = val;
	else
		wfr_tidflow_sync(dev, ctxt, flow);
}

static unsigned int wfr_flow_of(const struct wfr_rcv *r)
{
	return WFR_GET(WFR_BTH1_FLOW, wfr_pkt_bth(r->pkt, 1));
}

static enum wfr_flow wfr_flow_generation(uint64_t entry)
{
	if (!(entry & WFR_TID_FLOW_KEEP_ON_GEN_ERR))
		return WFR_FLOW_GEN_DROP;
	return entry & WFR_TID_FLOW_KEEP_PAYLOAD_ON_GEN_ERR ?
		       WFR_FLOW_GEN_PLACE :
		       WFR_FLOW_GEN_ERR;
}

/* What the flow says about a packet; changes nothing but a user's store. */
enum wfr_flow wfr_tidflow_judge(struct wfr_device *dev, const struct wfr_rcv *r)
{
	unsigned int flow = wfr_flow_of(r);
	uint32_t bth2 = wfr_pkt_bth(r->pkt, 2);
	uint64_t entry;

	if (!(wfr_get(dev, WFR_RCV_CTXT_CTRL(r->ctxt)) &
	      WFR_RCV_CTXT_CTRL_TID_FLOW_ENABLE))
		return WFR_FLOW_NONE;
	wfr_tidflow_sync(dev, r->ctxt, flow);
	entry = dev->rctxt[r->ctxt].flow[flow];
	if (!(entry & WFR_TID_FLOW_FLOW_VALID))
		return WFR_FLOW_NONE;
	if (WFR_GET(WFR_BTH2_GEN, bth2) != WFR_GET(WFR_TID_FLOW_GEN_VAL, entry))
		return wfr_flow_generation(entry);
	if ((entry & WFR_TID_FLOW_SEQ_MISMATCH) &&
	    !(entry & WFR_TID_FLOW_KEEP_AFTER_SEQ_ERR))
		return WFR_FLOW_SEQ_DROP;
	if (WFR_GET(WFR_BTH2_SEQ, bth2) != WFR_GET(WFR_TID_FLOW_SEQ_NUM, entry))
		return WFR_FLOW_SEQ_ERR;
	if ((entry & WFR_TID_FLOW_HDR_SUPP_ENABLED) &&
	    (wfr_pkt_kdeth(r->pkt, 0) & WFR_KDETH0_SH))
		return WFR_FLOW_SUPPRESS;
	return WFR_FLOW_IN_ORDER;
}

/* Let the flow move on or remember the error. */
void wfr_tidflow_commit(struct wfr_device *dev, const struct wfr_rcv *r,
			enum wfr_flow flow)
{
	unsigned int idx = wfr_flow_of(r);
	uint64_t entry = dev->rctxt[r->ctxt].flow[idx];
	uint64_t counter = 0;

	switch (flow) {
	case WFR_FLOW_NONE:
		return;
	case WFR_FLOW_IN_ORDER:
	case WFR_FLOW_SUPPRESS:
		entry = WFR_SET(entry, WFR_TID_FLOW_SEQ_NUM,
				WFR_GET(WFR_TID_FLOW_SEQ_NUM, entry) + 1);
		break;
	case WFR_FLOW_SEQ_ERR:
	case WFR_FLOW_SEQ_DROP:
		entry |= WFR_TID_FLOW_SEQ_MISMATCH;
		counter = WFR_RCV_CNT_TID_FLOW_SEQ_MISMATCH;
		break;
	default:
		entry |= WFR_TID_FLOW_GEN_MISMATCH;
		counter = WFR_RCV_CNT_TID_FLOW_GEN_MISMATCH;
		break;
	}
	if (counter)
		wfr_count(dev, WFR_RCV_COUNTER_ARRAY32(counter), 1);
	wfr_tidflow_update(dev, r->ctxt, idx, entry);
}

static void wfr_tidflow_write(struct wfr_device *dev, const struct wfr_at *at,
			      uint64_t val)
{
	uint64_t *seen;

	if (at->n >= dev->cfg.rcv_contexts) {
		wfr_put(dev, at->off, val);
		return;
	}
	wfr_tidflow_sync(dev, at->n, at->m);
	seen = &dev->rctxt[at->n].flow[at->m];
	*seen = wfr_flow_written(*seen, val);
	wfr_put(dev, at->off, *seen);
}

const struct wfr_hook wfr_tidflow_hooks[] = {
	{ .off = WFR_RCV_TID_FLOW_TABLE(0, 0), .write = wfr_tidflow_write },
	{ 0 }
};
