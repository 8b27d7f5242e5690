// SPDX-License-Identifier: BSD-3-Clause
/*
 * Mappings of device files.
 *
 * The memory comes as pieces of memory files.  As a mapping keeps its file
 * open, we hold a hidden descriptor for each file that has mappings and close
 * it when the last of their pages is gone.
 *
 * Locks: maps_lock covers regions and files; signals are blocked while it is
 * held, and it is never held during a call to the emulator.
 */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "emu.h"

#define PAGE	   4096UL
#define POOL_BYTES 65536UL

struct held_file {
	uint64_t id;
	int fd;
	unsigned long regions;
	struct held_file *next;
};

struct region {
	uintptr_t start;
	uintptr_t end;
	uint32_t flags;
	struct held_file *file;
	struct region *next;
};

union cell {
	struct held_file file;
	struct region region;
	union cell *next;
};

static pthread_mutex_t maps_lock = PTHREAD_MUTEX_INITIALIZER;
static struct region *regions;
static struct held_file *files;
static union cell *free_cells;
static uint64_t dropped; /* last file let go of since the lock was taken */

/*
 * Memory for the lists.  munmap may be called from inside an allocator, so
 * malloc is out of the question.
 */
static void *get_cell(void)
{
	union cell *c = free_cells;
	size_t i;
	long p;

	if (!c) {
		p = RAW(SYS_mmap, NULL, POOL_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p < 0 && p > -4096)
			return NULL;
		c = (union cell *)p;
		for (i = 1; i < POOL_BYTES / sizeof(*c); i++) {
			c[i].next = free_cells;
			free_cells = &c[i];
		}
	} else {
		free_cells = c->next;
	}
	memset(c, 0, sizeof(*c));
	return c;
}

static void put_cell(void *p)
{
	union cell *c = p;

	c->next = free_cells;
	free_cells = c;
}

void emu_maps_lock(void)
{
	pthread_mutex_lock(&maps_lock);
}

void emu_maps_unlock(void)
{
	pthread_mutex_unlock(&maps_lock);
}

bool emu_maps_any(void)
{
	return __atomic_load_n(&regions, __ATOMIC_RELAXED) || emu_is_watched();
}

static struct held_file *hold_file(uint64_t id, int fd)
{
	struct held_file *f;
	int copy;

	for (f = files; f; f = f->next)
		if (f->id == id)
			return f;
	f = get_cell();
	copy = f ? (int)RAW(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 0) : -1;
	copy = copy < 0 ? copy : emu_hide(copy);
	if (copy < 0) {
		if (f)
			put_cell(f);
		return NULL;
	}
	f->id = id;
	f->fd = copy;
	f->next = files;
	files = f;
	return f;
}

static void drop_file(struct held_file *file)
{
	struct held_file **link = &files;

	if (--file->regions)
		return;
	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	emu_unhide(file->fd);
	RAW(SYS_close, file->fd);
	dropped = file->id;
	put_cell(file);
}

static struct region *add_region(uintptr_t start, uintptr_t end, uint32_t flags,
				 struct held_file *file)
{
	struct region *r = get_cell();

	if (!r)
		return NULL;
	r->start = start;
	r->end = end;
	r->flags = flags;
	r->file = file;
	r->next = regions;
	file->regions++;
	__atomic_store_n(&regions, r, __ATOMIC_RELAXED);
	return r;
}

/* Cut [start, end) out of one region; false when nothing of it is left. */
static bool cut(struct region *r, uintptr_t start, uintptr_t end)
{
	if (start > r->start && end < r->end) {
		/* Without memory the tail's pages keep the file: no harm. */
		if (add_region(end, r->end, r->flags, r->file))
			r->end = start;
	} else if (start > r->start) {
		r->end = start;
	} else if (end < r->end) {
		r->start = end;
	} else {
		return false;
	}
	return true;
}

static void forget_range(uintptr_t start, uintptr_t end)
{
	struct region **link = &regions, *r;

	while ((r = *link) != NULL) {
		if (r->end <= start || r->start >= end || cut(r, start, end)) {
			link = &r->next;
			continue;
		}
		*link = r->next;
		drop_file(r->file);
		put_cell(r);
	}
}

/* A mapping was taken down, or another took its place. */
void emu_unmapped(uintptr_t start, size_t len)
{
	uint64_t old, gone;

	if (!__atomic_load_n(&regions, __ATOMIC_RELAXED))
		return;
	old = emu_block_signals();
	emu_maps_lock();
	dropped = 0;
	forget_range(start, start + ((len + PAGE - 1) & ~(PAGE - 1)));
	gone = dropped;
	emu_maps_unlock();
	emu_restore_signals(old);
	if (gone)
		emu_settle(gone);
}

