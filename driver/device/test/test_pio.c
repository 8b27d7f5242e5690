// SPDX-License-Identifier: BSD-3-Clause
/* Send contexts: framing, credits, halt. */
#include <errno.h>

#include "sending.h"

START_TEST(one_packet)
{
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert_uint_eq(sent(), 1);
	ck_assert(!halted());
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_SEQ, hdrq_rhf(h, TEST_CTXT, 0)),
			  1);
}
END_TEST

START_TEST(incomplete_packet_waits)
{
	pkt_make(&p, &o, 128);
	pio_put_block(h, TEST_SCTXT, true, 0, p.data);
	pio_put_block(h, TEST_SCTXT, false, 2, p.data + 128);
	run(h);
	ck_assert_uint_eq(sent(), 0);
	pio_put_block(h, TEST_SCTXT, false, 1, p.data + 64);
	run(h);
	ck_assert_uint_eq(sent(), 1);
}
END_TEST

/* The second packet may be complete first; order stays that of the ring. */
START_TEST(ring_order)
{
	struct pkt q;

	pkt_make(&p, &o, 0);
	pkt_set32(&p, 15, 1);
	pkt_make(&q, &o, 0);
	pkt_set32(&q, 15, 2);
	pio_put_block(h, TEST_SCTXT, true, 1, q.data);
	run(h);
	ck_assert_uint_eq(sent(), 0);
	pio_put_block(h, TEST_SCTXT, true, 0, p.data);
	run(h);
	ck_assert_uint_eq(sent(), 2);
	/* The last software word is the last dword before the RHF. */
	ck_assert_int_eq(hdrq_entry(h, TEST_CTXT, 0)[ENTRY_BYTES - 12], 1);
	ck_assert_int_eq(hdrq_entry(h, TEST_CTXT, 1)[ENTRY_BYTES - 12], 2);
}
END_TEST

START_TEST(wrap_around)
{
	unsigned int block = 0;
	unsigned int i;

	wr(h, WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
	   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 1));
	pkt_make(&p, &o, 256);
	for (i = 0; i < 60; i++) {
		pio_put(h, TEST_SCTXT, DEPTH, &block, &p);
		run(h);
		wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT)));
		wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)));
	}
	ck_assert_uint_eq(sent(), 60);
	ck_assert_uint_eq(
		WFR_GET(WFR_CREDIT_COUNTER, credit_word(h, TEST_SCTXT)), 300);
}
END_TEST

START_TEST(burst_of_a_block)
{
	pkt_make(&p, &o, 0);
	ck_assert_int_eq(wfr_pio_write(h->dev,
				       WFR_PIO_BASE + WFR_PIO_SOP_OFFSET +
					       TEST_SCTXT * WFR_PIO_CTXT_STRIDE,
				       p.data, 64),
			 0);
	run(h);
	ck_assert_uint_eq(sent(), 1);
}
END_TEST

START_TEST(burst_across_blocks_halts)
{
	pkt_make(&p, &o, 64);
	wfr_pio_write(h->dev,
		      WFR_PIO_BASE + WFR_PIO_SOP_OFFSET +
			      TEST_SCTXT * WFR_PIO_CTXT_STRIDE + 32,
		      p.data, 64);
	ck_assert_uint_eq(errors(),
			  WFR_SEND_CTXT_ERR_STATUS_WRITE_CROSSES_BOUNDARY);
	ck_assert(halted());
}
END_TEST

START_TEST(no_sop_halts)
{
	pkt_make(&p, &o, 0);
	pio_put_block(h, TEST_SCTXT, false, 0, p.data);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_INCONSISTENT_SOP);
	ck_assert(pending(h, WFR_IS_SENDCTXT_ERR_BASE + TEST_SCTXT));
}
END_TEST

START_TEST(sop_inside_packet_halts)
{
	pkt_make(&p, &o, 128);
	pio_put_block(h, TEST_SCTXT, true, 0, p.data);
	pio_put_block(h, TEST_SCTXT, true, 1, p.data + 64);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_INCONSISTENT_SOP);
}
END_TEST

