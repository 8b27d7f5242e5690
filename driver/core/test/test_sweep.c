// SPDX-License-Identifier: BSD-3-Clause
/*
 * Allocations that fail: every one of a call in turn.  Whatever fails, nothing
 * is left behind, and the same call succeeds afterwards.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>
#include <linux/sched.h>

#include "user.h"

#define PAGE	   4096UL
#define MAX_ALLOCS 2000

static struct rig rig;

static void set_up(void)
{
	rig_start(&rig, NULL);
}

static void tear_down(void)
{
	rig_stop(&rig);
}

static struct hosted_live live(void)
{
	struct hosted_live l;

	hosted_live(&l);
	return l;
}

/* The interrupt thread frees a request a moment after it has reported it. */
static bool settled(const struct hosted_live *a)
{
	struct hosted_live b = live();

	return a->objects == b.objects && a->dma_maps == b.dma_maps &&
	       a->pinned_pages == b.pinned_pages;
}

static void assert_same(const struct hosted_live *a)
{
	struct hosted_live b;

	rig_wait(settled(a));
	b = live();

	ck_assert_int_eq(a->objects, b.objects);
	ck_assert_int_eq(a->bytes, b.bytes);
	ck_assert_int_eq(a->arena_pages, b.arena_pages);
	ck_assert_int_eq(a->dma_maps, b.dma_maps);
	ck_assert_int_eq(a->pinned_pages, b.pinned_pages);
	ck_assert_int_eq(a->notifiers, b.notifiers);
	ck_assert_int_eq(a->mms, b.mms);
	ck_assert_int_eq(a->files, b.files);
}

typedef int (*call_fn)(struct file *file, void *arg);

/*
 * Fail the first allocation of a call, then the second, and so on until one
 * call makes fewer.  @undo takes back a success.
 */
static int sweep(struct file *file, call_fn call, call_fn undo, void *arg,
		 int error)
{
	struct hosted_live before = live();
	int failures = 0;
	long nth;

	for (nth = 1; nth < MAX_ALLOCS; nth++) {
		bool happened;
		int ret;

		hosted_fail_alloc(current, nth);
		ret = call(file, arg);
		happened = !hosted_fail_alloc_left(current);
		hosted_fail_alloc(current, 0);
		if (ret) {
			ck_assert(happened);
			ck_assert_int_eq(ret, error);
			failures++;
		} else {
			undo(file, arg);
		}
		assert_same(&before);
		if (!happened)
			return failures;
	}
	ck_abort_msg("the call never runs out of allocations");
	return failures;
}

static int nothing(struct file *file, void *arg)
{
	return 0;
}

static int open_file(struct file *unused, void *arg)
{
	struct file *file = hosted_open(&rig.chrdev, O_RDWR);

	if (IS_ERR(file))
		return PTR_ERR(file);
	fput(file);
	return 0;
}

START_TEST(test_open)
{
	ck_assert_int_ge(sweep(NULL, open_file, nothing, NULL, -ENOMEM), 1);
}
END_TEST

/* A file that was refused is as good as new. */
static int assign_once(struct file *unused, void *arg)
{
	struct file *file = hosted_open(&rig.chrdev, O_RDWR);
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = rig_assign(file, (long)arg, 0);
	if (ret) {
		hosted_fail_alloc(current, 0);
		ck_assert_int_eq(rig_assign(file, (long)arg, 0), 0);
	}
	fput(file);
	return ret;
}

START_TEST(test_assign_private)
{
	ck_assert_int_ge(sweep(NULL, assign_once, nothing, (void *)0, -ENOMEM),
			 8);
	rig_assert_idle(&rig);
}
END_TEST

START_TEST(test_assign_founder)
{
	ck_assert_int_ge(sweep(NULL, assign_once, nothing, (void *)2, -ENOMEM),
			 11);
	rig_assert_idle(&rig);
}
END_TEST

START_TEST(test_assign_follower)
{
	struct file *leader = rig_open(&rig);

	ck_assert_int_eq(rig_assign(leader, 3, 0), 0);
	ck_assert_int_ge(
		sweep(leader, assign_once, nothing, (void *)3, -ENOMEM), 3);
	fput(leader);
}
END_TEST

struct failing_leader {
	pthread_t thread;
	struct file *file;
	long nth;
	int ret;
};

static void *lead(void *arg)
{
	struct failing_leader *l = arg;

	hosted_fail_alloc(current, l->nth);
	l->ret = rig_assign(l->file, 2, 77);
	hosted_fail_alloc(current, 0);
	return NULL;
}

/* Members that wait for a founder who fails are told, and nothing leaks. */
START_TEST(test_founder_fails_followers)
{
	struct failing_leader l;
	long round;

	for (round = 0; round < 200; round++) {
		struct file *follower = rig_open(&rig);
		int ret;

		l.file = rig_open(&rig);
		/* late in the set-up, when the group is known already */
		l.nth = 10 + round % 40;
		ck_assert_int_eq(pthread_create(&l.thread, NULL, lead, &l), 0);
		if (round % 3)
			usleep(round * 7 % 300);
		ret = rig_assign(follower, 2, 77);
		pthread_join(l.thread, NULL);
		ck_assert(!ret || ret == -ENOMEM);
		ck_assert(!l.ret || l.ret == -ENOMEM);
		fput(l.file);
		fput(follower);
		rig_assert_idle(&rig);
	}
}
END_TEST

