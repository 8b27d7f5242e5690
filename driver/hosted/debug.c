// SPDX-License-Identifier: BSD-3-Clause
/* Warnings, logs and fault injection. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/bug.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <hosted/debug.h>
#include "internal.h"

static unsigned long warn_count;
static bool warn_fatal;
static void (*bug_hook)(const char *what);
static FILE *log_out;
static enum hosted_level log_level = HOSTED_WARNING;
static long fail_global;

bool hosted_tracing;

static void log_line(enum hosted_level level, const char *fmt, va_list ap)
{
	FILE *out = READ_ONCE(log_out);
	char line[512];
	size_t n;

	if (level > READ_ONCE(log_level))
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	n = strlen(line);
	while (n && line[n - 1] == '\n')
		line[--n] = 0;
	fprintf(out ? out : stderr, "%s\n", line);
	fflush(out ? out : stderr);
}

void hosted_log_to(FILE *out, enum hosted_level level)
{
	WRITE_ONCE(log_out, out);
	WRITE_ONCE(log_level, level);
	WRITE_ONCE(hosted_tracing, level >= HOSTED_DEBUG);
}

void hosted_printk(enum hosted_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(level, fmt, ap);
	va_end(ap);
}

void hosted_trace(const char *event, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	hosted_printk(HOSTED_DEBUG, "%s: %s", event, text);
}

const char *hosted_print_hex(const void *buf, size_t count)
{
	static __thread char text[3 * 64];
	const unsigned char *byte = buf;
	size_t i, at = 0;

	text[0] = 0;
	for (i = 0; i < count && at + 3 < sizeof(text); i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%02x",
			       i ? " " : "", byte[i]);
	return text;
}

void hosted_warn(const char *file, int line, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	hosted_printk(HOSTED_ERR, "WARNING: %s:%d: %s", file, line, what);
	__atomic_fetch_add(&warn_count, 1, __ATOMIC_RELAXED);
	if (READ_ONCE(warn_fatal))
		hosted_bug(file, line, what);
}

void hosted_bug(const char *file, int line, const char *what)
{
	void (*hook)(const char *) = READ_ONCE(bug_hook);

	hosted_printk(HOSTED_EMERG, "BUG: %s:%d: %s", file, line, what);
	if (hook)
		hook(what);
	abort();
}

unsigned long hosted_warn_count(void)
{
	return READ_ONCE(warn_count);
}

void hosted_warn_reset(void)
{
	WRITE_ONCE(warn_count, 0);
}

void hosted_warn_fatal(bool fatal)
{
	WRITE_ONCE(warn_fatal, fatal);
}

void hosted_bug_hook(void (*fn)(const char *what))
{
	WRITE_ONCE(bug_hook, fn);
}

/* Ten lines in five seconds from one place, as in the kernel. */
int hosted_ratelimit(struct hosted_ratelimit *rl)
{
	unsigned long long window = hosted_jiffies() / 5000;

	if (__atomic_exchange_n(&rl->window, window, __ATOMIC_RELAXED) !=
	    window)
		WRITE_ONCE(rl->printed, 0);
	return __atomic_fetch_add(&rl->printed, 1, __ATOMIC_RELAXED) < 10;
}

static long *fail_counter(struct task_struct *tsk)
{
	return tsk ? &tsk->fail_alloc : &fail_global;
}

void hosted_fail_alloc(struct task_struct *tsk, long nth)
{
	WRITE_ONCE(*fail_counter(tsk), nth);
}

long hosted_fail_alloc_left(struct task_struct *tsk)
{
	return READ_ONCE(*fail_counter(tsk));
}

static bool count_down(long *counter)
{
	long left = READ_ONCE(*counter);

	while (left > 0) {
		if (__atomic_compare_exchange_n(counter, &left, left - 1, false,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return left == 1;
	}
	return false;
}

bool hosted_should_fail(void)
{
	bool task_fails = count_down(&current->fail_alloc);

	return count_down(&fail_global) || task_fails;
}

void hosted_live(struct hosted_live *live)
{
	*live = (struct hosted_live){
		.arena_pages = hosted_arena_live(),
		.dma_maps = hosted_dma_live(),
		.pinned_pages = hosted_pages_pinned(),
		.notifiers = hosted_notifiers_live(),
		.mms = hosted_mm_live(),
		.files = hosted_files_live(),
		.threads = hosted_threads_live(),
	};
	hosted_slab_live(&live->objects, &live->bytes);
}
