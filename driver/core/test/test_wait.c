// SPDX-License-Identifier: BSD-3-Clause
/*
 * Calls that wait: followers of a founder that is held up in its set-up, the
 * removal of a device in use, a chip that is gone.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>
#include <linux/sched.h>

#include "user.h"

static struct rig rig;
static bool stalled, go_on;

static void set_up(void)
{
	rig_start(&rig, NULL);
}

static void tear_down(void)
{
	rig_stop(&rig);
}

/* The founder of the first user context stops in the middle of its set-up. */
static void stall(struct rig *r, u64 offset)
{
	if (offset != WFR_RCV_HDR_CNT(3))
		return;
	WRITE_ONCE(stalled, true);
	while (!READ_ONCE(go_on))
		usleep(100);
}

struct call {
	pthread_t thread;
	struct file *file;
	struct task_struct *task;
	int ret;
	bool done;
};

static void *assign_thread(void *arg)
{
	struct call *c = arg;

	WRITE_ONCE(c->task, current);
	c->ret = rig_assign(c->file, 2, 4);
	WRITE_ONCE(c->done, true);
	return NULL;
}

static void start(struct call *c)
{
	memset(c, 0, sizeof(*c));
	c->file = rig_open(&rig);
	ck_assert_int_eq(pthread_create(&c->thread, NULL, assign_thread, c), 0);
	ck_assert(rig_wait(READ_ONCE(c->task)));
}

static int finish(struct call *c)
{
	pthread_join(c->thread, NULL);
	return c->ret;
}

START_TEST(test_follower)
{
	struct call leader, follower, impatient;
	struct hfi1_ctxt_info info;
	int vers;

	stalled = false;
	go_on = false;
	WRITE_ONCE(rig.on_write, stall);
	start(&leader);
	ck_assert(rig_wait(READ_ONCE(stalled)));
	start(&follower);
	usleep(20000);
	ck_assert(!READ_ONCE(follower.done));

	/* files whose assignment is under way have no context yet */
	ck_assert_int_eq(rig_ioctl(follower.file, HFI1_IOCTL_CTXT_INFO, &info),
			 -EINVAL);
	ck_assert_int_eq(rig_ioctl(leader.file, HFI1_IOCTL_CTXT_INFO, &info),
			 -EINVAL);
	ck_assert_int_eq(rig_assign(leader.file, 0, 0), -EINVAL);
	ck_assert_int_eq(rig_ioctl(leader.file, HFI1_IOCTL_GET_VERS, &vers), 0);
	ck_assert_uint_eq(hosted_poll(leader.file, NULL), EPOLLERR);
	ck_assert_int_eq(hosted_write(leader.file, &vers, 4), -EIO);

	/* every place is taken, even while the set-up is under way */
	impatient.file = rig_open(&rig);
	ck_assert_int_eq(rig_assign(impatient.file, 2, 4), -EBUSY);
	fput(impatient.file);

	/* a signal ends the wait, and the place is free again */
	hosted_task_signal(follower.task, false);
	ck_assert_int_eq(finish(&follower), -ERESTARTSYS);
	fput(follower.file);
	start(&follower);
	usleep(5000);
	ck_assert(!READ_ONCE(follower.done));
	WRITE_ONCE(go_on, true);
	ck_assert_int_eq(finish(&leader), 0);
	ck_assert_int_eq(finish(&follower), 0);
	ck_assert_uint_eq(rig_ctxt_info(follower.file).subctxt, 1);
	fput(leader.file);
	fput(follower.file);
	WRITE_ONCE(rig.on_write, NULL);
}
END_TEST

/* Contexts of others are not held up by a slow set-up. */
START_TEST(test_others_meanwhile)
{
	struct call leader;
	struct file *other;

	stalled = false;
	go_on = false;
	WRITE_ONCE(rig.on_write, stall);
	start(&leader);
	ck_assert(rig_wait(READ_ONCE(stalled)));
	other = rig_open_assigned(&rig);
	ck_assert_uint_eq(rig_ctxt_info(other).ctxt, 4);
	fput(other);
	WRITE_ONCE(go_on, true);
	ck_assert_int_eq(finish(&leader), 0);
	fput(leader.file);
	WRITE_ONCE(rig.on_write, NULL);
}
END_TEST

