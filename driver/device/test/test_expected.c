// SPDX-License-Identifier: BSD-3-Clause
/* Receive contexts: expected placement and TID flows. */
#include <string.h>

#include "receive.h"

static uint32_t tid(unsigned int pair, unsigned int ctrl, unsigned int off,
		    bool large)
{
	return WFR_PREP(WFR_KDETH0_TID, pair) |
	       WFR_PREP(WFR_KDETH0_TIDCTRL, ctrl) |
	       WFR_PREP(WFR_KDETH0_OFFSET, off) |
	       WFR_PREP(WFR_KDETH0_OM, large);
}

static void program_tid(unsigned int entry, unsigned int page,
			unsigned int code)
{
	wr(h, WFR_RCV_ARRAY(TEST_CTXT * 128 + TID_FIRST_ENTRY + entry),
	   WFR_RCVARRAY_ENTRY_WRITE_ENABLE |
		   WFR_PREP(WFR_RCVARRAY_ENTRY_BUF_SIZE, code) |
		   WFR_PREP(WFR_RCVARRAY_ENTRY_ADDR,
			    code ? ((HOST_BASE + TID_OFF) >> WFR_PAGE_SHIFT) +
					    page :
				   0));
}

START_TEST(expected_lands_in_its_entry)
{
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, 0);
	program_tid(2, 0, 1);
	program_tid(3, 4, 2);
	o.kdeth = tid(1, WFR_KDETH0_TIDCTRL_EVEN, 16, false);
	rcv_put(256);
	rcv_check_payload(TID_OFF + 64, 256);
	rhf = hdrq_rhf(h, TEST_CTXT, 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf), WFR_RHF_TYPE_EXPECTED);
	ck_assert_uint_eq(rhf & (WFR_RHF_ERRORS | WFR_RHF_USE_EGR_BFR), 0);
	o.kdeth = tid(1, WFR_KDETH0_TIDCTRL_ODD, 65, true);
	rcv_put(256);
	rcv_check_payload(TID_OFF + 4 * 4096 + 65 * 64, 256);
	ck_assert_uint_eq(rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)), 0);
}
END_TEST

START_TEST(expected_pair_is_one_buffer)
{
	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 7, 1);
	program_tid(1, 2, 1);
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_PAIR, (4096 - 64) / 4, false);
	rcv_put(128);
	rcv_check_payload(TID_OFF + 8 * 4096 - 64, 64);
	ck_assert_uint_eq(h->mem[TID_OFF + 2 * 4096], payload_byte(64));
	ck_assert_uint_eq(h->mem[TID_OFF + 2 * 4096 + 63], payload_byte(127));
	ck_assert_uint_eq(h->mem[TID_OFF + 2 * 4096 + 64], 0);
	/* Wholly in the second half. */
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_PAIR, 4096 / 64 + 2, true);
	rcv_put(64);
	rcv_check_payload(TID_OFF + 2 * 4096 + 128, 64);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 1) & WFR_RHF_ERRORS, 0);
}
END_TEST

static void expect_tid_error(uint64_t type, uint64_t bits)
{
	uint64_t rhf = hdrq_rhf(h, TEST_CTXT, 0);
	unsigned int i;

	ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf), type);
	ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, bits);
	for (i = 0; i < 3 * 4096; i++)
		ck_assert_uint_eq(h->mem[TID_OFF + i], 0);
}

START_TEST(expected_beyond_buffer)
{
	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 0, 1);
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_EVEN, (4096 - 64) / 4, false);
	rcv_put(128);
	expect_tid_error(WFR_RHF_TYPE_EXPECTED, WFR_RHF_LEN_ERR);
}
END_TEST

START_TEST(expected_invalid_entry)
{
	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 0, 1);
	program_tid(0, 0, 0); /* and away again */
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_EVEN, 0, false);
	rcv_put(64);
	expect_tid_error(WFR_RHF_TYPE_EXPECTED, WFR_RHF_TID_ERR);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_VALID), 1);
}
END_TEST

START_TEST(expected_half_a_pair)
{
	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 0, 1);
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_PAIR, 0, false);
	rcv_put(64);
	expect_tid_error(WFR_RHF_TYPE_EXPECTED, WFR_RHF_TID_ERR);
}
END_TEST

