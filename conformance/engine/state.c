// SPDX-License-Identifier: BSD-3-Clause
/*
 * Every command in every state: the rules themselves say what comes.
 */
#include <string.h>

#include "../lib/calls.h"
#include "command.h"

void hfi1c_run_state(const struct hfi1c_case *c)
{
	const struct hfi1c_state_case *s = c->data;
	unsigned char arg[HFI1C_MAX_ARGUMENT];
	const struct hfi1c_check *answer;
	struct hfi1c_world w;
	long result;

	hfi1c_world_build(&w, s->scenario);
	hfi1c_input(&w, s->rules, NULL, 0, arg);
	answer = hfi1c_predict(&w, s->rules, arg);
	result = hfi1c_ioctl(w.fd, s->rules->cmd, arg);
	hfi1c_expect_check(result, answer, s->rules->name);
	if (result)
		hfi1c_world_intact(&w);
	hfi1c_world_close(&w);
}

void hfi1c_run_state_bad_pointer(const struct hfi1c_case *c)
{
	const struct hfi1c_state_case *s = c->data;
	struct hfi1c_world w;
	long result;

	hfi1c_world_build(&w, s->scenario);
	result = hfi1c_ioctl(w.fd, s->rules->cmd, NULL);
	hfi1c_expect_check(result, &hfi1c_wrong_state, s->rules->name);
	hfi1c_world_intact(&w);
	hfi1c_world_close(&w);
}

void hfi1c_run_idempotent(const struct hfi1c_case *c)
{
	const struct hfi1c_state_case *s = c->data;
	unsigned char first[HFI1C_MAX_ARGUMENT], again[HFI1C_MAX_ARGUMENT];
	struct hfi1c_world w;

	hfi1c_world_build(&w, s->scenario);
	hfi1c_input(&w, s->rules, NULL, 0, first);
	hfi1c_input(&w, s->rules, NULL, 0, again);
	hfi1c_expect_check(hfi1c_ioctl(w.fd, s->rules->cmd, first), NULL,
			   s->rules->name);
	hfi1c_expect_check(hfi1c_ioctl(w.fd, s->rules->cmd, again), NULL,
			   s->rules->name);
	hfi1c_expect(!memcmp(first, again, s->rules->size),
		     "the second %s gave another result", s->rules->name);
	hfi1c_world_close(&w);
}
