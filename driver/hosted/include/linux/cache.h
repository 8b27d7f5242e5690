/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_CACHE_H
#define HOSTED_LINUX_CACHE_H

#include <linux/compiler.h>
#define L1_CACHE_SHIFT	6
#define L1_CACHE_BYTES	64
#define SMP_CACHE_BYTES 64

#endif /* HOSTED_LINUX_CACHE_H */
