// SPDX-License-Identifier: BSD-3-Clause
/*
 * JUnit XML.  Totals stand in front of what they count, so everything is
 * written at the end.
 */
#include "report.h"

static void begin(FILE *out, const struct hfi1c_run *run)
{
	(void)run;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void result(FILE *out, const struct hfi1c_run *run, size_t index)
{
	(void)out;
	(void)run;
	(void)index;
}

/* XML 1.0 has no way to write most control characters. */
static void escape(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\n':
			fputs("&#10;", out);
			break;
		default:
			if ((unsigned char)*text < 0x20 ||
			    (unsigned char)*text >= 0x7f)
				fputc('?', out);
			else
				fputc(*text, out);
		}
	}
}

/* JUnit knows failures (a judgement) and errors (no judgement). */
static bool is_error(enum hfi1c_outcome outcome)
{
	return outcome == HFI1C_CRASHED || outcome == HFI1C_TIMED_OUT ||
	       outcome == HFI1C_BROKEN;
}

static const char *element(enum hfi1c_outcome outcome)
{
	if (outcome == HFI1C_PASSED)
		return NULL;
	if (is_error(outcome))
		return "error";
	return hfi1c_outcome_is_bad(outcome) ? "failure" : "skipped";
}

static void print_detail(void *data, const char *name, const char *text)
{
	fprintf(data, "%s: ", name);
	escape(data, text);
	fputc('\n', data);
}

static void print_case(FILE *out, const struct hfi1c_run *run, size_t index)
{
	const struct hfi1c_entry *e = &run->plan->entries[index];
	const struct hfi1c_record *r = &run->records[index];
	const char *what = element(r->outcome);

	fprintf(out, "    <testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"",
		e->group->name, e->test->name, r->duration_us / 1e6);
	if (!what) {
		fprintf(out, "/>\n");
		return;
	}
	fprintf(out, ">\n      <%s message=\"%s: ", what,
		hfi1c_outcome_name(r->outcome));
	escape(out, r->reason[0] ? r->reason : r->text);
	if (what[0] == 's') {
		fprintf(out, "\"/>\n    </testcase>\n");
		return;
	}
	fprintf(out, "\" type=\"%s\">", hfi1c_outcome_name(r->outcome));
	hfi1c_for_details(run, index, print_detail, out);
	fprintf(out, "</%s>\n    </testcase>\n", what);
}

struct totals {
	size_t tests, failures, errors, skipped;
	double seconds;
};

static struct totals total(const struct hfi1c_run *run, size_t first,
			   size_t last)
{
	struct totals t = { 0 };
	enum hfi1c_outcome o;
	size_t i;

	for (i = first; i <= last; i++) {
		o = run->records[i].outcome;
		t.tests++;
		t.seconds += run->records[i].duration_us / 1e6;
		if (is_error(o))
			t.errors++;
		else if (hfi1c_outcome_is_bad(o))
			t.failures++;
		else if (o != HFI1C_PASSED)
			t.skipped++;
	}
	return t;
}

static void print_totals(FILE *out, const struct totals *t)
{
	fprintf(out,
		" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
		"skipped=\"%zu\" time=\"%.3f\">\n",
		t->tests, t->failures, t->errors, t->skipped, t->seconds);
}

static void print_property(FILE *out, const char *name, const char *value)
{
	fprintf(out, "      <property name=\"%s\" value=\"", name);
	escape(out, value);
	fprintf(out, "\"/>\n");
}

static size_t print_group(FILE *out, const struct hfi1c_run *run, size_t first)
{
	struct totals t;
	size_t last = first, i;

	while (!hfi1c_last_of_group(run->plan, last))
		last++;
	t = total(run, first, last);
	fprintf(out, "  <testsuite name=\"%s\"",
		run->plan->entries[first].group->name);
	print_totals(out, &t);
	fprintf(out, "    <properties>\n");
	print_property(out, "driver", run->driver->name);
	print_property(out, "version", run->driver->version);
	print_property(out, "device", run->device);
	fprintf(out, "    </properties>\n");
	for (i = first; i <= last; i++)
		print_case(out, run, i);
	fprintf(out, "  </testsuite>\n");
	return last + 1;
}

static void end(FILE *out, const struct hfi1c_run *run)
{
	struct totals t = { 0 };
	size_t i = 0;

	if (run->plan->count)
		t = total(run, 0, run->plan->count - 1);
	t.failures += run->leaked;
	fprintf(out, "<testsuites name=\"%s\"", run->suite->program);
	print_totals(out, &t);
	while (i < run->plan->count)
		i = print_group(out, run, i);
	fprintf(out, "</testsuites>\n");
}

const struct hfi1c_reporter hfi1c_report_junit = { begin, result, end };
