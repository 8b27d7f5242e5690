// SPDX-License-Identifier: BSD-3-Clause
/*
 * Control plane: open, ASSIGN_CTXT, reports, mmap, sharing, exhaustion.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>

#include "rig.h"

#define THREADS 4

static struct rig rig;

static void set_up(void)
{
	rig_start(&rig, NULL);
}

static void tear_down(void)
{
	rig_stop(&rig);
}

START_TEST(test_fresh_file)
{
	struct file *file = rig_open(&rig);
	struct hfi1_ctxt_info info;
	int vers = 0;

	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_GET_VERS, &vers), 0);
	ck_assert_uint_eq(vers, RIG_VERSION);
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_GET_VERS, NULL), -EFAULT);
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_CTXT_INFO, &info), -EINVAL);
	ck_assert_int_eq(rig_ioctl(file, 0, NULL), -EINVAL);
	ck_assert_uint_eq(hosted_poll(file, NULL), EPOLLERR);
	fput(file);
}
END_TEST

START_TEST(test_default_context)
{
	struct file *file = rig_open_assigned(&rig);
	struct hfi1_ctxt_info c = rig_ctxt_info(file);
	struct hfi1_base_info b = rig_base_info(file);

	ck_assert_uint_eq(c.runtime_flags, 0x4c09a);
	ck_assert_uint_eq(c.rcvegr_size, 262144);
	ck_assert_uint_eq(c.egrtids, 32);
	ck_assert_uint_eq(c.rcvhdrq_cnt, 2048);
	ck_assert_uint_eq(c.rcvhdrq_entsize, 128);
	ck_assert_uint_eq(c.sdma_ring_size, 128);
	ck_assert_uint_eq(c.ctxt, 3);
	ck_assert_uint_eq(c.subctxt, 0);
	/* 16 kernel and 3 acknowledge contexts come first */
	ck_assert_uint_eq(c.send_ctxt, 159 - 19);
	ck_assert_uint_eq(c.credits, 1024);
	ck_assert_uint_eq(c.num_active, 1);
	/* 8192 entries among 7 contexts: 146 groups each, 2 more to spare */
	ck_assert_uint_eq(c.rcvtids, 147 * 8);
	ck_assert_uint_eq(b.sw_version, RIG_VERSION);
	ck_assert_uint_eq(b.bthqp, 0x80);
	ck_assert_uint_eq(b.rcvhdrtail_base, 0);
	ck_assert_uint_eq(b.subctxt_uregbase, 0);
	ck_assert_uint_eq(WFR_GET(WFR_MMAP_TOKEN_MAGIC, b.pio_bufbase),
			  WFR_MMAP_MAGIC);
	ck_assert_uint_eq(b.sc_credits_addr & 0xfff,
			  (c.send_ctxt * 64 + c.send_ctxt % 8 * 8) % 4096);
	ck_assert_int_eq(rig_assign(file, 0, 0), -EINVAL);
	fput(file);
}
END_TEST

START_TEST(test_assign_checks)
{
	struct hfi1_user_info info = { .userversion = 5 << 16 };
	struct file *file = rig_open(&rig);

	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_ASSIGN_CTXT, &info),
			 -ENODEV);
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_ASSIGN_CTXT, NULL),
			 -EFAULT);
	ck_assert_int_eq(rig_assign(file, 9, 0), -EINVAL);
	ck_assert_int_eq(rig_assign(file, 8, 0), 0);
	fput(file);
}
END_TEST

START_TEST(test_contexts_exhausted)
{
	struct file *files[4], *late = rig_open(&rig);
	int i;

	for (i = 0; i < 4; i++)
		files[i] = rig_open_assigned(&rig);
	ck_assert_uint_eq(hfi1u_nfreectxts(rig.dd), 0);
	ck_assert_int_eq(rig_assign(late, 0, 0), -EBUSY);
	fput(files[2]);
	ck_assert_int_eq(rig_assign(late, 0, 0), 0);
	ck_assert_uint_eq(rig_ctxt_info(late).ctxt, 5);
	fput(late);
	for (i = 0; i < 4; i++)
		if (i != 2)
			fput(files[i]);
}
END_TEST

