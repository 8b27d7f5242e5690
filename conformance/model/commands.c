// SPDX-License-Identifier: BSD-3-Clause
/*
 * Commands and what they change.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../runner/driver.h"
#include "model.h"

#define FREE_TRIES   1000
#define FREE_WAIT_US 2000

const struct hfi1c_rules *model_rules(uint32_t cmd)
{
	unsigned int i;

	for (i = 0; i < hfi1c_rules_count; i++)
		if (hfi1c_rules_all[i]->cmd == cmd)
			return hfi1c_rules_all[i];
	hfi1c_broken("the spec has no command %#x", cmd);
}

/* The last holder's end may still be on its way through the driver. */
void model_check_free(struct model *m)
{
	int now = m->free_contexts;
	unsigned int i;

	for (i = 0; m->free_contexts >= 0 && i < FREE_TRIES; i++) {
		now = hfi1c_free_contexts(hfi1c_device());
		if (now == m->free_contexts)
			return;
		usleep(FREE_WAIT_US);
	}
	hfi1c_expect(now == m->free_contexts,
		     "%d contexts are free, but %d should be", now,
		     m->free_contexts);
}

/* Every sixth argument is where it cannot be read or written. */
static enum model_place place_of(const struct model_step *s)
{
	switch (s->draw[5] % 12) {
	case 0:
		return MODEL_UNREADABLE;
	case 1:
		return MODEL_READ_ONLY;
	}
	return MODEL_GOOD;
}

long model_command(struct model *m, const struct model_step *s,
		   const struct hfi1c_rules *rules, enum model_place place)
{
	struct model_call *c = &m->s->call;

	c->a[0] = rules->cmd;
	c->a[1] = (uintptr_t)c->argument;
	if (!rules->size)
		c->a[1] = s->draw[4];
	else if (place == MODEL_UNREADABLE)
		c->a[1] = hfi1c_buffer_unmapped(&m->files[0].w);
	else if (place == MODEL_READ_ONLY)
		c->a[1] = (uintptr_t)m->read_only;
	memcpy(m->writable, c->argument, sizeof(c->argument));
	return model_do(m, s->actor, model_act_ioctl, s->slot);
}

/* Predicts, calls and compares; true when the call took effect. */
static bool call(struct model *m, const struct model_step *s,
		 const struct hfi1c_rules *rules, enum model_place place)
{
	struct model_question q = {
		.m = m,
		.f = model_file_at(m, s->actor, s->slot),
		.actor = s->actor,
		.rules = rules,
	};
	unsigned char input[HFI1C_MAX_ARGUMENT];
	const struct hfi1c_check *check;
	long result;

	memcpy(input, m->s->call.argument, sizeof(input));
	q.arg = input;
	check = model_predict(&q, place == MODEL_UNREADABLE,
			      place != MODEL_GOOD);
	if (model_leaves_out(check))
		return false;
	result = model_command(m, s, rules, place);
	model_expect(m, result, 0, check);
	return !check;
}

/* --- ASSIGN_CTXT ---------------------------------------------------------- */

static struct hfi1_user_info draw_info(const struct model_step *s)
{
	static const unsigned char counts[] = { 0,
						0,
						2,
						2,
						3,
						1,
						HFI1_MAX_SHARED_CTXTS,
						HFI1_MAX_SHARED_CTXTS + 1 };
	unsigned int count = counts[s->draw[0] % HFI1C_COUNT(counts)];
	struct hfi1_user_info info = hfi1c_group_info(count, s->draw[1] % 2);

	if (s->draw[2] % 12 == 0)
		info.userversion ^= 1U << HFI1_SWMAJOR_SHIFT;
	else if (s->draw[2] % 12 == 1)
		info.userversion++;
	return info;
}

static struct model_ctxt *new_ctxt(struct model *m,
				   const struct hfi1_user_info *info)
{
	struct model_ctxt *c;

	for (c = m->ctxts; c < m->ctxts + MODEL_CTXTS; c++)
		if (!c->live)
			break;
	hfi1c_setup(c < m->ctxts + MODEL_CTXTS, "too many contexts");
	memset(c, 0, sizeof(*c));
	c->live = true;
	c->members = info->subctxt_cnt;
	c->id = info->subctxt_id;
	c->version = info->userversion;
	c->poll_type = HFI1_POLL_TYPE_ANYRCV;
	c->receives = true;
	c->wire.sequence = 1;
	if (m->free_contexts >= 0)
		m->free_contexts--;
	return c;
}

static void expect_own_number(struct model *m, const struct model_ctxt *c)
{
	const struct model_ctxt *o;

	for (o = m->ctxts; o < m->ctxts + MODEL_CTXTS; o++)
		hfi1c_expect(!o->live || o == c || o->number != c->number,
			     "context %u is in use twice", c->number);
}

