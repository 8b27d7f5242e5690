// SPDX-License-Identifier: BSD-3-Clause
/*
 * Bundles of attributes, well-formed and not, on a modelled adapter.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rdma/hfi/hfi1_methods.h>
#include <rdma/ib_user_ioctl_verbs.h>
#include <rdma/rdma_user_ioctl_cmds.h>

#include "rig.h"

#define ATTRS	8
#define NO_SUCH 0x1fff
#define VERSION RIG_VERSION

static struct rig rig;
static struct file *file;

/* A call, built attribute by attribute. */
static union {
	struct ib_uverbs_ioctl_hdr hdr;
	char space[sizeof(struct ib_uverbs_ioctl_hdr) +
		   ATTRS * sizeof(struct ib_uverbs_attr)];
} call;

static void begin(u16 object, u16 method)
{
	memset(&call, 0, sizeof(call));
	call.hdr.object_id = object;
	call.hdr.method_id = method;
	call.hdr.driver_id = RDMA_DRIVER_HFI1;
	call.hdr.length = sizeof(call.hdr);
}

static struct ib_uverbs_attr *attr(u16 id, u16 len, u64 data)
{
	struct ib_uverbs_attr *a = &call.hdr.attrs[call.hdr.num_attrs++];

	a->attr_id = id;
	a->len = len;
	a->data = data;
	call.hdr.length += sizeof(*a);
	return a;
}

static int run(void)
{
	return rig_ioctl(file, RDMA_VERBS_IOCTL, &call);
}

static int get_vers(int *version)
{
	begin(HFI1_OBJECT_DEVICE, HFI1_METHOD_GET_VERS);
	attr(HFI1_ATTR_GET_VERS_RESP_VALUE, sizeof(*version),
	     (uintptr_t)version);
	return run();
}

static void assignment(u32 version)
{
	static u8 uuid[16] = { 1, 2, 3 };

	begin(HFI1_OBJECT_CONTEXT, HFI1_METHOD_ASSIGN_CTXT);
	attr(HFI1_ATTR_ASSIGN_CTXT_USERVERSION, 4, version);
	attr(HFI1_ATTR_ASSIGN_CTXT_SUBCTXT_CNT, 2, 0);
	attr(HFI1_ATTR_ASSIGN_CTXT_SUBCTXT_ID, 2, 0);
	attr(HFI1_ATTR_ASSIGN_CTXT_UUID, sizeof(uuid), (uintptr_t)uuid);
}

static int assign(void)
{
	assignment(VERSION);
	return run();
}

static void set_up(void)
{
	rig_start(&rig, NULL);
	file = rig_open(&rig);
}

static void tear_down(void)
{
	fput(file);
	rig_stop(&rig);
}

START_TEST(test_one_number)
{
	int version;

	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_GET_VERS, &version),
			 -ENOTTY);
	ck_assert_int_eq(rig_ioctl(file, RDMA_VERBS_IOCTL, NULL), -EFAULT);
	ck_assert_int_eq(get_vers(&version), 0);
	ck_assert_uint_eq(version, VERSION);
	ck_assert_uint_eq(call.hdr.attrs[0].flags, UVERBS_ATTR_F_VALID_OUTPUT);
}
END_TEST

START_TEST(test_header)
{
	int version = 0;

	get_vers(&version);
	call.hdr.length--;
	ck_assert_int_eq(run(), -EINVAL);
	get_vers(&version);
	call.hdr.num_attrs++;
	ck_assert_int_eq(run(), -EINVAL);
	get_vers(&version);
	call.hdr.num_attrs = 4000;
	call.hdr.length = sizeof(call.hdr) + 4000 * sizeof(call.hdr.attrs[0]);
	ck_assert_int_eq(run(), -EINVAL);
	get_vers(&version);
	call.hdr.reserved1 = 1;
	ck_assert_int_eq(run(), -EPROTONOSUPPORT);
	get_vers(&version);
	call.hdr.reserved2 = 1;
	ck_assert_int_eq(run(), -EPROTONOSUPPORT);
	get_vers(&version);
	call.hdr.driver_id++;
	ck_assert_int_eq(run(), -EINVAL);
}
END_TEST

START_TEST(test_unknown)
{
	int version = 0;

	get_vers(&version);
	call.hdr.object_id = NO_SUCH;
	ck_assert_int_eq(run(), -EPROTONOSUPPORT);
	get_vers(&version);
	call.hdr.object_id = 0; /* not in the driver's space */
	ck_assert_int_eq(run(), -EPROTONOSUPPORT);
	get_vers(&version);
	call.hdr.method_id = NO_SUCH;
	ck_assert_int_eq(run(), -EPROTONOSUPPORT);
	get_vers(&version);
	attr(NO_SUCH, 4, 0);
	ck_assert_int_eq(run(), 0);
	call.hdr.attrs[1].flags = UVERBS_ATTR_F_MANDATORY;
	ck_assert_int_eq(run(), -EPROTONOSUPPORT);
}
END_TEST

