// SPDX-License-Identifier: BSD-3-Clause
/*
 * Recovery: CTXT_RESET, RECV_CTRL, freezes, the thermal alarm, a failing chip.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/err.h>

#include "user.h"

static struct rig rig;
static struct user u;

static void set_up(void)
{
	rig_start(&rig, NULL);
	user_start(&u, &rig);
	ck_assert_int_eq(user_set_pkey(&u), 0);
}

static void tear_down(void)
{
	user_stop(&u);
	rig_stop(&rig);
}

static int reset(void)
{
	return rig_ioctl(u.file, HFI1_IOCTL_CTXT_RESET, NULL);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void send_and_receive(void)
{
	struct hfi1_pkt_header hdr;

	rig_header(u.file, &hdr, 0);
	user_pio(&u, &hdr, NULL, 0);
	ck_assert_uint_ne(user_receive(&u), 0);
}

START_TEST(test_healthy)
{
	double start = now();

	ck_assert_int_eq(reset(), -ENOLCK);
	ck_assert_double_ge(now() - start, 0.9);
	send_and_receive();
}
END_TEST

START_TEST(test_halted)
{
	int round;

	for (round = 0; round < 5; round++) {
		send_and_receive();
		ck_assert_int_eq(
			wfr_fault_send_ctxt(
				rig.wfr, u.ctxt.send_ctxt,
				WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW),
			0);
		ck_assert_int_eq(reset(), 0);
		ck_assert(rig_wait(!(
			*u.credit & (WFR_CREDIT_STATUS | WFR_CREDIT_COUNTER))));
		/* the receive side was not touched */
		u.block = 0;
		send_and_receive();
	}
}
END_TEST

static void *resetter(void *arg)
{
	return (void *)(long)reset();
}

/* Of two members that reset at once both succeed. */
START_TEST(test_two_resets)
{
	pthread_t threads[2];
	void *ret;
	int i;

	ck_assert_int_eq(
		wfr_fault_send_ctxt(rig.wfr, u.ctxt.send_ctxt,
				    WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW),
		0);
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, resetter, NULL);
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], &ret);
		/* one who comes too late finds a healthy context */
		ck_assert(!ret || (long)ret == -ENOLCK);
	}
	u.block = 0;
	send_and_receive();
}
END_TEST

START_TEST(test_halt_not_shown)
{
	wfr_fault_sticky(rig.wfr, WFR_STICKY_HALTED);
	ck_assert_int_eq(
		wfr_fault_send_ctxt(rig.wfr, u.ctxt.send_ctxt,
				    WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW),
		0);
	ck_assert_int_eq(reset(), -ETIME);
	wfr_fault_sticky(rig.wfr, 0);
}
END_TEST

START_TEST(test_init_fails)
{
	struct file *file = rig_open(&rig);

	ck_assert_int_eq(
		wfr_fault_send_ctxt(rig.wfr, u.ctxt.send_ctxt,
				    WFR_SEND_CTXT_ERR_STATUS_WRITE_OVERFLOW),
		0);
	wfr_fault_sticky(rig.wfr, WFR_STICKY_PIO_INIT);
	ck_assert_int_eq(rig_assign(file, 0, 0), -ETIMEDOUT);
	ck_assert_int_eq(reset(), -ETIMEDOUT);
	wfr_fault_sticky(rig.wfr, 0);
	wfr_fault_pio_init(rig.wfr);
	ck_assert_int_eq(rig_assign(file, 0, 0), -EIO);
	ck_assert_int_eq(rig_assign(file, 0, 0), 0);
	fput(file);
}
END_TEST

