// SPDX-License-Identifier: BSD-3-Clause
/*
 * writev(): from the locals of its check lists to a request and back.
 *
 * A plan is a request under construction.  Its locals are read from it in the
 * way the driver reads them from the call, so that a setting that contradicts
 * another one shows in the conditions, not in a wrong verdict.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/process.h"
#include "../lib/wire.h"
#include "world.h"

#define PAYLOAD	  64
#define VECTORS	  64
#define MAX_TOTAL (1UL << 20)
#define PAGES	  4

struct request {
	struct sdma_req_info info;
	struct hfi1_pkt_header hdr;
	uint64_t first_len;
	uint64_t remaining; /* vectors the call has */
	uint64_t total; /* bytes of data */
	uint64_t tid_words;
	bool vectored;
	bool empty; /* the last data vector has no data */
	bool in_child; /* a child process makes the call */
	bool bad_header; /* instead of memory that can be read */
	void *header;
	size_t header_bytes; /* that can be read of a bad one */
	void *data;
	void *tids;
	struct hfi1c_locals_write_entry entry;
	struct hfi1c_locals_write_request request;
	struct hfi1c_locals_write_info of_info;
	struct hfi1c_locals_write_data of_data;
	struct hfi1c_locals_write_header of_header;
	struct hfi1c_locals_write_payload payload;
};

static bool is_expected(const struct request *r)
{
	return WFR_GET(WFR_SDMA_REQ_CTRL_OPCODE, r->info.ctrl) == EXPECTED;
}

/* Vectors behind the header, as the request counts them. */
static unsigned int data_vectors(const struct request *r)
{
	unsigned int count = WFR_GET(WFR_SDMA_REQ_CTRL_IOVCNT, r->info.ctrl);

	return count ? count - 1 : 0;
}

static void set_vectors(struct request *r, unsigned int count)
{
	r->info.ctrl =
		WFR_SET(r->info.ctrl, WFR_SDMA_REQ_CTRL_IOVCNT, count + 1);
	r->remaining = count + 1;
}

static void set_expected(struct request *r, bool expected)
{
	r->info.ctrl = WFR_SET(r->info.ctrl, WFR_SDMA_REQ_CTRL_OPCODE,
			       expected ? EXPECTED : EAGER);
	if (expected && data_vectors(r) < 2)
		set_vectors(r, 2);
}

static void prepare_header(const struct hfi1c_world *w, struct request *r)
{
	struct hfi1c_context self = { .fd = w->fd,
				      .info = hfi1c_own(w)->ctxt_info,
				      .base = hfi1c_own(w)->base_info };
	long lid = hfi1c_port_number("lid");
	struct hfi1c_wire wire = { .c = &self, .lid = lid > 0 ? lid : 1 };
	struct hfi1c_packet packet = hfi1c_packet_to(&wire, &self);

	packet.length = PAYLOAD;
	packet.payload = r->data;
	hfi1c_packet_header(&packet, &r->hdr);
}

static void prepare(struct hfi1c_world *w, void *plan)
{
	struct request *r = plan;

	memset(r, 0, sizeof(*r));
	r->vectored = true;
	r->first_len = WFR_SDMA_REQ_HDR_BYTES;
	r->total = PAYLOAD;
	r->tid_words = 1;
	r->data = (void *)(uintptr_t)hfi1c_buffer_scratch(w);
	r->tids = (void *)(uintptr_t)hfi1c_buffer_list(w);
	r->info.npkts = 1;
	r->info.fragsize = PAYLOAD;
	set_expected(r, false);
	set_vectors(r, 1);
	prepare_header(w, r);
}

/* --- settings ---------------------------------------------------------- */

static uint64_t blend(uint64_t old, uint64_t value, uint64_t mask)
{
	return mask ? (old & ~mask) | (value & mask) : value;
}

static bool set_info(struct request *r, const char *name, uint64_t value,
		     uint64_t mask)
{
	struct sdma_req_info *i = &r->info;

	if (!strcmp(name, "req.ctrl"))
		i->ctrl = blend(i->ctrl, value, mask);
	else if (!strcmp(name, "req.npkts"))
		i->npkts = blend(i->npkts, value, mask);
	else if (!strcmp(name, "req.fragsize"))
		i->fragsize = blend(i->fragsize, value, mask);
	else if (!strcmp(name, "req.comp_idx"))
		i->comp_idx = blend(i->comp_idx, value, mask);
	else
		return false;
	return true;
}

