// SPDX-License-Identifier: BSD-3-Clause
/*
 * Automatic header generation: an engine keeps headers and sends packets
 * with an edited copy of one, so that software need not write it again.
 */
#include "wfr_priv.h"

static unsigned int wfr_ahg_entry(uint64_t desc1)
{
	return WFR_GET(WFR_SDMA_DESC1_HEADER_INDEX, desc1);
}

/* Put a value into a bit field of a header dword. */
void wfr_ahg_edit(uint8_t *hdr, uint32_t edit)
{
	uint8_t *dw = hdr + 4 * WFR_GET(WFR_AHG_EDIT_DW_INDEX, edit);
	unsigned int len = WFR_GET(WFR_AHG_EDIT_FIELD_LEN, edit);
	unsigned int start = WFR_GET(WFR_AHG_EDIT_START_BIT, edit);
	uint32_t mask, val;

	if (!(edit & WFR_AHG_EDIT_ENABLE))
		return;
	mask = ((1u << (len ? len : 16)) - 1) << start;
	val = (uint32_t)WFR_GET(WFR_AHG_EDIT_VALUE, edit) << start;
	wfr_put_le32(dw, (wfr_get_le32(dw) & ~mask) | (val & mask));
}

/*
 * Begin a packet with a stored header, the first edit applied.  Returns
 * engine error bits, 0 when @hdr has *len bytes of header.
 */
uint64_t wfr_ahg_start(struct wfr_sdma *eng, uint64_t desc1, uint8_t *hdr,
		       size_t *len)
{
	unsigned int entry = wfr_ahg_entry(desc1);
	unsigned int dws = WFR_GET(WFR_SDMA_DESC1_HEADER_DWS, desc1);

	if (!(eng->ahg_valid >> entry & 1))
		return WFR_SEND_DMA_ENG_ERR_STATUS_HEADER_SELECT;
	/* The field has four bits, so the full header is written as 0. */
	if (!dws)
		dws = WFR_AHG_HEADER_DWS;
	if (dws < WFR_PBC_DWS)
		return WFR_SEND_DMA_ENG_ERR_STATUS_HEADER_LENGTH;
	memcpy(hdr, eng->ahg[entry], sizeof(eng->ahg[entry]));
	wfr_ahg_edit(hdr, WFR_GET(WFR_SDMA_DESC1_HEADER_UPDATE1, desc1));
	*len = 4 * dws;
	return 0;
}

/* Keep the header of a packet for later ones. */
void wfr_ahg_store(struct wfr_sdma *eng, uint64_t desc1, const uint8_t *data,
		   size_t len)
{
	unsigned int entry = wfr_ahg_entry(desc1);

	if (len > sizeof(eng->ahg[entry]))
		len = sizeof(eng->ahg[entry]);
	memset(eng->ahg[entry], 0, sizeof(eng->ahg[entry]));
	memcpy(eng->ahg[entry], data, len);
	eng->ahg_valid |= 1u << entry;
}
