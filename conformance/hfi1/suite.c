// SPDX-License-Identifier: BSD-3-Clause
/*
 * The suite of hfi1.
 */
#include <stdio.h>
#include <string.h>
#include <rdma/hfi/hfi1_user.h>

#include "../groups/groups.h"
#include "../lib/print.h"
#include "../suite.h"

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

_Static_assert(sizeof(struct sdma_req_info) == HFI1C_CALL_HEADER_SIZE,
	       "the part of a writev that is printed");

static void print_request(const void *head, char *buffer, size_t size)
{
	struct sdma_req_info r;

	memcpy(&r, head, sizeof(r));
	snprintf(buffer, size, "{ctrl=%#x, npkts=%u, fragsize=%u, comp_idx=%u}",
		 r.ctrl, r.npkts, r.fragsize, r.comp_idx);
}

int main(int argc, char **argv)
{
	const struct hfi1c_suite suite = {
		.program = "hfi1-conformance",
		.ctl = "HFI1_CONFORMANCE_CTL",
	};

	hfi1c_print_head = print_request;
	return hfi1c_suite_main(suite, behaviour,
				sizeof(behaviour) / sizeof(behaviour[0]), argc,
				argv);
}
