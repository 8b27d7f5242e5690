// SPDX-License-Identifier: BSD-3-Clause
/*
 * device-wrappers: the generated C libraries of the kernel's own devices, on
 * their drivers.  What the suites try by number is called here by name.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vhost.h"
#include "watchdog.h"

#define OPEN_TRIES   100
#define OPEN_WAIT_US 10000
#define SECONDS	     30
#define BEFORE	     10
#define RING_SIZE    256
#define RING_START   5

/* One file at a time: that of the test before may still be closing. */
static int open_watchdog(void)
{
	int fd = open("/dev/watchdog0", O_RDWR);
	int tries;

	for (tries = 0; fd < 0 && errno == EBUSY && tries < OPEN_TRIES;
	     tries++) {
		usleep(OPEN_WAIT_US);
		fd = open("/dev/watchdog0", O_RDWR);
	}
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void close_watchdog(int fd)
{
	ck_assert_int_eq(watchdog_setpretimeout(fd, 0), 0);
	ck_assert_int_eq(watchdog_setoptions(fd, WDIOS_DISABLECARD), 0);
	ck_assert_int_eq(write(fd, "V", 1), 1);
	close(fd);
}

START_TEST(test_watchdog_tells)
{
	struct watchdog_info info;
	int fd = open_watchdog();
	int status, left;

	ck_assert_int_eq(watchdog_getsupport(fd, &info), 0);
	ck_assert_str_eq((char *)info.identity, "Software Watchdog");
	ck_assert_uint_ne(info.options & WDIOF_KEEPALIVEPING, 0);
	ck_assert_int_eq(watchdog_keepalive(fd), 0);
	ck_assert_int_eq(watchdog_getstatus(fd, &status), 0);
	ck_assert_uint_ne(status & WDIOF_KEEPALIVEPING, 0);
	ck_assert_int_eq(watchdog_gettimeleft(fd, &left), -EOPNOTSUPP);
	close_watchdog(fd);
}
END_TEST

START_TEST(test_watchdog_takes)
{
	const struct watchdog_reason *why;
	int fd = open_watchdog();
	int value = SECONDS;

	ck_assert_int_eq(watchdog_settimeout(fd, &value), 0);
	ck_assert_int_eq(value, SECONDS);
	value = 0;
	ck_assert_int_eq(watchdog_settimeout(fd, &value), -EINVAL);
	why = watchdog_explain_errno(WDIOC_SETTIMEOUT, -EINVAL, NULL);
	ck_assert_ptr_nonnull(why);
	ck_assert_str_eq(why->id, "range");
	ck_assert_int_eq(watchdog_gettimeout(fd, &value), 0);
	ck_assert_int_eq(value, SECONDS);
	ck_assert_int_eq(watchdog_setpretimeout(fd, SECONDS), -EINVAL);
	ck_assert_int_eq(watchdog_setpretimeout(fd, BEFORE), 0);
	ck_assert_int_eq(watchdog_getpretimeout(fd, &value), 0);
	ck_assert_int_eq(value, BEFORE);
	ck_assert_int_eq(watchdog_setoptions(fd, 0), -ENOTTY);
	close_watchdog(fd);
}
END_TEST

static int open_vhost(void)
{
	int fd = open("/dev/vhost-net", O_RDWR);

	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(test_vhost_has_an_owner)
{
	struct vhost_vring_state state = { .num = RING_SIZE };
	const struct vhost_reason *why;
	int fd = open_vhost();
	uint64_t features;

	ck_assert_int_eq(vhost_get_features(fd, &features), 0);
	ck_assert_uint_ne(features >> VHOST_F_LOG_ALL & 1, 0);
	ck_assert_int_eq(vhost_set_vring_num(fd, &state), -EPERM);
	why = vhost_explain_errno(VHOST_SET_VRING_NUM, -EPERM, NULL);
	ck_assert_ptr_nonnull(why);
	ck_assert_str_eq(why->id, "not-owner");
	ck_assert_int_eq(vhost_set_owner(fd), 0);
	ck_assert_int_eq(vhost_set_owner(fd), -EBUSY);
	ck_assert_int_eq(vhost_set_vring_num(fd, &state), 0);
	ck_assert_int_eq(vhost_reset_owner(fd), 0);
	ck_assert_int_eq(vhost_set_vring_num(fd, &state), -EPERM);
	close(fd);
}
END_TEST

START_TEST(test_vhost_keeps_a_ring)
{
	struct vhost_vring_state set = { .index = 1, .num = RING_START };
	struct vhost_vring_state got = { .index = 1 };
	char text[64];
	int fd = open_vhost();

	ck_assert_int_eq(vhost_set_owner(fd), 0);
	ck_assert_int_eq(vhost_set_vring_base(fd, &set), 0);
	ck_assert_int_eq(vhost_get_vring_base(fd, &got), 0);
	ck_assert_uint_eq(got.num, RING_START);
	vhost_format_output(text, sizeof(text), VHOST_GET_VRING_BASE, &got);
	ck_assert_str_eq(text, "{ index = 1, num = 5 }");
	set.index = 2;
	ck_assert_int_eq(vhost_set_vring_base(fd, &set), -ENOBUFS);
	close(fd);
}
END_TEST

/* The kernel sees the elements behind the struct: an empty region is refused. */
START_TEST(test_vhost_reads_regions)
{
	const size_t page = VHOST_PAGE_SIZE;
	struct vhost_memory *memory =
		calloc(1, sizeof(*memory) + 2 * sizeof(memory->regions[0]));
	void *guest = aligned_alloc(page, 2 * page);
	int fd = open_vhost();
	int i;

	ck_assert(memory && guest);
	memory->nregions = 2;
	for (i = 0; i < 2; i++) {
		memory->regions[i].guest_phys_addr = i * page;
		memory->regions[i].memory_size = page;
		memory->regions[i].userspace_addr = (uintptr_t)guest + i * page;
	}
	ck_assert_int_eq(vhost_set_owner(fd), 0);
	ck_assert_int_eq(vhost_set_mem_table(fd, memory), 0);
	memory->regions[1].memory_size = 0;
	ck_assert_int_eq(vhost_set_mem_table(fd, memory), -EFAULT);
	memory->nregions = 1;
	ck_assert_int_eq(vhost_set_mem_table(fd, memory), 0);
	memory->padding = 1;
	ck_assert_int_eq(vhost_set_mem_table(fd, memory), -EOPNOTSUPP);
	close(fd);
	free(guest);
	free(memory);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wrappers");
	TCase *calls = tcase_create("calls");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, calls);
	tcase_add_test(calls, test_watchdog_tells);
	tcase_add_test(calls, test_watchdog_takes);
	tcase_add_test(calls, test_vhost_has_an_owner);
	tcase_add_test(calls, test_vhost_keeps_a_ring);
	tcase_add_test(calls, test_vhost_reads_regions);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
