// SPDX-License-Identifier: BSD-3-Clause
/*
 * The receive engine: which context a packet goes to and whether it may.
 *
 * KDETH packets name their context.  Verbs and management packets would be
 * spread by maps; nothing behind this model speaks verbs, so they are
 * dropped and counted.
 */
#include <stdlib.h>

#include "wfr_priv.h"

static bool wfr_pkey_match(uint16_t a, uint16_t b)
{
	/* Same partition, and not two limited members. */
	return !((a ^ b) & 0x7fff) && ((a | b) & 0x8000);
}

static bool wfr_rxe_pkey_ok(struct wfr_device *dev,
			    const struct wfr_packet *pkt)
{
	uint16_t pkey = WFR_GET(WFR_BTH0_PKEY, wfr_pkt_bth(pkt, 0));
	unsigned int i;

	if (!(wfr_get(dev, WFR_RCV_CTRL) & WFR_RCV_CTRL_PARTITION_KEY_ENABLE))
		return true;
	for (i = 0; i < WFR_RCV_PKEYS; i++) {
		uint64_t reg = wfr_get(dev, WFR_RCV_PARTITION_KEY(i / 4));

		if (wfr_pkey_match(pkey, reg >> (16 * (i % 4)) & 0xffff))
			return true;
	}
	return false;
}

static bool wfr_rxe_jkey_ok(struct wfr_device *dev, unsigned int ctxt,
			    const struct wfr_packet *pkt)
{
	uint64_t ctrl = wfr_get(dev, WFR_RCV_KEY_CTRL(ctxt));

	if (!(ctrl & WFR_RCV_KEY_CTRL_JOB_KEY_ENABLE))
		return true;
	return WFR_GET(WFR_KDETH1_JKEY, wfr_pkt_kdeth(pkt, 1)) ==
	       WFR_GET(WFR_RCV_KEY_CTRL_JOB_KEY_VALUE, ctrl);
}

static bool wfr_rxe_accepts(struct wfr_device *dev,
			    const struct wfr_packet *pkt, unsigned int *ctxt)
{
	unsigned int prefix =
		WFR_GET(WFR_RCV_BTH_QP_KDETH_QP, wfr_get(dev, WFR_RCV_BTH_QP));

	if (wfr_frozen(dev, WFR_CCE_STATUS_RXE_FROZE) ||
	    !(wfr_get(dev, WFR_RCV_CTRL) & WFR_RCV_CTRL_PORT_ENABLE))
		return false;
	if (pkt->vl == WFR_VL15 || !wfr_pkt_is_kdeth(pkt, prefix))
		return false;
	*ctxt = WFR_GET(WFR_BTH1_CTXT, wfr_pkt_bth(pkt, 1));
	return *ctxt < dev->cfg.rcv_contexts && dev->rctxt[*ctxt].enabled &&
	       wfr_rxe_pkey_ok(dev, pkt) && wfr_rxe_jkey_ok(dev, *ctxt, pkt);
}

/* A header error that makes the packet an error packet, 0 for none. */
static uint64_t wfr_rxe_header_error(struct wfr_device *dev,
				     const struct wfr_rcv *r)
{
	uint32_t kdeth = wfr_pkt_kdeth(r->pkt, 0);

	if (r->pkt->len / 4 < wfr_hdrq_header_dws(dev, r->ctxt))
		return WFR_RHF_RCV_TYPE_ERR_KHDR_MIN_LEN;
	if (r->pkt->damage & WFR_BAD_HCRC)
		return WFR_RHF_RCV_TYPE_ERR_KHDR_HCRC;
	if ((r->pkt->damage & WFR_BAD_KVER) ||
	    WFR_GET(WFR_KDETH0_KVER, kdeth) != WFR_KDETH_KVER)
		return WFR_RHF_RCV_TYPE_ERR_KHDR_KVER;
	return 0;
}

static enum wfr_verdict wfr_rxe_error_packet(struct wfr_device *dev,
					     struct wfr_rcv *r, uint64_t rte)
{
	enum wfr_verdict v = wfr_hdrq_room(dev, r);

	if (v != WFR_RCV_DONE)
		return v;
	r->rhf |= WFR_PREP(WFR_RHF_TYPE, WFR_RHF_TYPE_ERROR) |
		  WFR_PREP(WFR_RHF_RCV_TYPE_ERR, rte);
	wfr_hdrq_write(dev, r);
	return WFR_RCV_DONE;
}

