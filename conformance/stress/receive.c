// SPDX-License-Identifier: BSD-3-Clause
#include <endian.h>
#include <string.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "../lib/calls.h"
#include "traffic.h"

#define BATCH	      64
#define PBC_BYTES     8
#define RENEW_MS      150 /* a message that a fault has met */
#define STALL_MS      10000
#define REREGISTER    8 /* messages into the same entries */
#define SEQUENCE_BITS 0xffffffU /* with EXTENDED_PSN there are more */

/* --- streams -------------------------------------------------------------- */

/* The number that this packet must have, or may after a fault. */
static void expect_number(struct traffic_worker *w,
			  const struct traffic_label *l, uint64_t number)
{
	struct traffic_in *in = &w->in[l->from][l->kind];
	struct traffic_ack *a = &w->t->acks[l->from][w->number][l->kind];

	if (in->life != l->from_life) {
		in->life = l->from_life;
		in->next = 0;
		/* those before may have met the fault that began this life */
		in->epoch = l->epoch ? l->epoch - 1 : 0;
		a->next = 0;
		a->from_life = l->from_life;
		a->to_life = l->to_life;
	}
	hfi1c_expect(number >= in->next,
		     "packet %llu of kind %u from %u comes again: %llu is next",
		     (unsigned long long)number, l->kind, l->from,
		     (unsigned long long)in->next);
	/* what was sent before a fault may arrive in part after it */
	hfi1c_expect(number == in->next || l->epoch != in->epoch ||
			     traffic_excused(w->t, l->epoch),
		     "packets %llu to %llu of kind %u from %u are lost, "
		     "although no fault came",
		     (unsigned long long)in->next,
		     (unsigned long long)number - 1, l->kind, l->from);
	in->next = number + 1;
	in->epoch = l->epoch;
	__atomic_store_n(&a->next, in->next, __ATOMIC_RELEASE);
}

static void expect_data(const struct traffic_label *l, uint32_t number,
			const struct hfi1c_arrival *a, size_t length)
{
	size_t padded = (length + 3) / 4 * 4;

	hfi1c_expect_u64(a->length, padded,
			 "length of packet %u of kind %u from %u", number,
			 l->kind, l->from);
	hfi1c_expect(!length || a->payload, "a packet has no payload");
	hfi1c_expect(traffic_matches(l, number, a->payload, length),
		     "the data of packet %u of kind %u from %u is damaged",
		     number, l->kind, l->from);
}

/* The queue has no PBC, which the template begins with. */
static const struct hfi1_pkt_header *header_of(const struct hfi1c_arrival *a)
{
	return (const struct hfi1_pkt_header *)(a->header - PBC_BYTES);
}

static uint32_t sequence_of(const struct hfi1c_arrival *a)
{
	return be32toh(header_of(a)->bth[2]) & SEQUENCE_BITS;
}

static void take_eager(struct traffic_worker *w, const struct traffic_label *l,
		       const struct hfi1c_arrival *a)
{
	uint32_t left = l->total - l->offset, number = l->first;

	hfi1c_expect(l->fragment || !l->total, "a label makes no sense");
	if (l->fragment)
		number += l->offset / l->fragment;
	expect_number(w, l, number);
	hfi1c_expect_u64(sequence_of(a), number & SEQUENCE_BITS,
			 "sequence of packet %u of kind %u from %u", number,
			 l->kind, l->from);
	expect_data(l, number, a, left < l->fragment ? left : l->fragment);
}

/* --- messages into registered buffers -------------------------------------- */

static void set_flow(struct traffic_worker *w, unsigned int from,
		     unsigned int generation)
{
	w->w.regs[ur_rcvtidflowtable + from] =
		WFR_TID_FLOW_FLOW_VALID | WFR_TID_FLOW_SEQ_MISMATCH |
		WFR_TID_FLOW_GEN_MISMATCH |
		WFR_PREP(WFR_TID_FLOW_GEN_VAL, generation);
}

static void register_buffer(struct traffic_worker *w, struct traffic_buffer *b)
{
	struct hfi1c_tids *t = b->tids;

	if (t->count)
		hfi1c_expect_u64(hfi1c_tid_free(w->ctxt.fd, t->words, t->count),
				 t->count, "entries freed");
	hfi1c_expect_ok(
		hfi1c_tid_update(w->ctxt.fd, b->data, TRAFFIC_EXPECTED, t));
	hfi1c_expect_u64(t->length, TRAFFIC_EXPECTED, "bytes registered");
}

