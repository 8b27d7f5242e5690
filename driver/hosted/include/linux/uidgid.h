/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_UIDGID_H
#define HOSTED_LINUX_UIDGID_H

#include <linux/types.h>

typedef struct {
	uid_t val;
} kuid_t;

typedef struct {
	gid_t val;
} kgid_t;

struct user_namespace;
extern struct user_namespace init_user_ns;

#define KUIDT_INIT(v) ((kuid_t){ v })

static inline uid_t __kuid_val(kuid_t uid)
{
	return uid.val;
}

static inline bool uid_eq(kuid_t a, kuid_t b)
{
	return a.val == b.val;
}

static inline uid_t from_kuid(struct user_namespace *ns, kuid_t uid)
{
	(void)ns;
	return uid.val;
}

static inline kuid_t make_kuid(struct user_namespace *ns, uid_t uid)
{
	(void)ns;
	return KUIDT_INIT(uid);
}

#define from_kuid_munged from_kuid

#endif /* HOSTED_LINUX_UIDGID_H */
