/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_ASM_PAGE_H
#define HOSTED_ASM_PAGE_H

#include <linux/align.h>
#include <linux/const.h>
#include <linux/types.h>

#define PAGE_SHIFT	      12
#define PAGE_SIZE	      (1UL << PAGE_SHIFT)
#define PAGE_MASK	      (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(addr)      ALIGN(addr, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(addr) ALIGN_DOWN(addr, PAGE_SIZE)
#define PAGE_ALIGNED(addr)    IS_ALIGNED((unsigned long)(addr), PAGE_SIZE)
#define offset_in_page(p)     ((unsigned long)(p) & ~PAGE_MASK)
#define PFN_UP(x)	      (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)	      ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x)	      ((phys_addr_t)(x) << PAGE_SHIFT)
#define PHYS_PFN(x)	      ((unsigned long)((x) >> PAGE_SHIFT))

int get_order(unsigned long size);

#endif /* HOSTED_ASM_PAGE_H */
