/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_FIND_H
#define HOSTED_LINUX_FIND_H

#include <linux/bitops.h>

#endif /* HOSTED_LINUX_FIND_H */
