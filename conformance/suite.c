// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "suite.h"

int hfi1c_suite_main(struct hfi1c_suite suite,
		     const struct hfi1c_group *const *behaviour,
		     size_t behaviour_count, int argc, char **argv)
{
	size_t count = hfi1c_generated_group_count + behaviour_count, i;
	const struct hfi1c_group **groups = calloc(count, sizeof(*groups));
	int ret;

	if (!groups) {
		fprintf(stderr, "%s: not enough memory\n", suite.program);
		return HFI1C_EXIT_FAILURES;
	}
	for (i = 0; i < hfi1c_generated_group_count; i++)
		groups[i] = hfi1c_generated_groups[i];
	for (i = 0; i < behaviour_count; i++)
		groups[hfi1c_generated_group_count + i] = behaviour[i];
	suite.interface = hfi1c_title;
	suite.device = hfi1c_node;
	suite.groups = groups;
	suite.group_count = count;
	suite.clauses = hfi1c_clauses;
	suite.clause_count = hfi1c_clause_count;
	suite.deviations = hfi1c_deviations;
	suite.deviation_count = hfi1c_deviation_count;
	suite.coverage = hfi1c_coverage_print;
	ret = hfi1c_main(&suite, argc, argv);
	free(groups);
	return ret;
}
