// SPDX-License-Identifier: BSD-3-Clause
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "../lib/calls.h"
#include "traffic.h"

#define GIVE_UP_MS 100 /* when a fault came meanwhile; doubles each time */
#define STALL_MS   10000 /* when none did */
#define FRAGMENTS  64

static bool is_there(const struct traffic_worker *w, unsigned int to)
{
	return __atomic_load_n(&w->t->peers[to].life, __ATOMIC_ACQUIRE);
}

/* --- windows -------------------------------------------------------------- */

/* A receiver that was started anew knows nothing of earlier packets. */
static void follow_life(struct traffic_worker *w, struct traffic_out *o,
			unsigned int to)
{
	unsigned int life =
		__atomic_load_n(&w->t->peers[to].life, __ATOMIC_ACQUIRE);

	if (o->life == life)
		return;
	memset(o, 0, sizeof(*o));
	o->life = life;
	o->patience = GIVE_UP_MS;
	o->since = traffic_ms();
	o->epoch = traffic_epoch(w->t);
}

static void follow_ack(struct traffic_worker *w, struct traffic_out *o,
		       unsigned int to, unsigned int kind)
{
	const struct traffic_ack *a = &w->t->acks[w->number][to][kind];
	uint64_t next;

	if (__atomic_load_n(&a->from_life, __ATOMIC_ACQUIRE) != w->self->life ||
	    __atomic_load_n(&a->to_life, __ATOMIC_ACQUIRE) != o->life)
		return;
	next = __atomic_load_n(&a->next, __ATOMIC_ACQUIRE);
	if (next <= o->acked)
		return;
	o->acked = next;
	o->patience = GIVE_UP_MS;
	o->since = traffic_ms();
}

static uint64_t outstanding(const struct traffic_out *o)
{
	uint64_t base = o->acked > o->given_up ? o->acked : o->given_up;

	return o->sent > base ? o->sent - base : 0;
}

/* All that this worker has sent: to:kind sent-received-given up. */
static void note_streams(const struct traffic_worker *w)
{
	const struct traffic_out *o;
	unsigned int to, kind;
	char text[200] = "";
	size_t at = 0;

	for (to = 0; to < w->t->workers; to++)
		for (kind = 0; kind < TRAFFIC_TID; kind++) {
			o = &w->out[to][kind];
			if (to == w->number || at >= sizeof(text))
				continue;
			at += snprintf(text + at, sizeof(text) - at,
				       " %u:%u %llu-%llu-%llu", to, kind,
				       (unsigned long long)o->sent,
				       (unsigned long long)o->acked,
				       (unsigned long long)o->given_up);
		}
	hfi1c_note("worker %u, life %u:%s", w->number, w->self->life, text);
	hfi1c_note("epoch %u, last fault %u on unit %u, credit word %#llx, "
		   "%u blocks sent, events %#llx",
		   traffic_epoch(w->t), w->t->last, w->t->struck,
		   (unsigned long long)*w->w.credit, w->w.fill,
		   (unsigned long long)*w->events);
}

/*
 * What does not arrive must have met a fault.  Or its receiver has had no time
 * to look: then each window more fills its queue, so they come ever slower.
 */
static void check_progress(struct traffic_worker *w, struct traffic_out *o,
			   unsigned int to, unsigned int kind)
{
	uint64_t waited = traffic_ms() - o->since;

	if (!outstanding(o)) {
		o->since = traffic_ms();
		return;
	}
	if (waited > o->patience && traffic_excused(w->t, o->epoch)) {
		o->given_up = o->sent;
		o->since = traffic_ms();
		if (o->patience < STALL_MS / 2)
			o->patience *= 2;
		return;
	}
	if (waited >= STALL_MS)
		note_streams(w);
	hfi1c_expect(waited < STALL_MS,
		     "%llu packets of kind %u from %u to %u do not arrive "
		     "although no fault came: sent %llu, received %llu",
		     (unsigned long long)outstanding(o), kind, w->number, to,
		     (unsigned long long)o->sent, (unsigned long long)o->acked);
}