static void bind(struct model *m, const struct model_step *s,
		 const struct hfi1_user_info *info)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_call *call = &m->s->call;
	struct model_ctxt *c = model_group(m, info);
	bool joins = c;
	unsigned int place;

	c = c ?: new_ctxt(m, info);
	place = __builtin_ctz(~c->in_use);
	f->w.state = HFI1C_STATE_ASSIGNED;
	f->ctxt = c - m->ctxts;
	f->mm = s->actor;
	hfi1c_expect(!model_do(m, s->actor, model_act_infos, s->slot),
		     "the infos cannot be read after ASSIGN_CTXT");
	hfi1c_own(&f->w)->ctxt_info = call->info;
	hfi1c_own(&f->w)->base_info = call->base;
	hfi1c_own(&f->w)->known.ctxt_subctxt_cnt = info->subctxt_cnt;
	hfi1c_expect_u64(call->info.subctxt, place, "place in the group");
	if (joins)
		hfi1c_expect_u64(call->info.ctxt, c->number,
				 "context of the group");
	if (joins && hfi1c_deviates("events.clean.untaken"))
		f->unsure = ~0ULL;
	if (c->faulted)
		f->unsure |= HFI1_EVENT_FROZEN | HFI1_EVENT_LINKDOWN;
	c->number = call->info.ctxt;
	c->in_use |= 1U << place;
	expect_own_number(m, c);
	model_check_free(m);
}

static bool has_room(struct model *m)
{
	unsigned int i;

	for (i = 0; i < MODEL_CTXTS; i++)
		if (!m->ctxts[i].live)
			return true;
	return false;
}

bool model_step_assign(struct model *m, const struct model_step *s)
{
	const struct hfi1c_rules *rules = model_rules(HFI1_IOCTL_ASSIGN_CTXT);
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct hfi1_user_info info = draw_info(s);

	if (!f || !has_room(m))
		return false;
	memcpy(m->s->call.argument, &info, sizeof(info));
	if (!call(m, s, rules, place_of(s)))
		return true;
	hfi1c_setup(model_goes_to(f, rules, HFI1C_STATE_ASSIGNED),
		    "the spec has no way to a bound file");
	bind(m, s, &info);
	return true;
}

/* --- the rest ------------------------------------------------------------- */

static void draw_argument(struct model *m, const struct model_step *s,
			  uint32_t cmd)
{
	static const int types[] = { HFI1_POLL_TYPE_ANYRCV,
				     HFI1_POLL_TYPE_ANYRCV,
				     HFI1_POLL_TYPE_URGENT,
				     HFI1_POLL_TYPE_URGENT,
				     HFI1_POLL_TYPE_URGENT + 1,
				     0x10000,
				     0x10001,
				     -1 };
	static const int enables[] = { 0, 1, 1, -1 };
	const uint16_t keys[] = {
		m->keys[0], m->keys[0], m->keys[0], 0x7fff,
		0xffff,	    0x1234,	0,	    s->draw[1]
	};
	unsigned char *arg = m->s->call.argument;
	unsigned long bits = s->draw[0];
	int version = s->draw[0];

	switch (cmd) {
	case HFI1_IOCTL_POLL_TYPE:
		memcpy(arg, &types[s->draw[0] % 8], sizeof(int));
		break;
	case HFI1_IOCTL_RECV_CTRL:
		memcpy(arg, &enables[s->draw[0] % 4], sizeof(int));
		break;
	case HFI1_IOCTL_SET_PKEY:
		memcpy(arg, &keys[s->draw[0] % 8], sizeof(uint16_t));
		break;
	case HFI1_IOCTL_ACK_EVENT:
		memcpy(arg, &bits, sizeof(bits));
		break;
	default:
		memcpy(arg, &version, sizeof(version));
	}
}

static void restart_queue(struct model_ctxt *c)
{
	c->queued = 0;
	c->wire.entry = 0;
	c->wire.sequence = 1;
}

static void after_reset(struct model_ctxt *c)
{
	c->wire.block = 0;
	c->wire.fill = 0;
	if (c->frozen) {
		restart_queue(c);
		c->receives = true;
	}
	c->halted = false;
	c->frozen = false;
}

static void after_receive_control(struct model_file *f, struct model_ctxt *c,
				  int value)
{
	if (hfi1c_attr_fd_subctxt(&f->w))
		return;
	if (!value != !c->receives)
		model_unarm(c);
	if (value && !c->receives)
		restart_queue(c);
	c->receives = value;
}

static void expect_same(const struct model_file *f, const void *arg,
			uint32_t cmd)
{
	struct hfi1_ctxt_info info;

	if (cmd == HFI1_IOCTL_USER_INFO) {
		hfi1c_expect(!memcmp(arg, &hfi1c_own(&f->w)->base_info,
				     sizeof(hfi1c_own(&f->w)->base_info)),
			     "USER_INFO is not what it was");
		return;
	}
	memcpy(&info, arg, sizeof(info));
	/* counts other units as well */
	info.num_active = hfi1c_own(&f->w)->ctxt_info.num_active;
	hfi1c_expect(!memcmp(&info, &hfi1c_own(&f->w)->ctxt_info, sizeof(info)),
		     "CTXT_INFO is not what it was");
}

