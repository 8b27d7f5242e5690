/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the shim share among themselves. */
#ifndef HOSTED_INTERNAL_H
#define HOSTED_INTERNAL_H

#include <time.h>
#include <linux/types.h>
#include <hosted/arena.h>
#include <hosted/debug.h>
#include <hosted/mm.h>
#include <hosted/vfs.h>

struct mmu_interval_notifier;
struct task_struct;
struct vm_area_struct;

/* live counts */
void hosted_slab_live(long *objects, long *bytes);
long hosted_dma_live(void);
long hosted_notifiers_live(void);
long hosted_threads_live(void);

/* threads of the host itself: workers, timers, kernel threads */
int hosted_thread_start(pthread_t *id, void *(*fn)(void *), void *arg);
void hosted_thread_count(int delta);
struct task_struct *hosted_task_kthread(const char *name);

/* absolute CLOCK_MONOTONIC time some jiffies from now */
struct timespec hosted_deadline(unsigned long jiffies_ahead);

/* memory of a process, as the processor would access it */
size_t hosted_user_read(struct mm_struct *mm, unsigned long addr, void *buf,
			size_t len);
size_t hosted_user_write(struct mm_struct *mm, unsigned long addr,
			 const void *buf, size_t len);
pid_t hosted_mm_pid(struct mm_struct *mm);

/* a number from /proc/PID/status, in @base; false when there is none */
bool hosted_proc_status(pid_t pid, const char *key, int base, u64 *value);

/* the process has unmapped something, or will map a device */
void hosted_vmas_changed(struct mm_struct *mm);
/* pinned pages of a range that is being unmapped */
void hosted_pages_detach(struct mm_struct *mm, unsigned long start,
			 unsigned long end);
/* DMA mappings of such pages */
void hosted_dma_detach(struct mm_struct *mm, unsigned long start,
		       unsigned long end);
/* content of a detached page: PAGE_SIZE bytes, or NULL while attached */
void *hosted_page_saved(struct page *page);

/* record a piece of a mapping */
int hosted_vma_add(struct vm_area_struct *vma, unsigned long start,
		   unsigned long length, int fd, off_t offset);

#endif /* HOSTED_INTERNAL_H */
