// SPDX-License-Identifier: BSD-3-Clause
/*
 * Register storage and dispatch.
 *
 * Every quadword of the register space is storage.  The generated register
 * table says which of them have a name, an access kind and a reset value;
 * hooks add behaviour.  Parts of the space may live in memory that user code
 * has mapped, so every access to storage is atomic.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "wfr_priv.h"

static const struct wfr_hook *const wfr_hook_sets[] = {
	wfr_cce_hooks,	   wfr_int_hooks,     wfr_err_hooks,
	wfr_asic_hooks,	   wfr_dc8051_hooks,  wfr_link_hooks,
	wfr_pio_hooks,	   wfr_credit_hooks,  wfr_sdma_hooks,
	wfr_rcv_hooks,	   wfr_tidflow_hooks, wfr_rcvarray_hooks,
	wfr_counter_hooks, wfr_txe_hooks,
};

/* For each quadword 0 or the register's number in the table plus one. */
static uint16_t *wfr_reg_map;
static const struct wfr_hook **wfr_reg_hook;
static pthread_once_t wfr_maps_once = PTHREAD_ONCE_INIT;

static void wfr_map_register(unsigned int r)
{
	const struct wfr_reg_desc *reg = &wfr_reg_table[r];
	uint64_t n, m;

	for (n = 0; n < reg->count; n++)
		for (m = 0; m < reg->inner_count; m++)
			wfr_reg_map[(reg->offset + n * reg->stride +
				     m * reg->inner_stride) /
				    8] = r + 1;
}

static void wfr_map_hooks(const struct wfr_hook *set)
{
	for (; set->read || set->write; set++)
		wfr_reg_hook[wfr_reg_map[set->off / 8]] = set;
}

static void wfr_maps_build(void)
{
	unsigned int i;

	wfr_reg_map = calloc(WFR_CSR_SPACE / 8, sizeof(*wfr_reg_map));
	wfr_reg_hook = calloc(wfr_reg_table_len + 1, sizeof(*wfr_reg_hook));
	if (!wfr_reg_map || !wfr_reg_hook) {
		free(wfr_reg_map);
		free(wfr_reg_hook);
		wfr_reg_map = NULL;
		return;
	}
	for (i = 0; i < wfr_reg_table_len; i++)
		wfr_map_register(i);
	for (i = 0; i < WFR_ARRAY_SIZE(wfr_hook_sets); i++)
		wfr_map_hooks(wfr_hook_sets[i]);
}

const struct wfr_reg_desc *wfr_reg_find(uint64_t off, struct wfr_at *at)
{
	const struct wfr_reg_desc *reg;
	uint64_t rest;

	pthread_once(&wfr_maps_once, wfr_maps_build);
	if (!wfr_reg_map || off >= WFR_CSR_SPACE || !wfr_reg_map[off / 8])
		return NULL;
	reg = &wfr_reg_table[wfr_reg_map[off / 8] - 1];
	rest = off - reg->offset;
	at->off = off;
	at->n = reg->stride ? rest / reg->stride : 0;
	rest -= (uint64_t)at->n * reg->stride;
	at->m = reg->inner_stride ? rest / reg->inner_stride : 0;
	return reg;
}

const struct wfr_hook *wfr_hook_find(const struct wfr_reg_desc *reg)
{
	return wfr_reg_hook[reg - wfr_reg_table + 1];
}

static uint64_t *wfr_slot(struct wfr_device *dev, uint64_t off)
{
	uint64_t uregs = off - WFR_RCV_UREGS_BASE;
	uint64_t array = off - WFR_RCV_ARRAY(0);

	if (dev->cfg.uregs.mem &&
	    uregs < WFR_RCV_UREGS_STRIDE * dev->cfg.rcv_contexts)
		return (uint64_t *)((uint8_t *)dev->cfg.uregs.mem + uregs);
	if (dev->cfg.rcv_array.mem && array < 8ULL * dev->cfg.rcv_array_cnt)
		return (uint64_t *)((uint8_t *)dev->cfg.rcv_array.mem + array);
	return (uint64_t *)(dev->csr + off);
}

/* Value of a register without side effects. */
uint64_t wfr_get(struct wfr_device *dev, uint64_t off)
{
	return __atomic_load_n(wfr_slot(dev, off), __ATOMIC_ACQUIRE);
}

/* Set a register without side effects, read-only ones too. */
void wfr_put(struct wfr_device *dev, uint64_t off, uint64_t val)
{
	__atomic_store_n(wfr_slot(dev, off), val, __ATOMIC_RELEASE);
}

