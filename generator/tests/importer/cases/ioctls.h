/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CASE_IOCTLS_H
#define CASE_IOCTLS_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define CASE_MAGIC 'c'
#define CASE_BASE 0x40
#define CASE_IOR(nr, type) _IOR(CASE_MAGIC, nr, type)

struct case_arg {
	__u64 addr;
	unsigned long size;
};

/* Start it. */
#define CASE_START	_IO(CASE_MAGIC, 0)
#define CASE_SET	_IOW(CASE_MAGIC, CASE_BASE + 1, struct case_arg)
#define CASE_GET	CASE_IOR(CASE_BASE + 2, int)
#define CASE_BOTH	_IOWR(CASE_MAGIC, 0x43, struct case_arg[2])
#define CASE_OLD_GET	CASE_GET
#define CASE_NAME(len)	_IOC(_IOC_READ, CASE_MAGIC, 0x44, len)
#define CASE_FIXED	_IOC(_IOC_NONE, CASE_MAGIC, 0x45, 0)
#define CASE_PLAIN	0x4c00

#endif
