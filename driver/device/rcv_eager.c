// SPDX-License-Identifier: BSD-3-Clause
/*
 * Eager buffers: a ring of RcvArray entries the payload of packets without
 * TID goes to.  Packets are packed at multiples of 64 bytes into the buffer
 * at the tail, or take one buffer each in one-packet mode.  A buffer may be
 * filled again when software's head has moved past it; the last free buffer
 * is never begun, which tells full from empty.
 */
#include "wfr_priv.h"

#define WFR_EGR_SIZE_BASE 2048

struct wfr_egr {
	uint32_t base; /* RcvArray entry */
	uint32_t count;
	uint32_t tail;
	uint32_t head;
	uint32_t size; /* bytes of a buffer */
	bool one_packet;
};

static struct wfr_egr wfr_egr_load(struct wfr_device *dev, unsigned int ctxt)
{
	uint64_t regs = wfr_get(dev, WFR_RCV_EGR_CTRL(ctxt));
	uint64_t ctrl = wfr_get(dev, WFR_RCV_CTXT_CTRL(ctxt));
	struct wfr_egr egr = {
		.base = WFR_GET(WFR_RCV_EGR_CTRL_EGR_BASE_INDEX, regs) *
			WFR_RCV_GROUP,
		.count =
			WFR_GET(WFR_RCV_EGR_CTRL_EGR_CNT, regs) * WFR_RCV_GROUP,
		.tail = dev->rctxt[ctxt].egr_tail,
		.head = WFR_GET(WFR_RCV_EGR_INDEX_HEAD_HEAD,
				wfr_get(dev, WFR_RCV_EGR_INDEX_HEAD(ctxt))),
		.one_packet = ctrl &
			      WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER,
	};

	egr.size = WFR_EGR_SIZE_BASE
		   << WFR_GET(WFR_RCV_CTXT_CTRL_EGR_BUF_SIZE, ctrl);
	return egr;
}

static enum wfr_verdict wfr_egr_full(struct wfr_device *dev,
				     const struct wfr_rcv *r)
{
	if (wfr_get(dev, WFR_RCV_CTXT_CTRL(r->ctxt)) &
	    WFR_RCV_CTXT_CTRL_DONT_DROP_EGR_FULL) {
		wfr_count(dev,
			  WFR_RCV_COUNTER_ARRAY32(WFR_RCV_CNT_CTXT_EGR_STALL),
			  1);
		return WFR_RCV_HOLD;
	}
	wfr_count(dev, WFR_RCV_COUNTER_ARRAY32(WFR_RCV_CNT_TID_FULL), 1);
	return WFR_RCV_DROP;
}

/* Bytes a packet may take of buffer @index. */
static uint64_t wfr_egr_room(struct wfr_device *dev, const struct wfr_egr *egr,
			     uint32_t index, struct wfr_rcv_entry *entry)
{
	*entry = wfr_rcvarray_get(dev, egr->base + index);
	if (egr->one_packet || entry->size < egr->size)
		return entry->size;
	return egr->size;
}

static void wfr_egr_store(struct wfr_device *dev, const struct wfr_rcv *r,
			  const struct wfr_egr *egr, uint32_t index,
			  uint32_t off)
{
	struct wfr_rcv_ctxt *rc = &dev->rctxt[r->ctxt];
	uint32_t unit = WFR_EGR_OFFSET_UNIT;

	if (egr->one_packet) {
		index = (index + 1) % egr->count;
		rc->egr_off = 0;
	} else {
		rc->egr_off = off + (r->paylen + unit - 1) / unit * unit;
	}
	rc->egr_tail = index;
	wfr_put(dev, WFR_RCV_EGR_INDEX_TAIL(r->ctxt), index);
	wfr_put(dev, WFR_RCV_EGR_OFFSET_TAIL(r->ctxt), rc->egr_off / unit);
}

/* Find a place for the payload and put it there. */
static enum wfr_verdict wfr_egr_payload(struct wfr_device *dev,
					struct wfr_rcv *r)
{
	struct wfr_egr egr = wfr_egr_load(dev, r->ctxt);
	uint32_t off = dev->rctxt[r->ctxt].egr_off;
	uint32_t index = egr.tail;
	struct wfr_rcv_entry entry;

	if (!egr.count)
		return wfr_egr_full(dev, r);
	if (!egr.one_packet &&
	    off + r->paylen > wfr_egr_room(dev, &egr, index, &entry)) {
		index = (index + 1) % egr.count;
		off = 0;
		if (index == egr.head)
			return wfr_egr_full(dev, r);
	}
	if (egr.one_packet && (index + 1) % egr.count == egr.head)
		return wfr_egr_full(dev, r);
	if (r->paylen > wfr_egr_room(dev, &egr, index, &entry)) {
		r->rhf |= WFR_RHF_TID_ERR;
		return WFR_RCV_DONE;
	}
	wfr_dma_write(dev, entry.addr + off, r->payload, r->paylen);
	wfr_egr_store(dev, r, &egr, index, off);
	r->rhf |= WFR_RHF_USE_EGR_BFR | WFR_PREP(WFR_RHF_EGR_INDEX, index) |
		  WFR_PREP(WFR_RHF_EGR_OFFSET, off / WFR_EGR_OFFSET_UNIT);
	return WFR_RCV_DONE;
}

enum wfr_verdict wfr_eager_place(struct wfr_device *dev, struct wfr_rcv *r)
{
	enum wfr_verdict v = wfr_hdrq_room(dev, r);

	if (v == WFR_RCV_DONE && r->paylen)
		v = wfr_egr_payload(dev, r);
	if (v != WFR_RCV_DONE)
		return v;
	r->rhf |= WFR_PREP(WFR_RHF_TYPE, WFR_RHF_TYPE_EAGER);
	wfr_hdrq_write(dev, r);
	return WFR_RCV_DONE;
}