static void wfr_rxe_describe(struct wfr_device *dev, struct wfr_rcv *r)
{
	uint32_t hdr = 4 * wfr_hdrq_header_dws(dev, r->ctxt);
	const struct wfr_packet *pkt = r->pkt;

	if (hdr > pkt->len)
		hdr = pkt->len;
	r->payload = pkt->data + hdr;
	r->paylen = pkt->len - hdr;
	r->rhf = WFR_PREP(WFR_RHF_PKT_LEN, pkt->len / 4 + WFR_ICRC_DWS) |
		 WFR_PREP(WFR_RHF_DC_INFO, pkt->sc >> 4);
	if (pkt->damage & WFR_BAD_ICRC)
		r->rhf |= WFR_RHF_ICRC_ERR;
	if (pkt->damage & WFR_BAD_ECC)
		r->rhf |= WFR_RHF_ECC_ERR;
	if (pkt->damage & WFR_BAD_LENGTH)
		r->rhf |= WFR_RHF_LEN_ERR;
	if (pkt->damage & WFR_BAD_TID)
		r->rhf |= WFR_RHF_TID_ERR;
}

static enum wfr_verdict wfr_rxe_place(struct wfr_device *dev, struct wfr_rcv *r)
{
	uint32_t kdeth = wfr_pkt_kdeth(r->pkt, 0);
	enum wfr_verdict v;
	uint64_t rte;

	wfr_rxe_describe(dev, r);
	rte = wfr_rxe_header_error(dev, r);
	if (rte)
		v = wfr_rxe_error_packet(dev, r, rte);
	else if (WFR_GET(WFR_KDETH0_TIDCTRL, kdeth) == WFR_KDETH0_TIDCTRL_EAGER)
		v = wfr_eager_place(dev, r);
	else
		v = wfr_expected_place(dev, r);
	if (v == WFR_RCV_DONE && !rte && (kdeth & WFR_KDETH0_INTR))
		wfr_int_raise(dev, WFR_IS_RCVURGENT_BASE + r->ctxt);
	return v;
}

static enum wfr_verdict wfr_rxe_deliver(struct wfr_device *dev,
					unsigned int ctxt,
					struct wfr_packet *pkt)
{
	struct wfr_rcv r = { .pkt = pkt, .ctxt = ctxt };
	enum wfr_verdict v = wfr_rxe_place(dev, &r);

	if (v == WFR_RCV_DROP)
		dev->stats.rcv_drops++;
	if (v != WFR_RCV_HOLD)
		free(pkt);
	return v;
}

static void wfr_rxe_hold(struct wfr_device *dev, unsigned int ctxt,
			 struct wfr_packet *pkt)
{
	struct wfr_rcv_ctxt *rc = &dev->rctxt[ctxt];

	if (rc->held.count >= WFR_HELD_MAX) {
		wfr_count(dev, WFR_RCV_COUNTER_ARRAY32(WFR_RCV_CNT_BUF_OVFL),
			  1);
		dev->stats.rcv_drops++;
		free(pkt);
		return;
	}
	wfr_pktq_push(&rc->held, pkt);
	wfr_put(dev, WFR_RCV_CTXT_STATUS(ctxt), 1);
}

/* A packet arrived from the link; it is consumed. */
void wfr_rxe_packet(struct wfr_device *dev, struct wfr_packet *pkt)
{
	unsigned int ctxt;

	dev->stats.rcv_packets++;
	wfr_count_received(dev, pkt);
	if (!wfr_rxe_accepts(dev, pkt, &ctxt)) {
		dev->stats.rcv_drops++;
		free(pkt);
		return;
	}
	if (dev->rctxt[ctxt].held.head ||
	    wfr_rxe_deliver(dev, ctxt, pkt) == WFR_RCV_HOLD)
		wfr_rxe_hold(dev, ctxt, pkt);
}

/* Try again what a context held back; software may have made room. */
void wfr_rxe_held(struct wfr_device *dev, unsigned int ctxt)
{
	struct wfr_rcv_ctxt *rc = &dev->rctxt[ctxt];
	struct wfr_packet *pkt;

	while ((pkt = rc->held.head)) {
		struct wfr_rcv r = { .pkt = pkt, .ctxt = ctxt };
		enum wfr_verdict v = wfr_rxe_place(dev, &r);

		if (v == WFR_RCV_HOLD)
			return;
		if (v == WFR_RCV_DROP)
			dev->stats.rcv_drops++;
		free(wfr_pktq_pop(&rc->held));
	}
	wfr_put(dev, WFR_RCV_CTXT_STATUS(ctxt), 0);
}

bool wfr_rxe_run(struct wfr_device *dev)
{
	struct wfr_packet *pkt;
	unsigned int i;

	for (i = 0; i < WFR_STEP_BUDGET; i++) {
		pkt = wfr_port_take(dev);
		if (!pkt)
			break;
		wfr_rxe_packet(dev, pkt);
	}
	return i > 0;
}

void wfr_rxe_freeze(struct wfr_device *dev)
{
	unsigned int c;

	for (c = 0; c < dev->cfg.rcv_contexts; c++)
		wfr_pktq_purge(&dev->rctxt[c].held);
	wfr_port_purge(dev);
}
