/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line.
 */
#ifndef HFI1C_RUNNER_OPTIONS_H
#define HFI1C_RUNNER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan.h"
#include "rules.h"

enum hfi1c_report_form {
	HFI1C_REPORT_HUMAN,
	HFI1C_REPORT_KTAP,
	HFI1C_REPORT_JUNIT,
	HFI1C_REPORT_JSON,
	HFI1C_REPORT_FORMS,
};

enum hfi1c_list_what {
	HFI1C_LIST_NOTHING,
	HFI1C_LIST_CASES,
	HFI1C_LIST_GROUPS,
	HFI1C_LIST_COVERAGE,
};

/* A report that was asked for; without a path it goes to stdout. */
struct hfi1c_report_request {
	enum hfi1c_report_form form;
	const char *path;
};

#define HFI1C_MAX_REPORTS 8

struct hfi1c_options {
	const char *device;
	const char *second_device;
	const char *ctl;
	const char *driver; /* NAME or NAME:VERSION, NULL to find out */
	const char *profile; /* "must-pass", "everything" or a file */
	const char *matrix;
	enum hfi1c_list_what list;
	struct hfi1c_rules groups, patterns; /* either may be empty: all */
	struct hfi1c_rules skips, xfails, required;
	struct hfi1c_report_request reports[HFI1C_MAX_REPORTS];
	size_t report_count;
	unsigned int jobs, repeat, timeout_scale;
	unsigned int steps; /* of random sequences, 0: their default */
	uint64_t seed;
	bool exit_on_fail, quick, verbose, allow_missing;
	int color; /* -1: when stdout is a terminal */
};

enum hfi1c_parse_result {
	HFI1C_PARSE_RUN,
	HFI1C_PARSE_DONE, /* --help or --version was answered */
	HFI1C_PARSE_WRONG, /* and stderr says what */
};

enum hfi1c_parse_result hfi1c_options_parse(struct hfi1c_options *options,
					    const struct hfi1c_suite *suite,
					    int argc, char **argv);
void hfi1c_options_free(struct hfi1c_options *options);

#endif
