/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A context that packets are sent from, for the tests of the send side.
 */
#ifndef WFR_TEST_SENDING_H
#define WFR_TEST_SENDING_H

#include "harness.h"

#define DEPTH 64u /* blocks of TEST_SCTXT */

/* The host, and the packet that is sent next. */
extern struct host *h;
extern struct pkt p;
extern struct pkt_opts o;

void sending_setup(void);
void sending_teardown(void);

/* What became of TEST_SCTXT, and of its packets. */
bool halted(void);
uint64_t errors(void);
uint64_t sent(void);

#endif
