// SPDX-License-Identifier: BSD-3-Clause
#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "calls.h"
#include "regions.h"
#include "sdma.h"

static void set_count(struct hfi1c_sdma_request *r)
{
	unsigned int mask = HFI1_SDMA_REQ_IOVCNT_MASK
			    << HFI1_SDMA_REQ_IOVCNT_SHIFT;

	r->header.info.ctrl &= ~mask;
	r->header.info.ctrl |= r->count << HFI1_SDMA_REQ_IOVCNT_SHIFT;
}

void hfi1c_sdma_add(struct hfi1c_sdma_request *r, const void *data, size_t size)
{
	r->vectors[r->count].iov_base = (void *)data;
	r->vectors[r->count].iov_len = size;
	r->count++;
	set_count(r);
}

void hfi1c_sdma_eager(struct hfi1c_sdma_request *r,
		      const struct hfi1c_packet *p, unsigned int fragsize,
		      unsigned int slot)
{
	struct hfi1c_packet first = *p;

	memset(r, 0, sizeof(*r));
	if (first.length > fragsize)
		first.length = fragsize;
	hfi1c_packet_header(&first, &r->header.packet);
	r->header.info.ctrl = 1 << HFI1_SDMA_REQ_VERSION_SHIFT |
			      EAGER << HFI1_SDMA_REQ_OPCODE_SHIFT;
	r->header.info.npkts =
		p->length ? (p->length + fragsize - 1) / fragsize : 1;
	r->header.info.fragsize = fragsize;
	r->header.info.comp_idx = slot;
	hfi1c_sdma_add(r, &r->header, sizeof(r->header));
	if (p->length)
		hfi1c_sdma_add(r, p->payload, p->length);
}

long hfi1c_sdma_submit(int fd, const struct hfi1c_sdma_request *r,
		       unsigned int count)
{
	struct iovec all[256];
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		hfi1c_setup(n + r[i].count <= 256, "too many vectors");
		memcpy(&all[n], r[i].vectors, r[i].count * sizeof(all[0]));
		/* A copied request still points to its original. */
		all[n].iov_base = (void *)&r[i].header;
		n += r[i].count;
	}
	return hfi1c_writev(fd, all, n);
}

struct hfi1_sdma_comp_entry *hfi1c_sdma_ring(const struct hfi1c_context *c,
					     unsigned int members)
{
	hfi1c_require_cap(c, HFI1_CAP_SDMA, "SDMA");
	return hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_SDMA_COMP,
				PROT_READ | PROT_WRITE, members);
}

bool hfi1c_sdma_ends(const struct hfi1_sdma_comp_entry *ring, unsigned int slot,
		     int ms)
{
	int i;

	for (i = 0; i < ms * 10; i++) {
		if (__atomic_load_n(&ring[slot].status, __ATOMIC_ACQUIRE) !=
		    QUEUED)
			return true;
		usleep(100);
	}
	return false;
}
