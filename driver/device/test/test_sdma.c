// SPDX-License-Identifier: BSD-3-Clause
/* SDMA engines: handshakes, descriptors, errors, AHG. */
#include <errno.h>
#include <string.h>

#include "harness.h"

#define ENG  3u
#define RING 64u

static struct host *h;
static struct pkt p;
static struct pkt_opts o;
static unsigned int tail; /* descriptors written since start */

static void setup(void)
{
	tail = 0;
	h = host_new(NULL);
	port_up(h, TEST_LID);
	rctxt_up(h, TEST_CTXT, 0);
	pkt_defaults(&o);
}

static void teardown(void)
{
	host_free(h);
}

static void put64(uint64_t off, uint64_t val)
{
	memcpy(h->mem + off, &val, 8);
}

static void desc_raw(uint64_t qw0, uint64_t qw1)
{
	uint64_t off = RING_OFF + tail % RING * WFR_SDMA_DESC_SIZE;

	put64(off, qw0);
	put64(off + 8, qw1);
	tail++;
}

static void desc(uint64_t flags0, uint64_t flags1, uint64_t mem_off,
		 unsigned int bytes)
{
	desc_raw(flags0 | WFR_PREP(WFR_SDMA_DESC0_BYTE_COUNT, bytes) |
			 WFR_PREP(WFR_SDMA_DESC0_PHY_ADDR, HOST_BASE + mem_off),
		 flags1 | WFR_PREP(WFR_SDMA_DESC1_GENERATION, tail / RING));
}

#define FIRST WFR_SDMA_DESC0_FIRST_DESC
#define LAST  WFR_SDMA_DESC0_LAST_DESC

static void ring_bell(void)
{
	wr(h, WFR_SEND_DMA_TAIL(ENG), tail % RING);
	run(h);
}

/* A packet of a header descriptor and a payload descriptor. */
static void send_two(uint32_t payload, uint64_t flags1)
{
	pkt_make(&p, &o, payload);
	memcpy(h->mem + DATA_OFF, p.data, p.len);
	desc(FIRST, flags1, DATA_OFF, 64);
	desc(LAST, flags1, DATA_OFF + 64, payload);
	ring_bell();
}

static struct wfr_stats stats(void)
{
	struct wfr_stats st;

	wfr_stats_get(h->dev, &st);
	return st;
}

static uint64_t eng_err(void)
{
	return rd(h, WFR_SEND_DMA_ENG_ERR_STATUS(ENG));
}

/* Drivers start an engine through halt, interrupt and clean-up. */
START_TEST(start_up_handshake)
{
	wr(h, WFR_SEND_DMA_ENG_ERR_MASK(ENG), ~0ULL);
	wr(h, WFR_SEND_DMA_CTRL(ENG), WFR_SEND_DMA_CTRL_HALT);
	ck_assert_uint_eq(eng_err(), WFR_SEND_DMA_ENG_ERR_STATUS_HALT);
	ck_assert(pending(h, WFR_IS_SDMAENG_ERR_BASE + ENG));
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_STATUS(ENG)),
			  WFR_SEND_DMA_STATUS_ENG_HALTED);
	wr(h, WFR_SEND_DMA_CTRL(ENG),
	   WFR_SEND_DMA_CTRL_CLEANUP | WFR_SEND_DMA_CTRL_INT_ENABLE);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_CTRL(ENG)),
			  WFR_SEND_DMA_CTRL_INT_ENABLE);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_STATUS(ENG)),
			  WFR_SEND_DMA_STATUS_ENG_HALTED |
				  WFR_SEND_DMA_STATUS_ENG_CLEANED_UP);
	wr(h, WFR_SEND_DMA_CTRL(ENG),
	   WFR_SEND_DMA_CTRL_ENABLE | WFR_SEND_DMA_CTRL_INT_ENABLE);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_STATUS(ENG)), 0);
}
END_TEST

