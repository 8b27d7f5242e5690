/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers in all their spellings.
 */
#ifndef CASE_CONSTANTS_H
#define CASE_CONSTANTS_H

#include <linux/types.h>

/* What a program says it was built for. */
#define CASE_VERSION	3
#define CASE_HEX	0x001bU		/* keeps its zeros */
#define CASE_SUM	(CASE_VERSION + 4)
#define CASE_CAST	((__u64)1 << 40)
#define CASE_NEGATIVE	(-1)
#define CASE_OCTAL	0755
#define CASE_CHAR	'W'
#define CASE_LONG_LINE	(CASE_VERSION | \
			 CASE_HEX)
#define CASE_TEXT	"a \"text\""
#define CASE_EMPTY
#define CASE_SQUARE(x)	((x) * (x))
#define CASE_MANY(fmt, ...)	fmt, ## __VA_ARGS__

/* Modes, one bit each. */
#define CASE_MODE_READ	(1 << 0)	/* may read */
#define CASE_MODE_WRITE	(1 << 1)
#define CASE_MODE_GROW	(1 << 5)	/* may grow,
					   if there is room */

#define CASE_HEX_A	0x01
#define CASE_HEX_B	0x02
#define CASE_HEX_C	0x04

#define CASE_WIDE_A	((__u64)1<<0)
#define CASE_WIDE_B	((__u64)1<<1)
#define CASE_WIDE_C	((__u64)1<<33)

#undef CASE_EMPTY

#endif /* CASE_CONSTANTS_H */