struct tid_call {
	u8 *mem;
	unsigned int pages;
	u32 tids[64];
	struct hfi1_tid_info info;
};

static int tid_update(struct file *file, void *arg)
{
	struct tid_call *t = arg;

	t->info = (struct hfi1_tid_info){
		.vaddr = (unsigned long)t->mem,
		.tidlist = (unsigned long)t->tids,
		.length = t->pages * PAGE,
	};
	return rig_ioctl(file, HFI1_IOCTL_TID_UPDATE, &t->info);
}

static int tid_free(struct file *file, void *arg)
{
	struct tid_call *t = arg;

	t->info.tidlist = (unsigned long)t->tids;
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_TID_FREE, &t->info), 0);
	return 0;
}

START_TEST(test_tid_update)
{
	struct file *file = rig_open_assigned(&rig);
	struct hfi1u_stats stats;
	struct tid_call t = { .pages = 31 };

	t.mem = mmap(NULL, t.pages * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ck_assert_int_ge(sweep(file, tid_update, tid_free, &t, -ENOMEM), 5);
	hfi1u_get_stats(rig.dd, &stats);
	ck_assert_uint_eq(stats.tid_nodes, 0);
	ck_assert_uint_eq(stats.pinned_pages, 0);
	fput(file);
	munmap(t.mem, t.pages * PAGE);
}
END_TEST

static int tid_inval_read(struct file *file, void *arg)
{
	struct tid_call *t = arg;
	struct hfi1_tid_info info = { .tidlist = (unsigned long)t->tids };

	return rig_ioctl(file, HFI1_IOCTL_TID_INVAL_READ, &info);
}

START_TEST(test_tid_others)
{
	struct file *file = rig_open_assigned(&rig);
	struct tid_call t = { .pages = 1 };

	ck_assert_int_eq(sweep(file, tid_inval_read, nothing, &t, -EFAULT), 1);
	t.mem = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ck_assert_int_eq(tid_update(file, &t), 0);
	hosted_fail_alloc(current, 1);
	t.info.tidlist = (unsigned long)t.tids;
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_TID_FREE, &t.info),
			 -ENOMEM);
	hosted_fail_alloc(current, 0);
	tid_free(file, &t);
	fput(file);
	munmap(t.mem, PAGE);
}
END_TEST

static struct user u;

static int send_request(struct file *file, void *arg)
{
	static u8 data[5 * 4096];
	unsigned long at = (unsigned long)data;
	struct user_req req, empty;
	int ret, after;

	user_req(&u, &req, 0, 5, 4096, sizeof(data));
	ret = user_writev(&u, &req, data, sizeof(data));
	user_completion(&u, 0);
	rig_settle(&rig);
	/* the pages are kept until they go, their pin until the next request */
	hosted_mm_unmap(hosted_mm_self(), at, at + sizeof(data));
	user_req(&u, &empty, 1, 1, 64, 0);
	after = user_writev(&u, &empty, NULL, 0);
	/* this one may be it that fails, which it does but once */
	if (after < 0)
		user_writev(&u, &empty, NULL, 0);
	user_completion(&u, 1);
	rig_settle(&rig);
	ret = ret < 0 ? ret : after;
	if (ret > 0)
		return 0;
	/* memory that cannot be mapped has an errno of its own */
	return ret == -ENOSPC ? -ENOMEM : ret;
}

START_TEST(test_writev)
{
	struct hfi1u_stats stats;

	user_start(&u, &rig);
	ck_assert_int_ge(sweep(u.file, send_request, nothing, NULL, -ENOMEM),
			 4);
	hfi1u_get_stats(rig.dd, &stats);
	ck_assert_uint_eq(stats.sdma_requests, 0);
	user_stop(&u);
}
END_TEST

/* Making and starting a device, without the rig's help. */
START_TEST(test_device)
{
	struct hosted_live before = live();
	struct hfi1u_params params;
	struct hfi1u_host host = {
		.dev = &rig.dev,
		.bar = rig.bar,
		.bar_phys = rig.bar_phys,
		.unit = 1,
		.num_vectors = 5,
	};
	struct hfi1u_dev *dd;
	long nth;

	hfi1u_params_default(&params);
	for (nth = 1; nth < MAX_ALLOCS; nth++) {
		hosted_fail_alloc(current, nth);
		dd = hfi1u_dev_create(&host, &params);
		if (!hosted_fail_alloc_left(current))
			ck_assert_int_eq(PTR_ERR(dd), -ENOMEM);
		else
			break;
		assert_same(&before);
	}
	hosted_fail_alloc(current, 0);
	ck_assert_int_gt(nth, 8);
	hfi1u_dev_destroy(dd);
	assert_same(&before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-sweep");
	TCase *tc = tcase_create("sweep");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, test_open);
	tcase_add_test(tc, test_assign_private);
	tcase_add_test(tc, test_assign_founder);
	tcase_add_test(tc, test_assign_follower);
	tcase_add_test(tc, test_founder_fails_followers);
	tcase_add_test(tc, test_tid_update);
	tcase_add_test(tc, test_tid_others);
	tcase_add_test(tc, test_writev);
	tcase_add_test(tc, test_device);
	suite_add_tcase(suite, tc);
	return rig_run(suite);
}