START_TEST(sticky_handshakes)
{
	wfr_fault_sticky(h->dev, WFR_STICKY_SDMA_HALT | WFR_STICKY_SDMA_CLEAN);
	wr(h, WFR_SEND_DMA_ENG_ERR_MASK(ENG), ~0ULL);
	wr(h, WFR_SEND_DMA_CTRL(ENG), WFR_SEND_DMA_CTRL_HALT);
	ck_assert(!pending(h, WFR_IS_SDMAENG_ERR_BASE + ENG));
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_STATUS(ENG)), 0);
	wr(h, WFR_SEND_DMA_CTRL(ENG), WFR_SEND_DMA_CTRL_CLEANUP);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_STATUS(ENG)), 0);
}
END_TEST

START_TEST(packet_and_progress)
{
	sdma_up(h, ENG);
	wr(h, WFR_SEND_DMA_DESC_CNT(ENG), 2);
	send_two(1024, WFR_SDMA_DESC1_INT_REQ | WFR_SDMA_DESC1_HEAD_TO_HOST);
	ck_assert_uint_eq(stats().sdma_packets, 1);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 2);
	ck_assert_uint_eq(mem64(h, SDMA_HEAD_OFF), 2);
	ck_assert(pending(h, WFR_IS_SDMA_BASE + ENG));
	ck_assert(pending(h, WFR_IS_SDMA_PROGRESS_BASE + ENG));
	ck_assert(pending(h, WFR_IS_SDMA_IDLE_BASE + ENG));
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_DESC_FETCHED_CNT(ENG)), 2);
	ck_assert_uint_eq(h->mem[EAGER_OFF + 1023], payload_byte(1023));
}
END_TEST

START_TEST(no_interrupts_without_enable)
{
	sdma_up(h, ENG);
	wr(h, WFR_SEND_DMA_CTRL(ENG), WFR_SEND_DMA_CTRL_ENABLE);
	send_two(64, WFR_SDMA_DESC1_INT_REQ);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 2);
	ck_assert(!pending(h, WFR_IS_SDMA_BASE + ENG));
	ck_assert(!pending(h, WFR_IS_SDMA_IDLE_BASE + ENG));
}
END_TEST

START_TEST(ring_wraps_with_generations)
{
	unsigned int i;

	sdma_up(h, ENG);
	for (i = 0; i < 5 * RING / 2; i++) {
		send_two(64, 0);
		wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT)));
		wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)));
	}
	ck_assert_uint_eq(eng_err(), 0);
	ck_assert_uint_eq(stats().sdma_packets, 5 * RING / 2);
}
END_TEST

START_TEST(incomplete_packet_waits)
{
	sdma_up(h, ENG);
	pkt_make(&p, &o, 64);
	memcpy(h->mem + DATA_OFF, p.data, p.len);
	desc(FIRST, 0, DATA_OFF, 64);
	ring_bell();
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 0);
	desc(LAST, 0, DATA_OFF + 64, 64);
	ring_bell();
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 2);
	ck_assert_uint_eq(stats().sdma_packets, 1);
}
END_TEST

/* Errors: what goes wrong, and the bit it sets. */

static void bad_generation(void)
{
	desc(FIRST | LAST, WFR_PREP(WFR_SDMA_DESC1_GENERATION, 1), DATA_OFF,
	     64);
}

static void no_first(void)
{
	desc(LAST, 0, DATA_OFF, 64);
}

static void two_firsts(void)
{
	desc(FIRST, 0, DATA_OFF, 64);
	desc(FIRST | LAST, 0, DATA_OFF, 64);
}

static void bad_memory(void)
{
	desc_raw(FIRST | LAST | WFR_PREP(WFR_SDMA_DESC0_BYTE_COUNT, 64), 0);
}

static void bad_ring_memory(void)
{
	desc(FIRST | LAST, 0, DATA_OFF, 64);
	h->bad_addr = HOST_BASE + RING_OFF;
}

static void odd_bytes(void)
{
	desc(FIRST | LAST, 0, DATA_OFF, 63);
}

static void length_mismatch(void)
{
	desc(FIRST | LAST, 0, DATA_OFF, 60);
}

static void too_long(void)
{
	desc(FIRST, 0, DATA_OFF, 16000);
	desc(LAST, 0, DATA_OFF, 1000);
}

