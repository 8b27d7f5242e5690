// SPDX-License-Identifier: BSD-3-Clause
/* Receive contexts: header queue, eager and expected placement, TID flows. */
#include <errno.h>
#include <string.h>

#include "harness.h"

#define HDR_OFF (ENTRY_BYTES - 8 - 4 * WFR_HDR_DWS)

static struct host *h;
static struct pkt p;
static struct pkt_opts o;

static void setup(void)
{
	h = host_new(NULL);
	port_up(h, TEST_LID);
	sctxt_up(h, TEST_SCTXT, 512);
	wr(h, WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
	   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 1));
	pkt_defaults(&o);
}

static void teardown(void)
{
	host_free(h);
}

static unsigned int next_block;

static void put(uint32_t payload)
{
	pkt_make(&p, &o, payload);
	pio_put(h, TEST_SCTXT, 512, &next_block, &p);
	run(h);
}

static struct wfr_stats stats(void)
{
	struct wfr_stats st;

	wfr_stats_get(h->dev, &st);
	return st;
}

static uint64_t rcv_counter(unsigned int i)
{
	return rd(h, WFR_RCV_COUNTER_ARRAY32(i));
}

static void check_payload(uint64_t mem_off, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		ck_assert_msg(h->mem[mem_off + i] == payload_byte(i),
			      "byte %u of %u", i, len);
}

START_TEST(header_queue_entry)
{
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_INTR_AVAIL);
	put(0);
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
	put(0);
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
	put(0);
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
		put(0);
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
	put(0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_RCV_SEQ, hdrq_rhf(h, TEST_CTXT, 0)),
			  1);
}
END_TEST

START_TEST(full_queue_drops)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, 0);
	for (i = 0; i < HDRQ_ENTRIES + 2; i++)
		put(0);
	ck_assert_uint_eq(stats().rcv_delivered, HDRQ_ENTRIES - 1);
	ck_assert_uint_eq(rd(h, WFR_RCV_HDR_OVFL_CNT(TEST_CTXT)), 3);
	ck_assert_uint_eq(stats().rcv_drops, 3);
}
END_TEST

START_TEST(full_queue_holds)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	for (i = 0; i < HDRQ_ENTRIES + 2; i++)
		put(0);
	ck_assert_uint_eq(stats().rcv_delivered, HDRQ_ENTRIES - 1);
	ck_assert_uint_ne(rd(h, WFR_RCV_CTXT_STATUS(TEST_CTXT)), 0);
	wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT), 2 * ENTRY_BYTES / 4);
	ck_assert_uint_eq(stats().rcv_delivered, HDRQ_ENTRIES + 1);
	wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT), 3 * ENTRY_BYTES / 4);
	ck_assert_uint_eq(stats().rcv_delivered, HDRQ_ENTRIES + 2);
	ck_assert_uint_eq(rd(h, WFR_RCV_CTXT_STATUS(TEST_CTXT)), 0);
	ck_assert_uint_eq(stats().rcv_drops, 0);
}
END_TEST

START_TEST(eager_packs_buffers)
{
	uint64_t rhf;

	rctxt_up(h, TEST_CTXT, 0);
	put(100);
	check_payload(EAGER_OFF, 100);
	put(4096);
	rhf = hdrq_rhf(h, TEST_CTXT, 1);
	ck_assert(rhf & WFR_RHF_USE_EGR_BFR);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_INDEX, rhf), 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_OFFSET, rhf), 2);
	check_payload(EAGER_OFF + 128, 4096);
	ck_assert_uint_eq(rd(h, WFR_RCV_EGR_OFFSET_TAIL(TEST_CTXT)), 66);
	/* Does not fit in the rest of the buffer any more. */
	put(4096);
	rhf = hdrq_rhf(h, TEST_CTXT, 2);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_INDEX, rhf), 1);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_OFFSET, rhf), 0);
	check_payload(EAGER_OFF + EAGER_SIZE, 4096);
	ck_assert_uint_eq(rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)), 1);
}
END_TEST

START_TEST(eager_one_packet_each)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER);
	for (i = 0; i < 3; i++) {
		put(64);
		ck_assert_uint_eq(WFR_GET(WFR_RHF_EGR_INDEX,
					  hdrq_rhf(h, TEST_CTXT, i)),
				  i);
		check_payload(EAGER_OFF + i * EAGER_SIZE, 64);
	}
}
END_TEST

