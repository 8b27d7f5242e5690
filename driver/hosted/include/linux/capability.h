/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_CAPABILITY_H
#define HOSTED_LINUX_CAPABILITY_H

#include_next <linux/capability.h>
#include <linux/types.h>

/* Effective capability of the calling task, read from the system. */
bool capable(int cap);

#endif /* HOSTED_LINUX_CAPABILITY_H */
