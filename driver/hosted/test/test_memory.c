// SPDX-License-Identifier: BSD-3-Clause
/* Copies from and to users, pinned pages, notifiers and DMA of the shim. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/vmalloc.h>
#include <hosted/hosted.h>
#include "tests.h"

/* Pages of which the last is not mapped. */
static char *cliff(int pages, int prot)
{
	char *p = mmap(NULL, (pages + 1) * PAGE_SIZE, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	munmap(p + pages * PAGE_SIZE, PAGE_SIZE);
	return p;
}

START_TEST(copy_stops_at_the_edge)
{
	char *p = cliff(1, PROT_READ | PROT_WRITE), buf[64];

	memset(p, 7, PAGE_SIZE);
	memset(buf, 1, sizeof(buf));
	ck_assert_uint_eq(copy_from_user(buf, p + PAGE_SIZE - 10, 64), 54);
	ck_assert_int_eq(buf[9], 7);
	ck_assert_int_eq(buf[10], 0);
	ck_assert_uint_eq(copy_to_user(p + PAGE_SIZE - 3, buf, 64), 61);
	ck_assert_uint_eq(copy_to_user(p, buf, 64), 0);
	ck_assert_uint_eq(clear_user(p + PAGE_SIZE - 8, 16), 8);
}
END_TEST

START_TEST(kernel_addresses_fail)
{
	char buf[8];

	ck_assert_uint_eq(copy_from_user(buf, (void *)~0xfffUL, 8), 8);
	ck_assert_uint_eq(copy_from_user(buf, (void *)(TASK_SIZE_MAX - 4), 8),
			  8);
	ck_assert_uint_eq(copy_to_user(NULL, buf, 8), 8);
	ck_assert_uint_eq(copy_to_user((void *)0xffff888000000000UL, buf, 8),
			  8);
	ck_assert(!access_ok((void *)8, ~0UL));
}
END_TEST

START_TEST(read_only_refuses_writes)
{
	char *p = cliff(1, PROT_READ);
	u32 v = 3;

	ck_assert_int_eq(put_user(v, (u32 *)p), -EFAULT);
	ck_assert_int_eq(get_user(v, (u32 *)p), 0);
	ck_assert_uint_eq(v, 0);
	v = 9;
	ck_assert_int_eq(get_user(v, (u32 *)NULL), -EFAULT);
	ck_assert_uint_eq(v, 0);
	ck_assert_ptr_eq(memdup_user(p + PAGE_SIZE - 4, 8), ERR_PTR(-EFAULT));
}
END_TEST

START_TEST(iterators)
{
	char a[3] = "abc", b[1], c[4] = "defg", buf[16];
	struct iovec iov[] = { { a, 3 }, { b, 0 }, { c, 4 } };
	struct iov_iter it;

	iov_iter_init(&it, ITER_SOURCE, iov, 3, 7);
	ck_assert_uint_eq(copy_from_iter(buf, 4, &it), 4);
	ck_assert_mem_eq(buf, "abcd", 4);
	ck_assert_uint_eq(it.nr_segs, 1);
	ck_assert_uint_eq(iov_iter_count(&it), 3);
	iov_iter_revert(&it, 3);
	ck_assert_uint_eq(copy_from_iter(buf, 16, &it), 6);
	ck_assert_mem_eq(buf, "bcdefg", 6);
	ck_assert_uint_eq(iov_iter_count(&it), 0);
}
END_TEST

START_TEST(allocations_fail_on_demand)
{
	void *p[3];

	hosted_fail_alloc(NULL, 2);
	p[0] = kmalloc(10, GFP_KERNEL);
	p[1] = kmalloc(10, GFP_KERNEL);
	p[2] = kmalloc(10, GFP_KERNEL);
	ck_assert_ptr_nonnull(p[0]);
	ck_assert_ptr_null(p[1]);
	ck_assert_ptr_nonnull(p[2]);
	ck_assert_int_eq(hosted_fail_alloc_left(NULL), 0);
	kfree(p[0]);
	kfree(p[2]);
	hosted_fail_alloc(current, 1);
	ck_assert_ptr_null(vmalloc_user(PAGE_SIZE));
}
END_TEST

START_TEST(live_counts_return_to_zero)
{
	struct hosted_live before, after;
	void *a, *b;

	hosted_live(&before);
	a = kzalloc(100, GFP_KERNEL);
	b = vmalloc_user(3 * PAGE_SIZE);
	hosted_live(&after);
	ck_assert_int_eq(after.objects, before.objects + 1);
	ck_assert_int_eq(after.arena_pages, before.arena_pages + 3);
	memset(b, 1, 3 * PAGE_SIZE);
	kfree(a);
	vfree(b);
	hosted_live(&after);
	ck_assert_int_eq(after.objects, before.objects);
	ck_assert_int_eq(after.arena_pages, before.arena_pages);
	b = vmalloc_user(3 * PAGE_SIZE);
	ck_assert_ptr_null(memchr_inv(b, 0, 3 * PAGE_SIZE));
	vfree(b);
}
END_TEST

START_TEST(pins_need_memory_that_is_there)
{
	char *p = cliff(3, PROT_READ | PROT_WRITE), *ro;
	struct page *pages[4];
	unsigned long at = (unsigned long)p;

	ck_assert_int_eq(pin_user_pages_fast(at, 4, FOLL_WRITE, pages), 3);
	ck_assert_uint_eq(page_to_pfn(pages[1]), page_to_pfn(pages[0]) + 1);
	ck_assert_int_eq(hosted_pages_pinned(), 3);
	unpin_user_pages(pages, 3);
	ck_assert_int_eq(hosted_pages_pinned(), 0);
	ro = cliff(1, PROT_READ);
	at = (unsigned long)ro;
	ck_assert_int_eq(pin_user_pages_fast(at, 1, FOLL_WRITE, pages),
			 -EFAULT);
	ck_assert_int_eq(pin_user_pages_fast(at, 1, 0, pages), 1);
	unpin_user_page(pages[0]);
	ck_assert_int_eq(pin_user_pages_fast(~0xfffUL, 1, 0, pages), -EFAULT);
}
END_TEST

START_TEST(pins_stop_at_the_end_of_a_file)
{
	int fd = memfd_create("short", 0);
	struct page *pages[2];
	char *p;

	ck_assert_int_eq(ftruncate(fd, PAGE_SIZE), 0);
	p = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 0);
	ck_assert_int_eq(
		pin_user_pages_fast((unsigned long)p, 2, FOLL_WRITE, pages), 1);
	unpin_user_page(pages[0]);
	close(fd);
}
END_TEST

