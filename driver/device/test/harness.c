// SPDX-License-Identifier: BSD-3-Clause
#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int in_mem(uint64_t addr, size_t len)
{
	return addr >= HOST_BASE && len <= HOST_MEM_SIZE &&
	       addr - HOST_BASE <= HOST_MEM_SIZE - len;
}

static int host_dma_read(void *host, uint64_t addr, void *buf, size_t len)
{
	struct host *h = host;

	if (!in_mem(addr, len) || addr == h->bad_addr)
		return -EFAULT;
	memcpy(buf, h->mem + (addr - HOST_BASE), len);
	return 0;
}

static int host_dma_write(void *host, uint64_t addr, const void *buf,
			  size_t len)
{
	struct host *h = host;

	if (!in_mem(addr, len))
		return -EFAULT;
	memcpy(h->mem + (addr - HOST_BASE), buf, len);
	return 0;
}

static void host_msix(void *host, unsigned int vector)
{
	struct host *h = host;

	h->vectors[vector]++;
}

static void host_kick(void *host)
{
	struct host *h = host;

	__atomic_fetch_add(&h->kicks, 1, __ATOMIC_RELAXED);
}

static uint64_t host_now(void *host)
{
	struct host *h = host;

	return h->now;
}

static const struct wfr_host_ops host_ops = {
	.dma_read = host_dma_read,
	.dma_write = host_dma_write,
	.msix = host_msix,
	.kick = host_kick,
	.now_ns = host_now,
};

void host_config(struct wfr_config *cfg)
{
	wfr_config_init(cfg);
	cfg->link_auto = true;
	cfg->link_delay_ns = 1000;
}

struct host *host_new(const struct wfr_config *cfg)
{
	struct host *h = calloc(1, sizeof(*h));
	struct wfr_config def;
	int err;

	ck_assert_ptr_nonnull(h);
	h->mem = calloc(1, HOST_MEM_SIZE);
	ck_assert_ptr_nonnull(h->mem);
	if (!cfg) {
		host_config(&def);
		cfg = &def;
	}
	h->dev = wfr_create(cfg, &host_ops, h, &err);
	ck_assert_int_eq(err, 0);
	ck_assert_ptr_nonnull(h->dev);
	return h;
}

void host_free(struct host *h)
{
	wfr_destroy(h->dev);
	free(h->mem);
	free(h);
}

uint64_t rd(struct host *h, uint64_t off)
{
	return wfr_mmio_read(h->dev, off, 8);
}

void wr(struct host *h, uint64_t off, uint64_t val)
{
	wfr_mmio_write(h->dev, off, val, 8);
}

uint64_t mem64(struct host *h, uint64_t off)
{
	uint64_t v;

	memcpy(&v, h->mem + off, 8);
	return v;
}

void run(struct host *h)
{
	ck_assert(wfr_drain(h->dev, 10000));
}

void pass_time(struct host *h, uint64_t ns)
{
	h->now += ns;
	run(h);
}

void port_up(struct host *h, unsigned int lid)
{
	pass_time(h, 1000);
	ck_assert(wfr_link_is_up(h->dev));
	wr(h, WFR_DCC_CFG_PORT_CONFIG1,
	   WFR_PREP(WFR_DCC_CFG_PORT_CONFIG1_TARGET_DLID, lid) |
		   WFR_PREP(WFR_DCC_CFG_PORT_CONFIG1_DLID_MASK, 0xffff));
	ck_assert_int_eq(
		wfr_port_state_set(h->dev,
				   WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_ACTIVE),
		0);
	/* Service channels 0 to 7 on their lanes, 15 on lane 15. */
	wr(h, WFR_SEND_SC2VLT(0), 0x0706050403020100ULL);
	wr(h, WFR_SEND_SC2VLT(1), 0x0f00000000000000ULL);
	wr(h, WFR_SEND_LEN_CHECK0, 0xa20a20a20a20ULL);
	wr(h, WFR_SEND_LEN_CHECK1, 0xa20a20a20a20ULL);
	wr(h, WFR_SEND_BTH_QP,
	   WFR_PREP(WFR_SEND_BTH_QP_KDETH_QP, WFR_KDETH_QP_PREFIX));
	wr(h, WFR_RCV_BTH_QP,
	   WFR_PREP(WFR_RCV_BTH_QP_KDETH_QP, WFR_KDETH_QP_PREFIX));
	wr(h, WFR_SEND_CTRL, WFR_SEND_CTRL_SEND_ENABLE);
	wr(h, WFR_RCV_CTRL, WFR_RCV_CTRL_PORT_ENABLE);
}

