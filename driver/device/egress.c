// SPDX-License-Identifier: BSD-3-Clause
/*
 * Egress: packets that passed the checks wait here for the link, in order.
 * When one leaves, its PIO blocks become free.
 */
#include <stdlib.h>

#include "wfr_priv.h"

/* How soon to try again when the receiver's port queue was full. */
#define WFR_EGRESS_RETRY_NS 50000

static uint32_t *wfr_occupancy(struct wfr_device *dev,
			       const struct wfr_packet *pkt)
{
	return pkt->sdma ? &dev->sdma[pkt->src].occupancy :
			   &dev->sctxt[pkt->src].occupancy;
}

void wfr_egress_add(struct wfr_device *dev, struct wfr_packet *pkt)
{
	pkt->ready_ns =
		dev->faults.delay_ns ? wfr_now(dev) + dev->faults.delay_ns : 0;
	(*wfr_occupancy(dev, pkt))++;
	wfr_pktq_push(&dev->out, pkt);
	wfr_kick(dev);
}

/* The packet is out of the chip, sent or not: give back what it held. */
static void wfr_egress_release(struct wfr_device *dev, struct wfr_packet *pkt)
{
	(*wfr_occupancy(dev, pkt))--;
	if (!pkt->sdma && pkt->blocks &&
	    pkt->epoch == dev->sctxt[pkt->src].epoch)
		wfr_credits_free(dev, pkt->src, pkt->blocks, pkt->pbc);
	if (pkt->pbc & WFR_PBC_INTR)
		wfr_int_raise(dev, WFR_IS_PBC);
	pkt->blocks = 0;
}

/* Why the link does not take the packet, as an egress error bit. */
static uint64_t wfr_egress_refuse(struct wfr_device *dev,
				  const struct wfr_packet *pkt)
{
	uint64_t unsupported = WFR_GET(WFR_SEND_CTRL_UNSUPPORTED_VL,
				       wfr_get(dev, WFR_SEND_CTRL));

	if (pkt->vl != WFR_VL15 && (pkt->vl >= 8 || unsupported >> pkt->vl & 1))
		return WFR_SEND_EGRESS_ERR_STATUS_TX_ILLEGAL_VL;
	if (!wfr_link_up(dev))
		return WFR_SEND_EGRESS_ERR_STATUS_TX_LINKDOWN;
	if (pkt->vl != WFR_VL15 &&
	    wfr_link_lstate(dev) < WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_ARMED)
		return WFR_SEND_EGRESS_ERR_STATUS_TX_INCORRECT_LINK_STATE;
	return 0;
}

static void wfr_egress_drop(struct wfr_device *dev, struct wfr_packet *pkt,
			    uint64_t err)
{
	dev->stats.egress_drops++;
	if (err == WFR_SEND_EGRESS_ERR_STATUS_TX_ILLEGAL_VL)
		wfr_count(dev,
			  WFR_SEND_COUNTER_ARRAY32(WFR_SEND_CNT_UNSUP_VL_ERR),
			  1);
	wfr_count(dev, WFR_SEND_COUNTER_ARRAY32(WFR_SEND_CNT_DROPPED_PKT), 1);
	if (err)
		wfr_err_raise(dev, WFR_FAULT_EGRESS, err);
	wfr_egress_release(dev, pkt);
	free(pkt);
}

static void wfr_egress_damage(struct wfr_device *dev, struct wfr_packet *pkt,
			      bool *drop, bool *twice)
{
	static const unsigned int damage[] = {
		[WFR_CORRUPT_ICRC] = WFR_BAD_ICRC,
		[WFR_CORRUPT_HCRC] = WFR_BAD_HCRC,
		[WFR_CORRUPT_KVER] = WFR_BAD_KVER,
		[WFR_CORRUPT_LENGTH] = WFR_BAD_LENGTH,
		[WFR_CORRUPT_TID] = WFR_BAD_TID,
		[WFR_CORRUPT_ECC] = WFR_BAD_ECC,
	};
	enum wfr_corruption how;
	bool hit;

	if (pkt->pbc & WFR_PBC_TEST_BAD_ICRC)
		pkt->damage |= WFR_BAD_ICRC;
	how = wfr_fault_take(dev, &hit);
	*drop = hit && how == WFR_CORRUPT_DROP;
	*twice = hit && how == WFR_CORRUPT_DUPLICATE;
	if (hit && how < WFR_ARRAY_SIZE(damage))
		pkt->damage |= damage[how];
}

