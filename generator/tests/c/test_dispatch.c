// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The generated dispatcher between a caller and a core that only remembers:
 * gates, order of checks, what the core sees and what the caller gets.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#include "hfi1u_gen.h"

/* A pointer that no copy can use. */
#define BAD ((void __user *)16)

struct hfi1u_fd {
	enum hfi1u_state state;
	u64 subctxt, tid_used, caching, expected;
	bool pkey_check;
	bool copy_out_fails;
	int result;
	unsigned int handled, undone;
	enum hfi1u_check refused;
	struct hfi1_user_info user_info;
	struct hfi1_tid_info tid_in;
	unsigned long number;
};

static struct hfi1u_fd file;

/* What the kernel would supply. */
unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	if (from == BAD)
		return n;
	memcpy(to, from, n);
	return 0;
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	if (to == BAD || file.copy_out_fails)
		return n;
	memcpy(to, from, n);
	return 0;
}

/* What the host would supply: events are kept, the last of each kind. */
bool hosted_tracing = true;

static struct {
	char event[32];
	char text[400];
} events[16];

static unsigned int num_events;

void hosted_trace(const char *event, const char *fmt, ...)
{
	va_list ap;

	ck_assert_uint_lt(num_events, ARRAY_SIZE(events));
	snprintf(events[num_events].event, sizeof(events->event), "%s", event);
	va_start(ap, fmt);
	vsnprintf(events[num_events].text, sizeof(events->text), fmt, ap);
	va_end(ap);
	if (!strcmp(event, "hfi1u_refusal"))
		ck_assert_int_eq(sscanf(events[num_events].text,
					"file%*u check=%u", &file.refused),
				 1);
	num_events++;
}

const char *hosted_print_hex(const void *buf, size_t count)
{
	static char text[8];

	snprintf(text, sizeof(text), "%02x..%02x", *(const u8 *)buf,
		 ((const u8 *)buf)[count - 1]);
	return text;
}

/* What the core would supply. */
void hfi1u_trace_name(struct hfi1u_fd *fd, char *name, size_t size)
{
	snprintf(name, size, "file%u", fd->state);
}

enum hfi1u_state hfi1u_fd_state(struct hfi1u_fd *fd)
{
	return fd->state;
}

bool hfi1u_cap_user(struct hfi1u_fd *fd, u64 flag)
{
	return flag == HFI1_CAP_PKEY_CHECK ? fd->pkey_check : true;
}

bool hfi1u_cap_kernel(struct hfi1u_fd *fd, u64 flag)
{
	return fd && flag;
}

#define ATTRIBUTE(name, value)                     \
	u64 hfi1u_attr_##name(struct hfi1u_fd *fd) \
	{                                          \
		return (value) + 0 * fd->handled;  \
	}
ATTRIBUTE(fd_subctxt, fd->subctxt)
ATTRIBUTE(fd_tid_used, fd->tid_used)
ATTRIBUTE(fd_tid_caching, fd->caching)
ATTRIBUTE(fd_sdma_inflight, 0)
ATTRIBUTE(fd_sdma_ring_size, 128)
ATTRIBUTE(ctxt_number, 5)
ATTRIBUTE(ctxt_expected_count, fd->expected)
ATTRIBUTE(ctxt_credits, 65)
ATTRIBUTE(ctxt_egrtids, 32)
ATTRIBUTE(ctxt_rcvegr_size, 262144)
ATTRIBUTE(ctxt_rcvhdrq_cnt, 2048)
ATTRIBUTE(ctxt_rcvhdrq_entsize, 128)
ATTRIBUTE(ctxt_subctxt_cnt, 0)

bool hfi1u_mmap_rtail_no_page(struct hfi1u_fd *fd)
{
	return !fd->caching;
}

bool hfi1u_mmap_sdma_comp_no_ring(struct hfi1u_fd *fd)
{
	return !fd->caching;
}

static int handled(struct hfi1u_fd *fd)
{
	fd->handled++;
	return fd->result;
}

int hfi1u_do_assign_ctxt(struct hfi1u_fd *fd, const struct hfi1_user_info *in)
{
	fd->user_info = *in;
	return handled(fd);
}

int hfi1u_do_ctxt_info(struct hfi1u_fd *fd, struct hfi1_ctxt_info *out)
{
	out->ctxt = 7;
	return handled(fd);
}

