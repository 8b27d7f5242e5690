// SPDX-License-Identifier: BSD-3-Clause
/* The units' part of hfi1-emu ctl status. */
#include <stdio.h>
#include <rdma/hfi/hfi1_user.h>
#include "unit.h"

static void chip_status(struct unit *u, FILE *out)
{
	struct wfr_stats s;

	wfr_stats_get(u->wfr, &s);
	fprintf(out,
		"      \"pio_packets\": %llu,\n"
		"      \"sdma_packets\": %llu,\n"
		"      \"disallowed\": %llu,\n"
		"      \"egress_drops\": %llu,\n"
		"      \"rcv_packets\": %llu,\n"
		"      \"rcv_delivered\": %llu,\n"
		"      \"rcv_suppressed\": %llu,\n"
		"      \"rcv_drops\": %llu,\n"
		"      \"credit_returns\": %llu,\n"
		"      \"interrupts\": %llu,\n",
		(unsigned long long)s.pio_packets,
		(unsigned long long)s.sdma_packets,
		(unsigned long long)s.disallowed,
		(unsigned long long)s.egress_drops,
		(unsigned long long)s.rcv_packets,
		(unsigned long long)s.rcv_delivered,
		(unsigned long long)s.rcv_suppressed,
		(unsigned long long)s.rcv_drops,
		(unsigned long long)s.credit_returns,
		(unsigned long long)s.interrupts);
}

static void one_status(struct unit *u, FILE *out)
{
	struct hfi1u_stats s;

	hfi1u_get_stats(u->dd, &s);
	fprintf(out,
		"    {\n"
		"      \"unit\": %u,\n"
		"      \"port_state\": %d,\n"
		"      \"lid\": %u,\n"
		"      \"nctxts\": %u,\n"
		"      \"nfreectxts\": %u,\n"
		"      \"open_files\": %u,\n"
		"      \"contexts\": %u,\n"
		"      \"send_contexts\": %u,\n"
		"      \"pinned_pages\": %lu,\n"
		"      \"tids\": %lu,\n"
		"      \"tid_nodes\": %lu,\n"
		"      \"sdma_requests\": %u,\n"
		"      \"cpus\": %u,\n",
		u->number, hfi1u_port_get_state(u->dd), hfi1u_port_lid(u->dd),
		hfi1u_nctxts(u->dd), hfi1u_nfreectxts(u->dd), s.open_files,
		s.contexts, s.send_contexts, s.pinned_pages, s.tids,
		s.tid_nodes, s.sdma_requests, s.cpus);
	chip_status(u, out);
	fprintf(out, "      \"dma_faults\": %lu\n    }",
		hosted_dma_faults(&u->dev));
}

void unit_status(FILE *out)
{
	struct unit *u;
	unsigned int i;

	fprintf(out,
		",\n  \"driver\": \"hfi1_uapi %d.%d on the emulated adapter\"",
		HFI1_USER_SWMAJOR, HFI1_USER_SWMINOR);
	fprintf(out, ",\n  \"units\": [\n");
	for (i = 0; (u = unit_get(i)) != NULL; i++) {
		if (i)
			fprintf(out, ",\n");
		one_status(u, out);
	}
	fprintf(out, "\n  ]");
}