/* The credit word is the context's, if it can be mapped and is alive. */
static void expect_credits(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_ctxt *c = model_ctxt_of(m, f);
	struct model_call *call = &m->s->call;

	if (f->w.access != O_RDWR || c->halted || !m->link_up)
		return;
	call->context = model_context(f);
	call->wire = c->wire;
	hfi1c_expect(!model_do(m, s->actor, model_act_credits, s->slot),
		     "the credit counter is %llu after CREDIT_UPD, but %u "
		     "blocks were written",
		     (unsigned long long)call->value[0], c->wire.fill);
}

static void take_effect(struct model *m, const struct model_step *s,
			const struct hfi1c_rules *rules, const void *before)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_ctxt *c = model_ctxt_of(m, f);
	const void *after = m->s->call.argument;

	switch (rules->cmd) {
	case HFI1_IOCTL_CTXT_INFO:
	case HFI1_IOCTL_USER_INFO:
		expect_same(f, after, rules->cmd);
		break;
	case HFI1_IOCTL_GET_VERS:
		hfi1c_expect_u64(*(const unsigned int *)after,
				 HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
					 HFI1_USER_SWMINOR,
				 "version");
		break;
	case HFI1_IOCTL_CREDIT_UPD:
		expect_credits(m, s);
		break;
	case HFI1_IOCTL_POLL_TYPE:
		c->poll_type = *(const uint16_t *)before;
		break;
	case HFI1_IOCTL_ACK_EVENT:
		f->events &= ~*(const unsigned long *)before;
		f->unsure &= ~*(const unsigned long *)before;
		break;
	case HFI1_IOCTL_SET_PKEY:
		c->has_key = true;
		c->key = *(const uint16_t *)before;
		break;
	case HFI1_IOCTL_RECV_CTRL:
		after_receive_control(f, c, *(const int *)before);
		break;
	case HFI1_IOCTL_CTXT_RESET:
		after_reset(c);
		break;
	}
}

/*
 * Left out: a reset of a healthy context, which takes a second to be refused,
 * and disabling a context with unread packets, whose fate nothing says.
 */
static bool makes_sense(struct model *m, const struct model_file *f,
			uint32_t cmd)
{
	const struct model_ctxt *c = model_ctxt_of(m, f);

	if (!c)
		return true;
	if (cmd == HFI1_IOCTL_CTXT_RESET)
		return c->halted && m->link_up;
	return cmd != HFI1_IOCTL_RECV_CTRL || (!c->queued && !c->halted);
}

bool model_step_ioctl(struct model *m, const struct model_step *s)
{
	static const uint32_t commands[] = {
		HFI1_IOCTL_CTXT_INFO,  HFI1_IOCTL_USER_INFO,
		HFI1_IOCTL_CREDIT_UPD, HFI1_IOCTL_RECV_CTRL,
		HFI1_IOCTL_POLL_TYPE,  HFI1_IOCTL_POLL_TYPE,
		HFI1_IOCTL_ACK_EVENT,  HFI1_IOCTL_SET_PKEY,
		HFI1_IOCTL_SET_PKEY,   HFI1_IOCTL_GET_VERS,
		HFI1_IOCTL_CTXT_RESET, HFI1_IOCTL_CTXT_RESET,
	};
	uint32_t cmd = commands[s->draw[3] % HFI1C_COUNT(commands)];
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	const struct hfi1c_rules *rules = model_rules(cmd);
	enum model_place place = place_of(s);
	unsigned char before[HFI1C_MAX_ARGUMENT];

	if (!f || !makes_sense(m, f, cmd))
		return false;
	memset(m->s->call.argument, 0x5a, sizeof(m->s->call.argument));
	draw_argument(m, s, cmd);
	memcpy(before, m->s->call.argument, sizeof(before));
	if (!call(m, s, rules, place))
		return true;
	/* what succeeded elsewhere wrote nothing, so nothing is to be seen */
	if (place == MODEL_GOOD || !rules->out)
		take_effect(m, s, rules, before);
	return true;
}

bool model_step_unknown(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	uint32_t cmd = s->draw[0];
	unsigned int i;

	if (!f)
		return false;
	if (s->draw[1] % 2) /* almost one of ours */
		cmd = hfi1c_rules_all[s->draw[2] % hfi1c_rules_count]->cmd ^
		      1U << s->draw[3] % 32;
	for (i = 0; i < hfi1c_rules_count; i++)
		if (hfi1c_rules_all[i]->cmd == cmd)
			return false;
	/* numbers of the VFS itself never get to a driver */
	if ((cmd >> 8 & 0xff) != RDMA_IOCTL_MAGIC)
		cmd = (cmd & ~0xff00U) | RDMA_IOCTL_MAGIC << 8;
	for (i = 0; i < hfi1c_rules_count; i++)
		if (hfi1c_rules_all[i]->cmd == cmd)
			return false;
	m->s->call.a[0] = cmd;
	m->s->call.a[1] = (uintptr_t)m->s->call.argument;
	model_expect(m, model_do(m, s->actor, model_act_ioctl, s->slot), 0,
		     f->w.state == HFI1C_STATE_ASSIGNED ?
			     &hfi1c_unknown_command :
			     &hfi1c_wrong_state);
	return true;
}