static unsigned int room(struct traffic_worker *w, unsigned int to,
			 unsigned int kind)
{
	struct traffic_out *o = &w->out[to][kind];
	uint64_t n;

	follow_life(w, o, to);
	follow_ack(w, o, to, kind);
	n = outstanding(o);
	if (n)
		check_progress(w, o, to, kind);
	return n < TRAFFIC_WINDOW ? TRAFFIC_WINDOW - n : 0;
}

/* A message that has arrived, or was given up, is followed by an offer. */
static bool message_under_way(const struct traffic_worker *w, unsigned int to)
{
	const struct traffic_offer *o = &w->t->offers[w->number][to];

	return o->from_life == w->self->life &&
	       o->to_life == w->t->peers[to].life &&
	       o->taken == __atomic_load_n(&o->generation, __ATOMIC_ACQUIRE);
}

/* Whether everything that was sent has arrived, or is excused. */
bool traffic_idle(struct traffic_worker *w)
{
	unsigned int to, kind, i;

	for (to = 0; to < w->t->workers; to++)
		for (kind = 0; kind < TRAFFIC_TID; kind++)
			if (to != w->number && is_there(w, to) &&
			    room(w, to, kind) < TRAFFIC_WINDOW)
				return false;
	for (to = 0; to < w->t->workers; to++)
		if (w->t->kinds & 1U << TRAFFIC_TID && to != w->number &&
		    is_there(w, to) && message_under_way(w, to))
			return false;
	for (i = 0; i < TRAFFIC_SLOTS; i++)
		if (w->slots[i].busy)
			return false;
	return true;
}

/* What keeps a worker from being idle. */
void traffic_describe(struct traffic_worker *w, char *text, size_t size)
{
	unsigned int to, kind, i;
	struct traffic_out *o;

	*text = '\0';
	for (i = 0; i < TRAFFIC_SLOTS; i++)
		if (w->slots[i].busy)
			snprintf(
				text, size,
				"worker %u: slot %u, status %u, since %llu ms, "
				"epoch %u of %u, %u packets",
				w->number, i, w->ring[i].status,
				(unsigned long long)(traffic_ms() -
						     w->slots[i].since),
				w->slots[i].epoch, traffic_epoch(w->t),
				w->slots[i].request.header.info.npkts);
	for (to = 0; to < w->t->workers; to++)
		if (to != w->number && message_under_way(w, to))
			snprintf(text, size, "worker %u: a message to %u",
				 w->number, to);
	for (to = 0; to < w->t->workers; to++)
		for (kind = 0; kind < TRAFFIC_TID; kind++) {
			o = &w->out[to][kind];
			if (to == w->number || !outstanding(o))
				continue;
			snprintf(
				text, size,
				"worker %u: kind %u to %u: sent %llu, received "
				"%llu, last in epoch %u of %u",
				w->number, kind, to,
				(unsigned long long)o->sent,
				(unsigned long long)o->acked, o->epoch,
				traffic_epoch(w->t));
		}
}

/* --- packets -------------------------------------------------------------- */

static struct hfi1c_packet packet_to(struct traffic_worker *w, unsigned int to,
				     struct traffic_label *l, unsigned int kind)
{
	const struct traffic_peer *peer = &w->t->peers[to];
	struct hfi1c_packet p = w->plain;

	l->from = w->number;
	l->to = to;
	l->kind = kind;
	l->from_life = w->self->life;
	l->to_life = w->out[to][kind].life;
	l->epoch = traffic_epoch(w->t);
	p.dlid = peer->lid;
	p.ctxt = peer->info.ctxt;
	p.subctxt = peer->info.subctxt;
	p.jkey = peer->jkey;
	return p;
}

static unsigned int credits_left(const struct traffic_worker *w)
{
	uint64_t word = le64toh(__atomic_load_n(w->w.credit, __ATOMIC_ACQUIRE));
	unsigned int used = (w->w.fill - WFR_GET(WFR_CREDIT_COUNTER, word)) &
			    WFR_CREDIT_COUNTER;

	return w->ctxt.info.credits - used;
}

