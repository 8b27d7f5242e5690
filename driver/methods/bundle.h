/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The second front door: commands as methods with attributes, in the form of
 * the verbs device's ioctl (RDMA_VERBS_IOCTL).  What a bundle of attributes
 * must look like is decided here, by generated tables; what the command then
 * checks is generated as for the private device.
 */
#ifndef HFI1U_BUNDLE_H
#define HFI1U_BUNDLE_H

#include <linux/types.h>

struct ib_uverbs_attr;
struct hfi1u_fd;
struct hfi1u_bundle;

/* Attributes a method may have. */
#define HFI1U_BUNDLE_ATTRS 32

#define HFI1U_ATTR_OUT	    1 /* written by the driver */
#define HFI1U_ATTR_OPTIONAL 2 /* zero, or not written, if absent */

struct hfi1u_attr {
	u16 id;
	u16 size; /* bytes, exactly */
	u8 flags;
};

/* @plain instead of @run for a method without attributes. */
struct hfi1u_method {
	const char *name; /* of the command */
	u16 id;
	const struct hfi1u_attr *attrs;
	unsigned int attr_count;
	unsigned int states; /* mask of those that allow it */
	int (*run)(struct hfi1u_fd *fd, struct hfi1u_bundle *bundle);
	int (*plain)(struct hfi1u_fd *fd);
};

struct hfi1u_object {
	u16 id;
	const struct hfi1u_method *methods;
	unsigned int method_count;
};

struct hfi1u_common {
	u32 driver_id;
	const struct hfi1u_object *objects;
	unsigned int object_count;
};

/* What a caller gave for an attribute; @user is NULL if nothing. */
struct hfi1u_given {
	struct ib_uverbs_attr __user *user;
	u64 data; /* the value itself up to eight bytes, else where it is */
	u16 flags;
};

struct hfi1u_bundle {
	const struct hfi1u_method *method;
	struct hfi1u_given given[HFI1U_BUNDLE_ATTRS]; /* as in method->attrs */
};

/**
 * hfi1u_bundle_parse() - find the method and sort the attributes of a call
 * @bundle: filled on success; refers to the caller's memory
 * @common: objects of this driver
 * @cmd: ioctl number; only RDMA_VERBS_IOCTL is known
 * @arg: struct ib_uverbs_ioctl_hdr in the caller's memory
 *
 * An attribute that the method does not have is passed over unless it is
 * marked UVERBS_ATTR_F_MANDATORY.
 *
 * Return: 0; -ENOTTY for another number, -EFAULT if header or attributes
 * cannot be read, -EPROTONOSUPPORT for what this driver does not know, -EINVAL
 * for what makes no sense.
 */
int hfi1u_bundle_parse(struct hfi1u_bundle *bundle,
		       const struct hfi1u_common *common, unsigned int cmd,
		       void __user *arg);

/**
 * hfi1u_bundle_get() - copy an input attribute
 * @bundle: parsed
 * @index: of the attribute in the method's table
 * @to: where to; left alone if the attribute is absent
 * @size: its size in bytes
 *
 * Return: 0 or -EFAULT.
 */
int hfi1u_bundle_get(const struct hfi1u_bundle *bundle, unsigned int index,
		     void *to, size_t size);

/**
 * hfi1u_bundle_put() - write an output attribute and mark it valid
 * @bundle: parsed
 * @index: of the attribute in the method's table
 * @from: where from; nothing happens if the attribute is absent
 * @size: its size in bytes
 *
 * Return: 0 or -EFAULT.
 */
int hfi1u_bundle_put(const struct hfi1u_bundle *bundle, unsigned int index,
		     const void *from, size_t size);

#endif