START_TEST(test_freeze)
{
	struct user_req req;
	u8 data[64] = { 1 };
	int round;

	for (round = 0; round < 3; round++) {
		unsigned long ack = HFI1_EVENT_FROZEN;

		send_and_receive();
		ck_assert_int_eq(
			wfr_fault_raise(rig.wfr, WFR_FAULT_EGRESS,
					WFR_SEND_EGRESS_ERR_FREEZE &
						-WFR_SEND_EGRESS_ERR_FREEZE),
			0);
		ck_assert(rig_wait(*u.event == HFI1_EVENT_FROZEN));
		ck_assert_int_eq(reset(), 0);
		user_restart(&u);
		ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_ACK_EVENT, &ack),
				 0);
		ck_assert_uint_eq(*u.event, 0);
		send_and_receive();
		user_req(&u, &req, 0, 1, 64, 64);
		ck_assert_int_eq(user_writev(&u, &req, data, 64), 1);
		ck_assert_uint_eq(user_completion(&u, 0), COMPLETE);
		ck_assert_uint_ne(user_receive(&u), 0);
	}
}
END_TEST

/* A freeze that does not end keeps users out, and only that long. */
START_TEST(test_freeze_held)
{
	struct file *file = rig_open(&rig);

	wfr_fault_sticky(rig.wfr, WFR_STICKY_UNFREEZE);
	wfr_fault_raise(rig.wfr, WFR_FAULT_RXE,
			WFR_RCV_ERR_FREEZE & -WFR_RCV_ERR_FREEZE);
	ck_assert(rig_wait(*u.event == HFI1_EVENT_FROZEN));
	usleep(50000);
	ck_assert_int_eq(rig_assign(file, 0, 0), -EIO);
	ck_assert_int_eq(reset(), -ENOLCK);
	wfr_fault_sticky(rig.wfr, 0);
	ck_assert(rig_wait(rig_assign(file, 0, 0) == 0));
	ck_assert_int_eq(reset(), 0);
	user_restart(&u);
	send_and_receive();
	fput(file);
}
END_TEST

/* A device can be stopped in the middle of it. */
START_TEST(test_stop_frozen)
{
	wfr_fault_sticky(rig.wfr, WFR_STICKY_UNFREEZE);
	wfr_fault_raise(rig.wfr, WFR_FAULT_RXE,
			WFR_RCV_ERR_FREEZE & -WFR_RCV_ERR_FREEZE);
	ck_assert(rig_wait(*u.event == HFI1_EVENT_FROZEN));
}
END_TEST

/* The chip is lost, but nobody waits for what it had. */
START_TEST(test_thermal)
{
	struct file *file = rig_open(&rig);
	struct user_req req;

	wfr_fault_delay(rig.wfr, 3600000000000ULL);
	user_req(&u, &req, 1, 1, 64, 0);
	ck_assert_int_eq(user_writev(&u, &req, NULL, 0), 1);
	wfr_fault_temperature(rig.wfr);
	ck_assert(rig_wait(*u.event == HFI1_EVENT_FROZEN));
	ck_assert_uint_eq(user_completion(&u, 1), ERROR);
	ck_assert_int_eq((int)u.comps[1].errcode, -2);
	wfr_fault_delay(rig.wfr, 0);
	ck_assert_int_eq(rig_assign(file, 0, 0), -EIO);
	ck_assert_int_eq(reset(), -ENOLCK);
	fput(file);
}
END_TEST

static bool port_is(enum hfi1u_port_state state)
{
	return hfi1u_port_get_state(rig.dd) == state;
}

/* A cable that is pulled and put back, told by the chip alone. */
START_TEST(test_cable)
{
	struct hfi1_ctxt_info info;
	int round;

	for (round = 0; round < 3; round++) {
		unsigned long ack = HFI1_EVENT_FROZEN | HFI1_EVENT_LINKDOWN;

		send_and_receive();
		wfr_link_set(rig.wfr, false);
		ck_assert(rig_wait(port_is(HFI1U_PORT_DOWN)));
		ck_assert(rig_wait(*u.event == ack));
		info = rig_ctxt_info(u.file);
		ck_assert_uint_eq(info.num_active, 0);
		ck_assert_int_eq(reset(), 0);
		user_restart(&u);
		wfr_link_set(rig.wfr, true);
		ck_assert(rig_wait(port_is(HFI1U_PORT_INIT)));
		hfi1u_port_set_state(rig.dd, HFI1U_PORT_ARMED);
		hfi1u_port_set_state(rig.dd, HFI1U_PORT_ACTIVE);
		ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_ACK_EVENT, &ack),
				 0);
	}
	send_and_receive();
}
END_TEST

