// SPDX-License-Identifier: BSD-3-Clause
/* Receive contexts: header queue and eager placement. */
#include <errno.h>
#include <string.h>

#include "receive.h"

#define HDR_OFF (ENTRY_BYTES - 8 - 4 * WFR_HDR_DWS)

START_TEST(header_queue_entry)
{
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_INTR_AVAIL);
	rcv_put(0);
	rhf = hdrq_rhf(h, TEST_CTXT, 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf), WFR_RHF_TYPE_EAGER);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_PKT_LEN, rhf), WFR_HDR_DWS + 1);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_SEQ, rhf), 1);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_HDRQ_OFFSET, rhf) * 4, HDR_OFF);
	ck_assert_uint_eq(rhf & (WFR_RHF_ERRORS | WFR_RHF_USE_EGR_BFR), 0);
	ck_assert_mem_eq(hdrq_entry(h, TEST_CTXT, 0) + HDR_OFF, p.data + 8,
			 4 * WFR_HDR_DWS);
	ck_assert_uint_eq(rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT)), ENTRY_BYTES / 4);
	ck_assert_uint_eq(mem64(h, TAIL_OFF), 0);
	ck_assert(pending(h, WFR_IS_RCVAVAIL_BASE + TEST_CTXT));
	ck_assert(!pending(h, WFR_IS_RCVURGENT_BASE + TEST_CTXT));
}
END_TEST

START_TEST(tail_in_memory_and_urgent)
{
	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_TAIL_UPD);
	o.kdeth = WFR_KDETH0_INTR;
	rcv_put(0);
	ck_assert_uint_eq(mem64(h, TAIL_OFF), ENTRY_BYTES / 4);
	ck_assert(!pending(h, WFR_IS_RCVAVAIL_BASE + TEST_CTXT));
	ck_assert(pending(h, WFR_IS_RCVURGENT_BASE + TEST_CTXT));
}
END_TEST

/* No wake-up is lost between looking at the queue and arming. */
START_TEST(arming_with_packets_waiting)
{
	uint64_t ctrl;

	rctxt_up(h, TEST_CTXT, 0);
	ctrl = rd(h, WFR_RCV_CTXT_CTRL(TEST_CTXT));
	wr(h, WFR_RCV_CTXT_CTRL(TEST_CTXT),
	   ctrl | WFR_RCV_CTXT_CTRL_INTR_AVAIL);
	ck_assert(!pending(h, WFR_IS_RCVAVAIL_BASE + TEST_CTXT));
	wr(h, WFR_RCV_CTXT_CTRL(TEST_CTXT), ctrl);
	rcv_put(0);
	ck_assert(!pending(h, WFR_IS_RCVAVAIL_BASE + TEST_CTXT));
	wr(h, WFR_RCV_CTXT_CTRL(TEST_CTXT),
	   ctrl | WFR_RCV_CTXT_CTRL_INTR_AVAIL);
	ck_assert(pending(h, WFR_IS_RCVAVAIL_BASE + TEST_CTXT));
}
END_TEST

START_TEST(sequence_and_wrap)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, 0);
	for (i = 0; i < 200; i++) {
		rcv_put(0);
		ck_assert_uint_eq(
			WFR_GET(WFR_RHF_RCV_SEQ,
				hdrq_rhf(h, TEST_CTXT, i % HDRQ_ENTRIES)),
			i % WFR_RHF_MAX_SEQ + 1);
		wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT)));
	}
	/* A new enable begins anew. */
	wr(h, WFR_RCV_CTXT_CTRL(TEST_CTXT), 0);
	rctxt_up(h, TEST_CTXT, 0);
	rcv_put(0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_SEQ, hdrq_rhf(h, TEST_CTXT, 0)),
			  1);
}
END_TEST

START_TEST(full_queue_drops)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, 0);
	for (i = 0; i < HDRQ_ENTRIES + 2; i++)
		rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, HDRQ_ENTRIES - 1);
	ck_assert_uint_eq(rd(h, WFR_RCV_HDR_OVFL_CNT(TEST_CTXT)), 3);
	ck_assert_uint_eq(rcv_stats().rcv_drops, 3);
}
END_TEST

