// SPDX-License-Identifier: BSD-3-Clause
/*
 * Packets, events and poll().
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../lib/regions.h"
#include "model.h"

#define SEQUENCES 13
#define MISTAKES  24 /* half of them none */

/* Whether the actor can map this file's context. */
static bool maps(const struct model_file *f)
{
	return f && f->ctxt >= 0 && f->w.access == O_RDWR;
}

bool model_step_events(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_call *c = &m->s->call;

	if (!maps(f))
		return false;
	c->context = model_context(f);
	c->a[0] = f->events & ~f->unsure;
	model_do(m, s->actor, model_act_event, s->slot);
	hfi1c_expect_u64(c->value[0] & ~f->unsure, f->events & ~f->unsure,
			 "event word");
	f->events = c->value[0];
	f->unsure = 0;
	return true;
}

bool model_step_poll(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_ctxt *c;
	unsigned int want;
	long got;

	if (!f)
		return false;
	c = model_ctxt_of(m, f);
	want = model_predict_poll(m, f);
	m->s->call.a[0] = want;
	got = model_do(m, s->actor, model_act_poll, s->slot);
	if (!c || !c->urgent_unsure)
		hfi1c_expect_u64(got, want, "events of poll()");
	if (!c || c->poll_type > HFI1_POLL_TYPE_URGENT)
		return true;
	if (c->poll_type == HFI1_POLL_TYPE_ANYRCV) {
		c->armed_any |= !got;
		return true;
	}
	c->armed_urgent = !got;
	c->urgent = false;
	c->urgent_unsure = false;
	return true;
}

/* --- packets -------------------------------------------------------------- */

static unsigned char pattern(uint64_t mark, unsigned int i)
{
	return mark ? (mark >> i % 8 * 8) + i * 7 : 0;
}

/* Where the packet behind those that wait will be. */
static struct hfi1c_wire behind(const struct model_ctxt *c,
				const struct model_file *f)
{
	struct hfi1c_wire w = c->wire;

	w.entry =
		(w.entry + c->queued) % hfi1c_own(&f->w)->ctxt_info.rcvhdrq_cnt;
	w.sequence = (w.sequence - 1 + c->queued) % SEQUENCES + 1;
	return w;
}

/* Nothing says whether interrupts that were asked for are still to come. */
void model_unarm(struct model_ctxt *c)
{
	c->urgent_unsure = true;
	c->armed_any = true;
}

/* The interrupt serves who waits for any packet first. */
static void delivered(struct model_ctxt *c, uint64_t mark, uint32_t length,
		      bool urgent)
{
	c->queue[c->queued++] = (struct model_packet){ mark, length };
	if (urgent && c->armed_urgent) {
		if (c->armed_any)
			c->urgent_unsure = true;
		c->urgent = true;
		c->armed_urgent = false;
	}
	c->armed_any = false;
}

static bool takes(const struct model_ctxt *c)
{
	return c->receives && !c->frozen && c->queued < MODEL_PACKETS;
}

static void draw_packet(struct model *m, const struct model_step *s,
			const struct model_file *from,
			const struct model_file *to, uint64_t mark)
{
	struct hfi1c_context self = model_context(from);
	struct hfi1c_context other = model_context(to);
	struct hfi1c_wire wire = { .c = &self,
				   .lid = hfi1c_port_number("lid") };
	struct model_call *c = &m->s->call;
	unsigned int i;

	c->packet = hfi1c_packet_to(&wire, &other);
	c->packet.length = s->draw[0] % (MODEL_PAYLOAD / 4 + 1) * 4;
	c->packet.intr = s->draw[1] % 3 == 0;
	c->packet.psn = mark & 0x7fffffff;
	for (i = 0; i < c->packet.length; i++)
		c->payload[i] = pattern(mark, i);
	c->context = self;
	c->other = other;
}