struct watched {
	struct mmu_interval_notifier sub;
	int calls;
	enum mmu_notifier_event event;
};

static bool on_invalidate(struct mmu_interval_notifier *sub,
			  const struct mmu_notifier_range *range,
			  unsigned long seq)
{
	struct watched *w = container_of(sub, struct watched, sub);

	mmu_interval_set_seq(sub, seq);
	w->calls++;
	w->event = range->event;
	return true;
}

static const struct mmu_interval_notifier_ops watch_ops = { on_invalidate };

START_TEST(notifiers_hear_of_their_range)
{
	struct watched w = { .calls = 0 };
	unsigned long seq;

	ck_assert_int_eq(mmu_interval_notifier_insert(&w.sub, current->mm,
						      0x10000, 0x2000,
						      &watch_ops),
			 0);
	seq = mmu_interval_read_begin(&w.sub);
	hosted_mm_unmap(current->mm, 0x8000, 0x10000);
	ck_assert_int_eq(w.calls, 0);
	ck_assert(!mmu_interval_read_retry(&w.sub, seq));
	hosted_mm_unmap(current->mm, 0x11000, 0x20000);
	ck_assert_int_eq(w.calls, 1);
	ck_assert_int_eq(w.event, MMU_NOTIFY_UNMAP);
	ck_assert(mmu_interval_read_retry(&w.sub, seq));
	mmu_interval_notifier_remove(&w.sub);
	hosted_mm_unmap(current->mm, 0x10000, 0x20000);
	ck_assert_int_eq(w.calls, 1);
	ck_assert_int_eq(mmu_interval_notifier_insert(&w.sub, current->mm,
						      ~0xfffUL, 0x2000,
						      &watch_ops),
			 -EOVERFLOW);
}
END_TEST

static struct device dev = { .init_name = "test" };

START_TEST(dma_reaches_user_memory)
{
	char *p = cliff(2, PROT_READ | PROT_WRITE), buf[PAGE_SIZE];
	struct page *pages[2];
	dma_addr_t bus;

	ck_assert_int_eq(hosted_dma_init(&dev), 0);
	ck_assert_int_eq(
		pin_user_pages_fast((unsigned long)p, 2, FOLL_WRITE, pages), 2);
	bus = dma_map_page(&dev, pages[0], 0, 2 * PAGE_SIZE, DMA_FROM_DEVICE);
	ck_assert(!dma_mapping_error(&dev, bus));
	ck_assert_uint_eq(bus & (2 * PAGE_SIZE - 1), 0);
	memset(buf, 0x11, sizeof(buf));
	ck_assert_int_eq(hosted_dma_write(&dev, bus + 100, buf, PAGE_SIZE), 0);
	ck_assert_int_eq(p[99], 0);
	ck_assert_int_eq(p[100], 0x11);
	ck_assert_int_eq(p[PAGE_SIZE + 99], 0x11);
	hosted_log_to(NULL, HOSTED_EMERG);
	ck_assert_int_eq(hosted_dma_write(&dev, bus + PAGE_SIZE + 1, buf,
					  PAGE_SIZE),
			 -EFAULT);
	ck_assert_int_eq(hosted_dma_read(&dev, bus, buf, 8), -EFAULT);
	ck_assert_uint_eq((u8)buf[0], 0xff);
	dma_unmap_page(&dev, bus, 2 * PAGE_SIZE, DMA_FROM_DEVICE);
	ck_assert_int_eq(hosted_dma_write(&dev, bus, buf, 8), -EFAULT);
	ck_assert_uint_eq(hosted_dma_faults(&dev), 3);
	unpin_user_pages(pages, 2);
	hosted_dma_exit(&dev);
}
END_TEST

