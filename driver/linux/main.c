// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The kernel module: life and metadata.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "ibdev.h"
#include "module.h"

static int __init hfi1u_module_init(void)
{
	int ret = hfi1u_cdev_init();

	if (ret)
		return ret;
	hfi1u_sysfs_init();
	ret = hfi1u_pci_register();
	if (ret)
		hfi1u_cdev_exit();
	return ret;
}

static void __exit hfi1u_module_exit(void)
{
	hfi1u_pci_unregister();
	hfi1u_cdev_exit();
}

module_init(hfi1u_module_init);
module_exit(hfi1u_module_exit);

MODULE_DESCRIPTION("Omni-Path (hfi1) user-access interface");
MODULE_AUTHOR("The hfi1 user-access ABI project");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_VERSION(HFI1U_MODULE_VERSION);
