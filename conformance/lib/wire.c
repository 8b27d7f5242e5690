// SPDX-License-Identifier: BSD-3-Clause
#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "calls.h"
#include "regions.h"
#include "wire.h"

#define RHF_SEQUENCES 13

static void require_link(const struct hfi1c_context *c)
{
	const struct hfi1_status *status;

	status = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ, 0);
	if (!(status->port & HFI1_STATUS_IB_READY))
		hfi1c_skip("the link is not up");
	hfi1c_region_unmap(c, WFR_MMAP_TOKEN_TYPE_STATUS, status, 0);
}

void hfi1c_wire_open(struct hfi1c_wire *w, const struct hfi1c_context *c,
		     unsigned int members)
{
	long lid = hfi1c_port_number("lid");

	if (lid <= 0)
		hfi1c_skip("sysfs shows no LID of the port");
	require_link(c);
	memset(w, 0, sizeof(*w));
	w->c = c;
	w->members = members;
	w->lid = lid;
	w->sop = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_PIO_BUFS_SOP,
				  PROT_WRITE, members);
	w->pio = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_PIO_BUFS, PROT_WRITE,
				  members);
	w->credit = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_PIO_CRED, PROT_READ,
				     members);
	w->queue = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_RCV_HDRQ, PROT_READ,
				    members);
	w->eager = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_RCV_EGRBUF,
				    PROT_READ, members);
	w->regs = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_UREGS,
				   PROT_READ | PROT_WRITE, members);
	if (hfi1c_has_cap(c, HFI1_CAP_DMA_RTAIL))
		w->tail = hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_RTAIL,
					   PROT_READ, members);
	w->sequence = 1;
}

void hfi1c_wire_close(struct hfi1c_wire *w)
{
	const struct {
		unsigned int type;
		const volatile void *at;
	} maps[] = {
		{ WFR_MMAP_TOKEN_TYPE_PIO_BUFS_SOP, w->sop },
		{ WFR_MMAP_TOKEN_TYPE_PIO_BUFS, w->pio },
		{ WFR_MMAP_TOKEN_TYPE_PIO_CRED, w->credit },
		{ WFR_MMAP_TOKEN_TYPE_RCV_HDRQ, w->queue },
		{ WFR_MMAP_TOKEN_TYPE_RCV_EGRBUF, w->eager },
		{ WFR_MMAP_TOKEN_TYPE_UREGS, w->regs },
	};
	unsigned int i;

	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		hfi1c_region_unmap(w->c, maps[i].type, maps[i].at, w->members);
	if (w->tail)
		hfi1c_region_unmap(w->c, WFR_MMAP_TOKEN_TYPE_RTAIL, w->tail,
				   w->members);
}

void hfi1c_wire_allow(struct hfi1c_wire *w)
{
	uint16_t keys[16], key = 0;

	if (hfi1c_port_pkeys(keys, 16))
		key = keys[0];
	hfi1c_setup(!hfi1c_ioctl(w->c->fd, HFI1_IOCTL_SET_PKEY, &key),
		    "SET_PKEY failed");
}

void hfi1c_wire_restart(struct hfi1c_wire *w)
{
	w->block = 0;
	w->fill = 0;
	w->entry = 0;
	w->sequence = 1;
	w->buffer = 0;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

static uint64_t load(const volatile uint64_t *p)
{
	return le64toh(__atomic_load_n(p, __ATOMIC_ACQUIRE));
}

static const volatile uint64_t *rhf_at(const struct hfi1c_wire *w)
{
	size_t size = w->c->info.rcvhdrq_entsize;

	return (const volatile uint64_t *)(w->queue + (w->entry + 1) * size -
					   sizeof(uint64_t));
}

static void describe(const struct hfi1c_wire *w, uint64_t rhf,
		     struct hfi1c_arrival *a)
{
	size_t entry = (size_t)w->entry * w->c->info.rcvhdrq_entsize;

	a->rhf = rhf;
	a->header = w->queue + entry + WFR_GET(WFR_RHF_HDRQ_OFFSET, rhf) * 4;
	a->payload = NULL;
	a->length = WFR_GET(WFR_RHF_PKT_LEN, rhf) * 4;
	a->length -= a->length < WFR_PKT_OVERHEAD ? a->length :
						    WFR_PKT_OVERHEAD;
	if (rhf & WFR_RHF_USE_EGR_BFR)
		a->payload = w->eager +
			     WFR_GET(WFR_RHF_EGR_INDEX, rhf) *
				     w->c->info.rcvegr_size +
			     WFR_GET(WFR_RHF_EGR_OFFSET, rhf) * 64;
}

/* With a tail in memory the sequence means nothing. */
static bool is_new(const struct hfi1c_wire *w, uint64_t *rhf)
{
	uint64_t at = w->entry * (w->c->info.rcvhdrq_entsize / 4);

	if (w->tail) {
		if (load(w->tail) == at)
			return false;
		*rhf = load(rhf_at(w));
		return true;
	}
	*rhf = load(rhf_at(w));
	return WFR_GET(WFR_RHF_RCV_SEQ, *rhf) == w->sequence;
}

/* A buffer that packets are packed into is done with when the next is used. */
static unsigned int next_buffer(const struct hfi1c_wire *w, unsigned int index)
{
	if (hfi1c_has_cap(w->c, HFI1_CAP_MULTI_PKT_EGR))
		return index;
	return (index + 1) % w->c->info.egrtids;
}

bool hfi1c_arrives(struct hfi1c_wire *w, struct hfi1c_arrival *a, int ms)
{
	uint64_t end = now_ms() + ms, rhf;

	while (!is_new(w, &rhf)) {
		if (now_ms() >= end)
			return false;
		usleep(100);
	}
	describe(w, rhf, a);
	if (rhf & WFR_RHF_USE_EGR_BFR)
		w->buffer = next_buffer(w, WFR_GET(WFR_RHF_EGR_INDEX, rhf));
	w->entry = (w->entry + 1) % w->c->info.rcvhdrq_cnt;
	w->sequence = w->sequence % RHF_SEQUENCES + 1;
	return true;
}

void hfi1c_release(struct hfi1c_wire *w)
{
	w->regs[ur_rcvegrindexhead] = w->buffer;
	w->regs[ur_rcvhdrhead] = w->entry * (w->c->info.rcvhdrq_entsize / 4);
}

bool hfi1c_credits_become(struct hfi1c_wire *w, unsigned int blocks, int ms)
{
	uint64_t end = now_ms() + ms;

	while (WFR_GET(WFR_CREDIT_COUNTER, load(w->credit)) != blocks) {
		if (now_ms() >= end)
			return false;
		usleep(100);
	}
	return true;
}

void hfi1c_wire_works(struct hfi1c_wire *w, int ms)
{
	struct hfi1c_packet p = hfi1c_packet_to(w, w->c);
	struct hfi1c_arrival a;

	hfi1c_wire_allow(w);
	hfi1c_send(w, &p);
	hfi1c_expect(hfi1c_arrives(w, &a, ms),
		     "the context sends or receives nothing");
}

bool hfi1c_halts(struct hfi1c_wire *w, int ms)
{
	uint64_t end = now_ms() + ms;

	while (!(load(w->credit) & WFR_CREDIT_STATUS)) {
		if (now_ms() >= end)
			return false;
		usleep(100);
	}
	return true;
}
