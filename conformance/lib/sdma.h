/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Submitting SDMA requests.
 */
#ifndef HFI1C_LIB_SDMA_H
#define HFI1C_LIB_SDMA_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "wire.h"

#define HFI1C_SDMA_VECTORS 12

/**
 * struct hfi1c_sdma_request - one request, as vectors
 * @header:  first vector: information and packet header
 * @vectors: @header first
 * @count:   of @vectors; also what the request claims
 */
struct hfi1c_sdma_request {
	struct {
		struct sdma_req_info info;
		struct hfi1_pkt_header packet;
	} __attribute__((packed)) header;
	struct iovec vectors[HFI1C_SDMA_VECTORS];
	unsigned int count;
};

/**
 * hfi1c_sdma_eager() - a valid eager request of one data vector.
 *
 * As many packets as @p->length needs with @fragsize bytes each; none of
 * @p->payload makes a header-only request.
 */
void hfi1c_sdma_eager(struct hfi1c_sdma_request *r,
		      const struct hfi1c_packet *p, unsigned int fragsize,
		      unsigned int slot);

/** hfi1c_sdma_add() - one more vector, and the claim of it. */
void hfi1c_sdma_add(struct hfi1c_sdma_request *r, const void *data,
		    size_t size);

/** hfi1c_sdma_submit() - writev() of @count requests. */
long hfi1c_sdma_submit(int fd, const struct hfi1c_sdma_request *r,
		       unsigned int count);

/** hfi1c_sdma_ring() - the mapped completion ring. */
struct hfi1_sdma_comp_entry *hfi1c_sdma_ring(const struct hfi1c_context *c,
					     unsigned int members);

/** hfi1c_sdma_ends() - whether a slot leaves QUEUED in time. */
bool hfi1c_sdma_ends(const struct hfi1_sdma_comp_entry *ring, unsigned int slot,
		     int ms);

#endif
