/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small transport on the hfi1 user interface, and the example of its use.
 *
 * An endpoint is an open file with a context and everything of it mapped.
 * Packets go out by PIO (the process stores them into the chip) or by SDMA
 * (the chip reads them from memory); they come in through the header queue,
 * with their payload in an eager buffer, or in a buffer that the receiver
 * registered before (expected receive).
 *
 * Nothing here retries, sleeps or takes locks: one thread uses an endpoint at
 * a time, and each call says -EAGAIN where the caller may try again later.
 * Packets are neither acknowledged nor resent.  A receiver that does not keep
 * up loses packets, so senders must know what they have under way; see
 * room_packets and room_bytes.
 */
#ifndef HFI1T_TRANSPORT_H
#define HFI1T_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hfi1u.h"

/* Software words of a packet; SDMA adds what was sent before to the last. */
#define HFI1T_WORDS	7
#define HFI1T_WORD_SENT 6

/* Opcode of packets unless they say otherwise; no other software uses it. */
#define HFI1T_OPCODE 0xf0

/* SDMA: packets of one call, and vectors of one of them. */
#define HFI1T_BATCH 32

/** struct hfi1t_address - where an endpoint can be reached */
struct hfi1t_address {
	uint16_t lid;
	uint16_t ctxt;
	uint16_t subctxt;
	uint16_t jkey; /* both ends need the same one */
};

/**
 * struct hfi1t_packet - what is to be sent
 * @to:       receiver
 * @opcode:   0xc0 to 0xff, 0 for HFI1T_OPCODE
 * @flow:     expected receive: the receiver's TID flow
 * @psn:      sequence number; expected receive: hfi1t_flow_psn()
 * @urgent:   ask for an interrupt at the receiver
 * @words:    for software
 * @payload:  data; by PIO it goes out in whole dwords, filled up with zeros
 * @length:   its bytes
 */
struct hfi1t_packet {
	struct hfi1t_address to;
	uint8_t opcode;
	uint8_t flow;
	bool urgent;
	uint32_t psn;
	uint32_t words[HFI1T_WORDS];
	const void *payload;
	size_t length;
};

/**
 * struct hfi1t_arrival - a packet that came in
 * @rhf:     what the chip says about it
 * @expected: its payload is in a registered buffer, not at @payload
 * @opcode, @psn, @words: as sent
 * @payload: in an eager buffer, NULL without; valid until the next
 *           hfi1t_receive()
 * @length:  bytes of the payload, in whole dwords
 */
struct hfi1t_arrival {
	uint64_t rhf;
	bool expected;
	uint8_t opcode;
	uint32_t psn;
	uint32_t words[HFI1T_WORDS];
	const void *payload;
	size_t length;
};

/**
 * struct hfi1t_tids - a registered buffer
 * @words: one word for each piece, in the order of the buffer
 * @count: how many
 * @length: bytes they cover
 *
 * A sender needs @words to reach the buffer; they are plain data.
 */
struct hfi1t_tids {
	uint32_t *words;
	unsigned int count;
	size_t length;
};

/**
 * struct hfi1t - an endpoint; the first part is for reading by callers
 * @fd:           the file
 * @info:         CTXT_INFO
 * @base:         USER_INFO
 * @mtu:          largest payload of a packet
 * @pio_max:      the same for PIO: two such packets fit the send buffers
 * @room_packets: packets that may be under way to this endpoint
 * @room_bytes:   their payload, each rounded up to 64 bytes
 * @submitted:    SDMA requests accepted since the start
 * @completed:    how many of them have ended, see hfi1t_sdma_progress()
 */
struct hfi1t {
	int fd;
	struct hfi1_ctxt_info info;
	struct hfi1_base_info base;
	size_t mtu;
	size_t pio_max;
	unsigned int room_packets;
	size_t room_bytes;
	uint64_t submitted;
	uint64_t completed;

	/* Private from here on. */
	struct hfi1u_mapping map[HFI1U_REGION_SDMA_COMP + 1];
	uint16_t lid, pkey;
	uint8_t vl;
	unsigned int block; /* of the send buffers, to be written next */
	unsigned int fill; /* blocks written since the start, modulo 2048 */
	unsigned int entry; /* of the header queue, to be read next */
	unsigned int sequence; /* that its RHF will have */
	unsigned int unreleased; /* entries read since the chip was told */
	unsigned int eager; /* buffer being read */
};

/**
 * hfi1t_open() - open a device, get a context, map it
 * @t: endpoint, uninitialized
 * @device: path, e.g. /dev/hfi1_0
 *
 * Return: 0 or a negative errno: -ENETDOWN while the port has no LID or is
 * not active, or that of the call that failed.
 */
