/* SPDX-License-Identifier: BSD-3-Clause */
/* Random content that both ends can make from the same seed. */
#ifndef CLIENTS_CONTENT_H
#define CLIENTS_CONTENT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* splitmix64: every word depends on all bits of the seed. */
static inline uint64_t content_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* One seed of several numbers, so that no two messages are alike. */
static inline uint64_t content_seed(uint64_t seed, uint64_t round,
				    uint64_t from, uint64_t to)
{
	uint64_t s = seed;

	s = content_next(&s) ^ round;
	s = content_next(&s) ^ from;
	s = content_next(&s) ^ to;
	return content_next(&s);
}

static inline void content_fill(void *buf, size_t len, uint64_t seed)
{
	unsigned char *p = buf;
	size_t n;
	uint64_t w;

	for (; len; p += n, len -= n) {
		w = content_next(&seed);
		n = len < sizeof(w) ? len : sizeof(w);
		memcpy(p, &w, n);
	}
}

/* Position of the first byte that is not as content_fill() made it, or -1. */
static inline long content_check(const void *buf, size_t len, uint64_t seed)
{
	const unsigned char *p = buf;
	size_t at, n, i;
	uint64_t w;

	for (at = 0; at < len; at += n) {
		w = content_next(&seed);
		n = len - at < sizeof(w) ? len - at : sizeof(w);
		if (!memcmp(p + at, &w, n))
			continue;
		for (i = 0; i < n && p[at + i] == ((unsigned char *)&w)[i]; i++)
			;
		return (long)(at + i);
	}
	return -1;
}

#endif
