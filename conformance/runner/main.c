// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "main.h"
#include "report.h"
#include "schedule.h"

/* Runs shorter than this show no progress. */
#define PROGRESS_AFTER 1.0

static const struct hfi1c_reporter *const reporters[HFI1C_REPORT_FORMS] = {
	[HFI1C_REPORT_HUMAN] = &hfi1c_report_human,
	[HFI1C_REPORT_KTAP] = &hfi1c_report_ktap,
	[HFI1C_REPORT_JUNIT] = &hfi1c_report_junit,
	[HFI1C_REPORT_JSON] = &hfi1c_report_json,
};

struct output {
	const struct hfi1c_reporter *reporter;
	const char *path;
	FILE *file;
};

struct session {
	struct hfi1c_run run;
	struct output outputs[HFI1C_MAX_REPORTS];
	size_t output_count;
	double start;
	bool progress; /* stderr is a terminal */
	bool shown;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void clear_progress(struct session *s)
{
	if (s->shown)
		fprintf(stderr, "\r\033[K");
	s->shown = false;
}

static void on_result(void *data, size_t index)
{
	struct session *s = data;
	size_t i;

	clear_progress(s);
	s->run.counts[s->run.records[index].outcome]++;
	for (i = 0; i < s->output_count; i++)
		s->outputs[i].reporter->result(s->outputs[i].file, &s->run,
					       index);
}

static void on_tick(void *data, size_t done)
{
	struct session *s = data;

	if (!s->progress || now() - s->start < PROGRESS_AFTER)
		return;
	fprintf(stderr, "\r\033[K%zu/%zu", done, s->run.plan->count);
	fflush(stderr);
	s->shown = true;
}

static void on_leak(void *data)
{
	struct session *s = data;

	s->run.leaked = true;
}

static int open_outputs(struct session *s, const struct hfi1c_options *o)
{
	struct output *out;
	size_t i;

	for (i = 0; i < o->report_count; i++) {
		out = &s->outputs[s->output_count];
		out->reporter = reporters[o->reports[i].form];
		out->path = o->reports[i].path;
		out->file = out->path ? fopen(out->path, "we") : stdout;
		if (!out->file) {
			fprintf(stderr, "%s: %s\n", out->path, strerror(errno));
			return -errno;
		}
		s->output_count++;
	}
	return 0;
}

/* A report that did not reach the disk is no report. */
static int close_outputs(struct session *s)
{
	struct output *out;
	int ret = 0;
	size_t i;

	for (i = 0; i < s->output_count; i++) {
		out = &s->outputs[i];
		if (!fflush(out->file) && !ferror(out->file) &&
		    (!out->path || !fclose(out->file)))
			continue;
		fprintf(stderr, "%s: the report could not be written: %s\n",
			out->path ? out->path : "standard output",
			strerror(errno));
		ret = -EIO;
	}
	return ret;
}

static void list_cases(const struct hfi1c_plan *plan)
{
	const struct hfi1c_case *test;
	size_t i;

	for (i = 0; i < plan->count; i++) {
		test = plan->entries[i].test;
		printf("%s\t%s\t%s\n", test->name, test->clause, test->doc);
	}
}

static void list_groups(const struct hfi1c_suite *suite)
{
	size_t i;

	for (i = 0; i < suite->group_count; i++)
		printf("%-16s %5zu  %s\n", suite->groups[i]->name,
		       suite->groups[i]->count, suite->groups[i]->doc);
}

static bool unknown(const struct hfi1c_suite *suite, const char *what,
		    const char *pattern)
{
	if (pattern)
		fprintf(stderr, "%s: no %s matches '%s'\n", suite->program,
			what, pattern);
	return pattern;
}

static int check_patterns(const struct hfi1c_suite *suite,
			  const struct hfi1c_options *o)
{
	if (unknown(suite, "group",
		    hfi1c_plan_unknown_group(suite, &o->groups)) ||
	    unknown(suite, "case", hfi1c_plan_unmatched(suite, &o->patterns)))
		return -ENOENT;
	if (o->allow_missing)
		return 0;
	if (unknown(suite, "case", hfi1c_plan_unmatched(suite, &o->skips)) ||
	    unknown(suite, "case", hfi1c_plan_unmatched(suite, &o->xfails)) ||
	    unknown(suite, "case", hfi1c_plan_unmatched(suite, &o->required)))
		return -ENOENT;
	return 0;
}

static bool device_opens(const struct hfi1c_suite *suite, const char *device)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		fprintf(stderr, "%s: %s: %s\n", suite->program, device,
			strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

static int exit_status(const struct session *s, bool reports_lost)
{
	if (reports_lost || hfi1c_bad_count(&s->run))
		return HFI1C_EXIT_FAILURES;
	return hfi1c_run_ran(&s->run) ? 0 : HFI1C_EXIT_NOTHING_RUN;
}

static int run_all(struct session *s, struct hfi1c_record *records)
{
	const struct hfi1c_options *o = s->run.options;
	const struct hfi1c_environment environment = {
		.device = o->device,
		.second_device = o->second_device,
		.ctl = o->ctl,
		.steps = o->steps,
		.suite = s->run.suite,
		.driver = s->run.driver,
	};
	const struct hfi1c_listener listener = { on_result, on_tick, on_leak,
						 s };
	size_t i;
	int ret;

	s->start = now();
	s->progress = isatty(STDERR_FILENO);
	for (i = 0; i < s->output_count; i++)
		s->outputs[i].reporter->begin(s->outputs[i].file, &s->run);
	ret = hfi1c_schedule(s->run.plan, records, o, &environment, &listener);
	clear_progress(s);
	if (ret) {
		fprintf(stderr, "%s: cannot run cases: %s\n",
			s->run.suite->program, strerror(-ret));
		return ret;
	}
	s->run.seconds = now() - s->start;
	for (i = 0; i < s->output_count; i++)
		s->outputs[i].reporter->end(s->outputs[i].file, &s->run);
	return 0;
}

static int run_session(const struct hfi1c_suite *suite,
		       const struct hfi1c_options *o,
		       const struct hfi1c_driver *driver,
		       const struct hfi1c_plan *plan)
{
	struct hfi1c_record *records = hfi1c_records_map(plan->count + 1);
	struct session s = {
		.run = { .suite = suite,
			 .options = o,
			 .plan = plan,
			 .records = records,
			 .driver = driver,
			 .device = o->device },
	};
	int ret, lost;

	if (!records) {
		fprintf(stderr, "%s: not enough memory\n", suite->program);
		return HFI1C_EXIT_FAILURES;
	}
	ret = open_outputs(&s, o);
	if (!ret)
		ret = run_all(&s, records);
	if (!ret && o->matrix && (ret = hfi1c_matrix_write(&s.run, o->matrix)))
		fprintf(stderr, "%s: %s\n", o->matrix, strerror(-ret));
	lost = close_outputs(&s);
	ret = exit_status(&s, ret || lost);
	hfi1c_records_unmap(records, plan->count + 1);
	return ret;
}

/* A suite that could not tell its own cases apart does not run. */
static bool sound(const struct hfi1c_suite *suite)
{
	const char *name;

	if (hfi1c_plan_repeated(suite, &name))
		fprintf(stderr, "%s: not enough memory\n", suite->program);
	else if (name)
		fprintf(stderr, "%s: two cases are called '%s'\n",
			suite->program, name);
	else
		return true;
	return false;
}

static int list_or_run(const struct hfi1c_suite *suite,
		       const struct hfi1c_options *o)
{
	struct hfi1c_driver driver = { .name = "unknown" };
	struct hfi1c_plan plan;
	int ret = 0;

	if (o->list == HFI1C_LIST_GROUPS) {
		list_groups(suite);
		return 0;
	}
	if (o->list == HFI1C_LIST_COVERAGE) {
		if (suite->coverage)
			suite->coverage(stdout);
		return 0;
	}
	if (!o->list)
		hfi1c_driver_find(&driver, o, suite->module);
	if (hfi1c_plan_make(&plan, suite, o, &driver)) {
		fprintf(stderr, "%s: not enough memory\n", suite->program);
		return HFI1C_EXIT_FAILURES;
	}
	if (o->list)
		list_cases(&plan);
	else if (!device_opens(suite, o->device))
		ret = HFI1C_EXIT_NOTHING_RUN;
	else
		ret = run_session(suite, o, &driver, &plan);
	hfi1c_plan_free(&plan);
	return ret;
}

int hfi1c_main(const struct hfi1c_suite *suite, int argc, char **argv)
{
	struct hfi1c_options o;
	int ret;

	switch (hfi1c_options_parse(&o, suite, argc, argv)) {
	case HFI1C_PARSE_DONE:
		ret = 0;
		break;
	case HFI1C_PARSE_WRONG:
		ret = HFI1C_EXIT_USAGE;
		break;
	default:
		if (o.color < 0)
			o.color = isatty(STDOUT_FILENO);
		if (!sound(suite))
			ret = HFI1C_EXIT_FAILURES;
		else if (check_patterns(suite, &o))
			ret = HFI1C_EXIT_USAGE;
		else
			ret = list_or_run(suite, &o);
	}
	hfi1c_options_free(&o);
	return ret;
}
