// SPDX-License-Identifier: BSD-3-Clause
/*
 * Messages over an endpoint: a size, a window, an order, and content that can
 * be checked.
 *
 * A message is as many packets as it takes.  Its software words say what it
 * is, its number, and where in it the packet's payload belongs.  The fabric
 * keeps packets of one sender in order; what comes out of order is an error.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "perf.h"
#include "wfr_regs.h"
#include "wfr_words.h"

/* Bytes of all messages under way, and so of registered memory. */
#define AREA_MAX (4 * 1024 * 1024)

/* Looks at an empty queue before the CPU is given away. */
#define SPINS 256

#define WORD_KIND   0
#define WORD_NUMBER 1

enum kind { KIND_DATA = 0x70657266, KIND_ACK };

static size_t round_up(size_t x, size_t n)
{
	return (x + n - 1) / n * n;
}

static unsigned char *new_area(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	memset(p, 0, size);
	return p;
}

static void limit_window(struct perf_stream *s)
{
	size_t slots;

	s->stride = s->size;
	if (s->method == PERF_EXPECTED || s->size > WFR_PAGE_SIZE)
		s->stride = round_up(s->size, WFR_PAGE_SIZE);
	s->stride = round_up(s->stride ? s->stride : 1, WFR_PIO_BLOCK_SIZE);
	slots = AREA_MAX / s->stride;
	if (s->window > slots)
		s->window = slots;
}

/* Register our buffers, and learn of the peer's. */
static int swap_tids(struct perf_stream *s, int peer)
{
	unsigned int i;
	int ret = 0;

	s->mine = calloc(s->window, sizeof(*s->mine));
	s->theirs = calloc(s->window, sizeof(*s->theirs));
	if (!s->mine || !s->theirs)
		return -ENOMEM;
	for (i = 0; !ret && i < s->window; i++) {
		ret = hfi1t_register(s->t, s->sink + i * s->stride, s->stride,
				     &s->mine[i]);
		if (ret)
			return perf_fail(ret, "cannot register %zu bytes",
					 s->stride);
	}
	hfi1t_flow_start(s->t, 0, s->generation);
	for (i = 0; !ret && i < s->window; i++) {
		s->theirs[i] = s->mine[i];
		s->theirs[i].words = NULL;
		if (s->self)
			continue;
		ret = perf_swap(peer, &s->mine[i].count,
				sizeof(s->mine[i].count), &s->theirs[i].count,
				sizeof(s->theirs[i].count));
	}
	for (i = 0; !ret && i < s->window; i++) {
		size_t out = s->mine[i].count * sizeof(uint32_t);
		size_t in = s->theirs[i].count * sizeof(uint32_t);

		s->theirs[i].words = malloc(in);
		if (!s->theirs[i].words)
			return -ENOMEM;
		if (s->self)
			memcpy(s->theirs[i].words, s->mine[i].words, in);
		else
			ret = perf_swap(peer, s->mine[i].words, out,
					s->theirs[i].words, in);
	}
	return ret;
}

int perf_stream_open(struct perf_stream *s, int peer)
{
	unsigned int i;
	int ret = 0;

	limit_window(s);
	s->source = new_area(s->window * s->stride);
	s->sink = new_area(s->window * s->stride);
	if (!s->source || !s->sink)
		ret = -ENOMEM;
	for (i = 0; !ret && i < s->window; i++)
		perf_fill(s->source + i * s->stride, s->size, i);
	if (!ret && s->method == PERF_EXPECTED)
		ret = swap_tids(s, peer);
	if (s->method == PERF_MEMCPY)
		perf_mailbox_start(s);
	s->quiet_since = perf_now();
	return ret;
}

