/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_SPINLOCK_TYPES_H
#define HOSTED_LINUX_SPINLOCK_TYPES_H

#include <linux/spinlock.h>

#endif /* HOSTED_LINUX_SPINLOCK_TYPES_H */
