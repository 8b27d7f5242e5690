// SPDX-License-Identifier: BSD-3-Clause
#include "../case.h"
#include "sdma_bench.h"

void hfi1c_bench_open(struct hfi1c_bench *b)
{
	hfi1c_open_context(&b->ctxt);
	b->ring = hfi1c_sdma_ring(&b->ctxt, 0);
	hfi1c_wire_open(&b->w, &b->ctxt, 0);
	b->p = hfi1c_packet_to(&b->w, &b->ctxt);
}

void hfi1c_bench_expect(struct hfi1c_bench *b, unsigned int slot,
			unsigned int status)
{
	hfi1c_expect(hfi1c_sdma_ends(b->ring, slot, HFI1C_BENCH_MS),
		     "slot %u stays QUEUED", slot);
	hfi1c_expect_u64(b->ring[slot].status, status, "status of slot %u",
			 slot);
}

void hfi1c_bench_usable(struct hfi1c_bench *b, unsigned int slot)
{
	struct hfi1c_arrival a;

	hfi1c_sdma_eager(&b->r, &b->p, HFI1C_BENCH_FRAGMENT, slot);
	hfi1c_expect_result(hfi1c_sdma_submit(b->ctxt.fd, &b->r, 1), 1,
			    "writev() of a good request");
	hfi1c_bench_expect(b, slot, COMPLETE);
	hfi1c_expect(hfi1c_arrives(&b->w, &a, HFI1C_BENCH_MS),
		     "the packet of a good request does not arrive");
}
