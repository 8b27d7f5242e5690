/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_RESOURCE_H
#define HOSTED_LINUX_RESOURCE_H

#include <sys/resource.h>

/* Soft limit of the calling task's process. */
unsigned long rlimit(unsigned int limit);

#endif /* HOSTED_LINUX_RESOURCE_H */