/* A manager that is quicker than the driver: what it set stays. */
START_TEST(test_quick_manager)
{
	int round;

	for (round = 0; round < 300; round++) {
		wfr_link_set(rig.wfr, false);
		hfi1u_port_set_state(rig.dd, HFI1U_PORT_DOWN);
		wfr_link_set(rig.wfr, true);
		ck_assert(rig_wait(wfr_link_is_up(rig.wfr)));
		hfi1u_port_set_state(rig.dd, HFI1U_PORT_INIT);
		hfi1u_port_set_state(rig.dd, HFI1U_PORT_ARMED);
		hfi1u_port_set_state(rig.dd, HFI1U_PORT_ACTIVE);
		usleep(500);
		ck_assert(port_is(HFI1U_PORT_ACTIVE));
	}
}
END_TEST

/* The link need not be up by itself: the driver has it trained. */
START_TEST(test_training)
{
	ck_assert(wfr_link_is_up(rig.wfr));
	ck_assert_uint_ge(hfi1u_port_get_state(rig.dd), HFI1U_PORT_INIT);
	send_and_receive();
}
END_TEST

static void set_up_untrained(void)
{
	struct rig_opts opts;

	rig_opts_default(&opts);
	opts.wfr.link_auto = false;
	opts.wfr.link_delay_ns = 1000000;
	rig_start(&rig, &opts);
	user_start(&u, &rig);
	ck_assert_int_eq(user_set_pkey(&u), 0);
}

START_TEST(test_recv_ctrl)
{
	struct hfi1_pkt_header hdr;
	int off = 0, on = 5;

	send_and_receive();
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_RECV_CTRL, &on), 0);
	send_and_receive();
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_RECV_CTRL, &off), 0);
	rig_header(u.file, &hdr, 0);
	user_pio(&u, &hdr, NULL, 0);
	ck_assert_uint_eq(user_receive(&u), 0);
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_RECV_CTRL, &on), 0);
	/* sequence and heads start again */
	u.entry = 0;
	u.seq = 1;
	send_and_receive();
}
END_TEST

START_TEST(test_recv_ctrl_member)
{
	struct file *a = rig_open(&rig), *b = rig_open(&rig);

	ck_assert_int_eq(rig_assign(a, 2, 1), 0);
	ck_assert_int_eq(rig_assign(b, 2, 1), 0);
	ck_assert_int_eq(rig_ioctl(a, HFI1_IOCTL_RECV_CTRL, NULL), -EFAULT);
	ck_assert_int_eq(rig_ioctl(b, HFI1_IOCTL_RECV_CTRL, NULL), 0);
	fput(a);
	fput(b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-reset");
	TCase *tc = tcase_create("reset");
	TCase *train = tcase_create("train");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_healthy);
	tcase_add_test(tc, test_halted);
	tcase_add_test(tc, test_two_resets);
	tcase_add_test(tc, test_halt_not_shown);
	tcase_add_test(tc, test_init_fails);
	tcase_add_test(tc, test_freeze);
	tcase_add_test(tc, test_freeze_held);
	tcase_add_test(tc, test_stop_frozen);
	tcase_add_test(tc, test_thermal);
	tcase_add_test(tc, test_recv_ctrl);
	tcase_add_test(tc, test_recv_ctrl_member);
	tcase_add_test(tc, test_cable);
	tcase_add_test(tc, test_quick_manager);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(train, set_up_untrained, tear_down);
	tcase_set_timeout(train, 60);
	tcase_add_test(train, test_training);
	tcase_add_test(train, test_cable);
	suite_add_tcase(suite, train);
	return rig_run(suite);
}
