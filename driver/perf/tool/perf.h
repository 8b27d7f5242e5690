/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hfi1-perf: what its files share.
 */
#ifndef HFI1_PERF_H
#define HFI1_PERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../transport.h"

enum perf_test {
	PERF_LATENCY,
	PERF_BANDWIDTH,
	PERF_RATE,
	PERF_CONTEXTS,
	PERF_TIDS,
	PERF_TESTS
};

enum perf_method {
	PERF_PIO,
	PERF_SDMA,
	PERF_EXPECTED,
	PERF_MEMCPY,
	PERF_METHODS
};

enum perf_place {
	PERF_SERVER, /* wait for a client */
	PERF_CLIENT, /* go to a server */
	PERF_FORK, /* be both, as two processes */
	PERF_SELF, /* one process that sends to itself */
};

enum perf_wait { PERF_YIELD, PERF_SPIN, PERF_POLL };

enum perf_format { PERF_TEXT, PERF_CSV, PERF_JSON };

/** struct perf_plan - what both ends must agree on; travels as it is */
struct perf_plan {
	uint32_t tests; /* mask of enum perf_test */
	uint32_t methods;
	uint64_t min, max; /* bytes of a message */
	uint32_t iterations; /* 0: by size */
	uint32_t warmup;
	uint32_t window;
	uint32_t wait;
	uint32_t check;
	uint32_t timeout_s;
};

struct perf_options {
	struct perf_plan plan;
	enum perf_place place;
	const char *device;
	const char *peer_device;
	const char *host;
	const char *port;
	unsigned int contexts; /* most of them */
	unsigned int pages;
	enum perf_format format;
	const char *output;
	const char *plot;
};

#define PERF_VALUES 8

/** struct perf_row - a result */
struct perf_row {
	enum perf_test test;
	enum perf_method method;
	uint64_t x; /* bytes, contexts or pages */
	uint64_t iterations;
	unsigned int count;
	struct {
		const char *name;
		double value;
	} value[PERF_VALUES];
};

/** perf_value() - add a value to a row. */
void perf_value(struct perf_row *row, const char *name, double value);

extern const char *const perf_test_name[PERF_TESTS];
extern const char *const perf_method_name[PERF_METHODS];
/** perf_axis() - what x of a test's rows counts. */
const char *perf_axis(enum perf_test test);

/* options.c */
int perf_options_parse(struct perf_options *opt, int argc, char **argv);

/* report.c */
struct perf_report;
struct perf_report *perf_report_open(const struct perf_options *opt);
void perf_report_add(struct perf_report *r, const struct perf_row *row);
/** perf_report_close() - 0, or -1 if it could not be written or plotted. */
int perf_report_close(struct perf_report *r);

/* plot.c: a chart of the rows of each test, by gnuplot */
int perf_plot(const char *path, const struct perf_row *rows,
	      unsigned int count);

/* peer.c: the connection both ends talk over beside the fabric */
int perf_peer_listen(const char *port);
int perf_peer_accept(int listener);
int perf_peer_connect(const char *host, const char *port);
/** perf_swap() - send @out, get the same of the other end. */
int perf_swap(int peer, const void *out, size_t out_size, void *in,
	      size_t in_size);

/* clock.c */
uint64_t perf_now(void); /* ns */
/** perf_sort() - in place, for perf_percentile(). */
void perf_sort(uint64_t *sample, size_t count);
/** perf_percentile() - @part of 1 of the samples are not above it. */
uint64_t perf_percentile(const uint64_t *sample, size_t count, double part);

/** perf_fail() - say what went wrong; returns @err. */
int perf_fail(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* stream.c, memory.c */

struct perf_mailbox;

/**
 * struct perf_stream - messages of one size to a peer and from it
 * @plan, @method, @size: what is measured
 * @t:         endpoint; unused with memcpy
 * @to:        the peer's address; with @self our own
 * @stride:    bytes a message has for itself in @source and @sink
 * @window:    messages that may be under way
 * @ack_every: messages after which the receiver answers, 0: never, and
 *             the sender does not wait for it
 * @posted, @acked: messages sent, and known to be received
 * @received:  messages that came
 */
struct perf_stream {
	const struct perf_plan *plan;
	enum perf_method method;
	struct hfi1t *t;
	struct hfi1t_address to;
	bool self;
	size_t size, stride;
	unsigned int window, ack_every;
	uint64_t posted, acked, received, goal;
	unsigned char *source, *sink;

	size_t put, got; /* bytes of the message being sent, received */
	bool ack_due;
	struct hfi1t_tids *mine, *theirs;
	unsigned int generation;
	uint64_t flow_packets;
	struct perf_mailbox *out, *in;
	uint64_t mailbox_start;
	uint64_t quiet_since;
	unsigned int idle;
};

/* Where two processes copy to and from; made before they part. */
struct perf_mailbox *perf_mailbox_new(void);

/** perf_stream_open() - get ready; perf_stream_close() follows also if it fails. */
int perf_stream_open(struct perf_stream *s, int peer);
void perf_stream_close(struct perf_stream *s);
/** perf_stream_post() - send up to @count messages; how many, or -errno. */
int perf_stream_post(struct perf_stream *s, unsigned int count);
/** perf_stream_progress() - take what came; how many packets, or -errno. */
int perf_stream_progress(struct perf_stream *s);
/** perf_stream_idle() - nothing was to do: wait a little, or give up. */
int perf_stream_idle(struct perf_stream *s);

/* memory.c */
void perf_mailbox_start(struct perf_stream *s);
uint64_t perf_mailbox_taken(const struct perf_stream *s);
int perf_mailbox_put(struct perf_stream *s);
int perf_mailbox_take(struct perf_stream *s);

/* content.c */
void perf_fill(void *data, size_t size, uint64_t message);
bool perf_matches(const void *data, size_t size, uint64_t message,
		  size_t offset);

/* measure.c, scale.c */

/** struct perf_side - an end of the measurements */
struct perf_side {
	const struct perf_options *opt;
	struct perf_plan plan;
	struct hfi1t t;
	struct hfi1t_address to;
	unsigned int room_packets; /* the smaller of both ends */
	size_t room_bytes;
	int peer; /* -1: self */
	bool first; /* begins, measures and reports */
	struct perf_mailbox *out, *in;
	struct perf_report *report;
};

int perf_measure(struct perf_side *side);
int perf_scale_contexts(const struct perf_options *opt,
			struct perf_report *report);
int perf_scale_tids(const struct perf_options *opt, struct perf_report *report);

#endif
