// SPDX-License-Identifier: BSD-3-Clause
/*
 * Expected receive: TID_UPDATE, TID_FREE, TID_INVAL_READ.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>

#include "rig.h"

#define PAGE	 4096UL
#define MAX_TIDS 2048

static struct rig rig;
static struct file *file;
static u32 tids[MAX_TIDS];
static unsigned int capacity; /* expected entries of the context */

static void set_up(void)
{
	struct hfi1_ctxt_info info;

	rig_start(&rig, NULL);
	file = rig_open_assigned(&rig);
	info = rig_ctxt_info(file);
	capacity = info.rcvtids - info.egrtids;
}

static void tear_down(void)
{
	fput(file);
	rig_stop(&rig);
}

static u8 *buffer(size_t pages)
{
	void *mem = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	ck_assert_ptr_ne(mem, MAP_FAILED);
	return mem;
}

static int update_to(struct file *f, void *addr, size_t len, u32 *list,
		     struct hfi1_tid_info *info)
{
	*info = (struct hfi1_tid_info){
		.vaddr = (unsigned long)addr,
		.tidlist = (unsigned long)list,
		.tidcnt = 4711,
		.length = len,
	};
	return rig_ioctl(f, HFI1_IOCTL_TID_UPDATE, info);
}

static int update(void *addr, size_t len, struct hfi1_tid_info *info)
{
	return update_to(file, addr, len, tids, info);
}

static int free_list(struct file *f, u32 *list, u32 count)
{
	struct hfi1_tid_info info = {
		.tidlist = (unsigned long)list,
		.tidcnt = count,
	};
	int ret = rig_ioctl(f, HFI1_IOCTL_TID_FREE, &info);

	if (!ret)
		ck_assert_uint_eq(info.tidcnt, count);
	return ret;
}

static struct hfi1u_stats stats(void)
{
	struct hfi1u_stats s;

	hfi1u_get_stats(rig.dd, &s);
	return s;
}

static u64 rcv_array(unsigned int index)
{
	return READ_ONCE(rig.rcv_array[index]) &
	       ~WFR_RCVARRAY_ENTRY_WRITE_ENABLE;
}

/* Entries of this context that the chip would write to. */
static unsigned int programmed(void)
{
	struct hfi1_ctxt_info info = rig_ctxt_info(file);
	/* 146 groups for each of 3 kernel contexts come first */
	unsigned int base = 3 * 146 * 8 + info.egrtids;
	unsigned int i, count = 0;

	for (i = 0; i < capacity; i++)
		count += rcv_array(base + i) != 0;
	return count;
}

START_TEST(test_checks)
{
	u8 *mem = buffer(1);
	struct hfi1_tid_info info;

	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_TID_UPDATE, NULL), -EFAULT);
	ck_assert_int_eq(update(mem + 1, PAGE, &info), -EINVAL);
	ck_assert_int_eq(update(mem, 0, &info), -EINVAL);
	ck_assert_int_eq(update((void *)-PAGE, 2 * PAGE, &info), -EOVERFLOW);
	ck_assert_int_eq(update(mem, (capacity + 1) * PAGE, &info), -EINVAL);
	ck_assert_int_eq(update(NULL, PAGE, &info), -EFAULT);
	ck_assert_int_eq(mprotect(mem, PAGE, PROT_READ), 0);
	ck_assert_int_eq(update(mem, PAGE, &info), -EFAULT);
	ck_assert_uint_eq(stats().pinned_pages, 0);
	munmap(mem, PAGE);
}
END_TEST

START_TEST(test_register_and_free)
{
	u8 *mem = buffer(4);
	struct hfi1_tid_info info;

	ck_assert_int_eq(update(mem, 3 * PAGE + 1, &info), 0);
	ck_assert_uint_eq(info.length, 4 * PAGE);
	/* the shim's frames are contiguous: one entry of four pages */
	ck_assert_uint_eq(info.tidcnt, 1);
	ck_assert_uint_eq(WFR_GET(WFR_TIDINFO_LEN, tids[0]), 4);
	ck_assert_uint_eq(WFR_GET(WFR_TIDINFO_CTRL, tids[0]), 1);
	ck_assert_uint_eq(WFR_GET(WFR_TIDINFO_IDX, tids[0]), 0);
	ck_assert_uint_eq(programmed(), 1);
	ck_assert_uint_eq(stats().pinned_pages, 4);

	ck_assert_int_eq(free_list(file, tids, 1), 0);
	ck_assert_int_eq(free_list(file, tids, 1), -EINVAL);
	ck_assert_uint_eq(programmed(), 0);
	ck_assert_uint_eq(stats().tid_nodes, 0);
	munmap(mem, 4 * PAGE);
}
END_TEST

