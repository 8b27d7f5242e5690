// SPDX-License-Identifier: BSD-3-Clause
/*
 * Between the protocol and the model.
 *
 * Two threads meet here: the one that serves the client, and the engine
 * thread.  Locking order: the model's device lock -> one of dma, irqs and
 * engine.lock, which are leaves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "adapter.h"
#include "dma.h"
#include "irq.h"
#include "log.h"
#include "pciconf.h"
#include "wfr_regs.h"

struct engine {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool kicked;
	bool stop;
};

struct vfu_adapter {
	char name[32];
	struct wfr_device *chip;
	struct vfu_pciconf conf;
	struct vfu_dma *dma;
	struct vfu_irqs irqs;
	struct engine engine;
	int array_fd; /* file of the RcvArray */
	void *array;
	size_t array_size;
	struct vfu_adapter_stats stats; /* atomic */
};

static void count(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Callbacks of the model */

static int dma_result(struct vfu_adapter *ad, int err, uint64_t addr,
		      size_t len, bool write)
{
	if (!err)
		return 0;
	count(&ad->stats.dma_faults);
	vfu_log(VFU_LOG_DEBUG, ad->name, "DMA %s of %zu bytes at %#llx failed",
		write ? "write" : "read", len, (unsigned long long)addr);
	return err;
}

static int host_dma_read(void *host, uint64_t addr, void *buf, size_t len)
{
	struct vfu_adapter *ad = host;
	int err = -EACCES;

	if (vfu_pciconf_bus_master(&ad->conf))
		err = vfu_dma_read(ad->dma, addr, buf, len);
	return dma_result(ad, err, addr, len, false);
}

static int host_dma_write(void *host, uint64_t addr, const void *buf,
			  size_t len)
{
	struct vfu_adapter *ad = host;
	int err = -EACCES;

	if (vfu_pciconf_bus_master(&ad->conf))
		err = vfu_dma_write(ad->dma, addr, buf, len);
	return dma_result(ad, err, addr, len, true);
}

/* An MSI-X message is a memory write, so it needs bus mastering as well. */
static void host_msix(void *host, unsigned int vector)
{
	struct vfu_adapter *ad = host;

	vfu_log(VFU_LOG_TRACE, ad->name, "vector %u", vector);
	if (vfu_pciconf_bus_master(&ad->conf))
		vfu_irqs_raise(&ad->irqs, vector);
}

static void host_kick(void *host)
{
	struct engine *e = &((struct vfu_adapter *)host)->engine;

	pthread_mutex_lock(&e->lock);
	if (!e->kicked) {
		e->kicked = true;
		pthread_cond_signal(&e->wake);
	}
	pthread_mutex_unlock(&e->lock);
}

static const struct wfr_host_ops host_ops = {
	.dma_read = host_dma_read,
	.dma_write = host_dma_write,
	.msix = host_msix,
	.kick = host_kick,
};

/* The engine thread */

static struct timespec deadline(uint64_t ns)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += ns / 1000000000;
	ts.tv_nsec += ns % 1000000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	return ts;
}

/* Sleep until a kick or for @ns; false when the thread is to end. */
static bool engine_wait(struct engine *e, uint64_t ns)
{
	struct timespec until = { 0 };
	int err = 0;
	bool go_on;

	if (ns && ns != WFR_STEP_IDLE)
		until = deadline(ns);
	pthread_mutex_lock(&e->lock);
	while (ns && !e->kicked && !e->stop && err != ETIMEDOUT) {
		if (ns == WFR_STEP_IDLE)
			pthread_cond_wait(&e->wake, &e->lock);
		else
			err = pthread_cond_timedwait(&e->wake, &e->lock,
						     &until);
	}
	e->kicked = false;
	go_on = !e->stop;
	pthread_mutex_unlock(&e->lock);
	return go_on;
}

static void *engine_main(void *arg)
{
	struct vfu_adapter *ad = arg;

	while (engine_wait(&ad->engine, wfr_step(ad->chip)))
		continue;
	return NULL;
}

