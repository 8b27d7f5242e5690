// SPDX-License-Identifier: BSD-3-Clause
/* The list of verbs, and what the chip makes of them. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "verbs.h"

static struct host *host;
static struct wfr_device *chip;
static char *said;
static size_t length;
static FILE *out;

static void setup(void)
{
	struct wfr_config cfg;

	host_config(&cfg);
	host = host_new(&cfg);
	chip = host->dev;
	out = open_memstream(&said, &length);
	ck_assert_ptr_nonnull(out);
}

static void teardown(void)
{
	fclose(out);
	free(said);
	host_free(host);
}

START_TEST(each_verb_is_complete)
{
	const struct ctl_verb *v = &ctl_verbs[_i];

	ck_assert_ptr_nonnull(v->name);
	ck_assert_ptr_eq(ctl_verb_find(v->name), v);
	ck_assert_int_eq(strncmp(v->args, "UNIT", 4), 0);
	ck_assert_int_ge(v->min, 1);
	ck_assert_int_ge(v->max, v->min);
}
END_TEST

/* Without a word about it, a fault would only seem to be there. */
START_TEST(what_no_chip_can_do_is_refused)
{
	static char *argv[] = { "0", "1", "1", NULL };
	const struct ctl_verb *v = &ctl_verbs[_i];

	if (v->chip)
		return;
	ck_assert_int_eq(ctl_verb_chip(v, chip, 3, argv, out), -EOPNOTSUPP);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(said, v->name));
}
END_TEST

START_TEST(no_such_verb)
{
	ck_assert_ptr_null(ctl_verb_find("nonsense"));
	ck_assert_ptr_null(ctl_verb_find(""));
}
END_TEST

START_TEST(registers_are_read_and_written)
{
	char *write[] = { "0", "0x100", "0x5a", NULL };
	char *beyond[] = { "0", "0x4000000", NULL };
	char offset[32];

	snprintf(offset, sizeof(offset), "%#llx", WFR_CCE_SCRATCH(0));
	write[1] = offset;
	ck_assert_int_eq(
		ctl_verb_chip(&ctl_verbs[CTL_REG], chip, 3, write, out), 0);
	ck_assert_int_eq(
		ctl_verb_chip(&ctl_verbs[CTL_REG], chip, 2, write, out), 0);
	fflush(out);
	ck_assert_str_eq(said, "0x5a\n");
	ck_assert_int_eq(ctl_verb_chip(&ctl_verbs[CTL_REG], chip, 2, beyond,
				       out),
			 -EINVAL);
}
END_TEST

START_TEST(numbers)
{
	char *argv[] = { "0", "7", NULL };
	uint64_t n;

	ck_assert_int_eq(ctl_number("0x10", 16, &n, out), 0);
	ck_assert_uint_eq(n, 16);
	ck_assert_int_eq(ctl_number("17", 16, &n, out), -EINVAL);
	ck_assert_int_eq(ctl_number("-1", UINT64_MAX, &n, out), -EINVAL);
	ck_assert_int_eq(ctl_number("1x", 16, &n, out), -EINVAL);
	ck_assert_int_eq(ctl_number("", 16, &n, out), -EINVAL);
	ck_assert_int_eq(ctl_number_or(2, argv, 2, 5, &n, out), 0);
	ck_assert_uint_eq(n, 5);
	ck_assert_int_eq(ctl_number_or(2, argv, 1, 5, &n, out), 0);
	ck_assert_uint_eq(n, 7);
}
END_TEST

START_TEST(names)
{
	unsigned int value = 9;

	ck_assert_int_eq(ctl_lookup(ctl_switch, "ON", &value, out), 0);
	ck_assert_uint_eq(value, 1);
	ck_assert_int_eq(ctl_lookup(ctl_switch, "maybe", &value, out), -EINVAL);
	fflush(out);
	ck_assert_str_eq(said, "'maybe' is none of off on\n");
}
END_TEST

int main(void)
{
	SRunner *r;
	TCase *tc = tcase_create("verbs");
	Suite *s = suite_create("control");
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, each_verb_is_complete, 0, CTL_VERBS);
	tcase_add_loop_test(tc, what_no_chip_can_do_is_refused, 0, CTL_VERBS);
	tcase_add_test(tc, no_such_verb);
	tcase_add_test(tc, registers_are_read_and_written);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, names);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
