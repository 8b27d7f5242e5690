// SPDX-License-Identifier: BSD-3-Clause
/*
 * The emulator end to end: a program's system calls on the test device.
 *
 * Started plainly, the program starts itself again under an emulator of the
 * test device; the inner one is an ordinary program with an ordinary device.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "emu_test.h"

static char bin_dir[PATH_MAX];

/* A number from "ctl status". */
long status_of(const char *name)
{
	char command[PATH_MAX + 64], line[256], key[64];
	long value = -1;
	FILE *f;

	snprintf(command, sizeof(command),
		 "LD_PRELOAD= %s/hfi1-emu-testdev ctl status", bin_dir);
	snprintf(key, sizeof(key), "\"%s\":", name);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, key))
			value = atol(strchr(line, ':') + 1);
	ck_assert_int_eq(pclose(f), 0);
	return value;
}

int open_node(void)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	ck_assert_msg(fd >= 0, "open: %s", strerror(errno));
	return fd;
}

bool works(int fd)
{
	struct td_echo e = { .in = 77 };

	return !ioctl(fd, TD_ECHO, &e) && e.out == ~77ULL;
}

char *anonymous(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	return p;
}

void nothing_left(void)
{
	ck_assert_int_eq(status_of("test_files"), 0);
	ck_assert_int_eq(status_of("pinned_pages"), 0);
	ck_assert_int_eq(status_of("notifiers"), 0);
	ck_assert_int_eq(status_of("dma_mappings"), 0);
	ck_assert_int_eq(status_of("warnings"), 0);
}

void *map(int fd, unsigned long what, size_t pages, int prot)
{
	return mmap(NULL, pages * PAGE, prot, MAP_SHARED, fd, what * PAGE);
}

int pin(int fd, char *p, size_t len)
{
	struct td_range r = { (uintptr_t)p, len, 1, 0 };

	return ioctl(fd, TD_PIN, &r) ? -errno : (int)r.result;
}

static Suite *suite(void)
{
	Suite *s = suite_create("emulator");

	suite_add_tcase(s, file_tests());
	suite_add_tcase(s, memory_tests());
	suite_add_tcase(s, waiting_tests());
	return s;
}

static void run_under_emulator(const char *self)
{
	char emu[PATH_MAX + 32];

	snprintf(emu, sizeof(emu), "%s/hfi1-emu-testdev", bin_dir);
	execl(emu, emu, "run", "--", self, NULL);
	perror(emu);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	char self[PATH_MAX] = "", copy[PATH_MAX];
	SRunner *sr;
	int failed;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return EXIT_FAILURE;
	if (argc == 3 && !strcmp(argv[1], "--use-fd"))
		return works(atoi(argv[2])) ? 0 : 1;
	strcpy(copy, self);
	snprintf(bin_dir, sizeof(bin_dir), "%.4000s/../bin", dirname(copy));
	if (!getenv("HFI1_EMU_DIR"))
		run_under_emulator(self);
	sr = srunner_create(suite());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
