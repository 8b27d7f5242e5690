/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_MMIO_H
#define HOSTED_HOSTED_MMIO_H

/*
 * Device registers: a reserved address range whose accesses are calls, and
 * windows of it that processes may map.
 */
#include <linux/io.h>
#include <linux/types.h>

struct hosted_mmio_ops {
	u64 (*read)(void *ctx, u64 offset);
	void (*write)(void *ctx, u64 offset, u64 value);
};

/**
 * hosted_iomap() - reserve the registers of a device
 * @ops: access functions
 * @ctx: their first argument
 * @size: bytes, a multiple of the page size
 * @phys: set to the physical address of the BAR; pfns of it may be given to
 *	io_remap_pfn_range() where a window covers them
 *
 * Return: the cookie for readq() and writeq(), or NULL without memory.
 */
void __iomem *hosted_iomap(const struct hosted_mmio_ops *ops, void *ctx,
			   size_t size, phys_addr_t *phys);
void hosted_iounmap(void __iomem *base);

/**
 * hosted_iomap_window() - let processes map a part of a BAR
 * @base: the BAR
 * @offset: page aligned offset of the window in the BAR
 * @size: bytes, a multiple of the page size
 * @fd: memfd that holds the window's memory; stays the caller's
 * @fd_offset: where the window starts in it
 *
 * Return: 0, -EINVAL or -ENOSPC (too many windows).
 */
int hosted_iomap_window(void __iomem *base, u64 offset, size_t size, int fd,
			off_t fd_offset);

/* The memory behind a physical address; false when nothing can map it. */
bool hosted_phys_to_fd(phys_addr_t phys, size_t len, int *fd, off_t *offset);

#endif /* HOSTED_HOSTED_MMIO_H */
