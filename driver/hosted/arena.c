// SPDX-License-Identifier: BSD-3-Clause
/*
 * The arena: memory the device and several processes share.
 *
 * Locks: arena_lock is a leaf.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <hosted/mmio.h>
#include "internal.h"

#define NPAGES	 (HOSTED_ARENA_SIZE >> PAGE_SHIFT)
#define PFN_BASE (HOSTED_ARENA_PHYS >> PAGE_SHIFT)

static pthread_once_t arena_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t arena_lock = PTHREAD_MUTEX_INITIALIZER;
static int arena_fd = -1;
static char *arena_base;
static unsigned long *arena_used;
static u32 *arena_len;
static struct page *arena_pages;
static unsigned long arena_hint;
static long arena_live;

static void *reserve(size_t size, int fd)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       flags | MAP_NORESERVE, fd, 0);

	if (p == MAP_FAILED)
		hosted_bug(__FILE__, __LINE__, "no address space for memory");
	madvise(p, size, MADV_DONTDUMP);
	return p;
}

static void arena_setup(void)
{
	arena_fd = memfd_create("hfi1-emu-memory", MFD_CLOEXEC);
	if (arena_fd < 0 || ftruncate(arena_fd, HOSTED_ARENA_SIZE))
		hosted_bug(__FILE__, __LINE__, "no memory file");
	arena_base = reserve(HOSTED_ARENA_SIZE, arena_fd);
	arena_used = reserve(NPAGES / 8, -1);
	arena_len = reserve(NPAGES * sizeof(*arena_len), -1);
	arena_pages = reserve(NPAGES * sizeof(*arena_pages), -1);
}

int hosted_arena_fd(void)
{
	pthread_once(&arena_once, arena_setup);
	return arena_fd;
}

long hosted_arena_live(void)
{
	return READ_ONCE(arena_live);
}

void *hosted_arena_alloc(size_t size, size_t align)
{
	unsigned long n = PFN_UP(size), mask = PFN_UP(align), at;

	pthread_once(&arena_once, arena_setup);
	if (!n || n > NPAGES)
		return NULL;
	mask = mask ? mask - 1 : 0;
	pthread_mutex_lock(&arena_lock);
	at = bitmap_find_next_zero_area(arena_used, NPAGES, arena_hint, n,
					mask);
	if (at + n > NPAGES)
		at = bitmap_find_next_zero_area(arena_used, NPAGES, 0, n, mask);
	if (at + n > NPAGES) {
		pthread_mutex_unlock(&arena_lock);
		return NULL;
	}
	bitmap_set(arena_used, at, n);
	arena_len[at] = n;
	arena_hint = at + n;
	arena_live += n;
	pthread_mutex_unlock(&arena_lock);
	return arena_base + (at << PAGE_SHIFT);
}

static unsigned long index_of(const void *addr)
{
	return ((const char *)addr - arena_base) >> PAGE_SHIFT;
}

size_t hosted_arena_size(const void *addr)
{
	return (size_t)arena_len[index_of(addr)] << PAGE_SHIFT;
}

void hosted_arena_free(const void *addr)
{
	unsigned long at = index_of(addr), n;

	BUG_ON(!hosted_arena_has(addr) || offset_in_page(addr));
	n = arena_len[at];
	BUG_ON(!n);
	/* Give the memory back; the next owner finds zeroes. */
	if (madvise((void *)addr, n << PAGE_SHIFT, MADV_REMOVE))
		memset((void *)addr, 0, n << PAGE_SHIFT);
	pthread_mutex_lock(&arena_lock);
	arena_len[at] = 0;
	bitmap_clear(arena_used, at, n);
	if (at < arena_hint)
		arena_hint = at;
	arena_live -= n;
	pthread_mutex_unlock(&arena_lock);
}

bool hosted_arena_has(const void *addr)
{
	const char *p = addr;

	return arena_base && p >= arena_base &&
	       p < arena_base + HOSTED_ARENA_SIZE;
}

bool hosted_arena_has_phys(phys_addr_t phys, size_t len)
{
	return phys >= HOSTED_ARENA_PHYS && len <= HOSTED_ARENA_SIZE &&
	       phys - HOSTED_ARENA_PHYS <= HOSTED_ARENA_SIZE - len;
}

void *hosted_arena_at(phys_addr_t phys)
{
	return arena_base + (phys - HOSTED_ARENA_PHYS);
}

