// SPDX-License-Identifier: BSD-3-Clause
/*
 * Pinned pages of processes.
 *
 * A frame number follows from the virtual address, so memory that is
 * contiguous for the process is contiguous for the device.  When a process
 * unmaps a page that is still pinned, the page keeps a copy of what it held
 * and lives on without an address, as the frame would.
 *
 * What a process may have pinned stands in /proc, which is slow to read.  For
 * reading only one thing is needed from there: that the memory is no device's.
 * That is remembered until something is unmapped or a device mapped; whether
 * the memory is there and readable shows when it is touched.
 *
 * Locks: pages_lock covers the table, every page's content pointer and what
 * is remembered of an mm; leaf.
 */
#include <stdlib.h>
#include <sys/uio.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "internal.h"
#include "vmas.h"

#define BUCKET_BITS 12
#define PG_DETACHED 1UL
#define PROBE_BATCH 256

static struct page *buckets[1 << BUCKET_BITS];
static pthread_mutex_t pages_lock = PTHREAD_MUTEX_INITIALIZER;
static long pinned;

static struct page **bucket_of(struct mm_struct *mm, unsigned long vaddr)
{
	return &buckets[hash_64((vaddr >> PAGE_SHIFT) ^ (unsigned long)mm,
				BUCKET_BITS)];
}

static struct page *find_page(struct mm_struct *mm, unsigned long vaddr)
{
	struct page *p;

	for (p = *bucket_of(mm, vaddr); p; p = p->next)
		if (p->mm == mm && p->vaddr == vaddr &&
		    !(p->flags & PG_DETACHED))
			return p;
	return NULL;
}

static struct page *pin_one(struct mm_struct *mm, unsigned long vaddr)
{
	struct page **bucket = bucket_of(mm, vaddr);
	struct page *page = find_page(mm, vaddr);

	if (page) {
		atomic_inc(&page->refs);
		return page;
	}
	page = calloc(1, sizeof(*page));
	if (!page)
		return NULL;
	page->mm = mm;
	mmgrab(mm);
	page->vaddr = vaddr;
	page->pfn = mm->pfn_base + (vaddr >> PAGE_SHIFT);
	atomic_set(&page->refs, 1);
	page->next = *bucket;
	*bucket = page;
	atomic_inc(&mm->pages);
	pinned++;
	return page;
}

/* Fault the pages in; returns how many from the start are there. */
static unsigned long probe(struct mm_struct *mm, unsigned long start,
			   unsigned long n)
{
	struct iovec remote[PROBE_BATCH], local;
	char bytes[PROBE_BATCH];
	unsigned long done = 0, batch, i;
	ssize_t got;

	while (done < n) {
		batch = min(n - done, (unsigned long)PROBE_BATCH);
		for (i = 0; i < batch; i++)
			remote[i] = (struct iovec){
				(void *)(start + (done + i) * PAGE_SIZE), 1
			};
		local = (struct iovec){ bytes, batch };
		got = process_vm_readv(hosted_mm_pid(mm), &local, 1, remote,
				       batch, 0);
		if (got > 0)
			done += got;
		if (got != (ssize_t)batch)
			break;
	}
	return done;
}

void hosted_vmas_changed(struct mm_struct *mm)
{
	pthread_mutex_lock(&pages_lock);
	mm->vma_changes++;
	mm->readable_start = 0;
	mm->readable_end = 0;
	pthread_mutex_unlock(&pages_lock);
}

/* Like hosted_vmas_usable() for reading, but for what can be touched. */
static unsigned long readable_end(struct mm_struct *mm, unsigned long start,
				  unsigned long end)
{
	unsigned long changes, found;
	bool known;

	pthread_mutex_lock(&pages_lock);
	changes = mm->vma_changes;
	known = start >= mm->readable_start && end <= mm->readable_end;
	pthread_mutex_unlock(&pages_lock);
	if (known)
		return end;
	found = hosted_vmas_usable(mm, start, TASK_SIZE_MAX, false);
	pthread_mutex_lock(&pages_lock);
	if (changes == mm->vma_changes) {
		mm->readable_start = start;
		mm->readable_end = found;
	}
	pthread_mutex_unlock(&pages_lock);
	return min(found, end);
}

static int pin_pages(struct mm_struct *mm, unsigned long start, unsigned long n,
		     struct page **pages)
{
	unsigned long i;

	pthread_mutex_lock(&pages_lock);
	for (i = 0; i < n; i++) {
		pages[i] = pin_one(mm, start + i * PAGE_SIZE);
		if (!pages[i])
			break;
	}
	pthread_mutex_unlock(&pages_lock);
	return i ? (int)i : -ENOMEM;
}

