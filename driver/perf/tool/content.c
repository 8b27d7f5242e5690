// SPDX-License-Identifier: BSD-3-Clause
/*
 * Content that is different for each message and each place in it, so that
 * what is stale, moved or missing cannot pass for right.
 */
#include <string.h>

#include "perf.h"

static uint64_t word_of(uint64_t message, size_t index)
{
	uint64_t x = (message + 1) * 0x9e3779b97f4a7c15ULL + index;

	x = (x ^ x >> 32) * 0xd6e8feb86659fd93ULL;
	return x ^ x >> 32;
}

void perf_fill(void *data, size_t size, uint64_t message)
{
	unsigned char *to = data;
	uint64_t word;
	size_t i, now;

	for (i = 0; size; i++, to += now, size -= now) {
		word = word_of(message, i);
		now = size < sizeof(word) ? size : sizeof(word);
		memcpy(to, &word, now);
	}
}

/* @offset, where in the message it is, is a multiple of the word. */
bool perf_matches(const void *data, size_t size, uint64_t message,
		  size_t offset)
{
	const unsigned char *at = data;
	uint64_t word;
	size_t i, now;

	for (i = offset / sizeof(word); size; i++, at += now, size -= now) {
		word = word_of(message, i);
		now = size < sizeof(word) ? size : sizeof(word);
		if (memcmp(at, &word, now))
			return false;
	}
	return true;
}
