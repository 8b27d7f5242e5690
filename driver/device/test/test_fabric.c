// SPDX-License-Identifier: BSD-3-Clause
/* Several units: routing, back pressure, threads. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "harness.h"

#define UNITS 3u
#define LID0  0x20u

static struct host *unit[UNITS];
static struct wfr_fabric *fabric;
static struct pkt p;
static struct pkt_opts o;
static unsigned int block[UNITS]; /* of the send buffers, next */

static void setup(void)
{
	unsigned int i;

	fabric = wfr_fabric_create();
	ck_assert_ptr_nonnull(fabric);
	for (i = 0; i < UNITS; i++) {
		unit[i] = host_new(NULL);
		block[i] = 0;
		port_up(unit[i], LID0 + i);
		sctxt_up(unit[i], TEST_SCTXT, 64);
		wr(unit[i], WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
		   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 1));
		rctxt_up(unit[i], TEST_CTXT, 0);
		ck_assert_int_eq(wfr_fabric_join(fabric, unit[i]->dev), 0);
	}
	pkt_defaults(&o);
}

static void teardown(void)
{
	unsigned int i;

	for (i = 0; i < UNITS; i++)
		host_free(unit[i]);
	wfr_fabric_destroy(fabric);
}

static struct wfr_stats stats(unsigned int i)
{
	struct wfr_stats st;

	wfr_stats_get(unit[i]->dev, &st);
	return st;
}

static void send_from(unsigned int i, unsigned int dlid)
{
	unsigned int j;

	o.dlid = dlid;
	pkt_make(&p, &o, 64);
	pio_put(unit[i], TEST_SCTXT, 64, &block[i], &p);
	for (j = 0; j < UNITS; j++)
		run(unit[j]);
}

START_TEST(join_and_leave)
{
	ck_assert_int_eq(wfr_fabric_join(fabric, unit[0]->dev), -EBUSY);
	wfr_fabric_leave(unit[0]->dev);
	wfr_fabric_leave(unit[0]->dev);
	send_from(1, LID0);
	ck_assert_uint_eq(stats(0).rcv_packets, 0);
	ck_assert_uint_eq(stats(1).egress_drops, 1);
	ck_assert_int_eq(wfr_fabric_join(fabric, unit[0]->dev), 0);
}
END_TEST

START_TEST(unicast)
{
	send_from(0, LID0 + 2);
	ck_assert_uint_eq(stats(0).rcv_packets, 0);
	ck_assert_uint_eq(stats(1).rcv_packets, 0);
	ck_assert_uint_eq(stats(2).rcv_delivered, 1);
	ck_assert_uint_ne(unit[2]->kicks, 0);
}
END_TEST

START_TEST(own_lid_loops_back)
{
	send_from(1, LID0 + 1);
	ck_assert_uint_eq(stats(1).rcv_delivered, 1);
	ck_assert_uint_eq(stats(0).rcv_packets + stats(2).rcv_packets, 0);
}
END_TEST

START_TEST(lid_mask)
{
	/* LMC 2: four identifiers. */
	wr(unit[2], WFR_DCC_CFG_PORT_CONFIG1, 0x40 | 0xfffc0000u);
	send_from(0, 0x43);
	ck_assert_uint_eq(stats(2).rcv_delivered, 1);
	send_from(0, 0x44);
	ck_assert_uint_eq(stats(2).rcv_delivered, 1);
}
END_TEST

START_TEST(multicast)
{
	send_from(0, WFR_MULTICAST_LID_BASE + 1);
	ck_assert_uint_eq(stats(0).rcv_packets, 0);
	ck_assert_uint_eq(stats(1).rcv_packets, 1);
	ck_assert_uint_eq(stats(2).rcv_packets, 1);
}
END_TEST

START_TEST(unknown_lid)
{
	send_from(0, 0x99);
	ck_assert_uint_eq(stats(0).egress_drops, 1);
}
END_TEST

/* A port nobody serves makes the sender wait, and loses nothing. */
START_TEST(back_pressure)
{
	unsigned int block = 0;
	unsigned int i;

	o.dlid = LID0 + 1;
	pkt_make(&p, &o, 0);
	for (i = 0; i < 1100; i++) {
		pio_put(unit[0], TEST_SCTXT, 64, &block, &p);
		run(unit[0]);
		if (rd(unit[0], WFR_SEND_EGRESS_CTXT_STATUS(TEST_SCTXT)))
			break;
	}
	ck_assert_uint_eq(i, 1024);
	ck_assert_uint_gt(wfr_step(unit[0]->dev), 0);
	run(unit[1]);
	pass_time(unit[0], 1000000);
	run(unit[1]);
	ck_assert_uint_eq(stats(1).rcv_packets, 1025);
}
END_TEST

/* Units that send to each other from threads of their own. */

#define EACH 300u

static void *stepper(void *arg)
{
	unsigned int me = *(unsigned int *)arg;
	unsigned int block = 0, i;
	struct pkt_opts opts;
	static __thread struct pkt mine;

	pkt_defaults(&opts);
	opts.dlid = LID0 + (me + 1) % 2;
	pkt_make(&mine, &opts, 0);
	for (i = 0; i < EACH; i++) {
		pio_put(unit[me], TEST_SCTXT, 64, &block, &mine);
		while (!wfr_step(unit[me]->dev))
			;
		wr(unit[me], WFR_RCV_HDR_HEAD(TEST_CTXT),
		   rd(unit[me], WFR_RCV_HDR_TAIL(TEST_CTXT)));
	}
	return NULL;
}

