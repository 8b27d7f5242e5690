// SPDX-License-Identifier: BSD-3-Clause
/*
 * Pages that a file keeps pinned between its send requests.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>

#include "user.h"

#define PAGE	 4096UL
#define KIB	 1024UL
#define FRAG	 4096
#define DELAY_NS 100000000

static struct rig rig;
static struct user u;

static void start(unsigned int cache_mib)
{
	struct rig_opts opts;

	rig_opts_default(&opts);
	opts.params.cache_size = cache_mib;
	rig_start(&rig, &opts);
	user_start(&u, &rig);
}

static void set_up(void)
{
	start(256);
}

static void tear_down(void)
{
	user_stop(&u);
	rig_stop(&rig);
}

static u8 *buffer(size_t len)
{
	u8 *mem = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	size_t i;

	ck_assert_ptr_ne(mem, MAP_FAILED);
	for (i = 0; i < len; i++)
		mem[i] = i * 13 + i / 4096;
	return mem;
}

static void gone(u8 *mem, size_t len)
{
	hosted_mm_unmap(hosted_mm_self(), (unsigned long)mem,
			(unsigned long)mem + len);
}

static unsigned long pinned(void)
{
	struct hfi1u_stats stats;

	hfi1u_get_stats(rig.dd, &stats);
	return stats.pinned_pages;
}

static void submit(const u8 *mem, size_t len, unsigned int slot)
{
	struct user_req req;

	user_req(&u, &req, slot, DIV_ROUND_UP(len, FRAG), FRAG, len);
	ck_assert_int_eq(user_writev(&u, &req, mem, len), 1);
}

/* Send and wait; what arrives is not looked at. */
static void send(const u8 *mem, size_t len)
{
	submit(mem, len, 0);
	ck_assert_uint_eq(user_completion(&u, 0), COMPLETE);
}

static void expect_arrival(const u8 *want)
{
	u64 rhf = user_receive(&u);

	ck_assert_uint_ne(rhf, 0);
	ck_assert_mem_eq(user_payload(&u, rhf), want, FRAG);
}

/* A buffer is pinned once, and so is what lies inside of it. */
START_TEST(test_reuse)
{
	u8 *mem = buffer(8 * PAGE);
	int i;

	for (i = 0; i < 5; i++) {
		send(mem, 8 * PAGE);
		ck_assert_uint_eq(pinned(), 8);
	}
	send(mem + 3 * PAGE + 100, 2 * PAGE);
	ck_assert_uint_eq(pinned(), 8);
	send(mem + 7 * PAGE + 17, 4000);
	ck_assert_uint_eq(pinned(), 8);
	munmap(mem, 8 * PAGE);
}
END_TEST

/* What begins inside of a pin and ends outside is another one. */
START_TEST(test_overlap)
{
	u8 *mem = buffer(8 * PAGE);

	send(mem, 4 * PAGE);
	send(mem + 2 * PAGE, 4 * PAGE);
	ck_assert_uint_eq(pinned(), 8);
	send(mem + 3 * PAGE, 3 * PAGE);
	ck_assert_uint_eq(pinned(), 8);
	munmap(mem, 8 * PAGE);
}
END_TEST

/* An unmap gives idle pages back at once, those of every pin it touches. */
START_TEST(test_unmap_idle)
{
	u8 *mem = buffer(8 * PAGE);

	send(mem, 4 * PAGE);
	send(mem + 2 * PAGE, 4 * PAGE);
	gone(mem + 5 * PAGE, PAGE);
	ck_assert_uint_eq(pinned(), 4);
	gone(mem + 3 * PAGE, PAGE);
	ck_assert_uint_eq(pinned(), 0);
	munmap(mem, 8 * PAGE);
}
END_TEST

/* What is mapped anew is what is sent, although the address is the same. */
START_TEST(test_remap)
{
	u8 *mem = buffer(PAGE), *again;

	send(mem, PAGE);
	expect_arrival(mem);
	gone(mem, PAGE);
	again = mmap(mem, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED, -1,
		     0);
	ck_assert_ptr_eq(again, mem);
	memset(mem, 0x5a, PAGE);
	send(mem, PAGE);
	expect_arrival(mem);
	ck_assert_uint_eq(pinned(), 1);
	munmap(mem, PAGE);
}
END_TEST

/* What changes between two requests is seen by the second. */
START_TEST(test_rewrite)
{
	u8 *mem = buffer(PAGE);
	int i;

	for (i = 0; i < 4; i++) {
		memset(mem, i, PAGE);
		send(mem, PAGE);
		expect_arrival(mem);
	}
	munmap(mem, PAGE);
}
END_TEST

