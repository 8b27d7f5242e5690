// SPDX-License-Identifier: BSD-3-Clause
/*
 * The yardstick: messages copied into memory that both processes share, and
 * out of it again.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "perf.h"

/* The largest window of messages, see perf_stream_open(). */
#define MAILBOX_BYTES (4 * 1024 * 1024 + 4096)

struct perf_mailbox {
	_Alignas(64) uint64_t put; /* messages, by the sender */
	_Alignas(64) uint64_t taken; /* by the receiver */
	_Alignas(4096) unsigned char data[MAILBOX_BYTES];
};

struct perf_mailbox *perf_mailbox_new(void)
{
	void *p = mmap(NULL, sizeof(struct perf_mailbox),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

/* Whatever was sent before has been taken. */
void perf_mailbox_start(struct perf_stream *s)
{
	s->mailbox_start = s->out->put;
}

uint64_t perf_mailbox_taken(const struct perf_stream *s)
{
	return __atomic_load_n(&s->out->taken, __ATOMIC_ACQUIRE) -
	       s->mailbox_start;
}

int perf_mailbox_put(struct perf_stream *s)
{
	struct perf_mailbox *box = s->out;
	uint64_t put = box->put;
	size_t at = s->posted % s->window * s->stride;

	if (put - __atomic_load_n(&box->taken, __ATOMIC_ACQUIRE) >= s->window)
		return -EAGAIN;
	memcpy(box->data + at, s->source + at, s->size);
	__atomic_store_n(&box->put, put + 1, __ATOMIC_RELEASE);
	return 0;
}

/* Returns how many messages were there, 0 or 1. */
int perf_mailbox_take(struct perf_stream *s)
{
	struct perf_mailbox *box = s->in;
	uint64_t taken = box->taken;
	size_t at = s->received % s->window * s->stride;

	if (__atomic_load_n(&box->put, __ATOMIC_ACQUIRE) == taken)
		return 0;
	memcpy(s->sink + at, box->data + at, s->size);
	__atomic_store_n(&box->taken, taken + 1, __ATOMIC_RELEASE);
	return 1;
}
