// SPDX-License-Identifier: BSD-3-Clause
/* A device as a whole: creation, reset, accesses to BAR 0, the step. */
#include <stdlib.h>

#include "wfr_priv.h"

/* How often to see whether user space made room for packets held back. */
#define WFR_HELD_POLL_NS 50000

#define WFR_DEFAULT_GUID 0x0011750101000001ULL

void wfr_config_init(struct wfr_config *cfg)
{
	*cfg = (struct wfr_config){
		.impl = WFR_IMPL_SILICON,
		.rcv_contexts = WFR_RCV_CTXTS_MAX,
		.send_contexts = WFR_SEND_CTXTS_MAX,
		.sdma_engines = WFR_SDMA_ENGINES_MAX,
		.rcv_array_cnt = 8192,
		.pio_mem_size = 0x100000,
		.sdma_mem_size = 0x40000,
		.port_guid = WFR_DEFAULT_GUID,
		.link_delay_ns = 20000000,
		.scan_min_ns = 20000,
		.scan_max_ns = 2000000,
	};
}

static bool wfr_window_ok(const struct wfr_window *w, uint64_t size)
{
	if (!w->mem)
		return true;
	return w->size >= size && (uintptr_t)w->mem % WFR_PAGE_SIZE == 0;
}

static bool wfr_config_ok(const struct wfr_config *cfg)
{
	return cfg->impl <= WFR_IMPL_SIMULATOR && cfg->hfi_id <= 1 &&
	       cfg->rcv_contexts && cfg->rcv_contexts <= WFR_RCV_CTXTS_MAX &&
	       cfg->send_contexts && cfg->send_contexts <= WFR_SEND_CTXTS_MAX &&
	       cfg->sdma_engines && cfg->sdma_engines <= WFR_SDMA_ENGINES_MAX &&
	       cfg->rcv_array_cnt && cfg->rcv_array_cnt <= WFR_RCV_ARRAY_MAX &&
	       cfg->rcv_array_cnt % WFR_RCV_GROUP == 0 && cfg->pio_mem_size &&
	       cfg->pio_mem_size % WFR_PIO_BLOCK_SIZE == 0 &&
	       cfg->sdma_mem_size && cfg->port_guid &&
	       cfg->scan_min_ns <= cfg->scan_max_ns &&
	       wfr_window_ok(&cfg->pio, WFR_PIO_SIZE) &&
	       wfr_window_ok(&cfg->uregs,
			     WFR_RCV_UREGS_STRIDE * cfg->rcv_contexts) &&
	       wfr_window_ok(&cfg->rcv_array, 8ULL * cfg->rcv_array_cnt);
}

static void wfr_reset_locked(struct wfr_device *dev)
{
	wfr_pktq_purge(&dev->out);
	wfr_port_purge(dev);
	memset(&dev->stats, 0, sizeof(dev->stats));
	memset(dev->timer, 0, sizeof(dev->timer));
	dev->out_retry_ns = 0;
	dev->faults.unfreeze_due = false;
	wfr_csr_reset(dev);
	wfr_pio_reset(dev);
	wfr_rcv_reset(dev);
	wfr_sdma_reset(dev);
	wfr_asic_reset(dev);
	wfr_8051_reset(dev);
	wfr_link_reset(dev);
}

static int wfr_alloc(struct wfr_device *dev)
{
	const struct wfr_config *cfg = &dev->cfg;
	unsigned int c;

	dev->pio_mem = calloc(1, cfg->pio_mem_size);
	dev->sctxt = calloc(cfg->send_contexts, sizeof(*dev->sctxt));
	dev->rctxt = calloc(cfg->rcv_contexts, sizeof(*dev->rctxt));
	dev->sdma = calloc(cfg->sdma_engines, sizeof(*dev->sdma));
	dev->ram = calloc(1, WFR_8051_DATA_MEM_SIZE);
	if (!dev->pio_mem || !dev->sctxt || !dev->rctxt || !dev->sdma ||
	    !dev->ram)
		return -ENOMEM;
	for (c = 0; c < cfg->rcv_contexts; c++)
		wfr_pktq_init(&dev->rctxt[c].held);
	return wfr_scan_init(dev);
}

static void wfr_free(struct wfr_device *dev)
{
	unsigned int c;

	for (c = 0; dev->rctxt && c < dev->cfg.rcv_contexts; c++)
		wfr_pktq_purge(&dev->rctxt[c].held);
	wfr_pktq_purge(&dev->out);
	wfr_scan_exit(dev);
	wfr_trace_exit(dev);
	wfr_csr_exit(dev);
	free(dev->pio_mem);
	free(dev->sctxt);
	free(dev->rctxt);
	free(dev->sdma);
	free(dev->ram);
	free(dev);
}

static int wfr_init(struct wfr_device *dev)
{
	int err = wfr_csr_init(dev);

	if (!err)
		err = wfr_alloc(dev);
	if (!err)
		err = -pthread_mutex_init(&dev->lock, NULL);
	if (err)
		return err;
	err = wfr_port_init(dev);
	if (err)
		pthread_mutex_destroy(&dev->lock);
	return err;
}

