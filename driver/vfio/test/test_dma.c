// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client.h"
#include "dma.h"

#define PAGE   4096u
#define PAGES  16u
#define RW     (VFU_DMA_READABLE | VFU_DMA_WRITEABLE)
#define NO_END 0xfffffffffffff000ULL

static struct vfu_dma *dma;
static int fd;
static uint8_t *mem;

static void setup(void)
{
	dma = vfu_dma_create();
	fd = memfd_create("dma", MFD_CLOEXEC);
	ck_assert_int_eq(ftruncate(fd, PAGES * PAGE), 0);
	mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	ck_assert_ptr_ne(mem, MAP_FAILED);
}

static void teardown(void)
{
	vfu_dma_destroy(dma);
	munmap(mem, PAGES * PAGE);
	close(fd);
}

static int add(uint64_t addr, uint64_t size, uint64_t offset, uint32_t flags)
{
	struct vfu_dma_map map = { .argsz = sizeof(map),
				   .flags = flags,
				   .offset = offset,
				   .addr = addr,
				   .size = size };

	return vfu_dma_add(dma, &map, fd);
}

START_TEST(reads_and_writes_reach_the_file)
{
	char buf[8];

	ck_assert_int_eq(add(0x10000, 2 * PAGE, PAGE, RW), 0);
	ck_assert_int_eq(vfu_dma_write(dma, 0x10ffc, "abcdefg", 8), 0);
	ck_assert_str_eq((char *)mem + PAGE + 0xffc, "abcdefg");
	ck_assert_int_eq(vfu_dma_read(dma, 0x10ffc, buf, 8), 0);
	ck_assert_str_eq(buf, "abcdefg");
}
END_TEST

/* Neighbours in address, not in the file. */
START_TEST(access_across_ranges)
{
	char buf[2 * PAGE];

	ck_assert_int_eq(add(0x2000, PAGE, 3 * PAGE, RW), 0);
	ck_assert_int_eq(add(0x1000, PAGE, 5 * PAGE, RW), 0);
	memset(buf, 'x', sizeof(buf));
	ck_assert_int_eq(vfu_dma_write(dma, 0x1800, buf, PAGE), 0);
	ck_assert_int_eq(mem[5 * PAGE + 0x7ff], 0);
	ck_assert_int_eq(mem[5 * PAGE + 0x800], 'x');
	ck_assert_int_eq(mem[3 * PAGE + 0x7ff], 'x');
	ck_assert_int_eq(mem[3 * PAGE + 0x800], 0);
	ck_assert_int_eq(vfu_dma_read(dma, 0x1000, buf, 2 * PAGE), 0);
	ck_assert_int_eq(buf[0], 0);
	ck_assert_int_eq(buf[PAGE], 'x');
}
END_TEST

/* A write that cannot be done wholly is not done at all. */
START_TEST(access_beyond_what_is_known)
{
	char buf[PAGE + 8] = { 'x' };

	ck_assert_int_eq(add(0x1000, PAGE, 0, RW), 0);
	ck_assert_int_eq(vfu_dma_write(dma, 0x1ff8, buf, 16), -EFAULT);
	ck_assert_int_eq(vfu_dma_write(dma, 0xff8, buf, 16), -EFAULT);
	ck_assert_int_eq(vfu_dma_read(dma, 0x1000, buf, PAGE + 1), -EFAULT);
	ck_assert_int_eq(vfu_dma_read(dma, 0x2000, buf, 1), -EFAULT);
	ck_assert_int_eq(vfu_dma_read(dma, ~0ULL, buf, 1), -EFAULT);
	ck_assert_int_eq(vfu_dma_read(dma, ~0ULL, buf, 2), -EFAULT);
	ck_assert_int_eq(mem[0xff8], 0);
	ck_assert_int_eq(vfu_dma_read(dma, 0x1000, buf, PAGE), 0);
}
END_TEST

