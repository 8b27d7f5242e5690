/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What cases of SDMA start from.
 */
#ifndef HFI1C_GROUPS_SDMA_BENCH_H
#define HFI1C_GROUPS_SDMA_BENCH_H

#include "../lib/context.h"
#include "../lib/sdma.h"
#include "../lib/wire.h"

#define HFI1C_BENCH_MS	     2000
#define HFI1C_BENCH_FRAGMENT 2048

struct hfi1c_case;

/* A context that is ready to send to itself. */
struct hfi1c_bench {
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	struct hfi1_sdma_comp_entry *ring;
	struct hfi1c_packet p;
	struct hfi1c_sdma_request r;
};

/** hfi1c_bench_open() - a private context, its ring and its wire */
void hfi1c_bench_open(struct hfi1c_bench *b);

/** hfi1c_bench_expect() - a slot ends with this status */
void hfi1c_bench_expect(struct hfi1c_bench *b, unsigned int slot,
			unsigned int status);

/** hfi1c_bench_usable() - a slot takes a request, which arrives */
void hfi1c_bench_usable(struct hfi1c_bench *b, unsigned int slot);

/* Ways to spoil a request after which its slot reports an errno. */
enum hfi1c_spoil {
	HFI1C_SPOIL_NPKTS_ZERO,
	HFI1C_SPOIL_OPCODE,
	HFI1C_SPOIL_GRH,
	HFI1C_SPOIL_LENGTH_TOO_SMALL,
	HFI1C_SPOIL_LENGTH_BEYOND_DATA,
	HFI1C_SPOIL_LENGTH_BEYOND_FRAGMENT,
	HFI1C_SPOIL_FRAGSIZE_ODD,
	HFI1C_SPOIL_EMPTY_VECTOR,
	HFI1C_SPOIL_DATA,
	HFI1C_SPOIL_TOO_MANY_VECTORS,
	HFI1C_SPOIL_EXPECTED_WITHOUT_TIDS,
};

/* Cases of group sdma that are about refusals. */
void hfi1c_sdma_bad_frees_slot(const struct hfi1c_case *c);
void hfi1c_sdma_refused_leaves_ring(const struct hfi1c_case *c);

#endif
