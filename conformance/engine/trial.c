// SPDX-License-Identifier: BSD-3-Clause
/*
 * Checks, pairs and boundaries: one call that exactly one check must answer.
 */
#include <errno.h>
#include <string.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "command.h"

static const struct hfi1c_check *check_at(const struct hfi1c_rules *rules,
					  int index)
{
	return index < 0 ? NULL : &rules->checks[index];
}

/*
 * A pair is only worth its name if the second check would have answered.
 * What cannot be read cannot be judged, so copy checks are left out; they are
 * violated by the placement.
 */
static void prove_second(const struct hfi1c_world *w,
			 const struct hfi1c_check *second, const void *arg)
{
	if (second && second->refuses && !second->refuses(w, arg))
		hfi1c_unusable(second, "is not violated");
}

static void *place(enum hfi1c_placement placement, void *content, size_t size)
{
	switch (placement) {
	case HFI1C_PLACE_CUT_OFF:
		return hfi1c_bad_pointer(HFI1C_BAD_PAGE_EDGE, content, size);
	case HFI1C_PLACE_UNMAPPED:
		return hfi1c_bad_pointer(HFI1C_BAD_UNMAPPED, NULL, size);
	case HFI1C_PLACE_READ_ONLY:
		return hfi1c_bad_pointer(HFI1C_BAD_READ_ONLY, content, size);
	case HFI1C_PLACE_FITS:
		return memcpy(hfi1c_edge(size), content, size);
	case HFI1C_PLACE_PLAIN:
		break;
	}
	return content;
}

/*
 * The last accepted value need not lead to success: what only the driver
 * knows may still refuse it, with an errno of its own.
 */
static void expect_spared(const struct hfi1c_trial *t, long result)
{
	const struct hfi1c_check *spared = check_at(t->rules, t->spared), *c;

	if (!result)
		return;
	for (c = spared + 1; c < t->rules->checks + t->rules->check_count; c++)
		if (c->kind == HFI1C_CHECK_DRIVER && c->error == -result &&
		    c->error != spared->error)
			return;
	hfi1c_expect_result(result, 0, "the last accepted value");
}

/* Copy faults are the placement's; before them nothing may answer. */
static void prove(const struct hfi1c_world *w, const struct hfi1c_trial *t,
		  const void *arg)
{
	const struct hfi1c_check *check = check_at(t->rules, t->check);

	hfi1c_isolated(w, t->rules->checks, t->rules->check_count, check, arg);
	prove_second(w, check_at(t->rules, t->second), arg);
}

void hfi1c_run_trial(const struct hfi1c_case *c)
{
	const struct hfi1c_trial *t = c->data;
	const struct hfi1c_check *check = check_at(t->rules, t->check);
	unsigned char arg[HFI1C_MAX_ARGUMENT];
	struct hfi1c_world w;
	long result;

	hfi1c_world_build(&w, t->scenario);
	hfi1c_input(&w, t->rules, t->sets, t->set_count, arg);
	hfi1c_note_sets(t->sets, t->set_count);
	prove(&w, t, arg);
	result = hfi1c_ioctl(w.fd, t->rules->cmd,
			     place(t->placement, arg, t->rules->size));
	if (t->spared >= 0) {
		expect_spared(t, result);
	} else {
		hfi1c_expect_check(result, check, t->rules->name);
		if (result)
			hfi1c_world_intact(&w);
	}
	hfi1c_world_close(&w);
}
