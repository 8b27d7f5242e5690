// SPDX-License-Identifier: BSD-3-Clause
/*
 * Requests that are refused, and what they leave in the completion ring.
 */
#include <endian.h>
#include <errno.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "sdma_bench.h"

static void spoil(struct hfi1c_bench *b, enum hfi1c_spoil how)
{
	struct hfi1_pkt_header *h = &b->r.header.packet;
	int i;

	switch (how) {
	case HFI1C_SPOIL_NPKTS_ZERO:
		b->r.header.info.npkts = 0;
		break;
	case HFI1C_SPOIL_OPCODE:
		h->bth[0] &= ~htobe32(0x80000000);
		break;
	case HFI1C_SPOIL_GRH:
		h->lrh[0] |= htobe16(WFR_LRH0_LNH_GRH);
		break;
	case HFI1C_SPOIL_LENGTH_TOO_SMALL:
		h->lrh[2] = htobe16(14);
		break;
	case HFI1C_SPOIL_LENGTH_BEYOND_DATA:
		h->lrh[2] = htobe16(be16toh(h->lrh[2]) + 1);
		break;
	case HFI1C_SPOIL_LENGTH_BEYOND_FRAGMENT:
		h->lrh[2] = htobe16(
			(WFR_PKT_OVERHEAD + HFI1C_BENCH_FRAGMENT) / 4 + 1);
		break;
	case HFI1C_SPOIL_FRAGSIZE_ODD:
		b->r.header.info.fragsize = HFI1C_BENCH_FRAGMENT + 4;
		break;
	case HFI1C_SPOIL_EMPTY_VECTOR:
		hfi1c_sdma_add(&b->r, b->p.payload, 0);
		break;
	case HFI1C_SPOIL_DATA:
		b->r.vectors[1].iov_base =
			hfi1c_bad_pointer(HFI1C_BAD_UNMAPPED, NULL, 64);
		break;
	case HFI1C_SPOIL_TOO_MANY_VECTORS:
		for (i = 0; i < 8; i++)
			hfi1c_sdma_add(&b->r, b->p.payload, 4);
		break;
	case HFI1C_SPOIL_EXPECTED_WITHOUT_TIDS:
		b->r.header.info.ctrl &= ~(HFI1_SDMA_REQ_OPCODE_MASK
					   << HFI1_SDMA_REQ_OPCODE_SHIFT);
		break;
	}
}

void hfi1c_sdma_bad_frees_slot(const struct hfi1c_case *c)
{
	static const unsigned char data[256];
	enum hfi1c_spoil how = *(const enum hfi1c_spoil *)c->data;
	int error = how == HFI1C_SPOIL_DATA ? EFAULT : EINVAL, i;
	struct hfi1c_arrival a;
	struct hfi1c_bench b;

	hfi1c_bench_open(&b);
	for (i = 0; i < 3; i++) {
		b.p.payload = data;
		b.p.length = sizeof(data);
		hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 5);
		spoil(&b, how);
		hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1),
				   error);
		hfi1c_bench_expect(&b, 5, ERROR);
		hfi1c_expect_u64(b.ring[5].errcode, error, "errcode");
	}
	hfi1c_expect(!hfi1c_arrives(&b.w, &a, 20), "a bad request was sent");
	b.p.payload = NULL;
	b.p.length = 0;
	hfi1c_bench_usable(&b, 5);
	close(b.ctxt.fd);
}

/* Refusals that come before the slot is claimed leave no trace in the ring. */
void hfi1c_sdma_refused_leaves_ring(const struct hfi1c_case *c)
{
	struct hfi1c_bench b;

	(void)c;
	hfi1c_bench_open(&b);
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 1);
	b.r.vectors[0].iov_len = WFR_SDMA_REQ_HDR_BYTES - 1;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT,
			 b.ctxt.info.sdma_ring_size);
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_sdma_eager(&b.r, &b.p, HFI1C_BENCH_FRAGMENT, 1);
	b.r.header.info.ctrl += 1 << HFI1_SDMA_REQ_IOVCNT_SHIFT;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	b.r.header.info.ctrl -= 2 << HFI1_SDMA_REQ_IOVCNT_SHIFT;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_sdma_eager(&b.r, &b.p, 64, 1);
	b.r.header.info.fragsize = 0;
	hfi1c_expect_errno(hfi1c_sdma_submit(b.ctxt.fd, &b.r, 1), EINVAL);
	hfi1c_expect(hfi1c_is_zero(b.ring, b.ctxt.info.sdma_ring_size *
						   sizeof(*b.ring)),
		     "a refused request left a trace in the ring");
	hfi1c_bench_usable(&b, 1);
	close(b.ctxt.fd);
}