START_TEST(test_attributes)
{
	assignment(VERSION);
	call.hdr.attrs[0].len = 8;
	ck_assert_int_eq(run(), -EINVAL);
	assignment(VERSION);
	call.hdr.attrs[3].len = 15;
	ck_assert_int_eq(run(), -EINVAL);
	assignment(VERSION);
	call.hdr.attrs[1].attr_data.reserved = 1;
	ck_assert_int_eq(run(), -EINVAL);
	assignment(VERSION);
	call.hdr.attrs[2].attr_id = HFI1_ATTR_ASSIGN_CTXT_SUBCTXT_CNT;
	ck_assert_int_eq(run(), -EINVAL); /* one twice, one missing */
	assignment(VERSION);
	call.hdr.num_attrs--;
	call.hdr.length -= sizeof(call.hdr.attrs[0]);
	ck_assert_int_eq(run(), -EINVAL);
	assignment(VERSION);
	call.hdr.attrs[3].data = 8;
	ck_assert_int_eq(run(), -EFAULT);
	ck_assert_int_eq(assign(), 0); /* nothing was lost */
}
END_TEST

START_TEST(test_attributes_beyond_readable_memory)
{
	size_t page = 4096, size;
	char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int version = 0;

	ck_assert_ptr_ne(map, MAP_FAILED);
	munmap(map + page, page);
	get_vers(&version);
	size = call.hdr.length - 1;
	memcpy(map + page - size, &call, size);
	ck_assert_int_eq(rig_ioctl(file, RDMA_VERBS_IOCTL, map + page - size),
			 -EFAULT);
	munmap(map, page);
}
END_TEST

/* The commands' own checks, in their order, behind the form of the call. */
START_TEST(test_ordered_checks)
{
	u32 vers = VERSION + (1 << HFI1_SWMAJOR_SHIFT);
	u64 flags = 0;

	begin(HFI1_OBJECT_CONTEXT, HFI1_METHOD_CTXT_INFO);
	ck_assert_int_eq(run(), -EINVAL);
	assignment(vers);
	ck_assert_int_eq(run(), -ENODEV);
	assignment(vers);
	call.hdr.attrs[1].data = HFI1_MAX_SHARED_CTXTS + 1;
	ck_assert_int_eq(run(), -ENODEV);
	assignment(VERSION);
	call.hdr.attrs[1].data = HFI1_MAX_SHARED_CTXTS + 1;
	ck_assert_int_eq(run(), -EINVAL);
	ck_assert_int_eq(assign(), 0);
	assignment(vers);
	ck_assert_int_eq(run(), -EINVAL);
	begin(HFI1_OBJECT_CONTEXT, HFI1_METHOD_CTXT_INFO);
	ck_assert_int_eq(run(), 0); /* every result is optional */
	attr(HFI1_ATTR_CTXT_INFO_RESP_RUNTIME_FLAGS, 8, (uintptr_t)&flags);
	ck_assert_int_eq(run(), 0);
	ck_assert_uint_ne(flags, 0);
	call.hdr.attrs[0].data = 8;
	ck_assert_int_eq(run(), -EFAULT);
}
END_TEST

/* A result that cannot be written takes the registration back. */
START_TEST(test_undo)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	u32 list[1] = { 0 }, count = 0, length = 0;
	int i;

	ck_assert_ptr_ne(page, MAP_FAILED);
	ck_assert_int_eq(assign(), 0);
	for (i = 0; i < 2; i++) {
		begin(HFI1_OBJECT_EXPECTED_MEMORY, HFI1_METHOD_TID_UPDATE);
		attr(HFI1_ATTR_TID_UPDATE_VADDR, 8, (uintptr_t)page);
		attr(HFI1_ATTR_TID_UPDATE_TIDLIST, 8, (uintptr_t)list);
		attr(HFI1_ATTR_TID_UPDATE_LENGTH, 4, 4096);
		attr(HFI1_ATTR_TID_UPDATE_RESP_TIDCNT, 4, (uintptr_t)&count);
		attr(HFI1_ATTR_TID_UPDATE_RESP_LENGTH, 4,
		     i ? (uintptr_t)&length : 8);
		ck_assert_int_eq(run(), i ? 0 : -EFAULT);
	}
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(length, 4096);
	/* Had the first one stayed, two would be owned. */
	begin(HFI1_OBJECT_EXPECTED_MEMORY, HFI1_METHOD_TID_FREE);
	attr(HFI1_ATTR_TID_FREE_TIDLIST, 8, (uintptr_t)list);
	attr(HFI1_ATTR_TID_FREE_TIDCNT, 4, 2);
	ck_assert_int_eq(run(), -EINVAL);
	call.hdr.attrs[1].data = 1;
	ck_assert_int_eq(run(), 0);
	munmap(page, 4096);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("methods");
	TCase *t = tcase_create("methods");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_one_number);
	tcase_add_test(t, test_header);
	tcase_add_test(t, test_unknown);
	tcase_add_test(t, test_attributes);
	tcase_add_test(t, test_attributes_beyond_readable_memory);
	tcase_add_test(t, test_ordered_checks);
	tcase_add_test(t, test_undo);
	suite_add_tcase(s, t);
	return rig_run(s);
}
