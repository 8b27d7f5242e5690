// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "options.h"
#include "plan.h"
#include "verdict.h"

static bool selected(const struct hfi1c_options *o,
		     const struct hfi1c_group *group,
		     const struct hfi1c_case *test)
{
	if (o->groups.count && !hfi1c_rules_find(&o->groups, group->name))
		return false;
	return !o->patterns.count || hfi1c_rules_find(&o->patterns, test->name);
}

static bool required(const struct hfi1c_options *o,
		     const struct hfi1c_case *test)
{
	unsigned int special = HFI1C_NEEDS_CTL | HFI1C_NEEDS_ROOT |
			       HFI1C_NEEDS_TWO_UNITS | HFI1C_NEEDS_SECOND_USER;

	if (!o->profile)
		return false;
	if (!strcmp(o->profile, "everything"))
		return true;
	if (!strcmp(o->profile, "must-pass"))
		return !(test->needs & special);
	return hfi1c_rules_find(&o->required, test->name);
}

static bool deviation_names(const struct hfi1c_deviation *d, const char *name)
{
	const char *const *pattern;

	for (pattern = d->cases; *pattern; pattern++)
		if (!fnmatch(*pattern, name, 0))
			return true;
	return false;
}

const struct hfi1c_deviation *
hfi1c_plan_deviation(const struct hfi1c_suite *suite,
		     const struct hfi1c_driver *who, const char *name)
{
	const struct hfi1c_deviation *d;
	size_t i;

	for (i = 0; i < suite->deviation_count; i++) {
		d = &suite->deviations[i];
		if (hfi1c_driver_matches(who, d->driver, d->versions) &&
		    deviation_names(d, name))
			return d;
	}
	return NULL;
}

bool hfi1c_deviates(const char *name)
{
	const struct hfi1c_environment *e = hfi1c_environment();

	return hfi1c_plan_deviation(e->suite, e->driver, name);
}

static bool group_deviates(const struct hfi1c_group *group, const char *clause)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		if (!strcmp(group->cases[i].clause, clause) &&
		    hfi1c_deviates(group->cases[i].name))
			return true;
	return false;
}

bool hfi1c_deviates_from(const char *clause)
{
	const struct hfi1c_suite *suite = hfi1c_environment()->suite;
	size_t i;

	for (i = 0; i < suite->group_count; i++)
		if (group_deviates(suite->groups[i], clause))
			return true;
	return false;
}

static void fill(struct hfi1c_entry *e, const struct hfi1c_suite *suite,
		 const struct hfi1c_options *o, const struct hfi1c_driver *who)
{
	const char *name = e->test->name;

	e->skip = hfi1c_rules_find(&o->skips, name);
	if (!e->skip && o->quick && (e->test->needs & HFI1C_NEEDS_SLOW))
		e->skip = "takes seconds, and --quick was given";
	e->xfail = hfi1c_rules_find(&o->xfails, name);
	e->deviation = hfi1c_plan_deviation(suite, who, name);
	e->required = required(o, e->test);
}

static size_t count_all(const struct hfi1c_suite *suite)
{
	size_t i, n = 0;

	for (i = 0; i < suite->group_count; i++)
		n += suite->groups[i]->count;
	return n;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int hfi1c_plan_repeated(const struct hfi1c_suite *suite, const char **name)
{
	size_t i, j, n = 0, all = count_all(suite);
	const char **names = calloc(all + 1, sizeof(*names));

	*name = NULL;
	if (!names)
		return -ENOMEM;
	for (i = 0; i < suite->group_count; i++)
		for (j = 0; j < suite->groups[i]->count; j++)
			names[n++] = suite->groups[i]->cases[j].name;
	qsort(names, all, sizeof(*names), by_name);
	for (i = 1; i < all && !*name; i++)
		if (!strcmp(names[i - 1], names[i]))
			*name = names[i];
	free(names);
	return 0;
}

int hfi1c_plan_make(struct hfi1c_plan *plan, const struct hfi1c_suite *suite,
		    const struct hfi1c_options *o,
		    const struct hfi1c_driver *who)
{
	const struct hfi1c_group *group;
	struct hfi1c_entry *e;
	size_t i, j;

	plan->count = 0;
	plan->entries = calloc(count_all(suite) + 1, sizeof(*plan->entries));
	if (!plan->entries)
		return -ENOMEM;
	for (i = 0; i < suite->group_count; i++) {
		group = suite->groups[i];
		for (j = 0; j < group->count; j++) {
			if (!selected(o, group, &group->cases[j]))
				continue;
			e = &plan->entries[plan->count++];
			e->test = &group->cases[j];
			e->group = group;
			fill(e, suite, o, who);
		}
	}
	return 0;
}

void hfi1c_plan_free(struct hfi1c_plan *plan)
{
	free(plan->entries);
	plan->entries = NULL;
	plan->count = 0;
}

static bool rule_matches_any(const struct hfi1c_suite *suite,
			     const char *pattern)
{
	const struct hfi1c_group *group;
	size_t i, j;

	for (i = 0; i < suite->group_count; i++) {
		group = suite->groups[i];
		for (j = 0; j < group->count; j++)
			if (!fnmatch(pattern, group->cases[j].name, 0))
				return true;
	}
	return false;
}

const char *hfi1c_plan_unmatched(const struct hfi1c_suite *suite,
				 const struct hfi1c_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (!rule_matches_any(suite, rules->list[i].pattern))
			return rules->list[i].pattern;
	return NULL;
}

static bool group_exists(const struct hfi1c_suite *suite, const char *pattern)
{
	size_t i;

	for (i = 0; i < suite->group_count; i++)
		if (!fnmatch(pattern, suite->groups[i]->name, 0))
			return true;
	return false;
}

const char *hfi1c_plan_unknown_group(const struct hfi1c_suite *suite,
				     const struct hfi1c_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (!group_exists(suite, rules->list[i].pattern))
			return rules->list[i].pattern;
	return NULL;
}

const struct hfi1c_clause *hfi1c_clause_find(const struct hfi1c_suite *suite,
					     const char *id, size_t length)
{
	size_t i;

	for (i = 0; i < suite->clause_count; i++)
		if (strlen(suite->clauses[i].id) == length &&
		    !strncmp(suite->clauses[i].id, id, length))
			return &suite->clauses[i];
	return NULL;
}

size_t hfi1c_clause_next(const char **at, const char **from)
{
	size_t length;

	*from = *at + strspn(*at, " ");
	length = strcspn(*from, " ");
	*at = *from + length;
	return length;
}
