/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A context's data path: packets out by PIO, packets in by the header queue.
 */
#ifndef HFI1C_LIB_WIRE_H
#define HFI1C_LIB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"

/**
 * struct hfi1c_packet - a user (KDETH) packet
 *
 * hfi1c_packet_to() fills in one that is valid and goes to a context of the
 * same port; a case changes what it is about.
 */
struct hfi1c_packet {
	uint16_t slid, dlid;
	uint8_t sc, vl;
	uint8_t opcode;
	uint16_t pkey;
	uint8_t ctxt, subctxt;
	uint32_t psn;
	uint16_t jkey;
	uint8_t lnh;
	bool intr; /* ask for an urgent interrupt */
	bool sh; /* ask for no header at the receiver */
	bool credit_return;
	uint8_t tidctrl;
	uint16_t tid, offset;
	uint8_t flow; /* of TIDs */
	uint32_t words[6]; /* software's own; the seventh counts bytes */
	const void *payload;
	size_t length; /* of @payload, a multiple of 4 */
};

/* What the header queue said of a packet. */
struct hfi1c_arrival {
	uint64_t rhf;
	const unsigned char *header; /* LRH first */
	const unsigned char *payload; /* in an eager buffer, or NULL */
	size_t length;
};

/**
 * struct hfi1c_wire - the mapped data path of a context
 *
 * All of it belongs to the case's process and goes away with it.
 */
struct hfi1c_wire {
	const struct hfi1c_context *c;
	unsigned int members;
	volatile uint64_t *sop, *pio, *regs;
	const volatile uint64_t *credit;
	const volatile uint64_t *tail; /* NULL without DMA_RTAIL */
	const unsigned char *queue, *eager;
	unsigned int block; /* next one of the window */
	unsigned int fill; /* blocks written since the start */
	unsigned int entry, sequence; /* next arrival */
	unsigned int buffer; /* eager buffers before it are done with */
	uint16_t lid;
};

/* Opcode that no software layer acts upon. */
#define HFI1C_OPCODE 0xc2

/**
 * hfi1c_wire_open() - map the data path of @c, a member of @members.
 *
 * The case is skipped when the port has no LID or its link is down.
 */
void hfi1c_wire_open(struct hfi1c_wire *w, const struct hfi1c_context *c,
		     unsigned int members);

/**
 * hfi1c_wire_close() - unmap everything, for cases that open many contexts.
 *
 * A mapping keeps its context alive.
 */
void hfi1c_wire_close(struct hfi1c_wire *w);

/** hfi1c_wire_allow() - SET_PKEY with a key of the port's table. */
void hfi1c_wire_allow(struct hfi1c_wire *w);

/** hfi1c_wire_restart() - forget positions, as after CTXT_RESET. */
void hfi1c_wire_restart(struct hfi1c_wire *w);

/** hfi1c_packet_to() - a packet without payload from @w to @target. */
struct hfi1c_packet hfi1c_packet_to(const struct hfi1c_wire *w,
				    const struct hfi1c_context *target);

/** hfi1c_packet_header() - the 64 bytes of PBC and headers. */
void hfi1c_packet_header(const struct hfi1c_packet *p,
			 struct hfi1_pkt_header *h);

/** hfi1c_send() - write a packet into the PIO buffers. */
void hfi1c_send(struct hfi1c_wire *w, const struct hfi1c_packet *p);

/** hfi1c_packet_blocks() - credits a packet costs. */
unsigned int hfi1c_packet_blocks(const struct hfi1c_packet *p);

/** hfi1c_arrives() - whether a packet comes within @ms; it is consumed. */
bool hfi1c_arrives(struct hfi1c_wire *w, struct hfi1c_arrival *a, int ms);

/** hfi1c_release() - give the chip back what was consumed so far. */
void hfi1c_release(struct hfi1c_wire *w);

/** hfi1c_credits_become() - whether the counter reaches @blocks in time. */
bool hfi1c_credits_become(struct hfi1c_wire *w, unsigned int blocks, int ms);

/** hfi1c_wire_works() - expect that a packet to itself goes and comes. */
void hfi1c_wire_works(struct hfi1c_wire *w, int ms);

/** hfi1c_halts() - whether the credit word shows a halt within @ms. */
bool hfi1c_halts(struct hfi1c_wire *w, int ms);

/** hfi1c_port_pkeys() - the port's table, from sysfs; its size. */
unsigned int hfi1c_port_pkeys(uint16_t *table, unsigned int size);

/** hfi1c_port_number() - a number of the port's sysfs folder, or -1. */
long hfi1c_port_number(const char *attribute);

/** hfi1c_port_is_active() - whether sysfs shows an ACTIVE port. */
bool hfi1c_port_is_active(void);

#endif
