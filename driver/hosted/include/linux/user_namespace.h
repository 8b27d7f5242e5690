/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_USER_NAMESPACE_H
#define HOSTED_LINUX_USER_NAMESPACE_H

#include <linux/uidgid.h>

#endif /* HOSTED_LINUX_USER_NAMESPACE_H */