START_TEST(rights_hold)
{
	char c = 'x';

	ck_assert_int_eq(add(0x1000, PAGE, 0, VFU_DMA_READABLE), 0);
	ck_assert_int_eq(add(0x2000, PAGE, 0, VFU_DMA_WRITEABLE), 0);
	ck_assert_int_eq(add(0x3000, PAGE, 0, 0), 0);
	ck_assert_int_eq(vfu_dma_write(dma, 0x1000, &c, 1), -EFAULT);
	ck_assert_int_eq(vfu_dma_read(dma, 0x1000, &c, 1), 0);
	ck_assert_int_eq(vfu_dma_read(dma, 0x2000, &c, 1), -EFAULT);
	ck_assert_int_eq(vfu_dma_write(dma, 0x2000, &c, 1), 0);
	ck_assert_int_eq(vfu_dma_write(dma, 0x3000, &c, 1), -EFAULT);
	ck_assert_int_eq(vfu_dma_read(dma, 0x3000, &c, 1), -EFAULT);
}
END_TEST

static const struct {
	uint64_t addr, size, offset;
	uint32_t flags;
	int err;
} bad_ranges[] = {
	{ 0x1000, 0, 0, RW, -EINVAL },
	{ 0x1001, PAGE, 0, RW, -EINVAL },
	{ 0x1000, PAGE - 1, 0, RW, -EINVAL },
	{ 0x1000, PAGE, 1, RW, -EINVAL },
	{ 0x1000, (PAGES + 1) * PAGE, 0, RW, -EINVAL },
	{ 0x1000, PAGE, PAGES *PAGE, RW, -EINVAL },
	{ 0x1000, PAGE, NO_END, RW, -EINVAL },
	{ NO_END, 2 * PAGE, 0, RW, -EINVAL },
	{ 0x1000, NO_END, 0, RW, -EINVAL },
	{ 0x1000, PAGE, 0, RW | VFU_DMA_FILE_IO, -EOPNOTSUPP },
	{ 0x1000, PAGE, 0, RW | 0x100, -EINVAL },
};

START_TEST(ranges_that_cannot_be)
{
	ck_assert_int_eq(add(bad_ranges[_i].addr, bad_ranges[_i].size,
			     bad_ranges[_i].offset, bad_ranges[_i].flags),
			 bad_ranges[_i].err);
	ck_assert_uint_eq(vfu_dma_count(dma), 0);
}
END_TEST

START_TEST(last_page_of_all)
{
	char c = 'z';

	ck_assert_int_eq(add(NO_END, PAGE, 0, RW), 0);
	ck_assert_int_eq(vfu_dma_write(dma, ~0ULL, &c, 1), 0);
	ck_assert_int_eq(mem[PAGE - 1], 'z');
	ck_assert_int_eq(add(NO_END, PAGE, 0, RW), -EEXIST);
	ck_assert_int_eq(vfu_dma_del(dma, NO_END, PAGE), 0);
}
END_TEST

START_TEST(overlaps_are_refused)
{
	unsigned int maps = count_maps();

	ck_assert_int_eq(add(0x4000, 4 * PAGE, 0, RW), 0);
	ck_assert_int_eq(add(0x4000, 4 * PAGE, 0, RW), -EEXIST);
	ck_assert_int_eq(add(0x3000, 2 * PAGE, 0, RW), -EEXIST);
	ck_assert_int_eq(add(0x7000, 2 * PAGE, 0, RW), -EEXIST);
	ck_assert_int_eq(add(0x5000, PAGE, 0, RW), -EEXIST);
	ck_assert_int_eq(add(0x3000, 8 * PAGE, 0, RW), -EEXIST);
	ck_assert_int_eq(add(0x3000, PAGE, 0, RW), 0);
	ck_assert_int_eq(add(0x8000, PAGE, 0, RW), 0);
	ck_assert_uint_eq(vfu_dma_count(dma), 3);
	vfu_dma_clear(dma);
	ck_assert_uint_eq(count_maps(), maps);
}
END_TEST

