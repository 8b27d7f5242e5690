/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_MODULEPARAM_H
#define HOSTED_LINUX_MODULEPARAM_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

/*
 * Every parameter is registered before main(); hosted_param_set() and
 * hosted_param_get() find it by name.
 */
struct kernel_param;

struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);
};

struct kernel_param {
	const char *name;
	const struct kernel_param_ops *ops;
	u16 perm;
	const char *desc;
	void *arg;
	struct kernel_param *next;
};

void hosted_param_register(struct kernel_param *kp);
void hosted_param_describe(const char *name, const char *desc);

#define __hosted_param(pname, pops, parg, pperm)                              \
	static struct kernel_param __param_##pname = {                        \
		.name = #pname, .ops = (pops), .perm = (pperm), .arg = (parg) \
	};                                                                    \
	static void __attribute__((__constructor__))                          \
	__param_init_##pname(void)                                            \
	{                                                                     \
		hosted_param_register(&__param_##pname);                      \
	}                                                                     \
	static void __param_init_##pname(void)
#define module_param_cb(name, ops, arg, perm) \
	__hosted_param(name, ops, arg, perm)
#define module_param_named(name, value, type, perm) \
	__hosted_param(name, &param_ops_##type, &(value), perm)
#define module_param(name, type, perm) \
	module_param_named(name, name, type, perm)
#define MODULE_PARM_DESC(pname, pdesc)                \
	static void __attribute__((__constructor__))  \
	__param_desc_##pname(void)                    \
	{                                             \
		hosted_param_describe(#pname, pdesc); \
	}                                             \
	static void __param_desc_##pname(void)

extern const struct kernel_param_ops param_ops_byte;
extern const struct kernel_param_ops param_ops_ushort;
extern const struct kernel_param_ops param_ops_int;
extern const struct kernel_param_ops param_ops_uint;
extern const struct kernel_param_ops param_ops_ulong;
extern const struct kernel_param_ops param_ops_ullong;
extern const struct kernel_param_ops param_ops_bool;
extern const struct kernel_param_ops param_ops_charp;

#define S_IRUGO 00444

#endif /* HOSTED_LINUX_MODULEPARAM_H */
