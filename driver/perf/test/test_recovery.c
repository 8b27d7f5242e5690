// SPDX-License-Identifier: BSD-3-Clause
/* The transport when something goes wrong. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "rig.h"

#define PATIENCE_S 20

static struct hfi1t t;

static void start(void)
{
	ck_assert_int_eq(hfi1t_open(&t, "/dev/hfi1_0"), 0);
}

static void finish(void)
{
	hfi1t_close(&t);
}

static struct hfi1t_packet packet(void)
{
	return (struct hfi1t_packet){ .to = hfi1t_address(&t) };
}

static void it_works(void)
{
	struct hfi1t_packet p = packet();
	struct hfi1t_arrival a;

	ck_assert_int_eq(hfi1t_pio_send(&t, &p), 0);
	rig_receive(&t, &a);
}

/* Whether a call gives @wanted before long. */
static bool soon(int (*call)(struct hfi1t *t), int wanted)
{
	time_t end = time(NULL) + PATIENCE_S;

	while (call(&t) != wanted) {
		if (time(NULL) > end)
			return false;
		usleep(1000);
	}
	return true;
}

static int send_one(struct hfi1t *to)
{
	struct hfi1t_packet p = packet();

	return hfi1t_pio_send(to, &p);
}

START_TEST(a_halt_is_seen_and_ended)
{
	it_works();
	rig_ctl("halt 0 %u", t.info.send_ctxt);
	ck_assert(soon(send_one, -EIO));
	ck_assert(soon(hfi1t_recover, 0));
	it_works();
}
END_TEST

START_TEST(a_freeze_is_seen_and_ended)
{
	int i;

	for (i = 0; i < 5; i++)
		it_works();
	rig_ctl("freeze 0");
	ck_assert(soon(send_one, -EIO));
	ck_assert(soon(hfi1t_recover, 0));
	for (i = 0; i < 5; i++)
		it_works();
}
END_TEST

START_TEST(a_healthy_context_is_not_reset)
{
	ck_assert_int_eq(hfi1t_recover(&t), -ENOLCK);
	it_works();
}
END_TEST

START_TEST(damage_is_told)
{
	struct hfi1t_packet p = packet();
	struct hfi1t_arrival a;
	int ret;

	rig_ctl("corrupt 0 icrc");
	ck_assert_int_eq(hfi1t_pio_send(&t, &p), 0);
	while (!(ret = hfi1t_receive(&t, &a)))
		;
	ck_assert_int_eq(ret, -EBADMSG);
	it_works();
}
END_TEST

START_TEST(an_absent_device_is_told)
{
	struct hfi1t absent;

	ck_assert_int_eq(hfi1t_open(&absent, "/dev/hfi1_7"), -ENOENT);
	ck_assert_int_eq(absent.fd, -1);
}
END_TEST

static int open_second(struct hfi1t *unused)
{
	struct hfi1t second;
	int ret = hfi1t_open(&second, "/dev/hfi1_1");

	(void)unused;
	if (!ret)
		hfi1t_close(&second);
	return ret;
}

START_TEST(a_port_that_is_down_is_told)
{
	bool told;

	/* the driver hears of it a little later */
	rig_ctl("link 1 down");
	told = soon(open_second, -ENETDOWN);
	rig_ctl("link 1 up");
	ck_assert(told);
	ck_assert(soon(open_second, 0));
}
END_TEST

START_TEST(a_freeze_holds_nobody_off)
{
	int i;

	for (i = 0; i < 20; i++) {
		rig_ctl("freeze 1");
		ck_assert_int_eq(open_second(NULL), 0);
	}
}
END_TEST

TCase *recovery_case(void)
{
	TCase *c = tcase_create("recovery");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, start, finish);
	tcase_add_test(c, a_halt_is_seen_and_ended);
	tcase_add_test(c, a_freeze_is_seen_and_ended);
	tcase_add_test(c, a_healthy_context_is_not_reset);
	tcase_add_test(c, damage_is_told);
	tcase_add_test(c, an_absent_device_is_told);
	tcase_add_test(c, a_port_that_is_down_is_told);
	tcase_add_test(c, a_freeze_holds_nobody_off);
	return c;
}
