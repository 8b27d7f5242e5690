// SPDX-License-Identifier: BSD-3-Clause
#include "coverage.h"

static void print_row(FILE *out, const struct hfi1c_coverage *c)
{
	fprintf(out, "%-24s %6u %8u %7u %7u %7u %7u\n", c->list, c->checks,
		c->covered, c->pairs, c->same, c->told,
		c->pairs - c->same - c->told);
}

static void print_reasons(FILE *out, const struct hfi1c_coverage *c)
{
	unsigned int i;

	if (!c->reason_count)
		return;
	fprintf(out, "\n%s\n", c->list);
	for (i = 0; i < c->reason_count; i++)
		fprintf(out, "  %s\n", c->reasons[i]);
}

static void add(struct hfi1c_coverage *sum, const struct hfi1c_coverage *c)
{
	sum->checks += c->checks;
	sum->covered += c->covered;
	sum->pairs += c->pairs;
	sum->same += c->same;
	sum->told += c->told;
}

void hfi1c_coverage_print(FILE *out)
{
	struct hfi1c_coverage sum = { .list = "total" };
	unsigned int i;

	fprintf(out, "%-24s %6s %8s %7s %7s %7s %7s\n", "ordered checks of",
		"checks", "covered", "pairs", "alike", "told", "open");
	for (i = 0; i < hfi1c_coverage_count; i++) {
		print_row(out, &hfi1c_coverage[i]);
		add(&sum, &hfi1c_coverage[i]);
	}
	print_row(out, &sum);
	fprintf(out,
		"\nalike: both checks give the same errno, so no caller can tell their order.\n"
		"Without a case:\n");
	for (i = 0; i < hfi1c_coverage_count; i++)
		print_reasons(out, &hfi1c_coverage[i]);
}
