/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The headers of a user (KDETH) packet, as PIO and SDMA want them.
 */
#ifndef HFI1T_PACKET_H
#define HFI1T_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <rdma/hfi/hfi1_user.h>

#include "wfr_regs.h"

/** struct hfi1t_header - what the headers of a packet say */
struct hfi1t_header {
	uint16_t slid, dlid;
	uint16_t pkey, jkey;
	uint8_t sc, vl, lnh;
	uint8_t opcode;
	uint8_t ctxt, subctxt, flow;
	uint8_t tidctrl;
	uint16_t tid, offset; /* offset in dwords */
	bool intr, suppress, credit_return;
	uint32_t psn;
	uint32_t words[WFR_KDETH_SWDATA_DWS];
};

/**
 * hfi1t_header_build() - lay out PBC, LRH, BTH and KDETH
 * @h: what they say
 * @payload: bytes behind them; the packet is as long as it takes in dwords
 * @out: the result
 */
void hfi1t_header_build(const struct hfi1t_header *h, size_t payload,
			struct hfi1_pkt_header *out);

#endif
