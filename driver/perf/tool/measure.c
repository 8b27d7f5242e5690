// SPDX-License-Identifier: BSD-3-Clause
/*
 * Latency, bandwidth and message rate.
 *
 * Latency: a message goes to and fro, and half of that time counts; to
 * oneself it goes once.  Bandwidth and rate: messages one after another, as
 * many under way as the window allows, until the last one is known to have
 * been received.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "perf.h"

/* Messages by default: enough to be stable, few enough to be quick. */
#define SMALL_MESSAGE	 8192
#define SMALL_ITERATIONS 1000
#define LARGE_ITERATIONS 100

/* At least so many acknowledgements within a window. */
#define ACKS_PER_WINDOW 2

static uint32_t iterations_of(const struct perf_plan *plan, size_t size)
{
	if (plan->iterations)
		return plan->iterations;
	return size <= SMALL_MESSAGE ? SMALL_ITERATIONS : LARGE_ITERATIONS;
}

static int until_received(struct perf_stream *s, uint64_t count)
{
	int ret;

	while (s->received < count) {
		ret = perf_stream_progress(s);
		if (!ret)
			ret = perf_stream_idle(s);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Post one message whatever it takes. */
static int post_one(struct perf_stream *s)
{
	int ret;

	while (!(ret = perf_stream_post(s, 1))) {
		ret = perf_stream_progress(s);
		if (!ret)
			ret = perf_stream_idle(s);
		if (ret < 0)
			return ret;
	}
	return ret < 0 ? ret : 0;
}

static int ping(struct perf_stream *s, uint64_t *ns)
{
	uint64_t start = perf_now();
	int ret = post_one(s);

	if (!ret)
		ret = until_received(s, s->received + 1);
	*ns = perf_now() - start;
	if (!s->self)
		*ns /= 2;
	return ret;
}

static int pong(struct perf_stream *s)
{
	int ret = until_received(s, s->received + 1);

	return ret ? ret : post_one(s);
}

static int pingpong(struct perf_stream *s, bool first, uint32_t count,
		    uint64_t *ns)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; !ret && i < count; i++)
		ret = first ? ping(s, &ns[i]) : pong(s);
	return ret;
}

static void report_latency(struct perf_row *row, uint64_t *ns, size_t count)
{
	static const struct {
		const char *name;
		double part;
	} wanted[] = {
		{ "median_us", 0.5 },
		{ "p99_us", 0.99 },
		{ "p99_9_us", 0.999 },
	};
	double sum = 0;
	size_t i;

	perf_sort(ns, count);
	for (i = 0; i < count; i++)
		sum += ns[i];
	perf_value(row, "min_us", ns[0] / 1e3);
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		perf_value(row, wanted[i].name,
			   perf_percentile(ns, count, wanted[i].part) / 1e3);
	perf_value(row, "max_us", ns[count - 1] / 1e3);
	perf_value(row, "mean_us", sum / count / 1e3);
}

static int latency(struct perf_stream *s, bool first, struct perf_row *row)
{
	uint32_t warmup = s->plan->warmup, count = row->iterations;
	uint64_t *ns = calloc((size_t)warmup + count, sizeof(*ns));
	int ret = ns ? 0 : -ENOMEM;

	s->ack_every = 0;
	if (!ret)
		ret = pingpong(s, first, warmup + count, ns);
	if (!ret && first)
		report_latency(row, ns + warmup, count);
	free(ns);
	return ret;
}