START_TEST(test_group)
{
	struct hfi1_user_info other = {
		.userversion = RIG_VERSION + 1,
		.subctxt_cnt = 2,
		.subctxt_id = 9,
	};
	struct file *a = rig_open(&rig), *b = rig_open(&rig);
	struct file *c = rig_open(&rig);

	ck_assert_int_eq(rig_assign(a, 2, 9), 0);
	ck_assert_int_eq(rig_ioctl(b, HFI1_IOCTL_ASSIGN_CTXT, &other), -EINVAL);
	ck_assert_int_eq(rig_assign(b, 2, 9), 0);
	ck_assert_uint_eq(rig_ctxt_info(a).ctxt, rig_ctxt_info(b).ctxt);
	ck_assert_uint_eq(rig_ctxt_info(b).subctxt, 1);
	ck_assert_uint_ne(rig_base_info(b).subctxt_rcvegrbuf, 0);
	ck_assert_int_eq(rig_assign(c, 2, 9), -EBUSY);
	/* the founder may leave, and its place be taken */
	fput(a);
	ck_assert_int_eq(rig_assign(c, 2, 9), 0);
	ck_assert_uint_eq(rig_ctxt_info(c).subctxt, 0);
	/* another key founds another group */
	a = rig_open(&rig);
	ck_assert_int_eq(rig_assign(a, 2, 8), 0);
	ck_assert_uint_ne(rig_ctxt_info(a).ctxt, rig_ctxt_info(c).ctxt);
	fput(a);
	fput(b);
	fput(c);
}
END_TEST

static void *assigner(void *arg)
{
	return (void *)(long)rig_assign(arg, 0, 0);
}

/* Of all threads that assign the same file one wins, and nothing leaks. */
START_TEST(test_assign_race)
{
	pthread_t threads[THREADS];
	struct file *file;
	int round, i;

	for (round = 0; round < 50; round++) {
		int won = 0;

		file = rig_open(&rig);
		for (i = 0; i < THREADS; i++)
			ck_assert_int_eq(pthread_create(&threads[i], NULL,
							assigner, file),
					 0);
		for (i = 0; i < THREADS; i++) {
			void *ret;

			pthread_join(threads[i], &ret);
			ck_assert(!ret || (long)ret == -EINVAL);
			won += !ret;
		}
		ck_assert_int_eq(won, 1);
		ck_assert_uint_eq(hfi1u_nfreectxts(rig.dd), 3);
		fput(file);
		rig_assert_idle(&rig);
	}
}
END_TEST

static void *joiner(void *arg)
{
	struct file *file = rig_open(arg);
	long ret = rig_assign(file, THREADS, 1);
	struct hfi1_ctxt_info info = { 0 };

	if (!ret)
		info = rig_ctxt_info(file);
	ck_assert_uint_lt(info.subctxt, THREADS);
	usleep(1000);
	fput(file);
	return (void *)ret;
}

/* Founding, joining and leaving at once; every caller gets a place. */
START_TEST(test_group_race)
{
	pthread_t threads[THREADS];
	int round, i;

	for (round = 0; round < 30; round++) {
		for (i = 0; i < THREADS; i++)
			ck_assert_int_eq(pthread_create(&threads[i], NULL,
							joiner, &rig),
					 0);
		for (i = 0; i < THREADS; i++) {
			void *ret;

			pthread_join(threads[i], &ret);
			ck_assert_int_eq((long)ret, 0);
		}
		rig_assert_idle(&rig);
	}
}
END_TEST

static int map_error(struct file *file, u64 token, size_t len, int prot,
		     int flags)
{
	struct vm_area_struct *vma = hosted_mmap(file, 0x100000, len, prot,
						 flags, token & ~0xfffULL);

	if (!IS_ERR(vma)) {
		hosted_munmap(vma);
		return 0;
	}
	return PTR_ERR(vma);
}

