// SPDX-License-Identifier: BSD-3-Clause
/*
 * Random register writes, stores, packets, faults and steps: whatever a
 * driver or user does, the model must neither crash nor write outside of the
 * memory it was told of (the harness refuses that, sanitizers see the rest),
 * and a reset must bring back a chip that works.
 *
 * WFR_FUZZ_SEED and WFR_FUZZ_OPS change the run; a failure prints the seed.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness.h"
#include "wfr_regtable.h"

#define DEFAULT_OPS 60000u

static struct host *h;
static struct wfr_config cfg;
static uint64_t rng;

static uint64_t rnd(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng;
}

static unsigned int below(unsigned int n)
{
	return rnd() % n;
}

static uint64_t env(const char *name, uint64_t def)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : def;
}

/* Values that mean something more often than noise would. */
static uint64_t some_value(void)
{
	switch (below(6)) {
	case 0:
		return 0;
	case 1:
		return ~0ULL;
	case 2:
		return 1ULL << below(64);
	case 3:
		return HOST_BASE + below(HOST_MEM_SIZE);
	case 4:
		return below(256);
	default:
		return rnd();
	}
}

static uint64_t some_register(void)
{
	const struct wfr_reg_desc *reg =
		&wfr_reg_table[below(wfr_reg_table_len)];
	unsigned int n = reg->count;

	/* The contexts and engines in use get most of the attention. */
	if (n > 1 && below(4))
		n = n > TEST_SCTXT + 1 ? TEST_SCTXT + 1 : n;
	return reg->offset + (uint64_t)reg->stride * below(n) +
	       (uint64_t)reg->inner_stride * below(reg->inner_count);
}

static void do_packet(void)
{
	static struct pkt p;
	struct pkt_opts o;
	unsigned int block = below(64);

	pkt_defaults(&o);
	o.kdeth = rnd();
	o.psn = rnd();
	o.flow = below(32);
	o.ctxt = below(4) ? TEST_CTXT : below(256);
	if (!below(8))
		o.pbc = rnd() & ~0xfffULL;
	pkt_make(&p, &o, 4 * below(256));
	if (!below(16))
		pkt_set32(&p, below(16), rnd());
	pio_put(h, TEST_SCTXT, 64, &block, &p);
}

static void do_window_store(void)
{
	uint64_t off = (rnd() & 0x1ffffffULL & ~7ULL);

	if (below(4))
		off = TEST_SCTXT * WFR_PIO_CTXT_STRIDE + below(8192) / 8 * 8 +
		      (below(2) ? WFR_PIO_SOP_OFFSET : 0);
	if (below(2) && cfg.pio.mem)
		memcpy((uint8_t *)cfg.pio.mem + off, &rng, 8);
	else
		wr(h, WFR_PIO_BASE + off, rnd());
}

static void do_descriptor(void)
{
	unsigned int e = below(4), slot = below(64);
	uint64_t qw[2] = { rnd() & 0xf800000000000000ULL,
			   below(2) ? 0 : rnd() };

	qw[0] |= (HOST_BASE + below(HOST_MEM_SIZE / 2)) | (uint64_t)below(512)
								  << 48;
	memcpy(h->mem + RING_OFF + slot * 16, qw, 16);
	wr(h, WFR_SEND_DMA_TAIL(e), below(64));
}

static void do_fault(void)
{
	switch (below(8)) {
	case 0:
		wfr_fault_send_ctxt(h->dev, TEST_SCTXT, 1u << below(5));
		break;
	case 1:
		wfr_fault_sdma(h->dev, below(4), rnd());
		break;
	case 2:
		wfr_fault_raise(h->dev, below(WFR_FAULT_BLOCKS), some_value());
		break;
	case 3:
		wfr_link_set(h->dev, below(2));
		break;
	case 4:
		wfr_fault_corrupt_next(h->dev, below(WFR_CORRUPT_DUPLICATE + 1),
				       below(4));
		break;
	case 5:
		wfr_fault_delay(h->dev, below(2) ? 0 : below(5000));
		break;
	case 6:
		wfr_fault_sticky(h->dev, below(4) ? 0 : below(128));
		break;
	default:
		wfr_fault_drop_credits(h->dev, TEST_SCTXT, below(3));
		break;
	}
}

