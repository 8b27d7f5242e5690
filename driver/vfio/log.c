// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "log.h"

static FILE *out;
static enum vfu_log_level keep = VFU_LOG_INFO;

static const char *const names[] = { "error", "info", "debug", "trace" };

int vfu_log_open(const char *path)
{
	FILE *f = fopen(path, "ae");

	if (!f)
		return -errno;
	setvbuf(f, NULL, _IOLBF, 0);
	out = f;
	return 0;
}

void vfu_log_set(enum vfu_log_level level)
{
	__atomic_store_n(&keep, level, __ATOMIC_RELAXED);
}

enum vfu_log_level vfu_log_level(void)
{
	return __atomic_load_n(&keep, __ATOMIC_RELAXED);
}

int vfu_log_parse(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return i;
	return -EINVAL;
}

void vfu_log(enum vfu_log_level level, const char *who, const char *fmt, ...)
{
	char text[512];
	struct timespec ts;
	va_list ap;

	if (level > vfu_log_level())
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	/* One call a line, so that lines of two threads do not mix. */
	fprintf(out ? out : stderr, "[%5lld.%06ld] %s: %s%s%s\n",
		(long long)ts.tv_sec, ts.tv_nsec / 1000, names[level],
		who ? who : "", who ? ": " : "", text);
}