bool model_step_send(struct model *m, const struct model_step *s)
{
	struct model_file *from = model_file_at(m, s->actor, s->slot), *to;
	int other = s->draw[2] % MODEL_SLOTS;
	struct model_call *c = &m->s->call;
	struct model_ctxt *a, *b;
	uint64_t mark;

	to = model_file_at(m, s->actor, other);
	if (!maps(from) || !maps(to))
		return false;
	a = model_ctxt_of(m, from);
	b = model_ctxt_of(m, to);
	if (!a->has_key || a->key != m->keys[0] || a->halted || !takes(b) ||
	    !m->link_up)
		return false;
	mark = ++m->marks * 0x9e3779b97f4a7c15ULL | 1;
	draw_packet(m, s, from, to, mark);
	c->wire = a->wire;
	c->other_wire = behind(b, to);
	c->other_slot = other;
	hfi1c_expect(!model_do(m, s->actor, model_act_send, s->slot),
		     "a packet does not arrive");
	a->wire.block = c->wire.block;
	a->wire.fill = c->wire.fill;
	delivered(b, mark, c->packet.length, c->packet.intr);
	return true;
}

static void expect_packet(const struct model_call *c,
			  const struct model_packet *p)
{
	unsigned int i;

	hfi1c_expect_u64(c->value[0], p->length, "length of the packet");
	for (i = 0; i < p->length; i++)
		if (c->payload[i] != pattern(p->mark, i))
			hfi1c_fail("byte %u of %u is %#x, not %#x", i,
				   p->length, c->payload[i],
				   pattern(p->mark, i));
}

bool model_step_receive(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_call *c = &m->s->call;
	struct model_ctxt *ctxt;

	if (!maps(f))
		return false;
	ctxt = model_ctxt_of(m, f);
	c->context = model_context(f);
	c->wire = ctxt->wire;
	c->a[0] = ctxt->queued;
	model_do(m, s->actor, model_act_receive, s->slot);
	hfi1c_expect_u64(c->value[1], !!ctxt->queued, "a packet to read");
	if (!ctxt->queued)
		return true;
	expect_packet(c, &ctxt->queue[0]);
	ctxt->wire.entry = c->wire.entry;
	ctxt->wire.sequence = c->wire.sequence;
	memmove(ctxt->queue, ctxt->queue + 1,
		--ctxt->queued * sizeof(ctxt->queue[0]));
	return true;
}

/* --- writev() ------------------------------------------------------------- */

static void set(struct model_file *f, void *plan, const char *name,
		uint64_t value, uint64_t mask)
{
	hfi1c_performer_write.set(&f->w, plan, name, value, mask);
}

/* One mistake; false for none. */
static bool spoil(struct model_question *q, void *plan, uint32_t draw)
{
	struct model_file *f = q->f;

	switch (draw % MISTAKES) {
	case 0:
		set(f, plan, "req.comp_idx",
		    hfi1c_attr_fd_sdma_ring_size(&f->w), 0);
		return true;
	case 1:
		set(f, plan, "req.npkts", 0, 0);
		return true;
	case 2:
		set(f, plan, "req.fragsize", 0, 0);
		return true;
	case 3:
		set(f, plan, "req.fragsize", 100, 0);
		return true;
	case 4:
		set(f, plan, "hdr.bth[0]", 0, WFR_BTH0_OPCODE);
		return true;
	case 5:
		set(f, plan, "first_len", WFR_SDMA_REQ_HDR_BYTES - 1, 0);
		return true;
	case 6:
		hfi1c_provoke_write_header_vl(&f->w, plan);
		q->bad_lane = true;
		return true;
	case 7:
		set(f, plan, "empty_vector", 1, 0);
		return true;
	case 8:
		set(f, plan, "hdr.lrh[2]", 1, 0);
		return true;
	case 9:
		set(f, plan, "hdr.lrh[2]", 2000, 0);
		return true;
	case 10:
		set(f, plan, "hdr.lrh[0]", WFR_LRH_LNH_GRH, 3);
		return true;
	case 11:
		set(f, plan, "req.ctrl", 3ULL << 8, 0xff00);
		return true;
	}
	return false;
}

static bool spoil_memory(struct model_question *q, void *plan, uint32_t draw)
{
	switch (draw % 16) {
	case 0:
		hfi1c_provoke_write_request_info_fault(&q->f->w, plan);
		q->bad_memory = "write_request.info-fault";
		return true;
	case 1:
		hfi1c_provoke_write_payload_data_fault(&q->f->w, plan);
		q->bad_memory = "write_payload.data-fault";
		return true;
	}
	return false;
}

