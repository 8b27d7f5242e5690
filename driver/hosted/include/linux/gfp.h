/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_GFP_H
#define HOSTED_LINUX_GFP_H

#include <linux/gfp_types.h>
#include <linux/mm_types.h>

struct page *alloc_pages(gfp_t gfp, unsigned int order);
void __free_pages(struct page *page, unsigned int order);
#define alloc_page(gfp)	  alloc_pages(gfp, 0)
#define __free_page(page) __free_pages(page, 0)
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
unsigned long get_zeroed_page(gfp_t gfp);
void free_pages(unsigned long addr, unsigned int order);
#define __get_free_page(gfp) __get_free_pages(gfp, 0)
#define free_page(addr)	     free_pages(addr, 0)
void *alloc_pages_exact(size_t size, gfp_t gfp);
void free_pages_exact(void *virt, size_t size);

#endif /* HOSTED_LINUX_GFP_H */