START_TEST(eager_full_drops)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER);
	for (i = 0; i < EAGER_BUFS + 1; i++)
		put(64);
	ck_assert_uint_eq(stats().rcv_delivered, EAGER_BUFS - 1);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_FULL), 2);
	/* Packets without payload need no buffer. */
	put(0);
	ck_assert_uint_eq(stats().rcv_delivered, EAGER_BUFS);
	wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT), 1);
	put(64);
	ck_assert_uint_eq(stats().rcv_delivered, EAGER_BUFS + 1);
}
END_TEST

START_TEST(eager_full_holds)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT,
		 WFR_RCV_CTXT_CTRL_ONE_PACKET_PER_EGR_BUFFER |
			 WFR_RCV_CTXT_CTRL_DONT_DROP_EGR_FULL);
	for (i = 0; i < EAGER_BUFS; i++)
		put(64);
	ck_assert_uint_eq(stats().rcv_delivered, EAGER_BUFS - 1);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_CTXT_EGR_STALL), 1);
	wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT), 2);
	ck_assert_uint_eq(stats().rcv_delivered, EAGER_BUFS);
	ck_assert_uint_eq(stats().rcv_drops, 0);
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
	put(64);
	ck_assert_uint_eq(stats().rcv_delivered, 0);
	ck_assert_uint_eq(stats().rcv_drops + stats().egress_drops, 1);
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
	put(0);
	ck_assert_uint_eq(stats().rcv_delivered, 1);
	o.pkey = 0x0001;
	put(0);
	ck_assert_uint_eq(stats().rcv_delivered, 1);
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
	put(64);
	put(64);
	put(64);
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
	put(0);
	ck_assert_uint_eq(stats().rcv_delivered, 0);
	wfr_fault_corrupt_next(h->dev, WFR_CORRUPT_DUPLICATE, 0);
	put(0);
	ck_assert_uint_eq(stats().rcv_delivered, 2);
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
	put(0);
	put(0);
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
	put(0);
	ck_assert_uint_eq(stats().rcv_drops, 1);
}
END_TEST

START_TEST(eager_entry_not_programmed)
{
	rctxt_up(h, TEST_CTXT, 0);
	wr(h, WFR_RCV_ARRAY(TEST_CTXT * 128), WFR_RCVARRAY_ENTRY_WRITE_ENABLE);
	wr(h, WFR_RCV_ARRAY(TEST_CTXT * 128 + 1),
	   WFR_RCVARRAY_ENTRY_WRITE_ENABLE);
	put(64);
	ck_assert(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_TID_ERR);
	ck_assert(!(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_USE_EGR_BFR));
}
END_TEST

START_TEST(no_eager_buffers)
{
	rctxt_up(h, TEST_CTXT, 0);
	wr(h, WFR_RCV_EGR_CTRL(TEST_CTXT), 0);
	put(64);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_FULL), 1);
}
END_TEST

START_TEST(management_lane_is_not_for_kdeth)
{
	rctxt_up(h, TEST_CTXT, 0);
	o.vl = WFR_VL15;
	put(0);
	ck_assert_uint_eq(stats().rcv_packets, 1);
	ck_assert_uint_eq(stats().rcv_drops, 1);
}
END_TEST

/* What is held has a bound, and losing more than that is counted. */
START_TEST(held_packets_are_bounded)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	for (i = 0; i < HDRQ_ENTRIES - 1 + 512 + 3; i++)
		put(0);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_BUF_OVFL), 3);
	ck_assert_uint_eq(stats().rcv_drops, 3);
}
END_TEST

START_TEST(freeze_loses_what_is_held)
{
	unsigned int i;

	rctxt_up(h, TEST_CTXT, WFR_RCV_CTXT_CTRL_DONT_DROP_RHQ_FULL);
	for (i = 0; i < HDRQ_ENTRIES + 1; i++)
		put(0);
	wfr_fault_freeze(h->dev);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT), 16 * ENTRY_BYTES / 4);
	ck_assert_uint_eq(stats().rcv_delivered, HDRQ_ENTRIES - 1);
}
END_TEST

/* Expected receive */

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
	put(256);
	check_payload(TID_OFF + 64, 256);
	rhf = hdrq_rhf(h, TEST_CTXT, 0);
	ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf), WFR_RHF_TYPE_EXPECTED);
	ck_assert_uint_eq(rhf & (WFR_RHF_ERRORS | WFR_RHF_USE_EGR_BFR), 0);
	o.kdeth = tid(1, WFR_KDETH0_TIDCTRL_ODD, 65, true);
	put(256);
	check_payload(TID_OFF + 4 * 4096 + 65 * 64, 256);
	ck_assert_uint_eq(rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)), 0);
}
END_TEST