struct region {
	size_t offset; /* of the token in struct hfi1_base_info */
	size_t len;
	int write; /* what a writable mapping gives */
};

#define REGION(token, len, write)                                  \
	{                                                          \
		offsetof(struct hfi1_base_info, token), len, write \
	}

static const struct region regions[] = {
	REGION(pio_bufbase, 65536, 0),
	REGION(pio_bufbase_sop, 65536, 0),
	REGION(sc_credits_addr, 4096, -EPERM),
	REGION(rcvhdr_bufbase, 262144, 0),
	REGION(rcvegr_bufbase, 8388608, -EPERM),
	REGION(user_regbase, 4096, 0),
	REGION(events_bufbase, 4096, 0),
	REGION(status_bufbase, 4096, -EPERM),
	REGION(subctxt_uregbase, 4096, 0),
	REGION(subctxt_rcvhdrbuf, 2 * 262144, 0),
	REGION(subctxt_rcvegrbuf, 2 * 8388608, 0),
	REGION(sdma_comp_bufbase, 4096, 0),
};

START_TEST(test_mmap)
{
	const struct region *r = &regions[_i];
	struct file *file = rig_open(&rig);
	struct hfi1_base_info base;
	u64 token;

	ck_assert_int_eq(rig_assign(file, 2, 0), 0);
	base = rig_base_info(file);
	memcpy(&token, (u8 *)&base + r->offset, sizeof(token));
	ck_assert_int_eq(map_error(file, token, r->len, PROT_READ, MAP_SHARED),
			 0);
	ck_assert_int_eq(map_error(file, token, r->len, PROT_READ | PROT_WRITE,
				   MAP_SHARED),
			 r->write);
	ck_assert_int_eq(map_error(file, token, r->len, PROT_READ, MAP_PRIVATE),
			 -EINVAL);
	ck_assert_int_eq(map_error(file, token, r->len + 4096, PROT_READ,
				   MAP_SHARED),
			 -EINVAL);
	ck_assert_int_eq(map_error(file, token ^ 1ULL << 40, r->len, PROT_READ,
				   MAP_SHARED),
			 -EINVAL);
	ck_assert_int_eq(map_error(file, token ^ 1ULL << 16, r->len, PROT_READ,
				   MAP_SHARED),
			 -EINVAL);
	ck_assert_int_eq(map_error(file, token ^ 1ULL << 12, r->len, PROT_READ,
				   MAP_SHARED),
			 -EINVAL);
	fput(file);
}
END_TEST

/* A mapping keeps the context; it goes with the last of both. */
START_TEST(test_mapping_holds)
{
	struct file *file = rig_open_assigned(&rig);
	struct vm_area_struct *vma;
	u64 token = rig_base_info(file).status_bufbase;
	struct hfi1_status *status;

	status = rig_map(file, token, 4096, PROT_READ, &vma);
	ck_assert_uint_eq(status->dev,
			  HFI1_STATUS_CHIP_PRESENT | HFI1_STATUS_INITTED);
	ck_assert_uint_eq(status->port,
			  HFI1_STATUS_IB_READY | HFI1_STATUS_IB_CONF);
	fput(file);
	ck_assert_uint_eq(hfi1u_nfreectxts(rig.dd), 3);
	munmap(status, 4096);
	hosted_munmap(vma);
	ck_assert_uint_eq(hfi1u_nfreectxts(rig.dd), 4);
}
END_TEST