START_TEST(only_the_same_range_is_removed)
{
	char c;

	ck_assert_int_eq(add(0x4000, 2 * PAGE, 0, RW), 0);
	ck_assert_int_eq(vfu_dma_del(dma, 0x4000, PAGE), -ENOENT);
	ck_assert_int_eq(vfu_dma_del(dma, 0x5000, PAGE), -ENOENT);
	ck_assert_int_eq(vfu_dma_del(dma, 0x4000, 0), -ENOENT);
	ck_assert_int_eq(vfu_dma_del(dma, 0x4000, 2 * PAGE), 0);
	ck_assert_int_eq(vfu_dma_del(dma, 0x4000, 2 * PAGE), -ENOENT);
	ck_assert_int_eq(vfu_dma_read(dma, 0x4000, &c, 1), -EFAULT);
}
END_TEST

/* A ROM has no file: known, and out of reach. */
START_TEST(range_without_a_file)
{
	struct vfu_dma_map map = { .flags = VFU_DMA_READABLE,
				   .addr = 0xc0000,
				   .size = 0x20000 };
	char c;

	ck_assert_int_eq(vfu_dma_add(dma, &map, -1), 0);
	ck_assert_int_eq(vfu_dma_read(dma, 0xc0000, &c, 1), -EFAULT);
	ck_assert_int_eq(vfu_dma_add(dma, &map, -1), -EEXIST);
	ck_assert_int_eq(vfu_dma_del(dma, 0xc0000, 0x20000), 0);
	map.flags |= VFU_DMA_MMAP;
	ck_assert_int_eq(vfu_dma_add(dma, &map, -1), -EINVAL);
}
END_TEST

START_TEST(as_many_as_announced)
{
	unsigned int i;

	for (i = 0; i < VFU_MAX_MAPS; i++)
		ck_assert_int_eq(add((uint64_t)i * 2 * PAGE, PAGE, 0, RW), 0);
	ck_assert_int_eq(add((uint64_t)i * 2 * PAGE, PAGE, 0, RW), -ENOSPC);
	ck_assert_int_eq(vfu_dma_del(dma, 8 * PAGE, PAGE), 0);
	ck_assert_int_eq(add((uint64_t)i * 2 * PAGE, PAGE, 0, RW), 0);
}
END_TEST

/*
 * ThreadSanitizer takes signals for itself while it copies, and does not
 * survive a jump out of one.
 */
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define NO_JUMPS 1
#endif
#endif
#ifndef NO_JUMPS
#define NO_JUMPS 0
#endif

/* The client cuts its file short: an error, not the end of the server. */
START_TEST(file_is_cut_short)
{
	char buf[16] = { 0 };

	vfu_dma_guard();
	ck_assert_int_eq(add(0x1000, 4 * PAGE, 0, RW), 0);
	ck_assert_int_eq(ftruncate(fd, PAGE), 0);
	ck_assert_int_eq(vfu_dma_read(dma, 0x3000, buf, 16), -EFAULT);
	ck_assert_int_eq(vfu_dma_write(dma, 0x3000, buf, 8), -EFAULT);
	ck_assert_int_eq(vfu_dma_write(dma, 0x3000, buf, 16), -EFAULT);
	ck_assert_int_eq(vfu_dma_write(dma, 0x1000, buf, 16), 0);
}
END_TEST

Suite *suite_dma(void)
{
	Suite *s = suite_create("dma");
	TCase *tc = tcase_create("ranges");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, reads_and_writes_reach_the_file);
	tcase_add_test(tc, access_across_ranges);
	tcase_add_test(tc, access_beyond_what_is_known);
	tcase_add_test(tc, rights_hold);
	tcase_add_loop_test(tc, ranges_that_cannot_be, 0,
			    sizeof(bad_ranges) / sizeof(bad_ranges[0]));
	tcase_add_test(tc, last_page_of_all);
	tcase_add_test(tc, overlaps_are_refused);
	tcase_add_test(tc, only_the_same_range_is_removed);
	tcase_add_test(tc, range_without_a_file);
	tcase_add_test(tc, as_many_as_announced);
	if (!NO_JUMPS)
		tcase_add_test(tc, file_is_cut_short);
	suite_add_tcase(s, tc);
	return s;
}
