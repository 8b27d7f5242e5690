// SPDX-License-Identifier: BSD-3-Clause
/*
 * Inputs, and which check they should meet.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

void hfi1c_apply(const struct hfi1c_world *w, const struct hfi1c_set *set,
		 void *data)
{
	uint64_t value = set->compute ? set->compute(w) : set->value;
	unsigned char *at = (unsigned char *)data + set->offset;
	uint64_t old = 0;

	/* Little endian on every machine the device exists for. */
	memcpy(&old, at, set->size);
	if (set->mask)
		value = (old & ~set->mask) | (value & set->mask);
	memcpy(at, &value, set->size);
}

void hfi1c_input(const struct hfi1c_world *w, const struct hfi1c_rules *rules,
		 const struct hfi1c_set *sets, unsigned int count, void *arg)
{
	unsigned int i;

	memset(arg, 0, rules->size);
	for (i = 0; i < rules->baseline_count; i++)
		hfi1c_apply(w, &rules->baseline[i], arg);
	if (hfi1c_provider.personalise)
		hfi1c_provider.personalise(w, rules, arg);
	for (i = 0; i < count; i++)
		hfi1c_apply(w, &sets[i], arg);
}

void hfi1c_note_sets(const struct hfi1c_set *sets, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		hfi1c_note("input: %s", sets[i].text);
}

static bool allowed(const struct hfi1c_world *w,
		    const struct hfi1c_rules *rules)
{
	return rules->states & (1U << w->state);
}

const struct hfi1c_check *hfi1c_predict(const struct hfi1c_world *w,
					const struct hfi1c_rules *rules,
					const void *arg)
{
	const struct hfi1c_check *c;
	unsigned int i;

	if (!allowed(w, rules))
		return &hfi1c_wrong_state;
	for (i = 0; i < rules->check_count; i++) {
		c = &rules->checks[i];
		if (c->refuses ? c->refuses(w, arg) : c->standing)
			return c;
	}
	return NULL;
}

void hfi1c_unusable(const struct hfi1c_check *c, const char *problem)
{
	if (c->capability)
		hfi1c_not_supported("%s depends on how the driver was loaded",
				    c->id);
	hfi1c_broken("the input does not isolate its check: %s %s", c->id,
		     problem);
}

void hfi1c_isolated(const struct hfi1c_world *w,
		    const struct hfi1c_check *checks, unsigned int count,
		    const struct hfi1c_check *check, const void *input)
{
	const struct hfi1c_check *c;

	for (c = checks; c < checks + count && c != check; c++)
		if (c->refuses && c->refuses(w, input))
			hfi1c_unusable(c, "answers first");
	if (check && check->refuses && !check->refuses(w, input))
		hfi1c_unusable(check, "has nothing to refuse");
}

void hfi1c_expect_check(long result, const struct hfi1c_check *check,
			const char *what)
{
	char text[512];

	if (!check) {
		hfi1c_expect_result(result, 0, what);
		return;
	}
	snprintf(text, sizeof(text), "%s, which %s answers", what, check->id);
	hfi1c_expect_result(result, -check->error, text);
}
