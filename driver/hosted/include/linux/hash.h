/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_HASH_H
#define HOSTED_LINUX_HASH_H

#include <linux/types.h>

static inline u32 hash_64(u64 val, unsigned int bits)
{
	return (val * 0x61c8864680b583ebULL) >> (64 - bits);
}

static inline u32 hash_32(u32 val, unsigned int bits)
{
	return (val * 0x61c88647u) >> (32 - bits);
}

#define hash_long(val, bits) hash_64(val, bits)

#endif /* HOSTED_LINUX_HASH_H */
