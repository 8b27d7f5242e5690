// SPDX-License-Identifier: BSD-3-Clause
/*
 * Guest memory is mapped and accessed by loads and stores.  The client owns
 * the files: it can cut one short at any time, so every copy is guarded
 * against SIGBUS.
 *
 * Locking: the table's lock is a leaf.  Engines hold it for reading while
 * they copy; adding and removing a range hold it for writing, so a removed
 * range is not in use any more.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>

#include "dma.h"

struct range {
	uint64_t addr;
	uint64_t size;
	uint8_t *mem; /* NULL when the device cannot reach it */
	uint32_t flags;
};

struct vfu_dma {
	pthread_rwlock_t lock;
	unsigned int count;
	struct range range[VFU_MAX_MAPS]; /* by address */
};

/* Read by the signal handler, so the compiler must not move its stores. */
static __thread sigjmp_buf *volatile guard_env;

/* The jump leaves the handler for good, so it also leaves its signal mask. */
static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;

	(void)info;
	if (guard_env) {
		pthread_sigmask(SIG_SETMASK, &uc->uc_sigmask, NULL);
		siglongjmp(*guard_env, 1);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

void vfu_dma_guard(void)
{
	struct sigaction sa = {
		.sa_sigaction = on_sigbus,
		.sa_flags = SA_SIGINFO,
	};

	sigaction(SIGBUS, &sa, NULL);
}

/* One 8-byte store where the device promises one, a copy elsewhere. */
static void put(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t word;

	if (len != sizeof(word) || ((uintptr_t)to & 7)) {
		memcpy(to, from, len);
		return;
	}
	memcpy(&word, from, sizeof(word));
	__atomic_store_n((uint64_t *)(void *)to, word, __ATOMIC_RELEASE);
}

static int copy(uint8_t *mem, uint8_t *buf, size_t len, bool write)
{
	sigjmp_buf env;

	if (sigsetjmp(env, 0)) {
		guard_env = NULL;
		return -EFAULT;
	}
	guard_env = &env;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (write)
		put(mem, buf, len);
	else
		memcpy(buf, mem, len);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	guard_env = NULL;
	return 0;
}

struct vfu_dma *vfu_dma_create(void)
{
	struct vfu_dma *dma = calloc(1, sizeof(*dma));

	if (dma && pthread_rwlock_init(&dma->lock, NULL)) {
		free(dma);
		return NULL;
	}
	return dma;
}

void vfu_dma_destroy(struct vfu_dma *dma)
{
	if (!dma)
		return;
	vfu_dma_clear(dma);
	pthread_rwlock_destroy(&dma->lock);
	free(dma);
}

/* Index of the first range that ends behind @addr. */
static unsigned int lookup(const struct vfu_dma *dma, uint64_t addr)
{
	unsigned int lo = 0, hi = dma->count, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (dma->range[mid].addr + (dma->range[mid].size - 1) < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int check_map(const struct vfu_dma_map *map)
{
	if (!map->size || map->addr + (map->size - 1) < map->addr)
		return -EINVAL;
	if ((map->addr | map->size) & (VFU_PAGE_SIZE - 1))
		return -EINVAL;
	if (map->flags & VFU_DMA_FILE_IO)
		return -EOPNOTSUPP;
	if (map->flags & ~(VFU_DMA_READABLE | VFU_DMA_WRITEABLE | VFU_DMA_MMAP))
		return -EINVAL;
	return 0;
}

/* An access beyond the file would be a SIGBUS; refuse what is known now. */
static int check_file(const struct vfu_dma_map *map, int fd)
{
	struct stat st;

	if (map->offset & (VFU_PAGE_SIZE - 1) ||
	    map->offset + map->size < map->offset)
		return -EINVAL;
	if (fstat(fd, &st))
		return -errno;
	if (S_ISREG(st.st_mode) &&
	    map->offset + map->size > (uint64_t)st.st_size)
		return -EINVAL;
	return 0;
}

static int map_file(const struct vfu_dma_map *map, int fd, uint8_t **mem)
{
	int prot = 0, err;
	void *p;

	*mem = NULL;
	if (fd < 0)
		return map->flags & VFU_DMA_MMAP ? -EINVAL : 0;
	err = check_file(map, fd);
	if (err)
		return err;
	if (map->flags & VFU_DMA_READABLE)
		prot |= PROT_READ;
	if (map->flags & VFU_DMA_WRITEABLE)
		prot |= PROT_WRITE;
	p = mmap(NULL, map->size, prot, MAP_SHARED, fd, map->offset);
	if (p == MAP_FAILED)
		return -errno;
	*mem = p;
	return 0;
}

/* Called with the lock held for writing. */
static int insert(struct vfu_dma *dma, const struct range *r)
{
	unsigned int at = lookup(dma, r->addr);

	if (at < dma->count && dma->range[at].addr - r->addr < r->size)
		return -EEXIST;
	if (at < dma->count && dma->range[at].addr <= r->addr)
		return -EEXIST;
	if (dma->count == VFU_MAX_MAPS)
		return -ENOSPC;
	memmove(&dma->range[at + 1], &dma->range[at],
		(dma->count - at) * sizeof(*r));
	dma->range[at] = *r;
	dma->count++;
	return 0;
}

int vfu_dma_add(struct vfu_dma *dma, const struct vfu_dma_map *map, int fd)
{
	struct range r = { map->addr, map->size, NULL, map->flags };
	int err;

	err = check_map(map);
	if (!err)
		err = map_file(map, fd, &r.mem);
	if (err)
		return err;
	pthread_rwlock_wrlock(&dma->lock);
	err = insert(dma, &r);
	pthread_rwlock_unlock(&dma->lock);
	if (err && r.mem)
		munmap(r.mem, r.size);
	return err;
}

int vfu_dma_del(struct vfu_dma *dma, uint64_t addr, uint64_t size)
{
	struct range gone = { 0 };
	unsigned int at;

	pthread_rwlock_wrlock(&dma->lock);
	at = lookup(dma, addr);
	if (at < dma->count && dma->range[at].addr == addr &&
	    dma->range[at].size == size) {
		gone = dma->range[at];
		dma->count--;
		memmove(&dma->range[at], &dma->range[at + 1],
			(dma->count - at) * sizeof(gone));
	}
	pthread_rwlock_unlock(&dma->lock);
	if (gone.mem)
		munmap(gone.mem, gone.size);
	return gone.size ? 0 : -ENOENT;
}

void vfu_dma_clear(struct vfu_dma *dma)
{
	unsigned int i;

	pthread_rwlock_wrlock(&dma->lock);
	for (i = 0; i < dma->count; i++)
		if (dma->range[i].mem)
			munmap(dma->range[i].mem, dma->range[i].size);
	dma->count = 0;
	pthread_rwlock_unlock(&dma->lock);
}

unsigned int vfu_dma_count(struct vfu_dma *dma)
{
	unsigned int n;

	pthread_rwlock_rdlock(&dma->lock);
	n = dma->count;
	pthread_rwlock_unlock(&dma->lock);
	return n;
}

/* The range that holds @addr and may be accessed so, or NULL. */
static const struct range *find(const struct vfu_dma *dma, uint64_t addr,
				bool write)
{
	uint32_t need = write ? VFU_DMA_WRITEABLE : VFU_DMA_READABLE;
	unsigned int at = lookup(dma, addr);
	const struct range *r = &dma->range[at];

	if (at == dma->count || r->addr > addr)
		return NULL;
	return r->mem && (r->flags & need) ? r : NULL;
}

static bool reachable(const struct vfu_dma *dma, uint64_t addr, size_t len,
		      bool write)
{
	const struct range *r;
	uint64_t part;

	if (len && addr + (len - 1) < addr)
		return false;
	for (; len; len -= part, addr += part) {
		r = find(dma, addr, write);
		if (!r)
			return false;
		part = r->size - (addr - r->addr);
		if (part > len)
			part = len;
	}
	return true;
}

/* Called with the lock held for reading. */
static int copy_all(const struct vfu_dma *dma, uint64_t addr, uint8_t *buf,
		    size_t len, bool write)
{
	const struct range *r;
	uint64_t part;
	int err = 0;

	if (!reachable(dma, addr, len, write))
		return -EFAULT;
	for (; len && !err; len -= part, addr += part, buf += part) {
		r = find(dma, addr, write);
		part = r->size - (addr - r->addr);
		if (part > len)
			part = len;
		err = copy(r->mem + (addr - r->addr), buf, part, write);
	}
	return err;
}

static int transfer(struct vfu_dma *dma, uint64_t addr, uint8_t *buf,
		    size_t len, bool write)
{
	int err;

	pthread_rwlock_rdlock(&dma->lock);
	err = copy_all(dma, addr, buf, len, write);
	pthread_rwlock_unlock(&dma->lock);
	return err;
}

int vfu_dma_read(struct vfu_dma *dma, uint64_t addr, void *buf, size_t len)
{
	return transfer(dma, addr, buf, len, false);
}

int vfu_dma_write(struct vfu_dma *dma, uint64_t addr, const void *buf,
		  size_t len)
{
	return transfer(dma, addr, (uint8_t *)(uintptr_t)buf, len, true);
}
