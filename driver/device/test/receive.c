// SPDX-License-Identifier: BSD-3-Clause
#include "receive.h"

struct host *h;
struct pkt p;
struct pkt_opts o;

void rcv_setup(void)
{
	h = host_new(NULL);
	port_up(h, TEST_LID);
	sctxt_up(h, TEST_SCTXT, 512);
	wr(h, WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
	   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 1));
	pkt_defaults(&o);
}

void rcv_teardown(void)
{
	host_free(h);
}

static unsigned int next_block;

void rcv_put(uint32_t payload)
{
	pkt_make(&p, &o, payload);
	pio_put(h, TEST_SCTXT, 512, &next_block, &p);
	run(h);
}

struct wfr_stats rcv_stats(void)
{
	struct wfr_stats st;

	wfr_stats_get(h->dev, &st);
	return st;
}

uint64_t rcv_counter(unsigned int i)
{
	return rd(h, WFR_RCV_COUNTER_ARRAY32(i));
}

void rcv_check_payload(uint64_t mem_off, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		ck_assert_msg(h->mem[mem_off + i] == payload_byte(i),
			      "byte %u of %u", i, len);
}
