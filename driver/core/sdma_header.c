// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Headers of a request's packets.
 *
 * The caller's header is the header of the first packet.  For the others the
 * driver counts on: sequence number, bytes sent so far (the last software
 * word), and for an expected request the TID and the offset in its buffer.
 *
 * An engine can keep the first header and make the others from it (automatic
 * header generation); then only what differs is sent to it.  Both ways give
 * the same packets.
 */
#include "csr.h"
#include "sdma.h"

#define HFI1U_PSN_BITS_24   0xffffffU
#define HFI1U_OM_LARGE_FROM (128 * 1024)
#define HFI1U_SH_MIN_BYTES  32

static void set_lengths(struct hfi1_pkt_header *hdr, u32 len)
{
	u32 dwords =
		(WFR_PKT_OVERHEAD + round_up(len, sizeof(u32))) / sizeof(u32);
	u16 pbc = le16_to_cpu(hdr->pbc[0]);

	/* the PBC counts itself but not the ICRC */
	pbc = WFR_SET(pbc, WFR_PBC_LENGTH_DWS,
		      dwords + WFR_PBC_DWS - WFR_ICRC_DWS);
	hdr->pbc[0] = cpu_to_le16(pbc);
	hdr->lrh[2] = cpu_to_be16(dwords);
}

static void set_psn(const struct hfi1u_sdma_req *req,
		    struct hfi1_pkt_header *hdr)
{
	u64 caps = hfi1u_caps(req->fd->dd);
	u32 mask = hfi1u_caps_test_kernel(caps, HFI1_CAP_EXTENDED_PSN) ?
			   (u32)WFR_BTH2_PSN :
			   HFI1U_PSN_BITS_24;
	u32 psn = be32_to_cpu(hdr->bth[2]);

	/* the generation of an expected flow does not change by counting */
	if (req->expected)
		mask = WFR_BTH2_SEQ;
	psn = (psn & ~mask) | ((psn + req->seq) & mask);
	if (req->seq == req->info.npkts - 1U)
		psn |= WFR_BTH2_ACK_REQ;
	hdr->bth[2] = cpu_to_be32(psn);
}

static void set_kdeth(const struct hfi1u_sdma_req *req,
		      struct hfi1_pkt_header *hdr, u32 len)
{
	u32 kdeth = le32_to_cpu(hdr->kdeth.ver_tid_offset);
	u32 word = req->tids[req->tid];
	bool large = hfi1u_tid_bytes(word) >= HFI1U_OM_LARGE_FROM;
	unsigned int shift = large ? WFR_KDETH_OM_LARGE_SHIFT :
				     WFR_KDETH_OM_SMALL_SHIFT;

	kdeth = WFR_SET(kdeth, WFR_KDETH0_TIDCTRL,
			WFR_GET(WFR_TIDINFO_CTRL, word));
	kdeth = WFR_SET(kdeth, WFR_KDETH0_TID, WFR_GET(WFR_TIDINFO_IDX, word));
	kdeth = WFR_SET(kdeth, WFR_KDETH0_OFFSET, req->tid_offset >> shift);
	kdeth = WFR_SET(kdeth, WFR_KDETH0_OM, large);
	/* the receiver must see the end, and small packets whole */
	if (req->seq == req->info.npkts - 1U || len <= HFI1U_SH_MIN_BYTES)
		kdeth &= ~WFR_KDETH0_SH;
	hdr->kdeth.ver_tid_offset = cpu_to_le32(kdeth);
}

/**
 * hfi1u_req_header - make the header of the next packet
 * @req: request
 * @hdr: where to
 * @len: bytes of payload
 */
void hfi1u_req_header(const struct hfi1u_sdma_req *req,
		      struct hfi1_pkt_header *hdr, u32 len)
{
	*hdr = req->hdr;
	set_lengths(hdr, len);
	if (!req->seq)
		return;
	set_psn(req, hdr);
	hdr->kdeth.swdata[6] = cpu_to_le32(
		le32_to_cpu(req->hdr.kdeth.swdata[6]) + (u32)req->sent);
	if (req->expected)
		set_kdeth(req, hdr, len);
}

/**
 * hfi1u_req_edits - what makes a packet's header from the first one
 * @req: request whose first packet was made
 * @hdr: header of the packet
 * @edits: instructions for the chip
 *
 * Only lengths, PSN, TID, offset and the last software word differ: eight
 * halves of a dword at most.
 *
 * Return: number of edits.
 */
unsigned int hfi1u_req_edits(const struct hfi1u_sdma_req *req,
			     const struct hfi1_pkt_header *hdr, u32 *edits)
{
	__le16 from[sizeof(*hdr) / sizeof(__le16)], to[ARRAY_SIZE(from)];
	unsigned int i, count = 0;

	memcpy(from, &req->first, sizeof(from));
	memcpy(to, hdr, sizeof(to));
	for (i = 0; i < ARRAY_SIZE(to); i++) {
		if (from[i] == to[i])
			continue;
		if (WARN_ON_ONCE(count == HFI1U_SDMA_EDITS))
			break;
		/* a length of 0 stands for 16 bits */
		edits[count++] =
			WFR_AHG_EDIT_ENABLE |
			WFR_PREP(WFR_AHG_EDIT_START_BIT, i % 2 * 16) |
			WFR_PREP(WFR_AHG_EDIT_DW_INDEX, i / 2) |
			WFR_PREP(WFR_AHG_EDIT_VALUE, le16_to_cpu(to[i]));
	}
	return count;
}
