/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_IRQRETURN_H
#define HOSTED_LINUX_IRQRETURN_H

#include <linux/interrupt.h>

#endif /* HOSTED_LINUX_IRQRETURN_H */
