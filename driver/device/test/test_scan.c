// SPDX-License-Identifier: BSD-3-Clause
/* Windows in shared memory: PIO packets without a trap, user registers. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness.h"

#define DEPTH 64u

static struct host *h;
static struct wfr_config cfg;
static struct pkt p;
static struct pkt_opts o;

static void *window(size_t size)
{
	void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(mem, MAP_FAILED);
	return mem;
}

static void setup(void)
{
	host_config(&cfg);
	cfg.pio.size = WFR_PIO_SIZE;
	cfg.pio.mem = window(cfg.pio.size);
	cfg.uregs.size = WFR_RCV_UREGS_STRIDE * cfg.rcv_contexts;
	cfg.uregs.mem = window(cfg.uregs.size);
	cfg.rcv_array.size = 8 * cfg.rcv_array_cnt;
	cfg.rcv_array.mem = window(cfg.rcv_array.size);
	h = host_new(&cfg);
	port_up(h, TEST_LID);
	wr(h, WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
	   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 1));
	sctxt_up(h, TEST_SCTXT, DEPTH);
	rctxt_up(h, TEST_CTXT, 0);
	pkt_defaults(&o);
}

static void teardown(void)
{
	host_free(h);
	munmap(cfg.pio.mem, cfg.pio.size);
	munmap(cfg.uregs.mem, cfg.uregs.size);
	munmap(cfg.rcv_array.mem, cfg.rcv_array.size);
}

static uint64_t *slot(unsigned int c, bool sop, unsigned int block,
		      unsigned int qw)
{
	return (uint64_t *)((uint8_t *)cfg.pio.mem + c * WFR_PIO_CTXT_STRIDE +
			    (sop ? WFR_PIO_SOP_OFFSET : 0) +
			    block * WFR_PIO_BLOCK_SIZE) +
	       qw;
}

static void store(unsigned int c, bool sop, unsigned int block, unsigned int qw,
		  const uint8_t *data)
{
	uint64_t v;

	memcpy(&v, data, 8);
	__atomic_store_n(slot(c, sop, block, qw), v, __ATOMIC_RELEASE);
}

static void store_block(unsigned int c, bool sop, unsigned int block,
			const uint8_t *data)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		store(c, sop, block, i, data + 8 * i);
}

static void store_packet(unsigned int c, unsigned int *block,
			 const struct pkt *pkt)
{
	unsigned int off;

	for (off = 0; off < pkt->len; off += 64) {
		store_block(c, off == 0, *block, pkt->data + off);
		*block = (*block + 1) % DEPTH;
	}
}

static struct wfr_stats stats(void)
{
	struct wfr_stats st;

	wfr_stats_get(h->dev, &st);
	return st;
}

static uint64_t errors(void)
{
	return rd(h, WFR_SEND_CTXT_ERR_STATUS(TEST_SCTXT));
}

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

/* A sender in a thread of its own, bounded by the credits it gets back. */

#define MANY 4000u

static bool stop;

static void *step_until_stopped(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		wfr_step(h->dev);
		wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT)));
		wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)));
	}
	return NULL;
}

static unsigned int returned(void)
{
	return WFR_GET(WFR_SEND_CTXT_CREDIT_STATUS_LAST_RETURNED_COUNTER,
		       rd(h, WFR_SEND_CTXT_CREDIT_STATUS(TEST_SCTXT)));
}

START_TEST(sender_and_scanner_in_threads)
{
	unsigned int block = 0, fill = 0, i;
	pthread_t t;

	ck_assert_int_eq(pthread_create(&t, NULL, step_until_stopped, NULL), 0);
	for (i = 0; i < MANY; i++) {
		unsigned int payload = 4 * (i % 80);
		unsigned int need = 1 + (payload + 63) / 64;

		pkt_make(&p, &o, payload);
		pkt_set32(&p, 15, i);
		while (DEPTH - ((fill - returned()) & WFR_PIO_COUNTER_MASK) <
		       need)
			;
		store_packet(TEST_SCTXT, &block, &p);
		fill += need;
	}
	while (stats().pio_packets < MANY)
		ck_assert_uint_eq(errors(), 0);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	run(h);
	ck_assert_uint_eq(stats().pio_packets, MANY);
	ck_assert_uint_eq(stats().rcv_packets, MANY);
}
END_TEST

/*
 * A process that stores anything anywhere into its window, from several
 * threads at once, halts its own context and nobody else's: the neighbour's
 * packets arrive whole and in order.
 */

#define HOSTILE	    (TEST_SCTXT + 1)
#define HOSTILES    2
#define INDEX_DW    13 /* of the headers: the last software word */
#define UNDISTURBED 800u

static unsigned int arrived;

