/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A context that packets are sent to, for the tests of the receive side.
 */
#ifndef WFR_TEST_RECEIVE_H
#define WFR_TEST_RECEIVE_H

#include "harness.h"

/* The host, and the packet that is sent next. */
extern struct host *h;
extern struct pkt p;
extern struct pkt_opts o;

void rcv_setup(void);
void rcv_teardown(void);

/** rcv_put() - send a packet with so many bytes of payload by PIO */
void rcv_put(uint32_t payload);

struct wfr_stats rcv_stats(void);

/** rcv_counter() - one of the port's receive counters */
uint64_t rcv_counter(unsigned int i);

/** rcv_check_payload() - the bytes that packets carry are at @mem_off */
void rcv_check_payload(uint64_t mem_off, unsigned int len);

#endif