START_TEST(test_private_group_areas)
{
	struct file *file = rig_open_assigned(&rig);
	u64 token = rig_base_info(file).user_regbase &
		    ~(WFR_MMAP_TOKEN_TYPE | WFR_MMAP_TOKEN_OFFSET);
	u64 uregs = token | WFR_PREP(WFR_MMAP_TOKEN_TYPE,
				     WFR_MMAP_TOKEN_TYPE_SUBCTXT_UREGS);
	u64 rtail = token |
		    WFR_PREP(WFR_MMAP_TOKEN_TYPE, WFR_MMAP_TOKEN_TYPE_RTAIL);
	u64 none = token | WFR_PREP(WFR_MMAP_TOKEN_TYPE, 14);

	ck_assert_int_eq(map_error(file, uregs, 4096, PROT_READ, MAP_SHARED),
			 0);
	ck_assert_int_eq(map_error(file, rtail, 4096, PROT_READ, MAP_SHARED),
			 -EINVAL);
	ck_assert_int_eq(map_error(file, none, 4096, PROT_READ, MAP_SHARED),
			 -EINVAL);
	fput(file);
}
END_TEST

START_TEST(test_set_pkey)
{
	struct file *file = rig_open_assigned(&rig);
	u16 keys[] = { 0x8001, 0, 0x7fff, 0xffff, 0x1234 };
	int want[] = { 0, 0, -EINVAL, -EINVAL, -ENOENT };
	int i;

	for (i = 0; i < 5; i++)
		ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_SET_PKEY, &keys[i]),
				 want[i]);
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_SET_PKEY, NULL), -EFAULT);
	fput(file);
}
END_TEST

START_TEST(test_events)
{
	struct file *file = rig_open_assigned(&rig);
	u64 token = rig_base_info(file).events_bufbase;
	struct vm_area_struct *vma;
	unsigned long ack = HFI1_EVENT_LID_CHANGE;
	unsigned long *word = rig_map(file, token, 4096, PROT_READ, &vma);

	ck_assert_uint_eq(*word, 0);
	hfi1u_port_set_lid(rig.dd, RIG_LID + 1, 1);
	ck_assert_uint_eq(*word, HFI1_EVENT_LID_CHANGE | HFI1_EVENT_LMC_CHANGE);
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_ACK_EVENT, &ack), 0);
	ck_assert_uint_eq(*word, HFI1_EVENT_LMC_CHANGE);
	munmap((void *)((unsigned long)word & ~0xfffUL), 4096);
	hosted_munmap(vma);
	fput(file);
}
END_TEST

START_TEST(test_capabilities)
{
	ck_assert_uint_eq(hfi1u_caps_read(rig.dd), 0x4c09a08cb9aULL);
	/* fixed bits stay, a writable one changes */
	hfi1u_caps_write(rig.dd, 0);
	ck_assert(hfi1u_caps_read(rig.dd) & HFI1_CAP_SDMA);
	ck_assert(!(hfi1u_caps_read(rig.dd) & HFI1_CAP_HDRSUPP));
	ck_assert(hfi1u_caps_read(rig.dd) & HFI1_CAP_PKEY_CHECK << 24);
	/* users have no rate control where the driver has none */
	ck_assert(
		!(hfi1u_caps_read(rig.dd) & (HFI1_CAP_STATIC_RATE_CTRL << 24)));
	hfi1u_caps_write(rig.dd, HFI1_CAP_STATIC_RATE_CTRL << 24);
	ck_assert(
		!(hfi1u_caps_read(rig.dd) & (HFI1_CAP_STATIC_RATE_CTRL << 24)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-control");
	TCase *tc = tcase_create("control");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_fresh_file);
	tcase_add_test(tc, test_default_context);
	tcase_add_test(tc, test_assign_checks);
	tcase_add_test(tc, test_contexts_exhausted);
	tcase_add_test(tc, test_group);
	tcase_add_test(tc, test_assign_race);
	tcase_add_test(tc, test_group_race);
	tcase_add_loop_test(tc, test_mmap, 0, ARRAY_SIZE(regions));
	tcase_add_test(tc, test_mapping_holds);
	tcase_add_test(tc, test_private_group_areas);
	tcase_add_test(tc, test_set_pkey);
	tcase_add_test(tc, test_events);
	tcase_add_test(tc, test_capabilities);
	suite_add_tcase(suite, tc);
	return rig_run(suite);
}
