// SPDX-License-Identifier: BSD-3-Clause
/*
 * Integrity checks on packets before they leave.  The bits of the enable
 * registers and of SendEgressErrInfo have the same numbers, so a check
 * returns the bits that both are enabled and fail.
 */
#include "wfr_priv.h"

/* Shortest packet with a base transport header: LRH, BTH and ICRC. */
#define WFR_MIN_IB_DWS (WFR_LRH_DWS + WFR_BTH_DWS + WFR_ICRC_DWS)

/* The same check registers exist for send contexts and SDMA engines. */
struct wfr_check_regs {
	uint64_t enable;
	uint64_t vl;
	uint64_t jkey;
	uint64_t pkey;
	uint64_t slid;
	uint64_t opcode;
};

static struct wfr_check_regs wfr_check_load(struct wfr_device *dev,
					    const struct wfr_packet *pkt)
{
	unsigned int n = pkt->src;

	if (pkt->sdma)
		return (struct wfr_check_regs){
			wfr_get(dev, WFR_SEND_DMA_CHECK_ENABLE(n)),
			wfr_get(dev, WFR_SEND_DMA_CHECK_VL(n)),
			wfr_get(dev, WFR_SEND_DMA_CHECK_JOB_KEY(n)),
			wfr_get(dev, WFR_SEND_DMA_CHECK_PARTITION_KEY(n)),
			wfr_get(dev, WFR_SEND_DMA_CHECK_SLID(n)),
			wfr_get(dev, WFR_SEND_DMA_CHECK_OPCODE(n)),
		};
	return (struct wfr_check_regs){
		wfr_get(dev, WFR_SEND_CTXT_CHECK_ENABLE(n)),
		wfr_get(dev, WFR_SEND_CTXT_CHECK_VL(n)),
		wfr_get(dev, WFR_SEND_CTXT_CHECK_JOB_KEY(n)),
		wfr_get(dev, WFR_SEND_CTXT_CHECK_PARTITION_KEY(n)),
		wfr_get(dev, WFR_SEND_CTXT_CHECK_SLID(n)),
		wfr_get(dev, WFR_SEND_CTXT_CHECK_OPCODE(n)),
	};
}

static unsigned int wfr_sc_to_vl(struct wfr_device *dev, unsigned int sc)
{
	return wfr_get(dev, WFR_SEND_SC2VLT(sc / 8)) >> (8 * (sc % 8)) & 0x1f;
}

static unsigned int wfr_len_limit(struct wfr_device *dev, unsigned int vl)
{
	uint64_t reg;

	if (vl == WFR_VL15)
		return WFR_GET(WFR_SEND_LEN_CHECK1_LEN_VL15,
			       wfr_get(dev, WFR_SEND_LEN_CHECK1));
	if (vl >= 8)
		return 0;
	reg = wfr_get(dev, vl < 4 ? WFR_SEND_LEN_CHECK0 : WFR_SEND_LEN_CHECK1);
	return reg >> (12 * (vl % 4)) & 0xfff;
}

/* Whether @val differs from the value in @reg where its mask has ones. */
static bool wfr_differs(uint64_t reg, uint64_t vmask, uint64_t mmask,
			uint64_t val)
{
	return (val ^ WFR_GET(vmask, reg)) & WFR_GET(mmask, reg);
}

static uint64_t wfr_check_jkey(const struct wfr_packet *pkt, uint64_t reg)
{
	uint64_t jkey = WFR_GET(WFR_KDETH1_JKEY, wfr_pkt_kdeth(pkt, 1));

	if (!jkey && (reg & WFR_SEND_CTXT_CHECK_JOB_KEY_ALLOW_PERMISSIVE))
		return 0;
	return wfr_differs(reg, WFR_SEND_CTXT_CHECK_JOB_KEY_VALUE,
			   WFR_SEND_CTXT_CHECK_JOB_KEY_MASK, jkey) ?
		       WFR_SEND_EGRESS_ERR_INFO_JOB_KEY :
		       0;
}

/* Kinds of packets a sender may be forbidden to send. */
static uint64_t wfr_check_kind(const struct wfr_packet *pkt, bool kdeth)
{
	uint64_t info = 0;

	switch (WFR_GET(WFR_LRH0_LNH, wfr_pkt_lrh(pkt, 0))) {
	case WFR_LRH0_LNH_RAW:
		info |= WFR_SEND_EGRESS_ERR_INFO_RAW;
		break;
	case WFR_LRH0_LNH_RAW_IPV6:
		info |= WFR_SEND_EGRESS_ERR_INFO_RAW_IPV6;
		break;
	case WFR_LRH0_LNH_GRH:
		info |= WFR_SEND_EGRESS_ERR_INFO_GRH;
		break;
	default:
		break;
	}
	info |= kdeth ? WFR_SEND_EGRESS_ERR_INFO_KDETH_PACKETS :
			WFR_SEND_EGRESS_ERR_INFO_NON_KDETH_PACKETS;
	return info;
}

