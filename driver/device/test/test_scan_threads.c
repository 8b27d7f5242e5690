// SPDX-License-Identifier: BSD-3-Clause
/* Programs that store into the window of PIO while the chip looks at it. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "windows.h"

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
	Suite *s = suite_create("wfr-scan-threads");
	TCase *tc = tcase_create("scan-threads");

	tcase_add_checked_fixture(tc, windows_setup, windows_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sender_and_scanner_in_threads);
	tcase_add_test(tc, hostile_neighbour);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
