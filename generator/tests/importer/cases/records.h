/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CASE_RECORDS_H
#define CASE_RECORDS_H

#include <asm/byteorder.h>
#include <linux/types.h>
#include <linux/time.h>

#define CASE_NAME_LEN 16

struct case_later;

/**
 * struct case_plain - what most structs are
 * @first: the first member
 * @second: the second,
 *	which needs two lines
 * @name: a name
 *
 * More about all of it.
 */
struct case_plain {
	__u32 first, second;
	char name[CASE_NAME_LEN + 1];
	unsigned char pad[3];		/* unused */
};

/* A struct with everything in it. */
struct case_all {
	const char *text;
	struct case_plain *next;
	void *cookie;
	void (*call)(int, void *);
	unsigned long int word;
	signed char small;
	__le16 wire[2][3];
	__aligned_u64 addr;
	struct timespec since;
	enum case_kind { CASE_KIND_A, CASE_KIND_B = 7 } kind;
	union {
		__u32 number;
		struct {
			__u16 low;
			__u16 high;
		} half;
		struct case_tagged {
			__u8 x;
		} tagged[2];
	};
	struct {
		__u8 a;
	} one, two;
#define CASE_ALL_BUSY (1 << 0)
#define CASE_ALL_DONE (1 << 1)
	__u32 flags;
	__u8 data[];
};

struct case_bits {
#if defined(__LITTLE_ENDIAN_BITFIELD)
	__u8 low:4, high:4;
#elif defined(__BIG_ENDIAN_BITFIELD)
	__u8 high:4, low:4;
#else
#error "no byte order"
#endif
	__u8 : 0;
} __attribute__((packed));

struct case_aligned {
	__u8 a;
} __attribute__((packed, aligned(4)));

union case_union {
	__u64 wide;
	double real;
};

typedef struct {
	__s32 x, y;
} case_point, *case_point_ref;

typedef struct case_node {
	struct case_node *next;
} case_node_t;

#pragma pack(push, 1)
struct case_pragma {
	__u8 a;
	__u32 b;
};
#pragma pack(pop)

#endif