/* In a forked child: some mappings are not there. */
void emu_maps_forked(void)
{
	struct region **link = &regions, *r;

	while ((r = *link) != NULL) {
		if (!(r->flags & EMU_VM_DONTCOPY)) {
			link = &r->next;
			continue;
		}
		*link = r->next;
		drop_file(r->file);
		put_cell(r);
	}
}

static int hole_fd(void)
{
	static int fd = -1;
	int cur = __atomic_load_n(&fd, __ATOMIC_RELAXED);

	if (cur >= 0 && RAW(SYS_fcntl, cur, F_GETFD) >= 0)
		return cur;
	cur = RAW(SYS_memfd_create, "hfi1-emu-hole", MFD_CLOEXEC);
	cur = cur < 0 ? cur : emu_hide(cur);
	__atomic_store_n(&fd, cur, __ATOMIC_RELAXED);
	return cur;
}

#define PLACE_FLAGS (MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT)
#define PIECE_FLAGS (MAP_NORESERVE | MAP_POPULATE)

/*
 * Take the address range with an empty file, where every access is SIGBUS,
 * then lay the pieces over it.
 */
static long place(void *addr, size_t len, int prot, int flags,
		  const struct emu_answer *ans)
{
	const struct emu_seg *seg = ans->map.segs;
	uint32_t i;
	long at, p;

	at = RAW(SYS_mmap, addr, len, prot & ~PROT_WRITE,
		 MAP_SHARED | (flags & PLACE_FLAGS), hole_fd(), 0);
	if (at < 0 && at > -4096)
		return at;
	for (i = 0; i < ans->rep.nsegs; i++, seg++) {
		p = seg->fd < ans->nfds ?
			    RAW(SYS_mmap, at + seg->start, seg->length, prot,
				MAP_SHARED | MAP_FIXED | (flags & PIECE_FLAGS),
				ans->fds[seg->fd], seg->offset) :
			    -EPROTO;
		if (p < 0 && p > -4096) {
			RAW(SYS_munmap, at, len);
			return p;
		}
	}
	if (ans->rep.a[0] & EMU_VM_DONTCOPY)
		RAW(SYS_madvise, at, len, MADV_DONTFORK);
	return at;
}

static long install(void *addr, size_t len, int prot, int flags, int fd,
		    const struct emu_answer *ans)
{
	uint64_t old = emu_block_signals();
	struct held_file *file;
	long at = -ENOMEM;

	emu_maps_lock();
	file = hold_file(ans->rep.a[1], fd);
	if (file) {
		file->regions++;
		at = place(addr, len, prot, flags, ans);
		if (at >= 0 || at <= -4096) {
			if (flags & MAP_FIXED)
				forget_range(at, at + len);
			if (!add_region(at, at + len, ans->rep.a[0], file)) {
				RAW(SYS_munmap, at, len);
				at = -ENOMEM;
			}
		}
		drop_file(file);
	}
	emu_maps_unlock();
	emu_restore_signals(old);
	return at;
}

void *emu_mmap(void *addr, size_t len, int prot, int flags, int fd,
	       uint64_t off)
{
	struct emu_request req = {
		.op = EMU_MMAP,
		.a = { (uintptr_t)addr, len, (unsigned int)prot,
		       (unsigned int)flags, off },
	};
	struct emu_answer ans;
	int64_t ret;

	ret = emu_call(fd, &req, -1, &ans);
	if (!ret) {
		len = ans.rep.a[2];
		if ((flags & MAP_FIXED) && !((uintptr_t)addr & (PAGE - 1)))
			emu_unmapping((uintptr_t)addr, len);
		ret = install(addr, len, prot, flags, fd, &ans);
	}
	while (ans.nfds)
		RAW(SYS_close, ans.fds[--ans.nfds]);
	if (emu_traced())
		emu_trace_mmap(&req, fd, ret);
	return (void *)emu_ret(ret);
}

INTERPOSE void *mmap(void *addr, size_t len, int prot, int flags, int fd,
		     off_t off)
{
	bool over = (flags & MAP_FIXED) && emu_maps_any();
	void *p;

	if (!(flags & MAP_ANONYMOUS) && emu_is_device(fd))
		return emu_mmap(addr, len, prot, flags, fd, off);
	if (over)
		emu_unmapping((uintptr_t)addr, len);
	p = (void *)emu_ret(RAW(SYS_mmap, addr, len, prot, flags, fd, off));
	if (over && p != MAP_FAILED)
		emu_unmapped((uintptr_t)p, len);
	return p;
}

