/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Traffic between processes, every byte of it checked.
 *
 * Each worker has a context and sends packets of random kind, size and order
 * to the others: PIO, SDMA eager, SDMA expected.  A packet says who sent it,
 * its number in a stream (sender, receiver, kind) and during which epoch.  An
 * epoch ends when a fault is injected and when it is over.  Within an epoch
 * nothing may be lost; across one something may; never is anything damaged,
 * repeated or out of order.
 */
#ifndef HFI1C_STRESS_TRAFFIC_H
#define HFI1C_STRESS_TRAFFIC_H

#include <sys/types.h>

#include "../lib/sdma.h"
#include "../lib/tids.h"
#include "../lib/wire.h"

#define TRAFFIC_WORKERS	 4
#define TRAFFIC_SLOTS	 16 /* requests under way */
#define TRAFFIC_WINDOW	 24 /* packets of a stream not yet received */
#define TRAFFIC_EAGER	 8192 /* bytes of an eager request */
#define TRAFFIC_PAGES	 47 /* of a registered buffer: several entries */
#define TRAFFIC_EXPECTED (TRAFFIC_PAGES * 4096)
#define TRAFFIC_TIDS	 TRAFFIC_PAGES

enum traffic_kind {
	TRAFFIC_PIO,
	TRAFFIC_SDMA,
	TRAFFIC_TID,
	TRAFFIC_KINDS,
};

/* What may happen while it runs. */
enum traffic_fault {
	TRAFFIC_HALT,
	TRAFFIC_FREEZE, /* the driver asks for it */
	TRAFFIC_CHIP_FREEZE, /* an error inside the chip */
	TRAFFIC_FLAP,
	TRAFFIC_KILL,
	TRAFFIC_FAULTS,
};

/* A worker, as the others have to know it. */
struct traffic_peer {
	unsigned int life; /* counts restarts; 0: not there yet */
	unsigned int unit;
	uint16_t lid;
	struct hfi1_ctxt_info info;
	uint16_t jkey;
	unsigned int healthy; /* last probe that found it so */
	unsigned int recovered; /* faults that it was told of */
	uint64_t received[TRAFFIC_KINDS];
	pid_t pid;
	char at[64]; /* what it does, for the report of a stall */
};

/* How far a stream has come, between two lives. */
struct traffic_ack {
	unsigned int from_life, to_life;
	uint64_t next;
};

/* A buffer that a receiver has registered for a sender. */
struct traffic_offer {
	unsigned int from_life, to_life;
	unsigned int generation; /* counts messages; 0: none yet */
	unsigned int taken; /* generation that is on its way */
	unsigned int words;
	uint32_t tids[TRAFFIC_TIDS];
};

struct traffic {
	unsigned int workers;
	unsigned int kinds; /* mask */
	bool two_units;
	unsigned int faults; /* mask */
	unsigned int struck; /* unit that the last fault met */
	unsigned int counts[TRAFFIC_FAULTS];
	enum traffic_fault last;
	uint64_t target;
	unsigned int epoch; /* odd: a fault is under way */
	unsigned int probe;
	bool stop;
	struct traffic_peer peers[TRAFFIC_WORKERS];
	struct traffic_ack acks[TRAFFIC_WORKERS][TRAFFIC_WORKERS][TRAFFIC_KINDS];
	struct traffic_offer offers[TRAFFIC_WORKERS][TRAFFIC_WORKERS];
};

/* A request under way. */
struct traffic_slot {
	bool busy;
	unsigned int epoch;
	uint64_t since; /* ms */
	struct hfi1c_sdma_request request;
	uint32_t tids[TRAFFIC_TIDS];
	unsigned char *data;
};

/* The sending end of a stream. */
struct traffic_out {
	uint64_t sent, given_up;
	uint64_t acked;
	uint64_t since; /* ms, of the last progress */
	unsigned int patience; /* ms, until packets are given up */
	unsigned int epoch; /* in which the last packet was sent */
	unsigned int life; /* of the receiver */
};

/* The receiving end of one. */
struct traffic_in {
	uint64_t next;
	unsigned int epoch, life;
};

/* A registered buffer. */
struct traffic_buffer {
	unsigned char *data;
	struct hfi1c_tids *tids;
	unsigned int generation, life, epoch;
	uint64_t since;
};

struct traffic_worker {
	struct traffic *t;
	unsigned int number;
	struct traffic_peer *self;
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	struct hfi1_sdma_comp_entry *ring;
	const volatile uint64_t *events;
	unsigned int eager; /* buffer that was read last */
	bool untried; /* no request was taken since the last fault */
	struct hfi1c_packet plain; /* what all packets of this worker share */
	struct traffic_slot slots[TRAFFIC_SLOTS];
	struct traffic_out out[TRAFFIC_WORKERS][TRAFFIC_KINDS];
	struct traffic_in in[TRAFFIC_WORKERS][TRAFFIC_KINDS];
	struct traffic_buffer buffers[TRAFFIC_WORKERS];
};

/* What a packet says about itself. */
struct traffic_label {
	unsigned int from, to, kind;
	unsigned int from_life, to_life, epoch;
	uint32_t first, fragment, total, offset;
};

uint64_t traffic_ms(void);
unsigned int traffic_epoch(const struct traffic *t);
bool traffic_excused(const struct traffic *t, unsigned int epoch);

/* label.c */
void traffic_label(const struct traffic_label *l, uint32_t *words);
void traffic_read_label(const struct hfi1_pkt_header *h,
			struct traffic_label *l);
void traffic_fill(const struct traffic_label *l, uint32_t number, void *data,
		  size_t length);
bool traffic_matches(const struct traffic_label *l, uint32_t number,
		     const void *data, size_t length);

/* send.c */
void traffic_send(struct traffic_worker *w);
void traffic_reap(struct traffic_worker *w);
/** traffic_packets() - packets of a message into these entries */
unsigned int traffic_packets(const uint32_t *tids,
			     const struct traffic_label *l);
bool traffic_idle(struct traffic_worker *w);
void traffic_describe(struct traffic_worker *w, char *text, size_t size);

/* receive.c */
void traffic_offer(struct traffic_worker *w, unsigned int from);
void traffic_offers(struct traffic_worker *w);
unsigned int traffic_receive(struct traffic_worker *w);

/* worker.c */
void traffic_work(struct traffic *t, unsigned int number);

/* faults.c */
void traffic_inject(struct traffic *t);

/* run.c */
void traffic_start(struct traffic *t, unsigned int number);
void traffic_check(struct traffic *t);
uint64_t traffic_received(const struct traffic *t, enum traffic_kind kind);
void traffic_run(struct traffic *t);

#endif
