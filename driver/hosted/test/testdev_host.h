/* SPDX-License-Identifier: BSD-3-Clause */
/* The test device as its host sets it up. */
#ifndef HOSTED_TESTDEV_HOST_H
#define HOSTED_TESTDEV_HOST_H

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <hosted/vfs.h>

#define TESTDEV_MAJOR	 240
#define TESTDEV_BAR_SIZE (1UL << 16)

struct testdev {
	struct hosted_chrdev chrdev;
	struct device *dev;
	struct device device;
	phys_addr_t bar_phys;
	void __iomem *bar;
	int bar_fd;
	u64 last_off;
	u64 last_value;
	void *coherent;
	dma_addr_t coherent_bus;
	atomic_t open;
};

extern const struct file_operations testdev_fops;

int testdev_create(struct testdev *td, unsigned int minor);
void testdev_destroy(struct testdev *td);

#endif
