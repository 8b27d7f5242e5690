/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device whose windows are memory that a program stores into: PIO send
 * memory, user registers, RcvArray.
 */
#ifndef WFR_TEST_WINDOWS_H
#define WFR_TEST_WINDOWS_H

#include "harness.h"

#define DEPTH 64u /* blocks of TEST_SCTXT */

/* The host, its shape, and the packet that is sent next. */
extern struct host *h;
extern struct wfr_config cfg;
extern struct pkt p;
extern struct pkt_opts o;

void windows_setup(void);
void windows_teardown(void);

/** slot() - where a quadword of a context's block is in the window */
uint64_t *slot(unsigned int c, bool sop, unsigned int block, unsigned int qw);

void store(unsigned int c, bool sop, unsigned int block, unsigned int qw,
	   const uint8_t *data);
void store_block(unsigned int c, bool sop, unsigned int block,
		 const uint8_t *data);

/** store_packet() - a packet from block *block on, which moves on behind it */
void store_packet(unsigned int c, unsigned int *block, const struct pkt *pkt);

struct wfr_stats stats(void);

/** errors() - what halted TEST_SCTXT */
uint64_t errors(void);

#endif
