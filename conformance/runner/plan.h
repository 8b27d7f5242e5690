/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The plan: which cases run, and what is known about them beforehand.
 */
#ifndef HFI1C_RUNNER_PLAN_H
#define HFI1C_RUNNER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../case.h"
#include "../tables.h"
#include "record.h"

/**
 * struct hfi1c_suite - everything there is
 * @program:   its name, for messages
 * @interface: what it judges drivers of
 * @device:    node that is judged unless the user names another
 * @module:    driver there is reason to suspect when nobody tells it, or NULL
 * @ctl:       variable of the environment with a command for faults, or NULL
 * @groups, @group_count:         all groups, in the order of the report
 * @clauses, @clause_count:       the spec's clauses; may be empty
 * @deviations, @deviation_count: known differences of other drivers
 * @coverage: prints which ordered checks have cases; may be NULL
 */
struct hfi1c_suite {
	const char *program;
	const char *interface;
	const char *device;
	const char *module;
	const char *ctl;
	const struct hfi1c_group *const *groups;
	size_t group_count;
	const struct hfi1c_clause *clauses;
	size_t clause_count;
	const struct hfi1c_deviation *deviations;
	size_t deviation_count;
	void (*coverage)(FILE *out);
};

/**
 * struct hfi1c_entry - a case that was selected
 * @test:      the case
 * @group:     its group
 * @skip:      why the user wants it left out, or NULL
 * @xfail:     why it is expected to fail, or NULL
 * @deviation: the driver's known difference it shows, or NULL
 * @required:  the profile says that it must run
 */
struct hfi1c_entry {
	const struct hfi1c_case *test;
	const struct hfi1c_group *group;
	const char *skip;
	const char *xfail;
	const struct hfi1c_deviation *deviation;
	bool required;
};

struct hfi1c_plan {
	struct hfi1c_entry *entries;
	size_t count;
};

struct hfi1c_driver;
struct hfi1c_options;
struct hfi1c_rules;

/* hfi1c_plan_make() - select and mark, in the suite's order; 0 or -ENOMEM. */
int hfi1c_plan_make(struct hfi1c_plan *plan, const struct hfi1c_suite *suite,
		    const struct hfi1c_options *options,
		    const struct hfi1c_driver *driver);
void hfi1c_plan_free(struct hfi1c_plan *plan);

/*
 * hfi1c_plan_repeated() - a name that two cases have; 0 or -ENOMEM.
 *
 * *@name is NULL if there is none.  Reports, deviations and skip lists know
 * cases by name alone.
 */
int hfi1c_plan_repeated(const struct hfi1c_suite *suite, const char **name);

/* hfi1c_plan_deviation() - what is known of @who in the case, or NULL. */
const struct hfi1c_deviation *
hfi1c_plan_deviation(const struct hfi1c_suite *suite,
		     const struct hfi1c_driver *who, const char *name);

/* hfi1c_plan_unmatched() - the first pattern that names no case, or NULL. */
const char *hfi1c_plan_unmatched(const struct hfi1c_suite *suite,
				 const struct hfi1c_rules *rules);

/* hfi1c_plan_unknown_group() - the first pattern that names no group. */
const char *hfi1c_plan_unknown_group(const struct hfi1c_suite *suite,
				     const struct hfi1c_rules *rules);

/* hfi1c_clause_find() - by id; NULL when the spec has no such clause. */
const struct hfi1c_clause *hfi1c_clause_find(const struct hfi1c_suite *suite,
					     const char *id, size_t length);

/*
 * hfi1c_clause_next() - walk the blank-separated ids of a case.
 *
 * Start with *@at at the string; returns the length of the id at *@from, or 0
 * when there is none left.
 */
size_t hfi1c_clause_next(const char **at, const char **from);

#endif
