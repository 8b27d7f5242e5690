/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_VMALLOC_H
#define HOSTED_LINUX_VMALLOC_H

#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/types.h>

void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
/* Zeroed, page aligned, and may be mapped into a process. */
void *vmalloc_user(unsigned long size);
#define vmalloc_node(size, node) ((void)(node), vmalloc(size))
#define vzalloc_node(size, node) ((void)(node), vzalloc(size))
void vfree(const void *addr);
struct page *vmalloc_to_page(const void *addr);
unsigned long vmalloc_to_pfn(const void *addr);
bool is_vmalloc_addr(const void *addr);
int remap_vmalloc_range(struct vm_area_struct *vma, void *addr,
			unsigned long pgoff);
int remap_vmalloc_range_partial(struct vm_area_struct *vma, unsigned long uaddr,
				void *kaddr, unsigned long pgoff,
				unsigned long size);

#endif /* HOSTED_LINUX_VMALLOC_H */