START_TEST(out_of_bounds_halts)
{
	pkt_make(&p, &o, 0);
	pio_put_block(h, TEST_SCTXT, true, DEPTH, p.data);
	ck_assert_uint_eq(errors(),
			  WFR_SEND_CTXT_ERR_STATUS_WRITE_OUT_OF_BOUNDS);
}
END_TEST

START_TEST(overflow_halts)
{
	/* Packets stay in egress, so their blocks are not free. */
	wfr_fault_sticky(h->dev, WFR_STICKY_EGRESS);
	pkt_make(&p, &o, 0);
	pio_put_block(h, TEST_SCTXT, true, 0, p.data);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_CTXT_STATUS(TEST_SCTXT)), 1);
	pio_put_block(h, TEST_SCTXT, true, 0, p.data);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW);
}
END_TEST

START_TEST(packet_longer_than_ring_halts)
{
	pkt_make(&p, &o, 64 * DEPTH);
	pio_put_block(h, TEST_SCTXT, true, 0, p.data);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW);
}
END_TEST

START_TEST(disabled_context)
{
	pkt_make(&p, &o, 0);
	wr(h, WFR_SEND_PIO_ERR_MASK, ~0ULL);
	pio_put_block(h, TEST_SCTXT + 1, true, 0, p.data);
	ck_assert_uint_eq(rd(h, WFR_SEND_PIO_ERR_STATUS),
			  WFR_SEND_PIO_ERR_STATUS_WRITE_BAD_CTXT);
	ck_assert(pending(h, WFR_IS_PIO_ERR));
	ck_assert(!halted());
}
END_TEST

START_TEST(halt_and_restart)
{
	uint64_t ctrl = rd(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT));

	ck_assert_int_eq(wfr_fault_send_ctxt(h->dev, TEST_SCTXT, 0x20),
			 -EINVAL);
	ck_assert_int_eq(wfr_fault_send_ctxt(h->dev, TEST_SCTXT + 1, 1),
			 -ENXIO);
	ck_assert_int_eq(wfr_fault_send_ctxt(h->dev, TEST_SCTXT, 4), 0);
	ck_assert(halted());
	ck_assert(credit_word(h, TEST_SCTXT) & WFR_CREDIT_STATUS);
	ck_assert(credit_word(h, TEST_SCTXT) & WFR_CREDIT_DUE_TO_ERR);
	/* Stores to a halted context do nothing. */
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert_uint_eq(sent(), 0);

	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), ctrl & ~1ULL);
	ck_assert(!halted());
	wr(h, WFR_SEND_CTXT_ERR_CLEAR(TEST_SCTXT), errors());
	wr(h, WFR_SEND_PIO_INIT_CTXT,
	   WFR_SEND_PIO_INIT_CTXT_SINGLE_CTXT_INIT |
		   WFR_PREP(WFR_SEND_PIO_INIT_CTXT_CTXT_NUM, TEST_SCTXT));
	ck_assert_uint_eq(rd(h, WFR_SEND_PIO_INIT_CTXT) &
				  (WFR_SEND_PIO_INIT_CTXT_INIT_IN_PROGRESS |
				   WFR_SEND_PIO_INIT_CTXT_INIT_ERR),
			  0);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), ctrl);
	wr(h, WFR_SEND_CTXT_CREDIT_FORCE(TEST_SCTXT), 1);
	ck_assert_uint_eq(credit_word(h, TEST_SCTXT), WFR_CREDIT_DUE_TO_FORCE);
	pio_send(h, &p);
	ck_assert_uint_eq(sent(), 1);
	ck_assert_uint_eq(errors(), 0);
}
END_TEST