/* Replace *old by val unless the register has changed; then update *old. */
bool wfr_cas(struct wfr_device *dev, uint64_t off, uint64_t *old, uint64_t val)
{
	return __atomic_compare_exchange_n(wfr_slot(dev, off), old, val, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

uint64_t wfr_csr_read(struct wfr_device *dev, uint64_t off)
{
	const struct wfr_reg_desc *reg;
	const struct wfr_hook *hook;
	struct wfr_at at;

	reg = wfr_reg_find(off, &at);
	if (!reg)
		return wfr_get(dev, off);
	hook = wfr_hook_find(reg);
	if (hook && hook->read)
		return hook->read(dev, &at);
	if (reg->access == WFR_WO)
		return 0;
	return wfr_get(dev, off);
}

void wfr_csr_write(struct wfr_device *dev, uint64_t off, uint64_t val)
{
	const struct wfr_reg_desc *reg;
	const struct wfr_hook *hook;
	struct wfr_at at;

	reg = wfr_reg_find(off, &at);
	if (!reg) {
		wfr_put(dev, off, val);
		return;
	}
	hook = wfr_hook_find(reg);
	if (hook && hook->write) {
		hook->write(dev, &at, val);
		return;
	}
	switch (reg->access) {
	case WFR_RW:
	case WFR_WO:
		wfr_put(dev, off, val);
		break;
	case WFR_W1C:
		wfr_put(dev, off, wfr_get(dev, off) & ~val);
		break;
	default: /* read-only, or a trigger nobody listens to */
		break;
	}
}

static void wfr_reset_register(struct wfr_device *dev,
			       const struct wfr_reg_desc *reg)
{
	uint64_t n, m;

	for (n = 0; n < reg->count; n++)
		for (m = 0; m < reg->inner_count; m++)
			wfr_put(dev,
				reg->offset + n * reg->stride +
					m * reg->inner_stride,
				reg->reset);
}

/* What the configuration says overrides the table. */
static void wfr_reset_shape(struct wfr_device *dev)
{
	const struct wfr_config *cfg = &dev->cfg;

	wfr_put(dev, WFR_CCE_REVISION2,
		WFR_PREP(WFR_CCE_REVISION2_HFI_ID, cfg->hfi_id) |
			WFR_PREP(WFR_CCE_REVISION2_IMPL_CODE, cfg->impl));
	wfr_put(dev, WFR_RCV_CONTEXTS, cfg->rcv_contexts);
	wfr_put(dev, WFR_RCV_ARRAY_CNT, cfg->rcv_array_cnt);
	wfr_put(dev, WFR_SEND_CONTEXTS, cfg->send_contexts);
	wfr_put(dev, WFR_SEND_DMA_ENGINES, cfg->sdma_engines);
	wfr_put(dev, WFR_SEND_PIO_MEM_SIZE, cfg->pio_mem_size);
	wfr_put(dev, WFR_SEND_DMA_MEM_SIZE, cfg->sdma_mem_size);
}

void wfr_csr_reset(struct wfr_device *dev)
{
	unsigned int i;

	/* Private anonymous pages come back as zeros. */
	if (madvise(dev->csr, WFR_CSR_SPACE, MADV_DONTNEED))
		memset(dev->csr, 0, WFR_CSR_SPACE);
	if (dev->cfg.uregs.mem)
		memset(dev->cfg.uregs.mem, 0, dev->cfg.uregs.size);
	if (dev->cfg.rcv_array.mem)
		memset(dev->cfg.rcv_array.mem, 0, dev->cfg.rcv_array.size);
	for (i = 0; i < wfr_reg_table_len; i++)
		if (wfr_reg_table[i].reset)
			wfr_reset_register(dev, &wfr_reg_table[i]);
	wfr_reset_shape(dev);
}

int wfr_csr_init(struct wfr_device *dev)
{
	pthread_once(&wfr_maps_once, wfr_maps_build);
	if (!wfr_reg_map)
		return -ENOMEM;
	dev->csr = mmap(NULL, WFR_CSR_SPACE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (dev->csr == MAP_FAILED) {
		dev->csr = NULL;
		return -ENOMEM;
	}
	return 0;
}

void wfr_csr_exit(struct wfr_device *dev)
{
	if (dev->csr)
		munmap(dev->csr, WFR_CSR_SPACE);
}
