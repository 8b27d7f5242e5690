/* SPDX-License-Identifier: BSD-3-Clause */
/* The header that the mutations in header.txt start from. */
/* clang-format off */
#ifndef _BOX_H
#define _BOX_H

#include <linux/types.h>
#include <linux/ioctl.h>

#define BOX_API_VERSION 3
#define BOX_FAST (1 << 0)
#define BOX_SAFE (1 << 1)
#define BOX_SLOT(n) (0x100 + (n))

typedef __u32 box_id_t;

enum box_kind {
	BOX_KIND_COPY,
	BOX_KIND_FILL,
	BOX_KIND_MAX,
};

struct box_bits {
	__u32 low:4;
	__u32 high:28;
	__u32 tag;
};

#define BOX_NAME_LENGTH 16

struct box_later {
	__u32 kind;
	__u32 reserved[3];
	__u64 cookie;
	__u32 level;
	__u32 pad2;
};

struct box_named {
	__u32 order;
	__s32 weight;
	__u8 name[BOX_NAME_LENGTH];
	__u8 alias[BOX_NAME_LENGTH * 2];
	__u32 behind;
};

struct box_job {
	__u64 addr;
	__u32 length;
	__u32 flags;
	__u64 serial;
};

struct box_info {
	__u32 argsz;
	__u32 flags;
};

struct box_gap {
	__u8 first;
	__u32 second;
};

struct box_seen {
	__u8 state;
	__u32 since;
};

struct box_view {
	__u32 kind;
	union {
		__u32 number;
		__u8 bytes[4];
	};
};

struct box_long {
	long value;
	void *where;
};

#define BOX_MAGIC 'b'
#define BOX_SUBMIT _IOW(BOX_MAGIC, 1, struct box_job)
#define BOX_VIEW _IOR(BOX_MAGIC, 2, struct box_view)
#define BOX_INFO _IO(BOX_MAGIC, 3)
#define BOX_LONG _IOR(BOX_MAGIC, 4, struct box_long)
#define BOX_SEEN _IOR(BOX_MAGIC, 10, struct box_seen)
#define BOX_GAP _IOW(BOX_MAGIC, 9, struct box_gap)

#endif
