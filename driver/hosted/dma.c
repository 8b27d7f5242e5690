// SPDX-License-Identifier: BSD-3-Clause
/*
 * Streaming DMA mappings and the device's accesses.
 *
 * A mapping for the device to read is bounced, as swiotlb does: its content
 * is that of the moment it was mapped.  A mapping the device writes goes to
 * the process's memory as long as the process has it mapped there, and to the
 * detached page after that.
 *
 * Locks: hosted_dma->lock (read side while a transfer uses a mapping).
 */
#include <pthread.h>
#include <stdlib.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <hosted/dma.h>
#include "internal.h"

#define IOVA_FIRST (1ULL << 40)
#define IOVA_LAST  (1ULL << 47)

struct dma_map {
	struct rb_node node;
	dma_addr_t iova;
	size_t size;
	enum dma_data_direction dir;
	struct mm_struct *mm;
	unsigned long vaddr;
	char *mem;
	bool own_mem;
};

struct hosted_dma {
	pthread_rwlock_t lock;
	struct rb_root maps;
	dma_addr_t cursor;
	long count;
	unsigned long faults;
	struct list_head node;
};

static LIST_HEAD(domains);
static pthread_mutex_t domains_lock = PTHREAD_MUTEX_INITIALIZER;

#define map_of(n) rb_entry(n, struct dma_map, node)

int hosted_dma_init(struct device *dev)
{
	struct hosted_dma *dma = calloc(1, sizeof(*dma));

	if (!dma)
		return -ENOMEM;
	pthread_rwlock_init(&dma->lock, NULL);
	dma->cursor = IOVA_FIRST;
	pthread_mutex_lock(&domains_lock);
	list_add(&dma->node, &domains);
	pthread_mutex_unlock(&domains_lock);
	dev->dma = dma;
	return 0;
}

static void free_map(struct hosted_dma *dma, struct dma_map *map)
{
	rb_erase(&map->node, &dma->maps);
	dma->count--;
	if (map->mm)
		mmdrop(map->mm);
	if (map->own_mem)
		free(map->mem);
	free(map);
}

void hosted_dma_exit(struct device *dev)
{
	struct hosted_dma *dma = dev->dma;

	WARN(dma->count, "%s: %ld DMA mappings left", dev_name(dev),
	     dma->count);
	while (dma->maps.rb_node)
		free_map(dma, map_of(dma->maps.rb_node));
	pthread_mutex_lock(&domains_lock);
	list_del(&dma->node);
	pthread_mutex_unlock(&domains_lock);
	pthread_rwlock_destroy(&dma->lock);
	free(dma);
	dev->dma = NULL;
}

long hosted_dma_live(void)
{
	struct hosted_dma *dma;
	long n = 0;

	pthread_mutex_lock(&domains_lock);
	list_for_each_entry(dma, &domains, node) {
		pthread_rwlock_rdlock(&dma->lock);
		n += dma->count;
		pthread_rwlock_unlock(&dma->lock);
	}
	pthread_mutex_unlock(&domains_lock);
	return n;
}

unsigned long hosted_dma_faults(struct device *dev)
{
	return READ_ONCE(dev->dma->faults);
}

/* The mapping with the highest address not above @addr. */
static struct dma_map *map_below(struct hosted_dma *dma, dma_addr_t addr)
{
	struct rb_node *n = dma->maps.rb_node;
	struct dma_map *best = NULL;

	while (n) {
		if (map_of(n)->iova <= addr) {
			best = map_of(n);
			n = n->rb_right;
		} else {
			n = n->rb_left;
		}
	}
	return best;
}

static struct dma_map *map_at(struct hosted_dma *dma, dma_addr_t addr)
{
	struct dma_map *map = map_below(dma, addr);

	return map && addr - map->iova < map->size ? map : NULL;
}

/*
 * Addresses go round a space so large that a freed one does not come back
 * within any test's lifetime; after that, used ones are stepped over.
 */
static dma_addr_t pick_iova(struct hosted_dma *dma, size_t size)
{
	u64 align = max_t(u64, roundup_pow_of_two(size), PAGE_SIZE);
	dma_addr_t at = ALIGN(dma->cursor, align);
	struct dma_map *map;

	for (;;) {
		if (at + size > IOVA_LAST)
			at = ALIGN(IOVA_FIRST, align);
		map = map_below(dma, at + size - 1);
		if (!map || map->iova + map->size <= at)
			break;
		at = ALIGN(map->iova + map->size, align);
	}
	/* A guard page makes an overrun fault. */
	dma->cursor = PAGE_ALIGN(at + size) + PAGE_SIZE;
	return at;
}

