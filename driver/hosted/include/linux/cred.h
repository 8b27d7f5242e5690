/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_CRED_H
#define HOSTED_LINUX_CRED_H

#include <linux/capability.h>
#include <linux/uidgid.h>

kuid_t current_uid(void);
kgid_t current_gid(void);
#define current_euid()	  current_uid()
#define current_user_ns() (&init_user_ns)

#endif /* HOSTED_LINUX_CRED_H */