static int engine_init(struct engine *e)
{
	pthread_condattr_t attr;
	int err;

	err = -pthread_mutex_init(&e->lock, NULL);
	if (err)
		return err;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	err = -pthread_cond_init(&e->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (err)
		pthread_mutex_destroy(&e->lock);
	return err;
}

static void engine_stop(struct engine *e)
{
	pthread_mutex_lock(&e->lock);
	e->stop = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
	pthread_join(e->thread, NULL);
}

static void engine_exit(struct engine *e)
{
	pthread_cond_destroy(&e->wake);
	pthread_mutex_destroy(&e->lock);
}

/*
 * The RcvArray lies in a file at its offset in BAR 0, because a client adds
 * the offset within the region when it maps.  Sealed: a client that cuts it
 * short would take the model's memory away.
 *
 * Nobody sees a store to mapped memory, so a filler (a store without write
 * enable, which the chip ignores) erases the entry it hits.
 */
static int array_open(struct vfu_adapter *ad, unsigned int entries)
{
	size_t page = VFU_PAGE_SIZE, size = entries * sizeof(uint64_t);

	size = (size + page - 1) & ~(page - 1);
	ad->array_fd =
		memfd_create("wfr-rcvarray", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (ad->array_fd < 0)
		return -errno;
	if (ftruncate(ad->array_fd, WFR_RCV_ARRAY(0) + size) ||
	    fcntl(ad->array_fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return -errno;
	ad->array = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 ad->array_fd, WFR_RCV_ARRAY(0));
	if (ad->array == MAP_FAILED) {
		ad->array = NULL;
		return -errno;
	}
	ad->array_size = size;
	return 0;
}

static void array_close(struct vfu_adapter *ad)
{
	if (ad->array)
		munmap(ad->array, ad->array_size);
	if (ad->array_fd >= 0)
		close(ad->array_fd);
}

static int chip_open(struct vfu_adapter *ad, const struct wfr_config *cfg,
		     bool map_array)
{
	struct wfr_config shape = *cfg;
	int err = 0;

	if (map_array)
		err = array_open(ad, cfg->rcv_array_cnt);
	if (err)
		return err;
	if (map_array) {
		shape.rcv_array.mem = ad->array;
		shape.rcv_array.size = ad->array_size;
	}
	ad->chip = wfr_create(&shape, &host_ops, ad, &err);
	return ad->chip ? 0 : err;
}

static int adapter_open(struct vfu_adapter *ad, const struct wfr_config *cfg,
			bool map_array)
{
	int err;

	ad->dma = vfu_dma_create();
	if (!ad->dma)
		return -ENOMEM;
	err = chip_open(ad, cfg, map_array);
	if (err)
		return err;
	return -pthread_create(&ad->engine.thread, NULL, engine_main, ad);
}

static void adapter_free(struct vfu_adapter *ad)
{
	wfr_destroy(ad->chip);
	array_close(ad);
	vfu_dma_destroy(ad->dma);
	vfu_irqs_exit(&ad->irqs);
	engine_exit(&ad->engine);
	free(ad);
}

static struct vfu_adapter *adapter_alloc(const char *name)
{
	struct vfu_adapter *ad = calloc(1, sizeof(*ad));

	if (!ad)
		return NULL;
	snprintf(ad->name, sizeof(ad->name), "%s", name);
	ad->array_fd = -1;
	vfu_pciconf_init(&ad->conf);
	if (engine_init(&ad->engine))
		goto free;
	if (!vfu_irqs_init(&ad->irqs))
		return ad;
	engine_exit(&ad->engine);
free:
	free(ad);
	return NULL;
}

struct vfu_adapter *vfu_adapter_create(const char *name,
				       const struct wfr_config *cfg,
				       bool map_array, int *err)
{
	struct vfu_adapter *ad = adapter_alloc(name);

	if (!ad) {
		*err = -ENOMEM;
		return NULL;
	}
	*err = adapter_open(ad, cfg, map_array);
	if (!*err)
		return ad;
	adapter_free(ad);
	return NULL;
}

void vfu_adapter_destroy(struct vfu_adapter *ad)
{
	if (!ad)
		return;
	engine_stop(&ad->engine);
	adapter_free(ad);
}

const char *vfu_adapter_name(const struct vfu_adapter *ad)
{
	return ad->name;
}

struct wfr_device *vfu_adapter_chip(struct vfu_adapter *ad)
{
	return ad->chip;
}

struct vfu_dma *vfu_adapter_dma(struct vfu_adapter *ad)
{
	return ad->dma;
}

struct vfu_irqs *vfu_adapter_irqs(struct vfu_adapter *ad)
{
	return &ad->irqs;
}

int vfu_adapter_mappable(struct vfu_adapter *ad, uint64_t *off, uint64_t *size)
{
	*off = WFR_RCV_ARRAY(0);
	*size = ad->array_size;
	return ad->array_fd;
}

void vfu_adapter_stats(struct vfu_adapter *ad, struct vfu_adapter_stats *st)
{
	const struct vfu_adapter_stats *from = &ad->stats;

	st->reads = __atomic_load_n(&from->reads, __ATOMIC_RELAXED);
	st->writes = __atomic_load_n(&from->writes, __ATOMIC_RELAXED);
	st->config = __atomic_load_n(&from->config, __ATOMIC_RELAXED);
	st->resets = __atomic_load_n(&from->resets, __ATOMIC_RELAXED);
	st->dma_faults = __atomic_load_n(&from->dma_faults, __ATOMIC_RELAXED);
}

void vfu_adapter_reset(struct vfu_adapter *ad)
{
	vfu_log(VFU_LOG_INFO, ad->name, "reset");
	count(&ad->stats.resets);
	/* Bus mastering first: no engine stores while the chip resets. */
	vfu_pciconf_reset(&ad->conf);
	wfr_reset(ad->chip);
	vfu_irqs_reset(&ad->irqs);
}

void vfu_adapter_unplug(struct vfu_adapter *ad)
{
	/* Faults were meant for the client that goes. */
	wfr_fault_sticky(ad->chip, 0);
	wfr_fault_delay(ad->chip, 0);
	wfr_link_set(ad->chip, true);
	vfu_adapter_reset(ad);
	vfu_irqs_clear(&ad->irqs);
	vfu_dma_clear(ad->dma);
}

/* Accesses */

/* The largest aligned piece the chip knows; 0 for a part of a dword. */
static unsigned int piece(uint64_t off, size_t len)
{
	if (!(off & 7) && len >= 8)
		return 8;
	return !(off & 3) && len >= 4 ? 4 : 0;
}

static void trace(struct vfu_adapter *ad, const char *what, uint64_t off,
		  uint64_t val, unsigned int size)
{
	char reg[64];

	if (vfu_log_level() < VFU_LOG_TRACE)
		return;
	wfr_reg_name(off, reg, sizeof(reg));
	vfu_log(VFU_LOG_TRACE, ad->name, "%s%u %s %#llx", what, size * 8, reg,
		(unsigned long long)val);
}

static uint64_t chip_read(struct vfu_adapter *ad, uint64_t off,
			  unsigned int size)
{
	uint64_t val = wfr_mmio_read(ad->chip, off, size);

	count(&ad->stats.reads);
	trace(ad, "read", off, val, size);
	return val;
}

static void chip_write(struct vfu_adapter *ad, uint64_t off, uint64_t val,
		       unsigned int size)
{
	count(&ad->stats.writes);
	trace(ad, "write", off, val, size);
	wfr_mmio_write(ad->chip, off, val, size);
}

void vfu_adapter_bar_read(struct vfu_adapter *ad, uint64_t off, void *buf,
			  size_t len)
{
	uint8_t *to = buf;
	unsigned int n, skip;
	uint64_t val;

	while (len) {
		n = piece(off, len);
		skip = n ? 0 : off & 3;
		val = chip_read(ad, off - skip, n ? n : 4) >> (8 * skip);
		if (!n)
			n = len < 4 - skip ? len : 4 - skip;
		memcpy(to, &val, n);
		to += n;
		off += n;
		len -= n;
	}
}

/* Part of a dword: the bus has byte enables, the model has not. */
static unsigned int write_part(struct vfu_adapter *ad, uint64_t off,
			       const uint8_t *from, size_t len)
{
	unsigned int skip = off & 3, n = len < 4 - skip ? len : 4 - skip;
	uint32_t val = chip_read(ad, off - skip, 4);

	memcpy((uint8_t *)&val + skip, from, n);
	chip_write(ad, off - skip, val, 4);
	return n;
}

void vfu_adapter_bar_write(struct vfu_adapter *ad, uint64_t off,
			   const void *buf, size_t len)
{
	const uint8_t *from = buf;
	unsigned int n;
	uint64_t val;

	if (len > 8 && off >= WFR_PIO_BASE && !((off | len) & 3)) {
		count(&ad->stats.writes);
		wfr_pio_write(ad->chip, off, buf, len);
		return;
	}
	for (; len; from += n, off += n, len -= n) {
		n = piece(off, len);
		if (!n) {
			n = write_part(ad, off, from, len);
			continue;
		}
		val = 0;
		memcpy(&val, from, n);
		chip_write(ad, off, val, n);
	}
}

void vfu_adapter_config_read(struct vfu_adapter *ad, uint64_t off, void *buf,
			     size_t len)
{
	count(&ad->stats.config);
	vfu_pciconf_read(&ad->conf, off, buf, len);
}

void vfu_adapter_config_write(struct vfu_adapter *ad, uint64_t off,
			      const void *buf, size_t len)
{
	count(&ad->stats.config);
	if (vfu_pciconf_write(&ad->conf, off, buf, len))
		vfu_adapter_reset(ad);
}