static bool send_pio(struct traffic_worker *w, unsigned int to)
{
	static unsigned char data[TRAFFIC_EAGER];
	struct traffic_out *o = &w->out[to][TRAFFIC_PIO];
	struct traffic_label l = { 0 };
	struct hfi1c_packet p;
	uint64_t draw = hfi1c_random();

	if (!room(w, to, TRAFFIC_PIO))
		return false;
	p = packet_to(w, to, &l, TRAFFIC_PIO);
	/* small ones mostly, as programs send them */
	p.length = draw % 8 ? draw / 8 % 64 * 4 : draw / 8 % 513 * 4;
	if (credits_left(w) < hfi1c_packet_blocks(&p))
		return false;
	l.first = o->sent;
	l.fragment = l.total = p.length;
	traffic_label(&l, p.words);
	p.psn = o->sent & WFR_BTH2_PSN;
	p.intr = draw >> 40 & 1;
	p.credit_return = draw >> 41 & 1;
	traffic_fill(&l, o->sent, data, p.length);
	p.payload = data;
	hfi1c_send(&w->w, &p);
	o->epoch = l.epoch;
	o->sent++;
	return true;
}

/* --- requests ------------------------------------------------------------- */

static struct traffic_slot *free_slot(struct traffic_worker *w)
{
	unsigned int i, from = hfi1c_random() % TRAFFIC_SLOTS;

	for (i = 0; i < TRAFFIC_SLOTS; i++)
		if (!w->slots[(from + i) % TRAFFIC_SLOTS].busy)
			return &w->slots[(from + i) % TRAFFIC_SLOTS];
	return NULL;
}

/* Requests that ended give their slot back; those that failed must say why. */
void traffic_reap(struct traffic_worker *w)
{
	struct traffic_slot *s;
	unsigned int i, status;

	for (i = 0; i < TRAFFIC_SLOTS; i++) {
		s = &w->slots[i];
		if (!s->busy)
			continue;
		status = __atomic_load_n(&w->ring[i].status, __ATOMIC_ACQUIRE);
		if (status == QUEUED) {
			hfi1c_expect(traffic_ms() - s->since < STALL_MS ||
					     traffic_excused(w->t, s->epoch),
				     "a request does not end");
			continue;
		}
		s->busy = false;
		hfi1c_expect(status == COMPLETE ||
				     traffic_excused(w->t, s->epoch),
			     "a request ends with status %u, errcode %d, "
			     "although no fault came",
			     status, (int)w->ring[i].errcode);
	}
}

static bool submit(struct traffic_worker *w, struct traffic_slot *s)
{
	long result;

	s->epoch = traffic_epoch(w->t);
	s->since = traffic_ms();
	result = hfi1c_sdma_submit(w->ctxt.fd, &s->request, 1);
	if (result == 1) {
		w->untried = false;
		s->busy = true;
		return true;
	}
	/* a fault stops engines, and ends what they were given */
	hfi1c_expect((result == -ECOMM || result == -EFAULT) &&
			     traffic_excused(w->t, s->epoch),
		     "writev() gives %ld although no fault came", result);
	return false;
}

static bool send_eager(struct traffic_worker *w, unsigned int to)
{
	struct traffic_out *o = &w->out[to][TRAFFIC_SDMA];
	unsigned int left = room(w, to, TRAFFIC_SDMA), i, packets;
	struct traffic_slot *s = free_slot(w);
	struct traffic_label l = { 0 };
	struct hfi1c_packet p;
	uint64_t draw = hfi1c_random();

	if (!s || !left)
		return false;
	p = packet_to(w, to, &l, TRAFFIC_SDMA);
	l.fragment = (1 + draw % 32) * 64;
	l.total = draw / 64 % (draw & 32 ? TRAFFIC_EAGER : 513);
	packets = l.total ? (l.total + l.fragment - 1) / l.fragment : 1;
	if (packets > left) {
		packets = left;
		l.total = left * l.fragment;
	}
	if (l.total > TRAFFIC_EAGER)
		return false;
	l.first = o->sent;
	traffic_label(&l, p.words);
	p.psn = o->sent & WFR_BTH2_PSN;
	for (i = 0; i * l.fragment < l.total; i++)
		traffic_fill(&l, l.first + i, s->data + i * l.fragment,
			     l.total - i * l.fragment < l.fragment ?
				     l.total - i * l.fragment :
				     l.fragment);
	p.payload = s->data;
	p.length = l.total;
	hfi1c_sdma_eager(&s->request, &p, l.fragment, s - w->slots);
	/* what was not accepted may be on its way in part */
	o->epoch = l.epoch;
	o->sent += packets;
	if (!submit(w, s))
		return false;
	return true;
}