/* Pages in use outlive their mapping, and no longer than the request. */
START_TEST(test_unmap_in_use)
{
	u8 *mem = buffer(PAGE), copy[PAGE];

	memcpy(copy, mem, PAGE);
	wfr_fault_delay(rig.wfr, DELAY_NS);
	submit(mem, PAGE, 3);
	submit(mem, PAGE, 4);
	gone(mem, PAGE);
	memset(mem, 0, PAGE);
	ck_assert_uint_eq(pinned(), 1);
	wfr_fault_delay(rig.wfr, 0);
	ck_assert_uint_eq(user_completion(&u, 3), COMPLETE);
	ck_assert_uint_eq(user_completion(&u, 4), COMPLETE);
	ck_assert_uint_eq(pinned(), 0);
	expect_arrival(copy);
	expect_arrival(copy);
	munmap(mem, PAGE);
}
END_TEST

/* When room is needed the pin goes that was used least recently. */
START_TEST(test_eviction)
{
	size_t len = 448 * KIB;
	unsigned long pages = len / PAGE;
	u8 *a, *b, *c;

	start(1);
	a = buffer(len);
	b = buffer(len);
	c = buffer(len);
	send(a, len);
	send(b, len);
	ck_assert_uint_eq(pinned(), 2 * pages);
	send(a, PAGE);
	send(c, len);
	ck_assert_uint_eq(pinned(), 2 * pages);
	gone(b, len);
	ck_assert_uint_eq(pinned(), 2 * pages);
	gone(a, len);
	ck_assert_uint_eq(pinned(), pages);
	munmap(a, len);
	munmap(b, len);
	munmap(c, len);
	tear_down();
}
END_TEST

/* The limit is for what is kept: a larger request is served all the same. */
START_TEST(test_beyond_limit)
{
	size_t len = 3 * KIB * KIB;
	u8 *mem;

	start(1);
	mem = buffer(len);
	send(mem, len);
	send(mem, PAGE);
	/* the next one that needs pages ends the excess */
	send((const u8 *)&rig, 64);
	ck_assert_uint_le(pinned(), KIB * KIB / PAGE);
	munmap(mem, len);
	tear_down();
}
END_TEST

static bool racing;

static void *unmapper(void *arg)
{
	unsigned long mem = (unsigned long)arg;
	unsigned int i;

	for (i = 0; READ_ONCE(racing); i++)
		hosted_mm_unmap(hosted_mm_self(), mem + i % 16 * PAGE,
				mem + (i % 16 + 1) * PAGE);
	return NULL;
}

static u8 *shared;

static void *sender(void *arg)
{
	unsigned int slot = (unsigned long)arg, i;

	for (i = 0; i < 150; i++) {
		submit(shared + i * 7 % 13 * PAGE, (i % 3 + 1) * PAGE, slot);
		ck_assert_uint_eq(user_completion(&u, slot), COMPLETE);
	}
	return NULL;
}

/* Requests, unmaps and evictions at once leave nothing behind. */
START_TEST(test_race)
{
	pthread_t threads[3], other;
	long i;

	shared = buffer(16 * PAGE);
	racing = true;
	ck_assert_int_eq(pthread_create(&other, NULL, unmapper, shared), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, sender,
						(void *)i),
				 0);
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	WRITE_ONCE(racing, false);
	pthread_join(other, NULL);
	gone(shared, 16 * PAGE);
	ck_assert_uint_eq(pinned(), 0);
	munmap(shared, 16 * PAGE);
}
END_TEST

/* A file that is closed keeps nothing. */
START_TEST(test_close)
{
	struct file *file = rig_open_assigned(&rig);
	u8 *mem = buffer(4 * PAGE);
	struct user_req req;
	struct iovec iov[2] = { { &req, sizeof(req) }, { mem, 4 * PAGE } };

	user_req(&u, &req, 0, 4, FRAG, 4 * PAGE);
	ck_assert_int_eq(hosted_writev(file, iov, 2), 1);
	fput(file);
	ck_assert_uint_eq(pinned(), 0);
	munmap(mem, 4 * PAGE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-pin");
	TCase *tc = tcase_create("pin"), *limits = tcase_create("limits");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_set_timeout(limits, 120);
	tcase_add_test(tc, test_reuse);
	tcase_add_test(tc, test_overlap);
	tcase_add_test(tc, test_unmap_idle);
	tcase_add_test(tc, test_remap);
	tcase_add_test(tc, test_rewrite);
	tcase_add_test(tc, test_unmap_in_use);
	tcase_add_test(tc, test_race);
	tcase_add_test(tc, test_close);
	tcase_add_test(limits, test_eviction);
	tcase_add_test(limits, test_beyond_limit);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, limits);
	return rig_run(suite);
}
