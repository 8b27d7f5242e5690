/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_EVENTPOLL_H
#define HOSTED_LINUX_EVENTPOLL_H

#include <linux/types.h>

/*
 * glibc's <sys/epoll.h> has these names as enumerators with the same values;
 * the macros keep the kernel's __poll_t type.
 */
#include <sys/epoll.h>

#endif /* HOSTED_LINUX_EVENTPOLL_H */
