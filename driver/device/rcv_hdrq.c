// SPDX-License-Identifier: BSD-3-Clause
/*
 * Receive contexts and their header queues.
 *
 * An entry is published by its last quadword, the RHF, which carries a
 * sequence software waits for; so it is written after everything else.
 */
#include "wfr_priv.h"

#define WFR_RBUF_INIT_NS 1000

static uint32_t wfr_hdrq_entry_dws(struct wfr_device *dev, unsigned int ctxt)
{
	switch (WFR_GET(WFR_RCV_HDR_ENT_SIZE_ENT_SIZE,
			wfr_get(dev, WFR_RCV_HDR_ENT_SIZE(ctxt)))) {
	case WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_2DW:
		return 2;
	case WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_16DW:
		return 16;
	case WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_32DW:
		return 32;
	default:
		return 0;
	}
}

static uint32_t wfr_hdrq_dws(struct wfr_device *dev, unsigned int ctxt)
{
	return WFR_GET(WFR_RCV_HDR_CNT_CNT,
		       wfr_get(dev, WFR_RCV_HDR_CNT(ctxt))) *
	       WFR_HDRQ_CNT_UNIT * wfr_hdrq_entry_dws(dev, ctxt);
}

/* Dwords of a packet that belong to the header queue entry. */
uint32_t wfr_hdrq_header_dws(struct wfr_device *dev, unsigned int ctxt)
{
	return WFR_LRH_DWS + WFR_BTH_DWS +
	       WFR_GET(WFR_RCV_HDR_SIZE_HDR_SIZE,
		       wfr_get(dev, WFR_RCV_HDR_SIZE(ctxt)));
}

static bool wfr_hdrq_full(struct wfr_device *dev, unsigned int ctxt)
{
	uint32_t dws = wfr_hdrq_dws(dev, ctxt);
	uint32_t tail = dev->rctxt[ctxt].hdr_tail;
	uint32_t head = WFR_GET(WFR_RCV_HDR_HEAD_HEAD,
				wfr_get(dev, WFR_RCV_HDR_HEAD(ctxt)));

	return !dws || (tail + wfr_hdrq_entry_dws(dev, ctxt)) % dws == head;
}

/* Whether the packet gets an entry; counts it when it is dropped for want. */
enum wfr_verdict wfr_hdrq_room(struct wfr_device *dev, const struct wfr_rcv *r)
{
	if (!wfr_hdrq_full(dev, r->ctxt))
		return WFR_RCV_DONE;
	if (wfr_get(dev, WFR_RCV_CTXT_CTRL(r->ctxt)) &
	    WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL)
		return WFR_RCV_HOLD;
	wfr_count(dev, WFR_RCV_HDR_OVFL_CNT(r->ctxt), 1);
	return WFR_RCV_DROP;
}

/* Header so that it ends where the RHF begins; returns its offset in dwords. */
static uint32_t wfr_hdrq_header(struct wfr_device *dev, const struct wfr_rcv *r,
				uint64_t entry)
{
	uint32_t room = wfr_hdrq_entry_dws(dev, r->ctxt) - WFR_RHF_DWS;
	uint32_t dws = wfr_hdrq_header_dws(dev, r->ctxt);

	if (dws > r->pkt->len / 4)
		dws = r->pkt->len / 4;
	if (dws > room)
		dws = room;
	if (dws)
		wfr_dma_write(dev, entry + 4ULL * (room - dws), r->pkt->data,
			      4 * dws);
	return room - dws;
}

static void wfr_hdrq_advance(struct wfr_device *dev, unsigned int ctxt)
{
	struct wfr_rcv_ctxt *rc = &dev->rctxt[ctxt];
	uint64_t ctrl = wfr_get(dev, WFR_RCV_CTXT_CTRL(ctxt));

	rc->hdr_tail = (rc->hdr_tail + wfr_hdrq_entry_dws(dev, ctxt)) %
		       wfr_hdrq_dws(dev, ctxt);
	rc->seq = rc->seq % WFR_RHF_MAX_SEQ + 1;
	wfr_put(dev, WFR_RCV_HDR_TAIL(ctxt), rc->hdr_tail);
	if (ctrl & WFR_RCV_CTXT_CTRL_TAIL_UPD)
		wfr_dma_write64(dev, wfr_get(dev, WFR_RCV_HDR_TAIL_ADDR(ctxt)),
				rc->hdr_tail);
	if (ctrl & WFR_RCV_CTXT_CTRL_INTR_AVAIL)
		wfr_int_raise(dev, WFR_IS_RCVAVAIL_BASE + ctxt);
}