static dma_addr_t insert_map(struct hosted_dma *dma, struct dma_map *map,
			     size_t offset)
{
	struct rb_node **link = &dma->maps.rb_node, *parent = NULL;

	pthread_rwlock_wrlock(&dma->lock);
	map->iova = pick_iova(dma, map->size + offset) + offset;
	while (*link) {
		parent = *link;
		link = map->iova < map_of(parent)->iova ? &parent->rb_left :
							  &parent->rb_right;
	}
	rb_link_node(&map->node, parent, link);
	rb_insert_color(&map->node, &dma->maps);
	dma->count++;
	pthread_rwlock_unlock(&dma->lock);
	return map->iova;
}

static struct dma_map *new_map(size_t size, enum dma_data_direction dir)
{
	struct dma_map *map;

	if (!size || hosted_should_fail())
		return NULL;
	map = calloc(1, sizeof(*map));
	if (map) {
		map->size = size;
		map->dir = dir;
	}
	return map;
}

static bool own_copy(struct dma_map *map)
{
	map->mem = calloc(1, map->size);
	map->own_mem = map->mem != NULL;
	return map->mem;
}

/* Attach a page of a process; false when its content cannot be had. */
static bool map_user(struct dma_map *map, struct page *page, size_t offset)
{
	char *saved = hosted_page_saved(page);

	map->mm = page->mm;
	mmgrab(map->mm);
	map->vaddr = page->vaddr + offset;
	if (saved) {
		if (!own_copy(map))
			return false;
		memcpy(map->mem, saved + offset,
		       min(map->size, (size_t)PAGE_SIZE - offset));
		return true;
	}
	if (map->dir != DMA_TO_DEVICE)
		return true;
	/* Wholly overwritten, or of no use. */
	map->mem = malloc(map->size);
	map->own_mem = map->mem != NULL;
	return map->mem && hosted_mm_read(map->mm, map->vaddr, map->mem,
					  map->size) == map->size;
}

dma_addr_t dma_map_page(struct device *dev, struct page *page, size_t offset,
			size_t size, enum dma_data_direction dir)
{
	struct dma_map *map = new_map(size, dir);

	if (!map)
		return DMA_MAPPING_ERROR;
	if (!page->mm) {
		map->mem = (char *)page->kaddr + offset;
	} else if (!map_user(map, page, offset)) {
		mmdrop(map->mm);
		free(map->mem);
		free(map);
		return DMA_MAPPING_ERROR;
	}
	return insert_map(dev->dma, map, offset_in_page(offset));
}

dma_addr_t dma_map_single(struct device *dev, void *ptr, size_t size,
			  enum dma_data_direction dir)
{
	struct dma_map *map = new_map(size, dir);

	if (!map)
		return DMA_MAPPING_ERROR;
	map->mem = ptr;
	return insert_map(dev->dma, map, offset_in_page(ptr));
}

static void unmap(struct device *dev, dma_addr_t addr, size_t size)
{
	struct hosted_dma *dma = dev->dma;
	struct dma_map *map;

	pthread_rwlock_wrlock(&dma->lock);
	map = map_at(dma, addr);
	WARN(!map || map->iova != addr || map->size != size,
	     "%s: unmap of %#llx+%zu, which is not a mapping", dev_name(dev),
	     (unsigned long long)addr, size);
	if (map && map->iova == addr)
		free_map(dma, map);
	pthread_rwlock_unlock(&dma->lock);
}

void dma_unmap_page(struct device *dev, dma_addr_t addr, size_t size,
		    enum dma_data_direction dir)
{
	(void)dir;
	unmap(dev, addr, size);
}

void dma_unmap_single(struct device *dev, dma_addr_t addr, size_t size,
		      enum dma_data_direction dir)
{
	(void)dir;
	unmap(dev, addr, size);
}

int dma_mapping_error(struct device *dev, dma_addr_t addr)
{
	(void)dev;
	return addr == DMA_MAPPING_ERROR ? -ENOMEM : 0;
}

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	(void)dev;
	(void)addr;
	(void)size;
	(void)dir;
}

