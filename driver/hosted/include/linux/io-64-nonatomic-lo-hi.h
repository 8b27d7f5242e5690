/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_IO_64_NONATOMIC_LO_HI_H
#define HOSTED_LINUX_IO_64_NONATOMIC_LO_HI_H

#include <linux/io.h>

#endif /* HOSTED_LINUX_IO_64_NONATOMIC_LO_HI_H */
