/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_PROCESSOR_H
#define HOSTED_LINUX_PROCESSOR_H

#include <linux/sched.h>

#endif /* HOSTED_LINUX_PROCESSOR_H */
