/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_IO_H
#define HOSTED_LINUX_IO_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/page.h>

/*
 * An __iomem pointer is a cookie inside a range no access is allowed to;
 * accesses go to the operations hosted_iomap() was given.
 */
u64 readq(const volatile void __iomem *addr);
u32 readl(const volatile void __iomem *addr);
void writeq(u64 value, volatile void __iomem *addr);
void writel(u32 value, volatile void __iomem *addr);
void memcpy_toio(volatile void __iomem *to, const void *from, size_t n);
void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n);
void memset_io(volatile void __iomem *to, int c, size_t n);
void __iowrite64_copy(void __iomem *to, const void *from, size_t count);

#define readq_relaxed  readq
#define writeq_relaxed writeq
#define readl_relaxed  readl
#define writel_relaxed writel
#define __raw_readq    readq
#define __raw_writeq   writeq
#define ioread64       readq
#define iowrite64      writeq

#endif /* HOSTED_LINUX_IO_H */
