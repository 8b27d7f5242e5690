// SPDX-License-Identifier: BSD-3-Clause
/*
 * Memory tables: an argument whose length its first member tells.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "device.h"

#define REGION	  VHOST_PAGE_SIZE
#define MOST	  64 /* limit.memory-regions */
#define USER_SIDE 0x10000000ULL

static size_t table_size(unsigned int regions)
{
	return sizeof(struct vhost_memory) +
	       regions * sizeof(struct vhost_memory_region);
}

/* @regions neighbours of a page each, one after the other. */
static struct vhost_memory *table(unsigned int regions)
{
	struct vhost_memory *m = calloc(1, table_size(regions));
	unsigned int i;

	hfi1c_setup(m, "not enough memory");
	m->nregions = regions;
	for (i = 0; i < regions; i++) {
		m->regions[i].guest_phys_addr = i * REGION;
		m->regions[i].memory_size = REGION;
		m->regions[i].userspace_addr = USER_SIDE + i * REGION;
	}
	return m;
}

static long set(const struct hfi1c_world *w, const struct vhost_memory *m)
{
	return hfi1c_ioctl(w->fd, VHOST_SET_MEM_TABLE, (void *)m);
}

static void counts(const struct hfi1c_case *c)
{
	static const unsigned int good[] = { 0, 1, 2, MOST - 1, MOST };
	struct hfi1c_world w;
	unsigned int i;

	(void)c;
	hfi1c_world_build(&w, &hfi1c_scenario_owned);
	for (i = 0; i < HFI1C_COUNT(good); i++)
		hfi1c_expect_result(set(&w, table(good[i])), 0,
				    "a table of good regions");
	hfi1c_expect_errno(set(&w, table(MOST + 1)), E2BIG);
	hfi1c_expect_ok(set(&w, table(0)));
	hfi1c_world_close(&w);
}

/* Every byte of the elements counts, and none behind them. */
static void edges(const struct hfi1c_case *c)
{
	size_t size = table_size(2), k;
	struct vhost_memory *m = table(2);
	struct hfi1c_world w;
	unsigned char *edge;

	(void)c;
	hfi1c_world_build(&w, &hfi1c_scenario_owned);
	for (k = 1; k < size; k++) {
		hfi1c_note("%zu of %zu bytes are mapped", k, size);
		edge = hfi1c_edge(k);
		memcpy(edge, m, k);
		hfi1c_expect_errno(set(&w, (void *)edge), EFAULT);
	}
	edge = hfi1c_edge(size);
	memcpy(edge, m, size);
	hfi1c_expect_ok(set(&w, (void *)edge));
	hfi1c_world_close(&w);
}

struct flaw {
	const char *what;
	struct vhost_memory_region region;
	long result;
};

static void regions(const struct hfi1c_case *c)
{
	static const struct flaw flaws[] = {
		{ "an empty region", { 0x1000, 0, USER_SIDE, 0 }, -EFAULT },
		{ "a region that wraps",
		  { -(uint64_t)REGION, 2 * REGION, USER_SIDE, 0 },
		  -EFAULT },
		{ "a region at the kernel's addresses",
		  { 0, REGION, 0xffff888000000000ULL, 0 },
		  0 },
		{ "a region that ends behind the caller's addresses",
		  { 0, REGION, -(uint64_t)REGION / 2, 0 },
		  0 },
		{ "a region that is nowhere mapped",
		  { 0, REGION, USER_SIDE, 0 },
		  0 },
		{ "a region of odd size and address",
		  { 1, 3, USER_SIDE + 7, 0 },
		  0 },
	};
	struct vhost_memory *m = table(1);
	struct hfi1c_world w;
	unsigned int i;

	(void)c;
	hfi1c_world_build(&w, &hfi1c_scenario_owned);
	for (i = 0; i < HFI1C_COUNT(flaws); i++) {
		m->regions[0] = flaws[i].region;
		hfi1c_expect_result(set(&w, m), flaws[i].result, flaws[i].what);
	}
	hfi1c_world_close(&w);
}

static void padding(const struct hfi1c_case *c)
{
	struct vhost_memory *m = table(1);
	struct hfi1c_world w;

	(void)c;
	hfi1c_world_build(&w, &hfi1c_scenario_owned);
	m->regions[0].flags_padding = ~0ULL;
	hfi1c_expect_ok(set(&w, m));
	m->padding = 1;
	hfi1c_expect_errno(set(&w, m), EOPNOTSUPP);
	hfi1c_world_close(&w);
}

static const struct hfi1c_case cases[] = {
	{ .name = "memory.counts",
	  .clause = "SET_MEM_TABLE SET_MEM_TABLE.too-many limit.memory-regions",
	  .doc = "A table has 0 to 64 regions.",
	  .run = counts },
	{ .name = "memory.edges",
	  .clause = "SET_MEM_TABLE.regions-in SET_MEM_TABLE.copy-in",
	  .doc = "Each byte of head and regions is read, and none behind them.",
	  .run = edges },
	{ .name = "memory.regions",
	  .clause = "SET_MEM_TABLE.bad-region",
	  .doc = "Regions are not empty and do not wrap; where they are is not asked before a ring is active.",
	  .run = regions },
	{ .name = "memory.padding",
	  .clause = "SET_MEM_TABLE.padding quirk.region-padding",
	  .doc = "The padding of a table is looked at, that of a region is not.",
	  .run = padding },
};

HFI1C_GROUP(memory, "memory", "Memory tables.", cases);