START_TEST(init_faults)
{
	uint64_t cmd = WFR_SEND_PIO_INIT_CTXT_SINGLE_CTXT_INIT |
		       WFR_PREP(WFR_SEND_PIO_INIT_CTXT_CTXT_NUM, 3);

	wfr_fault_pio_init(h->dev);
	wr(h, WFR_SEND_PIO_INIT_CTXT, cmd);
	ck_assert(rd(h, WFR_SEND_PIO_INIT_CTXT) &
		  WFR_SEND_PIO_INIT_CTXT_INIT_ERR);
	wr(h, WFR_SEND_PIO_INIT_CTXT, cmd);
	ck_assert(!(rd(h, WFR_SEND_PIO_INIT_CTXT) &
		    WFR_SEND_PIO_INIT_CTXT_INIT_ERR));
	wfr_fault_sticky(h->dev, WFR_STICKY_PIO_INIT);
	wr(h, WFR_SEND_PIO_INIT_CTXT, cmd);
	ck_assert(rd(h, WFR_SEND_PIO_INIT_CTXT) &
		  WFR_SEND_PIO_INIT_CTXT_INIT_IN_PROGRESS);
}
END_TEST

START_TEST(credits_by_threshold)
{
	unsigned int block = 0;
	unsigned int i;

	wr(h, WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
	   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 3) |
		   WFR_SEND_CTXT_CREDIT_CTRL_CREDIT_INTR);
	pkt_make(&p, &o, 0);
	for (i = 0; i < 2; i++)
		pio_put(h, TEST_SCTXT, DEPTH, &block, &p);
	run(h);
	ck_assert_uint_eq(credit_word(h, TEST_SCTXT), 0);
	ck_assert_uint_eq(
		WFR_GET(WFR_SEND_CTXT_CREDIT_STATUS_CURRENT_FREE_COUNTER,
			rd(h, WFR_SEND_CTXT_CREDIT_STATUS(TEST_SCTXT))),
		2);
	pio_put(h, TEST_SCTXT, DEPTH, &block, &p);
	run(h);
	ck_assert_uint_eq(credit_word(h, TEST_SCTXT),
			  3 | WFR_CREDIT_DUE_TO_THRESHOLD);
	ck_assert(pending(h, WFR_IS_SENDCREDIT_BASE + TEST_SCTXT));
}
END_TEST

START_TEST(credits_by_request)
{
	o.pbc = WFR_PBC_CREDIT_RETURN;
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert_uint_eq(credit_word(h, TEST_SCTXT),
			  1 | WFR_CREDIT_DUE_TO_PBC);
}
END_TEST

START_TEST(early_return)
{
	wfr_fault_sticky(h->dev, WFR_STICKY_EGRESS);
	wr(h, WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
	   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 1) |
		   WFR_SEND_CTXT_CREDIT_CTRL_EARLY_RETURN);
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert_uint_eq(sent(), 0);
	ck_assert_uint_eq(
		WFR_GET(WFR_CREDIT_COUNTER, credit_word(h, TEST_SCTXT)), 1);
}
END_TEST

START_TEST(lost_credits)
{
	ck_assert_int_eq(wfr_fault_drop_credits(h->dev, TEST_SCTXT, 1), 0);
	wr(h, WFR_SEND_CTXT_CREDIT_FORCE(TEST_SCTXT), 1);
	ck_assert_uint_eq(credit_word(h, TEST_SCTXT), 0);
	wr(h, WFR_SEND_CTXT_CREDIT_FORCE(TEST_SCTXT), 0);
	wr(h, WFR_SEND_CTXT_CREDIT_FORCE(TEST_SCTXT), 1);
	ck_assert_uint_eq(credit_word(h, TEST_SCTXT), WFR_CREDIT_DUE_TO_FORCE);
}
END_TEST

START_TEST(freeze_needs_a_new_enable)
{
	uint64_t ctrl = rd(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT));

	wfr_fault_sticky(h->dev, WFR_STICKY_EGRESS);
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	wfr_fault_sticky(h->dev, 0);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_FREEZE);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_CTXT_STATUS(TEST_SCTXT)), 0);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	pio_put_block(h, TEST_SCTXT, true, 1, p.data);
	run(h);
	ck_assert_uint_eq(sent(), 0);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), 0);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), ctrl);
	pio_send(h, &p);
	ck_assert_uint_eq(sent(), 1);
}
END_TEST

