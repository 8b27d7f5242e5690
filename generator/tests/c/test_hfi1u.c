// SPDX-License-Identifier: BSD-3-Clause
/*
 * The user library against a device that is a function of this file: what
 * reaches the driver, what comes back, and what the tables say.
 */
#include <check.h>
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hfi1u.h"

/* What the device saw, and how it is to answer. */
static struct {
	int fd;
	unsigned long request;
	unsigned int calls;
	int error;
	struct hfi1_user_info user_info;
	struct hfi1_tid_info tid_info;
	int number;
} seen;

static int serve(unsigned long request, void *arg)
{
	struct hfi1_tid_info *tid = arg;

	switch (request) {
	case HFI1_IOCTL_ASSIGN_CTXT:
		memcpy(&seen.user_info, arg, sizeof(seen.user_info));
		/* A driver that writes where it should not. */
		memset(arg, 0xee, sizeof(seen.user_info));
		return 0;
	case HFI1_IOCTL_TID_UPDATE:
		seen.tid_info = *tid;
		memset(tid, 0xee, sizeof(*tid));
		tid->tidcnt = 3;
		tid->length = 12288;
		return 0;
	case HFI1_IOCTL_RECV_CTRL:
	case HFI1_IOCTL_POLL_TYPE:
		memcpy(&seen.number, arg, sizeof(seen.number));
		return 0;
	case HFI1_IOCTL_GET_VERS:
		*(int *)arg = 0x60003;
		return 0;
	}
	return 0;
}

/* In place of the C library's. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	seen.fd = fd;
	seen.request = request;
	seen.calls++;
	if (seen.error) {
		errno = seen.error;
		return -1;
	}
	return serve(request, arg);
}

static void setup(void)
{
	memset(&seen, 0, sizeof(seen));
	errno = 0;
}

START_TEST(in_goes_in_and_nothing_comes_back)
{
	struct hfi1_user_info info;
	struct hfi1_user_info before;

	memset(&info, 0x5a, sizeof(info));
	before = info;
	ck_assert_int_eq(hfi1u_assign_ctxt(7, &info), 0);
	ck_assert_int_eq(seen.fd, 7);
	ck_assert_uint_eq(seen.user_info.userversion, 0x5a5a5a5a);
	ck_assert_mem_eq(seen.user_info.uuid, info.uuid, sizeof(info.uuid));
	/* Ignored by the driver, so it must not carry anything. */
	ck_assert_uint_eq(seen.user_info.pad, 0);
	ck_assert_mem_eq(&info, &before, sizeof(info));
}
END_TEST

START_TEST(only_declared_members_flow)
{
	struct hfi1_tid_info tid = {
		.vaddr = 0x1000, .tidlist = 0x2000, .tidcnt = 99, .length = 9000
	};

	ck_assert_int_eq(hfi1u_tid_update(3, &tid), 0);
	ck_assert_uint_eq(seen.tid_info.vaddr, 0x1000);
	ck_assert_uint_eq(seen.tid_info.tidcnt, 0);
	ck_assert_uint_eq(tid.vaddr, 0x1000);
	ck_assert_uint_eq(tid.tidlist, 0x2000);
	ck_assert_uint_eq(tid.tidcnt, 3);
	ck_assert_uint_eq(tid.length, 12288);
}
END_TEST

START_TEST(failure_is_returned_and_leaves_no_trace)
{
	struct hfi1_tid_info tid = { .tidcnt = 99, .length = 9000 };

	seen.error = ENOSPC;
	errno = EAGAIN;
	ck_assert_int_eq(hfi1u_tid_update(3, &tid), -ENOSPC);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_uint_eq(tid.tidcnt, 99);
	ck_assert_uint_eq(tid.length, 9000);
}
END_TEST

START_TEST(interrupted_call_is_not_repeated)
{
	seen.error = EINTR;
	ck_assert_int_eq(hfi1u_credit_upd(3), -EINTR);
	ck_assert_uint_eq(seen.calls, 1);
}
END_TEST

