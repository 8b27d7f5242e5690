// SPDX-License-Identifier: BSD-3-Clause
/* Results as a table, CSV or JSON, and kept for the plot. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "perf.h"

const char *const perf_test_name[PERF_TESTS] = {
	[PERF_LATENCY] = "latency", [PERF_BANDWIDTH] = "bandwidth",
	[PERF_RATE] = "rate",	    [PERF_CONTEXTS] = "contexts",
	[PERF_TIDS] = "tids",
};

const char *const perf_method_name[PERF_METHODS] = {
	[PERF_PIO] = "pio",
	[PERF_SDMA] = "sdma",
	[PERF_EXPECTED] = "expected",
	[PERF_MEMCPY] = "memcpy",
};

struct perf_report {
	const struct perf_options *opt;
	FILE *out;
	struct perf_row *rows;
	unsigned int count;
	bool failed;
};

const char *perf_axis(enum perf_test test)
{
	switch (test) {
	case PERF_CONTEXTS:
		return "contexts";
	case PERF_TIDS:
		return "pages";
	default:
		return "bytes";
	}
}

struct perf_report *perf_report_open(const struct perf_options *opt)
{
	struct perf_report *r = calloc(1, sizeof(*r));

	if (!r) {
		perf_fail(-ENOMEM, "report");
		return NULL;
	}
	r->opt = opt;
	r->out = opt->output ? fopen(opt->output, "we") : stdout;
	if (!r->out) {
		perf_fail(-errno, "%s", opt->output);
		free(r);
		return NULL;
	}
	return r;
}

static bool same_table(const struct perf_row *a, const struct perf_row *b)
{
	return a->test == b->test && a->method == b->method;
}

static void print_text(struct perf_report *r, const struct perf_row *row)
{
	unsigned int i;

	if (!r->count || !same_table(row, row - 1)) {
		fprintf(r->out, "%s# %s by %s\n# %8s %10s",
			r->count ? "\n" : "", perf_test_name[row->test],
			perf_method_name[row->method], perf_axis(row->test),
			"iterations");
		for (i = 0; i < row->count; i++)
			fprintf(r->out, " %*s",
				(int)strlen(row->value[i].name) + 2,
				row->value[i].name);
		fprintf(r->out, "\n");
	}
	fprintf(r->out, "%10llu %10llu", (unsigned long long)row->x,
		(unsigned long long)row->iterations);
	for (i = 0; i < row->count; i++)
		fprintf(r->out, " %*.2f", (int)strlen(row->value[i].name) + 2,
			row->value[i].value);
	fprintf(r->out, "\n");
}

/* Long form: one line for each value, so that all tests have one header. */
static void print_csv(struct perf_report *r, const struct perf_row *row)
{
	unsigned int i;

	if (!r->count)
		fprintf(r->out, "test,method,axis,x,iterations,name,value\n");
	for (i = 0; i < row->count; i++)
		fprintf(r->out, "%s,%s,%s,%llu,%llu,%s,%.6g\n",
			perf_test_name[row->test],
			perf_method_name[row->method], perf_axis(row->test),
			(unsigned long long)row->x,
			(unsigned long long)row->iterations, row->value[i].name,
			row->value[i].value);
}

static void print_json(struct perf_report *r, const struct perf_row *row)
{
	unsigned int i;

	fprintf(r->out,
		"%s{\"test\": \"%s\", \"method\": \"%s\", \"%s\": %llu, "
		"\"iterations\": %llu",
		r->count ? ",\n " : "[", perf_test_name[row->test],
		perf_method_name[row->method], perf_axis(row->test),
		(unsigned long long)row->x,
		(unsigned long long)row->iterations);
	for (i = 0; i < row->count; i++)
		fprintf(r->out, ", \"%s\": %.6g", row->value[i].name,
			row->value[i].value);
	fprintf(r->out, "}");
}

void perf_report_add(struct perf_report *r, const struct perf_row *row)
{
	struct perf_row *rows;

	rows = realloc(r->rows, (r->count + 1) * sizeof(*rows));
	if (!rows) {
		perf_fail(-ENOMEM, "report");
		r->failed = true;
		return;
	}
	r->rows = rows;
	rows[r->count] = *row;
	if (r->opt->format == PERF_CSV)
		print_csv(r, &rows[r->count]);
	else if (r->opt->format == PERF_JSON)
		print_json(r, &rows[r->count]);
	else
		print_text(r, &rows[r->count]);
	fflush(r->out);
	r->count++;
}

int perf_report_close(struct perf_report *r)
{
	bool failed = r->failed;

	if (r->opt->format == PERF_JSON)
		fprintf(r->out, "%s]\n", r->count ? "" : "[");
	if (fflush(r->out) || ferror(r->out)) {
		perf_fail(-errno, "results");
		failed = true;
	}
	if (r->opt->plot && perf_plot(r->opt->plot, r->rows, r->count))
		failed = true;
	if (r->out != stdout)
		fclose(r->out);
	free(r->rows);
	free(r);
	return failed ? -1 : 0;
}
