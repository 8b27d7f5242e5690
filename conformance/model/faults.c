// SPDX-License-Identifier: BSD-3-Clause
/*
 * Faults, and what they leave behind.  A step ends when the fault has come
 * and gone, so that the next one meets a state that is known.
 */
#include <fcntl.h>
#include <unistd.h>

#include "../hfi1/unit.h"
#include "model.h"

#define LINK_TRIES   1500
#define LINK_WAIT_US 2000

bool model_step_halt(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_ctxt *c;

	if (!f || f->ctxt < 0 || f->w.access != O_RDWR)
		return false;
	c = model_ctxt_of(m, f);
	if (c->halted)
		return false;
	model_note(m, "  the send context is halted");
	hfi1c_unit_fault("halt-send-context", "%u",
			 hfi1c_own(&f->w)->ctxt_info.send_ctxt);
	m->s->call.context = model_context(f);
	hfi1c_expect(!model_do(m, s->actor, model_act_halted, s->slot),
		     "the credit word does not show the halt");
	c->halted = true;
	return true;
}

/*
 * Unread packets would make it a question what a reset does to them, and a
 * driver may be known to lose a context that is halted already.
 */
static bool all_can_halt(const struct model *m)
{
	bool loses = hfi1c_deviates("faults.freeze.halted");
	const struct model_ctxt *c;

	for (c = m->ctxts; c < m->ctxts + MODEL_CTXTS; c++)
		if (c->live &&
		    (c->queued || (loses && c->halted && !c->frozen)))
			return false;
	return true;
}

static void everything_halts(struct model *m, uint64_t events)
{
	struct model_ctxt *c;
	struct model_file *f;

	for (c = m->ctxts; c < m->ctxts + MODEL_CTXTS; c++)
		if (c->live) {
			c->halted = c->frozen = c->faulted = true;
			c->receives = false;
			model_unarm(c);
		}
	for (f = m->files; f < m->files + MODEL_FILES; f++)
		if (f->live && f->ctxt >= 0)
			f->events |= events;
}

/* Waits for the bits in every word that somebody can map. */
static void wait_for_events(struct model *m)
{
	struct model_step s = { 0 };

	for (s.actor = 0; s.actor < MODEL_ACTORS; s.actor++)
		for (s.slot = 0;
		     m->actors[s.actor].live && s.slot < MODEL_SLOTS; s.slot++)
			model_step_events(m, &s);
}

bool model_step_freeze(struct model *m, const struct model_step *s)
{
	(void)s;
	if (!all_can_halt(m))
		return false;
	model_note(m, "  the chip freezes");
	hfi1c_unit_fault("freeze", "driver");
	everything_halts(m, HFI1_EVENT_FROZEN);
	wait_for_events(m);
	hfi1c_expect(!hfi1c_unit_thaws(), "the freeze does not end");
	return true;
}

bool model_step_link(struct model *m, const struct model_step *s)
{
	unsigned int i;

	(void)s;
	if (!all_can_halt(m))
		return false;
	model_note(m, "  the link goes down and comes back");
	hfi1c_unit_fault("link", "down");
	everything_halts(m, HFI1_EVENT_FROZEN | HFI1_EVENT_LINKDOWN);
	wait_for_events(m);
	hfi1c_unit_fault("link", "up");
	for (i = 0; i < LINK_TRIES && !hfi1c_port_is_active(); i++)
		usleep(LINK_WAIT_US);
	hfi1c_setup(hfi1c_port_is_active(), "the link does not come back");
	hfi1c_expect(!hfi1c_unit_thaws(), "the freeze does not end");
	return true;
}
