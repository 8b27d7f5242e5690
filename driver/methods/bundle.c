// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Parses a call of a method.  The errnos are those with which the verbs device
 * answers the same faults, so that programs need to know one set.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <rdma/rdma_user_ioctl_cmds.h>

#include "bundle.h"

static const struct hfi1u_method *
find_method(const struct hfi1u_common *common,
	    const struct ib_uverbs_ioctl_hdr *hdr)
{
	const struct hfi1u_object *object = common->objects;
	unsigned int i;

	while (object->id != hdr->object_id)
		if (++object == common->objects + common->object_count)
			return NULL;
	for (i = 0; i < object->method_count; i++)
		if (object->methods[i].id == hdr->method_id)
			return &object->methods[i];
	return NULL;
}

/* Read the header and judge what does not depend on the method. */
static int read_header(struct ib_uverbs_ioctl_hdr *hdr,
		       const struct hfi1u_common *common, void __user *arg)
{
	if (copy_from_user(hdr, arg, sizeof(*hdr)))
		return -EFAULT;
	if (hdr->length > PAGE_SIZE ||
	    hdr->length != struct_size(hdr, attrs, hdr->num_attrs))
		return -EINVAL;
	if (hdr->reserved1 || hdr->reserved2)
		return -EPROTONOSUPPORT;
	return hdr->driver_id == common->driver_id ? 0 : -EINVAL;
}

/* Take one attribute of the caller's. */
static int accept_attr(struct hfi1u_bundle *bundle,
		       const struct ib_uverbs_attr *attr,
		       struct ib_uverbs_attr __user *user)
{
	const struct hfi1u_method *method = bundle->method;
	unsigned int i;

	for (i = 0; i < method->attr_count; i++)
		if (method->attrs[i].id == attr->attr_id)
			break;
	if (i == method->attr_count)
		return attr->flags & UVERBS_ATTR_F_MANDATORY ?
			       -EPROTONOSUPPORT :
			       0;
	if (bundle->given[i].user || attr->attr_data.reserved)
		return -EINVAL;
	if (attr->len != method->attrs[i].size)
		return -EINVAL;
	bundle->given[i] = (struct hfi1u_given){
		.user = user,
		.data = attr->data,
		.flags = attr->flags,
	};
	return 0;
}

static int missing_attr(const struct hfi1u_bundle *bundle)
{
	const struct hfi1u_method *method = bundle->method;
	unsigned int i;

	for (i = 0; i < method->attr_count; i++)
		if (!bundle->given[i].user &&
		    !(method->attrs[i].flags & HFI1U_ATTR_OPTIONAL))
			return -EINVAL;
	return 0;
}

int hfi1u_bundle_parse(struct hfi1u_bundle *bundle,
		       const struct hfi1u_common *common, unsigned int cmd,
		       void __user *arg)
{
	struct ib_uverbs_ioctl_hdr __user *user = arg;
	struct ib_uverbs_ioctl_hdr hdr;
	struct ib_uverbs_attr attr;
	unsigned int i;
	int ret;

	if (cmd != RDMA_VERBS_IOCTL)
		return -ENOTTY;
	ret = read_header(&hdr, common, arg);
	if (ret)
		return ret;
	memset(bundle, 0, sizeof(*bundle));
	bundle->method = find_method(common, &hdr);
	if (!bundle->method)
		return -EPROTONOSUPPORT;
	for (i = 0; i < hdr.num_attrs; i++) {
		if (copy_from_user(&attr, &user->attrs[i], sizeof(attr)))
			return -EFAULT;
		ret = accept_attr(bundle, &attr, &user->attrs[i]);
		if (ret)
			return ret;
	}
	return missing_attr(bundle);
}

int hfi1u_bundle_get(const struct hfi1u_bundle *bundle, unsigned int index,
		     void *to, size_t size)
{
	const struct hfi1u_given *given = &bundle->given[index];

	if (!given->user)
		return 0;
	if (size <= sizeof(given->data)) {
		memcpy(to, &given->data, size);
		return 0;
	}
	return copy_from_user(to, u64_to_user_ptr(given->data), size) ?
		       -EFAULT :
		       0;
}

int hfi1u_bundle_put(const struct hfi1u_bundle *bundle, unsigned int index,
		     const void *from, size_t size)
{
	const struct hfi1u_given *given = &bundle->given[index];
	u16 flags = given->flags | UVERBS_ATTR_F_VALID_OUTPUT;

	if (!given->user)
		return 0;
	if (copy_to_user(u64_to_user_ptr(given->data), from, size))
		return -EFAULT;
	return put_user(flags, &given->user->flags) ? -EFAULT : 0;
}
