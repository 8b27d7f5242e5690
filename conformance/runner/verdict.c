// SPDX-License-Identifier: BSD-3-Clause
/*
 * Verdicts end the process at once: a case that found a fault must not go on
 * and touch the device in a state nobody described, and a verdict from a
 * child or a thread must not wait for its siblings.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../case.h"
#include "../lib/calls.h"
#include "verdict.h"

static struct hfi1c_record *current;
static const struct hfi1c_environment *environment;
static uint64_t random_state;
static bool is_child;

void hfi1c_verdict_enter(struct hfi1c_record *record,
			 const struct hfi1c_environment *env)
{
	current = record;
	environment = env;
	random_state = record->seed;
	is_child = false;
}

void hfi1c_verdict_child(void)
{
	is_child = true;
}

const struct hfi1c_environment *hfi1c_environment(void)
{
	return environment;
}

bool hfi1c_verdict_given(void)
{
	return __atomic_load_n(&current->claimed, __ATOMIC_ACQUIRE) ==
	       HFI1C_CLAIM_DONE;
}

void hfi1c_verdict_leave(void)
{
	_exit(is_child ? HFI1C_VERDICT_STATUS : 0);
}

/*
 * Returns only to the first who asks.  The others wait until its text is
 * complete, for their exit may take the first one's thread with it.
 */
static void claim(enum hfi1c_outcome outcome)
{
	int expected = HFI1C_CLAIM_NONE;

	if (!__atomic_compare_exchange_n(&current->claimed, &expected,
					 HFI1C_CLAIM_WRITING, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		while (!hfi1c_verdict_given())
			usleep(1000);
		hfi1c_verdict_leave();
	}
	current->outcome = outcome;
}

static void __attribute__((noreturn)) publish(bool with_call)
{
	if (with_call)
		hfi1c_call_text(current->call, sizeof(current->call));
	__atomic_store_n(&current->claimed, HFI1C_CLAIM_DONE, __ATOMIC_RELEASE);
	hfi1c_verdict_leave();
}

static void __attribute__((noreturn, format(printf, 2, 0)))
give(enum hfi1c_outcome outcome, const char *fmt, va_list ap)
{
	claim(outcome);
	vsnprintf(current->text, sizeof(current->text), fmt, ap);
	publish(outcome == HFI1C_FAILED || outcome == HFI1C_BROKEN);
}

void hfi1c_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	give(HFI1C_FAILED, fmt, ap);
}

void hfi1c_fail_values(const char *expected, const char *actual,
		       const char *fmt, ...)
{
	va_list ap;

	claim(HFI1C_FAILED);
	va_start(ap, fmt);
	vsnprintf(current->text, sizeof(current->text), fmt, ap);
	va_end(ap);
	snprintf(current->expected, sizeof(current->expected), "%s", expected);
	snprintf(current->actual, sizeof(current->actual), "%s", actual);
	publish(true);
}

void hfi1c_not_supported(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	give(HFI1C_NOT_SUPPORTED, fmt, ap);
}

void hfi1c_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	give(HFI1C_SKIPPED, fmt, ap);
}

void hfi1c_broken(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	give(HFI1C_BROKEN, fmt, ap);
}

void hfi1c_note(const char *fmt, ...)
{
	unsigned int n =
		__atomic_fetch_add(&current->note_count, 1, __ATOMIC_RELAXED);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(current->notes[n % HFI1C_NOTES], sizeof(current->notes[0]),
		  fmt, ap);
	va_end(ap);
}

static void result_text(char *buffer, size_t size, long result)
{
	if (result >= 0)
		snprintf(buffer, size, "%ld", result);
	else
		snprintf(buffer, size, "%s (%s)",
			 strerrorname_np(-result) ?: "?",
			 strerrordesc_np(-result) ?: "unknown errno");
}

void hfi1c_expect_result(long actual, long expected, const char *what)
{
	char want[HFI1C_VALUE_SIZE], have[HFI1C_VALUE_SIZE];

	if (actual == expected)
		return;
	result_text(want, sizeof(want), expected);
	result_text(have, sizeof(have), actual);
	hfi1c_fail_values(want, have, "%s", what);
}

void hfi1c_expect_u64(uint64_t actual, uint64_t expected, const char *fmt, ...)
{
	char want[64], have[64], what[HFI1C_TEXT_SIZE];
	va_list ap;

	if (actual == expected)
		return;
	snprintf(want, sizeof(want), "%llu (%#llx)",
		 (unsigned long long)expected, (unsigned long long)expected);
	snprintf(have, sizeof(have), "%llu (%#llx)", (unsigned long long)actual,
		 (unsigned long long)actual);
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	hfi1c_fail_values(want, have, "%s", what);
}

static const char *in_use;

const char *hfi1c_device(void)
{
	return in_use ?: environment->device;
}

void hfi1c_use_device(const char *path)
{
	in_use = path;
}

const char *hfi1c_second_device(void)
{
	return environment->second_device;
}

unsigned int hfi1c_steps(unsigned int standard)
{
	return environment->steps ? environment->steps : standard;
}

uint64_t hfi1c_seed(void)
{
	return current->seed;
}

/* splitmix64: every seed gives a full-period, well mixed sequence. */
uint64_t hfi1c_random(void)
{
	uint64_t z = (random_state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}
