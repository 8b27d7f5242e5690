/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_MM_TYPES_H
#define HOSTED_LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>

struct mm_struct;
struct file;
struct vm_operations_struct;
struct hosted_vma_seg;

typedef struct {
	unsigned long pgprot;
} pgprot_t;

typedef unsigned int vm_fault_t;

struct page {
	unsigned long flags;
	unsigned long pfn;
	atomic_t refs;
	struct mm_struct *mm;
	unsigned long vaddr;
	void *kaddr;
	struct page *next;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct *vm_mm;
	pgprot_t vm_page_prot;
	unsigned long vm_flags;
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff;
	struct file *vm_file;
	void *vm_private_data;

	/* private to the shim: what the driver put where */
	struct list_head segs;
};

#endif /* HOSTED_LINUX_MM_TYPES_H */