void sctxt_up(struct host *h, unsigned int c, unsigned int depth)
{
	uint64_t ctrl = WFR_PREP(WFR_SEND_CTXT_CTRL_BASE, 1) |
			WFR_PREP(WFR_SEND_CTXT_CTRL_DEPTH, depth);

	wr(h, WFR_SEND_CTXT_CREDIT_RETURN_ADDR(c), HOST_BASE + CREDIT_OFF);
	wr(h, WFR_SEND_CTXT_ERR_MASK(c), WFR_SEND_CTXT_ERR_STATUS_ALL);
	wr(h, WFR_SEND_CTXT_CTRL(c), ctrl);
	wr(h, WFR_SEND_CTXT_CTRL(c), ctrl | WFR_SEND_CTXT_CTRL_ENABLE);
}

static void eager_up(struct host *h, unsigned int c)
{
	unsigned int base = c * 128;
	unsigned int i;

	for (i = 0; i < EAGER_BUFS; i++)
		wr(h, WFR_RCV_ARRAY(base + i),
		   WFR_RCVARRAY_ENTRY_WRITE_ENABLE |
			   WFR_PREP(WFR_RCVARRAY_ENTRY_BUF_SIZE, 2) |
			   WFR_PREP(WFR_RCVARRAY_ENTRY_ADDR,
				    (HOST_BASE + EAGER_OFF + i * EAGER_SIZE) >>
					    WFR_PAGE_SHIFT));
	wr(h, WFR_RCV_EGR_CTRL(c),
	   WFR_PREP(WFR_RCV_EGR_CTRL_EGR_BASE_INDEX, base / 8) |
		   WFR_PREP(WFR_RCV_EGR_CTRL_EGR_CNT, EAGER_BUFS / 8));
	wr(h, WFR_RCV_TID_CTRL(c),
	   WFR_PREP(WFR_RCV_TID_CTRL_TID_BASE_INDEX,
		    (base + TID_FIRST_ENTRY) / 8) |
		   WFR_PREP(WFR_RCV_TID_CTRL_TID_PAIR_CNT, 2));
}

void rctxt_up(struct host *h, unsigned int c, uint64_t extra)
{
	wr(h, WFR_RCV_HDR_CNT(c), HDRQ_ENTRIES / WFR_HDRQ_CNT_UNIT);
	wr(h, WFR_RCV_HDR_ENT_SIZE(c), WFR_RCV_HDR_ENT_SIZE_ENT_SIZE_32DW);
	wr(h, WFR_RCV_HDR_SIZE(c), WFR_KDETH_DWS);
	wr(h, WFR_RCV_HDR_ADDR(c),
	   HOST_BASE + HDRQ_OFF + (c % 4) * HDRQ_STRIDE);
	wr(h, WFR_RCV_HDR_TAIL_ADDR(c), HOST_BASE + TAIL_OFF);
	wr(h, WFR_RCV_HDR_HEAD(c), 0);
	wr(h, WFR_RCV_EGR_INDEX_HEAD(c), 0);
	wr(h, WFR_RCV_KEY_CTRL(c),
	   WFR_RCV_KEY_CTRL_JOB_KEY_ENABLE |
		   WFR_PREP(WFR_RCV_KEY_CTRL_JOB_KEY_VALUE, TEST_JKEY));
	eager_up(h, c);
	wr(h, WFR_RCV_CTXT_CTRL(c),
	   WFR_RCV_CTXT_CTRL_ENABLE |
		   WFR_PREP(WFR_RCV_CTXT_CTRL_EGR_BUF_SIZE, 2) | extra);
}

void sdma_up(struct host *h, unsigned int e)
{
	wr(h, WFR_SEND_DMA_ENG_ERR_MASK(e), ~0ULL);
	wr(h, WFR_SEND_DMA_BASE_ADDR(e), HOST_BASE + RING_OFF);
	wr(h, WFR_SEND_DMA_HEAD_ADDR(e), HOST_BASE + SDMA_HEAD_OFF);
	wr(h, WFR_SEND_DMA_CTRL(e), WFR_SEND_DMA_CTRL_CLEANUP);
	wr(h, WFR_SEND_DMA_LEN_GEN(e),
	   WFR_PREP(WFR_SEND_DMA_LEN_GEN_LENGTH, 1));
	wr(h, WFR_SEND_DMA_LEN_GEN(e),
	   WFR_PREP(WFR_SEND_DMA_LEN_GEN_LENGTH, 1) |
		   WFR_PREP(WFR_SEND_DMA_LEN_GEN_GENERATION,
			    WFR_SDMA_GEN_LOAD));
	wr(h, WFR_SEND_DMA_TAIL(e), 0);
	wr(h, WFR_SEND_DMA_CTRL(e),
	   WFR_SEND_DMA_CTRL_ENABLE | WFR_SEND_DMA_CTRL_INT_ENABLE);
}