phys_addr_t hosted_arena_phys(const void *addr)
{
	return HOSTED_ARENA_PHYS + ((const char *)addr - arena_base);
}

struct page *hosted_arena_page(const void *addr)
{
	struct page *page = &arena_pages[index_of(addr)];

	WRITE_ONCE(page->pfn, PFN_BASE + index_of(addr));
	WRITE_ONCE(page->kaddr, arena_base + (index_of(addr) << PAGE_SHIFT));
	return page;
}

static void *alloc_or_fail(size_t size, size_t align, gfp_t gfp)
{
	if (gfpflags_allow_blocking(gfp))
		might_sleep();
	if (!(gfp & __GFP_NOFAIL) && hosted_should_fail())
		return NULL;
	return hosted_arena_alloc(size, align);
}

static bool stall_next;
static unsigned long stall_ends;
static DECLARE_WAIT_QUEUE_HEAD(stall_wait);

void hosted_stall_vmalloc(bool on)
{
	WRITE_ONCE(stall_next, on);
	if (!on)
		__atomic_fetch_add(&stall_ends, 1, __ATOMIC_SEQ_CST);
	wake_up_all(&stall_wait);
}

void *vmalloc_user(unsigned long size)
{
	unsigned long ends = READ_ONCE(stall_ends);

	if (__atomic_exchange_n(&stall_next, false, __ATOMIC_SEQ_CST) &&
	    wait_event_killable(stall_wait, READ_ONCE(stall_ends) != ends))
		return NULL;
	return alloc_or_fail(size, PAGE_SIZE, GFP_KERNEL);
}

void *vzalloc(unsigned long size)
{
	return vmalloc_user(size);
}

void *vmalloc(unsigned long size)
{
	return vmalloc_user(size);
}

void vfree(const void *addr)
{
	might_sleep();
	if (addr)
		hosted_arena_free(addr);
}

bool is_vmalloc_addr(const void *addr)
{
	return hosted_arena_has(addr);
}

struct page *vmalloc_to_page(const void *addr)
{
	return virt_to_page(addr);
}

unsigned long vmalloc_to_pfn(const void *addr)
{
	return page_to_pfn(virt_to_page(addr));
}

struct page *virt_to_page(const void *addr)
{
	BUG_ON(!hosted_arena_has(addr));
	return hosted_arena_page(addr);
}

phys_addr_t virt_to_phys(const volatile void *addr)
{
	BUG_ON(!hosted_arena_has((const void *)addr));
	return hosted_arena_phys((const void *)addr);
}

struct page *pfn_to_page(unsigned long pfn)
{
	phys_addr_t phys = PFN_PHYS(pfn);

	BUG_ON(!hosted_arena_has_phys(phys, PAGE_SIZE));
	return hosted_arena_page(hosted_arena_at(phys));
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	return (unsigned long)alloc_or_fail(PAGE_SIZE << order,
					    PAGE_SIZE << order, gfp);
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp, 0);
}

void free_pages(unsigned long addr, unsigned int order)
{
	(void)order;
	if (addr)
		hosted_arena_free((void *)addr);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	void *addr = (void *)__get_free_pages(gfp, order);

	return addr ? hosted_arena_page(addr) : NULL;
}

void __free_pages(struct page *page, unsigned int order)
{
	(void)order;
	if (page)
		hosted_arena_free(page->kaddr);
}

void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	return alloc_or_fail(size, PAGE_SIZE, gfp);
}

void free_pages_exact(void *virt, size_t size)
{
	(void)size;
	if (virt)
		hosted_arena_free(virt);
}

int get_order(unsigned long size)
{
	return order_base_2(PFN_UP(size));
}

/*
 * Coherent memory is aligned to its own size up to 2 MiB, which receive
 * buffers of the device rely on.
 */
void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *handle,
			 gfp_t gfp)
{
	size_t align = min_t(size_t, roundup_pow_of_two(size), 2UL << 20);
	void *p = alloc_or_fail(size, align, gfp);

	(void)dev;
	if (p)
		*handle = hosted_arena_phys(p);
	return p;
}

void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr,
		       dma_addr_t handle)
{
	(void)dev;
	if (!cpu_addr)
		return;
	WARN_ON(handle != hosted_arena_phys(cpu_addr) ||
		PAGE_ALIGN(size) != hosted_arena_size(cpu_addr));
	hosted_arena_free(cpu_addr);
}