static void unknown_header(void)
{
	desc(FIRST | LAST,
	     WFR_PREP(WFR_SDMA_DESC1_HEADER_MODE,
		      WFR_SDMA_DESC1_HEADER_MODE_EDIT1),
	     DATA_OFF, 0);
}

static void unknown_mode(void)
{
	desc(FIRST | LAST, WFR_PREP(WFR_SDMA_DESC1_HEADER_MODE, 7), DATA_OFF,
	     64);
}

static const struct {
	void (*make)(void);
	uint64_t bit;
} mistakes[] = {
#define M(fn, bit)                                    \
	{                                             \
		fn, WFR_SEND_DMA_ENG_ERR_STATUS_##bit \
	}
	M(bad_generation, GEN_MISMATCH),     M(no_first, FIRST_DESC),
	M(two_firsts, FIRST_DESC),	     M(bad_memory, MEM_READ),
	M(bad_ring_memory, MEM_READ),	     M(odd_bytes, WRONG_DW),
	M(length_mismatch, LENGTH_MISMATCH), M(too_long, TOO_LONG),
	M(unknown_header, HEADER_SELECT),    M(unknown_mode, HEADER_SELECT),
#undef M
};

START_TEST(each_mistake_halts)
{
	sdma_up(h, ENG);
	pkt_make(&p, &o, 0);
	memcpy(h->mem + DATA_OFF, p.data, p.len);
	mistakes[_i].make();
	ring_bell();
	ck_assert_uint_eq(eng_err(), mistakes[_i].bit);
	ck_assert(pending(h, WFR_IS_SDMAENG_ERR_BASE + ENG));
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_STATUS(ENG)),
			  WFR_SEND_DMA_STATUS_ENG_HALTED);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 0);
	ck_assert_uint_eq(stats().sdma_packets, 0);
}
END_TEST

START_TEST(too_many_descriptors)
{
	unsigned int i;

	sdma_up(h, ENG);
	wr(h, WFR_SEND_DMA_LEN_GEN(ENG),
	   WFR_PREP(WFR_SEND_DMA_LEN_GEN_LENGTH, 2)); /* no check */
	for (i = 0; i < 65; i++) {
		uint64_t off = RING_OFF + i * WFR_SDMA_DESC_SIZE;

		put64(off, (i ? 0 : FIRST) |
				   WFR_PREP(WFR_SDMA_DESC0_BYTE_COUNT, 4) |
				   (HOST_BASE + DATA_OFF));
		put64(off + 8, 0);
	}
	wr(h, WFR_SEND_DMA_TAIL(ENG), 65);
	run(h);
	ck_assert_uint_eq(eng_err(),
			  WFR_SEND_DMA_ENG_ERR_STATUS_PACKET_DESC_OVERFLOW);
}
END_TEST

START_TEST(tail_beyond_ring)
{
	sdma_up(h, ENG);
	wr(h, WFR_SEND_DMA_TAIL(ENG), RING);
	ck_assert_uint_eq(eng_err(),
			  WFR_SEND_DMA_ENG_ERR_STATUS_TAIL_OUT_OF_BOUNDS);
}
END_TEST

START_TEST(restart_after_error)
{
	sdma_up(h, ENG);
	ck_assert_int_eq(wfr_fault_sdma(h->dev, 99, 1), -EINVAL);
	ck_assert_int_eq(wfr_fault_sdma(h->dev, ENG,
					WFR_SEND_DMA_ENG_ERR_STATUS_TIMEOUT),
			 0);
	send_two(64, 0);
	ck_assert_uint_eq(stats().sdma_packets, 0);
	wr(h, WFR_SEND_DMA_CTRL(ENG), 0);
	tail = 0;
	sdma_up(h, ENG);
	send_two(64, 0);
	ck_assert_uint_eq(stats().sdma_packets, 1);
}
END_TEST

