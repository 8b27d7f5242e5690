// SPDX-License-Identifier: BSD-3-Clause
/* Mappings of the device, and memory registered with it. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "emu_test.h"

START_TEST(mapping_is_shared)
{
	int fd = open_node();
	char *a = map(fd, TD_MAP_SHARED, 2, PROT_READ | PROT_WRITE);
	char *b = map(fd, TD_MAP_SHARED, 1, PROT_READ);
	pid_t pid;

	ck_assert_ptr_ne(a, MAP_FAILED);
	strcpy(a, "hello");
	ck_assert_str_eq(b, "hello");
	pid = fork();
	if (!pid) {
		strcpy(a, "child");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	ck_assert_str_eq(b, "child");
	munmap(a, 2 * PAGE);
	munmap(b, PAGE);
	close(fd);
}
END_TEST

START_TEST(mapping_holds_the_file)
{
	int fd = open_node();
	char *a = map(fd, TD_MAP_SHARED, 2, PROT_READ | PROT_WRITE);

	close(fd);
	closefrom(3);
	ck_assert_int_eq(status_of("test_files"), 1);
	munmap(a, PAGE);
	ck_assert_int_eq(status_of("test_files"), 1);
	a[PAGE] = 1;
	mmap(a + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	     -1, 0);
	ck_assert_int_eq(status_of("test_files"), 0);
}
END_TEST

START_TEST(rights_of_mappings)
{
	int fd = open_node();
	char *ro = map(fd, TD_MAP_RO, 1, PROT_READ);
	char *bar = map(fd, TD_MAP_BAR, 1, PROT_WRITE);

	ck_assert_str_eq(ro, "coherent");
	ck_assert_int_eq(mprotect(ro, PAGE, PROT_READ | PROT_WRITE), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_ptr_eq(map(fd, TD_MAP_RO, 1, PROT_READ | PROT_WRITE),
			 MAP_FAILED);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(mprotect(bar, PAGE, PROT_READ), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(mprotect(bar, PAGE, PROT_WRITE), 0);
	ck_assert_ptr_eq(mremap(ro, PAGE, 2 * PAGE, MREMAP_MAYMOVE),
			 MAP_FAILED);
	ck_assert_int_eq(errno, EFAULT);
	close(fd);
}
END_TEST

static sigjmp_buf after_fault;

static void on_fault(int sig)
{
	siglongjmp(after_fault, sig);
}

static int touch(volatile char *p)
{
	struct sigaction sa = { .sa_handler = on_fault }, bus, segv;
	int sig;

	sigaction(SIGBUS, &sa, &bus);
	sigaction(SIGSEGV, &sa, &segv);
	sig = sigsetjmp(after_fault, 1);
	if (!sig)
		(void)*p;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return sig;
}

START_TEST(hole_is_sigbus)
{
	int fd = open_node();
	char *p = map(fd, TD_MAP_HOLE, 2, PROT_READ);

	ck_assert_int_eq(touch(p), 0);
	ck_assert_int_eq(touch(p + PAGE), SIGBUS);
	close(fd);
}
END_TEST

START_TEST(not_copied_on_fork)
{
	int fd = open_node(), status;
	char *bar = map(fd, TD_MAP_BAR, 1, PROT_READ | PROT_WRITE);
	char *shared = map(fd, TD_MAP_SHARED, 1, PROT_READ);
	pid_t pid = fork();

	if (!pid)
		_exit(touch(bar) == SIGSEGV && !touch(shared) ? 0 : 1);
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	close(fd);
}
END_TEST

START_TEST(device_writes_pinned_memory)
{
	int fd = open_node();
	char *p = anonymous(3 * PAGE);
	__u32 byte = 0x42;

	ck_assert_int_eq(pin(fd, p, 3 * PAGE), 3);
	ck_assert_int_eq(ioctl(fd, TD_DMA_WRITE, &byte), 0);
	ck_assert_int_eq(p[0], 0x42);
	ck_assert_int_eq(p[3 * PAGE - 1], 0x42);
	ck_assert_int_eq(ioctl(fd, TD_UNPIN), 0);
	mprotect(p, PAGE, PROT_READ);
	ck_assert_int_eq(pin(fd, p, PAGE), -EFAULT);
	ck_assert_int_eq(pin(fd, map(fd, TD_MAP_BAR, 1, PROT_WRITE), PAGE),
			 -EFAULT);
	close(fd);
}
END_TEST

START_TEST(unmap_is_told_at_once)
{
	int fd = open_node();
	char *p = anonymous(4 * PAGE);

	ck_assert_int_eq(pin(fd, p, 2 * PAGE), 2);
	munmap(p + 2 * PAGE, PAGE);
	ck_assert_int_eq(ioctl(fd, TD_UNMAPS), 0);
	munmap(p + PAGE, PAGE);
	ck_assert_int_ge(ioctl(fd, TD_UNMAPS), 1);
	ioctl(fd, TD_UNPIN);
	close(fd);
}
END_TEST

/* The C library unmaps behind everyone's back. */
START_TEST(free_is_told)
{
	int fd = open_node(), before;
	char *p = malloc(1 << 20), *page;

	memset(p, 1, 1 << 20);
	page = (char *)(((uintptr_t)p + 2 * PAGE) & ~(PAGE - 1));
	ck_assert_int_eq(pin(fd, page, PAGE), 1);
	before = ioctl(fd, TD_UNMAPS);
	free(p);
	if (ioctl(fd, TD_UNMAPS) == before)
		ck_assert_msg(syscall(SYS_userfaultfd, O_CLOEXEC | 1) < 0,
			      "userfaultfd works, free() was not noticed");
	ioctl(fd, TD_UNPIN);
	close(fd);
}
END_TEST

START_TEST(remap_is_told)
{
	int fd = open_node(), n;
	char *p = anonymous(PAGE), *to = anonymous(PAGE);

	ck_assert_int_eq(pin(fd, p, PAGE), 1);
	ck_assert_ptr_eq(
		mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	n = ioctl(fd, TD_UNMAPS);
	ck_assert_int_ge(n, 1);
	ioctl(fd, TD_UNPIN);
	p = anonymous(PAGE);
	ck_assert_int_eq(pin(fd, p, PAGE), 1);
	mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
	     0);
	ck_assert_int_gt(ioctl(fd, TD_UNMAPS), n);
	close(fd);
}
END_TEST

START_TEST(pinned_page_keeps_its_content)
{
	int fd = open_node();
	char *p = anonymous(PAGE), *q, back[8] = "";
	struct td_range r = { (uintptr_t)back, 7, 0, 0 };

	strcpy(p, "before");
	ck_assert_int_eq(pin(fd, p, PAGE), 1);
	munmap(p, PAGE);
	q = mmap(p, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	strcpy(q, "after");
	ck_assert_int_eq(ioctl(fd, TD_DMA_READ, &r), 0);
	ck_assert_str_eq(back, "before");
	ck_assert_str_eq(q, "after");
	close(fd);
}
END_TEST

TCase *memory_tests(void)
{
	TCase *tc = tcase_create("memory");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, mapping_is_shared);
	tcase_add_test(tc, mapping_holds_the_file);
	tcase_add_test(tc, rights_of_mappings);
	tcase_add_test(tc, hole_is_sigbus);
	tcase_add_test(tc, not_copied_on_fork);
	tcase_add_test(tc, device_writes_pinned_memory);
	tcase_add_test(tc, unmap_is_told_at_once);
	tcase_add_test(tc, free_is_told);
	tcase_add_test(tc, remap_is_told);
	tcase_add_test(tc, pinned_page_keeps_its_content);
	return tc;
}