START_TEST(full_queue_holds)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	for (i = 0; i < HDRQ_ENTRIES + 2; i++)
		rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, HDRQ_ENTRIES - 1);
	ck_assert_uint_ne(rd(h, WFR_RCV_CTXT_STATUS(TEST_CTXT)), 0);
	wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT), 2 * ENTRY_BYTES / 4);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, HDRQ_ENTRIES + 1);
	wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT), 3 * ENTRY_BYTES / 4);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, HDRQ_ENTRIES + 2);
	ck_assert_uint_eq(rd(h, WFR_RCV_CTXT_STATUS(TEST_CTXT)), 0);
	ck_assert_uint_eq(rcv_stats().rcv_drops, 0);
}
END_TEST

START_TEST(eager_packs_buffers)
{
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, 0);
	rcv_put(100);
	rcv_check_payload(EAGER_OFF, 100);
	rcv_put(4096);
	rhf = hdrq_rhf(h, TEST_CTXT, 1);
	ck_assert(rhf & WFR_RHF_USE_EGR_BFR);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_INDEX, rhf), 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_OFFSET, rhf), 2);
	rcv_check_payload(EAGER_OFF + 128, 4096);
	ck_assert_uint_eq(rd(h, WFR_RCV_EGR_OFFSET_TAIL(TEST_CTXT)), 66);
	/* Does not fit in the rest of the buffer any more. */
	rcv_put(4096);
	rhf = hdrq_rhf(h, TEST_CTXT, 2);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_INDEX, rhf), 1);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_OFFSET, rhf), 0);
	rcv_check_payload(EAGER_OFF + EAGER_SIZE, 4096);
	ck_assert_uint_eq(rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)), 1);
}
END_TEST

START_TEST(eager_one_packet_each)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER);
	for (i = 0; i < 3; i++) {
		rcv_put(64);
		ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_INDEX,
					  hdrq_rhf(h, TEST_CTXT, i)),
				  i);
		rcv_check_payload(EAGER_OFF + i * EAGER_SIZE, 64);
	}
}
END_TEST

START_TEST(eager_full_drops)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER);
	for (i = 0; i < EAGER_BUFS + 1; i++)
		rcv_put(64);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, EAGER_BUFS - 1);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_FULL), 2);
	/* Packets without payload need no buffer. */
	rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, EAGER_BUFS);
	wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT), 1);
	rcv_put(64);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, EAGER_BUFS + 1);
}
END_TEST

START_TEST(eager_full_holds)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT,
		 WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER |
			 WFR_RCV_CTXT_CTRL_DONT_DROP_EGR_FULL);
	for (i = 0; i < EAGER_BUFS; i++)
		rcv_put(64);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, EAGER_BUFS - 1);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_CTXT_EGR_STALL), 1);
	wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT), 2);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, EAGER_BUFS);
	ck_assert_uint_eq(rcv_stats().rcv_drops, 0);
}
END_TEST

static void spoil_port(void)
{
	wr(h, WFR_RCV_CTRL, 0);
}

static void spoil_jkey(void)
{
	o.jkey = TEST_JKEY + 1;
}

static void spoil_ctxt(void)
{
	o.ctxt = TEST_CTXT + 1;
}

static void spoil_pkey(void)
{
	wr(h, WFR_RCV_PARTITION_KEY(0), 0x7fff8002ULL);
	wr(h, WFR_RCV_CTRL,
	   WFR_RCV_CTRL_PORT_ENABLE | WFR_RCV_CTRL_PARTITION_KEY_ENABLE);
}

static void spoil_prefix(void)
{
	wr(h, WFR_RCV_BTH_QP, WFR_PREP(WFR_RCV_BTH_QP_KDETH_QP, 0x81));
}

static void spoil_dlid(void)
{
	o.dlid = TEST_LID + 1;
}

static void (*const spoilers[])(void) = {
	spoil_port, spoil_jkey,	  spoil_ctxt,
	spoil_pkey, spoil_prefix, spoil_dlid,
};