int hfi1u_do_user_info(struct hfi1u_fd *fd, struct hfi1_base_info *out)
{
	out->jkey = 9;
	return handled(fd);
}

int hfi1u_do_tid_update(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
			struct hfi1_tid_info *out)
{
	fd->tid_in = *in;
	*out = (struct hfi1_tid_info){ 1, 2, 3, 4 };
	return handled(fd);
}

void hfi1u_undo_tid_update(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
			   const struct hfi1_tid_info *out)
{
	ck_assert_uint_eq(in->vaddr, fd->tid_in.vaddr);
	ck_assert_uint_eq(out->tidcnt, 3);
	fd->undone++;
}

int hfi1u_do_tid_free(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
		      struct hfi1_tid_info *out)
{
	fd->tid_in = *in;
	out->tidcnt = in->tidcnt;
	return handled(fd);
}

int hfi1u_do_tid_inval_read(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
			    struct hfi1_tid_info *out)
{
	return hfi1u_do_tid_free(fd, in, out);
}

int hfi1u_do_credit_upd(struct hfi1u_fd *fd)
{
	return handled(fd);
}

int hfi1u_do_ctxt_reset(struct hfi1u_fd *fd)
{
	return handled(fd);
}

int hfi1u_do_recv_ctrl(struct hfi1u_fd *fd, int in)
{
	fd->number = in;
	return handled(fd);
}

int hfi1u_do_poll_type(struct hfi1u_fd *fd, int in)
{
	return hfi1u_do_recv_ctrl(fd, in);
}

int hfi1u_do_ack_event(struct hfi1u_fd *fd, unsigned long in)
{
	fd->number = in;
	return handled(fd);
}

int hfi1u_do_set_pkey(struct hfi1u_fd *fd, u16 in)
{
	return hfi1u_do_recv_ctrl(fd, in);
}

int hfi1u_do_get_vers(struct hfi1u_fd *fd, int *out)
{
	*out = 0x60003;
	return handled(fd);
}

static void setup(void)
{
	file = (struct hfi1u_fd){ .state = HFI1U_STATE_ASSIGNED,
				  .caching = 1,
				  .expected = 2048,
				  .pkey_check = true };
}

static void expect(unsigned int cmd, void *arg, long result,
		   enum hfi1u_check check)
{
	file.refused = HFI1U_CHECK_NONE;
	num_events = 0;
	ck_assert_int_eq(hfi1u_dispatch(&file, cmd, arg), result);
	ck_assert_str_eq(hfi1u_check_info[file.refused].id,
			 hfi1u_check_info[check].id);
	ck_assert_int_eq(file.refused, check);
}

