/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_COMPILER_ATTRIBUTES_H
#define HOSTED_LINUX_COMPILER_ATTRIBUTES_H

#include <linux/compiler.h>

#endif /* HOSTED_LINUX_COMPILER_ATTRIBUTES_H */
