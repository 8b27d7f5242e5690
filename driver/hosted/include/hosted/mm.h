/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_MM_H
#define HOSTED_HOSTED_MM_H

/*
 * Address spaces of client processes.
 *
 * An mm is found by process id and start time and keeps /proc/PID/mem open:
 * that descriptor stays bound to the address space itself, so neither a
 * reused process id nor exec can redirect a transfer of the device into
 * someone else's memory.
 */
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct mm_struct {
	struct rw_semaphore mmap_lock;
	atomic64_t pinned_vm;
	unsigned long locked_vm;
	unsigned long total_vm;
	atomic_t mm_users;
	atomic_t mm_count;
	atomic_t pages;

	/* private to the shim */
	pid_t pid;
	u64 start_time;
	bool self;
	bool dead;
	int mem_fd;
	unsigned long pfn_base;
	struct list_head node;
	spinlock_t notifier_lock;
	struct list_head notifiers;
	wait_queue_head_t notifier_wait;
	unsigned long notifier_seq;
	int notifier_active;
	/* readable memory that is no device's, as last seen; see gup.c */
	unsigned long readable_start;
	unsigned long readable_end;
	unsigned long vma_changes;
	void *watch; /* the host's */
};

/**
 * hosted_mm_get() - the address space of a process
 * @pid: process id in the host's pid namespace
 *
 * Return: a reference (give back with mmdrop()), or an ERR_PTR: -ESRCH when
 * the process is gone, -EACCES when its memory may not be read, -ENOMEM.
 */
struct mm_struct *hosted_mm_get(pid_t pid);

/* The address space of this process itself; no reference taken. */
struct mm_struct *hosted_mm_self(void);

/**
 * hosted_mm_unmap() - the process is giving up a range of its memory
 * @mm: its address space
 * @start: first byte
 * @end: byte after the last
 *
 * Runs the interval notifiers with MMU_NOTIFY_UNMAP and then saves the
 * content of pages that are still pinned, which the device may go on using.
 */
void hosted_mm_unmap(struct mm_struct *mm, unsigned long start,
		     unsigned long end);

/* The process ended: everything is unmapped and nothing can be reached. */
void hosted_mm_exit(struct mm_struct *mm);

/*
 * Called when the set of ranges with notifiers changes, so that the host can
 * arrange to hear of unmaps there.  @add is false on removal.
 */
typedef void (*hosted_range_fn)(struct mm_struct *mm, unsigned long start,
				unsigned long length, bool add);
void hosted_mm_set_range_hook(hosted_range_fn fn);

/* Raw access for the shim's own use; returns the bytes transferred. */
size_t hosted_mm_read(struct mm_struct *mm, unsigned long addr, void *buf,
		      size_t len);
size_t hosted_mm_write(struct mm_struct *mm, unsigned long addr,
		       const void *buf, size_t len);

/* Live counts, for leak checks. */
long hosted_mm_live(void);
long hosted_pages_pinned(void);

#endif /* HOSTED_HOSTED_MM_H */
