// SPDX-License-Identifier: BSD-3-Clause
/* The shim's VFS, on the test device. */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/poll.h>
#include <hosted/hosted.h>
#include "testdev.h"
#include "testdev_host.h"
#include "tests.h"

static struct testdev td;
static struct file *file;

static void setup(void)
{
	ck_assert_int_eq(testdev_create(&td, 3), 0);
	file = hosted_open(&td.chrdev, O_RDWR);
	ck_assert(!IS_ERR(file));
}

static void teardown(void)
{
	struct hosted_live live;

	fput(file);
	ck_assert_int_eq(atomic_read(&td.open), 0);
	testdev_destroy(&td);
	hosted_live(&live);
	ck_assert_int_eq(live.objects, 0);
	ck_assert_int_eq(live.arena_pages, 0);
	ck_assert_int_eq(live.pinned_pages, 0);
	ck_assert_int_eq(live.dma_maps, 0);
	ck_assert_int_eq(live.notifiers, 0);
	ck_assert_int_eq(live.files, 0);
}

START_TEST(open_errors)
{
	ck_assert_int_eq(hosted_param_set("refuse", "6"), 0);
	ck_assert_ptr_eq(hosted_open(&td.chrdev, O_RDWR), ERR_PTR(-ENXIO));
	hosted_param_set("refuse", "0");
	ck_assert_ptr_eq(hosted_open(&td.chrdev, O_RDWR | O_DIRECT),
			 ERR_PTR(-EINVAL));
	ck_assert_ptr_eq(hosted_open(&td.chrdev, O_DIRECTORY),
			 ERR_PTR(-ENOTDIR));
	ck_assert_int_eq(atomic_read(&td.open), 1);
}
END_TEST

START_TEST(every_failing_allocation)
{
	struct file *f;
	int n;

	for (n = 1;; n++) {
		hosted_fail_alloc(current, n);
		f = hosted_open(&td.chrdev, O_RDWR);
		if (!IS_ERR(f))
			break;
		ck_assert_ptr_eq(f, ERR_PTR(-ENOMEM));
		ck_assert_int_lt(n, 20);
	}
	hosted_fail_alloc(current, 0);
	ck_assert_int_gt(n, 2);
	fput(f);
}
END_TEST

START_TEST(ioctls)
{
	struct td_echo e = { .in = 5 };
	int on = 1;

	ck_assert_int_eq(hosted_ioctl(file, TD_ECHO, (unsigned long)&e), 0);
	ck_assert_uint_eq(e.out, ~5ULL);
	ck_assert_int_eq(hosted_ioctl(file, TD_ECHO | 0xabcdULL << 32,
				      (unsigned long)&e),
			 0);
	ck_assert_int_eq(hosted_ioctl(file, TD_ECHO, 8), -EFAULT);
	ck_assert_int_eq(hosted_ioctl(file, _IO('t', 99), 0), -EINVAL);
	ck_assert_int_eq(hosted_ioctl(file, FIONBIO, (unsigned long)&on), 0);
	ck_assert_int_eq(file->f_flags & O_NONBLOCK, O_NONBLOCK);
	ck_assert_int_eq(hosted_ioctl(file, FIONBIO, 8), -EFAULT);
	ck_assert_int_eq(hosted_ioctl(file, FIOCLEX, 0), 0);
}
END_TEST

START_TEST(reading_and_writing)
{
	struct file *ro = hosted_open(&td.chrdev, O_RDONLY);
	char c[2] = "ab";
	struct iovec iov[2] = { { c, 1 }, { c, 1 } };

	ck_assert_int_eq(hosted_read(file, c, 1), -EINVAL);
	ck_assert_int_eq(hosted_write(file, c, 1), -EINVAL);
	ck_assert_int_eq(hosted_write(ro, c, 1), -EBADF);
	ck_assert_int_eq(hosted_writev(ro, iov, 2), -EBADF);
	ck_assert_int_eq(hosted_writev(file, iov, 0), 0);
	ck_assert_int_eq(hosted_writev(file, iov, 1025), -EINVAL);
	ck_assert_int_eq(hosted_writev(file, (void *)8, 2), -EFAULT);
	ck_assert_int_gt(hosted_writev(file, iov, 2), 0);
	iov[0].iov_len = -1;
	ck_assert_int_eq(hosted_writev(file, iov, 2), -EINVAL);
	iov[0] = (struct iovec){ (void *)~0xfffUL, 1 };
	ck_assert_int_eq(hosted_writev(file, iov, 2), -EFAULT);
	ck_assert_int_eq(hosted_pwritev(file, iov, 2, -1), -EINVAL);
	ck_assert_int_eq(hosted_llseek(file, 5, 0), 0);
	ck_assert_int_eq(hosted_llseek(file, 5, 9), -EINVAL);
	fput(ro);
}
END_TEST

static long map_error(struct file *f, size_t len, int prot, int flags,
		      unsigned long off)
{
	struct vm_area_struct *vma =
		hosted_mmap(f, 1UL << 40, len, prot, flags, off);

	if (IS_ERR(vma))
		return PTR_ERR(vma);
	hosted_munmap(vma);
	return 0;
}

