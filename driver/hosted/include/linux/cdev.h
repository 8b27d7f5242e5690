/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_CDEV_H
#define HOSTED_LINUX_CDEV_H

#include <linux/fs.h>
#include <linux/kdev_t.h>

struct module;

/*
 * Drivers find their unit from inode->i_cdev; the host opens the device
 * through hosted_open(), so there is nothing to add to a device map.
 */
struct cdev {
	const struct file_operations *ops;
	struct module *owner;
	dev_t dev;
	unsigned int count;
};

static inline void cdev_init(struct cdev *cdev,
			     const struct file_operations *fops)
{
	cdev->ops = fops;
}

#endif /* HOSTED_LINUX_CDEV_H */
