/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One modelled adapter: the chip, its configuration space, what it knows of
 * its client's memory and interrupts, and the thread that runs its engines.
 */
#ifndef VFU_ADAPTER_H
#define VFU_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wfr.h>

struct vfu_adapter;
struct vfu_dma;
struct vfu_irqs;

/**
 * struct vfu_adapter_stats - what a client made an adapter do
 */
struct vfu_adapter_stats {
	uint64_t reads; /**< register reads */
	uint64_t writes; /**< register writes */
	uint64_t config; /**< configuration accesses */
	uint64_t resets; /**< function level and device resets */
	uint64_t dma_faults; /**< accesses to memory the client never gave */
};

/**
 * vfu_adapter_create() - make an adapter and start its engines
 * @name: for the log, copied
 * @cfg: shape of the chip; its RcvArray window is set here
 * @map_array: let clients map the RcvArray.  Only for drivers that never store
 *	fillers there: a mapped entry is erased by them.
 * @err: negative errno on failure
 *
 * Return: owned by the caller, or NULL.
 */
struct vfu_adapter *vfu_adapter_create(const char *name,
				       const struct wfr_config *cfg,
				       bool map_array, int *err);

/** vfu_adapter_destroy() - stop the engines and free; may be NULL. */
void vfu_adapter_destroy(struct vfu_adapter *ad);

const char *vfu_adapter_name(const struct vfu_adapter *ad);
struct wfr_device *vfu_adapter_chip(struct vfu_adapter *ad);
struct vfu_dma *vfu_adapter_dma(struct vfu_adapter *ad);
struct vfu_irqs *vfu_adapter_irqs(struct vfu_adapter *ad);

/** vfu_adapter_stats() - counts since creation. */
void vfu_adapter_stats(struct vfu_adapter *ad, struct vfu_adapter_stats *st);

/** vfu_adapter_reset() - reset configuration space and chip. */
void vfu_adapter_reset(struct vfu_adapter *ad);

/**
 * vfu_adapter_unplug() - the client is gone: drop its memory and interrupts
 *
 * The machine that the adapter was in does not exist any more, so the adapter
 * is reset too: an engine must not go on with addresses of the last client.
 */
void vfu_adapter_unplug(struct vfu_adapter *ad);

/*
 * Accesses to BAR 0 and to configuration space.  The range lies within; any
 * offset and length is split into what the chip knows.
 */
void vfu_adapter_bar_read(struct vfu_adapter *ad, uint64_t off, void *buf,
			  size_t len);
void vfu_adapter_bar_write(struct vfu_adapter *ad, uint64_t off,
			   const void *buf, size_t len);
void vfu_adapter_config_read(struct vfu_adapter *ad, uint64_t off, void *buf,
			     size_t len);
void vfu_adapter_config_write(struct vfu_adapter *ad, uint64_t off,
			      const void *buf, size_t len);

/**
 * vfu_adapter_mappable() - the part of BAR 0 that a client may map
 * @ad: the adapter
 * @off: its offset in BAR 0, which is its offset in the file too
 * @size: its bytes
 *
 * Return: the file, which stays the adapter's, or -1 for no such part.
 */
int vfu_adapter_mappable(struct vfu_adapter *ad, uint64_t *off, uint64_t *size);

#endif