int hfi1t_open(struct hfi1t *t, const char *device);

/** hfi1t_close() - undo hfi1t_open(); waits for SDMA under way. */
void hfi1t_close(struct hfi1t *t);

/** hfi1t_address() - where the endpoint can be reached. */
struct hfi1t_address hfi1t_address(const struct hfi1t *t);

/**
 * hfi1t_pio_send() - store a packet into the send buffers
 * @t: endpoint
 * @p: packet of at most @t->pio_max bytes; may be reused at once
 *
 * Return: 0, -EAGAIN without credits, -EIO when the context is halted or
 * frozen (see hfi1t_recover()), -EMSGSIZE.
 */
int hfi1t_pio_send(struct hfi1t *t, const struct hfi1t_packet *p);

/**
 * hfi1t_receive() - take the next packet
 * @t: endpoint
 * @a: where it is described
 *
 * Frees what the packet before it occupied.
 *
 * Return: 1, 0 if there is none, -EBADMSG if it has come with errors, which
 * are in @a->rhf.
 */
int hfi1t_receive(struct hfi1t *t, struct hfi1t_arrival *a);

/**
 * hfi1t_wait() - sleep until a packet is there
 * @t: endpoint
 * @timeout_ms: as of poll()
 *
 * Return: 1, 0 after the time, or a negative errno.
 */
int hfi1t_wait(struct hfi1t *t, int timeout_ms);

/**
 * hfi1t_sdma_send() - have the chip send eager data from memory
 * @t: endpoint
 * @p: @count messages to one receiver; each becomes one request, and as many
 *     packets as it needs with @t->mtu bytes each.  The memory must stay as it
 *     is until the request has completed.
 * @count: at most HFI1T_BATCH
 *
 * Return: how many were accepted, in order; -EAGAIN if there is no slot of the
 * completion ring for the first one; or the negative errno of writev().
 */
int hfi1t_sdma_send(struct hfi1t *t, const struct hfi1t_packet *p,
		    unsigned int count);

/**
 * hfi1t_sdma_expected() - have the chip send to a registered buffer
 * @t: endpoint
 * @p: message; @p->length at most @tids->length
 * @tids: where it goes, from its start
 *
 * Return: 1 or as above.
 */
int hfi1t_sdma_expected(struct hfi1t *t, const struct hfi1t_packet *p,
			const struct hfi1t_tids *tids);

/** hfi1t_expected_packets() - packets that hfi1t_sdma_expected() sends. */
unsigned int hfi1t_expected_packets(const struct hfi1t *t,
				    const struct hfi1t_tids *tids,
				    size_t length);

/**
 * hfi1t_sdma_progress() - count requests that have ended
 * @t: endpoint
 *
 * Return: how many are under way, or -EIO if the one counted last failed.
 */
int hfi1t_sdma_progress(struct hfi1t *t);

/**
 * hfi1t_register() - register a buffer for expected receive
 * @t: endpoint
 * @buffer: starts on a page
 * @length: whole pages
 * @tids: where the result goes, to be given to hfi1t_unregister()
 *
 * A long buffer takes several calls of TID_UPDATE.  On failure nothing stays
 * registered.
 *
 * Return: 0, -ENOMEM, or the negative errno of TID_UPDATE.
 */
int hfi1t_register(struct hfi1t *t, void *buffer, size_t length,
		   struct hfi1t_tids *tids);

/** hfi1t_unregister() - undo hfi1t_register(); 0 or a negative errno. */
int hfi1t_unregister(struct hfi1t *t, struct hfi1t_tids *tids);

/**
 * hfi1t_flow_start() - expect a sequence of packets anew
 * @t: endpoint
 * @flow: one of 32, to be named by the sender
 * @generation: of the sequence; packets of another one are dropped
 *
 * Packets in order come without an entry of the header queue, but for the
 * last of a message.
 */
void hfi1t_flow_start(struct hfi1t *t, unsigned int flow,
		      unsigned int generation);

/** hfi1t_flow_psn() - psn of the packet after @packets of a generation. */
uint32_t hfi1t_flow_psn(unsigned int generation, uint64_t packets);

/**
 * hfi1t_recover() - go on after a halt, a freeze or a lost link
 * @t: endpoint
 *
 * Packets under way may be lost.
 *
 * Return: 0 or the negative errno of CTXT_RESET; -ENOLCK: not halted, or not
 * recovered yet.
 */
int hfi1t_recover(struct hfi1t *t);

#endif