void perf_stream_close(struct perf_stream *s)
{
	size_t size = s->window * s->stride;
	unsigned int i;

	for (i = 0; s->mine && i < s->window; i++)
		if (s->mine[i].words)
			hfi1t_unregister(s->t, &s->mine[i]);
	for (i = 0; s->theirs && i < s->window; i++)
		free(s->theirs[i].words);
	free(s->mine);
	free(s->theirs);
	if (s->source)
		munmap(s->source, size);
	if (s->sink)
		munmap(s->sink, size);
}

static struct hfi1t_packet packet_of(const struct perf_stream *s,
				     enum kind kind, uint64_t number)
{
	return (struct hfi1t_packet){
		.to = s->to,
		.psn = WFR_GET(WFR_BTH2_PSN, number),
		.words = { [WORD_KIND] = kind, [WORD_NUMBER] = number },
	};
}

/* The message as a whole, freshly filled where content is checked. */
static struct hfi1t_packet message_of(struct perf_stream *s, uint64_t number)
{
	struct hfi1t_packet p = packet_of(s, KIND_DATA, number);
	unsigned char *data = s->source + number % s->window * s->stride;

	if (s->plan->check && !s->put)
		perf_fill(data, s->size, number);
	p.payload = data;
	p.length = s->size;
	return p;
}

/* Send what is left of a message, as far as credits reach; 0 or -errno. */
static int put_pio(struct perf_stream *s)
{
	struct hfi1t_packet p = message_of(s, s->posted);
	int ret;

	do {
		p.payload =
			s->source + s->posted % s->window * s->stride + s->put;
		p.length = s->size - s->put;
		if (p.length > s->t->pio_max)
			p.length = s->t->pio_max;
		p.words[HFI1T_WORD_SENT] = s->put;
		ret = hfi1t_pio_send(s->t, &p);
		if (ret)
			return ret;
		s->put += p.length;
	} while (s->put < s->size);
	s->put = 0;
	return 0;
}

static int put_expected(struct perf_stream *s)
{
	const struct hfi1t_tids *tids = &s->theirs[s->posted % s->window];
	struct hfi1t_packet p = message_of(s, s->posted);
	int ret;

	p.psn = hfi1t_flow_psn(s->generation, s->flow_packets);
	ret = hfi1t_sdma_expected(s->t, &p, tids);
	if (ret < 0)
		return ret;
	s->flow_packets += hfi1t_expected_packets(s->t, tids, s->size);
	return 0;
}

/* Several messages with one system call. */
static int post_sdma(struct perf_stream *s, unsigned int count)
{
	struct hfi1t_packet p[HFI1T_BATCH];
	unsigned int i;

	if (count > HFI1T_BATCH)
		count = HFI1T_BATCH;
	for (i = 0; i < count; i++)
		p[i] = message_of(s, s->posted + i);
	return hfi1t_sdma_send(s->t, p, count);
}

static int put_one(struct perf_stream *s)
{
	switch (s->method) {
	case PERF_PIO:
		return put_pio(s);
	case PERF_EXPECTED:
		return put_expected(s);
	default:
		if (s->plan->check)
			message_of(s, s->posted);
		return perf_mailbox_put(s);
	}
}

int perf_stream_post(struct perf_stream *s, unsigned int count)
{
	unsigned int room = s->window - (s->posted - s->acked), done = 0;
	int ret = 0;

	if (s->ack_every && count > room)
		count = room;
	if (!count)
		return 0;
	if (s->method == PERF_SDMA) {
		ret = post_sdma(s, count);
		if (ret > 0)
			s->posted += ret;
		return ret == -EAGAIN ? 0 : ret;
	}
	while (done < count && !ret) {
		ret = put_one(s);
		if (!ret) {
			s->posted++;
			done++;
		}
	}
	return ret && ret != -EAGAIN ? ret : (int)done;
}

static bool content_is_right(const struct perf_stream *s, const void *payload,
			     size_t offset, size_t length)
{
	if (!s->plan->check)
		return true;
	if (length > s->size - offset)
		length = s->size - offset;
	return perf_matches(payload, length, s->received, offset);
}