void dma_sync_single_for_device(struct device *dev, dma_addr_t addr,
				size_t size, enum dma_data_direction dir)
{
	dma_sync_single_for_cpu(dev, addr, size, dir);
}

/* The process gave the range up: what the device still has moves to a copy. */
void hosted_dma_detach(struct mm_struct *mm, unsigned long start,
		       unsigned long end)
{
	struct hosted_dma *dma;
	struct rb_node *n;

	pthread_mutex_lock(&domains_lock);
	list_for_each_entry(dma, &domains, node) {
		pthread_rwlock_wrlock(&dma->lock);
		for (n = rb_first(&dma->maps); n; n = rb_next(n)) {
			struct dma_map *map = map_of(n);

			if (map->mm != mm || map->mem || map->vaddr >= end ||
			    map->vaddr + map->size <= start)
				continue;
			BUG_ON(!own_copy(map));
			hosted_mm_read(mm, map->vaddr, map->mem, map->size);
		}
		pthread_rwlock_unlock(&dma->lock);
	}
	pthread_mutex_unlock(&domains_lock);
}

/* A qword of the device's own memory, wherever it lies. */
struct bus_qword {
	u64 value;
} __packed;

/*
 * The device is no thread: its stores race with the processor's loads by
 * design.  Ascending aligned qwords are what the bus guarantees; @to is
 * aligned first, and @from is that too wherever it is shared.
 */
__attribute__((__no_sanitize__("thread"))) static void
bus_copy(void *to, const void *from, size_t len)
{
	volatile u8 *d = to;
	const volatile u8 *s = from;

	for (; len && ((uintptr_t)d & 7); len--)
		*d++ = *s++;
	for (; len >= 8; len -= 8, d += 8, s += 8)
		*(volatile u64 *)d =
			((const volatile struct bus_qword *)s)->value;
	for (; len; len--)
		*d++ = *s++;
}

static size_t map_io(struct dma_map *map, dma_addr_t addr, void *buf,
		     size_t len, bool write)
{
	size_t at = addr - map->iova;

	len = min(len, map->size - at);
	if (map->dir == (write ? DMA_TO_DEVICE : DMA_FROM_DEVICE))
		return 0;
	if (map->mem) {
		if (write)
			bus_copy(map->mem + at, buf, len);
		else
			bus_copy(buf, map->mem + at, len);
		return len;
	}
	/* The process may die meanwhile; the frame would take the data. */
	if (write)
		hosted_mm_write(map->mm, map->vaddr + at, buf, len);
	else
		hosted_mm_read(map->mm, map->vaddr + at, buf, len);
	return len;
}

static int dma_io(struct device *dev, dma_addr_t addr, void *buf, size_t len,
		  bool write)
{
	struct hosted_dma *dma = dev->dma;
	struct dma_map *map;
	size_t n;

	if (hosted_arena_has_phys(addr, len)) {
		void *mem = hosted_arena_at(addr);

		bus_copy(write ? mem : buf, write ? buf : mem, len);
		return 0;
	}
	pthread_rwlock_rdlock(&dma->lock);
	for (; len; addr += n, buf = (char *)buf + n, len -= n) {
		map = map_at(dma, addr);
		n = map ? map_io(map, addr, buf, len, write) : 0;
		if (!n)
			break;
	}
	pthread_rwlock_unlock(&dma->lock);
	if (!len)
		return 0;
	__atomic_fetch_add(&dma->faults, 1, __ATOMIC_RELAXED);
	dev_err_ratelimited(dev, "DMA %s fault at bus address %#llx",
			    write ? "write" : "read", (unsigned long long)addr);
	if (!write)
		memset(buf, 0xff, len);
	return -EFAULT;
}

int hosted_dma_read(struct device *dev, dma_addr_t addr, void *buf, size_t len)
{
	return dma_io(dev, addr, buf, len, false);
}

int hosted_dma_write(struct device *dev, dma_addr_t addr, const void *buf,
		     size_t len)
{
	return dma_io(dev, addr, (void *)buf, len, true);
}

const char *dev_name(const struct device *dev)
{
	return dev && dev->init_name ? dev->init_name : "(no device)";
}