START_TEST(expected_out_of_range)
{
	rctxt_up(h, TEST_CTXT, 0); /* 16 entries, 8 pairs */
	program_tid(16, 0, 1);
	o.kdeth = tid(8, WFR_KDETH0_TIDCTRL_EVEN, 0, false);
	rcv_put(64);
	expect_tid_error(WFR_RHF_TYPE_ERROR,
			 WFR_RHF_TID_ERR |
				 (uint64_t)WFR_RHF_RCV_TYPE_ERR_KHDR_TID << 56);
}
END_TEST

START_TEST(rcvarray_filler_is_ignored)
{
	unsigned int entry = TEST_CTXT * 128 + TID_FIRST_ENTRY;

	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 0, 1);
	wr(h, WFR_RCV_ARRAY(entry), 0);
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_EVEN, 0, false);
	rcv_put(64);
	rcv_check_payload(TID_OFF, 64);
}
END_TEST

/* TID flows */

#define FLOW 9u
#define GEN  0x2345u

static void flow_up(uint64_t bits, unsigned int seq)
{
	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_TID_FLOW_ENABLE);
	program_tid(0, 0, 1);
	wr(h, WFR_RCV_TID_FLOW_TABLE(TEST_CTXT, FLOW),
	   WFR_TID_FLOW_FLOW_VALID | WFR_PREP(WFR_TID_FLOW_GEN_VAL, GEN) |
		   WFR_PREP(WFR_TID_FLOW_SEQ_NUM, seq) | bits);
	o.flow = FLOW;
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_EVEN, 0, false);
}

static void put_psn(unsigned int gen, unsigned int seq)
{
	memset(h->mem + TID_OFF, 0, 64);
	o.psn = WFR_PREP(WFR_BTH2_GEN, gen) | WFR_PREP(WFR_BTH2_SEQ, seq);
	rcv_put(64);
}

static uint64_t flow_entry(void)
{
	return rd(h, WFR_RCV_TID_FLOW_TABLE(TEST_CTXT, FLOW));
}

START_TEST(flow_in_order)
{
	flow_up(0, 2047);
	put_psn(GEN, 2047);
	put_psn(GEN, 0);
	ck_assert_uint_eq(WFR_GET(WFR_TID_FLOW_SEQ_NUM, flow_entry()), 1);
	ck_assert_uint_eq(WFR_GET(WFR_TID_FLOW_GEN_VAL, flow_entry()), GEN);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 2);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 1) & WFR_RHF_ERRORS, 0);
}
END_TEST

START_TEST(flow_suppression)
{
	flow_up(WFR_TID_FLOW_HDR_SUPP_ENABLED, 0);
	o.kdeth |= WFR_KDETH0_SH;
	put_psn(GEN, 0);
	rcv_check_payload(TID_OFF, 64);
	put_psn(GEN, 1);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 0);
	ck_assert_uint_eq(rcv_stats().rcv_suppressed, 2);
	o.kdeth &= ~(uint32_t)WFR_KDETH0_SH;
	put_psn(GEN, 2);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 1);
	ck_assert_uint_eq(WFR_GET(WFR_TID_FLOW_SEQ_NUM, flow_entry()), 3);
}
END_TEST

START_TEST(flow_suppression_needs_no_entry)
{
	unsigned int i;

	flow_up(WFR_TID_FLOW_HDR_SUPP_ENABLED, 0);
	for (i = 0; i < HDRQ_ENTRIES; i++)
		put_psn(GEN, i);
	o.kdeth |= WFR_KDETH0_SH;
	put_psn(GEN, HDRQ_ENTRIES - 1);
	ck_assert_uint_eq(rcv_stats().rcv_suppressed, 1);
	rcv_check_payload(TID_OFF, 64);
}
END_TEST

