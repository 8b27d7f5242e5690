/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guest memory as the device sees it.
 */
#ifndef VFU_DMA_H
#define VFU_DMA_H

#include <stddef.h>
#include <stdint.h>

#include "proto.h"

struct vfu_dma;

/** vfu_dma_create() - an empty address space, or NULL without memory. */
struct vfu_dma *vfu_dma_create(void);

/** vfu_dma_destroy() - unmap everything; @dma may be NULL. */
void vfu_dma_destroy(struct vfu_dma *dma);

/**
 * vfu_dma_add() - make a range known
 * @dma: the address space
 * @map: the range, as the client describes it
 * @fd: file behind it, stays the caller's; -1 for a range that the device
 *	cannot reach (ROMs come that way)
 *
 * Return: 0; -EINVAL for a range that wraps, is not page aligned or is not
 * inside of the file; -EEXIST when it overlaps a known one; -ENOSPC when
 * there are VFU_MAX_MAPS already; -EOPNOTSUPP for access by read and write
 * calls; an errno of mmap().
 */
int vfu_dma_add(struct vfu_dma *dma, const struct vfu_dma_map *map, int fd);

/**
 * vfu_dma_del() - forget a range; no access is under way when it returns
 *
 * Return: 0, -ENOENT when no known range is exactly this.
 */
int vfu_dma_del(struct vfu_dma *dma, uint64_t addr, uint64_t size);

/** vfu_dma_clear() - forget all ranges. */
void vfu_dma_clear(struct vfu_dma *dma);

/** vfu_dma_count() - number of known ranges. */
unsigned int vfu_dma_count(struct vfu_dma *dma);

/**
 * vfu_dma_read() - copy from guest memory
 *
 * Return: 0, or -EFAULT when a part of the range is unknown, may not be read
 * or has lost its file; @buf is then undefined.
 */
int vfu_dma_read(struct vfu_dma *dma, uint64_t addr, void *buf, size_t len);

/**
 * vfu_dma_write() - copy to guest memory
 *
 * An aligned write of 8 bytes is one store, after everything written before.
 *
 * Return: 0, or -EFAULT; then nothing was written, unless the file of the
 * range was cut short underneath.
 */
int vfu_dma_write(struct vfu_dma *dma, uint64_t addr, const void *buf,
		  size_t len);

/**
 * vfu_dma_guard() - survive files that are cut short
 *
 * Installs the process-wide SIGBUS handler that turns an access beyond the
 * end of a client's file into -EFAULT.  Any other SIGBUS still kills.
 */
void vfu_dma_guard(void);

#endif
