// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "options.h"

/* The program that parses; every message starts with its name. */
static const char *program = "";

static const char usage[] =
	"\n"
	"What to judge:\n"
	"  -d, --device PATH       the device\n"
	"      --second-device PATH  another unit, for cases that need two\n"
	"      --ctl COMMAND       command prefix that injects faults\n"
	"      --driver NAME[:VERSION[@KERNEL]]  do not find out the driver\n"
	"\n"
	"Which cases:\n"
	"  -l, --list              list the selected cases, run nothing\n"
	"      --list-groups       list the groups, run nothing\n"
	"      --coverage          show which ordered checks have cases\n"
	"  -g, --group NAME        only this group (again for more)\n"
	"  -t, --test PATTERN      only cases that match (again for more)\n"
	"  -s, --skip FILE|PATTERN[:REASON]  leave cases out\n"
	"  -x, --expect-fail FILE  cases that are expected to fail\n"
	"      --profile must-pass|everything|FILE  cases that must not be\n"
	"                          skipped: all that need nothing special, all,\n"
	"                          or the patterns of a file\n"
	"      --quick             leave out cases that take seconds\n"
	"\n"
	"How:\n"
	"  -j, --jobs N            cases at a time (default 1)\n"
	"      --seed N|random     for cases that draw (default 1)\n"
	"      --repeat N          run each case up to N times, until it fails\n"
	"      --steps N           length of the random sequences of group model\n"
	"      --timeout-scale N   multiply all time limits\n"
	"      --exit-on-fail      stop at the first failure\n"
	"      --allow-missing     ignore patterns that match no case\n"
	"\n"
	"What to say:\n"
	"      --report human|ktap|junit|json[:FILE]  (again for more)\n"
	"      --matrix FILE       clauses of the spec and the cases on them\n"
	"      --color auto|always|never\n"
	"  -v, --verbose           name every case in the human report\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 all as it should be, 1 failures, 2 wrong usage,\n"
	"77 nothing could be run.\n";

enum {
	OPT_CTL = 256,
	OPT_SECOND,
	OPT_DRIVER,
	OPT_LIST_GROUPS,
	OPT_COVERAGE,
	OPT_PROFILE,
	OPT_QUICK,
	OPT_SEED,
	OPT_REPEAT,
	OPT_STEPS,
	OPT_SCALE,
	OPT_EXIT_ON_FAIL,
	OPT_ALLOW_MISSING,
	OPT_REPORT,
	OPT_MATRIX,
	OPT_COLOR,
};

static const struct option long_options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "second-device", required_argument, NULL, OPT_SECOND },
	{ "ctl", required_argument, NULL, OPT_CTL },
	{ "driver", required_argument, NULL, OPT_DRIVER },
	{ "list", no_argument, NULL, 'l' },
	{ "list-groups", no_argument, NULL, OPT_LIST_GROUPS },
	{ "coverage", no_argument, NULL, OPT_COVERAGE },
	{ "group", required_argument, NULL, 'g' },
	{ "test", required_argument, NULL, 't' },
	{ "skip", required_argument, NULL, 's' },
	{ "expect-fail", required_argument, NULL, 'x' },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "quick", no_argument, NULL, OPT_QUICK },
	{ "jobs", required_argument, NULL, 'j' },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "repeat", required_argument, NULL, OPT_REPEAT },
	{ "steps", required_argument, NULL, OPT_STEPS },
	{ "timeout-scale", required_argument, NULL, OPT_SCALE },
	{ "exit-on-fail", no_argument, NULL, OPT_EXIT_ON_FAIL },
	{ "allow-missing", no_argument, NULL, OPT_ALLOW_MISSING },
	{ "report", required_argument, NULL, OPT_REPORT },
	{ "matrix", required_argument, NULL, OPT_MATRIX },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int wrong(const char *what, const char *value)
{
	fprintf(stderr, "%s: %s: '%s'\n", program, what, value);
	return -EINVAL;
}

static int parse_u64(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno || end == text || *end || strchr(text, '-'))
		return wrong("not a number", text);
	return 0;
}

static int parse_count(const char *text, unsigned int max, unsigned int *value)
{
	uint64_t n;

	if (parse_u64(text, &n))
		return -EINVAL;
	if (!n || n > max)
		return wrong("out of range", text);
	*value = n;
	return 0;
}

static int parse_seed(const char *text, uint64_t *seed)
{
	if (strcmp(text, "random"))
		return parse_u64(text, seed);
	if (getrandom(seed, sizeof(*seed), 0) != sizeof(*seed))
		return wrong("no random numbers", text);
	return 0;
}

static int parse_report(struct hfi1c_options *o, const char *text)
{
	static const char *const forms[HFI1C_REPORT_FORMS] = {
		[HFI1C_REPORT_HUMAN] = "human",
		[HFI1C_REPORT_KTAP] = "ktap",
		[HFI1C_REPORT_JUNIT] = "junit",
		[HFI1C_REPORT_JSON] = "json",
	};
	size_t length = strcspn(text, ":");
	unsigned int i;

	if (o->report_count == HFI1C_MAX_REPORTS)
		return wrong("too many reports", text);
	for (i = 0; i < HFI1C_REPORT_FORMS; i++) {
		if (strlen(forms[i]) != length ||
		    strncmp(forms[i], text, length))
			continue;
		o->reports[o->report_count].form = i;
		o->reports[o->report_count].path =
			text[length] ? text + length + 1 : NULL;
		o->report_count++;
		return 0;
	}
	return wrong("no such report (human, ktap, junit, json)", text);
}

