// SPDX-License-Identifier: BSD-3-Clause
/*
 * What packets say about themselves, and the data that belongs to it.
 */
#include <endian.h>
#include <string.h>
#include <time.h>

#include "traffic.h"

#define HFI1C_SOFTWARE_WORDS 7

uint64_t traffic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

unsigned int traffic_epoch(const struct traffic *t)
{
	return __atomic_load_n(&t->epoch, __ATOMIC_ACQUIRE);
}

/* Whether a fault came since @epoch, or is under way. */
bool traffic_excused(const struct traffic *t, unsigned int epoch)
{
	unsigned int now = traffic_epoch(t);

	return now != epoch || now % 2;
}

void traffic_label(const struct traffic_label *l, uint32_t *words)
{
	words[0] = l->from | l->to << 4 | l->kind << 8 | l->from_life << 16;
	words[1] = l->to_life;
	words[2] = l->first;
	words[3] = l->fragment;
	words[4] = l->total;
	words[5] = l->epoch;
}

void traffic_read_label(const struct hfi1_pkt_header *h,
			struct traffic_label *l)
{
	uint32_t words[HFI1C_SOFTWARE_WORDS], who;

	memcpy(words, h->kdeth.swdata, sizeof(words));
	who = le32toh(words[0]);

	l->from = who & 15;
	l->to = who >> 4 & 15;
	l->kind = who >> 8 & 15;
	l->from_life = who >> 16;
	l->to_life = le32toh(words[1]);
	l->first = le32toh(words[2]);
	l->fragment = le32toh(words[3]);
	l->total = le32toh(words[4]);
	l->epoch = le32toh(words[5]);
	l->offset = le32toh(words[6]);
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* Different for every packet, life and stream. */
static uint64_t key_of(const struct traffic_label *l, uint32_t number)
{
	return mix((uint64_t)number << 32 ^ (uint64_t)l->from_life << 16 ^
		   l->from << 8 ^ l->to << 4 ^ l->kind);
}

void traffic_fill(const struct traffic_label *l, uint32_t number, void *data,
		  size_t length)
{
	uint64_t key = key_of(l, number), word;
	unsigned char *to = data;
	size_t i, n;

	for (i = 0; i < length; i += n) {
		n = length - i < sizeof(word) ? length - i : sizeof(word);
		word = key + i * 0x9e3779b97f4a7c15ULL;
		memcpy(to + i, &word, n);
	}
}

bool traffic_matches(const struct traffic_label *l, uint32_t number,
		     const void *data, size_t length)
{
	uint64_t key = key_of(l, number), word, there;
	const unsigned char *from = data;
	size_t i;

	for (i = 0; i + sizeof(word) <= length; i += sizeof(word)) {
		word = key + i * 0x9e3779b97f4a7c15ULL;
		memcpy(&there, from + i, sizeof(there));
		if (there != word)
			return false;
	}
	word = key + i * 0x9e3779b97f4a7c15ULL;
	return !memcmp(from + i, &word, length - i);
}
