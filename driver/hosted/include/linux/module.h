/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_MODULE_H
#define HOSTED_LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

struct module;
#define THIS_MODULE ((struct module *)NULL)
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_VERSION(x)
#define MODULE_ALIAS(x)
#define MODULE_FIRMWARE(x)
#define MODULE_DEVICE_TABLE(type, name)
#define MODULE_IMPORT_NS(ns)
#define try_module_get(m) ((void)(m), true)
#define module_put(m)	  ((void)(m))
#define __module_get(m)	  ((void)(m))

#endif /* HOSTED_LINUX_MODULE_H */