/* Lengths of contiguous memory, and the entries they take. */
static const struct {
	unsigned int pages;
	unsigned int count;
	unsigned int want[9];
} chunks[] = {
	{ 1, 1, { 1 } },
	{ 7, 3, { 4, 2, 1 } },
	{ 64, 1, { 64 } },
	{ 511, 9, { 256, 128, 64, 32, 16, 8, 4, 2, 1 } },
	{ 512, 1, { 512 } },
	{ 769, 3, { 512, 256, 1 } },
	{ 1025, 3, { 512, 512, 1 } },
};

/* The largest power of two first, and no entry beyond 2 MiB. */
START_TEST(test_chunks)
{
	size_t len = chunks[_i].pages * PAGE;
	u8 *mem = buffer(chunks[_i].pages);
	struct hfi1_tid_info info;
	unsigned int i;

	ck_assert_uint_le(chunks[_i].pages, capacity);
	ck_assert_int_eq(update(mem, len, &info), 0);
	ck_assert_uint_eq(info.tidcnt, chunks[_i].count);
	ck_assert_uint_eq(info.length, len);
	for (i = 0; i < info.tidcnt; i++)
		ck_assert_uint_eq(WFR_GET(WFR_TIDINFO_LEN, tids[i]),
				  chunks[_i].want[i]);
	ck_assert_uint_eq(programmed(), info.tidcnt);
	ck_assert_uint_eq(stats().pinned_pages, chunks[_i].pages);
	ck_assert_int_eq(free_list(file, tids, info.tidcnt), 0);
	ck_assert_uint_eq(stats().pinned_pages, 0);
	munmap(mem, len);
}
END_TEST

START_TEST(test_bad_words)
{
	u8 *mem = buffer(2);
	struct hfi1_tid_info info;
	u32 good[2], word;

	ck_assert_int_eq(update(mem, PAGE, &info), 0);
	good[0] = tids[0];
	ck_assert_int_eq(update(mem + PAGE, PAGE, &info), 0);
	good[1] = tids[0];
	word = good[0] & ~WFR_TIDINFO_CTRL;
	ck_assert_int_eq(free_list(file, &word, 1), -EINVAL);
	word = good[0] | WFR_TIDINFO_CTRL;
	ck_assert_int_eq(free_list(file, &word, 1), -EINVAL);
	word = WFR_PREP(WFR_TIDINFO_IDX, capacity / 2) |
	       WFR_PREP(WFR_TIDINFO_CTRL, 1);
	ck_assert_int_eq(free_list(file, &word, 1), -EINVAL);
	word = WFR_PREP(WFR_TIDINFO_IDX, capacity / 2 - 1) |
	       WFR_PREP(WFR_TIDINFO_CTRL, 2);
	ck_assert_int_eq(free_list(file, &word, 1), -EBADF);
	ck_assert_int_eq(free_list(file, NULL, 1), -EFAULT);
	ck_assert_int_eq(free_list(file, NULL, 0), 0);
	ck_assert_uint_eq(stats().tid_nodes, 2);

	/* the first bad word ends the call, those before it are freed */
	tids[0] = good[0];
	tids[1] = good[0];
	ck_assert_int_eq(free_list(file, tids, 2), -EBADF);
	ck_assert_uint_eq(stats().tid_nodes, 1);
	ck_assert_int_eq(free_list(file, &good[1], 1), 0);
	munmap(mem, 2 * PAGE);
}
END_TEST

