// SPDX-License-Identifier: BSD-3-Clause
/*
 * The suite: generated groups first, hand-written ones behind.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "groups/groups.h"
#include "runner/main.h"

static const struct hfi1c_group *const behaviour[] = {
	&hfi1c_group_information, &hfi1c_group_contexts,
	&hfi1c_group_sharing,	  &hfi1c_group_lifetime,
	&hfi1c_group_mappings,	  &hfi1c_group_credits,
	&hfi1c_group_receive,	  &hfi1c_group_eager,
	&hfi1c_group_polling,	  &hfi1c_group_pkey,
	&hfi1c_group_events,	  &hfi1c_group_reset,
	&hfi1c_group_tid,	  &hfi1c_group_expected,
	&hfi1c_group_flows,	  &hfi1c_group_sdma,
	&hfi1c_group_send_memory, &hfi1c_group_dispatch,
	&hfi1c_group_files,	  &hfi1c_group_users,
	&hfi1c_group_faults,	  &hfi1c_group_send_faults,
	&hfi1c_group_data,	  &hfi1c_group_across,
	&hfi1c_group_integrity,	  &hfi1c_group_concurrency,
	&hfi1c_group_model,	  &hfi1c_group_stress,
};

#define BEHAVIOUR_COUNT (sizeof(behaviour) / sizeof(behaviour[0]))

int main(int argc, char **argv)
{
	size_t count = hfi1c_generated_group_count + BEHAVIOUR_COUNT, i;
	const struct hfi1c_group **groups = calloc(count, sizeof(*groups));
	struct hfi1c_suite suite = {
		.groups = groups,
		.group_count = count,
		.clauses = hfi1c_clauses,
		.clause_count = hfi1c_clause_count,
		.deviations = hfi1c_deviations,
		.deviation_count = hfi1c_deviation_count,
		.coverage = hfi1c_coverage_print,
	};
	int ret;

	if (!groups) {
		fprintf(stderr, "hfi1-conformance: not enough memory\n");
		return HFI1C_EXIT_FAILURES;
	}
	for (i = 0; i < hfi1c_generated_group_count; i++)
		groups[i] = hfi1c_generated_groups[i];
	for (i = 0; i < BEHAVIOUR_COUNT; i++)
		groups[hfi1c_generated_group_count + i] = behaviour[i];
	ret = hfi1c_main(&suite, argc, argv);
	free(groups);
	return ret;
}