static const struct hfi1c_check *predict(struct model_question *q, void *plan)
{
	const struct hfi1c_performer *p = &hfi1c_performer_write;
	const struct hfi1c_list *list;
	const struct hfi1c_check *check = NULL;
	unsigned int i;

	for (i = 0; i < hfi1c_chain_write.count && !check; i++) {
		list = hfi1c_chain_write.lists[i];
		check = model_predict_list(q, list->checks, list->check_count,
					   p->locals(&q->f->w, plan,
						     list->name));
	}
	return check;
}

/* Lists behind the slot's check work on a slot that the request owns. */
static bool owns_slot(const struct hfi1c_check *check)
{
	return !strncmp(check->id, "write_data.", 11) ||
	       !strncmp(check->id, "write_header.", 13) ||
	       !strncmp(check->id, "write_payload.", 14);
}

static void expect_slot(struct model *m, const struct model_step *s,
			struct model_file *f, unsigned int slot)
{
	struct model_call *c = &m->s->call;

	c->context = model_context(f);
	c->a[0] = slot;
	model_do(m, s->actor, model_act_slot, s->slot);
	hfi1c_expect_u64(c->value[0], f->slots[slot].status,
			 "status of slot %u", slot);
	if (f->slots[slot].status == ERROR)
		hfi1c_expect_u64(c->value[1], f->slots[slot].errcode,
				 "errcode of slot %u", slot);
}

static void arrives(struct model *m, const struct model_step *s,
		    struct model_file *f)
{
	struct model_ctxt *ctxt = model_ctxt_of(m, f);
	struct model_call *c = &m->s->call;

	c->context = model_context(f);
	c->other_wire = behind(ctxt, f);
	hfi1c_expect(!model_do(m, s->actor, model_act_arrival, s->slot),
		     "the request is complete, but no packet arrives");
	delivered(ctxt, 0, 64, false);
}

static bool can_submit(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_ctxt *c;

	if (!f || f->w.access != O_RDWR)
		return false;
	c = model_ctxt_of(m, f);
	/* pages are pinned in the memory of who bound the context */
	return !c || (f->mm == (unsigned int)s->actor && takes(c) &&
		      hfi1c_cap(&f->w, HFI1_CAP_SDMA));
}

bool model_step_writev(struct model *m, const struct model_step *s)
{
	struct model_question q = { .m = m };
	struct model_call *c = &m->s->call;
	const struct hfi1c_check *check;
	unsigned int slot = s->draw[0] % MODEL_RING;
	bool spoiled;
	long result;

	if (!can_submit(m, s))
		return false;
	q.f = model_file_at(m, s->actor, s->slot);
	if (q.f->ctxt >= 0)
		slot %= hfi1c_attr_fd_sdma_ring_size(&q.f->w);
	hfi1c_setup(hfi1c_performer_write.size <= sizeof(c->plan),
		    "a plan is larger than its place");
	hfi1c_performer_write.prepare(&q.f->w, c->plan);
	set(q.f, c->plan, "req.comp_idx", slot, 0);
	spoiled = spoil(&q, c->plan, s->draw[1]);
	if (s->draw[1] % MISTAKES != s->draw[2] % MISTAKES)
		spoiled |= spoil(&q, c->plan, s->draw[2]);
	spoiled |= spoil_memory(&q, c->plan, s->draw[3]);
	check = predict(&q, c->plan);
	if (model_leaves_out(check) || (spoiled && !check))
		return false; /* two mistakes that make up for one another */
	result = model_do(m, s->actor, model_act_writev, s->slot);
	model_expect(m, result, 1, check);
	if (!check)
		q.f->slots[slot].status = COMPLETE;
	else if (!owns_slot(check))
		return true;
	else
		q.f->slots[slot] = (struct hfi1_sdma_comp_entry){
			.status = ERROR, .errcode = check->error
		};
	expect_slot(m, s, q.f, slot);
	if (!check)
		arrives(m, s, q.f);
	return true;
}
