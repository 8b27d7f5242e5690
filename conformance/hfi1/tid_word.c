// SPDX-License-Identifier: BSD-3-Clause
/*
 * The words of TID_FREE's list.
 */
#include <errno.h>
#include <string.h>

#include "../lib/calls.h"
#include "world.h"

struct plan {
	uint32_t word;
	struct hfi1c_locals_tid_word locals;
};

/* The scenario may have registered a buffer; else it is done here. */
static void register_one(struct hfi1c_world *w)
{
	struct hfi1_tid_info arg = {
		.vaddr = hfi1c_buffer_scratch(w),
		.tidlist = hfi1c_buffer_list(w),
		.length = WFR_PAGE_SIZE,
	};
	long result = hfi1c_ioctl(w->fd, HFI1_IOCTL_TID_UPDATE, &arg);

	hfi1c_setup(!result, "TID_UPDATE failed: %s", strerror(-result));
	hfi1c_own(w)->known.fd_tid_used = arg.tidcnt;
}

static void prepare(struct hfi1c_world *w, void *plan)
{
	struct plan *p = plan;

	if (!hfi1c_own(w)->known.fd_tid_used)
		register_one(w);
	p->word = *(uint32_t *)(uintptr_t)hfi1c_buffer_list(w);
}

static void set(struct hfi1c_world *w, void *plan, const char *name,
		uint64_t value, uint64_t mask)
{
	struct plan *p = plan;

	(void)w;
	if (strcmp(name, "word"))
		hfi1c_broken("the engine cannot set %s of a TID word", name);
	p->word = mask ? (p->word & ~mask) | (value & mask) : value;
}

static const void *locals(struct hfi1c_world *w, void *plan, const char *list)
{
	struct plan *p = plan;

	(void)w;
	(void)list;
	p->locals.word = p->word;
	return &p->locals;
}

static long perform(struct hfi1c_world *w, void *plan)
{
	struct plan *p = plan;
	struct hfi1_tid_info arg = {
		.tidlist = (uintptr_t)&p->word,
		.tidcnt = 1,
	};

	return hfi1c_ioctl(w->fd, HFI1_IOCTL_TID_FREE, &arg);
}

static void intact(struct hfi1c_world *w, void *plan,
		   const struct hfi1c_check *check)
{
	(void)plan;
	(void)check;
	hfi1c_world_intact(w);
}

const struct hfi1c_performer hfi1c_performer_tid = {
	.size = sizeof(struct plan),
	.prepare = prepare,
	.set = set,
	.locals = locals,
	.perform = perform,
	.intact = intact,
};

/* Another entry of the pair, or of the next one, which nobody registered. */
void hfi1c_provoke_tid_word_not_owned(struct hfi1c_world *w, void *plan)
{
	struct plan *p = plan;
	uint64_t pairs = hfi1c_attr_ctxt_expected_count(w) / 2;
	uint64_t index = WFR_GET(WFR_TIDINFO_IDX, p->word);

	if (index < pairs)
		p->word =
			WFR_SET(p->word, WFR_TIDINFO_IDX, (index + 1) % pairs);
}