/* A refused packet is dropped; the engine goes on. */
START_TEST(disallowed_packet)
{
	sdma_up(h, ENG);
	wr(h, WFR_SEND_EGRESS_ERR_MASK, ~0ULL);
	wr(h, WFR_SEND_DMA_CHECK_ENABLE(ENG),
	   WFR_SEND_CTXT_CHECK_ENABLE_CHECK_ENABLE |
		   WFR_SEND_CTXT_CHECK_ENABLE_CHECK_SLID);
	wr(h, WFR_SEND_DMA_CHECK_SLID(ENG), TEST_LID | 0xffff0000u);
	o.slid = TEST_LID + 1;
	send_two(64, 0);
	ck_assert_uint_eq(
		WFR_GET(WFR_SEND_EGRESS_ERR_STATUS_TX_SDMA_DISALLOWED_PACKET,
			rd(h, WFR_SEND_EGRESS_ERR_STATUS)),
		1u << ENG);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_INFO),
			  WFR_SEND_EGRESS_ERR_INFO_SLID);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_SOURCE),
			  ENG | WFR_SEND_EGRESS_ERR_SOURCE_SDMA);
	o.slid = TEST_LID;
	send_two(64, 0);
	ck_assert_uint_eq(stats().sdma_packets, 1);
	ck_assert_uint_eq(eng_err(), 0);
}
END_TEST

START_TEST(freeze_stops_engines)
{
	sdma_up(h, ENG);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_FREEZE);
	send_two(64, 0);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	run(h);
	ck_assert_uint_eq(stats().sdma_packets, 0);
	wr(h, WFR_SEND_DMA_CTRL(ENG), 0);
	tail = 0;
	sdma_up(h, ENG);
	send_two(64, 0);
	ck_assert_uint_eq(stats().sdma_packets, 1);
}
END_TEST

/* What Linux does after a freeze: no halt, no clean-up, from the start. */
START_TEST(unfreeze_begins_anew)
{
	sdma_up(h, ENG);
	send_two(64, 0);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 2);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_FREEZE);
	wr(h, WFR_SEND_DMA_CTRL(ENG), 0);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 2);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 0);
	tail = 0;
	wr(h, WFR_SEND_DMA_TAIL(ENG), tail);
	wr(h, WFR_SEND_DMA_CTRL(ENG), WFR_SEND_DMA_CTRL_ENABLE);
	run(h);
	ck_assert_uint_eq(eng_err(), 0);
	send_two(64, 0);
	ck_assert_uint_eq(eng_err(), 0);
	ck_assert_uint_eq(stats().sdma_packets, 2);
}
END_TEST

START_TEST(delayed_engine)
{
	sdma_up(h, ENG);
	wfr_fault_delay(h->dev, 7000);
	send_two(64, 0);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 0);
	ck_assert_uint_eq(wfr_step(h->dev), 7000);
	pass_time(h, 7000);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_HEAD(ENG)), 2);
	pass_time(h, 7000);
	ck_assert_uint_eq(stats().sdma_packets, 1);
}
END_TEST

static uint64_t edit(unsigned int dw, unsigned int bit, unsigned int width,
		     unsigned int val)
{
	return WFR_AHG_EDIT_ENABLE | WFR_PREP(WFR_AHG_EDIT_VALUE, val) |
	       WFR_PREP(WFR_AHG_EDIT_DW_INDEX, dw) |
	       WFR_PREP(WFR_AHG_EDIT_START_BIT, bit) |
	       WFR_PREP(WFR_AHG_EDIT_FIELD_LEN, width);
}

static uint64_t ahg(unsigned int mode, unsigned int entry, uint64_t update1)
{
	return WFR_PREP(WFR_SDMA_DESC1_HEADER_MODE, mode) |
	       WFR_PREP(WFR_SDMA_DESC1_HEADER_INDEX, entry) |
	       WFR_PREP(WFR_SDMA_DESC1_HEADER_UPDATE1, update1);
}

static uint32_t entry_dw(unsigned int entry, unsigned int dw)
{
	uint32_t v;

	/* Dword of the packet header, PBC not stored. */
	memcpy(&v,
	       hdrq_entry(h, TEST_CTXT, entry) + ENTRY_BYTES - 8 -
		       4 * WFR_HDR_DWS + 4 * (dw - WFR_PBC_DWS),
	       4);
	return v;
}

