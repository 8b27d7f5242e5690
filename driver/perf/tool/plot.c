// SPDX-License-Identifier: BSD-3-Clause
/*
 * Charts by gnuplot, one for each test.  The program is needed only for this.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "perf.h"

/* What of a test's values is drawn, and how its axis reads. */
struct chart {
	const char *axis;
	const char *const *names;
};

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct chart charts[PERF_TESTS] = {
	[PERF_LATENCY] = { "microseconds", NAMES("median_us", "p99_us") },
	[PERF_BANDWIDTH] = { "MB/s", NAMES("MB_per_s") },
	[PERF_RATE] = { "messages/s", NAMES("messages_per_s") },
	[PERF_CONTEXTS] = { "microseconds per context; messages/s",
			    NAMES("open_us", "assign_us", "close_us",
				  "messages_per_s") },
	[PERF_TIDS] = { "microseconds per page",
			NAMES("update_us_per_page", "free_us_per_page") },
};

static const double *find(const struct perf_row *row, const char *name)
{
	unsigned int i;

	for (i = 0; i < row->count; i++)
		if (!strcmp(row->value[i].name, name))
			return &row->value[i].value;
	return NULL;
}

static bool is_of(const struct perf_row *row, enum perf_test test, int method)
{
	return row->test == test && (int)row->method == method;
}

static bool method_is_there(const struct perf_row *rows, unsigned int count,
			    enum perf_test test, int method)
{
	while (count--)
		if (is_of(&rows[count], test, method))
			return true;
	return false;
}

static void series(FILE *f, const struct perf_row *rows, unsigned int count,
		   enum perf_test test, int method, const char *name)
{
	const double *value;
	unsigned int i;

	for (i = 0; i < count; i++) {
		value = is_of(&rows[i], test, method) ? find(&rows[i], name) :
							NULL;
		/* No logarithm of nothing: it is drawn beside 1. */
		if (value)
			fprintf(f, "%g %g\n", rows[i].x ? rows[i].x : 0.5,
				*value);
	}
	fprintf(f, "e\n");
}

/* x.svg for one test, x-latency.svg and so on for several. */
static void name_of(char *name, size_t size, const char *path,
		    enum perf_test test, bool alone)
{
	const char *dot = strrchr(path, '.');

	if (alone || !dot)
		snprintf(name, size, "%s", path);
	else
		snprintf(name, size, "%.*s-%s%s", (int)(dot - path), path,
			 perf_test_name[test], dot);
}

static void head(FILE *f, const char *path, enum perf_test test)
{
	const char *dot = strrchr(path, '.');

	fprintf(f, "set terminal %s size 800,480\n",
		dot && !strcmp(dot, ".png") ? "png" : "svg");
	fprintf(f, "set output '%s'\n", path);
	fprintf(f, "set title 'hfi1-perf: %s'\n", perf_test_name[test]);
	fprintf(f, "set logscale xy\nset logscale x 2\nset grid\n");
	fprintf(f, "set key below noenhanced\n");
	fprintf(f, "set xlabel '%s'\n", perf_axis(test));
	fprintf(f, "set ylabel '%s'\n", charts[test].axis);
}

static void lines(FILE *f, const struct perf_row *rows, unsigned int count,
		  enum perf_test test, bool data)
{
	const char *const *name;
	const char *comma = "plot";
	int method;

	for (method = 0; method < PERF_METHODS; method++) {
		if (!method_is_there(rows, count, test, method))
			continue;
		for (name = charts[test].names; *name; name++) {
			if (data) {
				series(f, rows, count, test, method, *name);
				continue;
			}
			fprintf(f, "%s '-' with linespoints title '%s %s'",
				comma, perf_method_name[method], *name);
			comma = ",";
		}
	}
	if (!data)
		fprintf(f, "\n");
}

static int draw(const char *path, const struct perf_row *rows,
		unsigned int count, enum perf_test test)
{
	FILE *f = popen("gnuplot", "w");
	int status;

	if (!f)
		return perf_fail(-errno, "gnuplot");
	head(f, path, test);
	lines(f, rows, count, test, false);
	lines(f, rows, count, test, true);
	status = pclose(f);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return perf_fail(-ENOENT, "no plot, install gnuplot");
	return status ? perf_fail(-EIO, "%s", path) : 0;
}

static bool test_is_there(const struct perf_row *rows, unsigned int count,
			  int test)
{
	while (count--)
		if ((int)rows[count].test == test)
			return true;
	return false;
}

int perf_plot(const char *path, const struct perf_row *rows, unsigned int count)
{
	unsigned int there = 0;
	char name[PATH_MAX];
	int test, ret = 0;

	for (test = 0; test < PERF_TESTS; test++)
		there += test_is_there(rows, count, test);
	for (test = 0; test < PERF_TESTS; test++) {
		if (!test_is_there(rows, count, test))
			continue;
		name_of(name, sizeof(name), path, test, there == 1);
		if (draw(name, rows, count, test))
			ret = -1;
	}
	return ret;
}
