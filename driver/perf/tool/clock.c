// SPDX-License-Identifier: BSD-3-Clause
/* Time, and what is made of many times. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perf.h"

uint64_t perf_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void perf_sort(uint64_t *sample, size_t count)
{
	qsort(sample, count, sizeof(*sample), compare);
}

/* The nearest rank: the smallest sample that enough others do not exceed. */
uint64_t perf_percentile(const uint64_t *sample, size_t count, double part)
{
	size_t rank = ceil(part * count);

	return count ? sample[rank ? rank - 1 : 0] : 0;
}

void perf_value(struct perf_row *row, const char *name, double value)
{
	row->value[row->count].name = name;
	row->value[row->count].value = value;
	row->count++;
}

int perf_fail(int err, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "hfi1-perf: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(-err));
	return err;
}