START_TEST(scalars_travel_by_value)
{
	int version = 0;

	ck_assert_int_eq(hfi1u_recv_ctrl(3, -5), 0);
	ck_assert_int_eq(seen.number, -5);
	ck_assert_int_eq(hfi1u_get_vers(3, &version), 0);
	ck_assert_int_eq(version, 0x60003);
}
END_TEST

START_TEST(names_are_known)
{
	ck_assert_str_eq(hfi1u_command_name(HFI1_IOCTL_TID_FREE), "TID_FREE");
	ck_assert_ptr_null(hfi1u_command_name(0x1be7));
	ck_assert_str_eq(hfi1u_errno_name(ENOLCK), "ENOLCK");
	ck_assert_str_eq(hfi1u_errno_name(-ENOLCK), "ENOLCK");
	ck_assert_ptr_nonnull(hfi1u_errno_text(-EINVAL));
	ck_assert_ptr_null(hfi1u_errno_name(EXDEV));
	ck_assert_str_eq(hfi1u_flag_name(HFI1U_FLAGS_EVENT, 0), "FROZEN");
	ck_assert_ptr_null(hfi1u_flag_name(HFI1U_FLAGS_EVENT, 63));
	ck_assert_ptr_null(hfi1u_flag_name((enum hfi1u_flag_set)99, 0));
	ck_assert_str_eq(hfi1u_state_name(0), "unassigned");
}
END_TEST

START_TEST(reasons_come_in_the_order_of_the_checks)
{
	const struct hfi1u_reason *reason = NULL;
	const char *const order[] = { "no-context", "vaddr-unaligned",
				      "length-zero", "too-many-pages" };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		reason = hfi1u_explain_errno(HFI1_IOCTL_TID_UPDATE, -EINVAL,
					     reason);
		ck_assert_ptr_nonnull(reason);
		ck_assert_str_eq(reason->id, order[i]);
	}
	ck_assert_ptr_null(
		hfi1u_explain_errno(HFI1_IOCTL_TID_UPDATE, EINVAL, reason));
}
END_TEST

START_TEST(reasons_are_those_programs_see)
{
	const struct hfi1u_reason *reason;

	reason = hfi1u_explain_errno(HFI1_IOCTL_ASSIGN_CTXT, EINTR, NULL);
	ck_assert_ptr_nonnull(reason);
	ck_assert_str_eq(reason->errno_name, "ERESTARTSYS");
	reason = hfi1u_explain_errno(0x1be7, EINVAL, NULL);
	ck_assert_ptr_nonnull(reason);
	ck_assert_str_eq(reason->list, "ioctl");
	ck_assert_ptr_null(
		hfi1u_explain_errno(HFI1_IOCTL_CREDIT_UPD, EXDEV, NULL));
	ck_assert_ptr_nonnull(hfi1u_explain("mmap.PIO_CRED", -EPERM, NULL));
}
END_TEST

START_TEST(structs_are_printed)
{
	struct sdma_req_info req = { .ctrl = 0x0311, .npkts = 2 };
	struct hfi1_user_info info = { .userversion = 0x60003 };
	char buf[512];
	char small[8];
	int length;

	length = hfi1u_format_sdma_req_info(buf, sizeof(buf), &req);
	ck_assert_int_eq(length, (int)strlen(buf));
	ck_assert_ptr_nonnull(strstr(buf, "ctrl = 0x311 ("));
	ck_assert_ptr_nonnull(strstr(buf, "IOVCNT=3"));
	ck_assert_ptr_nonnull(strstr(buf, "npkts = 2"));
	ck_assert_int_eq(hfi1u_format_sdma_req_info(small, sizeof(small), &req),
			 length);
	ck_assert_int_eq(strlen(small), sizeof(small) - 1);
	ck_assert_mem_eq(small, buf, sizeof(small) - 1);
	ck_assert_int_eq(hfi1u_format_sdma_req_info(NULL, 0, &req), length);
	info.uuid[15] = 0xab;
	hfi1u_format_user_info(buf, sizeof(buf), &info);
	ck_assert_ptr_nonnull(
		strstr(buf, "uuid = 000000000000000000000000000000ab"));
}
END_TEST

