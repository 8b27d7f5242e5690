/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_PREFETCH_H
#define HOSTED_LINUX_PREFETCH_H

#define prefetch(x)  __builtin_prefetch(x)
#define prefetchw(x) __builtin_prefetch(x, 1)

#endif /* HOSTED_LINUX_PREFETCH_H */