START_TEST(flow_sequence_error)
{
	uint64_t rhf;

	flow_up(WFR_TID_FLOW_HDR_SUPP_ENABLED, 5);
	o.kdeth |= WFR_KDETH0_SH;
	put_psn(GEN, 7);
	rhf = hdrq_rhf(h, TEST_CTXT, 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_TYPE_ERR, rhf),
			  WFR_RHF_RCV_TYPE_ERR_FLOW_SEQ);
	ck_assert(flow_entry() & WFR_TID_FLOW_SEQ_MISMATCH);
	ck_assert_uint_eq(WFR_GET(WFR_TID_FLOW_SEQ_NUM, flow_entry()), 5);
	/* Even the right one is lost until software has looked. */
	put_psn(GEN, 5);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 1);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_FLOW_SEQ_MISMATCH), 2);
	wr(h, WFR_RCV_TID_FLOW_TABLE(TEST_CTXT, FLOW), flow_entry());
	ck_assert(!(flow_entry() & WFR_TID_FLOW_SEQ_MISMATCH));
	put_psn(GEN, 5);
	ck_assert_uint_eq(rcv_stats().rcv_suppressed, 1);
}
END_TEST

START_TEST(flow_keeps_after_sequence_error)
{
	flow_up(WFR_TID_FLOW_KEEP_AFTER_SEQ_ERR, 5);
	put_psn(GEN, 7);
	put_psn(GEN, 5);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 2);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 1) & WFR_RHF_ERRORS, 0);
}
END_TEST

START_TEST(flow_generation_error)
{
	flow_up(0, 0);
	put_psn(GEN + 1, 0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 0);
	ck_assert(flow_entry() & WFR_TID_FLOW_GEN_MISMATCH);
	ck_assert_uint_eq(h->mem[TID_OFF], 0);

	flow_up(WFR_TID_FLOW_KEEP_ON_GEN_ERR | WFR_TID_FLOW_GEN_MISMATCH, 0);
	ck_assert(!(flow_entry() & WFR_TID_FLOW_GEN_MISMATCH));
	put_psn(GEN + 1, 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_TYPE_ERR,
				  hdrq_rhf(h, TEST_CTXT, 0)),
			  WFR_RHF_RCV_TYPE_ERR_FLOW_GEN);
	ck_assert_uint_eq(h->mem[TID_OFF], 0);

	flow_up(WFR_TID_FLOW_KEEP_ON_GEN_ERR |
			WFR_TID_FLOW_KEEP_PAYLOAD_ON_GEN_ERR,
		0);
	put_psn(GEN + 1, 0);
	rcv_check_payload(TID_OFF, 64);
}
END_TEST

START_TEST(flow_not_valid_or_not_enabled)
{
	flow_up(0, 0);
	wr(h, WFR_RCV_TID_FLOW_TABLE(TEST_CTXT, FLOW), 0);
	put_psn(GEN, 77);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_ERRORS, 0);
	rcv_check_payload(TID_OFF, 64);
}
END_TEST

START_TEST(damage_does_not_move_the_flow)
{
	flow_up(0, 0);
	wfr_fault_corrupt_next(h->dev, WFR_CORRUPT_ICRC, 0);
	put_psn(GEN, 0);
	ck_assert(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_ICRC_ERR);
	ck_assert_uint_eq(WFR_GET(WFR_TID_FLOW_SEQ_NUM, flow_entry()), 0);
	ck_assert_uint_eq(h->mem[TID_OFF], 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-expected");
	TCase *tc = tcase_create("expected");

	tcase_add_checked_fixture(tc, rcv_setup, rcv_teardown);
	tcase_add_test(tc, expected_lands_in_its_entry);
	tcase_add_test(tc, expected_pair_is_one_buffer);
	tcase_add_test(tc, expected_beyond_buffer);
	tcase_add_test(tc, expected_invalid_entry);
	tcase_add_test(tc, expected_half_a_pair);
	tcase_add_test(tc, expected_out_of_range);
	tcase_add_test(tc, rcvarray_filler_is_ignored);
	tcase_add_test(tc, flow_in_order);
	tcase_add_test(tc, flow_suppression);
	tcase_add_test(tc, flow_suppression_needs_no_entry);
	tcase_add_test(tc, flow_sequence_error);
	tcase_add_test(tc, flow_keeps_after_sequence_error);
	tcase_add_test(tc, flow_generation_error);
	tcase_add_test(tc, flow_not_valid_or_not_enabled);
	tcase_add_test(tc, damage_does_not_move_the_flow);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