static void *stopper(void *arg)
{
	hfi1u_dev_stop(rig.dd);
	WRITE_ONCE(stalled, false);
	return NULL;
}

START_TEST(test_removal)
{
	struct file *file = rig_open_assigned(&rig);
	struct file *late;
	pthread_t thread;

	stalled = true;
	ck_assert_int_eq(pthread_create(&thread, NULL, stopper, NULL), 0);
	usleep(20000);
	ck_assert(READ_ONCE(stalled));
	/* who is in stays in, nobody else enters */
	ck_assert_uint_eq(rig_ctxt_info(file).ctxt, 3);
	late = hosted_open(&rig.chrdev, O_RDWR);
	ck_assert_int_eq(PTR_ERR(late), -ENXIO);
	fput(file);
	pthread_join(thread, NULL);
	late = hosted_open(&rig.chrdev, O_RDWR);
	ck_assert_int_eq(PTR_ERR(late), -ENXIO);
	rig_assert_idle(&rig);
}
END_TEST

static u64 link_state(void)
{
	return WFR_GET(WFR_DC8051_STS_CUR_STATE_PORT,
		       wfr_mmio_read(rig.wfr, WFR_DC8051_STS_CUR_STATE, 8));
}

/* Handlers may run until the host disconnects them, which is after the stop. */
START_TEST(test_late_handler)
{
	enum hfi1u_port_state state = hfi1u_port_get_state(rig.dd);

	hfi1u_dev_stop(rig.dd);
	ck_assert_uint_eq(link_state(), WFR_DC8051_STS_CUR_STATE_PORT_OFFLINE);
	wfr_fault_raise(rig.wfr, WFR_FAULT_DC8051,
			WFR_DC8051_ERR_FLG_SET_BY_8051);
	wfr_mmio_write(rig.wfr, WFR_CCE_INT_FORCE(WFR_IS_DC8051 / 64),
		       1ULL << WFR_IS_DC8051 % 64, 8);
	ck_assert_int_eq(hfi1u_interrupt(rig.dd, 0), IRQ_HANDLED);
	usleep(20000);
	/* nobody follows the link any more, freezes the chip or trains it */
	ck_assert_int_eq(hfi1u_port_get_state(rig.dd), state);
	ck_assert_uint_eq(wfr_mmio_read(rig.wfr, WFR_CCE_STATUS, 8) &
				  WFR_CCE_STATUS_ALL_FROZE,
			  0);
	ck_assert_uint_eq(link_state(), WFR_DC8051_STS_CUR_STATE_PORT_OFFLINE);
	hfi1u_dev_destroy(rig.dd);
}
END_TEST

START_TEST(test_gone)
{
	static u8 data[64];
	struct user u;
	struct user_req req;
	struct file *late;

	user_start(&u, &rig);
	wfr_fault_delay(rig.wfr, 100000000);
	user_req(&u, &req, 0, 1, 64, 64);
	ck_assert_int_eq(user_writev(&u, &req, data, 64), 1);
	wfr_reset(rig.wfr);
	hfi1u_dev_gone(rig.dd);
	/* nothing waits for a chip that does not answer */
	ck_assert_uint_eq(user_completion(&u, 0), ERROR);
	ck_assert_int_eq(user_writev(&u, &req, data, 64), -ECOMM);
	late = hosted_open(&rig.chrdev, O_RDWR);
	ck_assert_int_eq(PTR_ERR(late), -EINVAL);
	user_stop(&u);
	rig_assert_idle(&rig);
	wfr_fault_delay(rig.wfr, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-wait");
	TCase *tc = tcase_create("wait");
	TCase *end = tcase_create("end");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_follower);
	tcase_add_test(tc, test_others_meanwhile);
	tcase_add_test(tc, test_gone);
	suite_add_tcase(suite, tc);
	/* stops the device itself */
	tcase_add_checked_fixture(end, set_up, NULL);
	tcase_set_timeout(end, 60);
	tcase_add_test(end, test_removal);
	tcase_add_test(end, test_late_handler);
	suite_add_tcase(suite, end);
	return rig_run(suite);
}
