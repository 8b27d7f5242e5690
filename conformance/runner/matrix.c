// SPDX-License-Identifier: BSD-3-Clause
/*
 * The matrix: for each clause of the spec the cases on it and what became of
 * them, tab-separated; a clause nobody judges is a line too, and so is a case
 * whose clause the spec does not have.
 */
#include <errno.h>
#include <string.h>

#include "report.h"

static bool names_clause(const char *ids, const char *wanted)
{
	const char *id;
	size_t length;

	while ((length = hfi1c_clause_next(&ids, &id)))
		if (strlen(wanted) == length && !strncmp(id, wanted, length))
			return true;
	return false;
}

static size_t write_cases(FILE *out, const struct hfi1c_run *run,
			  const struct hfi1c_clause *clause)
{
	const struct hfi1c_case *test;
	size_t i, n = 0;

	for (i = 0; i < run->plan->count; i++) {
		test = run->plan->entries[i].test;
		if (!names_clause(test->clause, clause->id))
			continue;
		fprintf(out, "%s\t%s\t%s\t%s\n", clause->id, clause->where,
			test->name,
			hfi1c_outcome_name(run->records[i].outcome));
		n++;
	}
	return n;
}

static void write_clause(FILE *out, const struct hfi1c_run *run,
			 const struct hfi1c_clause *clause, size_t *uncovered)
{
	if (write_cases(out, run, clause))
		return;
	if (clause->untestable) {
		fprintf(out, "%s\t%s\t-\tuntestable: %s\n", clause->id,
			clause->where, clause->untestable);
		return;
	}
	fprintf(out, "%s\t%s\t-\tno case\n", clause->id, clause->where);
	++*uncovered;
}

static void write_strays(FILE *out, const struct hfi1c_run *run)
{
	const char *ids, *id;
	size_t i, length;

	for (i = 0; i < run->plan->count; i++) {
		ids = run->plan->entries[i].test->clause;
		while ((length = hfi1c_clause_next(&ids, &id)))
			if (!hfi1c_clause_find(run->suite, id, length))
				fprintf(out, "%.*s\t-\t%s\tno such clause\n",
					(int)length, id,
					run->plan->entries[i].test->name);
	}
}

int hfi1c_matrix_write(const struct hfi1c_run *run, const char *path)
{
	FILE *out = fopen(path, "w");
	size_t i, uncovered = 0;
	bool failed;

	if (!out)
		return -errno;
	fprintf(out, "clause\tplace\tcase\tresult\n");
	for (i = 0; i < run->suite->clause_count; i++)
		write_clause(out, run, &run->suite->clauses[i], &uncovered);
	write_strays(out, run);
	fprintf(out, "# %zu clauses, %zu without a case\n",
		run->suite->clause_count, uncovered);
	failed = ferror(out);
	return fclose(out) || failed ? -EIO : 0;
}