static bool set_header(struct request *r, const char *name, uint64_t value,
		       uint64_t mask)
{
	struct hfi1_pkt_header *h = &r->hdr;
	unsigned int i;

	if (sscanf(name, "hdr.bth[%u]", &i) == 1 && i < HFI1C_COUNT(h->bth))
		h->bth[i] = htobe32(blend(be32toh(h->bth[i]), value, mask));
	else if (sscanf(name, "hdr.lrh[%u]", &i) == 1 &&
		 i < HFI1C_COUNT(h->lrh))
		h->lrh[i] = htobe16(blend(be16toh(h->lrh[i]), value, mask));
	else
		return false;
	return true;
}

/* Without data there is no data vector; the VFS refuses what is enormous. */
static void set_total(struct request *r, uint64_t total)
{
	if (total > MAX_TOTAL)
		return;
	r->total = total;
	if (!total && !is_expected(r))
		set_vectors(r, 0);
}

/* Lengths other than the whole request's are settings of the vectors. */
static bool set_shape(struct request *r, const char *name, uint64_t value)
{
	if (!strcmp(name, "vectored"))
		r->vectored = value;
	else if (!strcmp(name, "first_len"))
		r->first_len = value;
	else if (!strcmp(name, "remaining") || !strcmp(name, "segments"))
		r->remaining = value ?: r->remaining; /* 0: the VFS answers */
	else if (!strcmp(name, "data_vectors"))
		set_vectors(r, value);
	else if (!strcmp(name, "expected"))
		set_expected(r, value);
	else if (!strcmp(name, "tid_words"))
		r->tid_words = value;
	else if (!strcmp(name, "empty_vector"))
		r->empty = value;
	else if (!strcmp(name, "total"))
		set_total(r, value);
	else
		return false;
	return true;
}

static void set(struct hfi1c_world *w, void *plan, const char *name,
		uint64_t value, uint64_t mask)
{
	struct request *r = plan;

	(void)w;
	if (!set_info(r, name, value, mask) &&
	    !set_header(r, name, value, mask) && !set_shape(r, name, value))
		hfi1c_broken("the engine cannot set %s of a request", name);
}

/* --- the request as the driver's lists see it --------------------------- */

static uint64_t bytes_of_data(const struct request *r)
{
	return data_vectors(r) > is_expected(r) ? r->total : 0;
}

static bool has_empty_vector(const struct request *r)
{
	unsigned int data = data_vectors(r) - is_expected(r);

	return data_vectors(r) && data && (r->empty || r->total < data);
}

static void read_locals(struct request *r)
{
	r->entry.vectored = r->vectored;
	r->entry.segments = r->remaining;
	r->request.first_len = r->first_len;
	r->of_info.req = &r->info;
	r->of_info.remaining = r->remaining;
	r->of_data.req = &r->info;
	r->of_data.data_vectors = data_vectors(r);
	r->of_header.hdr = &r->hdr;
	r->payload.req = &r->info;
	r->payload.hdr = &r->hdr;
	r->payload.empty_vector = has_empty_vector(r);
	r->payload.expected = is_expected(r);
	r->payload.tid_words = r->tid_words;
	r->payload.total = bytes_of_data(r);
}

static const void *locals(struct hfi1c_world *w, void *plan, const char *list)
{
	struct request *r = plan;

	(void)w;
	read_locals(r);
	if (!strcmp(list, "write_entry"))
		return &r->entry;
	if (!strcmp(list, "write_request"))
		return &r->request;
	if (!strcmp(list, "write_info"))
		return &r->of_info;
	if (!strcmp(list, "write_data"))
		return &r->of_data;
	if (!strcmp(list, "write_header"))
		return &r->of_header;
	if (!strcmp(list, "write_payload"))
		return &r->payload;
	hfi1c_broken("the engine does not know the list %s", list);
}

/* --- the call ----------------------------------------------------------- */

/* The data is spread over the vectors; the first one takes what is over. */
static unsigned int fill_vectors(const struct request *r, struct iovec *v)
{
	unsigned int count = data_vectors(r), data = count - is_expected(r);
	unsigned int i;

	if (!count)
		return 1;
	for (i = 1; i <= data && i < VECTORS; i++) {
		v[i].iov_base = r->data;
		v[i].iov_len = r->total / data;
	}
	v[1].iov_len += data ? r->total % data : 0;
	if (r->empty && data)
		v[data].iov_len = 0;
	if (is_expected(r)) {
		v[count].iov_base = r->tids;
		v[count].iov_len = r->tid_words * sizeof(uint32_t);
	}
	return count + 1;
}

