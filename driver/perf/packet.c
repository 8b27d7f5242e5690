// SPDX-License-Identifier: BSD-3-Clause
#include <endian.h>
#include <string.h>

#include "packet.h"
#include "wfr_words.h"

static uint64_t pbc_of(const struct hfi1t_header *h, size_t lrh_dws)
{
	/* The PBC counts itself, but not the ICRC. */
	return WFR_PREP(WFR_PBC_LENGTH_DWS,
			lrh_dws - WFR_ICRC_DWS + WFR_PBC_DWS) |
	       WFR_PREP(WFR_PBC_VL, h->vl) |
	       WFR_PREP(WFR_PBC_CREDIT_RETURN, h->credit_return) |
	       WFR_PREP(WFR_PBC_DC_INFO, h->sc >> 4);
}

static uint32_t kdeth0_of(const struct hfi1t_header *h)
{
	return WFR_PREP(WFR_KDETH0_KVER, WFR_KDETH_KVER) |
	       WFR_PREP(WFR_KDETH0_INTR, h->intr) |
	       WFR_PREP(WFR_KDETH0_SH, h->suppress) |
	       WFR_PREP(WFR_KDETH0_TIDCTRL, h->tidctrl) |
	       WFR_PREP(WFR_KDETH0_TID, h->tid) |
	       WFR_PREP(WFR_KDETH0_OFFSET, h->offset);
}

void hfi1t_header_build(const struct hfi1t_header *h, size_t payload,
			struct hfi1_pkt_header *out)
{
	size_t dws = (WFR_PKT_OVERHEAD + payload + 3) / 4, i;
	uint64_t pbc = htole64(pbc_of(h, dws));

	memcpy(out->pbc, &pbc, sizeof(pbc));
	out->lrh[0] = htobe16(WFR_PREP(WFR_LRH0_SC, h->sc & 15) |
			      WFR_PREP(WFR_LRH0_LNH, h->lnh));
	out->lrh[1] = htobe16(h->dlid);
	out->lrh[2] = htobe16(dws);
	out->lrh[3] = htobe16(h->slid);
	out->bth[0] = htobe32(WFR_PREP(WFR_BTH0_OPCODE, h->opcode) |
			      WFR_PREP(WFR_BTH0_PKEY, h->pkey));
	out->bth[1] =
		htobe32(WFR_PREP(WFR_BTH1_QP_PREFIX, WFR_KDETH_QP_PREFIX) |
			WFR_PREP(WFR_BTH1_FLOW, h->flow) |
			WFR_PREP(WFR_BTH1_SUBCTXT, h->subctxt) |
			WFR_PREP(WFR_BTH1_CTXT, h->ctxt));
	out->bth[2] = htobe32(h->psn);
	out->kdeth.ver_tid_offset = htole32(kdeth0_of(h));
	out->kdeth.jkey = htole16(h->jkey);
	out->kdeth.hcrc = 0;
	for (i = 0; i < WFR_KDETH_SWDATA_DWS; i++)
		out->kdeth.swdata[i] = htole32(h->words[i]);
}
