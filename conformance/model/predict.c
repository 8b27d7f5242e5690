// SPDX-License-Identifier: BSD-3-Clause
/*
 * What must come: the ordered checks of the spec, with the model deciding
 * what the driver alone can tell.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

bool model_goes_to(const struct model_file *f, const struct hfi1c_rules *rules,
		   unsigned int state)
{
	const struct hfi1c_transition *t;
	unsigned int i, j;

	/* a command that takes time passes through a state in between */
	for (i = 0; i < hfi1c_transition_count; i++) {
		t = &hfi1c_transitions[i];
		if (t->on != rules || t->from != f->w.state)
			continue;
		if (t->to == state)
			return true;
		for (j = 0; j < hfi1c_transition_count; j++)
			if (hfi1c_transitions[j].on == rules &&
			    hfi1c_transitions[j].from == t->to &&
			    hfi1c_transitions[j].to == state)
				return true;
	}
	return false;
}

struct model_ctxt *model_group(struct model *m,
			       const struct hfi1_user_info *info)
{
	struct model_ctxt *c, *found = NULL;

	if (!info->subctxt_cnt)
		return NULL;
	for (c = m->ctxts; c < m->ctxts + MODEL_CTXTS; c++)
		if (c->live && c->members == info->subctxt_cnt &&
		    c->id == info->subctxt_id &&
		    (!found || c->number < found->number))
			found = c;
	return found;
}

static bool is_in_table(const struct model *m, uint16_t key)
{
	unsigned int i;

	for (i = 0; i < m->key_count; i++)
		if (m->keys[i] == key)
			return true;
	return false;
}

static bool first_page_missing(const struct model_question *q)
{
	const struct hfi1_tid_info *arg = q->arg;
	uint64_t page = (arg->vaddr - q->m->memory) / WFR_PAGE_SIZE;

	return page >= MODEL_PAGES ||
	       !(q->m->actors[q->actor].mapped & 1ULL << page);
}

static bool no_entry_left(const struct model_question *q)
{
	return q->f->tid_count >= model_tid_limit(q->m, q->f) ||
	       model_ctxt_of(q->m, q->f)->owned >=
		       hfi1c_attr_ctxt_expected_count(&q->f->w);
}

static bool not_owned(const struct model_question *q)
{
	unsigned int entry = WFR_GET(WFR_TIDINFO_IDX, q->word) * 2 +
			     WFR_GET(WFR_TIDINFO_CTRL, q->word) - 1;

	return model_ctxt_of(q->m, q->f)->owner[entry] !=
	       q->f - q->m->files + 1;
}

static bool of_command(const struct model_question *q, unsigned int when)
{
	struct model_ctxt *group = NULL;

	if (q->rules->cmd == HFI1_IOCTL_ASSIGN_CTXT)
		group = model_group(q->m, q->arg);
	switch (when) {
	case HFI1C_WHEN_GROUP_OTHER_VERSION:
		return group &&
		       group->version != ((const struct hfi1_user_info *)q->arg)
						 ->userversion;
	case HFI1C_WHEN_GROUP_FULL:
		return group && group->in_use == (1U << group->members) - 1;
	case HFI1C_WHEN_NO_FREE_CONTEXT:
		return !group && !q->m->free_contexts;
	case HFI1C_WHEN_PKEY_NOT_IN_TABLE:
		return !is_in_table(q->m, *(const uint16_t *)q->arg);
	case HFI1C_WHEN_SEND_CONTEXT_NOT_HALTED:
		return !model_ctxt_of(q->m, q->f)->halted;
	case HFI1C_WHEN_BUFFER_NOT_WRITABLE:
		return first_page_missing(q);
	case HFI1C_WHEN_TID_QUOTA_EXHAUSTED:
		return no_entry_left(q);
	}
	return false;
}

static bool holds(const struct model_question *q, const struct hfi1c_check *c)
{
	switch (c->when) {
	case HFI1C_WHEN_LIST_NOT_WRITABLE:
	case HFI1C_WHEN_LIST_NOT_READABLE:
		return q->bad_list;
	case HFI1C_WHEN_TID_NOT_OWNED:
		return not_owned(q);
	case HFI1C_WHEN_VECTORS_UNREADABLE:
		return q->bad_memory && !strcmp(q->bad_memory, c->id);
	case HFI1C_WHEN_VL_NOT_MAPPED:
		return q->bad_lane;
	case HFI1C_WHEN_REGION_TYPE_UNKNOWN:
		return q->bad_type;
	case HFI1C_WHEN_ENGINE_NOT_RUNNING:
		return !q->m->link_up;
	}
	return q->rules && of_command(q, c->when);
}

static bool answers(const struct model_question *q, const struct hfi1c_check *c,
		    const void *input, bool bad_in, bool bad_out)
{
	switch (c->kind) {
	case HFI1C_CHECK_EXPR:
		return c->refuses(&q->f->w, input);
	case HFI1C_CHECK_COPY_IN:
		return bad_in;
	case HFI1C_CHECK_COPY_OUT:
		return bad_out;
	case HFI1C_CHECK_DRIVER:
		return holds(q, c);
	}
	return false;
}

const struct hfi1c_check *model_predict_list(const struct model_question *q,
					     const struct hfi1c_check *checks,
					     unsigned int count,
					     const void *locals)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (answers(q, &checks[i], locals, false, false))
			return &checks[i];
	return NULL;
}

const struct hfi1c_check *model_predict(const struct model_question *q,
					bool bad_in, bool bad_out)
{
	const struct hfi1c_rules *rules = q->rules;
	unsigned int i;

	if (!(rules->states & 1U << q->f->w.state))
		return &hfi1c_wrong_state;
	for (i = 0; i < rules->check_count; i++)
		if (answers(q, &rules->checks[i], q->arg, bad_in, bad_out))
			return &rules->checks[i];
	return NULL;
}

/* What is unsure counts as no, and both answers are accepted. */
static bool reports(struct model *m, struct model_file *f,
		    const struct hfi1c_poll_rule *r)
{
	struct model_ctxt *c;

	if (r->holds)
		return r->holds(&f->w, NULL);
	c = model_ctxt_of(m, f);
	switch (r->when) {
	case HFI1C_WHEN_POLL_TYPE_UNKNOWN:
		return c->poll_type > HFI1_POLL_TYPE_URGENT;
	case HFI1C_WHEN_HEADER_QUEUE_ENTRY:
		return c->poll_type == HFI1_POLL_TYPE_ANYRCV && c->queued;
	case HFI1C_WHEN_URGENT_PACKET:
		return c->poll_type == HFI1_POLL_TYPE_URGENT && c->urgent;
	}
	return false;
}

unsigned int model_predict_poll(struct model *m, struct model_file *f)
{
	unsigned int i;

	for (i = 0; i < hfi1c_poll_rule_count; i++)
		if (reports(m, f, &hfi1c_poll_rules[i]))
			return hfi1c_poll_rules[i].mask;
	return 0;
}

bool model_leaves_out(const struct hfi1c_check *check)
{
	return check && hfi1c_deviates_from(check->id);
}

void model_expect(struct model *m, long result, long success,
		  const struct hfi1c_check *check)
{
	char text[MODEL_TEXT + 128];

	snprintf(text, sizeof(text), "%s%s%s",
		 m->s->trace[(m->s->lines - 1) % MODEL_TRACE],
		 check ? "; the answer is " : "; the call is valid",
		 check ? check->id : "");
	hfi1c_expect_result(result, check ? -check->error : success, text);
}
