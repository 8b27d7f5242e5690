/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A machine for the model under test: DMA memory, counted interrupts, a
 * clock that stands still unless told, and shorthands to set up contexts and
 * make packets.
 */
#ifndef WFR_TEST_HARNESS_H
#define WFR_TEST_HARNESS_H

#include <check.h>

#include "wfr.h"
#include "wfr_regs.h"
#include "wfr_words.h"

#define HOST_MEM_SIZE (8u << 20)
#define HOST_BASE     0x100000000ULL /* DMA address of the memory's first byte */

/* Where things are in the DMA memory. */
#define CREDIT_OFF    0x0000u
#define TAIL_OFF      0x1000u
#define SDMA_HEAD_OFF 0x2000u
#define RING_OFF      0x10000u
#define DATA_OFF      0x40000u
#define HDRQ_OFF      0x100000u
#define HDRQ_STRIDE   0x40000u
#define EAGER_OFF     0x300000u
#define TID_OFF	      0x500000u

#define HDRQ_ENTRIES	64u
#define ENTRY_BYTES	128u
#define EAGER_BUFS	8u
#define EAGER_SIZE	0x2000u
#define TID_FIRST_ENTRY 64u /* of the context's RcvArray share */

#define TEST_CTXT  5u /* receive context */
#define TEST_SCTXT 11u /* send context */
#define TEST_LID   0x17u
#define TEST_JKEY  0x1234u
#define TEST_PKEY  0x8001u

struct host {
	struct wfr_device *dev;
	uint8_t *mem;
	unsigned int vectors[256];
	unsigned int kicks;
	uint64_t now;
	uint64_t bad_addr; /* reads of this address fail */
};

struct host *host_new(const struct wfr_config *cfg);
void host_free(struct host *h);
void host_config(struct wfr_config *cfg);

uint64_t rd(struct host *h, uint64_t off);
void wr(struct host *h, uint64_t off, uint64_t val);
uint64_t mem64(struct host *h, uint64_t off);
void run(struct host *h);
void pass_time(struct host *h, uint64_t ns);

/* Link ACTIVE, lanes mapped, lengths allowed, KDETH prefix, LID. */
void port_up(struct host *h, unsigned int lid);
void sctxt_up(struct host *h, unsigned int c, unsigned int depth);
void rctxt_up(struct host *h, unsigned int c, uint64_t extra);
void sdma_up(struct host *h, unsigned int e);

/* A packet as software makes it: PBC, LRH, BTH, KDETH, payload. */
struct pkt {
	uint32_t len; /* bytes, PBC included */
	uint8_t data[16384];
};

struct pkt_opts {
	unsigned int dlid;
	unsigned int ctxt;
	uint64_t pbc; /* flags to add */
	uint32_t kdeth; /* word 0, version added */
	uint32_t psn;
	unsigned int flow;
	unsigned int jkey;
	unsigned int opcode;
	unsigned int pkey;
	unsigned int slid;
	unsigned int lnh;
	unsigned int vl;
};

void pkt_defaults(struct pkt_opts *o);
void pkt_make(struct pkt *p, const struct pkt_opts *o, uint32_t payload);
void pkt_set32(struct pkt *p, unsigned int dw, uint32_t val);

/* Store a packet at block *block of a context's window and move *block on. */
void pio_put(struct host *h, unsigned int c, unsigned int depth,
	     unsigned int *block, const struct pkt *p);
void pio_put_block(struct host *h, unsigned int c, bool sop, unsigned int block,
		   const uint8_t *data);
void pio_send(struct host *h, const struct pkt *p);

uint64_t hdrq_rhf(struct host *h, unsigned int c, unsigned int entry);
const uint8_t *hdrq_entry(struct host *h, unsigned int c, unsigned int entry);
uint64_t credit_word(struct host *h, unsigned int c);
bool pending(struct host *h, unsigned int source);
void clear_pending(struct host *h, unsigned int source);
uint8_t payload_byte(unsigned int i);

int run_suite(Suite *s);

#endif
