// SPDX-License-Identifier: BSD-3-Clause
/* The command line. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "perf.h"

#define LARGEST	   (4 * 1024 * 1024)
#define LONG_SELF  256
#define LONG_FORK  257
#define LONG_PLOT  258
#define LONG_WAIT  259
#define LONG_CTXTS 260
#define LONG_PAGES 261
#define LONG_LIMIT 262

const char *argp_program_version = "hfi1-perf 1.0";

static const struct argp_option table[] = {
	{ 0, 0, 0, 0, "Who talks to whom (a server by default):", 1 },
	{ "fork", LONG_FORK, 0, 0, "be both ends, as two processes", 0 },
	{ "self", LONG_SELF, 0, 0, "send to oneself, in one process", 0 },
	{ "device", 'd', "DEV", 0, "device (/dev/hfi1_0)", 0 },
	{ "peer-device", 'D', "DEV", 0,
	  "with --fork: device of the other end; test contexts: of every other one",
	  0 },
	{ "port", 'p', "PORT", 0, "TCP port to agree over (18515)", 0 },
	{ 0, 0, 0, 0, "What is measured:", 2 },
	{ "test", 't', "LIST", 0,
	  "latency, bandwidth, rate (all three by default); of one process: "
	  "contexts, tids",
	  0 },
	{ "method", 'm', "LIST", 0,
	  "pio, sdma, expected (all three by default); memcpy: shared memory, "
	  "for comparison",
	  0 },
	{ "size", 's', "MIN[:MAX]", 0,
	  "bytes of a message, in powers of two (0:4M)", 0 },
	{ "iterations", 'n', "N", 0,
	  "messages that count (1000, 100 of more than 8 KiB)", 0 },
	{ "warmup", 'w', "N", 0, "messages before that (20)", 0 },
	{ "window", 'W', "N", 0, "messages under way (64)", 0 },
	{ "check", 'c', 0, 0, "check the content of every message", 0 },
	{ "wait", LONG_WAIT, "HOW", 0,
	  "for a message: yield (default), spin, or poll", 0 },
	{ "timeout", LONG_LIMIT, "S", 0, "give up after so much silence (10)",
	  0 },
	{ "contexts", LONG_CTXTS, "N", 0, "test contexts: up to N (16)", 0 },
	{ "pages", LONG_PAGES, "N", 0, "test tids: up to N (512)", 0 },
	{ 0, 0, 0, 0, "What becomes of the results:", 3 },
	{ "format", 'f', "FORMAT", 0, "text, csv or json", 0 },
	{ "output", 'o', "FILE", 0, "instead of standard output", 0 },
	{ "plot", LONG_PLOT, "FILE", 0,
	  "chart FILE.svg or FILE.png, by gnuplot; several tests make several",
	  0 },
	{ 0 },
};

static uint64_t number(struct argp_state *state, const char *text, char **end)
{
	uint64_t n = strtoull(text, end, 0);

	if (*end == text || *text == '-')
		argp_error(state, "'%s' is no number", text);
	switch (**end) {
	case 'M':
		n *= 1024;
		/* fallthrough */
	case 'K':
		n *= 1024;
		(*end)++;
		break;
	default:
		break;
	}
	return n;
}

static uint32_t whole(struct argp_state *state, const char *text, uint64_t min,
		      uint64_t max)
{
	char *end;
	uint64_t n = number(state, text, &end);

	if (*end || n < min || n > max)
		argp_error(state, "'%s' is not between %llu and %llu", text,
			   (unsigned long long)min, (unsigned long long)max);
	return n;
}

static void sizes(struct argp_state *state, struct perf_plan *plan,
		  const char *text)
{
	char *end;

	plan->min = number(state, text, &end);
	plan->max = plan->min;
	if (*end == ':')
		plan->max = number(state, end + 1, &end);
	if (*end || plan->min > plan->max || plan->max > LARGEST)
		argp_error(state, "'%s' is no range of sizes up to 4M", text);
}

static int index_of(const char *const *names, unsigned int count,
		    const char *text, size_t length)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (strlen(names[i]) == length &&
		    !strncmp(names[i], text, length))
			return i;
	return -1;
}

static uint32_t list(struct argp_state *state, const char *const *names,
		     unsigned int count, const char *text)
{
	uint32_t mask = 0;
	size_t length;
	int i;

	do {
		length = strcspn(text, ",");
		i = index_of(names, count, text, length);
		if (i < 0)
			argp_error(state, "'%.*s' is not known", (int)length,
				   text);
		mask |= 1u << i;
		text += length;
	} while (*text++ == ',');
	return mask;
}

static int one_of(struct argp_state *state, const char *const *names,
		  unsigned int count, const char *text)
{
	int i = index_of(names, count, text, strlen(text));

	if (i < 0)
		argp_error(state, "'%s' is not known", text);
	return i;
}

