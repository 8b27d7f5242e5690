/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_SCHED_SIGNAL_H
#define HOSTED_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>
#include <linux/mm_types.h>

#endif /* HOSTED_LINUX_SCHED_SIGNAL_H */