static void check_arrival(unsigned int entry)
{
	uint64_t rhf = hdrq_rhf(h, TEST_CTXT, entry);
	const uint8_t *hdr = hdrq_entry(h, TEST_CTXT, entry) +
			     4 * WFR_GET(WFR_RHF_HDRQ_OFFSET, rhf);
	const uint8_t *data = h->mem + EAGER_OFF +
			      WFR_GET(WFR_RHF_EGR_INDEX, rhf) * EAGER_SIZE +
			      WFR_GET(WFR_RHF_EGR_OFFSET, rhf) * 64;
	unsigned int len = 4 * (arrived % 80), i;
	uint32_t index;

	memcpy(&index, hdr + 4 * INDEX_DW, sizeof(index));
	ck_assert_uint_eq(index, arrived);
	ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, 0);
	for (i = 0; i < len; i++)
		ck_assert_uint_eq(data[i], payload_byte(i));
	__atomic_store_n(&arrived, arrived + 1, __ATOMIC_RELEASE);
}

static void *step_and_check(void *arg)
{
	unsigned int entry = 0;

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		wfr_step(h->dev);
		while (entry * (ENTRY_BYTES / 4) !=
		       rd(h, WFR_RCV_HDR_TAIL(TEST_CTXT))) {
			check_arrival(entry);
			entry = (entry + 1) % HDRQ_ENTRIES;
		}
		wr(h, WFR_RCV_HDR_HEAD(TEST_CTXT), entry * (ENTRY_BYTES / 4));
		wr(h, WFR_RCV_EGR_INDEX_HEAD(TEST_CTXT),
		   rd(h, WFR_RCV_EGR_INDEX_TAIL(TEST_CTXT)));
	}
	return NULL;
}

static void *store_anything(void *arg)
{
	unsigned int seed = (uintptr_t)arg;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		uint64_t val = (uint64_t)rand_r(&seed) << 32 | rand_r(&seed);
		unsigned int at = rand_r(&seed);

		/* often something that could be a length */
		if (at & 1)
			val &= 0xff;
		__atomic_store_n(slot(HOSTILE, at & 2, at / 8 % DEPTH,
				      at / 1024 % 8),
				 val, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* It has blocks and a credit word of its own. */
static void revive_hostile(void)
{
	uint64_t ctrl = WFR_PREP(WFR_SEND_CTXT_CTRL_BASE, 1 + DEPTH) |
			WFR_PREP(WFR_SEND_CTXT_CTRL_DEPTH, DEPTH);

	wr(h, WFR_SEND_CTXT_CTRL(HOSTILE), 0);
	wr(h, WFR_SEND_CTXT_CREDIT_RETURN_ADDR(HOSTILE),
	   HOST_BASE + CREDIT_OFF + WFR_CREDIT_LINE_SIZE);
	wr(h, WFR_SEND_CTXT_CTRL(HOSTILE), ctrl | WFR_SEND_CTXT_CTRL_ENABLE);
}

static unsigned int send_undisturbed(void)
{
	unsigned int block = 0, fill = 0, halts = 0, i;

	for (i = 0; i < UNDISTURBED; i++) {
		unsigned int payload = 4 * (i % 80);
		unsigned int need = 1 + (payload + 63) / 64;

		pkt_make(&p, &o, payload);
		pkt_set32(&p, 2 + INDEX_DW, i);
		while (DEPTH - ((fill - returned()) & WFR_PIO_COUNTER_MASK) <
		       need)
			ck_assert_uint_eq(errors(), 0);
		store_packet(TEST_SCTXT, &block, &p);
		fill += need;
		if (i % 16 || !rd(h, WFR_SEND_CTXT_STATUS(HOSTILE)))
			continue;
		halts++;
		revive_hostile();
	}
	return halts;
}

START_TEST(hostile_neighbour)
{
	pthread_t step, hostile[HOSTILES];
	unsigned int block = 0, i;

	revive_hostile();
	ck_assert_int_eq(pthread_create(&step, NULL, step_and_check, NULL), 0);
	for (i = 0; i < HOSTILES; i++)
		ck_assert_int_eq(pthread_create(&hostile[i], NULL,
						store_anything,
						(void *)(uintptr_t)(i + 1)),
				 0);
	ck_assert_uint_gt(send_undisturbed(), 0);
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < UNDISTURBED)
		ck_assert_uint_eq(errors(), 0);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(step, NULL);
	for (i = 0; i < HOSTILES; i++)
		pthread_join(hostile[i], NULL);
	/* and once it behaves, its packets leave like any other's */
	revive_hostile();
	pkt_make(&p, &o, 64);
	store_packet(HOSTILE, &block, &p);
	i = stats().pio_packets;
	run(h);
	ck_assert_uint_eq(stats().pio_packets, i + 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-scan");
	TCase *tc = tcase_create("scan");

	tcase_add_checked_fixture(tc, setup, teardown);
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
	tcase_add_test(tc, user_registers_in_memory);
	tcase_add_test(tc, scribbled_registers);
	tcase_add_test(tc, tid_flow_stores_are_writes);
	tcase_add_test(tc, rcv_array_in_memory);
	tcase_add_test(tc, sender_and_scanner_in_threads);
	tcase_add_test(tc, hostile_neighbour);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