START_TEST(expected_pair_is_one_buffer)
{
	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 7, 1);
	program_tid(1, 2, 1);
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_PAIR, (4096 - 64) / 4, false);
	put(128);
	check_payload(TID_OFF + 8 * 4096 - 64, 64);
	ck_assert_uint_eq(h->mem[TID_OFF + 2 * 4096], payload_byte(64));
	ck_assert_uint_eq(h->mem[TID_OFF + 2 * 4096 + 63], payload_byte(127));
	ck_assert_uint_eq(h->mem[TID_OFF + 2 * 4096 + 64], 0);
	/* Wholly in the second half. */
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_PAIR, 4096 / 64 + 2, true);
	put(64);
	check_payload(TID_OFF + 2 * 4096 + 128, 64);
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
	put(128);
	expect_tid_error(WFR_RHF_TYPE_EXPECTED, WFR_RHF_LEN_ERR);
}
END_TEST

START_TEST(expected_invalid_entry)
{
	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 0, 1);
	program_tid(0, 0, 0); /* and away again */
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_EVEN, 0, false);
	put(64);
	expect_tid_error(WFR_RHF_TYPE_EXPECTED, WFR_RHF_TID_ERR);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_VALID), 1);
}
END_TEST

START_TEST(expected_half_a_pair)
{
	rctxt_up(h, TEST_CTXT, 0);
	program_tid(0, 0, 1);
	o.kdeth = tid(0, WFR_KDETH0_TIDCTRL_PAIR, 0, false);
	put(64);
	expect_tid_error(WFR_RHF_TYPE_EXPECTED, WFR_RHF_TID_ERR);
}
END_TEST

START_TEST(expected_out_of_range)
{
	rctxt_up(h, TEST_CTXT, 0); /* 16 entries, 8 pairs */
	program_tid(16, 0, 1);
	o.kdeth = tid(8, WFR_KDETH0_TIDCTRL_EVEN, 0, false);
	put(64);
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
	put(64);
	check_payload(TID_OFF, 64);
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
	put(64);
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
	ck_assert_uint_eq(stats().rcv_delivered, 2);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 1) & WFR_RHF_ERRORS, 0);
}
END_TEST

START_TEST(flow_suppression)
{
	flow_up(WFR_TID_FLOW_HDR_SUPP_ENABLED, 0);
	o.kdeth |= WFR_KDETH0_SH;
	put_psn(GEN, 0);
	check_payload(TID_OFF, 64);
	put_psn(GEN, 1);
	ck_assert_uint_eq(stats().rcv_delivered, 0);
	ck_assert_uint_eq(stats().rcv_suppressed, 2);
	o.kdeth &= ~(uint32_t)WFR_KDETH0_SH;
	put_psn(GEN, 2);
	ck_assert_uint_eq(stats().rcv_delivered, 1);
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
	ck_assert_uint_eq(stats().rcv_suppressed, 1);
	check_payload(TID_OFF, 64);
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
	ck_assert_uint_eq(stats().rcv_delivered, 1);
	ck_assert_uint_eq(rcv_counter(WFR_RCV_CNT_TID_FLOW_SEQ_MISMATCH), 2);
	wr(h, WFR_RCV_TID_FLOW_TABLE(TEST_CTXT, FLOW), flow_entry());
	ck_assert(!(flow_entry() & WFR_TID_FLOW_SEQ_MISMATCH));
	put_psn(GEN, 5);
	ck_assert_uint_eq(stats().rcv_suppressed, 1);
}
END_TEST

START_TEST(flow_keeps_after_sequence_error)
{
	flow_up(WFR_TID_FLOW_KEEP_AFTER_SEQ_ERR, 5);
	put_psn(GEN, 7);
	put_psn(GEN, 5);
	ck_assert_uint_eq(stats().rcv_delivered, 2);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 1) & WFR_RHF_ERRORS, 0);
}
END_TEST

START_TEST(flow_generation_error)
{
	flow_up(0, 0);
	put_psn(GEN + 1, 0);
	ck_assert_uint_eq(stats().rcv_delivered, 0);
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
	check_payload(TID_OFF, 64);
}
END_TEST

START_TEST(flow_not_valid_or_not_enabled)
{
	flow_up(0, 0);
	wr(h, WFR_RCV_TID_FLOW_TABLE(TEST_CTXT, FLOW), 0);
	put_psn(GEN, 77);
	ck_assert_uint_eq(hdrq_rhf(h, TEST_CTXT, 0) & WFR_RHF_ERRORS, 0);
	check_payload(TID_OFF, 64);
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
	Suite *s = suite_create("wfr-rcv");
	TCase *tc = tcase_create("rcv");

	tcase_add_checked_fixture(tc, setup, teardown);
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