START_TEST(unwanted_packets_vanish)
{
	rctxt_up(h, TEST_CTXT, 0);
	spoilers[_i]();
	rcv_put(64);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 0);
	ck_assert_uint_eq(rcv_stats().rcv_drops + rcv_stats().egress_drops, 1);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 0), 0);
}
END_TEST

START_TEST(pkey_members)
{
	rctxt_up(h, TEST_CTXT, 0);
	/* A limited entry meets a full member: same partition, allowed. */
	wr(h, WFR_RCV_PARTITION_KEY(3), 0x0001ULL << 48);
	wr(h, WFR_RCV_CTRL,
	   WFR_RCV_CTRL_PORT_ENABLE | WFR_RCV_CTRL_PARTITION_KEY_ENABLE);
	rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 1);
	o.pkey = 0x0001;
	rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 1);
}
END_TEST

static const struct {
	enum wfr_corruption how;
	uint64_t type;
	uint64_t bits;
} damages[] = {
	{ WFR_CORRUPT_ICRC, WFR_RHF_TYPE_EAGER, WFR_RHF_ICRC_ERR },
	{ WFR_CORRUPT_ECC, WFR_RHF_TYPE_EAGER, WFR_RHF_ECC_ERR },
	{ WFR_CORRUPT_LENGTH, WFR_RHF_TYPE_EAGER, WFR_RHF_LEN_ERR },
	{ WFR_CORRUPT_TID, WFR_RHF_TYPE_EAGER, WFR_RHF_TID_ERR },
	{ WFR_CORRUPT_HCRC, WFR_RHF_TYPE_ERROR,
	  (uint64_t)WFR_RHF_RCV_TYPE_ERR_KHDR_HCRC << 56 },
	{ WFR_CORRUPT_KVER, WFR_RHF_TYPE_ERROR,
	  (uint64_t)WFR_RHF_RCV_TYPE_ERR_KHDR_KVER << 56 },
};

START_TEST(damaged_packets_are_marked)
{
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, 0);
	ck_assert_int_eq(wfr_fault_corrupt_next(h->dev, damages[_i].how, 1), 0);
	ck_assert_int_eq(wfr_fault_corrupt_next(h->dev, damages[_i].how, 1),
			 -EBUSY);
	rcv_put(64);
	rcv_put(64);
	rcv_put(64);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_ERRORS, 0);
	rhf = hdrq_rhf(h, TEST_CTXT, 1);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf), damages[_i].type);
	ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, damages[_i].bits);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 2) & WFR_RHF_ERRORS, 0);
}
END_TEST

START_TEST(lost_and_doubled_packets)
{
	rctxt_up(h, TEST_CTXT, 0);
	wfr_fault_corrupt_next(h->dev, WFR_CORRUPT_DROP, 0);
	rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 0);
	wfr_fault_corrupt_next(h->dev, WFR_CORRUPT_DUPLICATE, 0);
	rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, 2);
}
END_TEST

START_TEST(short_header_is_an_error_packet)
{
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, 0);
	pkt_make(&p, &o, 0);
	/* Cut after the two KDETH dwords hardware looks at. */
	pkt_set32(&p, 0, WFR_PBC_DWS + WFR_LRH_DWS + WFR_BTH_DWS + 2);
	pio_put_block(h, TEST_SCTXT, true, 0, p.data);
	run(h);
	rhf = hdrq_rhf(h, TEST_CTXT, 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf), WFR_RHF_TYPE_ERROR);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_TYPE_ERR, rhf),
			  WFR_RHF_RCV_TYPE_ERR_KHDR_MIN_LEN);
}
END_TEST

START_TEST(entry_sizes)
{
	static const struct {
		uint64_t code;
		unsigned int dws;
		unsigned int hdr;
	} sizes[] = {
		{ WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_2DW, 2, 0 },
		{ WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_16DW, 16, 14 },
	};
	const uint8_t *queue = hdrq_entry(h, TEST_CTXT, 0);
	unsigned int dws = sizes[_i].dws;
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, 0);
	wr(h, WFR_RCV_HDR_ENT_SIZE(TEST_CTXT), sizes[_i].code);
	rcv_put(0);
	rcv_put(0);
	memcpy(&rhf, queue + 4 * (2 * dws - 2), 8);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_SEQ, rhf), 2);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_HDRQ_OFFSET, rhf),
			  dws - 2 - sizes[_i].hdr);
	ck_assert_mem_eq(queue + 4 * dws, p.data + 8, 4 * sizes[_i].hdr);
	ck_assert_uint_eq(rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT)), 2 * dws);
}
END_TEST