START_TEST(every_wrong_number_is_unknown)
{
	static const unsigned int wrong[] = {
		0,
		0x1be0,
		0x1be7,
		0x1bef,
		0x1bff,
		~0U,
		/* wrong size, wrong direction, wrong magic */
		HFI1_IOCTL_TID_UPDATE + (1 << 16),
		HFI1_IOCTL_TID_UPDATE & ~(1U << 30),
		HFI1_IOCTL_TID_UPDATE ^ 0x100,
		0x80001be6,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		expect(wrong[i], BAD, -EINVAL,
		       HFI1U_CHECK_IOCTL_UNKNOWN_COMMAND);
	file.state = HFI1U_STATE_UNASSIGNED;
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		expect(wrong[i], BAD, -EINVAL, HFI1U_CHECK_IOCTL_NO_CONTEXT);
	ck_assert_uint_eq(file.handled, 0);
}
END_TEST

START_TEST(the_state_gates_before_anything_is_read)
{
	int version = 0;

	file.state = HFI1U_STATE_UNASSIGNED;
	expect(HFI1_IOCTL_TID_UPDATE, BAD, -EINVAL,
	       HFI1U_CHECK_IOCTL_NO_CONTEXT);
	expect(HFI1_IOCTL_CREDIT_UPD, NULL, -EINVAL,
	       HFI1U_CHECK_IOCTL_NO_CONTEXT);
	ck_assert_uint_eq(file.handled, 0);
	expect(HFI1_IOCTL_GET_VERS, &version, 0, HFI1U_CHECK_NONE);
	ck_assert_int_eq(version, 0x60003);
	file.state = HFI1U_STATE_ASSIGNING;
	expect(HFI1_IOCTL_CTXT_INFO, BAD, -EINVAL,
	       HFI1U_CHECK_IOCTL_NO_CONTEXT);
}
END_TEST

START_TEST(checks_come_in_order)
{
	struct hfi1_tid_info arg = { .vaddr = 1, .length = 0 };

	expect(HFI1_IOCTL_TID_UPDATE, BAD, -EFAULT,
	       HFI1U_CHECK_TID_UPDATE_COPY_IN);
	expect(HFI1_IOCTL_TID_UPDATE, &arg, -EINVAL,
	       HFI1U_CHECK_TID_UPDATE_VADDR_UNALIGNED);
	arg.vaddr = 0xfffffffffffff000;
	expect(HFI1_IOCTL_TID_UPDATE, &arg, -EINVAL,
	       HFI1U_CHECK_TID_UPDATE_LENGTH_ZERO);
	arg.length = 0xffffffff;
	expect(HFI1_IOCTL_TID_UPDATE, &arg, -EOVERFLOW,
	       HFI1U_CHECK_TID_UPDATE_RANGE_WRAPS);
	file.caching = 0;
	expect(HFI1_IOCTL_TID_UPDATE, &arg, -EINVAL,
	       HFI1U_CHECK_TID_UPDATE_TOO_MANY_PAGES);
	ck_assert_uint_eq(file.handled, 0);
	arg.length = 2048 * 4096;
	expect(HFI1_IOCTL_TID_UPDATE, &arg, 0, HFI1U_CHECK_NONE);
	ck_assert_uint_eq(file.handled, 1);
}
END_TEST

START_TEST(a_check_before_the_copy_wins)
{
	file.pkey_check = false;
	expect(HFI1_IOCTL_SET_PKEY, BAD, -EPERM,
	       HFI1U_CHECK_SET_PKEY_PKEY_CHECK_OFF);
	file.pkey_check = true;
	expect(HFI1_IOCTL_SET_PKEY, BAD, -EFAULT, HFI1U_CHECK_SET_PKEY_COPY_IN);
	file.subctxt = 1;
	expect(HFI1_IOCTL_RECV_CTRL, BAD, 0, HFI1U_CHECK_RECV_CTRL_SUBCONTEXT);
	ck_assert_uint_eq(file.handled, 0);
}
END_TEST

START_TEST(the_core_sees_only_what_flows_in)
{
	struct hfi1_user_info info;
	struct hfi1_tid_info tid;

	memset(&info, 0x06, sizeof(info));
	info.userversion = 0x60003;
	info.subctxt_cnt = 8;
	file.state = HFI1U_STATE_UNASSIGNED;
	expect(HFI1_IOCTL_ASSIGN_CTXT, &info, 0, HFI1U_CHECK_NONE);
	ck_assert_uint_eq(file.user_info.pad, 0);
	ck_assert_uint_eq(file.user_info.subctxt_cnt, 8);
	file.state = HFI1U_STATE_ASSIGNED;
	memset(&tid, 0xff, sizeof(tid));
	tid.tidcnt = 0;
	expect(HFI1_IOCTL_TID_FREE, &tid, 0, HFI1U_CHECK_NONE);
	ck_assert_uint_eq(file.tid_in.tidlist, ~0ULL);
	ck_assert_uint_eq(file.tid_in.vaddr, 0);
	ck_assert_uint_eq(file.tid_in.length, 0);
}
END_TEST

START_TEST(the_caller_gets_only_what_flows_out)
{
	struct hfi1_tid_info tid = { 0x1000, 0x2000, 99, 4096 };
	struct hfi1_ctxt_info info;

	expect(HFI1_IOCTL_TID_UPDATE, &tid, 0, HFI1U_CHECK_NONE);
	ck_assert_uint_eq(tid.vaddr, 0x1000);
	ck_assert_uint_eq(tid.tidlist, 0x2000);
	ck_assert_uint_eq(tid.tidcnt, 3);
	ck_assert_uint_eq(tid.length, 4);
	memset(&info, 0xff, sizeof(info));
	expect(HFI1_IOCTL_CTXT_INFO, &info, 0, HFI1U_CHECK_NONE);
	ck_assert_uint_eq(info.ctxt, 7);
	/* Padding tells nothing. */
	ck_assert_uint_eq(((unsigned char *)&info)[38], 0);
	ck_assert_uint_eq(((unsigned char *)&info)[39], 0);
}
END_TEST

START_TEST(a_failed_handler_copies_nothing)
{
	struct hfi1_tid_info tid = { 0x1000, 0x2000, 99, 4096 };

	file.result = -ENOSPC;
	expect(HFI1_IOCTL_TID_UPDATE, &tid, -ENOSPC, HFI1U_CHECK_NONE);
	ck_assert_uint_eq(tid.tidcnt, 99);
	ck_assert_uint_eq(file.undone, 0);
}
END_TEST

START_TEST(a_lost_result_is_undone)
{
	struct hfi1_tid_info tid = { 0x1000, 0x2000, 0, 4096 };

	file.copy_out_fails = true;
	expect(HFI1_IOCTL_TID_UPDATE, &tid, -EFAULT,
	       HFI1U_CHECK_TID_UPDATE_COPY_OUT);
	ck_assert_uint_eq(file.handled, 1);
	ck_assert_uint_eq(file.undone, 1);
	expect(HFI1_IOCTL_GET_VERS, &tid, -EFAULT,
	       HFI1U_CHECK_GET_VERS_COPY_OUT);
	expect(HFI1_IOCTL_CTXT_INFO, BAD, -EFAULT,
	       HFI1U_CHECK_CTXT_INFO_COPY_OUT);
}
END_TEST

START_TEST(lists_stop_where_the_core_decides)
{
	struct hfi1_pkt_header hdr = { .bth = { cpu_to_be32(0xC0000000) } };
	struct hfi1u_write_header_locals l = { .hdr = &hdr };

	ck_assert_int_eq(hfi1u_check_write_header(&file, &l), 0);
	hdr.bth[0] = 0;
	ck_assert_int_eq(hfi1u_check_write_header(&file, &l), -EINVAL);
	ck_assert_int_eq(file.refused, HFI1U_CHECK_WRITE_HEADER_OPCODE);
	hdr.lrh[0] = cpu_to_be16(3);
	ck_assert_int_eq(hfi1u_check_write_header_after_pkey(&file, &l),
			 -EINVAL);
	ck_assert_int_eq(file.refused, HFI1U_CHECK_WRITE_HEADER_GRH);
	hdr.lrh[0] = 0;
	hdr.lrh[2] = cpu_to_be16(14);
	ck_assert_int_eq(hfi1u_check_write_header_after_pkey(&file, &l),
			 -EINVAL);
	hdr.lrh[2] = cpu_to_be16(15);
	ck_assert_int_eq(hfi1u_check_write_header_after_pkey(&file, &l), 0);
}
END_TEST

static void told(unsigned int index, const char *event, const char *text)
{
	ck_assert_uint_lt(index, num_events);
	ck_assert_str_eq(events[index].event, event);
	ck_assert_str_eq(events[index].text, text);
}

START_TEST(events_tell_request_refusal_and_end)
{
	struct hfi1_user_info info = { .userversion = 5 << HFI1_SWMAJOR_SHIFT,
				       .subctxt_cnt = 2,
				       .subctxt_id = 3,
				       .uuid = { 0xab, [15] = 0xcd } };
	char refusal[80];

	file.state = HFI1U_STATE_UNASSIGNED;
	expect(HFI1_IOCTL_ASSIGN_CTXT, &info, -ENODEV,
	       HFI1U_CHECK_ASSIGN_CTXT_MAJOR_VERSION);
	snprintf(refusal, sizeof(refusal),
		 "file0 check=%u ASSIGN_CTXT.major-version error=ENODEV",
		 HFI1U_CHECK_ASSIGN_CTXT_MAJOR_VERSION);
	ck_assert_uint_eq(num_events, 3);
	told(0, "hfi1u_assign_ctxt",
	     "file0 userversion=0x50000 subctxt_cnt=2 subctxt_id=3 uuid=ab..cd");
	told(1, "hfi1u_refusal", refusal);
	told(2, "hfi1u_return", "file0 ASSIGN_CTXT cmd=0xc01c1be1 ret=-19");
}
END_TEST

START_TEST(events_tell_results_and_what_lists_see)
{
	struct hfi1_pkt_header hdr = { .bth = { cpu_to_be32(0xC0000000) },
				       .lrh = { 0, 0, cpu_to_be16(15) } };
	struct hfi1u_write_header_locals l = { .hdr = &hdr };
	int version;

	expect(HFI1_IOCTL_GET_VERS, &version, 0, HFI1U_CHECK_NONE);
	ck_assert_uint_eq(num_events, 2);
	told(0, "hfi1u_get_vers_result", "file2 value=393219");
	told(1, "hfi1u_return", "file2 GET_VERS cmd=0x80041bee ret=0");
	expect(0x1be7, NULL, -EINVAL, HFI1U_CHECK_IOCTL_UNKNOWN_COMMAND);
	told(1, "hfi1u_return", "file2 unknown cmd=0x1be7 ret=-22");
	num_events = 0;
	ck_assert_int_eq(hfi1u_check_write_header(&file, &l), 0);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_ptr_nonnull(
		strstr(events[0].text,
		       " hdr.lrh=0,0,15,0 hdr.bth=0xc0000000,0,0 hdr.kdeth."));
}
END_TEST

START_TEST(regions_check_in_their_own_order)
{
	struct hfi1u_mmap_locals l = { .length = 1, .write = true };

	ck_assert_ptr_null(hfi1u_region_find(0));
	ck_assert_ptr_null(hfi1u_region_find(14));
	ck_assert_int_eq(hfi1u_check_region(&file, hfi1u_region_find(3), &l),
			 -EPERM);
	ck_assert_int_eq(hfi1u_check_region(&file, hfi1u_region_find(5), &l),
			 -EINVAL);
	l.length = 32 * 262144;
	ck_assert_int_eq(hfi1u_check_region(&file, hfi1u_region_find(5), &l),
			 -EPERM);
	l.write = false;
	ck_assert_int_eq(hfi1u_check_region(&file, hfi1u_region_find(5), &l),
			 0);
	ck_assert_uint_eq(hfi1u_region_find(1)->length(&file), 8192);
	ck_assert_uint_eq(hfi1u_region_find(1)->clears, VM_MAYREAD);
	l.length = 4096;
	ck_assert_int_eq(hfi1u_check_region(&file, hfi1u_region_find(13), &l),
			 0);
	file.caching = 0;
	ck_assert_int_eq(hfi1u_check_region(&file, hfi1u_region_find(13), &l),
			 -EFAULT);
}
END_TEST

START_TEST(capability_masks_are_the_published_ones)
{
	ck_assert_uint_eq(HFI1U_CAP_KERNEL_DEFAULT, 0x8CB9A);
	ck_assert_uint_eq(HFI1U_CAP_USER_DEFAULT, 0x4C090);
	ck_assert_uint_eq(HFI1U_CAP_USER_DEFAULT |
				  (HFI1U_CAP_KERNEL_DEFAULT & HFI1U_CAP_K2U),
			  0x4C09A);
}
END_TEST

START_TEST(every_check_knows_itself)
{
	unsigned int i;

	for (i = HFI1U_CHECK_NONE + 1; i < HFI1U_CHECK_COUNT; i++) {
		ck_assert_ptr_nonnull(hfi1u_check_info[i].id);
		ck_assert_ptr_nonnull(
			strstr(hfi1u_check_info[i].clause, ".yaml:"));
		ck_assert_int_eq(!hfi1u_check_info[i].error,
				 !hfi1u_check_info[i].errno_name[0]);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dispatch");
	TCase *tc = tcase_create("generated code");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, every_wrong_number_is_unknown);
	tcase_add_test(tc, the_state_gates_before_anything_is_read);
	tcase_add_test(tc, checks_come_in_order);
	tcase_add_test(tc, a_check_before_the_copy_wins);
	tcase_add_test(tc, the_core_sees_only_what_flows_in);
	tcase_add_test(tc, the_caller_gets_only_what_flows_out);
	tcase_add_test(tc, a_failed_handler_copies_nothing);
	tcase_add_test(tc, a_lost_result_is_undone);
	tcase_add_test(tc, lists_stop_where_the_core_decides);
	tcase_add_test(tc, events_tell_request_refusal_and_end);
	tcase_add_test(tc, events_tell_results_and_what_lists_see);
	tcase_add_test(tc, regions_check_in_their_own_order);
	tcase_add_test(tc, capability_masks_are_the_published_ones);
	tcase_add_test(tc, every_check_knows_itself);
	suite_add_tcase(s, tc);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
