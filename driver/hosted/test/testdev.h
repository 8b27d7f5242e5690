/* SPDX-License-Identifier: BSD-3-Clause */
/* The test device's own small ABI. */
#ifndef HOSTED_TESTDEV_H
#define HOSTED_TESTDEV_H

#include <linux/ioctl.h>
#include <linux/types.h>

struct td_echo {
	__u64 in;
	__u64 out;
};

struct td_range {
	__u64 addr;
	__u64 len;
	__u32 write;
	__u32 result;
};

struct td_who {
	__u32 pid;
	__u32 uid;
	__u32 admin;
	__u32 cpus;
};

#define TD_ECHO		 _IOWR('t', 1, struct td_echo)
#define TD_WAIT		 _IO('t', 2) /* until TD_WAKE; a signal interrupts */
#define TD_WAIT_KILLABLE _IO('t', 3)
#define TD_WAKE		 _IO('t', 4)
#define TD_COPY		 _IOWR('t', 5, struct td_range) /* result: bytes not copied */
#define TD_PIN		 _IOWR('t', 6, struct td_range) /* result: pages */
#define TD_UNPIN	 _IO('t', 7)
#define TD_UNMAPS	 _IO('t', 8) /* returns how often the range was unmapped */
#define TD_DMA_WRITE	 _IOW('t', 9, __u32) /* fill the pinned range */
#define TD_DMA_READ	 _IOWR('t', 10, struct td_range) /* read back to addr */
#define TD_WHO		 _IOR('t', 11, struct td_who)
#define TD_CONSUME	 _IO('t', 12) /* back to not readable */
#define TD_WAIT_MS	 _IO('t', 13) /* sleeps arg ms whatever happens */

/* mmap page offsets */
#define TD_MAP_SHARED 0 /* TD_PAGES of memory, read and write */
#define TD_MAP_RO     1 /* coherent memory, write refused for good */
#define TD_MAP_BAR    2 /* device memory, not copied on fork, MAYREAD off */
#define TD_MAP_HOLE   3 /* two pages, the second is SIGBUS */
#define TD_PAGES      4

#endif