static void *header_of(const struct request *r)
{
	unsigned char whole[WFR_SDMA_REQ_HDR_BYTES];
	void *p = r->bad_header ? r->header : hfi1c_pages(1);

	memcpy(whole, &r->info, sizeof(r->info));
	memcpy(whole + sizeof(r->info), &r->hdr, sizeof(r->hdr));
	if (!r->bad_header || r->header_bytes)
		memcpy(p, whole,
		       r->bad_header ? r->header_bytes : sizeof(whole));
	return p;
}

static long perform_here(const struct hfi1c_world *w, const struct request *r)
{
	struct iovec v[VECTORS] = { { NULL, 0 } };
	void *header = header_of(r);
	unsigned int count;

	v[0].iov_base = header;
	v[0].iov_len = r->first_len;
	count = fill_vectors(r, v);
	if (!r->vectored)
		return hfi1c_write(w->fd, header, r->first_len);
	/* A count that promises more than there is, or leaves some over. */
	if (r->remaining < count)
		count = r->remaining;
	for (; count < r->remaining && count < VECTORS; count++)
		v[count] = v[1];
	return hfi1c_writev(w->fd, v, count);
}

struct errand {
	const struct hfi1c_world *w;
	const struct request *r;
};

static void tell_result(struct hfi1c_peer *parent, void *data)
{
	const struct errand *e = data;

	hfi1c_tell(parent, perform_here(e->w, e->r));
}

static long perform(struct hfi1c_world *w, void *plan)
{
	struct errand e = { w, plan };
	struct hfi1c_peer child;
	long result;

	if (!e.r->in_child)
		return perform_here(w, plan);
	hfi1c_fork(&child, tell_result, &e);
	result = hfi1c_hear(&child);
	hfi1c_reap(&child);
	return result;
}

/* --- afterwards --------------------------------------------------------- */

/* Lists from this one on work on a slot that the request owns. */
static bool owns_slot(const char *id)
{
	static const char *const later[] = { "write_data.", "write_header.",
					     "write_payload." };
	unsigned int i;

	for (i = 0; i < HFI1C_COUNT(later); i++)
		if (!strncmp(id, later[i], strlen(later[i])))
			return true;
	return false;
}

static const struct hfi1_sdma_comp_entry *map_ring(const struct hfi1c_world *w)
{
	void *ring;
	long result;

	result = hfi1c_mmap(w->fd,
			    hfi1c_own(w)->base_info.sdma_comp_bufbase &
				    ~WFR_MMAP_TOKEN_OFFSET,
			    hfi1c_map_region_SDMA_COMP.length(w), PROT_READ,
			    MAP_SHARED, &ring);
	hfi1c_setup(!result, "cannot map the completion ring");
	return ring;
}

static void expect_slot(const struct hfi1c_world *w, const struct request *r,
			const struct hfi1c_check *check)
{
	const struct hfi1_sdma_comp_entry *ring;
	bool owned = owns_slot(check->id);

	if (r->info.comp_idx >= hfi1c_own(w)->ctxt_info.sdma_ring_size)
		return;
	ring = map_ring(w);
	hfi1c_expect_u64(ring[r->info.comp_idx].status, owned ? ERROR : FREE,
			 "status of slot %u after the refusal",
			 r->info.comp_idx);
	hfi1c_expect_u64(ring[r->info.comp_idx].errcode,
			 owned ? check->error : 0,
			 "errcode of slot %u after the refusal",
			 r->info.comp_idx);
	munmap((void *)ring, hfi1c_map_region_SDMA_COMP.length(w));
}

/* The VFS refuses vectors outside the user's half by itself. */
static bool reaches_driver(const struct hfi1c_world *w)
{
	return w->sweep.mode != HFI1C_SWEEP_POINTERS ||
	       (w->sweep.kind != HFI1C_POINTER_KERNEL &&
		w->sweep.kind != HFI1C_POINTER_NONCANONICAL);
}

static void intact(struct hfi1c_world *w, void *plan,
		   const struct hfi1c_check *check)
{
	hfi1c_world_intact(w);
	/* Where other requests are in flight their slots are not ours. */
	if (w->scenario == &hfi1c_scenario_assigned && reaches_driver(w))
		expect_slot(w, plan, check);
}

