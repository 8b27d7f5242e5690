/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reports: one run, four forms.
 */
#ifndef HFI1C_RUNNER_REPORT_H
#define HFI1C_RUNNER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "driver.h"
#include "options.h"
#include "plan.h"
#include "record.h"

/**
 * struct hfi1c_run - everything a report may tell
 * @counts: per outcome, of the entries reported so far
 * @leaked: contexts were missing after cases that ran side by side
 * @seconds: wall clock of the whole run, known at its end
 */
struct hfi1c_run {
	const struct hfi1c_suite *suite;
	const struct hfi1c_options *options;
	const struct hfi1c_plan *plan;
	const struct hfi1c_record *records;
	const struct hfi1c_driver *driver;
	const char *device;
	size_t counts[HFI1C_OUTCOMES];
	bool leaked;
	double seconds;
};

/**
 * struct hfi1c_reporter - a form of report
 * @begin:  before the first case
 * @result: entry @index is done; in the order of the plan
 * @end:    after the last
 */
struct hfi1c_reporter {
	void (*begin)(FILE *out, const struct hfi1c_run *run);
	void (*result)(FILE *out, const struct hfi1c_run *run, size_t index);
	void (*end)(FILE *out, const struct hfi1c_run *run);
};

extern const struct hfi1c_reporter hfi1c_report_human;
extern const struct hfi1c_reporter hfi1c_report_ktap;
extern const struct hfi1c_reporter hfi1c_report_junit;
extern const struct hfi1c_reporter hfi1c_report_json;

/* hfi1c_bad_count() - entries that make the run fail. */
size_t hfi1c_bad_count(const struct hfi1c_run *run);

/* hfi1c_run_ran() - whether any case came to a judgement of the driver. */
bool hfi1c_run_ran(const struct hfi1c_run *run);

/* hfi1c_last_of_group() - whether the next entry begins another group. */
bool hfi1c_last_of_group(const struct hfi1c_plan *plan, size_t index);

/* hfi1c_first_of_group() - index of the first entry of @index's group. */
size_t hfi1c_first_of_group(const struct hfi1c_plan *plan, size_t index);

/* hfi1c_for_details() - name and text of all a failure has to tell. */
void hfi1c_for_details(const struct hfi1c_run *run, size_t index,
		       void (*detail)(void *data, const char *name,
				      const char *text),
		       void *data);

/* hfi1c_matrix_write() - clause, place, case, outcome; 0 or -errno. */
int hfi1c_matrix_write(const struct hfi1c_run *run, const char *path);

#endif