void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t off)
	__attribute__((alias("mmap"), visibility("default")));

INTERPOSE int munmap(void *addr, size_t len)
{
	long ret;

	if (!emu_maps_any())
		return emu_ret(RAW(SYS_munmap, addr, len));
	emu_unmapping((uintptr_t)addr, len);
	ret = RAW(SYS_munmap, addr, len);
	if (!ret)
		emu_unmapped((uintptr_t)addr, len);
	return emu_ret(ret);
}

/* The device region at @at, with the lock held. */
static struct region *region_at(uintptr_t at)
{
	struct region *r;

	for (r = regions; r; r = r->next)
		if (at >= r->start && at < r->end)
			return r;
	return NULL;
}

/*
 * A right the driver took away.  Where the mapping began read-only, the
 * kernel refuses writing by itself, even to those who go round us.
 */
static bool forbidden(uintptr_t start, size_t len, int prot)
{
	uint64_t old = emu_block_signals();
	bool bad = false;
	struct region *r;

	emu_maps_lock();
	for (r = regions; r && !bad; r = r->next)
		bad = r->start < start + len && r->end > start &&
		      (((prot & PROT_READ) && !(r->flags & EMU_VM_MAYREAD)) ||
		       ((prot & PROT_WRITE) && !(r->flags & EMU_VM_MAYWRITE)));
	emu_maps_unlock();
	emu_restore_signals(old);
	return bad;
}

INTERPOSE int mprotect(void *addr, size_t len, int prot)
{
	if (__atomic_load_n(&regions, __ATOMIC_RELAXED) &&
	    forbidden((uintptr_t)addr, len, prot)) {
		errno = EACCES;
		return -1;
	}
	return emu_ret(RAW(SYS_mprotect, addr, len, prot));
}

/* Device mappings never grow; they may shrink and move. */
static long move_region(uintptr_t from, size_t old_len, size_t new_len,
			int flags, uintptr_t to)
{
	uint64_t old = emu_block_signals();
	struct region *r, copy;
	long at;

	emu_maps_lock();
	r = region_at(from);
	if (new_len > old_len) {
		at = -EFAULT;
	} else {
		copy = *r;
		copy.file->regions++;
		at = RAW(SYS_mremap, from, old_len, new_len, flags, to);
		if (at >= 0 || at <= -4096) {
			forget_range(at, at + new_len);
			forget_range(from, from + old_len);
			add_region(at, at + new_len, copy.flags, copy.file);
		}
		drop_file(copy.file);
	}
	emu_maps_unlock();
	emu_restore_signals(old);
	return at;
}

static bool in_region(uintptr_t at)
{
	uint64_t old = emu_block_signals();
	bool found;

	emu_maps_lock();
	found = region_at(at);
	emu_maps_unlock();
	emu_restore_signals(old);
	return found;
}

/* An ordinary mapping: what leaves its place is unmapped there. */
static long move_plain(uintptr_t from, size_t old_len, size_t new_len,
		       int flags, uintptr_t to)
{
	long at;

	if (flags & MREMAP_FIXED) {
		emu_unmapping(from, old_len);
		emu_unmapping(to, new_len);
		at = RAW(SYS_mremap, from, old_len, new_len, flags, to);
		if (at >= 0 || at <= -4096)
			emu_unmapped(at, new_len);
		return at;
	}
	if (new_len < old_len)
		emu_unmapping(from + new_len, old_len - new_len);
	at = RAW(SYS_mremap, from, old_len, new_len, flags & ~MREMAP_MAYMOVE);
	if (at != -ENOMEM || !(flags & MREMAP_MAYMOVE))
		return at;
	emu_unmapping(from, old_len);
	return RAW(SYS_mremap, from, old_len, new_len, flags);
}

INTERPOSE void *mremap(void *addr, size_t old_len, size_t new_len, int flags,
		       ...)
{
	uintptr_t to = 0;
	__builtin_va_list ap;

	if (flags & MREMAP_FIXED) {
		__builtin_va_start(ap, flags);
		to = __builtin_va_arg(ap, uintptr_t);
		__builtin_va_end(ap);
	}
	if (!emu_maps_any())
		return (void *)emu_ret(
			RAW(SYS_mremap, addr, old_len, new_len, flags, to));
	if (in_region((uintptr_t)addr))
		return (void *)emu_ret(move_region((uintptr_t)addr, old_len,
						   new_len, flags, to));
	return (void *)emu_ret(
		move_plain((uintptr_t)addr, old_len, new_len, flags, to));
}
