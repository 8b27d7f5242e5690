// SPDX-License-Identifier: BSD-3-Clause
#include "report.h"

size_t hfi1c_bad_count(const struct hfi1c_run *run)
{
	size_t n = run->leaked;
	int i;

	for (i = 0; i < HFI1C_OUTCOMES; i++)
		if (hfi1c_outcome_is_bad(i))
			n += run->counts[i];
	return n;
}

bool hfi1c_run_ran(const struct hfi1c_run *run)
{
	return hfi1c_bad_count(run) || run->counts[HFI1C_PASSED] ||
	       run->counts[HFI1C_DEVIATION] ||
	       run->counts[HFI1C_EXPECTED_FAILURE];
}

bool hfi1c_last_of_group(const struct hfi1c_plan *plan, size_t index)
{
	return index + 1 == plan->count ||
	       plan->entries[index + 1].group != plan->entries[index].group;
}

size_t hfi1c_first_of_group(const struct hfi1c_plan *plan, size_t index)
{
	while (index &&
	       plan->entries[index - 1].group == plan->entries[index].group)
		index--;
	return index;
}

static void clause_details(const struct hfi1c_run *run, const char *ids,
			   void (*detail)(void *data, const char *name,
					  const char *text),
			   void *data)
{
	const struct hfi1c_clause *clause;
	char text[HFI1C_TEXT_SIZE];
	const char *id;
	size_t length;

	while ((length = hfi1c_clause_next(&ids, &id))) {
		clause = hfi1c_clause_find(run->suite, id, length);
		if (clause)
			snprintf(text, sizeof(text), "%s: %s: %s",
				 clause->where, clause->id, clause->text);
		else
			snprintf(text, sizeof(text), "%.*s", (int)length, id);
		detail(data, "clause", text);
	}
}

void hfi1c_for_details(const struct hfi1c_run *run, size_t index,
		       void (*detail)(void *data, const char *name,
				      const char *text),
		       void *data)
{
	const struct hfi1c_case *test = run->plan->entries[index].test;
	const struct hfi1c_record *r = &run->records[index];
	unsigned int i, first;
	char text[64];

	detail(data, "what", r->text);
	if (r->reason[0])
		detail(data, "known", r->reason);
	detail(data, "proves", test->doc);
	clause_details(run, test->clause, detail, data);
	if (r->call[0])
		detail(data, "call", r->call);
	if (r->expected[0])
		detail(data, "expected", r->expected);
	if (r->actual[0])
		detail(data, "actual", r->actual);
	first = r->note_count > HFI1C_NOTES ? r->note_count - HFI1C_NOTES : 0;
	for (i = first; i < r->note_count; i++)
		detail(data, "note", r->notes[i % HFI1C_NOTES]);
	if (run->options->repeat > 1) {
		snprintf(text, sizeof(text), "repetition %u of %u",
			 r->repetition, run->options->repeat);
		detail(data, "when", text);
	}
}