START_TEST(arguments_are_printed_as_they_flow)
{
	struct hfi1_tid_info tid = {
		.vaddr = 0x1000, .tidlist = 0x2000, .tidcnt = 7, .length = 4096
	};
	uint16_t pkey = 0x8001;
	char buf[512], none[8] = "old";

	hfi1u_format_input(buf, sizeof(buf), HFI1_IOCTL_TID_UPDATE, &tid);
	ck_assert_str_eq(buf,
			 "{ vaddr = 0x1000, tidlist = 0x2000, length = 4096 }");
	hfi1u_format_output(buf, sizeof(buf), HFI1_IOCTL_TID_UPDATE, &tid);
	ck_assert_str_eq(buf, "{ tidcnt = 7, length = 4096 }");
	hfi1u_format_input(buf, sizeof(buf), HFI1_IOCTL_SET_PKEY, &pkey);
	ck_assert_str_eq(buf, "32769");
	ck_assert_int_eq(hfi1u_format_output(none, sizeof(none),
					     HFI1_IOCTL_SET_PKEY, &pkey),
			 0);
	ck_assert_str_eq(none, "");
	ck_assert_int_eq(hfi1u_format_input(buf, sizeof(buf),
					    HFI1_IOCTL_CTXT_RESET, NULL),
			 0);
	ck_assert_int_eq(hfi1u_format_input(buf, sizeof(buf), 0x1234, NULL), 0);
	hfi1u_format_input(buf, 3, HFI1_IOCTL_TID_UPDATE, &tid);
	ck_assert_str_eq(buf, "{ ");
}
END_TEST

START_TEST(byte_order_is_undone)
{
	struct hfi1_pkt_header header;
	char buf[1024];

	memset(&header, 0, sizeof(header));
	header.lrh[1] = htobe16(0x1234);
	header.kdeth.jkey = htole16(0x4321);
	hfi1u_format_pkt_header(buf, sizeof(buf), &header);
	ck_assert_ptr_nonnull(strstr(buf, "lrh = [0, 4660, 0, 0]"));
	ck_assert_ptr_nonnull(strstr(buf, "kdeth.jkey = 17185"));
}
END_TEST

START_TEST(flags_are_printed)
{
	char buf[128];

	hfi1u_format_flags(buf, sizeof(buf), HFI1U_FLAGS_CAP,
			   HFI1_CAP_SDMA | HFI1_CAP_HDRSUPP | 1ULL << 40);
	ck_assert_str_eq(buf, "SDMA|HDRSUPP|0x10000000000");
	hfi1u_format_flags(buf, sizeof(buf), HFI1U_FLAGS_CAP, 0);
	ck_assert_str_eq(buf, "0");
	hfi1u_format_flags(buf, sizeof(buf), HFI1U_FLAGS_EVENT, 1ULL << 63);
	ck_assert_str_eq(buf, "0x8000000000000000");
}
END_TEST

START_TEST(tokens_survive_the_round_trip)
{
	struct hfi1u_token token = { .type = HFI1U_REGION_EVENTS,
				     .ctxt = 159,
				     .subctxt = 7,
				     .offset = 0x9f8 };
	struct hfi1u_token back;
	uint64_t value = hfi1u_token_make(&token);

	ck_assert_uint_eq(value, 0xdabbad00079f79f8);
	ck_assert_int_eq(hfi1u_token_decode(value, &back), 0);
	ck_assert_mem_eq(&token, &back, sizeof(token));
	ck_assert_int_eq(hfi1u_token_decode(value ^ 1ULL << 63, &back),
			 -EINVAL);
}
END_TEST

