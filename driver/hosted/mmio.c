// SPDX-License-Identifier: BSD-3-Clause
/*
 * Register accesses as calls.
 *
 * Locks: bars_lock covers creation and removal; a lookup reads the table
 * without it, as a BAR outlives every access to it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <linux/kernel.h>
#include <hosted/mmio.h>
#include "internal.h"

#define MAX_BARS    16
#define MAX_WINDOWS 8
#define BAR_PHYS    0x8000000000ULL
#define BAR_STRIDE  (1ULL << 32)

struct window {
	u64 offset;
	size_t size;
	int fd;
	off_t fd_offset;
};

struct bar {
	const struct hosted_mmio_ops *ops;
	void *ctx;
	char *base;
	size_t size;
	phys_addr_t phys;
	unsigned int nwindows;
	struct window windows[MAX_WINDOWS];
};

static struct bar *bars[MAX_BARS];
static pthread_mutex_t bars_lock = PTHREAD_MUTEX_INITIALIZER;

static struct bar *bar_of(const volatile void *addr)
{
	const char *p = (const char *)addr;
	struct bar *bar;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bars); i++) {
		bar = smp_load_acquire(&bars[i]);
		if (bar && p >= bar->base && p < bar->base + bar->size)
			return bar;
	}
	hosted_bug(__FILE__, __LINE__, "access to an address of no device");
}

static struct bar *new_bar(const struct hosted_mmio_ops *ops, void *ctx,
			   size_t size)
{
	struct bar *bar = calloc(1, sizeof(*bar));

	if (!bar)
		return NULL;
	bar->base = mmap(NULL, size, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bar->base == MAP_FAILED) {
		free(bar);
		return NULL;
	}
	bar->ops = ops;
	bar->ctx = ctx;
	bar->size = size;
	return bar;
}

void __iomem *hosted_iomap(const struct hosted_mmio_ops *ops, void *ctx,
			   size_t size, phys_addr_t *phys)
{
	struct bar *bar = new_bar(ops, ctx, size);
	size_t i;

	if (!bar)
		return NULL;
	pthread_mutex_lock(&bars_lock);
	for (i = 0; i < ARRAY_SIZE(bars) && bars[i]; i++)
		;
	if (i < ARRAY_SIZE(bars)) {
		bar->phys = BAR_PHYS + i * BAR_STRIDE;
		smp_store_release(&bars[i], bar);
	}
	pthread_mutex_unlock(&bars_lock);
	if (i == ARRAY_SIZE(bars)) {
		munmap(bar->base, size);
		free(bar);
		return NULL;
	}
	if (phys)
		*phys = bar->phys;
	return bar->base;
}

void hosted_iounmap(void __iomem *base)
{
	struct bar *bar = bar_of(base);
	size_t i;

	pthread_mutex_lock(&bars_lock);
	for (i = 0; i < ARRAY_SIZE(bars); i++)
		if (bars[i] == bar)
			smp_store_release(&bars[i], NULL);
	pthread_mutex_unlock(&bars_lock);
	munmap(bar->base, bar->size);
	free(bar);
}

int hosted_iomap_window(void __iomem *base, u64 offset, size_t size, int fd,
			off_t fd_offset)
{
	struct bar *bar = bar_of(base);

	if (offset_in_page(offset) || offset_in_page(size) ||
	    offset_in_page(fd_offset) || offset + size > bar->size)
		return -EINVAL;
	if (bar->nwindows == MAX_WINDOWS)
		return -ENOSPC;
	bar->windows[bar->nwindows++] =
		(struct window){ offset, size, fd, fd_offset };
	return 0;
}

static bool window_at(const struct bar *bar, u64 offset, size_t len, int *fd,
		      off_t *fd_offset)
{
	const struct window *w;

	for (w = bar->windows; w < bar->windows + bar->nwindows; w++) {
		if (offset < w->offset || len > w->size ||
		    offset - w->offset > w->size - len)
			continue;
		*fd = w->fd;
		*fd_offset = w->fd_offset + (offset - w->offset);
		return true;
	}
	return false;
}

bool hosted_phys_to_fd(phys_addr_t phys, size_t len, int *fd, off_t *offset)
{
	struct bar *bar;
	size_t i;

	if (hosted_arena_has_phys(phys, len)) {
		*fd = hosted_arena_fd();
		*offset = phys - HOSTED_ARENA_PHYS;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(bars); i++) {
		bar = smp_load_acquire(&bars[i]);
		if (bar && phys >= bar->phys && phys < bar->phys + bar->size)
			return window_at(bar, phys - bar->phys, len, fd,
					 offset);
	}
	return false;
}

u64 readq(const volatile void __iomem *addr)
{
	struct bar *bar = bar_of(addr);

	return bar->ops->read(bar->ctx, (const char *)addr - bar->base);
}

void writeq(u64 value, volatile void __iomem *addr)
{
	struct bar *bar = bar_of(addr);

	/* A store to a device never passes earlier stores to memory. */
	wmb();
	bar->ops->write(bar->ctx, (char *)addr - bar->base, value);
}

/* The device has 64-bit registers only: halves are read and merged. */
u32 readl(const volatile void __iomem *addr)
{
	unsigned int shift = ((uintptr_t)addr & 4) * 8;
	uintptr_t word = (uintptr_t)addr & ~7UL;

	return readq((const volatile void *)word) >> shift;
}

void writel(u32 value, volatile void __iomem *addr)
{
	unsigned int shift = ((uintptr_t)addr & 4) * 8;
	uintptr_t word = (uintptr_t)addr & ~7UL;
	u64 old = readq((const volatile void *)word);

	old &= ~(0xffffffffULL << shift);
	writeq(old | (u64)value << shift, (volatile void *)word);
}

void memcpy_toio(volatile void __iomem *to, const void *from, size_t n)
{
	const char *s = from;
	u64 v;

	BUG_ON(((uintptr_t)to | n) & 7);
	for (; n; n -= 8, s += 8, to = (volatile char *)to + 8) {
		memcpy(&v, s, 8);
		writeq(v, to);
	}
}

void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n)
{
	char *d = to;
	u64 v;

	BUG_ON(((uintptr_t)from | n) & 7);
	for (; n; n -= 8, d += 8, from = (const volatile char *)from + 8) {
		v = readq(from);
		memcpy(d, &v, 8);
	}
}

void memset_io(volatile void __iomem *to, int c, size_t n)
{
	u64 v = 0x0101010101010101ULL * (u8)c;

	BUG_ON(((uintptr_t)to | n) & 7);
	for (; n; n -= 8, to = (volatile char *)to + 8)
		writeq(v, to);
}

void __iowrite64_copy(void __iomem *to, const void *from, size_t count)
{
	memcpy_toio(to, from, count * 8);
}