/* Nothing stays registered when the caller cannot learn what was. */
START_TEST(test_undo)
{
	struct hfi1_tid_info *arg = (void *)buffer(1);
	u8 *mem = buffer(9);
	struct hfi1_tid_info info;
	int round;

	for (round = 0; round < 3; round++) {
		ck_assert_int_eq(update_to(file, mem, 9 * PAGE, NULL, &info),
				 -EFAULT);
		ck_assert_uint_eq(stats().tid_nodes, 0);
		ck_assert_uint_eq(stats().pinned_pages, 0);
		ck_assert_uint_eq(programmed(), 0);
	}
	/* the argument can be read but not written */
	*arg = (struct hfi1_tid_info){
		.vaddr = (unsigned long)mem,
		.tidlist = (unsigned long)tids,
		.length = 9 * PAGE,
	};
	ck_assert_int_eq(mprotect(arg, PAGE, PROT_READ), 0);
	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_TID_UPDATE, arg), -EFAULT);
	ck_assert_uint_eq(stats().tid_nodes, 0);
	ck_assert_uint_eq(stats().pinned_pages, 0);
	ck_assert_uint_eq(programmed(), 0);
	/* and the file works as before */
	ck_assert_int_eq(update(mem, 9 * PAGE, &info), 0);
	ck_assert_int_eq(free_list(file, tids, info.tidcnt), 0);
	munmap(mem, 9 * PAGE);
	munmap(arg, PAGE);
}
END_TEST

START_TEST(test_quota)
{
	u8 *mem = buffer(1);
	struct hfi1_tid_info info;
	unsigned int i;

	for (i = 0; i < capacity; i++)
		ck_assert_int_eq(update_to(file, mem, PAGE, &tids[i], &info),
				 0);
	ck_assert_uint_eq(programmed(), capacity);
	ck_assert_int_eq(update_to(file, mem, PAGE, &tids[i], &info), -ENOSPC);
	/* entries come back where they were, also in the middle */
	ck_assert_int_eq(free_list(file, &tids[100], 1), 0);
	ck_assert_int_eq(update_to(file, mem, PAGE, &tids[i], &info), 0);
	ck_assert_uint_eq(tids[i], tids[100]);
	ck_assert_int_eq(free_list(file, tids, capacity), 0);
	ck_assert_uint_eq(programmed(), 0);
	munmap(mem, PAGE);
}
END_TEST

/* Members share the entries of their context and not each other's. */
START_TEST(test_members)
{
	struct file *a = rig_open(&rig), *b = rig_open(&rig);
	u8 *mem = buffer(1);
	struct hfi1_tid_info info;
	u32 word;

	ck_assert_int_eq(rig_assign(a, 2, 5), 0);
	ck_assert_int_eq(rig_assign(b, 2, 5), 0);
	ck_assert_int_eq(update_to(a, mem, PAGE, &word, &info), 0);
	ck_assert_int_eq(free_list(b, &word, 1), -EINVAL);
	ck_assert_int_eq(update_to(b, mem, PAGE, tids, &info), 0);
	ck_assert_uint_ne(tids[0], word);
	ck_assert_int_eq(free_list(b, &word, 1), -EBADF);
	/* a member takes its entries with it, the others keep theirs */
	fput(a);
	ck_assert_uint_eq(stats().tid_nodes, 1);
	ck_assert_int_eq(free_list(b, tids, 1), 0);
	fput(b);
	munmap(mem, PAGE);
}
END_TEST

static int inval_read(u32 *list, u32 *count)
{
	struct hfi1_tid_info info = { .tidlist = (unsigned long)list };
	int ret = rig_ioctl(file, HFI1_IOCTL_TID_INVAL_READ, &info);

	*count = info.tidcnt;
	return ret;
}

static void unmap(u8 *mem, size_t len)
{
	hosted_mm_unmap(hosted_mm_self(), (unsigned long)mem,
			(unsigned long)mem + len);
	munmap(mem, len);
}