static const struct hfi1_ctxt_info context = {
	.rcvegr_size = 262144,
	.credits = 100,
	.egrtids = 32,
	.rcvhdrq_cnt = 2048,
	.rcvhdrq_entsize = 128,
	.sdma_ring_size = 128,
};

START_TEST(lengths_follow_from_the_context)
{
	struct hfi1u_view view = { .ctxt_info = &context };

	ck_assert_uint_eq(hfi1u_region_length(HFI1U_REGION_PIO_BUFS, &view),
			  8192);
	ck_assert_uint_eq(hfi1u_region_length(HFI1U_REGION_RCV_EGRBUF, &view),
			  8388608);
	ck_assert_uint_eq(hfi1u_region_length(HFI1U_REGION_SDMA_COMP, &view),
			  4096);
	view.ctxt_subctxt_cnt = 3;
	ck_assert_uint_eq(hfi1u_region_length(HFI1U_REGION_SUBCTXT_RCV_HDRQ,
					      &view),
			  3 * 262144);
	ck_assert_uint_eq(hfi1u_region_length(14, &view), 0);
	ck_assert_str_eq(hfi1u_region_name(13), "SDMA_COMP");
	ck_assert_ptr_null(hfi1u_region_name(0));
}
END_TEST

START_TEST(mapping_reports_what_is_wrong)
{
	struct hfi1_base_info base = { 0 };
	struct hfi1u_view view = { .base_info = &base, .ctxt_info = &context };
	struct hfi1u_mapping mapping = { 0 };

	ck_assert_int_eq(hfi1u_map(0, 15, &view, &mapping), -EINVAL);
	ck_assert_int_eq(hfi1u_map(0, HFI1U_REGION_RTAIL, &view, &mapping),
			 -ENOENT);
	base.status_bufbase = 0xdabbad0008000000;
	ck_assert_int_eq(hfi1u_map(-1, HFI1U_REGION_STATUS, &view, &mapping),
			 -EBADF);
	ck_assert_ptr_null(mapping.start);
}
END_TEST

START_TEST(mapping_starts_at_the_own_part)
{
	char path[] = "/tmp/test-hfi1u-XXXXXX";
	struct hfi1_base_info base = { .events_bufbase = 0x1048 };
	struct hfi1u_view view = { .base_info = &base, .ctxt_info = &context };
	struct hfi1u_mapping mapping;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(ftruncate(fd, 8192), 0);
	ck_assert_int_eq(pwrite(fd, "own", 4, 0x1048), 4);
	ck_assert_int_eq(hfi1u_map(fd, HFI1U_REGION_EVENTS, &view, &mapping),
			 0);
	ck_assert_uint_eq(mapping.length, 4096);
	ck_assert_str_eq(mapping.object, "own");
	ck_assert_int_eq(hfi1u_unmap(&mapping), 0);
	close(fd);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("hfi1u");
	TCase *tc = tcase_create("library");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, in_goes_in_and_nothing_comes_back);
	tcase_add_test(tc, only_declared_members_flow);
	tcase_add_test(tc, failure_is_returned_and_leaves_no_trace);
	tcase_add_test(tc, interrupted_call_is_not_repeated);
	tcase_add_test(tc, scalars_travel_by_value);
	tcase_add_test(tc, names_are_known);
	tcase_add_test(tc, reasons_come_in_the_order_of_the_checks);
	tcase_add_test(tc, reasons_are_those_programs_see);
	tcase_add_test(tc, structs_are_printed);
	tcase_add_test(tc, arguments_are_printed_as_they_flow);
	tcase_add_test(tc, byte_order_is_undone);
	tcase_add_test(tc, flags_are_printed);
	tcase_add_test(tc, tokens_survive_the_round_trip);
	tcase_add_test(tc, lengths_follow_from_the_context);
	tcase_add_test(tc, mapping_reports_what_is_wrong);
	tcase_add_test(tc, mapping_starts_at_the_own_part);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
