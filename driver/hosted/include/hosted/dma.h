/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_DMA_H
#define HOSTED_HOSTED_DMA_H

/*
 * Bus addresses.  Coherent memory lies at fixed bus addresses; a mapped page
 * gets an address of its own from a range that is hardly ever reused, so a
 * stale address faults instead of hitting someone else's buffer.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>

/**
 * hosted_dma_init() - give a device an address space on the bus
 * @dev: the device
 *
 * Return: 0 or -ENOMEM.  Undo with hosted_dma_exit(), which warns about
 * mappings that are still there and drops them.
 */
int hosted_dma_init(struct device *dev);
void hosted_dma_exit(struct device *dev);

/**
 * hosted_dma_read() - the device reads memory
 * @dev: the device
 * @addr: bus address
 * @buf: destination
 * @len: bytes
 *
 * Return: 0, or -EFAULT when part of the range is not mapped for reading; the
 * missing bytes read as ones and the fault is counted.
 */
int hosted_dma_read(struct device *dev, dma_addr_t addr, void *buf, size_t len);

/* The device writes memory; ascending, in units of aligned qwords. */
int hosted_dma_write(struct device *dev, dma_addr_t addr, const void *buf,
		     size_t len);

/* Accesses to unmapped bus addresses since the start. */
unsigned long hosted_dma_faults(struct device *dev);

#endif /* HOSTED_HOSTED_DMA_H */