START_TEST(test_unmap)
{
	struct vm_area_struct *vma;
	u64 token = rig_base_info(file).events_bufbase;
	unsigned long *event = rig_map(file, token, PAGE, PROT_READ, &vma);
	u8 *mem = buffer(2);
	struct hfi1_tid_info info;
	u32 list[4], count, word[2];

	ck_assert_int_eq(update(mem, PAGE, &info), 0);
	word[0] = tids[0];
	ck_assert_int_eq(update(mem + PAGE, PAGE, &info), 0);
	word[1] = tids[0];
	ck_assert_int_eq(inval_read(list, &count), 0);
	ck_assert_uint_eq(count, 0);

	unmap(mem + PAGE, PAGE);
	ck_assert_uint_eq(*event, HFI1_EVENT_TID_MMU_NOTIFY);
	ck_assert_uint_eq(programmed(), 1);
	ck_assert_uint_eq(stats().pinned_pages, 1);
	/* the number stays the file's until it is freed */
	ck_assert_uint_eq(stats().tid_nodes, 2);

	/* what cannot be delivered stays */
	ck_assert_int_eq(inval_read(NULL, &count), -EFAULT);
	ck_assert_uint_eq(*event, HFI1_EVENT_TID_MMU_NOTIFY);
	ck_assert_int_eq(inval_read(list, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(list[0], word[1]);
	ck_assert_uint_eq(*event, 0);
	ck_assert_int_eq(inval_read(list, &count), 0);
	ck_assert_uint_eq(count, 0);

	/* a report that was not fetched goes with its entry */
	unmap(mem, PAGE);
	ck_assert_int_eq(free_list(file, word, 2), 0);
	ck_assert_int_eq(inval_read(list, &count), 0);
	ck_assert_uint_eq(count, 0);
	munmap((void *)((unsigned long)event & ~(PAGE - 1)), PAGE);
	hosted_munmap(vma);
}
END_TEST

static bool racing;

static void *unmapper(void *arg)
{
	while (READ_ONCE(racing))
		hosted_mm_unmap(hosted_mm_self(), (unsigned long)arg,
				(unsigned long)arg + 64 * PAGE);
	return NULL;
}

/* Unmaps at any moment of a registration leave no entry behind. */
START_TEST(test_unmap_race)
{
	u8 *mem = buffer(64);
	struct hfi1_tid_info info;
	pthread_t thread;
	int i, ret;

	racing = true;
	ck_assert_int_eq(pthread_create(&thread, NULL, unmapper, mem), 0);
	for (i = 0; i < 300; i++) {
		ret = update(mem, 63 * PAGE, &info);
		ck_assert(!ret || ret == -EBUSY);
		if (!ret)
			ck_assert_int_eq(free_list(file, tids, info.tidcnt), 0);
	}
	WRITE_ONCE(racing, false);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(programmed(), 0);
	ck_assert_uint_eq(stats().pinned_pages, 0);
	ck_assert_uint_eq(stats().tid_nodes, 0);
	munmap(mem, 64 * PAGE);
}
END_TEST

/* An entry whose memory is gone is out of the chip, whoever comes first. */
START_TEST(test_unmap_then_registered)
{
	u8 *mem = buffer(8);
	struct hfi1_tid_info info;
	pthread_t thread;
	int i;

	racing = true;
	ck_assert_int_eq(pthread_create(&thread, NULL, unmapper, mem), 0);
	for (i = 0; i < 100; i++) {
		if (update(mem, 8 * PAGE, &info))
			continue;
		/* the next round of the unmapper finds it */
		ck_assert(rig_wait(!stats().tids));
		ck_assert_uint_eq(stats().pinned_pages, 0);
		ck_assert_int_eq(free_list(file, tids, info.tidcnt), 0);
	}
	WRITE_ONCE(racing, false);
	pthread_join(thread, NULL);
	munmap(mem, 8 * PAGE);
}
END_TEST

START_TEST(test_release_frees)
{
	struct file *other = rig_open_assigned(&rig);
	u8 *mem = buffer(16);
	struct hfi1_tid_info info;

	ck_assert_int_eq(update_to(other, mem, 16 * PAGE, tids, &info), 0);
	unmap(mem, 4 * PAGE);
	fput(other);
	ck_assert_uint_eq(stats().tid_nodes, 0);
	ck_assert_uint_eq(stats().pinned_pages, 0);
	munmap(mem + 4 * PAGE, 12 * PAGE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-tid");
	TCase *tc = tcase_create("tid");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, test_checks);
	tcase_add_test(tc, test_register_and_free);
	tcase_add_loop_test(tc, test_chunks, 0, ARRAY_SIZE(chunks));
	tcase_add_test(tc, test_bad_words);
	tcase_add_test(tc, test_undo);
	tcase_add_test(tc, test_quota);
	tcase_add_test(tc, test_members);
	tcase_add_test(tc, test_unmap);
	tcase_add_test(tc, test_unmap_race);
	tcase_add_test(tc, test_unmap_then_registered);
	tcase_add_test(tc, test_release_frees);
	suite_add_tcase(suite, tc);
	return rig_run(suite);
}
