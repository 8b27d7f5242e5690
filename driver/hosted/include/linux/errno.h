/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_ERRNO_H
#define HOSTED_LINUX_ERRNO_H

#include_next <linux/errno.h>

/* Codes that never reach user space. */
#define ERESTARTSYS    512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ENOIOCTLCMD    515
#define EPROBE_DEFER   517
#define ENOTSUPP       524

#endif /* HOSTED_LINUX_ERRNO_H */
