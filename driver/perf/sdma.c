// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sending by SDMA: requests by writev(), their ends in the completion ring.
 *
 * Slots are used in turn.  One whose last request is still QUEUED is not
 * free; everything else the ring may show is.
 */
#include <errno.h>
#include <sys/uio.h>

#include "endpoint.h"

/* Requests are versioned; the driver ignores it. */
#define REQUEST_VERSION 1

/* A request as the driver reads it: this, the data, and perhaps TIDs. */
struct request {
	struct sdma_req_info info;
	struct hfi1_pkt_header header;
} __attribute__((packed));

/* One vector for each of the three. */
#define REQUEST_VECTORS 3

static const struct hfi1_sdma_comp_entry *slot_at(const struct hfi1t *t,
						  uint64_t n)
{
	const struct hfi1_sdma_comp_entry *ring =
		t->map[HFI1U_REGION_SDMA_COMP].object;

	return &ring[n % t->info.sdma_ring_size];
}

int hfi1t_sdma_progress(struct hfi1t *t)
{
	const struct hfi1_sdma_comp_entry *slot;
	unsigned int status;

	while (t->completed < t->submitted) {
		slot = slot_at(t, t->completed);
		status = __atomic_load_n(&slot->status, __ATOMIC_ACQUIRE);
		if (status == QUEUED)
			break;
		t->completed++;
		if (status == ERROR)
			return -EIO;
	}
	return t->submitted - t->completed;
}

/* Slots that can be used now, counting on from the one used last. */
static unsigned int free_slots(struct hfi1t *t)
{
	uint64_t used = t->submitted - t->completed;

	if (used == t->info.sdma_ring_size) {
		hfi1t_sdma_progress(t);
		used = t->submitted - t->completed;
	}
	return t->info.sdma_ring_size - used;
}

static uint16_t control_of(enum sdma_req_opcode opcode, unsigned int vectors)
{
	return WFR_PREP(WFR_SDMA_REQ_CTRL_VERSION, REQUEST_VERSION) |
	       WFR_PREP(WFR_SDMA_REQ_CTRL_OPCODE, opcode) |
	       WFR_PREP(WFR_SDMA_REQ_CTRL_IOVCNT, vectors);
}

static int submit(struct hfi1t *t, const struct iovec *v, unsigned int vectors)
{
	ssize_t ret = writev(t->fd, v, vectors);

	if (ret < 0)
		return -errno;
	t->submitted += ret;
	return ret;
}

/* Lay out an eager request in @r and its vectors in @v; how many. */
static unsigned int lay_out(const struct hfi1t *t, const struct hfi1t_packet *p,
			    uint64_t n, struct request *r, struct iovec *v)
{
	size_t first = p->length < t->mtu ? p->length : t->mtu;
	unsigned int vectors = p->length ? 2 : 1;
	struct hfi1t_header h;

	hfi1t_describe(t, p, &h);
	hfi1t_header_build(&h, first, &r->header);
	r->info = (struct sdma_req_info){
		.ctrl = control_of(EAGER, vectors),
		.npkts = p->length ? (p->length + t->mtu - 1) / t->mtu : 1,
		.fragsize = t->mtu,
		.comp_idx = n % t->info.sdma_ring_size,
	};
	v[0] = (struct iovec){ r, sizeof(*r) };
	v[1] = (struct iovec){ (void *)p->payload, p->length };
	return vectors;
}

int hfi1t_sdma_send(struct hfi1t *t, const struct hfi1t_packet *p,
		    unsigned int count)
{
	struct iovec v[HFI1T_BATCH * REQUEST_VECTORS];
	struct request r[HFI1T_BATCH];
	unsigned int room = free_slots(t), vectors = 0, i;

	if (count > HFI1T_BATCH)
		count = HFI1T_BATCH;
	if (count > room)
		count = room;
	if (!count)
		return -EAGAIN;
	for (i = 0; i < count; i++)
		vectors +=
			lay_out(t, &p[i], t->submitted + i, &r[i], &v[vectors]);
	return submit(t, v, vectors);
}

/* A packet does not cross a buffer of the receiver. */
static size_t expected_fragment(const struct hfi1t *t)
{
	size_t pages = t->mtu / WFR_PAGE_SIZE * WFR_PAGE_SIZE;

	return pages ? pages : t->mtu;
}

static size_t tid_bytes(uint32_t word)
{
	return WFR_GET(WFR_TIDINFO_LEN, word) * WFR_PAGE_SIZE;
}

unsigned int hfi1t_expected_packets(const struct hfi1t *t,
				    const struct hfi1t_tids *tids,
				    size_t length)
{
	size_t fragment = expected_fragment(t), piece;
	unsigned int packets = 0, i;

	for (i = 0; i < tids->count && length; i++) {
		piece = tid_bytes(tids->words[i]);
		if (piece > length)
			piece = length;
		packets += (piece + fragment - 1) / fragment;
		length -= piece;
	}
	return packets;
}

/* TIDs that @length bytes from the start need. */
static unsigned int tids_for(const struct hfi1t_tids *tids, size_t length)
{
	unsigned int n = 0;
	size_t covered = 0;

	while (covered < length && n < tids->count)
		covered += tid_bytes(tids->words[n++]);
	return n;
}

int hfi1t_sdma_expected(struct hfi1t *t, const struct hfi1t_packet *p,
			const struct hfi1t_tids *tids)
{
	size_t first = expected_fragment(t);
	struct hfi1t_header h;
	struct iovec v[3];
	struct request r;

	if (!p->length || p->length > tids->length)
		return -EINVAL;
	if (!free_slots(t))
		return -EAGAIN;
	if (first > p->length)
		first = p->length;
	if (first > tid_bytes(tids->words[0]))
		first = tid_bytes(tids->words[0]);
	hfi1t_describe(t, p, &h);
	h.tid = WFR_GET(WFR_TIDINFO_IDX, tids->words[0]);
	h.tidctrl = WFR_GET(WFR_TIDINFO_CTRL, tids->words[0]);
	r.info = (struct sdma_req_info){
		.ctrl = control_of(EXPECTED, REQUEST_VECTORS),
		.npkts = hfi1t_expected_packets(t, tids, p->length),
		.fragsize = expected_fragment(t),
		.comp_idx = t->submitted % t->info.sdma_ring_size,
	};
	/* The driver takes this back in the last packet, but not if first. */
	h.suppress = r.info.npkts > 1 &&
		     (t->info.runtime_flags & HFI1_CAP_HDRSUPP);
	hfi1t_header_build(&h, first, &r.header);
	v[0] = (struct iovec){ &r, sizeof(r) };
	v[1] = (struct iovec){ (void *)p->payload, p->length };
	v[2] = (struct iovec){ tids->words, tids_for(tids, p->length) *
						    sizeof(tids->words[0]) };
	return submit(t, v, REQUEST_VECTORS);
}
