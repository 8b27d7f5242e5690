// SPDX-License-Identifier: BSD-3-Clause
#include <endian.h>
#include <string.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "wire.h"

#define ICRC_DWS 1
#define PBC_DWS	 2

struct hfi1c_packet hfi1c_packet_to(const struct hfi1c_wire *w,
				    const struct hfi1c_context *target)
{
	long vl = hfi1c_port_number("sc2vl/0");
	uint16_t pkeys[16];
	struct hfi1c_packet p = {
		.slid = w->lid,
		.dlid = w->lid,
		.vl = vl < 0 ? 0 : vl,
		.opcode = HFI1C_OPCODE,
		.ctxt = target->info.ctxt,
		.subctxt = target->info.subctxt,
		.jkey = target->base.jkey,
		.lnh = WFR_LRH0_LNH_BTH,
	};

	if (hfi1c_port_pkeys(pkeys, 16))
		p.pkey = pkeys[0];
	return p;
}

static size_t header_dws(void)
{
	return sizeof(struct hfi1_pkt_header) / 4 - PBC_DWS;
}

static uint64_t pbc_of(const struct hfi1c_packet *p, size_t lrh_dws)
{
	return WFR_PREP(WFR_PBC_LENGTH_DWS, lrh_dws - ICRC_DWS + PBC_DWS) |
	       WFR_PREP(WFR_PBC_VL, p->vl) |
	       WFR_PREP(WFR_PBC_CREDIT_RETURN, p->credit_return) |
	       WFR_PREP(WFR_PBC_DC_INFO, p->sc >> 4);
}

static uint32_t kdeth0_of(const struct hfi1c_packet *p)
{
	return WFR_PREP(WFR_KDETH0_KVER, 1) |
	       WFR_PREP(WFR_KDETH0_INTR, p->intr) |
	       WFR_PREP(WFR_KDETH0_SH, p->sh) |
	       WFR_PREP(WFR_KDETH0_TIDCTRL, p->tidctrl) |
	       WFR_PREP(WFR_KDETH0_TID, p->tid) |
	       WFR_PREP(WFR_KDETH0_OFFSET, p->offset);
}

void hfi1c_packet_header(const struct hfi1c_packet *p,
			 struct hfi1_pkt_header *h)
{
	size_t dws = header_dws() + (p->length + 3) / 4 + ICRC_DWS;
	uint64_t pbc = htole64(pbc_of(p, dws));
	unsigned int i;

	memset(h, 0, sizeof(*h));
	memcpy(h->pbc, &pbc, sizeof(pbc));
	h->lrh[0] = htobe16(WFR_PREP(WFR_LRH0_SC, p->sc & 15) |
			    WFR_PREP(WFR_LRH0_LNH, p->lnh));
	h->lrh[1] = htobe16(p->dlid);
	h->lrh[2] = htobe16(dws);
	h->lrh[3] = htobe16(p->slid);
	h->bth[0] = htobe32(WFR_PREP(WFR_BTH0_OPCODE, p->opcode) |
			    WFR_PREP(WFR_BTH0_PKEY, p->pkey));
	h->bth[1] = htobe32(WFR_PREP(WFR_BTH1_QP_PREFIX, WFR_KDETH_QP_PREFIX) |
			    WFR_PREP(WFR_BTH1_FLOW, p->flow) |
			    WFR_PREP(WFR_BTH1_SUBCTXT, p->subctxt) |
			    WFR_PREP(WFR_BTH1_CTXT, p->ctxt));
	h->bth[2] = htobe32(p->psn);
	h->kdeth.ver_tid_offset = htole32(kdeth0_of(p));
	h->kdeth.jkey = htole16(p->jkey);
	for (i = 0; i < sizeof(p->words) / sizeof(p->words[0]); i++)
		h->kdeth.swdata[i] = htole32(p->words[i]);
}

unsigned int hfi1c_packet_blocks(const struct hfi1c_packet *p)
{
	return 1 + (p->length + WFR_PIO_BLOCK_SIZE - 1) / WFR_PIO_BLOCK_SIZE;
}

/* A block is written as whole quadwords, in order, and completely. */
static void write_block(volatile uint64_t *window, unsigned int block,
			const void *data, size_t size)
{
	uint64_t words[WFR_PIO_BLOCK_SIZE / 8] = { 0 };
	volatile uint64_t *to = window + block * (WFR_PIO_BLOCK_SIZE / 8);
	unsigned int i;

	memcpy(words, data, size);
	for (i = 0; i < WFR_PIO_BLOCK_SIZE / 8; i++)
		to[i] = words[i];
}

static void next_block(struct hfi1c_wire *w)
{
	w->block = (w->block + 1) % w->c->info.credits;
	w->fill++;
}

void hfi1c_send(struct hfi1c_wire *w, const struct hfi1c_packet *p)
{
	const unsigned char *payload = p->payload;
	struct hfi1_pkt_header h;
	size_t left, now;

	hfi1c_packet_header(p, &h);
	write_block(w->sop, w->block, &h, sizeof(h));
	next_block(w);
	for (left = p->length; left; left -= now, payload += now) {
		now = left < WFR_PIO_BLOCK_SIZE ? left : WFR_PIO_BLOCK_SIZE;
		write_block(w->pio, w->block, payload, now);
		next_block(w);
	}
	/* Empties write-combining buffers. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
