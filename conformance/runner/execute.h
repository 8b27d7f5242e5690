/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Running one case, by libcheck: a process of its own, a time limit, signals.
 */
#ifndef HFI1C_RUNNER_EXECUTE_H
#define HFI1C_RUNNER_EXECUTE_H

#include "options.h"
#include "plan.h"
#include "record.h"
#include "verdict.h"

/*
 * hfi1c_execute() - run @entry, up to options->repeat times, and judge it.
 *
 * Fills @record.  @alone says that no other case runs meanwhile, so that the
 * unit's free contexts before and after can be compared.
 */
void hfi1c_execute(const struct hfi1c_entry *entry, struct hfi1c_record *record,
		   const struct hfi1c_options *options,
		   const struct hfi1c_environment *environment, bool alone);

#endif
