/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_PFN_H
#define HOSTED_LINUX_PFN_H

#include <asm/page.h>

#endif /* HOSTED_LINUX_PFN_H */
