// SPDX-License-Identifier: BSD-3-Clause
/*
 * JSON lines: each line is an object of its own and is flushed when it is
 * complete, so what was judged survives the end of the machine.
 */
#include "report.h"

static void print_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20 ||
			 (unsigned char)*text >= 0x7f)
			fprintf(out, "\\u%04x", (unsigned char)*text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void print_member(FILE *out, const char *name, const char *text)
{
	if (!*text)
		return;
	fprintf(out, ", \"%s\": ", name);
	print_string(out, text);
}

static void begin(FILE *out, const struct hfi1c_run *run)
{
	fprintf(out, "{\"type\": \"run\", \"cases\": %zu, \"seed\": %llu",
		run->plan->count, (unsigned long long)run->options->seed);
	print_member(out, "driver", run->driver->name);
	print_member(out, "version", run->driver->version);
	print_member(out, "device", run->device);
	fprintf(out, "}\n");
	fflush(out);
}

static void print_clauses(FILE *out, const struct hfi1c_run *run,
			  const char *ids)
{
	const struct hfi1c_clause *clause;
	const char *id, *separator = "";
	size_t length;

	fprintf(out, ", \"clauses\": [");
	while ((length = hfi1c_clause_next(&ids, &id))) {
		clause = hfi1c_clause_find(run->suite, id, length);
		fprintf(out, "%s{\"id\": \"%.*s\"", separator, (int)length, id);
		if (clause)
			print_member(out, "where", clause->where);
		fputc('}', out);
		separator = ", ";
	}
	fputc(']', out);
}

static void print_notes(FILE *out, const struct hfi1c_record *r)
{
	unsigned int i, first;

	if (!r->note_count)
		return;
	first = r->note_count > HFI1C_NOTES ? r->note_count - HFI1C_NOTES : 0;
	fprintf(out, ", \"notes\": [");
	for (i = first; i < r->note_count; i++) {
		if (i > first)
			fprintf(out, ", ");
		print_string(out, r->notes[i % HFI1C_NOTES]);
	}
	fputc(']', out);
}

static void result(FILE *out, const struct hfi1c_run *run, size_t index)
{
	const struct hfi1c_entry *e = &run->plan->entries[index];
	const struct hfi1c_record *r = &run->records[index];

	fprintf(out,
		"{\"type\": \"case\", \"name\": \"%s\", \"group\": \"%s\", "
		"\"outcome\": \"%s\", \"seconds\": %.6f, \"seed\": %llu",
		e->test->name, e->group->name, hfi1c_outcome_name(r->outcome),
		r->duration_us / 1e6, (unsigned long long)r->seed);
	print_clauses(out, run, e->test->clause);
	print_member(out, "text", r->text);
	print_member(out, "reason", r->reason);
	print_member(out, "call", r->call);
	print_member(out, "expected", r->expected);
	print_member(out, "actual", r->actual);
	print_notes(out, r);
	fprintf(out, "}\n");
	fflush(out);
}

static void end(FILE *out, const struct hfi1c_run *run)
{
	int i;

	fprintf(out, "{\"type\": \"summary\", \"bad\": %zu, \"seconds\": %.3f",
		hfi1c_bad_count(run), run->seconds);
	fprintf(out, ", \"leaked\": %s, \"counts\": {",
		run->leaked ? "true" : "false");
	for (i = 0; i < HFI1C_OUTCOMES; i++)
		fprintf(out, "%s\"%s\": %zu", i ? ", " : "",
			hfi1c_outcome_name(i), run->counts[i]);
	fprintf(out, "}}\n");
	fflush(out);
}

const struct hfi1c_reporter hfi1c_report_json = { begin, result, end };