unsigned int traffic_packets(const uint32_t *tids,
			     const struct traffic_label *l)
{
	uint32_t sent = 0, offset = 0, room, now;
	unsigned int count = 0;

	while (sent < l->total) {
		room = WFR_GET(WFR_TIDINFO_LEN, *tids) * WFR_PAGE_SIZE;
		now = l->total - sent < l->fragment ? l->total - sent :
						      l->fragment;
		now = now < room - offset ? now : room - offset;
		sent += now;
		offset += now;
		count++;
		if (offset == room) {
			tids++;
			offset = 0;
		}
	}
	return count;
}

/* One message into the buffer that the receiver offers. */
static bool send_expected(struct traffic_worker *w, unsigned int to)
{
	struct traffic_offer *offer = &w->t->offers[w->number][to];
	unsigned int generation =
		__atomic_load_n(&offer->generation, __ATOMIC_ACQUIRE);
	struct traffic_out *o = &w->out[to][TRAFFIC_TID];
	struct traffic_slot *s = free_slot(w);
	struct traffic_label l = { 0 };
	uint64_t draw = hfi1c_random();
	struct hfi1c_packet p;
	unsigned int packets;

	follow_life(w, o, to);
	if (!s || !generation || generation == offer->taken ||
	    offer->from_life != w->self->life || offer->to_life != o->life)
		return false;
	p = packet_to(w, to, &l, TRAFFIC_TID);
	l.fragment = (8 + draw % 57) * 64;
	l.total = 4 + draw / 64 % (TRAFFIC_EXPECTED / 4) * 4;
	packets = (l.total + l.fragment - 1) / l.fragment;
	if (packets > FRAGMENTS) {
		l.total = FRAGMENTS * l.fragment;
		if (l.total > TRAFFIC_EXPECTED)
			l.total = TRAFFIC_EXPECTED;
	}
	l.first = generation;
	traffic_label(&l, p.words);
	memcpy(s->tids, offer->tids, sizeof(s->tids));
	p.psn = WFR_PREP(WFR_BTH2_GEN, generation);
	p.flow = w->number;
	p.tid = WFR_GET(WFR_TIDINFO_IDX, s->tids[0]);
	p.tidctrl = WFR_GET(WFR_TIDINFO_CTRL, s->tids[0]);
	traffic_fill(&l, generation, s->data, l.total);
	p.payload = s->data;
	p.length = l.total;
	hfi1c_sdma_eager(&s->request, &p, l.fragment, s - w->slots);
	s->request.header.info.ctrl &=
		~(HFI1_SDMA_REQ_OPCODE_MASK << HFI1_SDMA_REQ_OPCODE_SHIFT);
	/* where an entry ends a packet ends as well, so there may be more */
	s->request.header.info.npkts = traffic_packets(s->tids, &l);
	hfi1c_sdma_add(&s->request, s->tids, offer->words * sizeof(s->tids[0]));
	__atomic_store_n(&offer->taken, generation, __ATOMIC_RELEASE);
	if (!submit(w, s))
		return false;
	return true;
}

void traffic_send(struct traffic_worker *w)
{
	static bool (*const senders[TRAFFIC_KINDS])(struct traffic_worker *,
						    unsigned int) = {
		[TRAFFIC_PIO] = send_pio,
		[TRAFFIC_SDMA] = send_eager,
		[TRAFFIC_TID] = send_expected,
	};
	unsigned int to = hfi1c_random() % w->t->workers;
	unsigned int kind = hfi1c_random() % TRAFFIC_KINDS;

	if (to == w->number || !(w->t->kinds & 1U << kind) || !is_there(w, to))
		return;
	senders[kind](w, to);
}
