// SPDX-License-Identifier: BSD-3-Clause
/*
 * What the generated dispatch costs, beside the same command written by hand.
 *
 * Both run in one process on the same file and copy to the same place; the
 * rounds alternate, and the medians are compared.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <linux/uaccess.h>

#include "rig.h"

#define ROUNDS 31
#define CALLS  20000

typedef long (*ioctl_fn)(struct file *file, unsigned int cmd,
			 unsigned long arg);

/* The peer: what a driver author would write without a generator. */
static long hand_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	(void)file;
	switch (cmd) {
	case HFI1_IOCTL_GET_VERS:
		return put_user(RIG_VERSION, (u32 __user *)arg) ? -EFAULT : 0;
	default:
		return -EINVAL;
	}
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static double round_ns(ioctl_fn fn, struct file *file, unsigned int cmd,
		       long expected)
{
	u32 version = 0;
	double start = now_ns();
	int i;

	for (i = 0; i < CALLS; i++) {
		if (fn(file, cmd, (unsigned long)&version) != expected) {
			fprintf(stderr,
				"bench-dispatch: command %#x: "
				"unexpected result\n",
				cmd);
			exit(1);
		}
	}
	return (now_ns() - start) / CALLS;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void compare(const char *what, struct file *file, unsigned int cmd,
		    long expected)
{
	double hand[ROUNDS], generated[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		hand[i] = round_ns(hand_ioctl, file, cmd, expected);
		generated[i] = round_ns(hfi1u_fops.unlocked_ioctl, file, cmd,
					expected);
	}
	qsort(hand, ROUNDS, sizeof(*hand), by_value);
	qsort(generated, ROUNDS, sizeof(*generated), by_value);
	printf("dispatch %-16s generated %7.1f ns, by hand %7.1f ns, ratio %.2f\n",
	       what, generated[ROUNDS / 2], hand[ROUNDS / 2],
	       generated[ROUNDS / 2] / hand[ROUNDS / 2]);
}

START_TEST(dispatch)
{
	struct rig_opts opts;
	struct rig rig;
	struct file *file;

	rig_opts_default(&opts);
	rig_start(&rig, &opts);
	file = rig_open_assigned(&rig);
	compare("GET_VERS", file, HFI1_IOCTL_GET_VERS, 0);
	compare("unknown command", file, 0x1bff, -EINVAL);
	fput(file);
	rig_stop(&rig);
}
END_TEST

/* The rig reports through libcheck, so the bench runs as a test of it. */
int main(void)
{
	Suite *s = suite_create("dispatch");
	TCase *tc = tcase_create("cost");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 0);
	tcase_add_test(tc, dispatch);
	suite_add_tcase(s, tc);
	srunner_set_fork_status(sr, CK_NOFORK);
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
