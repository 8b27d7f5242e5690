// SPDX-License-Identifier: BSD-3-Clause
/* User registers and RcvArray in shared memory. */
#include "windows.h"

static uint64_t *ureg(uint64_t off)
{
	return (uint64_t *)((uint8_t *)cfg.uregs.mem +
			    (off - WFR_RCV_UREGS_BASE));
}

START_TEST(user_registers_in_memory)
{
	unsigned int block = 0, i;
	uint64_t ctrl = rd(h, WFR_RCV_CTXT_CTRL(TEST_CTXT));

	wr(h, WFR_RCV_CTXT_CTRL(TEST_CTXT),
	   ctrl | WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	pkt_make(&p, &o, 0);
	for (i = 0; i < HDRQ_ENTRIES; i++) {
		store_packet(TEST_SCTXT, &block, &p);
		run(h);
	}
	ck_assert_uint_eq(*ureg(WFR_RCV_HDR_TAIL(TEST_CTXT)),
			  (HDRQ_ENTRIES - 1) * ENTRY_BYTES / 4);
	ck_assert_uint_eq(stats().rcv_delivered, HDRQ_ENTRIES - 1);
	/* The head moves without a trap; a step notices. */
	__atomic_store_n(ureg(WFR_RCV_HDR_HEAD(TEST_CTXT)), ENTRY_BYTES / 4,
			 __ATOMIC_RELEASE);
	run(h);
	ck_assert_uint_eq(stats().rcv_delivered, HDRQ_ENTRIES);
}
END_TEST

/* What a user scribbles over its page harms nobody but itself. */
START_TEST(scribbled_registers)
{
	unsigned int block = 0, i;

	for (i = 0; i < 512; i++)
		if (i != 1 && i != 3)
			((uint64_t *)ureg(WFR_RCV_HDR_TAIL(TEST_CTXT)))[i] =
				~0ULL;
	pkt_make(&p, &o, 64);
	for (i = 0; i < 3; i++)
		store_packet(TEST_SCTXT, &block, &p);
	run(h);
	ck_assert_uint_eq(stats().rcv_delivered, 3);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_SEQ, hdrq_rhf(h, TEST_CTXT, 2)),
			  3);
	ck_assert_uint_eq(*ureg(WFR_RCV_HDR_TAIL(TEST_CTXT)),
			  3 * ENTRY_BYTES / 4);
}
END_TEST

START_TEST(tid_flow_stores_are_writes)
{
	uint64_t off = WFR_RCV_TID_FLOW_TABLE(TEST_CTXT, 4);
	uint64_t entry = WFR_TID_FLOW_FLOW_VALID |
			 WFR_PREP(WFR_TID_FLOW_SEQ_NUM, 9);
	unsigned int block = 0;

	wr(h, WFR_RCV_CTXT_CTRL(TEST_CTXT),
	   rd(h, WFR_RCV_CTXT_CTRL(TEST_CTXT)) |
		   WFR_RCV_CTXT_CTRL_TID_FLOW_ENABLE);
	wr(h, WFR_RCV_ARRAY(TEST_CTXT * 128 + TID_FIRST_ENTRY),
	   WFR_RCVARRAY_ENTRY_WRITE_ENABLE |
		   WFR_PREP(WFR_RCVARRAY_ENTRY_BUF_SIZE, 1) |
		   WFR_PREP(WFR_RCVARRAY_ENTRY_ADDR,
			    (HOST_BASE + TID_OFF) >> WFR_PAGE_SHIFT));
	__atomic_store_n(ureg(off), entry, __ATOMIC_RELEASE);
	o.flow = 4;
	o.kdeth = WFR_PREP(WFR_KDETH0_TIDCTRL, WFR_KDETH0_TIDCTRL_EVEN);
	pkt_make(&p, &o, 64); /* sequence 0, 9 expected */
	store_packet(TEST_SCTXT, &block, &p);
	run(h);
	ck_assert_uint_eq(*ureg(off), entry | WFR_TID_FLOW_SEQ_MISMATCH);
	/* The user clears the error and sets a new sequence in one store. */
	__atomic_store_n(ureg(off),
			 WFR_TID_FLOW_FLOW_VALID | WFR_TID_FLOW_SEQ_MISMATCH |
				 WFR_TID_FLOW_GEN_MISMATCH,
			 __ATOMIC_RELEASE);
	store_packet(TEST_SCTXT, &block, &p);
	run(h);
	ck_assert_uint_eq(*ureg(off),
			  WFR_TID_FLOW_FLOW_VALID |
				  WFR_PREP(WFR_TID_FLOW_SEQ_NUM, 1));
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 1) & WFR_RHF_ERRORS, 0);
}
END_TEST

START_TEST(rcv_array_in_memory)
{
	uint64_t *entry = (uint64_t *)cfg.rcv_array.mem + TEST_CTXT * 128;
	unsigned int block = 0;

	/* A host that maps the array stores into it without a trap. */
	__atomic_store_n(entry,
			 WFR_RCVARRAY_ENTRY_WRITE_ENABLE |
				 WFR_PREP(WFR_RCVARRAY_ENTRY_BUF_SIZE, 2) |
				 WFR_PREP(WFR_RCVARRAY_ENTRY_ADDR,
					  (HOST_BASE + TID_OFF) >>
						  WFR_PAGE_SHIFT),
			 __ATOMIC_RELEASE);
	pkt_make(&p, &o, 64);
	store_packet(TEST_SCTXT, &block, &p);
	run(h);
	ck_assert_mem_eq(h->mem + TID_OFF, p.data + 64, 64);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-windows");
	TCase *tc = tcase_create("windows");

	tcase_add_checked_fixture(tc, windows_setup, windows_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, user_registers_in_memory);
	tcase_add_test(tc, scribbled_registers);
	tcase_add_test(tc, tid_flow_stores_are_writes);
	tcase_add_test(tc, rcv_array_in_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