/* Offers the buffer for one message more. */
void traffic_offer(struct traffic_worker *w, unsigned int from)
{
	struct traffic_offer *o = &w->t->offers[from][w->number];
	struct traffic_buffer *b = &w->buffers[from];
	unsigned int life =
		__atomic_load_n(&w->t->peers[from].life, __ATOMIC_ACQUIRE);

	if (!life || !(w->t->kinds & 1U << TRAFFIC_TID))
		return;
	b->life = life;
	if (!b->tids->count || b->generation % REREGISTER == 0)
		register_buffer(w, b);
	b->generation++;
	b->since = traffic_ms();
	b->epoch = traffic_epoch(w->t);
	set_flow(w, from, b->generation);
	o->from_life = life;
	o->to_life = w->self->life;
	o->words = b->tids->count;
	memcpy(o->tids, b->tids->words, o->words * sizeof(o->tids[0]));
	__atomic_store_n(&o->generation, b->generation, __ATOMIC_RELEASE);
}

/* Offers that a fault or the end of the sender has spoiled are renewed. */
void traffic_offers(struct traffic_worker *w)
{
	const struct traffic_offer *o;
	struct traffic_buffer *b;
	unsigned int from;

	for (from = 0; from < w->t->workers; from++) {
		b = &w->buffers[from];
		o = &w->t->offers[from][w->number];
		if (from == w->number)
			continue;
		if (b->life != __atomic_load_n(&w->t->peers[from].life,
					       __ATOMIC_ACQUIRE)) {
			traffic_offer(w, from);
			continue;
		}
		if (__atomic_load_n(&o->taken, __ATOMIC_ACQUIRE) !=
		    b->generation) {
			b->since = traffic_ms();
			b->epoch = traffic_epoch(w->t);
			continue;
		}
		if (traffic_ms() - b->since < RENEW_MS)
			continue;
		if (traffic_excused(w->t, b->epoch))
			traffic_offer(w, from);
		else
			hfi1c_expect(traffic_ms() - b->since < STALL_MS,
				     "a message from %u does not arrive "
				     "although no fault came",
				     from);
	}
}

static void take_expected(struct traffic_worker *w,
			  const struct traffic_label *l,
			  const struct hfi1c_arrival *a)
{
	struct traffic_buffer *b = &w->buffers[l->from];

	if (l->first != b->generation)
		return; /* of a message that was given up */
	b->since = traffic_ms();
	if (l->offset + a->length < l->total)
		return;
	hfi1c_expect(traffic_matches(l, l->first, b->data, l->total),
		     "message %u of %u bytes from %u is damaged", l->first,
		     l->total, l->from);
	traffic_offer(w, l->from);
}

/* --- the queue ------------------------------------------------------------ */

/* The buffers behind the one that was read last belong to the chip again. */
static void release_eager(struct traffic_worker *w, uint64_t rhf)
{
	unsigned int index = WFR_GET(WFR_RHF_EGR_INDEX, rhf);

	if (!(rhf & WFR_RHF_USE_EGR_BFR) || index == w->eager)
		return;
	w->eager = index;
	w->w.regs[ur_rcvegrindexhead] = index;
}

/* A late packet of a message that was given up meets another generation. */
static bool excused_error(const struct traffic_worker *w,
			  const struct hfi1c_arrival *a)
{
	const struct hfi1_pkt_header *h = header_of(a);
	struct traffic_label l;

	traffic_read_label(h, &l);
	if (traffic_excused(w->t, l.epoch))
		return true;
	return l.kind == TRAFFIC_TID && l.from < w->t->workers &&
	       l.first != w->buffers[l.from].generation;
}

static void take(struct traffic_worker *w, const struct hfi1c_arrival *a)
{
	struct traffic_label l;

	if (a->rhf & WFR_RHF_ERRORS) {
		hfi1c_expect(
			excused_error(w, a),
			"the RHF %#llx shows errors although no fault came",
			(unsigned long long)a->rhf);
		return;
	}
	traffic_read_label(header_of(a), &l);
	hfi1c_expect(l.from < w->t->workers && l.kind < TRAFFIC_KINDS &&
			     l.to == w->number,
		     "a packet of %u for %u arrives at %u", l.from, l.to,
		     w->number);
	/* the context had another owner when it was sent */
	if (l.to_life != w->self->life)
		return;
	if (l.kind == TRAFFIC_TID)
		take_expected(w, &l, a);
	else
		take_eager(w, &l, a);
	w->self->received[l.kind]++;
}

unsigned int traffic_receive(struct traffic_worker *w)
{
	struct hfi1c_arrival a;
	unsigned int n;

	for (n = 0; n < BATCH && hfi1c_arrives(&w->w, &a, 0); n++) {
		take(w, &a);
		release_eager(w, a.rhf);
	}
	if (n)
		hfi1c_release(&w->w);
	return n;
}
