/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of the vfio-user protocol, version 0.0, as a server needs them.
 * Region, interrupt and device numbers are those of <linux/vfio.h>.
 */
#ifndef VFU_PROTO_H
#define VFU_PROTO_H

#include <stdint.h>

enum vfu_cmd {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_DEVICE_GET_INFO = 4,
	VFU_DEVICE_GET_REGION_INFO = 5,
	VFU_DEVICE_GET_REGION_IO_FDS = 6,
	VFU_DEVICE_GET_IRQ_INFO = 7,
	VFU_DEVICE_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_DMA_READ = 11,
	VFU_DMA_WRITE = 12,
	VFU_DEVICE_RESET = 13,
	VFU_REGION_WRITE_MULTI = 15,
	VFU_DEVICE_FEATURE = 16,
	VFU_COMMANDS
};

#define VFU_FLAG_TYPE	  0xfu
#define VFU_TYPE_COMMAND  0u
#define VFU_TYPE_REPLY	  1u
#define VFU_FLAG_NO_REPLY (1u << 4)
#define VFU_FLAG_ERROR	  (1u << 5)

struct vfu_header {
	uint16_t id;
	uint16_t cmd;
	uint32_t size; /* with this header */
	uint32_t flags;
	uint32_t error; /* positive errno */
};

struct vfu_version {
	uint16_t major;
	uint16_t minor;
	/* JSON text with its NUL, optional */
};

#define VFU_DMA_READABLE  (1u << 0)
#define VFU_DMA_WRITEABLE (1u << 1)
#define VFU_DMA_MMAP	  (1u << 2)
#define VFU_DMA_FILE_IO	  (1u << 3)

struct vfu_dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t offset;
	uint64_t addr;
	uint64_t size;
};

struct vfu_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t addr;
	uint64_t size;
};

struct vfu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions;
	uint32_t num_irqs;
};

struct vfu_region_access {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	/* data */
};

struct vfu_write_multi {
	uint64_t count;
	/* struct vfu_single_write */
};

struct vfu_single_write {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	uint8_t data[8];
};

/* What this server tells its clients. */
#define VFU_MAX_FDS   16u
#define VFU_MAX_XFER  1048576u
#define VFU_MAX_MAPS  1024u
#define VFU_PAGE_SIZE 4096u

/* The largest message: a transfer with its header, or many interrupts. */
#define VFU_MAX_BODY (VFU_MAX_XFER + sizeof(struct vfu_region_access))

#endif