START_TEST(unknown_entry_size_drops)
{
	rctxt_up(h, TEST_CTXT, 0);
	wr(h, WFR_RCV_HDR_ENT_SIZE(TEST_CTXT), 7);
	rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_drops, 1);
}
END_TEST

START_TEST(eager_entry_not_programmed)
{
	rctxt_up(h, TEST_CTXT, 0);
	wr(h, WFR_RCV_ARRAY(TEST_CTXT * 128), WFR_RCVARRAY_ENTRY_WRITE_ENABLE);
	wr(h, WFR_RCV_ARRAY(TEST_CTXT * 128 + 1),
	   WFR_RCVARRAY_ENTRY_WRITE_ENABLE);
	rcv_put(64);
	ck_assert(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_TID_ERR);
	ck_assert(!(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_USE_EGR_BFR));
}
END_TEST

START_TEST(no_eager_buffers)
{
	rctxt_up(h, TEST_CTXT, 0);
	wr(h, WFR_RCV_EGR_CTRL(TEST_CTXT), 0);
	rcv_put(64);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_FULL), 1);
}
END_TEST

START_TEST(management_lane_is_not_for_kdeth)
{
	rctxt_up(h, TEST_CTXT, 0);
	o.vl = WFR_VL15;
	rcv_put(0);
	ck_assert_uint_eq(rcv_stats().rcv_packets, 1);
	ck_assert_uint_eq(rcv_stats().rcv_drops, 1);
}
END_TEST

/* What is held has a bound, and losing more than that is counted. */
START_TEST(held_packets_are_bounded)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	for (i = 0; i < HDRQ_ENTRIES - 1 + 512 + 3; i++)
		rcv_put(0);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_BUF_OVFL), 3);
	ck_assert_uint_eq(rcv_stats().rcv_drops, 3);
}
END_TEST

START_TEST(freeze_loses_what_is_held)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	for (i = 0; i < HDRQ_ENTRIES + 1; i++)
		rcv_put(0);
	wfr_fault_freeze(h->dev);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT), 16 * ENTRY_BYTES / 4);
	ck_assert_uint_eq(rcv_stats().rcv_delivered, HDRQ_ENTRIES - 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-rcv");
	TCase *tc = tcase_create("rcv");

	tcase_add_checked_fixture(tc, rcv_setup, rcv_teardown);
	tcase_add_test(tc, header_queue_entry);
	tcase_add_test(tc, tail_in_memory_and_urgent);
	tcase_add_test(tc, arming_with_packets_waiting);
	tcase_add_test(tc, sequence_and_wrap);
	tcase_add_test(tc, full_queue_drops);
	tcase_add_test(tc, full_queue_holds);
	tcase_add_test(tc, eager_packs_buffers);
	tcase_add_test(tc, eager_one_packet_each);
	tcase_add_test(tc, eager_full_drops);
	tcase_add_test(tc, eager_full_holds);
	tcase_add_loop_test(tc, unwanted_packets_vanish, 0,
			    sizeof(spoilers) / sizeof(spoilers[0]));
	tcase_add_test(tc, pkey_members);
	tcase_add_loop_test(tc, damaged_packets_are_marked, 0,
			    sizeof(damages) / sizeof(damages[0]));
	tcase_add_test(tc, lost_and_doubled_packets);
	tcase_add_test(tc, short_header_is_an_error_packet);
	tcase_add_loop_test(tc, entry_sizes, 0, 2);
	tcase_add_test(tc, unknown_entry_size_drops);
	tcase_add_test(tc, eager_entry_not_programmed);
	tcase_add_test(tc, no_eager_buffers);
	tcase_add_test(tc, management_lane_is_not_for_kdeth);
	tcase_add_test(tc, held_packets_are_bounded);
	tcase_add_test(tc, freeze_loses_what_is_held);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
