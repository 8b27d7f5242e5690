/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_GFP_TYPES_H
#define HOSTED_LINUX_GFP_TYPES_H

#include <linux/types.h>

#define __GFP_IO	    0x40u
#define __GFP_FS	    0x80u
#define __GFP_ZERO	    0x100u
#define __GFP_RECLAIM	    0xc00u
#define __GFP_NOWARN	    0x2000u
#define __GFP_RETRY_MAYFAIL 0x4000u
#define __GFP_NOFAIL	    0x8000u
#define __GFP_NORETRY	    0x10000u
#define __GFP_COMP	    0x40000u
#define __GFP_ACCOUNT	    0x400000u
#define __GFP_HIGH	    0x20u

/* Only requests that may reclaim may sleep. */
#define GFP_KERNEL	   (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_USER	   GFP_KERNEL
#define GFP_HIGHUSER	   GFP_KERNEL
#define GFP_ATOMIC	   (__GFP_HIGH)
#define GFP_NOWAIT	   0u
#define GFP_NOIO	   __GFP_RECLAIM
#define GFP_NOFS	   (__GFP_RECLAIM | __GFP_IO)

static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_RECLAIM;
}

#endif /* HOSTED_LINUX_GFP_TYPES_H */