START_TEST(pinned_pages_outlive_their_mapping)
{
	char *p = cliff(1, PROT_READ | PROT_WRITE), *q, buf[8];
	struct page *page;
	dma_addr_t in, out;

	ck_assert_int_eq(hosted_dma_init(&dev), 0);
	strcpy(p, "before");
	ck_assert_int_eq(
		pin_user_pages_fast((unsigned long)p, 1, FOLL_WRITE, &page), 1);
	in = dma_map_page(&dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
	hosted_mm_unmap(current->mm, (unsigned long)p,
			(unsigned long)p + PAGE_SIZE);
	munmap(p, PAGE_SIZE);
	q = mmap(p, PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	strcpy(q, "other");
	ck_assert_int_eq(hosted_dma_read(&dev, in, buf, 7), 0);
	ck_assert_str_eq(buf, "before");
	ck_assert_int_eq(hosted_dma_write(&dev, in, "device", 7), 0);
	ck_assert_str_eq(q, "other");
	out = dma_map_page(&dev, page, 0, PAGE_SIZE, DMA_TO_DEVICE);
	ck_assert_int_eq(hosted_dma_read(&dev, out, buf, 7), 0);
	ck_assert_str_eq(buf, "before");
	dma_unmap_page(&dev, out, PAGE_SIZE, DMA_TO_DEVICE);
	dma_unmap_page(&dev, in, PAGE_SIZE, DMA_BIDIRECTIONAL);
	unpin_user_page(page);
	hosted_dma_exit(&dev);
}
END_TEST

START_TEST(coherent_memory_has_its_address)
{
	dma_addr_t bus;
	u64 *p, v = 0x1122334455667788ULL;

	ck_assert_int_eq(hosted_dma_init(&dev), 0);
	p = dma_alloc_coherent(&dev, 3 * PAGE_SIZE, &bus, GFP_KERNEL);
	ck_assert_uint_eq(bus % (4 * PAGE_SIZE), 0);
	ck_assert_int_eq(hosted_dma_write(&dev, bus + 8, &v, 8), 0);
	ck_assert_uint_eq(p[1], v);
	ck_assert_uint_eq(virt_to_phys(p), bus);
	dma_free_coherent(&dev, 3 * PAGE_SIZE, p, bus);
	hosted_dma_exit(&dev);
}
END_TEST

/* A process that waits until it may go; its memory is looked at. */
START_TEST(other_processes_memory)
{
	struct mm_struct *mm;
	int go[2];
	char byte, *p = cliff(1, PROT_READ | PROT_WRITE);
	pid_t pid;

	strcpy(p, "parent");
	ck_assert_int_eq(pipe(go), 0);
	pid = fork();
	if (!pid) {
		close(go[1]);
		strcpy(p, "child");
		ck_assert_int_eq(read(go[0], &byte, 1), 0);
		_exit(0);
	}
	close(go[0]);
	mm = hosted_mm_get(pid);
	ck_assert(!IS_ERR(mm));
	ck_assert_ptr_eq(hosted_mm_get(pid), mm);
	mmdrop(mm);
	do {
		char buf[8] = "";

		hosted_mm_read(mm, (unsigned long)p, buf, 6);
		byte = buf[0];
	} while (byte != 'c');
	ck_assert_str_eq(p, "parent");
	close(go[1]);
	waitpid(pid, NULL, 0);
	ck_assert_uint_eq(hosted_mm_read(mm, (unsigned long)p, &byte, 1), 0);
	ck_assert_ptr_eq(hosted_mm_get(pid), ERR_PTR(-ESRCH));
	mmdrop(mm);
	ck_assert_int_eq(hosted_mm_live(), 0);
}
END_TEST

Suite *memory_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_add_test(tc, copy_stops_at_the_edge);
	tcase_add_test(tc, kernel_addresses_fail);
	tcase_add_test(tc, read_only_refuses_writes);
	tcase_add_test(tc, iterators);
	tcase_add_test(tc, allocations_fail_on_demand);
	tcase_add_test(tc, live_counts_return_to_zero);
	tcase_add_test(tc, pins_need_memory_that_is_there);
	tcase_add_test(tc, pins_stop_at_the_end_of_a_file);
	tcase_add_test(tc, notifiers_hear_of_their_range);
	tcase_add_test(tc, dma_reaches_user_memory);
	tcase_add_test(tc, pinned_pages_outlive_their_mapping);
	tcase_add_test(tc, coherent_memory_has_its_address);
	tcase_add_test(tc, other_processes_memory);
	suite_add_tcase(s, tc);
	return s;
}