/* @count more messages in one direction. */
static int flood(struct perf_stream *s, bool first, uint32_t count)
{
	int ret, moved;

	s->goal += count;
	if (!first) {
		ret = until_received(s, s->goal);
		/* The last acknowledgement may still want credits. */
		while (!ret && s->ack_due)
			ret = perf_stream_progress(s);
		return ret < 0 ? ret : 0;
	}
	while (s->acked < s->goal) {
		moved = perf_stream_post(s, s->goal - s->posted);
		if (moved < 0)
			return moved;
		ret = perf_stream_progress(s);
		if (!ret && !moved)
			ret = perf_stream_idle(s);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int throughput(struct perf_stream *s, bool first, struct perf_row *row)
{
	uint64_t start, ns;
	int ret;

	s->ack_every = s->window / ACKS_PER_WINDOW;
	if (!s->ack_every)
		s->ack_every = 1;
	ret = flood(s, first, s->plan->warmup);
	start = perf_now();
	if (!ret)
		ret = flood(s, first, row->iterations);
	ns = perf_now() - start;
	if (ret || !first)
		return ret;
	if (row->test == PERF_BANDWIDTH)
		perf_value(row, "MB_per_s",
			   (double)row->iterations * s->size / ns * 1e3);
	perf_value(row, "messages_per_s", row->iterations * 1e9 / ns);
	return 0;
}

/* As many messages as the receiver can hold, if it reads none of them. */
static unsigned int window_of(const struct perf_side *side,
			      enum perf_method method, size_t size)
{
	size_t packet = method == PERF_PIO ? side->t.pio_max : side->t.mtu;
	size_t packets = size ? (size + packet - 1) / packet : 1;
	size_t bytes = packets * 64 + size, n = side->plan.window;

	if (method == PERF_MEMCPY)
		return n;
	if (method == PERF_EXPECTED)
		packets = bytes = 1;
	if (n > side->room_packets / packets)
		n = side->room_packets / packets;
	if (n > side->room_bytes / bytes)
		n = side->room_bytes / bytes;
	return n;
}

static void describe(struct perf_side *side, struct perf_stream *s,
		     struct perf_row *row)
{
	static unsigned int generation;

	*s = (struct perf_stream){
		.plan = &side->plan,
		.method = row->method,
		.t = &side->t,
		.to = side->to,
		.self = side->peer < 0,
		.size = row->x,
		.window = window_of(side, row->method, row->x),
		.generation = generation++,
		.out = side->out,
		.in = side->in,
	};
}

static int one_row(struct perf_side *side, struct perf_row *row)
{
	struct perf_stream s;
	int ret;

	describe(side, &s, row);
	if (!s.window)
		return perf_fail(-EMSGSIZE,
				 "%llu bytes do not fit the "
				 "receiver's eager buffers",
				 (unsigned long long)row->x);
	ret = perf_stream_open(&s, side->peer);
	/* Nobody begins before both are ready. */
	if (!ret && side->peer >= 0)
		ret = perf_swap(side->peer, "g", 1, (char[1]){ 0 }, 1);
	if (!ret && row->test == PERF_LATENCY)
		ret = latency(&s, side->first, row);
	else if (!ret)
		ret = throughput(&s, side->first, row);
	if (!ret && side->peer >= 0)
		ret = perf_swap(side->peer, "e", 1, (char[1]){ 0 }, 1);
	if (ret)
		perf_fail(ret, "%s by %s, %llu bytes, message %llu of %llu",
			  perf_test_name[row->test],
			  perf_method_name[row->method],
			  (unsigned long long)row->x,
			  (unsigned long long)s.received,
			  (unsigned long long)s.posted);
	perf_stream_close(&s);
	return ret;
}

static int all_sizes(struct perf_side *side, enum perf_test test,
		     enum perf_method method)
{
	uint64_t size = side->plan.min;
	int ret = 0;

	/* A registered buffer without bytes is none. */
	if (method == PERF_EXPECTED && !size)
		size = 1;
	while (!ret && size <= side->plan.max) {
		struct perf_row row = { .test = test,
					.method = method,
					.x = size };

		row.iterations = iterations_of(&side->plan, size);
		ret = one_row(side, &row);
		if (!ret && side->first)
			perf_report_add(side->report, &row);
		size = size ? size * 2 : 1;
	}
	return ret;
}

int perf_measure(struct perf_side *side)
{
	int test, method, ret = 0;

	for (test = PERF_LATENCY; test <= PERF_RATE; test++)
		for (method = 0; !ret && method < PERF_METHODS; method++)
			if ((side->plan.tests & 1u << test) &&
			    (side->plan.methods & 1u << method))
				ret = all_sizes(side, test, method);
	return ret;
}
