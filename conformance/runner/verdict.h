/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The case's side of a record: entered by the runner in the forked process,
 * used through case.h.
 */
#ifndef HFI1C_RUNNER_VERDICT_H
#define HFI1C_RUNNER_VERDICT_H

#include "record.h"

struct hfi1c_suite;
struct hfi1c_driver;

/* What the runner hands to every case of a run. */
struct hfi1c_environment {
	const char *device;
	const char *second_device; /* NULL without another unit */
	const char *ctl; /* command prefix, NULL without one */
	unsigned int steps; /* of random sequences, 0 for their own default */
	const struct hfi1c_suite *suite;
	const struct hfi1c_driver *driver;
};

/*
 * A process of a case that found a verdict leaves with this status, so that
 * who waits for it need not look further.
 */
#define HFI1C_VERDICT_STATUS 113

/* hfi1c_verdict_enter() - verdicts of this process go to @record from now on. */
void hfi1c_verdict_enter(struct hfi1c_record *record,
			 const struct hfi1c_environment *environment);

/* hfi1c_verdict_given() - whether a process of this case gave one. */
bool hfi1c_verdict_given(void);

/* hfi1c_verdict_leave() - end this process because a verdict was given. */
void hfi1c_verdict_leave(void) __attribute__((noreturn));

/* hfi1c_verdict_child() - call after fork: this is not the main process. */
void hfi1c_verdict_child(void);

const struct hfi1c_environment *hfi1c_environment(void);

#endif
