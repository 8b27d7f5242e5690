// SPDX-License-Identifier: BSD-3-Clause
#include "sending.h"

struct host *h;
struct pkt p;
struct pkt_opts o;

void sending_setup(void)
{
	h = host_new(NULL);
	port_up(h, TEST_LID);
	sctxt_up(h, TEST_SCTXT, DEPTH);
	rctxt_up(h, TEST_CTXT, 0);
	pkt_defaults(&o);
}

void sending_teardown(void)
{
	host_free(h);
}

bool halted(void)
{
	return rd(h, WFR_SEND_CTXT_STATUS(TEST_SCTXT)) &
	       WFR_SEND_CTXT_STATUS_HALTED;
}

uint64_t errors(void)
{
	return rd(h, WFR_SEND_CTXT_ERR_STATUS(TEST_SCTXT));
}

uint64_t sent(void)
{
	struct wfr_stats st;

	wfr_stats_get(h->dev, &st);
	return st.pio_packets;
}
