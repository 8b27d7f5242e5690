/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_CONST_H
#define HOSTED_LINUX_CONST_H

#include_next <linux/const.h>
#ifndef UL
#define UL(x)  (x##UL)
#define ULL(x) (x##ULL)
#endif

#endif /* HOSTED_LINUX_CONST_H */