static uint64_t wfr_check_length(struct wfr_device *dev,
				 const struct wfr_packet *pkt)
{
	unsigned int dws = WFR_GET(WFR_PBC_LENGTH_DWS, pkt->pbc);
	unsigned int lrh = WFR_GET(WFR_LRH2_LENGTH, wfr_pkt_lrh(pkt, 2));
	uint64_t info = 0;

	if (dws != lrh + 1)
		info |= WFR_SEND_EGRESS_ERR_INFO_BAD_PKT_LEN;
	if (dws < WFR_PBC_DWS - WFR_ICRC_DWS + WFR_MIN_IB_DWS)
		info |= WFR_SEND_EGRESS_ERR_INFO_TOO_SMALL_IB_PACKETS;
	else if (dws - 1 > wfr_len_limit(dev, pkt->vl))
		info |= WFR_SEND_EGRESS_ERR_INFO_TOO_LONG_IB_PACKET;
	return info;
}

static uint64_t wfr_check_headers(struct wfr_device *dev,
				  const struct wfr_packet *pkt,
				  const struct wfr_check_regs *regs, bool kdeth)
{
	uint32_t bth0 = wfr_pkt_bth(pkt, 0);
	uint64_t info = wfr_check_length(dev, pkt);

	if (kdeth)
		info |= wfr_check_jkey(pkt, regs->jkey);
	if (WFR_GET(WFR_BTH0_PKEY, bth0) !=
	    WFR_GET(WFR_SEND_CTXT_CHECK_PARTITION_KEY_VALUE, regs->pkey))
		info |= WFR_SEND_EGRESS_ERR_INFO_PARTITION_KEY;
	if (wfr_differs(regs->slid, WFR_SEND_CTXT_CHECK_SLID_VALUE,
			WFR_SEND_CTXT_CHECK_SLID_MASK, wfr_pkt_lrh(pkt, 3)))
		info |= WFR_SEND_EGRESS_ERR_INFO_SLID;
	if (wfr_differs(regs->opcode, WFR_SEND_CTXT_CHECK_OPCODE_VALUE,
			WFR_SEND_CTXT_CHECK_OPCODE_MASK,
			WFR_GET(WFR_BTH0_OPCODE, bth0)))
		info |= WFR_SEND_EGRESS_ERR_INFO_OPCODE;
	if (pkt->vl != wfr_sc_to_vl(dev, pkt->sc))
		info |= WFR_SEND_EGRESS_ERR_INFO_VL_MAPPING;
	return info | wfr_check_kind(pkt, kdeth);
}

/* WFR_SEND_EGRESS_ERR_INFO_* bits for which the packet may not leave. */
uint64_t wfr_integrity_check(struct wfr_device *dev,
			     const struct wfr_packet *pkt)
{
	struct wfr_check_regs regs = wfr_check_load(dev, pkt);
	unsigned int prefix = WFR_GET(WFR_SEND_BTH_QP_KDETH_QP,
				      wfr_get(dev, WFR_SEND_BTH_QP));
	uint64_t info = 0;

	if (!(regs.enable & WFR_SEND_CTXT_CHECK_ENABLE_CHECK_ENABLE))
		return 0;
	if (regs.vl >> pkt->vl & 1)
		info |= WFR_SEND_EGRESS_ERR_INFO_VL;
	if (pkt->pbc & (WFR_PBC_TEST_BAD_ICRC | WFR_PBC_TEST_EBP))
		info |= WFR_SEND_EGRESS_ERR_INFO_PBC_TEST;
	if (pkt->pbc & WFR_PBC_STATIC_RATE_CONTROL_COUNT)
		info |= WFR_SEND_EGRESS_ERR_INFO_PBC_STATIC_RATE_CONTROL;
	if (pkt->pbc & WFR_PBC_PACKET_BYPASS)
		info |= WFR_SEND_EGRESS_ERR_INFO_BYPASS;
	else
		info |= wfr_check_headers(dev, pkt, &regs,
					  wfr_pkt_is_kdeth(pkt, prefix));
	return info & regs.enable;
}

void wfr_integrity_report(struct wfr_device *dev, const struct wfr_packet *pkt,
			  uint64_t info)
{
	dev->stats.disallowed++;
	wfr_put(dev, WFR_SEND_EGRESS_ERR_INFO, info);
	wfr_put(dev, WFR_SEND_EGRESS_ERR_SOURCE,
		WFR_PREP(WFR_SEND_EGRESS_ERR_SOURCE_SOURCE, pkt->src) |
			WFR_PREP(WFR_SEND_EGRESS_ERR_SOURCE_SDMA, pkt->sdma));
	if (info & (WFR_SEND_EGRESS_ERR_INFO_TOO_LONG_IB_PACKET |
		    WFR_SEND_EGRESS_ERR_INFO_TOO_SMALL_IB_PACKETS))
		wfr_count(
			dev,
			WFR_SEND_COUNTER_ARRAY32(WFR_SEND_CNT_MAX_MIN_LEN_ERR),
			1);
	if (info & WFR_SEND_EGRESS_ERR_INFO_BAD_PKT_LEN)
		wfr_count(dev, WFR_SEND_COUNTER_ARRAY32(WFR_SEND_CNT_LEN_ERR),
			  1);
	wfr_count(dev, WFR_SEND_COUNTER_ARRAY32(WFR_SEND_CNT_DROPPED_PKT), 1);
}
