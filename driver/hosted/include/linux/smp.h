/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_SMP_H
#define HOSTED_LINUX_SMP_H

#include <linux/cpumask.h>

#endif /* HOSTED_LINUX_SMP_H */