static int parse_skip(struct hfi1c_options *o, const char *text)
{
	const char *reason = strchr(text, ':');
	char *pattern;
	int ret;

	if (strchr(text, '/') || !access(text, F_OK))
		return hfi1c_rules_read(&o->skips, text, true);
	pattern = strndup(text, strcspn(text, ":"));
	if (!pattern)
		return -ENOMEM;
	ret = hfi1c_rules_add(&o->skips, pattern,
			      reason && reason[1] ? reason + 1 :
						    "left out on request");
	free(pattern);
	return ret;
}

static int parse_profile(struct hfi1c_options *o, const char *text)
{
	o->profile = text;
	if (!strcmp(text, "must-pass") || !strcmp(text, "everything"))
		return 0;
	return hfi1c_rules_read(&o->required, text, false);
}

static int parse_color(struct hfi1c_options *o, const char *text)
{
	if (!strcmp(text, "auto"))
		o->color = -1;
	else if (!strcmp(text, "always"))
		o->color = 1;
	else if (!strcmp(text, "never"))
		o->color = 0;
	else
		return wrong("not auto, always or never", text);
	return 0;
}

/* Options whose argument is only stored, or that have none. */
static int store_simple(struct hfi1c_options *o, int option, const char *arg)
{
	switch (option) {
	case 'd':
		o->device = arg;
		return 0;
	case 'l':
		o->list = HFI1C_LIST_CASES;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case OPT_SECOND:
		o->second_device = arg;
		return 0;
	case OPT_CTL:
		o->ctl = arg;
		return 0;
	case OPT_DRIVER:
		o->driver = arg;
		return 0;
	case OPT_LIST_GROUPS:
		o->list = HFI1C_LIST_GROUPS;
		return 0;
	case OPT_COVERAGE:
		o->list = HFI1C_LIST_COVERAGE;
		return 0;
	case OPT_QUICK:
		o->quick = true;
		return 0;
	case OPT_EXIT_ON_FAIL:
		o->exit_on_fail = true;
		return 0;
	case OPT_ALLOW_MISSING:
		o->allow_missing = true;
		return 0;
	case OPT_MATRIX:
		o->matrix = arg;
		return 0;
	}
	return -EINVAL;
}

static int store(struct hfi1c_options *o, int option, const char *arg)
{
	switch (option) {
	case 'g':
		return hfi1c_rules_add(&o->groups, arg, "");
	case 't':
		return hfi1c_rules_add(&o->patterns, arg, "");
	case 's':
		return parse_skip(o, arg);
	case 'x':
		return hfi1c_rules_read(&o->xfails, arg, true);
	case 'j':
		return parse_count(arg, 64, &o->jobs);
	case OPT_PROFILE:
		return parse_profile(o, arg);
	case OPT_SEED:
		return parse_seed(arg, &o->seed);
	case OPT_REPEAT:
		return parse_count(arg, INT_MAX, &o->repeat);
	case OPT_STEPS:
		return parse_count(arg, INT_MAX, &o->steps);
	case OPT_SCALE:
		return parse_count(arg, 1000, &o->timeout_scale);
	case OPT_REPORT:
		return parse_report(o, arg);
	case OPT_COLOR:
		return parse_color(o, arg);
	}
	return store_simple(o, option, arg);
}

static void help(const struct hfi1c_suite *suite)
{
	printf("Usage: %s [OPTION...]\n"
	       "Judges a driver of %s by its spec.\n"
	       "The device is %s unless --device names another",
	       suite->program, suite->interface, suite->device);
	if (suite->ctl)
		printf("; $%s stands for --ctl", suite->ctl);
	printf(".\n%s", usage);
}

static void set_defaults(struct hfi1c_options *o,
			 const struct hfi1c_suite *suite)
{
	program = suite->program;
	memset(o, 0, sizeof(*o));
	o->device = suite->device;
	o->ctl = suite->ctl ? getenv(suite->ctl) : NULL;
	if (o->ctl && !*o->ctl)
		o->ctl = NULL;
	o->jobs = 1;
	o->repeat = 1;
	o->timeout_scale = 1;
	o->seed = 1;
	o->color = -1;
}

enum hfi1c_parse_result hfi1c_options_parse(struct hfi1c_options *o,
					    const struct hfi1c_suite *suite,
					    int argc, char **argv)
{
	int option;

	set_defaults(o, suite);
	optind = 1;
	while ((option = getopt_long(argc, argv, "d:lg:t:s:x:j:vh",
				     long_options, NULL)) != -1) {
		if (option == 'h') {
			help(suite);
			return HFI1C_PARSE_DONE;
		}
		if (option == '?' || store(o, option, optarg))
			goto wrong;
	}
	if (optind < argc) {
		wrong("unexpected argument", argv[optind]);
		goto wrong;
	}
	if (!o->report_count)
		parse_report(o, "human");
	return HFI1C_PARSE_RUN;
wrong:
	fprintf(stderr, "Try '%s --help'.\n", program);
	return HFI1C_PARSE_WRONG;
}

void hfi1c_options_free(struct hfi1c_options *o)
{
	hfi1c_rules_free(&o->groups);
	hfi1c_rules_free(&o->patterns);
	hfi1c_rules_free(&o->skips);
	hfi1c_rules_free(&o->xfails);
	hfi1c_rules_free(&o->required);
}
