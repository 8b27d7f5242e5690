/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_STRINGIFY_H
#define HOSTED_LINUX_STRINGIFY_H

#define __stringify_1(x...) #x
#define __stringify(x...)   __stringify_1(x)

#endif /* HOSTED_LINUX_STRINGIFY_H */
