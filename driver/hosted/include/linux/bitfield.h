/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_BITFIELD_H
#define HOSTED_LINUX_BITFIELD_H

#include <linux/bits.h>
#include <asm/byteorder.h>

#define __bf_shf(x) (__builtin_ffsll(x) - 1)

/* Masks must be constant, non-zero and contiguous, as in the kernel. */
#define __BF_FIELD_CHECK(mask)                                     \
	do {                                                       \
		BUILD_BUG_ON((mask) == 0);                         \
		BUILD_BUG_ON(((((unsigned long long)(mask)) +      \
			       (1ULL << __bf_shf(mask))) &         \
			      ((unsigned long long)(mask))) != 0); \
	} while (0)

#define FIELD_MAX(mask) ((__typeof__(mask))((mask) >> __bf_shf(mask)))
#define FIELD_FIT(mask, val) \
	(!((((__typeof__(mask))(val)) << __bf_shf(mask)) & ~(mask)))
#define FIELD_PREP(mask, val)                                         \
	({                                                            \
		__BF_FIELD_CHECK(mask);                               \
		((__typeof__(mask))(val) << __bf_shf(mask)) & (mask); \
	})
#define FIELD_GET(mask, reg)                                            \
	({                                                              \
		__BF_FIELD_CHECK(mask);                                 \
		(__typeof__(mask))(((reg) & (mask)) >> __bf_shf(mask)); \
	})
#define FIELD_PREP_CONST(mask, val) \
	(((__typeof__(mask))(val) << __bf_shf(mask)) & (mask))

static inline u64 u64_get_bits(u64 v, u64 field)
{
	return (v & field) >> __bf_shf(field);
}

static inline u64 u64_encode_bits(u64 v, u64 field)
{
	return (v << __bf_shf(field)) & field;
}

static inline u64 u64_replace_bits(u64 old, u64 v, u64 field)
{
	return (old & ~field) | u64_encode_bits(v, field);
}

static inline u32 u32_get_bits(u32 v, u32 field)
{
	return (v & field) >> __bf_shf(field);
}

static inline u32 u32_encode_bits(u32 v, u32 field)
{
	return (v << __bf_shf(field)) & field;
}

#endif /* HOSTED_LINUX_BITFIELD_H */