START_TEST(two_threads)
{
	unsigned int id[2] = { 0, 1 };
	pthread_t t[2];
	unsigned int i;

	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, stepper, &id[i]),
				 0);
	for (i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	for (i = 0; i < 2; i++) {
		run(unit[i]);
		run(unit[1 - i]);
	}
	for (i = 0; i < 2; i++) {
		ck_assert_uint_eq(stats(i).pio_packets, EACH);
		ck_assert_uint_eq(stats(i).rcv_packets, EACH);
	}
}
END_TEST

/* An uplink that leads to a second switch with the third unit. */
struct far {
	struct wfr_fabric *fabric;
	unsigned int sent;
	bool full;
};

static bool far_room(void *arg)
{
	return !((struct far *)arg)->full;
}

static void far_send(void *arg, const struct wfr_wire *wire)
{
	struct far *far = arg;

	far->sent++;
	ck_assert_int_eq(wfr_fabric_inject(far->fabric, wire), 0);
}

static const struct wfr_uplink_ops far_ops = { far_room, far_send };

START_TEST(uplink)
{
	struct far far = { wfr_fabric_create(), 0, false };

	wfr_fabric_leave(unit[2]->dev);
	ck_assert_int_eq(wfr_fabric_join(far.fabric, unit[2]->dev), 0);
	wfr_fabric_uplink(fabric, &far_ops, &far);
	send_from(0, LID0 + 2);
	ck_assert_uint_eq(stats(2).rcv_delivered, 1);
	/* What is at home stays at home. */
	send_from(0, LID0 + 1);
	ck_assert_uint_eq(far.sent, 1);
	/* No room: kept, not lost. */
	far.full = true;
	send_from(1, LID0 + 2);
	ck_assert_uint_eq(far.sent, 1);
	ck_assert_uint_eq(stats(1).egress_drops, 0);
	far.full = false;
	pass_time(unit[1], 1000000);
	run(unit[2]);
	ck_assert_uint_eq(stats(2).rcv_delivered, 2);
	wfr_fabric_uplink(fabric, NULL, NULL);
	wfr_fabric_destroy(far.fabric);
}
END_TEST

struct seen {
	unsigned int count;
	struct wfr_wire last;
	unsigned char data[WFR_WIRE_MAX];
};

static void look(void *arg, const struct wfr_wire *wire)
{
	struct seen *seen = arg;

	seen->count++;
	seen->last = *wire;
	memcpy(seen->data, wire->data, wire->len);
}

/* Whatever a port sends is seen once, as it is on the wire. */
START_TEST(tap)
{
	static struct seen seen;

	send_from(0, LID0 + 1);
	wfr_fabric_tap(fabric, look, &seen);
	send_from(0, LID0 + 1);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_uint_eq(WFR_GET(WFR_PBC_LENGTH_DWS, seen.last.pbc) * 4 - 8,
			  seen.last.len);
	ck_assert_uint_eq(seen.data[2] << 8 | seen.data[3], LID0 + 1);
	ck_assert_uint_eq(seen.last.damage, 0);
	/* To itself, to nobody, and damaged. */
	send_from(1, LID0 + 1);
	send_from(1, 0x999);
	ck_assert_int_eq(
		wfr_fault_corrupt_next(unit[2]->dev, WFR_CORRUPT_ICRC, 0), 0);
	send_from(2, LID0);
	ck_assert_uint_eq(seen.count, 4);
	ck_assert_uint_eq(seen.last.damage, WFR_BAD_ICRC);
	wfr_fabric_tap(fabric, NULL, NULL);
	send_from(0, LID0 + 1);
	ck_assert_uint_eq(seen.count, 4);
	ck_assert_uint_eq(stats(1).rcv_delivered, 4);
}
END_TEST

START_TEST(bad_injections)
{
	uint8_t data[64] = { 0 };
	struct wfr_wire wire = { 0, 0, sizeof(data), data };

	ck_assert_int_eq(wfr_fabric_inject(fabric, &wire), -ENETUNREACH);
	wire.len = 0;
	ck_assert_int_eq(wfr_fabric_inject(fabric, &wire), -EINVAL);
	wire.len = 7;
	ck_assert_int_eq(wfr_fabric_inject(fabric, &wire), -EINVAL);
	wire.len = WFR_WIRE_MAX + 4;
	ck_assert_int_eq(wfr_fabric_inject(fabric, &wire), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-fabric");
	TCase *tc = tcase_create("fabric");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, join_and_leave);
	tcase_add_test(tc, unicast);
	tcase_add_test(tc, own_lid_loops_back);
	tcase_add_test(tc, lid_mask);
	tcase_add_test(tc, multicast);
	tcase_add_test(tc, unknown_lid);
	tcase_add_test(tc, back_pressure);
	tcase_add_test(tc, two_threads);
	tcase_add_test(tc, uplink);
	tcase_add_test(tc, tap);
	tcase_add_test(tc, bad_injections);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
