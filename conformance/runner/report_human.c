// SPDX-License-Identifier: BSD-3-Clause
/*
 * For people: a line per group, every failure in full, one line of totals.
 */
#include <string.h>

#include "report.h"

#define RED    31
#define GREEN  32
#define YELLOW 33

static void paint(FILE *out, const struct hfi1c_run *run, int color,
		  const char *text)
{
	if (run->options->color > 0)
		fprintf(out, "\033[%dm%s\033[0m", color, text);
	else
		fprintf(out, "%s", text);
}

static void begin(FILE *out, const struct hfi1c_run *run)
{
	fprintf(out, "driver %s%s%s on %s, %zu cases, seed %llu\n",
		run->driver->name, run->driver->version[0] ? " " : "",
		run->driver->version, run->device, run->plan->count,
		(unsigned long long)run->options->seed);
}

static void print_counts(FILE *out, const struct hfi1c_run *run, size_t first,
			 size_t last)
{
	size_t counts[HFI1C_OUTCOMES] = { 0 }, i;
	const char *separator = "";

	for (i = first; i <= last; i++)
		counts[run->records[i].outcome]++;
	for (i = 0; i < HFI1C_OUTCOMES; i++) {
		if (!counts[i])
			continue;
		fprintf(out, "%s%zu %s", separator, counts[i],
			hfi1c_outcome_name(i));
		separator = ", ";
	}
	fprintf(out, "\n");
}

static bool group_is_bad(const struct hfi1c_run *run, size_t first, size_t last)
{
	size_t i;

	for (i = first; i <= last; i++)
		if (hfi1c_outcome_is_bad(run->records[i].outcome))
			return true;
	return false;
}

static void print_detail(void *data, const char *name, const char *text)
{
	fprintf(data, "      %-9s %s\n", name, text);
}

/* What is worth more than its count. */
static bool deserves_details(enum hfi1c_outcome outcome)
{
	return hfi1c_outcome_is_bad(outcome) || outcome == HFI1C_DEVIATION ||
	       outcome == HFI1C_EXPECTED_FAILURE;
}

static void print_case(FILE *out, const struct hfi1c_run *run, size_t index)
{
	const struct hfi1c_record *r = &run->records[index];
	bool bad = hfi1c_outcome_is_bad(r->outcome);
	const char *name = hfi1c_outcome_name(r->outcome);

	if (!deserves_details(r->outcome) && !run->options->verbose)
		return;
	fprintf(out, "    ");
	paint(out, run,
	      bad			 ? RED :
	      r->outcome == HFI1C_PASSED ? GREEN :
					   YELLOW,
	      name);
	fprintf(out, " %s\n", run->plan->entries[index].test->name);
	if (deserves_details(r->outcome))
		hfi1c_for_details(run, index, print_detail, out);
	else if (r->text[0])
		print_detail(out, "because", r->text);
}

/* A group is printed when its last case is done. */
static void result(FILE *out, const struct hfi1c_run *run, size_t index)
{
	size_t first, i;

	if (!hfi1c_last_of_group(run->plan, index))
		return;
	first = hfi1c_first_of_group(run->plan, index);
	if (group_is_bad(run, first, index))
		paint(out, run, RED, "not ok ");
	else
		paint(out, run, GREEN, "ok     ");
	fprintf(out, "%-16s ", run->plan->entries[index].group->name);
	print_counts(out, run, first, index);
	for (i = first; i <= index; i++)
		print_case(out, run, i);
	fflush(out);
}

/* Why cases were not judged, each reason once with its number of cases. */
static void print_reasons(FILE *out, const struct hfi1c_run *run,
			  enum hfi1c_outcome outcome)
{
	const struct hfi1c_record *r = run->records;
	size_t i, j, n;

	for (i = 0; i < run->plan->count; i++) {
		if (r[i].outcome != outcome)
			continue;
		for (j = 0; j < i; j++)
			if (r[j].outcome == outcome &&
			    !strcmp(r[j].text, r[i].text))
				break;
		if (j < i)
			continue;
		for (n = 0, j = i; j < run->plan->count; j++)
			n += r[j].outcome == outcome &&
			     !strcmp(r[j].text, r[i].text);
		fprintf(out, "%s: %zu: %s\n", hfi1c_outcome_name(outcome), n,
			r[i].text);
	}
}

static void print_extra(FILE *out, const struct hfi1c_run *run,
			enum hfi1c_outcome outcome)
{
	if (run->counts[outcome])
		fprintf(out, "%s: %zu\n", hfi1c_outcome_name(outcome),
			run->counts[outcome]);
}

static void end(FILE *out, const struct hfi1c_run *run)
{
	print_reasons(out, run, HFI1C_SKIPPED);
	print_reasons(out, run, HFI1C_NOT_SUPPORTED);
	print_extra(out, run, HFI1C_CRASHED);
	print_extra(out, run, HFI1C_TIMED_OUT);
	print_extra(out, run, HFI1C_BROKEN);
	print_extra(out, run, HFI1C_UNEXPECTED_PASS);
	print_extra(out, run, HFI1C_EXPECTED_FAILURE);
	print_extra(out, run, HFI1C_NOT_RUN);
	if (run->leaked)
		fprintf(out, "failed: contexts are missing after cases that "
			     "ran side by side; -j 1 names the case\n");
	fprintf(out, "judged %s%s%s on %s in %.1f s\n", run->driver->name,
		run->driver->version[0] ? " " : "", run->driver->version,
		run->device, run->seconds);
	fprintf(out,
		"conformance: %zu passed, %zu failed, %zu skipped, "
		"%zu not supported, %zu deviations\n",
		run->counts[HFI1C_PASSED], hfi1c_bad_count(run),
		run->counts[HFI1C_SKIPPED], run->counts[HFI1C_NOT_SUPPORTED],
		run->counts[HFI1C_DEVIATION]);
}

const struct hfi1c_reporter hfi1c_report_human = { begin, result, end };
