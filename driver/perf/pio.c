// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sending by PIO.
 *
 * The first block of a packet goes to the window for the start of packets,
 * the others to the plain one; the chip counts blocks and needs no doorbell.
 * Blocks are written whole, as adjacent aligned quadwords, so that they leave
 * a write-combining buffer in one piece.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "endpoint.h"

#define BLOCK_QWS (WFR_PIO_BLOCK_SIZE / sizeof(uint64_t))

static void write_block(const struct hfi1u_mapping *window, unsigned int block,
			const void *data)
{
	volatile uint64_t *to = window->object;
	uint64_t words[BLOCK_QWS];
	unsigned int i;

	memcpy(words, data, sizeof(words));
	to += block * BLOCK_QWS;
	for (i = 0; i < BLOCK_QWS; i++)
		to[i] = words[i];
}

static void next_block(struct hfi1t *t)
{
	t->block = t->block + 1 == t->info.credits ? 0 : t->block + 1;
	t->fill++;
}

static void write_payload(struct hfi1t *t, const unsigned char *data,
			  size_t length)
{
	const struct hfi1u_mapping *window = &t->map[HFI1U_REGION_PIO_BUFS];
	unsigned char last[WFR_PIO_BLOCK_SIZE] = { 0 };

	for (; length >= WFR_PIO_BLOCK_SIZE; length -= WFR_PIO_BLOCK_SIZE) {
		write_block(window, t->block, data);
		data += WFR_PIO_BLOCK_SIZE;
		next_block(t);
	}
	if (!length)
		return;
	memcpy(last, data, length);
	write_block(window, t->block, last);
	next_block(t);
}

/* Blocks that are free, or -EIO when the chip does not take any. */
static int free_blocks(const struct hfi1t *t)
{
	const uint64_t *events = t->map[HFI1U_REGION_EVENTS].object;
	const uint64_t *at = t->map[HFI1U_REGION_PIO_CRED].object;
	uint64_t word = le64toh(__atomic_load_n(at, __ATOMIC_ACQUIRE));
	unsigned int used;

	/* A halt shows in the credit word, a freeze only as an event. */
	if ((word & WFR_CREDIT_STATUS) ||
	    (__atomic_load_n(events, __ATOMIC_RELAXED) & HFI1_EVENT_FROZEN))
		return -EIO;
	used = (t->fill - WFR_GET(WFR_CREDIT_COUNTER, word)) &
	       WFR_CREDIT_COUNTER;
	return t->info.credits - used;
}

int hfi1t_pio_send(struct hfi1t *t, const struct hfi1t_packet *p)
{
	int need =
		1 + (p->length + WFR_PIO_BLOCK_SIZE - 1) / WFR_PIO_BLOCK_SIZE;
	int have = free_blocks(t);
	struct hfi1_pkt_header head;
	struct hfi1t_header h;

	if (p->length > t->pio_max)
		return -EMSGSIZE;
	if (have < need)
		return have < 0 ? have : -EAGAIN;
	hfi1t_describe(t, p, &h);
	/* Below its threshold the chip keeps credits to itself. */
	h.credit_return = have - need < t->info.credits / 2;
	hfi1t_header_build(&h, p->length, &head);
	write_block(&t->map[HFI1U_REGION_PIO_BUFS_SOP], t->block, &head);
	next_block(t);
	write_payload(t, p->payload, p->length);
	/* Empties the write-combining buffers. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return 0;
}