static void message_is_complete(struct perf_stream *s)
{
	s->received++;
	s->got = 0;
	if (s->self || s->method == PERF_MEMCPY)
		return;
	if (s->ack_every &&
	    (s->received % s->ack_every == 0 || s->received == s->goal))
		s->ack_due = true;
}

/* The packets before it may have been suppressed: only its end counts. */
static int take_expected(struct perf_stream *s, const struct hfi1t_arrival *a)
{
	const unsigned char *data =
		s->sink + s->received % s->window * s->stride;
	size_t end = a->words[HFI1T_WORD_SENT] + a->length;

	if (end < s->size)
		return 0;
	if (!content_is_right(s, data, 0, s->size))
		return -EBADMSG;
	message_is_complete(s);
	return 0;
}

static int take_eager(struct perf_stream *s, const struct hfi1t_arrival *a)
{
	if (a->words[HFI1T_WORD_SENT] != s->got ||
	    !content_is_right(s, a->payload, s->got, a->length))
		return -EBADMSG;
	s->got += a->length;
	if (s->got >= s->size)
		message_is_complete(s);
	return 0;
}

static int take(struct perf_stream *s, const struct hfi1t_arrival *a)
{
	if (a->words[WORD_KIND] == KIND_ACK) {
		/* Numbers travel as 32 bits. */
		s->acked += (uint32_t)(a->words[WORD_NUMBER] - s->acked);
		return s->acked > s->posted ? -EPROTO : 0;
	}
	if (a->words[WORD_KIND] != KIND_DATA ||
	    a->words[WORD_NUMBER] != (uint32_t)s->received)
		return -EPROTO;
	return a->expected ? take_expected(s, a) : take_eager(s, a);
}

static int send_ack(struct perf_stream *s)
{
	struct hfi1t_packet p = packet_of(s, KIND_ACK, s->received);
	int ret = hfi1t_pio_send(s->t, &p);

	if (!ret)
		s->ack_due = false;
	return ret == -EAGAIN ? 0 : ret;
}

static int progress_memory(struct perf_stream *s)
{
	int n = perf_mailbox_take(s);

	if (n &&
	    !content_is_right(s, s->sink + s->received % s->window * s->stride,
			      0, s->size))
		return -EBADMSG;
	if (n)
		message_is_complete(s);
	s->acked = perf_mailbox_taken(s);
	return n;
}

static int progress_endpoint(struct perf_stream *s)
{
	struct hfi1t_arrival a;
	int n = 0, ret = 0;

	while (n < SPINS && (ret = hfi1t_receive(s->t, &a)) == 1) {
		ret = take(s, &a);
		if (ret)
			break;
		n++;
	}
	if (s->self)
		s->acked = s->received;
	if (ret >= 0)
		ret = hfi1t_sdma_progress(s->t);
	if (ret >= 0 && s->ack_due)
		ret = send_ack(s);
	return ret < 0 ? ret : n;
}

int perf_stream_progress(struct perf_stream *s)
{
	int n = s->method == PERF_MEMCPY ? progress_memory(s) :
					   progress_endpoint(s);

	if (n > 0) {
		s->quiet_since = 0;
		s->idle = 0;
	}
	return n;
}

int perf_stream_idle(struct perf_stream *s)
{
	uint64_t now;
	int ret = 0;

	if (++s->idle % SPINS)
		return 0;
	now = perf_now();
	if (!s->quiet_since)
		s->quiet_since = now;
	if (now - s->quiet_since > s->plan->timeout_s * 1000000000ULL)
		return -ETIMEDOUT;
	if (s->plan->wait == PERF_YIELD || s->method == PERF_MEMCPY)
		sched_yield();
	else if (s->plan->wait == PERF_POLL)
		ret = hfi1t_wait(s->t, 10);
	return ret < 0 ? ret : 0;
}
