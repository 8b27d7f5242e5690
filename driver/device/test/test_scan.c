// SPDX-License-Identifier: BSD-3-Clause
/* PIO packets in shared memory, found without a trap. */
#include <string.h>

#include "windows.h"

START_TEST(packet_is_found)
{
	unsigned int block = 0;

	pkt_make(&p, &o, 200);
	store_packet(TEST_SCTXT, &block, &p);
	run(h);
	ck_assert_uint_eq(stats().pio_packets, 1);
	ck_assert_mem_eq(h->mem + EAGER_OFF, p.data + 64, 200);
	ck_assert_uint_eq(
		WFR_GET(WFR_CREDIT_COUNTER, credit_word(h, TEST_SCTXT)), 5);
}
END_TEST

/* No step in between: what was stored before the force is reported by it. */
START_TEST(force_sees_what_was_stored)
{
	unsigned int block = 0, i;

	for (i = 0; i < 12; i++) {
		pkt_make(&p, &o, 200);
		store_packet(TEST_SCTXT, &block, &p);
		wr(h, WFR_SEND_CTXT_CREDIT_FORCE(TEST_SCTXT), 0);
		wr(h, WFR_SEND_CTXT_CREDIT_FORCE(TEST_SCTXT), 1);
		ck_assert_uint_eq(stats().pio_packets, i + 1);
		ck_assert_uint_eq(WFR_GET(WFR_CREDIT_COUNTER,
					  credit_word(h, TEST_SCTXT)),
				  5 * (i + 1));
	}
}
END_TEST

START_TEST(disable_sends_what_was_stored)
{
	uint64_t ctrl = rd(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT));
	unsigned int block = 0;

	pkt_make(&p, &o, 200);
	store_packet(TEST_SCTXT, &block, &p);
	store_packet(TEST_SCTXT, &block, &p);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT),
	   ctrl & ~WFR_SEND_CTXT_CTRL_ENABLE);
	run(h);
	ck_assert_uint_eq(stats().pio_packets, 2);
	ck_assert_uint_eq(stats().rcv_packets, 2);
}
END_TEST

/* A drain waits for the packets of the window as for those on their way. */
START_TEST(occupancy_sees_what_was_stored)
{
	uint64_t send = rd(h, WFR_SEND_CTRL);
	unsigned int block = 0;
	uint64_t status;

	pkt_make(&p, &o, 200);
	store_packet(TEST_SCTXT, &block, &p);
	wr(h, WFR_SEND_CTRL, send & ~WFR_SEND_CTRL_SEND_ENABLE);
	status = rd(h, WFR_SEND_EGRESS_CTXT_STATUS(TEST_SCTXT));
	ck_assert_uint_eq(WFR_GET(WFR_SEND_EGRESS_CTXT_STATUS_PACKET_OCCUPANCY,
				  status),
			  1);
	wr(h, WFR_SEND_CTRL, send);
	run(h);
	ck_assert_uint_eq(stats().rcv_packets, 1);
}
END_TEST

/* Nothing moves before the very last quadword is there. */
START_TEST(never_torn)
{
	unsigned int b, q;

	pkt_make(&p, &o, 128);
	for (b = 0; b < 3; b++)
		for (q = 0; q < 8; q++) {
			run(h);
			ck_assert_uint_eq(stats().pio_packets, 0);
			store(TEST_SCTXT, b == 0, b, q,
			      p.data + 64 * b + 8 * q);
		}
	run(h);
	ck_assert_uint_eq(stats().pio_packets, 1);
}
END_TEST

START_TEST(any_store_order)
{
	unsigned int i;

	pkt_make(&p, &o, 128);
	for (i = 24; i-- > 0;) {
		unsigned int b = i / 8;

		store(TEST_SCTXT, b == 0, b, i % 8, p.data + 8 * i);
		run(h);
	}
	ck_assert_uint_eq(stats().pio_packets, 1);
	ck_assert_uint_eq(errors(), 0);
}
END_TEST

START_TEST(all_zeros_and_all_ones_are_data)
{
	unsigned int i, block = 0;

	for (i = 0; i < 2; i++) {
		pkt_make(&p, &o, 256);
		memset(p.data + 64, i ? 0xff : 0, 256);
		store_packet(TEST_SCTXT, &block, &p);
		run(h);
		ck_assert_uint_eq(stats().pio_packets, i + 1);
		ck_assert_mem_eq(h->mem + EAGER_OFF + i * 256, p.data + 64,
				 256);
	}
}
END_TEST

START_TEST(ring_wraps)
{
	unsigned int i, block = 0;

	pkt_make(&p, &o, 320);
	for (i = 0; i < 100; i++) {
		store_packet(TEST_SCTXT, &block, &p);
		run(h);
		wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT)));
		wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)));
	}
	ck_assert_uint_eq(stats().pio_packets, 100);
	ck_assert_uint_eq(errors(), 0);
}
END_TEST

START_TEST(no_sop_halts)
{
	pkt_make(&p, &o, 0);
	store_block(TEST_SCTXT, false, 0, p.data);
	run(h);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_INCONSISTENT_SOP);
}
END_TEST

START_TEST(sop_inside_packet_halts)
{
	pkt_make(&p, &o, 128);
	store_block(TEST_SCTXT, true, 0, p.data);
	store_block(TEST_SCTXT, true, 1, p.data + 64);
	run(h);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_INCONSISTENT_SOP);
}
END_TEST

