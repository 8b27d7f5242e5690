/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_KDEV_T_H
#define HOSTED_LINUX_KDEV_T_H

#include <linux/types.h>

#define MINORBITS     20
#define MINORMASK     ((1U << MINORBITS) - 1)
#define MAJOR(dev)    ((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev)    ((unsigned int)((dev)&MINORMASK))
#define MKDEV(ma, mi) ((dev_t)(((ma) << MINORBITS) | (mi)))

#endif /* HOSTED_LINUX_KDEV_T_H */
