// SPDX-License-Identifier: BSD-3-Clause
/*
 * KTAP, version 1, as the kernel's Documentation/dev-tools/ktap.rst has it: a
 * subtest per group, directives for what is neither ok nor not ok.  Known
 * failures are "ok # XFAIL", as the kernel's own kselftest.h prints them.
 */
#include "report.h"

static size_t group_size(const struct hfi1c_plan *plan, size_t first)
{
	size_t n = 1;

	while (!hfi1c_last_of_group(plan, first + n - 1))
		n++;
	return n;
}

static size_t group_number(const struct hfi1c_plan *plan, size_t index)
{
	size_t i, n = 1;

	for (i = 0; i < index; i++)
		n += hfi1c_last_of_group(plan, i);
	return n;
}

static void begin(FILE *out, const struct hfi1c_run *run)
{
	size_t groups = 0;

	if (run->plan->count)
		groups = group_number(run->plan, run->plan->count - 1);
	fprintf(out, "KTAP version 1\n# driver %s %s on %s\n1..%zu\n",
		run->driver->name, run->driver->version, run->device, groups);
}

static void print_detail(void *data, const char *name, const char *text)
{
	fprintf(data, "  # %s: ", name);
	for (; *text; text++)
		fputc(*text == '\n' ? ' ' : *text, data);
	fputc('\n', data);
}

static const char *directive(enum hfi1c_outcome outcome)
{
	switch (outcome) {
	case HFI1C_SKIPPED:
	case HFI1C_NOT_RUN:
	case HFI1C_NOT_SUPPORTED:
		return "SKIP";
	case HFI1C_EXPECTED_FAILURE:
	case HFI1C_DEVIATION:
		return "XFAIL";
	case HFI1C_TIMED_OUT:
		return "TIMEOUT";
	case HFI1C_CRASHED:
	case HFI1C_BROKEN:
		return "ERROR";
	default:
		return NULL;
	}
}

/* A '#' would start a directive of its own. */
static void print_plain(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text == '#' || *text == '\n' ? ' ' : *text, out);
}

static void print_case(FILE *out, const struct hfi1c_run *run, size_t index)
{
	const struct hfi1c_record *r = &run->records[index];
	const char *word = directive(r->outcome);
	bool ok = !hfi1c_outcome_is_bad(r->outcome);

	if (!ok || r->reason[0])
		hfi1c_for_details(run, index, print_detail, out);
	fprintf(out, "  %s %zu %s", ok ? "ok" : "not ok",
		index - hfi1c_first_of_group(run->plan, index) + 1,
		run->plan->entries[index].test->name);
	if (word) {
		fprintf(out, " # %s %s: ", word,
			hfi1c_outcome_name(r->outcome));
		print_plain(out, r->reason[0] ? r->reason : r->text);
	}
	fputc('\n', out);
}

static void result(FILE *out, const struct hfi1c_run *run, size_t index)
{
	const struct hfi1c_plan *plan = run->plan;
	size_t first = hfi1c_first_of_group(plan, index), i;
	bool bad = false;

	if (index == first)
		fprintf(out, "  KTAP version 1\n  # Subtest: %s\n  1..%zu\n",
			plan->entries[index].group->name,
			group_size(plan, first));
	print_case(out, run, index);
	if (!hfi1c_last_of_group(plan, index))
		return;
	for (i = first; i <= index; i++)
		bad |= hfi1c_outcome_is_bad(run->records[i].outcome);
	fprintf(out, "%s %zu %s\n", bad ? "not ok" : "ok",
		group_number(plan, index), plan->entries[index].group->name);
	fflush(out);
}

static void end(FILE *out, const struct hfi1c_run *run)
{
	if (run->leaked)
		fprintf(out, "Bail out! contexts are missing\n");
	fprintf(out,
		"# pass:%zu fail:%zu skip:%zu unsupported:%zu "
		"deviation:%zu\n",
		run->counts[HFI1C_PASSED], hfi1c_bad_count(run),
		run->counts[HFI1C_SKIPPED], run->counts[HFI1C_NOT_SUPPORTED],
		run->counts[HFI1C_DEVIATION]);
}

const struct hfi1c_reporter hfi1c_report_ktap = { begin, result, end };