START_TEST(mmap_checks)
{
	struct file *ro = hosted_open(&td.chrdev, O_RDONLY);
	struct file *wo = hosted_open(&td.chrdev, O_WRONLY);
	int rw = PROT_READ | PROT_WRITE;

	ck_assert_int_eq(map_error(file, 1, rw, MAP_SHARED, 0), 0);
	ck_assert_int_eq(map_error(file, 0, rw, MAP_SHARED, 0), -EINVAL);
	ck_assert_int_eq(map_error(file, 1, rw, MAP_SHARED, 1), -EINVAL);
	ck_assert_int_eq(map_error(file, 1, rw, 0, 0), -EINVAL);
	ck_assert_int_eq(map_error(file, ~0UL, rw, MAP_SHARED, 0), -ENOMEM);
	ck_assert_int_eq(map_error(file, 2 * PAGE_SIZE, rw, MAP_SHARED,
				   ~0xfffUL),
			 -EINVAL);
	ck_assert_int_eq(map_error(ro, 1, rw, MAP_SHARED, 0), -EACCES);
	ck_assert_int_eq(map_error(ro, 1, PROT_READ, MAP_SHARED, 0), 0);
	ck_assert_int_eq(map_error(wo, 1, PROT_WRITE, MAP_SHARED, 0), -EACCES);
	ck_assert_int_eq(map_error(file, 1, rw, MAP_SHARED_VALIDATE | 1 << 25,
				   0),
			 -EOPNOTSUPP);
	ck_assert_int_eq(map_error(file, PAGE_SIZE, rw, MAP_SHARED,
				   TD_MAP_RO * PAGE_SIZE),
			 -EPERM);
	fput(ro);
	fput(wo);
}
END_TEST

START_TEST(mappings_hold_the_file)
{
	struct vm_area_struct *vma;
	struct hosted_vma_seg *seg;
	struct file *f = hosted_open(&td.chrdev, O_RDWR);

	vma = hosted_mmap(f, 1UL << 40, PAGE_SIZE, PROT_READ, MAP_SHARED,
			  TD_MAP_BAR * PAGE_SIZE);
	ck_assert(!IS_ERR(vma));
	ck_assert_uint_eq(vma->vm_flags & VM_MAYREAD, 0);
	ck_assert_uint_ne(vma->vm_flags & VM_DONTCOPY, 0);
	seg = list_first_entry(&vma->segs, struct hosted_vma_seg, node);
	ck_assert_int_eq(seg->fd, td.bar_fd);
	fput(f);
	ck_assert_int_eq(atomic_read(&td.open), 2);
	hosted_munmap(vma);
	ck_assert_int_eq(atomic_read(&td.open), 1);
}
END_TEST

START_TEST(faults_become_pieces)
{
	struct vm_area_struct *vma;
	struct hosted_vma_seg *seg;

	vma = hosted_mmap(file, 1UL << 40, 2 * PAGE_SIZE, PROT_READ, MAP_SHARED,
			  TD_MAP_HOLE * PAGE_SIZE);
	ck_assert(!IS_ERR(vma));
	seg = list_first_entry(&vma->segs, struct hosted_vma_seg, node);
	ck_assert_uint_eq(seg->length, PAGE_SIZE);
	ck_assert(list_is_last(&seg->node, &vma->segs));
	hosted_munmap(vma);
}
END_TEST

START_TEST(polling)
{
	ck_assert_uint_eq(hosted_poll(file, NULL), 0);
	hosted_ioctl(file, TD_WAKE, 0);
	ck_assert_uint_eq(hosted_poll(file, NULL), POLLIN | POLLRDNORM);
}
END_TEST

START_TEST(registers_are_calls)
{
	writeq(0x1234, (char *)td.bar + 64);
	ck_assert_uint_eq(td.last_off, 64);
	ck_assert_uint_eq(readq((char *)td.bar + 64), 0x1234);
	ck_assert_uint_eq(readl((char *)td.bar + 68), 0);
	ck_assert_uint_eq(readq((char *)td.bar + 8), ~0ULL);
}
END_TEST

START_TEST(release_lets_go_of_pins)
{
	char *p = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct td_range r = { .addr = (unsigned long)p,
			      .len = 2 * PAGE_SIZE,
			      .write = 1 };
	u32 byte = 0x77;

	ck_assert_int_eq(hosted_ioctl(file, TD_PIN, (unsigned long)&r), 0);
	ck_assert_uint_eq(r.result, 2);
	ck_assert_int_eq(hosted_ioctl(file, TD_DMA_WRITE, (unsigned long)&byte),
			 0);
	ck_assert_int_eq(p[2 * PAGE_SIZE - 1], 0x77);
	hosted_mm_unmap(current->mm, r.addr, r.addr + 1);
	ck_assert_int_eq(hosted_ioctl(file, TD_UNMAPS, 0), 1);
}
END_TEST

Suite *files_suite(void)
{
	Suite *s = suite_create("files");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, open_errors);
	tcase_add_test(tc, every_failing_allocation);
	tcase_add_test(tc, ioctls);
	tcase_add_test(tc, reading_and_writing);
	tcase_add_test(tc, mmap_checks);
	tcase_add_test(tc, mappings_hold_the_file);
	tcase_add_test(tc, faults_become_pieces);
	tcase_add_test(tc, polling);
	tcase_add_test(tc, registers_are_calls);
	tcase_add_test(tc, release_lets_go_of_pins);
	suite_add_tcase(s, tc);
	return s;
}