/* Put the parts in use back in order, as a driver's recovery would. */
static void do_recover(void)
{
	unsigned int e;

	wfr_fault_sticky(h->dev, 0);
	wfr_link_set(h->dev, true);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	wr(h, WFR_SEND_CTXT_CTRL(TEST_SCTXT), 0);
	wr(h, WFR_RCV_CTXT_CTRL(TEST_CTXT), 0);
	wfr_link_set(h->dev, true);
	pass_time(h, 10000);
	if (!wfr_link_is_up(h->dev)) {
		wfr_reset(h->dev);
		pass_time(h, 1000);
	}
	port_up(h, TEST_LID);
	sctxt_up(h, TEST_SCTXT, 64);
	rctxt_up(h, TEST_CTXT, below(2) ? 0 : rnd() & 0x7e);
	for (e = 0; e < 4; e++) {
		wr(h, WFR_SEND_DMA_CTRL(e), 0);
		sdma_up(h, e);
	}
}

static void one_op(void)
{
	switch (below(16)) {
	case 0 ... 4:
		do_packet();
		break;
	case 5:
		wr(h, some_register(), some_value());
		break;
	case 6:
		rd(h, some_register());
		break;
	case 7:
		do_window_store();
		break;
	case 8:
	case 9:
		do_descriptor();
		break;
	case 10:
		if (!below(8))
			do_fault();
		break;
	case 11:
		if (!below(32))
			do_recover();
		break;
	case 12:
		h->now += below(3000);
		break;
	default:
		wfr_step(h->dev);
		break;
	}
}

static void works_after_reset(void)
{
	static struct pkt p;
	struct pkt_opts o;
	struct wfr_stats st;
	unsigned int block = 0;

	wfr_fault_sticky(h->dev, 0);
	wfr_fault_delay(h->dev, 0);
	wfr_link_set(h->dev, true);
	wfr_reset(h->dev);
	h->now += 10000;
	port_up(h, TEST_LID);
	sctxt_up(h, TEST_SCTXT, 64);
	rctxt_up(h, TEST_CTXT, 0);
	pkt_defaults(&o);
	/* A damage still waiting for its packet gets one. */
	pkt_make(&p, &o, 64);
	for (block = 0; block < 2 * 8;)
		pio_put(h, TEST_SCTXT, 64, &block, &p);
	run(h);
	wfr_stats_get(h->dev, &st);
	ck_assert_uint_eq(st.pio_packets, 8);
	ck_assert_uint_ge(st.rcv_delivered, 7);
}

static void fuzz(uint64_t seed)
{
	uint64_t i, ops = env("WFR_FUZZ_OPS", DEFAULT_OPS);

	rng = seed * 2 + 1;
	h = host_new(&cfg);
	do_recover();
	for (i = 0; i < ops; i++)
		one_op();
	works_after_reset();
	host_free(h);
}

START_TEST(trapped)
{
	host_config(&cfg);
	fuzz(env("WFR_FUZZ_SEED", 1000 + _i));
}
END_TEST

static void *window(size_t size)
{
	void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(mem, MAP_FAILED);
	return mem;
}

START_TEST(with_windows)
{
	host_config(&cfg);
	cfg.pio = (struct wfr_window){ window(WFR_PIO_SIZE), WFR_PIO_SIZE };
	cfg.uregs.size = WFR_RCV_UREGS_STRIDE * cfg.rcv_contexts;
	cfg.uregs.mem = window(cfg.uregs.size);
	fuzz(env("WFR_FUZZ_SEED", 2000 + _i));
	munmap(cfg.pio.mem, cfg.pio.size);
	munmap(cfg.uregs.mem, cfg.uregs.size);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-fuzz");
	TCase *tc = tcase_create("fuzz");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, trapped, 0, 3);
	tcase_add_loop_test(tc, with_windows, 0, 3);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