int pin_user_pages_fast(unsigned long start, int nr_pages,
			unsigned int gup_flags, struct page **pages)
{
	struct mm_struct *mm = current->mm;
	unsigned long end, usable, n;

	might_sleep();
	start &= PAGE_MASK;
	end = start + (unsigned long)nr_pages * PAGE_SIZE;
	if (nr_pages <= 0)
		return 0;
	if (!mm || end < start || end > TASK_SIZE_MAX || READ_ONCE(mm->dead))
		return -EFAULT;
	if (hosted_should_fail())
		return -ENOMEM;
	usable = gup_flags & FOLL_WRITE ?
			 hosted_vmas_usable(mm, start, end, true) :
			 readable_end(mm, start, end);
	n = probe(mm, start, (usable - start) >> PAGE_SHIFT);
	return n ? pin_pages(mm, start, n, pages) : -EFAULT;
}

long pin_user_pages(unsigned long start, unsigned long nr_pages,
		    unsigned int gup_flags, struct page **pages,
		    struct vm_area_struct **vmas)
{
	(void)vmas;
	return pin_user_pages_fast(start, nr_pages, gup_flags, pages);
}

static void release_page(struct page *page)
{
	struct page **link = bucket_of(page->mm, page->vaddr);

	while (*link != page)
		link = &(*link)->next;
	*link = page->next;
	atomic_dec(&page->mm->pages);
	pinned--;
}

void unpin_user_page(struct page *page)
{
	bool last;

	pthread_mutex_lock(&pages_lock);
	BUG_ON(atomic_read(&page->refs) <= 0);
	last = atomic_dec_and_test(&page->refs);
	if (last)
		release_page(page);
	pthread_mutex_unlock(&pages_lock);
	if (!last)
		return;
	mmdrop(page->mm);
	free(page->kaddr);
	free(page);
}

void unpin_user_pages(struct page **pages, unsigned long npages)
{
	while (npages--)
		unpin_user_page(*pages++);
}

void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages,
				 bool make_dirty)
{
	(void)make_dirty;
	unpin_user_pages(pages, npages);
}

void get_page(struct page *page)
{
	if (page->mm)
		atomic_inc(&page->refs);
}

void put_page(struct page *page)
{
	if (page->mm)
		unpin_user_page(page);
}

int set_page_dirty_lock(struct page *page)
{
	(void)page;
	return 1;
}

unsigned long page_to_pfn(const struct page *page)
{
	return READ_ONCE(page->pfn);
}

void *page_address(const struct page *page)
{
	return READ_ONCE(page->kaddr);
}

void *hosted_page_saved(struct page *page)
{
	void *saved;

	pthread_mutex_lock(&pages_lock);
	saved = page->flags & PG_DETACHED ? page->kaddr : NULL;
	pthread_mutex_unlock(&pages_lock);
	return saved;
}

static void detach(struct page *page)
{
	void *copy = calloc(1, PAGE_SIZE);

	BUG_ON(!copy);
	/* Zeroes when the mapping is gone already. */
	hosted_mm_read(page->mm, page->vaddr, copy, PAGE_SIZE);
	page->kaddr = copy;
	page->flags |= PG_DETACHED;
}

void hosted_pages_detach(struct mm_struct *mm, unsigned long start,
			 unsigned long end)
{
	struct page *p;
	size_t i;

	pthread_mutex_lock(&pages_lock);
	for (i = 0; pinned && i < ARRAY_SIZE(buckets); i++)
		for (p = buckets[i]; p; p = p->next)
			if (p->mm == mm && !(p->flags & PG_DETACHED) &&
			    p->vaddr >= start && p->vaddr < end)
				detach(p);
	pthread_mutex_unlock(&pages_lock);
}

long hosted_pages_pinned(void)
{
	long n;

	pthread_mutex_lock(&pages_lock);
	n = pinned;
	pthread_mutex_unlock(&pages_lock);
	return n;
}

int account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	int ret = 0;

	if (!mm || !pages)
		return 0;
	mmap_write_lock(mm);
	if (!inc)
		mm->locked_vm -= min(pages, mm->locked_vm);
	else if (mm->locked_vm + pages > limit && !capable(CAP_IPC_LOCK))
		ret = -ENOMEM;
	else
		mm->locked_vm += pages;
	mmap_write_unlock(mm);
	return ret;
}

bool can_do_mlock(void)
{
	return rlimit(RLIMIT_MEMLOCK) || capable(CAP_IPC_LOCK);
}