START_TEST(ahg_stores_and_edits)
{
	sdma_up(h, ENG);
	pkt_make(&p, &o, 64);
	pkt_set32(&p, 15, 0x11112222);
	memcpy(h->mem + DATA_OFF, p.data, p.len);
	desc(FIRST, ahg(WFR_SDMA_DESC1_HEADER_MODE_COPY, 17, 0), DATA_OFF, 64);
	desc(LAST, 0, DATA_OFF + 64, 64);
	/* One edit, in the descriptor itself. */
	desc(FIRST,
	     ahg(WFR_SDMA_DESC1_HEADER_MODE_EDIT1, 17, edit(15, 0, 0, 0x7777)),
	     DATA_OFF, 0);
	desc(LAST, 0, DATA_OFF + 64, 64);
	/* Three more in an edit descriptor, which has no generation. */
	desc(FIRST,
	     ahg(WFR_SDMA_DESC1_HEADER_MODE_EDIT2, 17, edit(14, 8, 4, 0xff)),
	     DATA_OFF, 0);
	desc_raw(edit(13, 0, 0, 0xaaaa) | edit(13, 16, 0, 0xbbbb) << 32,
		 edit(12, 4, 8, 0x5a));
	desc(LAST, 0, DATA_OFF + 64, 64);
	ring_bell();
	ck_assert_uint_eq(eng_err(), 0);
	ck_assert_uint_eq(stats().sdma_packets, 3);
	ck_assert_uint_eq(entry_dw(0, 15), 0x11112222);
	ck_assert_uint_eq(entry_dw(1, 15), 0x11117777);
	ck_assert_uint_eq(entry_dw(2, 15), 0x11112222);
	ck_assert_uint_eq(entry_dw(2, 14), 0xf00);
	ck_assert_uint_eq(entry_dw(2, 13), 0xbbbbaaaa);
	ck_assert_uint_eq(entry_dw(2, 12), 0x5a0);
}
END_TEST

START_TEST(ahg_short_header)
{
	sdma_up(h, ENG);
	pkt_make(&p, &o, 0);
	memcpy(h->mem + DATA_OFF, p.data, p.len);
	desc(FIRST | LAST, ahg(WFR_SDMA_DESC1_HEADER_MODE_COPY, 0, 0), DATA_OFF,
	     64);
	desc(FIRST | LAST,
	     ahg(WFR_SDMA_DESC1_HEADER_MODE_EDIT1, 0, 0) |
		     WFR_PREP(WFR_SDMA_DESC1_HEADER_DWS, 1),
	     DATA_OFF, 0);
	ring_bell();
	ck_assert_uint_eq(eng_err(), WFR_SEND_DMA_ENG_ERR_STATUS_HEADER_LENGTH);
	/* A clean-up forgets the stored headers. */
	wr(h, WFR_SEND_DMA_ENG_ERR_CLEAR(ENG), ~0ULL);
	wr(h, WFR_SEND_DMA_CTRL(ENG), 0);
	tail = 0;
	sdma_up(h, ENG);
	desc(FIRST | LAST, ahg(WFR_SDMA_DESC1_HEADER_MODE_EDIT1, 0, 0),
	     DATA_OFF, 0);
	ring_bell();
	ck_assert_uint_eq(eng_err(), WFR_SEND_DMA_ENG_ERR_STATUS_HEADER_SELECT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-sdma");
	TCase *tc = tcase_create("sdma");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, start_up_handshake);
	tcase_add_test(tc, sticky_handshakes);
	tcase_add_test(tc, packet_and_progress);
	tcase_add_test(tc, no_interrupts_without_enable);
	tcase_add_test(tc, ring_wraps_with_generations);
	tcase_add_test(tc, incomplete_packet_waits);
	tcase_add_loop_test(tc, each_mistake_halts, 0,
			    sizeof(mistakes) / sizeof(mistakes[0]));
	tcase_add_test(tc, too_many_descriptors);
	tcase_add_test(tc, tail_beyond_ring);
	tcase_add_test(tc, restart_after_error);
	tcase_add_test(tc, disallowed_packet);
	tcase_add_test(tc, freeze_stops_engines);
	tcase_add_test(tc, unfreeze_begins_anew);
	tcase_add_test(tc, delayed_engine);
	tcase_add_test(tc, ahg_stores_and_edits);
	tcase_add_test(tc, ahg_short_header);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
