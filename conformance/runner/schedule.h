/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Running a plan: worker processes take cases, the runner watches them.
 */
#ifndef HFI1C_RUNNER_SCHEDULE_H
#define HFI1C_RUNNER_SCHEDULE_H

#include "options.h"
#include "plan.h"
#include "record.h"
#include "verdict.h"

/**
 * struct hfi1c_listener - who wants to know
 * @result:  a case is done; called in the order of the plan
 * @tick:    cases done so far, in any order, each time there is one more
 * @leak:    contexts are missing after cases that ran side by side
 * @data:    for all
 */
struct hfi1c_listener {
	void (*result)(void *data, size_t index);
	void (*tick)(void *data, size_t done);
	void (*leak)(void *data);
	void *data;
};

/*
 * hfi1c_schedule() - run all entries of @plan into @records.
 *
 * Cases that are exclusive run after the others, one at a time.  Returns 0,
 * or a negative errno when no worker can be started.
 */
int hfi1c_schedule(const struct hfi1c_plan *plan, struct hfi1c_record *records,
		   const struct hfi1c_options *options,
		   const struct hfi1c_environment *environment,
		   const struct hfi1c_listener *listener);

#endif
