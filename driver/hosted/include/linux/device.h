/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_DEVICE_H
#define HOSTED_LINUX_DEVICE_H

#include <linux/dev_printk.h>
#include <linux/gfp.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include <linux/types.h>

struct hosted_dma;

struct device {
	const char *init_name;
	struct device *parent;
	void *driver_data;
	void *platform_data;
	int numa_node;

	/* private to the shim */
	struct hosted_dma *dma;
};

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

static inline int dev_to_node(struct device *dev)
{
	return dev->numa_node;
}

static inline void set_dev_node(struct device *dev, int node)
{
	dev->numa_node = node;
}

#endif /* HOSTED_LINUX_DEVICE_H */