/* Write the entry of a packet; wfr_hdrq_room() has said there is room. */
void wfr_hdrq_write(struct wfr_device *dev, const struct wfr_rcv *r)
{
	uint32_t entry_dws = wfr_hdrq_entry_dws(dev, r->ctxt);
	uint64_t entry = wfr_get(dev, WFR_RCV_HDR_ADDR(r->ctxt)) +
			 4ULL * dev->rctxt[r->ctxt].hdr_tail;
	uint64_t rhf = r->rhf;

	rhf |= WFR_PREP(WFR_RHF_RCV_SEQ, dev->rctxt[r->ctxt].seq) |
	       WFR_PREP(WFR_RHF_HDRQ_OFFSET, wfr_hdrq_header(dev, r, entry));
	wfr_dma_write64(dev, entry + 4ULL * (entry_dws - WFR_RHF_DWS), rhf);
	dev->stats.rcv_delivered++;
	wfr_hdrq_advance(dev, r->ctxt);
}

static void wfr_rcv_start(struct wfr_device *dev, unsigned int ctxt)
{
	struct wfr_rcv_ctxt *rc = &dev->rctxt[ctxt];

	rc->seq = 1;
	rc->hdr_tail = 0;
	rc->egr_tail = 0;
	rc->egr_off = 0;
	wfr_pktq_purge(&rc->held);
	wfr_put(dev, WFR_RCV_CTXT_STATUS(ctxt), 0);
	wfr_put(dev, WFR_RCV_HDR_TAIL(ctxt), 0);
	wfr_put(dev, WFR_RCV_EGR_INDEX_TAIL(ctxt), 0);
	wfr_put(dev, WFR_RCV_EGR_OFFSET_TAIL(ctxt), 0);
}

/* Packets that were there before the interrupt was armed interrupt now. */
static void wfr_rcv_avail(struct wfr_device *dev, unsigned int ctxt)
{
	uint32_t head = WFR_GET(WFR_RCV_HDR_HEAD_HEAD,
				wfr_get(dev, WFR_RCV_HDR_HEAD(ctxt)));

	if (dev->rctxt[ctxt].hdr_tail != head)
		wfr_int_raise(dev, WFR_IS_RCVAVAIL_BASE + ctxt);
}

static void wfr_rcv_ctxt_ctrl_write(struct wfr_device *dev,
				    const struct wfr_at *at, uint64_t val)
{
	bool enable = val & WFR_RCV_CTXT_CTRL_ENABLE;
	uint64_t rising = val & ~wfr_get(dev, at->off);
	struct wfr_rcv_ctxt *rc;

	wfr_put(dev, at->off, val);
	if (at->n >= dev->cfg.rcv_contexts)
		return;
	rc = &dev->rctxt[at->n];
	if (enable && !rc->enabled)
		wfr_rcv_start(dev, at->n);
	if (!enable) {
		wfr_pktq_purge(&rc->held);
		wfr_put(dev, WFR_RCV_CTXT_STATUS(at->n), 0);
	}
	rc->enabled = enable;
	wfr_rxe_held(dev, at->n);
	if (enable && (rising & WFR_RCV_CTXT_CTRL_INTR_AVAIL))
		wfr_rcv_avail(dev, at->n);
}

/* Software consumed something: there may be room for what is held back. */
static void wfr_rcv_head_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	wfr_put(dev, at->off, val);
	if (at->n < dev->cfg.rcv_contexts)
		wfr_rxe_held(dev, at->n);
}

static void wfr_rcv_ctrl_write(struct wfr_device *dev, const struct wfr_at *at,
			       uint64_t val)
{
	uint64_t rising = val & ~wfr_get(dev, at->off);

	wfr_put(dev, at->off, val & ~WFR_RCV_CTRL_RX_RBUF_INIT);
	if (rising & WFR_RCV_CTRL_RX_RBUF_INIT) {
		wfr_put(dev, WFR_RCV_STATUS,
			wfr_get(dev, WFR_RCV_STATUS) &
				~WFR_RCV_STATUS_RX_RBUF_INIT_DONE);
		wfr_timer_set(dev, WFR_TIMER_RBUF_INIT, WFR_RBUF_INIT_NS);
	}
}

void wfr_rcv_reset(struct wfr_device *dev)
{
	unsigned int c;

	for (c = 0; c < dev->cfg.rcv_contexts; c++) {
		wfr_pktq_purge(&dev->rctxt[c].held);
		memset(&dev->rctxt[c], 0, sizeof(dev->rctxt[c]));
		wfr_pktq_init(&dev->rctxt[c].held);
	}
}

const struct wfr_hook wfr_rcv_hooks[] = {
	{ .off = WFR_RCV_CTRL, .write = wfr_rcv_ctrl_write },
	{ .off = WFR_RCV_CTXT_CTRL(0), .write = wfr_rcv_ctxt_ctrl_write },
	{ .off = WFR_RCV_HDR_HEAD(0), .write = wfr_rcv_head_write },
	{ .off = WFR_RCV_EGR_INDEX_HEAD(0), .write = wfr_rcv_head_write },
	{ 0 }
};