/* The packet fits: put it on the wire, as whole or as broken as it is. */
static void wfr_egress_send(struct wfr_device *dev, struct wfr_packet *pkt)
{
	struct wfr_packet *copy;
	bool drop, twice;

	wfr_egress_damage(dev, pkt, &drop, &twice);
	wfr_count_sent(dev, pkt);
	wfr_egress_release(dev, pkt);
	if (drop) {
		free(pkt);
		return;
	}
	copy = twice ? wfr_packet_dup(pkt) : NULL;
	if (wfr_fabric_send(dev, pkt)) {
		dev->stats.egress_drops++;
		free(pkt);
	}
	if (copy && wfr_fabric_send(dev, copy))
		free(copy);
}

static bool wfr_egress_blocked(struct wfr_device *dev)
{
	return !dev->out.head || (dev->faults.sticky & WFR_STICKY_EGRESS) ||
	       wfr_frozen(dev, WFR_CCE_STATUS_TXE_FROZE) ||
	       !(wfr_get(dev, WFR_SEND_CTRL) & WFR_SEND_CTRL_SEND_ENABLE);
}

static bool wfr_egress_one(struct wfr_device *dev, uint64_t now)
{
	struct wfr_packet *pkt = dev->out.head;
	uint64_t err;

	if (wfr_egress_blocked(dev) || pkt->ready_ns > now ||
	    dev->out_retry_ns > now)
		return false;
	err = wfr_egress_refuse(dev, pkt);
	if (!err && !wfr_fabric_room(dev, pkt)) {
		dev->out_retry_ns = now + WFR_EGRESS_RETRY_NS;
		return false;
	}
	wfr_pktq_pop(&dev->out);
	if (err)
		wfr_egress_drop(dev, pkt, err);
	else
		wfr_egress_send(dev, pkt);
	return true;
}

bool wfr_egress_run(struct wfr_device *dev, uint64_t now)
{
	unsigned int i;

	for (i = 0; i < WFR_STEP_BUDGET; i++)
		if (!wfr_egress_one(dev, now))
			break;
	return i > 0;
}

/* When to look again, WFR_STEP_IDLE if nothing waits for time to pass. */
uint64_t wfr_egress_next(struct wfr_device *dev, uint64_t now)
{
	uint64_t next;

	if (wfr_egress_blocked(dev))
		return WFR_STEP_IDLE;
	next = dev->out.head->ready_ns;
	if (next < dev->out_retry_ns)
		next = dev->out_retry_ns;
	return next < now ? now : next;
}

/* A freeze loses what is on its way out; its blocks are not given back. */
void wfr_egress_purge(struct wfr_device *dev)
{
	struct wfr_packet *pkt;

	while ((pkt = wfr_pktq_pop(&dev->out))) {
		(*wfr_occupancy(dev, pkt))--;
		free(pkt);
	}
}

static void wfr_send_ctrl_write(struct wfr_device *dev, const struct wfr_at *at,
				uint64_t val)
{
	wfr_put(dev, at->off, val & ~WFR_SEND_CTRL_CM_RESET);
	wfr_kick(dev);
}

static uint64_t wfr_ctxt_occupancy_read(struct wfr_device *dev,
					const struct wfr_at *at)
{
	const struct wfr_send_ctxt *sc = &dev->sctxt[at->n];

	if (at->n >= dev->cfg.send_contexts)
		return 0;
	wfr_scan_catch_up(dev, at->n);
	return WFR_PREP(WFR_SEND_EGRESS_CTXT_STATUS_PACKET_OCCUPANCY,
			sc->occupancy) |
	       WFR_PREP(WFR_SEND_EGRESS_CTXT_STATUS_HALT_STATUS, sc->halted);
}

static uint64_t wfr_sdma_occupancy_read(struct wfr_device *dev,
					const struct wfr_at *at)
{
	if (at->n >= dev->cfg.sdma_engines)
		return 0;
	return WFR_PREP(WFR_SEND_EGRESS_SEND_DMA_STATUS_PACKET_OCCUPANCY,
			dev->sdma[at->n].occupancy);
}

const struct wfr_hook wfr_txe_hooks[] = {
	{ .off = WFR_SEND_CTRL, .write = wfr_send_ctrl_write },
	{ .off = WFR_SEND_EGRESS_CTXT_STATUS(0),
	  .read = wfr_ctxt_occupancy_read },
	{ .off = WFR_SEND_EGRESS_SEND_DMA_STATUS(0),
	  .read = wfr_sdma_occupancy_read },
	{ 0 }
};