const struct hfi1c_performer hfi1c_performer_write = {
	.size = sizeof(struct request),
	.prepare = prepare,
	.set = set,
	.locals = locals,
	.perform = perform,
	.intact = intact,
};

/* --- what only the driver can tell ------------------------------------- */

void hfi1c_provoke_write_request_info_fault(struct hfi1c_world *w, void *plan)
{
	struct request *r = plan;

	r->bad_header = true;
	r->header = hfi1c_bad_bytes(w, 0, sizeof(r->info), &r->header_bytes);
}

/* The scenario holds slot 0. */
void hfi1c_provoke_write_info_slot_busy(struct hfi1c_world *w, void *plan)
{
	struct request *r = plan;

	(void)w;
	r->info.comp_idx = 0;
}

/* The request information is there, the header behind it is not. */
void hfi1c_provoke_write_data_header_fault(struct hfi1c_world *w, void *plan)
{
	struct request *r = plan;

	r->bad_header = true;
	r->header = hfi1c_bad_bytes(w, sizeof(r->info), WFR_SDMA_REQ_HDR_BYTES,
				    &r->header_bytes);
}

/* Any lane but the one the service channel is mapped to. */
void hfi1c_provoke_write_header_vl(struct hfi1c_world *w, void *plan)
{
	struct request *r = plan;
	uint64_t pbc;

	(void)w;
	memcpy(&pbc, r->hdr.pbc, sizeof(pbc));
	pbc = le64toh(pbc);
	pbc = WFR_SET(pbc, WFR_PBC_VL, WFR_GET(WFR_PBC_VL, pbc) ^ 1);
	pbc = htole64(pbc);
	memcpy(r->hdr.pbc, &pbc, sizeof(pbc));
}

void hfi1c_provoke_write_payload_tid_list_fault(struct hfi1c_world *w,
						void *plan)
{
	struct request *r = plan;
	size_t readable;

	set_expected(r, true);
	r->tids = hfi1c_bad_bytes(w, 0, r->tid_words * sizeof(uint32_t),
				  &readable);
}

/* The scenario took the link down. */
void hfi1c_provoke_write_payload_engine(struct hfi1c_world *w, void *plan)
{
	(void)w;
	(void)plan;
}

static void name_tid(struct request *r, uint32_t tid, uint32_t word)
{
	uint32_t kdeth = le32toh(r->hdr.kdeth.ver_tid_offset);

	set_expected(r, true);
	kdeth = WFR_SET(kdeth, WFR_KDETH0_TID, tid);
	kdeth = WFR_SET(kdeth, WFR_KDETH0_TIDCTRL, WFR_TIDINFO_CTRL_EVEN);
	r->hdr.kdeth.ver_tid_offset = htole32(kdeth);
	memcpy(r->tids, &word, sizeof(word));
}

static uint32_t page_word(void)
{
	return WFR_PREP(WFR_TIDINFO_CTRL, WFR_TIDINFO_CTRL_EVEN) |
	       WFR_PREP(WFR_TIDINFO_LEN, 1);
}

void hfi1c_provoke_write_payload_tid_mismatch(struct hfi1c_world *w, void *plan)
{
	(void)w;
	name_tid(plan, 1, page_word());
}

/* The list has one page, the data is two. */
void hfi1c_provoke_write_payload_tids_exhausted(struct hfi1c_world *w,
						void *plan)
{
	struct request *r = plan;

	(void)w;
	name_tid(r, 0, page_word());
	r->info.fragsize = WFR_PAGE_SIZE;
	r->info.npkts = 3;
	r->total = 2 * WFR_PAGE_SIZE;
}

void hfi1c_provoke_write_payload_data_exhausted(struct hfi1c_world *w,
						void *plan)
{
	struct request *r = plan;

	(void)w;
	r->info.npkts = 2;
}

void hfi1c_provoke_write_payload_other_mm(struct hfi1c_world *w, void *plan)
{
	struct request *r = plan;

	(void)w;
	r->in_child = true;
}

void hfi1c_provoke_write_payload_data_fault(struct hfi1c_world *w, void *plan)
{
	struct request *r = plan;
	size_t readable;

	r->data = hfi1c_bad_bytes(w, 0, r->total, &readable);
}
