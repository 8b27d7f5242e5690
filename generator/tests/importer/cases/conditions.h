/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright of somebody. */
#ifndef CASE_CONDITIONS_H
#define CASE_CONDITIONS_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#if defined(__cplusplus)
extern "C" {
#endif

/* A comment that belongs to nothing. */

#ifndef CASE_LIMIT
#define CASE_LIMIT 4
#endif

#if __BITS_PER_LONG == 64
typedef uint64_t case_word;
#define CASE_WORD_SIZE 8
#else
typedef uint32_t case_word;
#define CASE_WORD_SIZE 4
#endif /* __BITS_PER_LONG == 64 */

static inline case_word case_twice(case_word x)
{
	return x * 2;
}

extern int case_call(case_word x);

typedef int (*case_handler)(void *, case_word), case_number;

#if defined(__cplusplus)
}
#endif

#endif /* CASE_CONDITIONS_H */