static void place(struct argp_state *state, enum perf_place where)
{
	struct perf_options *opt = state->input;

	if (opt->place != PERF_SERVER && opt->place != where)
		argp_error(state, "--self, --fork or a HOST, not two of them");
	opt->place = where;
}

static bool parse_plan(int key, char *arg, struct argp_state *state)
{
	static const char *const waits[] = { "yield", "spin", "poll" };
	struct perf_options *opt = state->input;
	struct perf_plan *plan = &opt->plan;

	switch (key) {
	case 't':
		plan->tests = list(state, perf_test_name, PERF_TESTS, arg);
		break;
	case 'm':
		plan->methods =
			list(state, perf_method_name, PERF_METHODS, arg);
		break;
	case 's':
		sizes(state, plan, arg);
		break;
	case 'n':
		plan->iterations = whole(state, arg, 1, 100000000);
		break;
	case 'w':
		plan->warmup = whole(state, arg, 0, 100000000);
		break;
	case 'W':
		plan->window = whole(state, arg, 1, 4096);
		break;
	case 'c':
		plan->check = 1;
		break;
	case LONG_WAIT:
		plan->wait = one_of(state, waits, 3, arg);
		break;
	case LONG_LIMIT:
		plan->timeout_s = whole(state, arg, 1, 3600);
		break;
	default:
		return false;
	}
	return true;
}

static bool parse_place(int key, char *arg, struct argp_state *state)
{
	struct perf_options *opt = state->input;

	switch (key) {
	case LONG_SELF:
		place(state, PERF_SELF);
		break;
	case LONG_FORK:
		place(state, PERF_FORK);
		break;
	case ARGP_KEY_ARG:
		place(state, PERF_CLIENT);
		if (opt->host)
			argp_error(state, "one HOST is enough");
		opt->host = arg;
		break;
	case 'd':
		opt->device = arg;
		break;
	case 'D':
		opt->peer_device = arg;
		break;
	case 'p':
		opt->port = arg;
		break;
	default:
		return false;
	}
	return true;
}

static bool parse_output(int key, char *arg, struct argp_state *state)
{
	static const char *const formats[] = { "text", "csv", "json" };
	struct perf_options *opt = state->input;

	switch (key) {
	case 'f':
		opt->format = one_of(state, formats, 3, arg);
		break;
	case 'o':
		opt->output = arg;
		break;
	case LONG_PLOT:
		opt->plot = arg;
		break;
	case LONG_CTXTS:
		opt->contexts = whole(state, arg, 1, 160);
		break;
	case LONG_PAGES:
		opt->pages = whole(state, arg, 1, 2048);
		break;
	default:
		return false;
	}
	return true;
}

#define BOTH_ENDS (1u << PERF_LATENCY | 1u << PERF_BANDWIDTH | 1u << PERF_RATE)

static void verify(struct argp_state *state)
{
	struct perf_options *opt = state->input;
	bool apart = opt->place == PERF_SERVER || opt->place == PERF_CLIENT;

	if (apart && (opt->plan.methods & 1u << PERF_MEMCPY))
		argp_error(state, "memcpy needs --fork or --self");
	if (opt->peer_device && opt->place != PERF_FORK &&
	    !(opt->plan.tests & 1u << PERF_CONTEXTS))
		argp_error(state, "--peer-device needs --fork or contexts");
	if (opt->place == PERF_CLIENT && (opt->plan.tests & ~BOTH_ENDS))
		argp_error(state, "contexts and tids are of one process");
	if (!opt->peer_device)
		opt->peer_device = opt->device;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (parse_plan(key, arg, state) || parse_place(key, arg, state) ||
	    parse_output(key, arg, state))
		return 0;
	if (key != ARGP_KEY_END)
		return ARGP_ERR_UNKNOWN;
	verify(state);
	return 0;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.args_doc = "[HOST]",
	.doc = "Latency, bandwidth and message rate of hfi1 user access.\v"
	       "Without HOST, --fork or --self a server waits for one client, "
	       "which says what is measured and prints the results.\n\n"
	       "Latency is half a round trip, to oneself a whole trip.\n\n"
	       "Examples:\n"
	       "  hfi1-perf --fork -m pio -t latency -s 8\n"
	       "  hfi1-perf --fork -d /dev/hfi1_0 -D /dev/hfi1_1 -c\n"
	       "  hfi1-perf -d /dev/hfi1_0 &  hfi1-perf -d /dev/hfi1_0 "
	       "localhost -f json",
};

int perf_options_parse(struct perf_options *opt, int argc, char **argv)
{
	*opt = (struct perf_options){
		.plan = { .tests = BOTH_ENDS,
			  .methods = 1u << PERF_PIO | 1u << PERF_SDMA |
				     1u << PERF_EXPECTED,
			  .max = LARGEST,
			  .warmup = 20,
			  .window = 64,
			  .timeout_s = 10 },
		.device = "/dev/hfi1_0",
		.port = "18515",
		.contexts = 16,
		.pages = 512,
	};
	return argp_parse(&argp, argc, argv, 0, NULL, opt);
}
