// SPDX-License-Identifier: BSD-3-Clause
/* Module parameters by name. */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include "internal.h"

static struct kernel_param *params;

/* Runs before main(); a description may come before its parameter. */
static struct {
	const char *name, *desc;
} descs[128];
static unsigned int ndescs;

void hosted_param_register(struct kernel_param *kp)
{
	kp->next = params;
	params = kp;
}

void hosted_param_describe(const char *name, const char *desc)
{
	BUG_ON(ndescs == ARRAY_SIZE(descs));
	descs[ndescs].name = name;
	descs[ndescs++].desc = desc;
}

static struct kernel_param *find_param(const char *name)
{
	struct kernel_param *kp;

	for (kp = params; kp; kp = kp->next)
		if (!strcmp(kp->name, name))
			return kp;
	return NULL;
}

static const char *find_desc(const char *name)
{
	unsigned int i;

	for (i = 0; i < ndescs; i++)
		if (!strcmp(descs[i].name, name))
			return descs[i].desc;
	return "";
}

int hosted_param_set(const char *name, const char *value)
{
	struct kernel_param *kp = find_param(name);

	return kp ? kp->ops->set(value, kp) : -ENOENT;
}

int hosted_param_get(const char *name, char *buf, size_t size)
{
	struct kernel_param *kp = find_param(name);
	char text[4096] = "";
	int ret;

	if (!kp || !kp->ops->get)
		return -ENOENT;
	ret = kp->ops->get(text, kp);
	if (ret < 0)
		return ret;
	text[strcspn(text, "\n")] = 0;
	return strscpy(buf, text, size);
}

bool hosted_param_at(unsigned int index, struct hosted_param_info *info)
{
	struct kernel_param *kp = params;

	while (kp && index--)
		kp = kp->next;
	if (!kp)
		return false;
	*info = (struct hosted_param_info){ kp->name, find_desc(kp->name),
					    kp->perm };
	return true;
}

/*
 * The numeric types differ in their range alone: a value that does not
 * survive the conversion is refused.
 */
#define NUMERIC_PARAM(tag, type, fmt)                                        \
	static int set_##tag(const char *val, const struct kernel_param *kp) \
	{                                                                    \
		bool minus = *val == '-';                                    \
		u64 v;                                                       \
		int ret = kstrtou64(val + minus, 0, &v);                     \
		type t = minus ? (type)-v : (type)v;                         \
                                                                             \
		if (ret)                                                     \
			return ret;                                          \
		if ((u64)t != (minus ? -v : v) || (minus && (type)-1 > 0))   \
			return -ERANGE;                                      \
		*(type *)kp->arg = t;                                        \
		return 0;                                                    \
	}                                                                    \
                                                                             \
	static int get_##tag(char *buf, const struct kernel_param *kp)       \
	{                                                                    \
		return scnprintf(buf, 32, fmt "\n", *(type *)kp->arg);       \
	}                                                                    \
                                                                             \
	const struct kernel_param_ops param_ops_##tag = { .set = set_##tag,  \
							  .get = get_##tag }

NUMERIC_PARAM(byte, unsigned char, "%hhu");
NUMERIC_PARAM(ushort, unsigned short, "%hu");
NUMERIC_PARAM(int, int, "%d");
NUMERIC_PARAM(uint, unsigned int, "%u");
NUMERIC_PARAM(ulong, unsigned long, "%lu");
NUMERIC_PARAM(ullong, unsigned long long, "%llu");

static int set_bool(const char *val, const struct kernel_param *kp)
{
	bool *b = kp->arg;

	switch (*val) {
	case 'y':
	case 'Y':
	case '1':
		*b = true;
		return 0;
	case 'n':
	case 'N':
	case '0':
		*b = false;
		return 0;
	}
	return -EINVAL;
}

static int get_bool(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, 4, "%c\n", *(bool *)kp->arg ? 'Y' : 'N');
}

const struct kernel_param_ops param_ops_bool = { .set = set_bool,
						 .get = get_bool };

static int set_charp(const char *val, const struct kernel_param *kp)
{
	*(char **)kp->arg = (char *)val;
	return 0;
}

static int get_charp(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, 4096, "%s\n", *(char **)kp->arg);
}

const struct kernel_param_ops param_ops_charp = { .set = set_charp,
						  .get = get_charp };