void pkt_defaults(struct pkt_opts *o)
{
	*o = (struct pkt_opts){
		.dlid = TEST_LID,
		.ctxt = TEST_CTXT,
		.jkey = TEST_JKEY,
		.opcode = 0xc3,
		.pkey = TEST_PKEY,
		.slid = TEST_LID,
		.lnh = WFR_LRH0_LNH_BTH,
	};
}

static void put_le(uint8_t *p, uint64_t v, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		p[i] = v >> (8 * i);
}

static void put_be(uint8_t *p, uint64_t v, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		p[i] = v >> (8 * (n - 1 - i));
}

void pkt_set32(struct pkt *p, unsigned int dw, uint32_t val)
{
	put_le(p->data + 4 * dw, val, 4);
}

uint8_t payload_byte(unsigned int i)
{
	return i * 7 + (i >> 8) + 1;
}

void pkt_make(struct pkt *p, const struct pkt_opts *o, uint32_t payload)
{
	uint32_t dws = WFR_PBC_DWS + WFR_HDR_DWS + payload / 4;
	uint8_t *d = p->data;
	uint32_t i;

	memset(p, 0, sizeof(*p));
	p->len = 4 * dws;
	put_le(d,
	       WFR_PREP(WFR_PBC_LENGTH_DWS, dws) | WFR_PREP(WFR_PBC_VL, o->vl) |
		       o->pbc,
	       8);
	put_be(d + 8,
	       WFR_PREP(WFR_LRH0_SC, o->vl) | WFR_PREP(WFR_LRH0_LNH, o->lnh),
	       2);
	put_be(d + 10, o->dlid, 2);
	put_be(d + 12, dws - 1, 2);
	put_be(d + 14, o->slid, 2);
	put_be(d + 16,
	       WFR_PREP(WFR_BTH0_OPCODE, o->opcode) |
		       WFR_PREP(WFR_BTH0_PKEY, o->pkey),
	       4);
	put_be(d + 20,
	       WFR_PREP(WFR_BTH1_QP_PREFIX, WFR_KDETH_QP_PREFIX) |
		       WFR_PREP(WFR_BTH1_FLOW, o->flow) |
		       WFR_PREP(WFR_BTH1_CTXT, o->ctxt),
	       4);
	put_be(d + 24, o->psn, 4);
	put_le(d + 28, WFR_PREP(WFR_KDETH0_KVER, WFR_KDETH_KVER) | o->kdeth, 4);
	put_le(d + 32, o->jkey, 4);
	for (i = 0; i < payload; i++)
		d[64 + i] = payload_byte(i);
}

void pio_put_block(struct host *h, unsigned int c, bool sop, unsigned int block,
		   const uint8_t *data)
{
	uint64_t off = WFR_PIO_BASE + c * WFR_PIO_CTXT_STRIDE +
		       (sop ? WFR_PIO_SOP_OFFSET : 0) +
		       block * WFR_PIO_BLOCK_SIZE;
	unsigned int i;

	for (i = 0; i < WFR_PIO_BLOCK_SIZE; i += 8) {
		uint64_t v;

		memcpy(&v, data + i, 8);
		wr(h, off + i, v);
	}
}

void pio_put(struct host *h, unsigned int c, unsigned int depth,
	     unsigned int *block, const struct pkt *p)
{
	unsigned int off;

	for (off = 0; off < p->len; off += WFR_PIO_BLOCK_SIZE) {
		pio_put_block(h, c, off == 0, *block, p->data + off);
		*block = (*block + 1) % depth;
	}
}

void pio_send(struct host *h, const struct pkt *p)
{
	unsigned int block = 0;

	pio_put(h, TEST_SCTXT, 64, &block, p);
	run(h);
}

const uint8_t *hdrq_entry(struct host *h, unsigned int c, unsigned int entry)
{
	return h->mem + HDRQ_OFF + (c % 4) * HDRQ_STRIDE + entry * ENTRY_BYTES;
}

uint64_t hdrq_rhf(struct host *h, unsigned int c, unsigned int entry)
{
	uint64_t v;

	memcpy(&v, hdrq_entry(h, c, entry) + ENTRY_BYTES - 8, 8);
	return v;
}

uint64_t credit_word(struct host *h, unsigned int c)
{
	return mem64(h, CREDIT_OFF + 8 * (c % WFR_CREDIT_LINE_WORDS));
}

bool pending(struct host *h, unsigned int source)
{
	return rd(h, WFR_CCE_INT_STATUS(source / 64)) >> (source % 64) & 1;
}

void clear_pending(struct host *h, unsigned int source)
{
	wr(h, WFR_CCE_INT_CLEAR(source / 64), 1ULL << (source % 64));
}

int run_suite(Suite *s)
{
	SRunner *sr = srunner_create(s);
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
