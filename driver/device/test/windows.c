// SPDX-License-Identifier: BSD-3-Clause
#include <string.h>
#include <sys/mman.h>

#include "windows.h"

struct host *h;
struct wfr_config cfg;
struct pkt p;
struct pkt_opts o;

static void *window(size_t size)
{
	void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(mem, MAP_FAILED);
	return mem;
}

void windows_setup(void)
{
	host_config(&cfg);
	cfg.pio.size = WFR_PIO_SIZE;
	cfg.pio.mem = window(cfg.pio.size);
	cfg.uregs.size = WFR_RCV_UREGS_STRIDE * cfg.rcv_contexts;
	cfg.uregs.mem = window(cfg.uregs.size);
	cfg.rcv_array.size = 8 * cfg.rcv_array_cnt;
	cfg.rcv_array.mem = window(cfg.rcv_array.size);
	h = host_new(&cfg);
	port_up(h, TEST_LID);
	wr(h, WFR_SEND_CTXT_CREDIT_CTRL(TEST_SCTXT),
	   WFR_PREP(WFR_SEND_CTXT_CREDIT_CTRL_THRESHOLD, 1));
	sctxt_up(h, TEST_SCTXT, DEPTH);
	rctxt_up(h, TEST_CTXT, 0);
	pkt_defaults(&o);
}

void windows_teardown(void)
{
	host_free(h);
	munmap(cfg.pio.mem, cfg.pio.size);
	munmap(cfg.uregs.mem, cfg.uregs.size);
	munmap(cfg.rcv_array.mem, cfg.rcv_array.size);
}

uint64_t *slot(unsigned int c, bool sop, unsigned int block, unsigned int qw)
{
	return (uint64_t *)((uint8_t *)cfg.pio.mem + c * WFR_PIO_CTXT_STRIDE +
			    (sop ? WFR_PIO_SOP_OFFSET : 0) +
			    block * WFR_PIO_BLOCK_SIZE) +
	       qw;
}

void store(unsigned int c, bool sop, unsigned int block, unsigned int qw,
	   const uint8_t *data)
{
	uint64_t v;

	memcpy(&v, data, 8);
	__atomic_store_n(slot(c, sop, block, qw), v, __ATOMIC_RELEASE);
}

void store_block(unsigned int c, bool sop, unsigned int block,
		 const uint8_t *data)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		store(c, sop, block, i, data + 8 * i);
}

void store_packet(unsigned int c, unsigned int *block, const struct pkt *pkt)
{
	unsigned int off;

	for (off = 0; off < pkt->len; off += 64) {
		store_block(c, off == 0, *block, pkt->data + off);
		*block = (*block + 1) % DEPTH;
	}
}

struct wfr_stats stats(void)
{
	struct wfr_stats st;

	wfr_stats_get(h->dev, &st);
	return st;
}

uint64_t errors(void)
{
	return rd(h, WFR_SEND_CTXT_ERR_STATUS(TEST_SCTXT));
}
