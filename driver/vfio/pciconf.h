/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCI configuration space of a WFR adapter.
 */
#ifndef VFU_PCICONF_H
#define VFU_PCICONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VFU_CONFIG_SIZE 4096u

struct vfu_pciconf {
	uint8_t now[VFU_CONFIG_SIZE];
	uint8_t reset[VFU_CONFIG_SIZE]; /* values after a reset */
	uint8_t rw[VFU_CONFIG_SIZE]; /* bits software may write */
	uint8_t w1c[VFU_CONFIG_SIZE]; /* bits a written 1 clears */
	bool bus_master; /* atomic: engines ask */
};

/** vfu_pciconf_init() - lay the capabilities out, in their reset state. */
void vfu_pciconf_init(struct vfu_pciconf *conf);

/** vfu_pciconf_reset() - conventional or function level reset. */
void vfu_pciconf_reset(struct vfu_pciconf *conf);

/** vfu_pciconf_read() - read a range that lies within the space. */
void vfu_pciconf_read(const struct vfu_pciconf *conf, size_t off, void *buf,
		      size_t len);

/**
 * vfu_pciconf_write() - write a range that lies within the space
 *
 * Return: true when the write asks for a function level reset, which the
 * caller does, including vfu_pciconf_reset().
 */
bool vfu_pciconf_write(struct vfu_pciconf *conf, size_t off, const void *buf,
		       size_t len);

/** vfu_pciconf_bus_master() - whether the device may reach memory. */
bool vfu_pciconf_bus_master(const struct vfu_pciconf *conf);

#endif