START_TEST(link_and_lane_refuse)
{
	pkt_make(&p, &o, 0);
	wr(h, WFR_SEND_EGRESS_ERR_MASK, ~0ULL);
	wr(h, WFR_SEND_CTRL,
	   WFR_SEND_CTRL_SEND_ENABLE |
		   WFR_PREP(WFR_SEND_CTRL_UNSUPPORTED_VL, 1));
	pio_send(h, &p);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_STATUS),
			  WFR_SEND_EGRESS_ERR_STATUS_TX_ILLEGAL_VL);
	ck_assert(pending(h, WFR_IS_EGRESS_ERR));
	wr(h, WFR_SEND_EGRESS_ERR_CLEAR, ~0ULL);
	wr(h, WFR_SEND_CTRL, WFR_SEND_CTRL_SEND_ENABLE);
	wfr_port_state_set(h->dev, WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_INIT);
	pio_put_block(h, TEST_SCTXT, true, 1, p.data);
	run(h);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_STATUS),
			  WFR_SEND_EGRESS_ERR_STATUS_TX_INCORRECT_LINK_STATE);
	wr(h, WFR_SEND_EGRESS_ERR_CLEAR, ~0ULL);
	wfr_link_set(h->dev, false);
	pio_put_block(h, TEST_SCTXT, true, 2, p.data);
	run(h);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_STATUS),
			  WFR_SEND_EGRESS_ERR_STATUS_TX_LINKDOWN);
	ck_assert_uint_eq(sent(), 0);
	/* A packet that is lost on its way out gives its blocks back. */
	ck_assert_uint_eq(
		WFR_GET(WFR_SEND_CTXT_CREDIT_STATUS_CURRENT_FREE_COUNTER,
			rd(h, WFR_SEND_CTXT_CREDIT_STATUS(TEST_SCTXT))),
		3);
}
END_TEST

START_TEST(delay)
{
	unsigned int block = 0;

	wfr_fault_delay(h->dev, 5000);
	pkt_make(&p, &o, 0);
	pio_put(h, TEST_SCTXT, 64, &block, &p);
	run(h);
	ck_assert_uint_eq(sent(), 0);
	ck_assert_uint_eq(wfr_step(h->dev), 5000);
	pass_time(h, 5000);
	ck_assert_uint_eq(sent(), 1);
	/* What a delay holds goes when the delay ends, not when it was due. */
	wfr_fault_delay(h->dev, 3600000000000);
	pio_put(h, TEST_SCTXT, 64, &block, &p);
	run(h);
	ck_assert_uint_eq(sent(), 1);
	wfr_fault_delay(h->dev, 0);
	run(h);
	ck_assert_uint_eq(sent(), 2);
}
END_TEST

START_TEST(send_disabled_holds)
{
	wr(h, WFR_SEND_CTRL, 0);
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert_uint_eq(sent(), 0);
	ck_assert_uint_eq(wfr_step(h->dev), WFR_STEP_IDLE);
	wr(h, WFR_SEND_CTRL, WFR_SEND_CTRL_SEND_ENABLE);
	run(h);
	ck_assert_uint_eq(sent(), 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-pio");
	TCase *tc = tcase_create("pio");

	tcase_add_checked_fixture(tc, sending_setup, sending_teardown);
	tcase_add_test(tc, one_packet);
	tcase_add_test(tc, incomplete_packet_waits);
	tcase_add_test(tc, ring_order);
	tcase_add_test(tc, wrap_around);
	tcase_add_test(tc, burst_of_a_block);
	tcase_add_test(tc, burst_across_blocks_halts);
	tcase_add_test(tc, no_sop_halts);
	tcase_add_test(tc, sop_inside_packet_halts);
	tcase_add_test(tc, out_of_bounds_halts);
	tcase_add_test(tc, overflow_halts);
	tcase_add_test(tc, packet_longer_than_ring_halts);
	tcase_add_test(tc, disabled_context);
	tcase_add_test(tc, halt_and_restart);
	tcase_add_test(tc, init_faults);
	tcase_add_test(tc, credits_by_threshold);
	tcase_add_test(tc, credits_by_request);
	tcase_add_test(tc, early_return);
	tcase_add_test(tc, lost_credits);
	tcase_add_test(tc, freeze_needs_a_new_enable);
	tcase_add_test(tc, link_and_lane_refuse);
	tcase_add_test(tc, delay);
	tcase_add_test(tc, send_disabled_holds);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