START_TEST(overrun_halts)
{
	pkt_make(&p, &o, 0);
	wfr_fault_sticky(h->dev, WFR_STICKY_EGRESS);
	store_block(TEST_SCTXT, true, 0, p.data);
	run(h);
	/* The block was not given back, yet it is written again. */
	pkt_set32(&p, 15, 1);
	store_block(TEST_SCTXT, true, 0, p.data);
	wfr_fault_sticky(h->dev, 0);
	run(h);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW);
	ck_assert(credit_word(h, TEST_SCTXT) & WFR_CREDIT_STATUS);
}
END_TEST

START_TEST(out_of_bounds_halts)
{
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), 0);
	sctxt_up(h, TEST_SCTXT, 60); /* its page has four blocks more */
	pkt_make(&p, &o, 0);
	run(h);
	ck_assert_uint_eq(errors(), 0);
	store_block(TEST_SCTXT, true, 61, p.data);
	run(h);
	ck_assert_uint_eq(errors(),
			  WFR_SEND_CTXT_ERR_STATUS_WRITE_OUT_OF_BOUNDS);
}
END_TEST

START_TEST(disallowed_halts_and_restarts)
{
	uint64_t ctrl = rd(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT));
	unsigned int block = 0;

	wr(h, WFR_SEND_CTXT_CHECK_ENABLE(TEST_SCTXT),
	   WFR_SEND_CTXT_CHECK_ENABLE_CHECK_ENABLE |
		   WFR_SEND_CTXT_CHECK_ENABLE_DISALLOW_KDETH_PACKETS);
	pkt_make(&p, &o, 64);
	store_packet(TEST_SCTXT, &block, &p);
	run(h);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_DISALLOWED_PACKET);
	ck_assert_uint_eq(wfr_step(h->dev), WFR_STEP_IDLE);
	wr(h, WFR_SEND_CTXT_CHECK_ENABLE(TEST_SCTXT), 0);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), 0);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), ctrl);
	block = 0;
	store_packet(TEST_SCTXT, &block, &p);
	run(h);
	ck_assert_uint_eq(stats().pio_packets, 1);
}
END_TEST

START_TEST(trapped_stores_still_work)
{
	unsigned int block = 0;

	pkt_make(&p, &o, 64);
	pio_put(h, TEST_SCTXT, DEPTH, &block, &p);
	store_packet(TEST_SCTXT, &block, &p);
	pio_put(h, TEST_SCTXT, DEPTH, &block, &p);
	run(h);
	ck_assert_uint_eq(stats().pio_packets, 3);
	ck_assert_uint_eq(errors(), 0);
}
END_TEST

START_TEST(pauses_grow_and_end)
{
	uint64_t pause, last = 0;
	unsigned int i;

	ck_assert_uint_le(wfr_step(h->dev), cfg.scan_min_ns);
	for (i = 0; i < 100; i++) {
		pause = wfr_step(h->dev);
		ck_assert_uint_le(pause, cfg.scan_max_ns);
		ck_assert_uint_ge(pause, last > cfg.scan_max_ns ? 0 : last);
		last = pause;
		h->now += pause;
	}
	ck_assert_uint_eq(last, cfg.scan_max_ns);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), 0);
	ck_assert_uint_eq(wfr_step(h->dev), WFR_STEP_IDLE);
}
END_TEST

/* Being asked often makes no pause longer: only time does. */
START_TEST(pauses_grow_with_time_only)
{
	uint64_t pause;
	unsigned int i;

	h->now += 1200000;
	pause = wfr_step(h->dev);
	ck_assert_uint_lt(pause, cfg.scan_max_ns);
	for (i = 0; i < 20; i++)
		ck_assert_uint_eq(wfr_step(h->dev), pause);
}
END_TEST

/* A program answers to what it gets, so something may come soon. */
START_TEST(arrivals_end_long_pauses)
{
	h->now += 1000000000;
	ck_assert_uint_eq(wfr_step(h->dev), cfg.scan_max_ns);
	pkt_make(&p, &o, 64);
	pio_send(h, &p);
	run(h);
	ck_assert_uint_eq(stats().rcv_packets, 1);
	ck_assert_uint_eq(wfr_step(h->dev), cfg.scan_min_ns);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-scan");
	TCase *tc = tcase_create("scan");

	tcase_add_checked_fixture(tc, windows_setup, windows_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, packet_is_found);
	tcase_add_test(tc, force_sees_what_was_stored);
	tcase_add_test(tc, disable_sends_what_was_stored);
	tcase_add_test(tc, occupancy_sees_what_was_stored);
	tcase_add_test(tc, never_torn);
	tcase_add_test(tc, any_store_order);
	tcase_add_test(tc, all_zeros_and_all_ones_are_data);
	tcase_add_test(tc, ring_wraps);
	tcase_add_test(tc, no_sop_halts);
	tcase_add_test(tc, sop_inside_packet_halts);
	tcase_add_test(tc, overrun_halts);
	tcase_add_test(tc, out_of_bounds_halts);
	tcase_add_test(tc, disallowed_halts_and_restarts);
	tcase_add_test(tc, trapped_stores_still_work);
	tcase_add_test(tc, pauses_grow_and_end);
	tcase_add_test(tc, pauses_grow_with_time_only);
	tcase_add_test(tc, arrivals_end_long_pauses);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
