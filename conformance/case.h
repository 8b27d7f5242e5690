/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a case is and what it may call.
 *
 * A case proves one thing.  It runs in a process of its own, against the
 * device the user named, with plain system calls; it cannot tell which driver
 * answers.  It ends by returning (passed) or through one of the verdicts below,
 * none of which return.
 */
#ifndef HFI1C_CASE_H
#define HFI1C_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a case needs beyond the device; the runner skips it with a reason. */
enum hfi1c_needs {
	HFI1C_NEEDS_CTL = 1 << 0, /* --ctl: a command that injects faults */
	HFI1C_NEEDS_ROOT = 1 << 1, /* effective uid 0 */
	HFI1C_NEEDS_TWO_UNITS = 1 << 2, /* a second unit next to --device */
	HFI1C_NEEDS_SECOND_USER = 1 << 3, /* may become another uid */
	HFI1C_NEEDS_SLOW = 1 << 4, /* seconds, left out by --quick */
	/* Exhausts or disturbs the unit: never runs beside another case. */
	HFI1C_EXCLUSIVE = 1 << 5,
};

/**
 * struct hfi1c_case - one thing to prove
 * @name:    unique and stable: "group.subject.what", in [a-z0-9.-]; expectation
 *           files, deviations and profiles name it
 * @clause:  ids of the clauses it judges, separated by blanks, the one it is
 *           about first (see struct hfi1c_clause)
 * @doc:     what holds when it passes, one sentence
 * @run:     the case
 * @data:    for @run; table-driven cases share a function
 * @needs:   mask of enum hfi1c_needs
 * @timeout: seconds; 0 takes the default of 10
 */
struct hfi1c_case {
	const char *name;
	const char *clause;
	const char *doc;
	void (*run)(const struct hfi1c_case *c);
	const void *data;
	unsigned int needs;
	unsigned int timeout;
};

/**
 * struct hfi1c_group - cases of one subject
 * @name:  what -g takes; the cases' names start with it and a dot
 * @doc:   one line for --list-groups
 * @cases: the cases in the order in which they run
 * @count: how many
 */
struct hfi1c_group {
	const char *name;
	const char *doc;
	const struct hfi1c_case *cases;
	size_t count;
};

#define HFI1C_GROUP(ident, name_, doc_, cases_)                \
	const struct hfi1c_group hfi1c_group_##ident = {       \
		.name = name_,                                 \
		.doc = doc_,                                   \
		.cases = cases_,                               \
		.count = sizeof(cases_) / sizeof((cases_)[0]), \
	}

/* Verdicts.  Also valid in children and threads of a case. */

/** hfi1c_fail() - the device broke the clause; the last call is printed too. */
void hfi1c_fail(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/** hfi1c_fail_values() - the same with what was expected and what came. */
void hfi1c_fail_values(const char *expected, const char *actual,
		       const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

/** hfi1c_not_supported() - the device lacks the capability, and says so. */
void hfi1c_not_supported(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/** hfi1c_skip() - it cannot be tried here. */
void hfi1c_skip(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/** hfi1c_broken() - the set-up failed, so nothing is known of the clause. */
void hfi1c_broken(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/**
 * hfi1c_note() - attach a line to the report of this case.
 *
 * Printed when the case does not pass; the latest few are kept.
 */
void hfi1c_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Expectations.  A result is what the helpers of lib/calls.h return: 0 or more
 * for success, -errno otherwise.
 */
void hfi1c_expect_result(long actual, long expected, const char *what);
void hfi1c_expect_u64(uint64_t actual, uint64_t expected, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** hfi1c_expect_ok() - the last call succeeded with 0. */
#define hfi1c_expect_ok(result) hfi1c_expect_result((result), 0, #result)

/** hfi1c_expect_errno() - the last call was refused with @error (positive). */
#define hfi1c_expect_errno(result, error) \
	hfi1c_expect_result((result), -(error), #result)

/** hfi1c_expect() - @cond holds; the rest says what that means. */
#define hfi1c_expect(cond, ...)                  \
	do {                                     \
		if (!(cond))                     \
			hfi1c_fail(__VA_ARGS__); \
	} while (0)

/** hfi1c_setup() - @cond holds or the case is broken, not failed. */
#define hfi1c_setup(cond, ...)                     \
	do {                                       \
		if (!(cond))                       \
			hfi1c_broken(__VA_ARGS__); \
	} while (0)

/* What the runner tells the cases. */

/** hfi1c_device() - path of the device under test. */
const char *hfi1c_device(void);

/**
 * hfi1c_use_device() - what hfi1c_device() is in this process from now on.
 *
 * NULL: the device under test again.
 */
void hfi1c_use_device(const char *path);

/** hfi1c_second_device() - path of another unit; only with NEEDS_TWO_UNITS. */
const char *hfi1c_second_device(void);

/**
 * hfi1c_deviates() - whether the driver is known to answer otherwise in the
 * case @name.
 *
 * For cases that draw what they do: what is recorded elsewhere would hide
 * what is not.
 */
bool hfi1c_deviates(const char *name);

/** hfi1c_deviates_from() - the same for any case that judges @clause alone. */
bool hfi1c_deviates_from(const char *clause);

/** hfi1c_seed() - seed of this case in this repetition; printed on failure. */
uint64_t hfi1c_seed(void);

/** hfi1c_steps() - length of a random sequence: --steps, or @standard. */
unsigned int hfi1c_steps(unsigned int standard);

/** hfi1c_random() - next value of a generator started from hfi1c_seed(). */
uint64_t hfi1c_random(void);

#endif
