// SPDX-License-Identifier: BSD-3-Clause
/*
 * Counters are plain registers that the chip adds to and software may set.
 */
#include "wfr_priv.h"

#define WFR_FLIT_BYTES 8

void wfr_count(struct wfr_device *dev, uint64_t off, uint64_t n)
{
	wfr_put(dev, off, wfr_get(dev, off) + n);
}

static uint64_t wfr_wire_dws(const struct wfr_packet *pkt)
{
	return pkt->len / 4 + WFR_ICRC_DWS;
}

static uint64_t wfr_wire_flits(const struct wfr_packet *pkt)
{
	return (4 * wfr_wire_dws(pkt) + WFR_FLIT_BYTES - 1) / WFR_FLIT_BYTES;
}

void wfr_count_sent(struct wfr_device *dev, const struct wfr_packet *pkt)
{
	/* Lane 15 comes after the eight data lanes. */
	unsigned int lane = pkt->vl == WFR_VL15 ? 8 : pkt->vl;
	uint64_t dws = wfr_wire_dws(pkt);

	if (pkt->sdma)
		dev->stats.sdma_packets++;
	else
		dev->stats.pio_packets++;
	wfr_count(dev, WFR_SEND_COUNTER_ARRAY64(WFR_SEND_CNT_DATA_PKT), 1);
	wfr_count(dev, WFR_SEND_COUNTER_ARRAY64(WFR_SEND_CNT_DWORD), dws);
	wfr_count(dev, WFR_SEND_COUNTER_ARRAY64(WFR_SEND_CNT_DATA_VL0 + lane),
		  dws);
	wfr_count(dev,
		  WFR_SEND_COUNTER_ARRAY64(WFR_SEND_CNT_DATA_PKT_VL0 + lane),
		  1);
	wfr_count(dev, WFR_DCC_PRF_PORT_XMIT_PKTS_CNT, 1);
	wfr_count(dev, WFR_DCC_PRF_PORT_XMIT_DATA_CNT, wfr_wire_flits(pkt));
	wfr_count(dev, WFR_LCB_PRF_TX_FLIT_CNT, wfr_wire_flits(pkt));
}

void wfr_count_received(struct wfr_device *dev, const struct wfr_packet *pkt)
{
	wfr_count(dev, WFR_RCV_COUNTER_ARRAY64(WFR_RCV_CNT_DATA_PKT), 1);
	wfr_count(dev, WFR_RCV_COUNTER_ARRAY64(WFR_RCV_CNT_DWORD),
		  wfr_wire_dws(pkt));
	wfr_count(dev, WFR_DCC_PRF_PORT_RCV_PKTS_CNT, 1);
	wfr_count(dev, WFR_DCC_PRF_PORT_RCV_DATA_CNT, wfr_wire_flits(pkt));
	wfr_count(dev, WFR_LCB_PRF_RX_FLIT_CNT, wfr_wire_flits(pkt));
}

/* The 32-bit counters wrap there, as they do on the chip. */
static uint64_t wfr_counter32_read(struct wfr_device *dev,
				   const struct wfr_at *at)
{
	return (uint32_t)wfr_get(dev, at->off);
}

const struct wfr_hook wfr_counter_hooks[] = {
	{ .off = WFR_CCE_COUNTER_ARRAY32(0), .read = wfr_counter32_read },
	{ .off = WFR_CCE_INT_COUNTER_ARRAY32(0), .read = wfr_counter32_read },
	{ .off = WFR_RCV_COUNTER_ARRAY32(0), .read = wfr_counter32_read },
	{ .off = WFR_SEND_COUNTER_ARRAY32(0), .read = wfr_counter32_read },
	{ 0 }
};
