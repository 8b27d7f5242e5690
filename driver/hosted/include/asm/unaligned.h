/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_ASM_UNALIGNED_H
#define HOSTED_ASM_UNALIGNED_H

#include <asm/byteorder.h>
#include <string.h>

#define get_unaligned(ptr)                              \
	({                                              \
		__typeof__(((void)0, *(ptr))) __gu_v;   \
		memcpy(&__gu_v, (ptr), sizeof(__gu_v)); \
		__gu_v;                                 \
	})
#define put_unaligned(val, ptr)                         \
	do {                                            \
		__typeof__(*(ptr)) __pu_v = (val);      \
		memcpy((ptr), &__pu_v, sizeof(__pu_v)); \
	} while (0)

static inline u32 get_unaligned_le32(const void *p)
{
	__le32 v;

	memcpy(&v, p, sizeof(v));
	return le32_to_cpu(v);
}

static inline u64 get_unaligned_le64(const void *p)
{
	__le64 v;

	memcpy(&v, p, sizeof(v));
	return le64_to_cpu(v);
}

#endif /* HOSTED_ASM_UNALIGNED_H */
