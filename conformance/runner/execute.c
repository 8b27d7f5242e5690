// SPDX-License-Identifier: BSD-3-Clause
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"
#include "execute.h"
#include "leaks.h"

#define DEFAULT_TIMEOUT 10

/* What the test function below runs; libcheck passes it one integer only. */
static const struct hfi1c_case *test;
static struct hfi1c_record *record;
static const struct hfi1c_environment *environment;

START_TEST(run_case)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	hfi1c_verdict_enter(record, environment);
	hfi1c_leaks_begin();
	test->run(test);
	hfi1c_leaks_end();
	record->outcome = HFI1C_PASSED;
}
END_TEST

/* FNV-1a, so that a case draws the same numbers whatever else is selected. */
static uint64_t seed_of(const char *name, uint64_t seed,
			unsigned int repetition)
{
	uint64_t h = 0xcbf29ce484222325ULL ^ seed;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3ULL;
	return h + repetition;
}

/* Interprets libcheck's result of a case that left without a verdict. */
static void judge_end(TestResult *tr, unsigned int limit)
{
	const char *text = "left without a verdict";

	if (tr_rtype(tr) != CK_PASS && tr_msg(tr))
		text = tr_msg(tr);
	if (strstr(text, "timeout expired"))
		hfi1c_record_set(record, HFI1C_TIMED_OUT,
				 "not finished after %u s", limit);
	else
		hfi1c_record_set(record, HFI1C_CRASHED, "%s", text);
}

static void run_once(unsigned int limit)
{
	Suite *suite = suite_create("conformance");
	TCase *tcase = tcase_create(test->name);
	SRunner *runner = srunner_create(suite);
	TestResult **results;

	tcase_add_test(tcase, run_case);
	tcase_set_timeout(tcase, limit);
	suite_add_tcase(suite, tcase);
	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_SILENT);
	results = srunner_results(runner);
	if (record->claimed != HFI1C_CLAIM_DONE &&
	    (tr_rtype(results[0]) != CK_PASS ||
	     record->outcome != HFI1C_PASSED))
		judge_end(results[0], limit);
	free(results);
	srunner_free(runner);
}

static void run_watched(unsigned int limit, bool alone)
{
	int before = alone ? hfi1c_free_contexts(environment->device) : -1;

	run_once(limit);
	if (hfi1c_contexts_return(environment->device, before))
		return;
	if (record->outcome == HFI1C_PASSED)
		hfi1c_record_set(record, HFI1C_FAILED,
				 "contexts are not free again after the case: "
				 "%d before, %d now",
				 before,
				 hfi1c_free_contexts(environment->device));
}

static const char *unmet_need(const struct hfi1c_environment *e,
			      unsigned int needs)
{
	if ((needs & HFI1C_NEEDS_CTL) && !e->ctl)
		return "needs --ctl, a command that injects faults";
	if ((needs & (HFI1C_NEEDS_ROOT | HFI1C_NEEDS_SECOND_USER)) && geteuid())
		return "needs root";
	if ((needs & HFI1C_NEEDS_TWO_UNITS) && !e->second_device)
		return "needs a second unit";
	return NULL;
}

/* The profile turns a silent gap into a failure. */
static void apply_profile(const struct hfi1c_entry *entry)
{
	char why[HFI1C_TEXT_SIZE];

	if (!entry->required || record->outcome != HFI1C_SKIPPED)
		return;
	snprintf(why, sizeof(why), "%s", record->text);
	hfi1c_record_set(record, HFI1C_FAILED,
			 "the profile requires this case, but it is skipped: "
			 "%.900s",
			 why);
}

/* A failure that is known is not a failure; a pass that is not known is one. */
static void apply_expectations(const struct hfi1c_entry *entry)
{
	bool bad = hfi1c_outcome_is_bad(record->outcome);

	if (bad && record->outcome != HFI1C_BROKEN && entry->deviation) {
		record->outcome = HFI1C_DEVIATION;
		snprintf(record->reason, sizeof(record->reason),
			 "%.60s: %.180s", entry->deviation->id,
			 entry->deviation->what);
	} else if (bad && entry->xfail) {
		record->outcome = HFI1C_EXPECTED_FAILURE;
		snprintf(record->reason, sizeof(record->reason), "%s",
			 entry->xfail);
	} else if (record->outcome == HFI1C_PASSED && entry->xfail) {
		hfi1c_record_set(record, HFI1C_UNEXPECTED_PASS,
				 "passed, but was expected to fail: %.900s",
				 entry->xfail);
	}
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

static void run_repeatedly(const struct hfi1c_options *o, bool alone)
{
	unsigned int limit = test->timeout ? test->timeout : DEFAULT_TIMEOUT;
	unsigned int i;

	for (i = 1; i <= o->repeat; i++) {
		hfi1c_record_clear(record);
		record->worker = getpid();
		record->repetition = i;
		record->seed = seed_of(test->name, o->seed, i - 1);
		run_watched(limit * o->timeout_scale, alone);
		if (record->outcome != HFI1C_PASSED)
			break;
	}
}

void hfi1c_execute(const struct hfi1c_entry *entry, struct hfi1c_record *r,
		   const struct hfi1c_options *o,
		   const struct hfi1c_environment *e, bool alone)
{
	const char *unmet = unmet_need(e, entry->test->needs);
	uint64_t start = now_us();

	test = entry->test;
	record = r;
	environment = e;
	if (entry->skip || unmet)
		hfi1c_record_set(r, HFI1C_SKIPPED, "%s",
				 entry->skip ? entry->skip : unmet);
	else
		run_repeatedly(o, alone);
	if (!entry->skip)
		apply_profile(entry);
	apply_expectations(entry);
	r->duration_us = now_us() - start;
}
