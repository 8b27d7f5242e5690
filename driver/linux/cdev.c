// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The character device: one cdev for all units, one node for each.
 *
 * The core finds the unit by the minor number and says ENXIO where there is
 * none, so an open() that races with a removal needs no care here.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "module.h"

/* Everybody may open it; contexts are what is protected. */
#define HFI1U_NODE_MODE 0666

static dev_t first;
static struct cdev hfi1u_cdev;

/* The name is the device's own. */
static char *node_mode(HFI1U_DEVNODE_DEVICE *dev, umode_t *mode)
{
	if (mode)
		*mode = HFI1U_NODE_MODE;
	return NULL;
}

static struct class node_class = {
	.name = KBUILD_MODNAME,
	.devnode = node_mode,
};

/**
 * hfi1u_cdev_init - get device numbers and serve them
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_cdev_init(void)
{
	int ret = class_register(&node_class);

	if (ret)
		return ret;
	ret = alloc_chrdev_region(&first, 0, HFI1U_MAX_UNITS, KBUILD_MODNAME);
	if (ret)
		goto unregister;
	cdev_init(&hfi1u_cdev, &hfi1u_fops);
	hfi1u_cdev.owner = THIS_MODULE;
	ret = cdev_add(&hfi1u_cdev, first, HFI1U_MAX_UNITS);
	if (!ret)
		return 0;
	unregister_chrdev_region(first, HFI1U_MAX_UNITS);
unregister:
	class_unregister(&node_class);
	return ret;
}

/**
 * hfi1u_cdev_exit - undo hfi1u_cdev_init()
 */
void hfi1u_cdev_exit(void)
{
	cdev_del(&hfi1u_cdev);
	unregister_chrdev_region(first, HFI1U_MAX_UNITS);
	class_unregister(&node_class);
}

/**
 * hfi1u_node_create - make /dev/hfi1_N
 * @unit: unit that is ready for users
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_node_create(struct hfi1u_unit *unit)
{
	unit->node =
		device_create(&node_class, &unit->pdev->dev,
			      MKDEV(MAJOR(first), MINOR(first) + unit->number),
			      unit, "hfi1_%u", unit->number);
	return PTR_ERR_OR_ZERO(unit->node);
}

/**
 * hfi1u_node_destroy - remove /dev/hfi1_N; open files stay
 * @unit: unit with a node
 */
void hfi1u_node_destroy(struct hfi1u_unit *unit)
{
	device_destroy(&node_class, unit->node->devt);
}
