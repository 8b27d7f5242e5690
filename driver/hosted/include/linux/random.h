/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_RANDOM_H
#define HOSTED_LINUX_RANDOM_H

#include_next <linux/random.h>
#include <linux/types.h>

void get_random_bytes(void *buf, size_t len);
u32 get_random_u32(void);
u64 get_random_u64(void);

#endif /* HOSTED_LINUX_RANDOM_H */
