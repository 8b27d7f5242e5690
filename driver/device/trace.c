// SPDX-License-Identifier: BSD-3-Clause
/*
 * Watching accesses: a callback for each, and a census of the registers that
 * returned something else than what was written to them last.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "wfr_priv.h"

#define WFR_CENSUS_WORDS (WFR_CSR_SPACE / 8)

static void wfr_census_access(struct wfr_device *dev, uint64_t off,
			      uint64_t val, unsigned int size, bool write)
{
	uint64_t i = off / 8;

	if (off >= WFR_CSR_SPACE || size != 8)
		return;
	if (write)
		dev->census_last[i] = val;
	else if (dev->census_last[i] != val)
		dev->census_hits[i]++;
}

void wfr_trace_access(struct wfr_device *dev, uint64_t off, uint64_t val,
		      unsigned int size, bool write)
{
	struct wfr_access_rec rec = { off, val, size, write };

	if (dev->census_last)
		wfr_census_access(dev, off, val, size, write);
	if (dev->trace)
		dev->trace(dev->trace_arg, &rec);
}

void wfr_trace_set(struct wfr_device *dev,
		   void (*fn)(void *arg, const struct wfr_access_rec *rec),
		   void *arg)
{
	pthread_mutex_lock(&dev->lock);
	dev->trace = fn;
	dev->trace_arg = arg;
	pthread_mutex_unlock(&dev->lock);
}

bool wfr_reg_name(uint64_t off, char *buf, size_t len)
{
	const struct wfr_reg_desc *reg;
	struct wfr_at at;

	reg = wfr_reg_find(off & ~7ULL, &at);
	if (!reg) {
		snprintf(buf, len, "0x%" PRIx64, off);
		return false;
	}
	if (reg->inner_count > 1)
		snprintf(buf, len, "%s[%u][%u]", reg->name, at.n, at.m);
	else if (reg->count > 1)
		snprintf(buf, len, "%s[%u]", reg->name, at.n);
	else
		snprintf(buf, len, "%s", reg->name);
	return true;
}

/* Large and sparse: pages that no register of interest is on cost nothing. */
static uint64_t *wfr_census_map(void)
{
	void *p = mmap(NULL, WFR_CENSUS_WORDS * 8, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void wfr_census_unmap(uint64_t **map)
{
	if (*map)
		munmap(*map, WFR_CENSUS_WORDS * 8);
	*map = NULL;
}

void wfr_trace_exit(struct wfr_device *dev)
{
	wfr_census_unmap(&dev->census_last);
	wfr_census_unmap(&dev->census_hits);
}

int wfr_census_set(struct wfr_device *dev, bool on)
{
	int err = 0;

	pthread_mutex_lock(&dev->lock);
	wfr_trace_exit(dev);
	if (on) {
		dev->census_last = wfr_census_map();
		dev->census_hits = wfr_census_map();
		if (!dev->census_last || !dev->census_hits) {
			wfr_trace_exit(dev);
			err = -ENOMEM;
		}
	}
	pthread_mutex_unlock(&dev->lock);
	return err;
}

unsigned int wfr_census_print(struct wfr_device *dev, FILE *out)
{
	unsigned int lines = 0;
	char name[64];
	uint64_t i;

	pthread_mutex_lock(&dev->lock);
	for (i = 0; dev->census_hits && i < WFR_CENSUS_WORDS; i++) {
		if (!dev->census_hits[i])
			continue;
		wfr_reg_name(i * 8, name, sizeof(name));
		fprintf(out, "0x%07" PRIx64 " %8" PRIu64 " %s\n", i * 8,
			dev->census_hits[i], name);
		lines++;
	}
	pthread_mutex_unlock(&dev->lock);
	return lines;
}

void wfr_stats_get(struct wfr_device *dev, struct wfr_stats *stats)
{
	pthread_mutex_lock(&dev->lock);
	*stats = dev->stats;
	pthread_mutex_unlock(&dev->lock);
}