struct wfr_device *wfr_create(const struct wfr_config *cfg,
			      const struct wfr_host_ops *ops, void *host,
			      int *err)
{
	struct wfr_device *dev = NULL;
	int ret = -EINVAL;

	if (wfr_config_ok(cfg) && ops->dma_read && ops->dma_write &&
	    ops->msix) {
		dev = calloc(1, sizeof(*dev));
		ret = -ENOMEM;
	}
	if (dev) {
		dev->cfg = *cfg;
		dev->ops = ops;
		dev->host = host;
		dev->cable = true;
		wfr_pktq_init(&dev->out);
		ret = wfr_init(dev);
		if (ret) {
			wfr_free(dev);
			dev = NULL;
		}
	}
	if (err)
		*err = ret;
	if (dev)
		wfr_reset(dev);
	return dev;
}

void wfr_destroy(struct wfr_device *dev)
{
	if (!dev)
		return;
	wfr_port_exit(dev);
	pthread_mutex_destroy(&dev->lock);
	wfr_free(dev);
}

void wfr_reset(struct wfr_device *dev)
{
	pthread_mutex_lock(&dev->lock);
	wfr_reset_locked(dev);
	pthread_mutex_unlock(&dev->lock);
}

static bool wfr_access_ok(uint64_t off, unsigned int size)
{
	return (size == 4 || size == 8) && off % size == 0 &&
	       off < WFR_BAR0_SIZE;
}

static uint64_t wfr_read_locked(struct wfr_device *dev, uint64_t off,
				unsigned int size)
{
	uint64_t val;

	/* The PIO windows are write-only. */
	if (off >= WFR_PIO_BASE)
		return ~0ULL >> (64 - 8 * size);
	val = wfr_csr_read(dev, off & ~7ULL);
	return size == 8 ? val : (uint32_t)(val >> (8 * (off & 4)));
}

uint64_t wfr_mmio_read(struct wfr_device *dev, uint64_t off, unsigned int size)
{
	uint64_t val;

	if (!wfr_access_ok(off, size))
		return ~0ULL;
	pthread_mutex_lock(&dev->lock);
	val = wfr_read_locked(dev, off, size);
	wfr_trace_access(dev, off, val, size, false);
	pthread_mutex_unlock(&dev->lock);
	return val;
}

static void wfr_write_locked(struct wfr_device *dev, uint64_t off, uint64_t val,
			     unsigned int size)
{
	unsigned int shift = 8 * (off & 4);
	uint8_t raw[8];

	if (off >= WFR_PIO_BASE) {
		wfr_put_le64(raw, val);
		wfr_pio_store(dev, off, raw, size);
		return;
	}
	if (size == 4)
		val = (wfr_csr_read(dev, off & ~7ULL) &
		       ~(0xffffffffULL << shift)) |
		      (uint64_t)(uint32_t)val << shift;
	wfr_csr_write(dev, off & ~7ULL, val);
}

void wfr_mmio_write(struct wfr_device *dev, uint64_t off, uint64_t val,
		    unsigned int size)
{
	if (!wfr_access_ok(off, size))
		return;
	pthread_mutex_lock(&dev->lock);
	wfr_trace_access(dev, off, val, size, true);
	wfr_write_locked(dev, off, val, size);
	pthread_mutex_unlock(&dev->lock);
}

int wfr_pio_write(struct wfr_device *dev, uint64_t off, const void *buf,
		  size_t len)
{
	int err;

	pthread_mutex_lock(&dev->lock);
	err = wfr_pio_store(dev, off, buf, len);
	pthread_mutex_unlock(&dev->lock);
	return err;
}

/* Contexts whose head moves without a trap have to be looked at. */
static uint64_t wfr_held_run(struct wfr_device *dev, uint64_t now)
{
	bool held = false;
	unsigned int c;

	for (c = 0; dev->cfg.uregs.mem && c < dev->cfg.rcv_contexts; c++) {
		if (!dev->rctxt[c].held.head)
			continue;
		wfr_rxe_held(dev, c);
		held |= dev->rctxt[c].held.head != NULL;
	}
	return held ? now + WFR_HELD_POLL_NS : WFR_STEP_IDLE;
}

static uint64_t wfr_earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t wfr_step_locked(struct wfr_device *dev)
{
	uint64_t now = wfr_now(dev);
	bool worked = wfr_timers_run(dev, now);
	bool moved = wfr_rxe_run(dev);
	uint64_t next;

	next = wfr_held_run(dev, now);
	moved |= wfr_sdma_run(dev, now);
	moved |= wfr_scan_run(dev);
	moved |= wfr_egress_run(dev, now);
	if (moved)
		dev->busy_ns = now;
	if (moved || worked)
		return 0;
	next = wfr_earliest(next, wfr_timers_next(dev));
	next = wfr_earliest(next, wfr_sdma_next(dev));
	next = wfr_earliest(next, wfr_scan_next(dev, now));
	next = wfr_earliest(next, wfr_egress_next(dev, now));
	if (next == WFR_STEP_IDLE)
		return next;
	return next > now ? next - now : 0;
}

uint64_t wfr_step(struct wfr_device *dev)
{
	uint64_t next;

	pthread_mutex_lock(&dev->lock);
	next = wfr_step_locked(dev);
	pthread_mutex_unlock(&dev->lock);
	return next;
}

bool wfr_drain(struct wfr_device *dev, unsigned int max_steps)
{
	while (max_steps--)
		if (wfr_step(dev))
			return true;
	return false;
}
