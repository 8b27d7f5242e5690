/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_NUMA_H
#define HOSTED_LINUX_NUMA_H

#define NUMA_NO_NODE (-1)
#define MAX_NUMNODES 64

#endif /* HOSTED_LINUX_NUMA_H */
