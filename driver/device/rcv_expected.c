// SPDX-License-Identifier: BSD-3-Clause
/*
 * Expected receive: the packet names a pair of RcvArray entries and an offset
 * in them, and the payload goes straight to the user's buffer.
 */
#include "wfr_priv.h"

/* The buffers a packet may write to; the second only for a pair. */
struct wfr_tid {
	struct wfr_rcv_entry part[2];
	unsigned int parts;
	bool valid;
};

static bool wfr_tid_in_range(struct wfr_device *dev, unsigned int ctxt,
			     uint32_t pair)
{
	uint64_t regs = wfr_get(dev, WFR_RCV_TID_CTRL(ctxt));

	/* One count of the register is a group, which is half as many pairs. */
	return pair <
	       WFR_GET(WFR_RCV_TID_CTRL_TID_PAIR_CNT, regs) * WFR_RCV_GROUP / 2;
}

static struct wfr_tid wfr_tid_load(struct wfr_device *dev, unsigned int ctxt,
				   uint32_t kdeth)
{
	uint64_t regs = wfr_get(dev, WFR_RCV_TID_CTRL(ctxt));
	uint32_t entry =
		WFR_GET(WFR_RCV_TID_CTRL_TID_BASE_INDEX, regs) * WFR_RCV_GROUP +
		2 * WFR_GET(WFR_KDETH0_TID, kdeth);
	unsigned int ctrl = WFR_GET(WFR_KDETH0_TIDCTRL, kdeth);
	struct wfr_tid tid = { .parts = 1 };

	if (ctrl == WFR_KDETH0_TIDCTRL_ODD)
		entry++;
	tid.part[0] = wfr_rcvarray_get(dev, entry);
	tid.valid = tid.part[0].size;
	if (ctrl == WFR_KDETH0_TIDCTRL_PAIR) {
		tid.part[1] = wfr_rcvarray_get(dev, entry + 1);
		tid.parts = 2;
		tid.valid = tid.valid && tid.part[1].size;
	}
	return tid;
}

static uint64_t wfr_tid_size(const struct wfr_tid *tid)
{
	return tid->part[0].size + (tid->parts > 1 ? tid->part[1].size : 0);
}

static uint64_t wfr_tid_offset(uint32_t kdeth)
{
	unsigned int shift = kdeth & WFR_KDETH0_OM ? WFR_KDETH_OM_LARGE_SHIFT :
						     WFR_KDETH_OM_SMALL_SHIFT;

	return WFR_GET(WFR_KDETH0_OFFSET, kdeth) << shift;
}

static void wfr_tid_store(struct wfr_device *dev, const struct wfr_tid *tid,
			  uint64_t off, const uint8_t *data, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < tid->parts && len; i++) {
		uint64_t size = tid->part[i].size;
		uint64_t n = off < size ? size - off : 0;

		if (n > len)
			n = len;
		if (n)
			wfr_dma_write(dev, tid->part[i].addr + off, data, n);
		data += n;
		len -= n;
		off = off > size ? off - size : 0;
	}
}

/* Error bits of the RHF that forbid to store the payload. */
static uint64_t wfr_tid_error(const struct wfr_rcv *r,
			      const struct wfr_tid *tid, uint64_t off)
{
	uint64_t damaged = r->rhf & WFR_RHF_ERRORS;

	if (damaged)
		return damaged;
	if (!tid->valid)
		return WFR_RHF_TID_ERR;
	if (off + r->paylen > wfr_tid_size(tid))
		return WFR_RHF_LEN_ERR;
	return 0;
}

static uint64_t wfr_flow_rhf(enum wfr_flow flow)
{
	switch (flow) {
	case WFR_FLOW_SEQ_ERR:
		return WFR_PREP(WFR_RHF_RCV_TYPE_ERR,
				WFR_RHF_RCV_TYPE_ERR_FLOW_SEQ);
	case WFR_FLOW_GEN_ERR:
	case WFR_FLOW_GEN_PLACE:
		return WFR_PREP(WFR_RHF_RCV_TYPE_ERR,
				WFR_RHF_RCV_TYPE_ERR_FLOW_GEN);
	default:
		return 0;
	}
}

/* The pair does not exist: an error packet, its payload is lost. */
static enum wfr_verdict wfr_tid_out_of_range(struct wfr_device *dev,
					     struct wfr_rcv *r)
{
	enum wfr_verdict v = wfr_hdrq_room(dev, r);

	if (v != WFR_RCV_DONE)
		return v;
	wfr_count(dev, WFR_RCV_COUNTER_ARRAY32(WFR_RCV_CNT_TID_VALID), 1);
	r->rhf |=
		WFR_PREP(WFR_RHF_TYPE, WFR_RHF_TYPE_ERROR) |
		WFR_PREP(WFR_RHF_RCV_TYPE_ERR, WFR_RHF_RCV_TYPE_ERR_KHDR_TID) |
		WFR_RHF_TID_ERR;
	wfr_hdrq_write(dev, r);
	return WFR_RCV_DONE;
}

static void wfr_expected_store(struct wfr_device *dev, struct wfr_rcv *r,
			       enum wfr_flow flow, uint64_t err,
			       const struct wfr_tid *tid, uint64_t off)
{
	if (err & WFR_RHF_TID_ERR)
		wfr_count(dev, WFR_RCV_COUNTER_ARRAY32(WFR_RCV_CNT_TID_VALID),
			  1);
	if (!err && flow != WFR_FLOW_GEN_ERR)
		wfr_tid_store(dev, tid, off, r->payload, r->paylen);
	r->rhf |= err | wfr_flow_rhf(flow) |
		  WFR_PREP(WFR_RHF_TYPE, WFR_RHF_TYPE_EXPECTED);
}

enum wfr_verdict wfr_expected_place(struct wfr_device *dev, struct wfr_rcv *r)
{
	uint32_t kdeth = wfr_pkt_kdeth(r->pkt, 0);
	uint64_t off = wfr_tid_offset(kdeth);
	enum wfr_verdict v = WFR_RCV_DONE;
	struct wfr_tid tid;
	enum wfr_flow flow;
	uint64_t err;

	if (!wfr_tid_in_range(dev, r->ctxt, WFR_GET(WFR_KDETH0_TID, kdeth)))
		return wfr_tid_out_of_range(dev, r);
	tid = wfr_tid_load(dev, r->ctxt, kdeth);
	err = wfr_tid_error(r, &tid, off);
	/* A damaged packet does not count for its flow. */
	flow = err ? WFR_FLOW_NONE : wfr_tidflow_judge(dev, r);
	if (flow == WFR_FLOW_SEQ_DROP || flow == WFR_FLOW_GEN_DROP) {
		wfr_tidflow_commit(dev, r, flow);
		return WFR_RCV_DROP;
	}
	if (flow != WFR_FLOW_SUPPRESS)
		v = wfr_hdrq_room(dev, r);
	if (v != WFR_RCV_DONE)
		return v;
	wfr_expected_store(dev, r, flow, err, &tid, off);
	wfr_tidflow_commit(dev, r, flow);
	if (flow == WFR_FLOW_SUPPRESS)
		dev->stats.rcv_suppressed++;
	else
		wfr_hdrq_write(dev, r);
	return WFR_RCV_DONE;
}
