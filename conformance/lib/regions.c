// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "buffers.h"
#include "calls.h"
#include "regions.h"

#define TOKEN(member) offsetof(struct hfi1_base_info, member)

const struct hfi1c_region hfi1c_regions[] = {
	{ .name = "PIO_BUFS",
	  .token = TOKEN(pio_bufbase),
	  .type = WFR_MMAP_TOKEN_TYPE_PIO_BUFS,
	  .write = HFI1C_WRITE_ONLY,
	  .dontcopy = true,
	  .dontexpand = true },
	{ .name = "PIO_BUFS_SOP",
	  .token = TOKEN(pio_bufbase_sop),
	  .type = WFR_MMAP_TOKEN_TYPE_PIO_BUFS_SOP,
	  .write = HFI1C_WRITE_ONLY,
	  .dontcopy = true,
	  .dontexpand = true },
	{ .name = "PIO_CRED",
	  .token = TOKEN(sc_credits_addr),
	  .type = WFR_MMAP_TOKEN_TYPE_PIO_CRED,
	  .write = HFI1C_WRITE_REFUSED,
	  .no_escalation = true,
	  .dontcopy = true,
	  .dontexpand = true,
	  .offset = true },
	{ .name = "RCV_HDRQ",
	  .token = TOKEN(rcvhdr_bufbase),
	  .type = WFR_MMAP_TOKEN_TYPE_RCV_HDRQ },
	{ .name = "RCV_EGRBUF",
	  .token = TOKEN(rcvegr_bufbase),
	  .type = WFR_MMAP_TOKEN_TYPE_RCV_EGRBUF,
	  .write = HFI1C_WRITE_REFUSED,
	  .no_escalation = true },
	{ .name = "UREGS",
	  .token = TOKEN(user_regbase),
	  .type = WFR_MMAP_TOKEN_TYPE_UREGS,
	  .dontcopy = true,
	  .dontexpand = true },
	{ .name = "EVENTS",
	  .token = TOKEN(events_bufbase),
	  .type = WFR_MMAP_TOKEN_TYPE_EVENTS,
	  .dontexpand = true,
	  .offset = true },
	{ .name = "STATUS",
	  .token = TOKEN(status_bufbase),
	  .type = WFR_MMAP_TOKEN_TYPE_STATUS,
	  .write = HFI1C_WRITE_REFUSED,
	  .no_escalation = true,
	  .dontexpand = true },
	{ .name = "RTAIL",
	  .token = TOKEN(rcvhdrtail_base),
	  .type = WFR_MMAP_TOKEN_TYPE_RTAIL,
	  .write = HFI1C_WRITE_REFUSED,
	  .no_escalation = true },
	{ .name = "SUBCTXT_UREGS",
	  .token = TOKEN(subctxt_uregbase),
	  .type = WFR_MMAP_TOKEN_TYPE_SUBCTXT_UREGS,
	  .dontexpand = true,
	  .group = true },
	{ .name = "SUBCTXT_RCV_HDRQ",
	  .token = TOKEN(subctxt_rcvhdrbuf),
	  .type = WFR_MMAP_TOKEN_TYPE_SUBCTXT_RCV_HDRQ,
	  .dontexpand = true,
	  .group = true },
	{ .name = "SUBCTXT_EGRBUF",
	  .token = TOKEN(subctxt_rcvegrbuf),
	  .type = WFR_MMAP_TOKEN_TYPE_SUBCTXT_EGRBUF,
	  .no_escalation = true,
	  .dontexpand = true,
	  .group = true },
	{ .name = "SDMA_COMP",
	  .token = TOKEN(sdma_comp_bufbase),
	  .type = WFR_MMAP_TOKEN_TYPE_SDMA_COMP,
	  .dontexpand = true },
};
const size_t hfi1c_region_count =
	sizeof(hfi1c_regions) / sizeof(hfi1c_regions[0]);

const struct hfi1c_region *hfi1c_region(unsigned int type)
{
	size_t i;

	for (i = 0; i < hfi1c_region_count; i++)
		if (hfi1c_regions[i].type == type)
			return &hfi1c_regions[i];
	hfi1c_broken("no region has type %u", type);
}

uint64_t hfi1c_region_token(const struct hfi1c_context *c,
			    const struct hfi1c_region *r)
{
	uint64_t token;

	memcpy(&token, (const char *)&c->base + r->token, sizeof(token));
	return token;
}

uint64_t hfi1c_token_offset(uint64_t token)
{
	return token & ~(uint64_t)WFR_MMAP_TOKEN_OFFSET;
}

static size_t page_align(size_t size)
{
	size_t page = hfi1c_page_size();

	return (size + page - 1) / page * page;
}

size_t hfi1c_region_length(const struct hfi1c_context *c,
			   const struct hfi1c_region *r, unsigned int members)
{
	const struct hfi1_ctxt_info *i = &c->info;
	size_t headers =
		page_align((size_t)i->rcvhdrq_cnt * i->rcvhdrq_entsize);
	size_t eager = (size_t)i->egrtids * i->rcvegr_size;

	switch (r->type) {
	case WFR_MMAP_TOKEN_TYPE_PIO_BUFS:
	case WFR_MMAP_TOKEN_TYPE_PIO_BUFS_SOP:
		return page_align((size_t)i->credits * WFR_PIO_BLOCK_SIZE);
	case WFR_MMAP_TOKEN_TYPE_RCV_HDRQ:
		return headers;
	case WFR_MMAP_TOKEN_TYPE_RCV_EGRBUF:
		return eager;
	case WFR_MMAP_TOKEN_TYPE_SUBCTXT_RCV_HDRQ:
		return headers * members;
	case WFR_MMAP_TOKEN_TYPE_SUBCTXT_EGRBUF:
		return eager * members;
	case WFR_MMAP_TOKEN_TYPE_SDMA_COMP:
		return page_align(i->sdma_ring_size *
				  sizeof(struct hfi1_sdma_comp_entry));
	default:
		return hfi1c_page_size();
	}
}

int hfi1c_region_prot(const struct hfi1c_region *r)
{
	switch (r->write) {
	case HFI1C_WRITE_REFUSED:
		return PROT_READ;
	case HFI1C_WRITE_ONLY:
		return PROT_WRITE;
	default:
		return PROT_READ | PROT_WRITE;
	}
}

void *hfi1c_region_map(const struct hfi1c_context *c, unsigned int type,
		       int prot, unsigned int members)
{
	const struct hfi1c_region *r = hfi1c_region(type);
	uint64_t token = hfi1c_region_token(c, r);
	void *address;
	long ret;

	ret = hfi1c_mmap(c->fd, hfi1c_token_offset(token),
			 hfi1c_region_length(c, r, members), prot, MAP_SHARED,
			 &address);
	hfi1c_expect(!ret, "%s cannot be mapped: %s", r->name, strerror(-ret));
	return (char *)address + (token & WFR_MMAP_TOKEN_OFFSET);
}

void hfi1c_region_unmap(const struct hfi1c_context *c, unsigned int type,
			const volatile void *address, unsigned int members)
{
	uintptr_t start = (uintptr_t)address & ~(hfi1c_page_size() - 1);

	hfi1c_expect_ok(hfi1c_munmap((void *)start,
				     hfi1c_region_length(c, hfi1c_region(type),
							 members)));
}

bool hfi1c_is_mapped(const void *address)
{
	size_t page = hfi1c_page_size();
	void *start = (void *)((uintptr_t)address / page * page);
	unsigned char resident;

	return !mincore(start, page, &resident) || errno != ENOMEM;
}
