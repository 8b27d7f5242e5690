// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-calls: calls of every sort, and the events they must leave.
 *
 * Makes one call after another and prints the lines that the kernel's trace
 * must hold, addresses as '*'.  Names and numbers of checks are those that
 * the driver was generated with.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "hfi1u_checks.h"
#include "rdma/hfi/hfi1_ioctl.h"
#include "rdma/hfi/hfi1_user.h"
#include "rdma/hfi/hfi1_cmds.h"
#include "wfr_words.h"

static const char *file = "hfi1_0";
static char assigned[32];
static int fd;

static void refusal(unsigned int check, const char *name, const char *error)
{
	printf("hfi1u_refusal: %s check=%u %s error=%s\n", file, check, name,
	       error);
}

static void returns(const char *name, unsigned long cmd, int error)
{
	printf("hfi1u_return: %s %s cmd=%#x ret=%d\n", file, name,
	       (unsigned int)cmd, -error);
}

static void call(const char *name, unsigned long cmd, void *arg, int error)
{
	int ret = ioctl(fd, cmd, arg) ? errno : 0;

	if (ret != error) {
		fprintf(stderr, "calls: %s: %s\n", name, strerror(ret));
		exit(1);
	}
}

static void before_assignment(void)
{
	struct hfi1_user_info info = { .userversion = 5 << HFI1_SWMAJOR_SHIFT,
				       .subctxt_cnt = 2,
				       .subctxt_id = 3,
				       .uuid = { 0xab, [15] = 0xcd } };
	int version;

	call("GET_VERS", HFI1_IOCTL_GET_VERS, &version, 0);
	printf("hfi1u_get_vers_result: %s value=%d\n", file, version);
	returns("GET_VERS", HFI1_IOCTL_GET_VERS, 0);
	call("CREDIT_UPD", HFI1_IOCTL_CREDIT_UPD, NULL, EINVAL);
	refusal(HFI1U_CHECK_IOCTL_NO_CONTEXT, "ioctl.no-context", "EINVAL");
	returns("CREDIT_UPD", HFI1_IOCTL_CREDIT_UPD, EINVAL);
	call("ASSIGN_CTXT", HFI1_IOCTL_ASSIGN_CTXT, &info, ENODEV);
	printf("hfi1u_assign_ctxt: %s userversion=%#x subctxt_cnt=2 "
	       "subctxt_id=3 uuid=ab 00 00 00 00 00 00 00 00 00 00 00 00 00 "
	       "00 cd\n",
	       file, info.userversion);
	refusal(HFI1U_CHECK_ASSIGN_CTXT_MAJOR_VERSION,
		"ASSIGN_CTXT.major-version", "ENODEV");
	returns("ASSIGN_CTXT", HFI1_IOCTL_ASSIGN_CTXT, ENODEV);
}

static void assignment(void)
{
	struct hfi1_user_info info = {
		.userversion = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
			       HFI1_USER_SWMINOR,
	};
	struct hfi1_ctxt_info ctxt;

	call("ASSIGN_CTXT", HFI1_IOCTL_ASSIGN_CTXT, &info, 0);
	printf("hfi1u_assign_ctxt: %s userversion=%#x subctxt_cnt=0 "
	       "subctxt_id=0 uuid=00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
	       "00 00\n",
	       file, info.userversion);
	call("CTXT_INFO", HFI1_IOCTL_CTXT_INFO, &ctxt, 0);
	snprintf(assigned, sizeof(assigned), "hfi1_%u/%u.%u", ctxt.unit,
		 ctxt.ctxt, ctxt.subctxt);
	file = assigned;
	returns("ASSIGN_CTXT", HFI1_IOCTL_ASSIGN_CTXT, 0);
	printf("hfi1u_ctxt_info_result: %s runtime_flags=%#llx "
	       "rcvegr_size=%#x num_active=%u unit=%u ctxt=%u subctxt=%u "
	       "rcvtids=%u credits=%u numa_node=%u rec_cpu=%u send_ctxt=%u "
	       "egrtids=%u rcvhdrq_cnt=%u rcvhdrq_entsize=%u "
	       "sdma_ring_size=%u\n",
	       file, (unsigned long long)ctxt.runtime_flags, ctxt.rcvegr_size,
	       ctxt.num_active, ctxt.unit, ctxt.ctxt, ctxt.subctxt,
	       ctxt.rcvtids, ctxt.credits, ctxt.numa_node, ctxt.rec_cpu,
	       ctxt.send_ctxt, ctxt.egrtids, ctxt.rcvhdrq_cnt,
	       ctxt.rcvhdrq_entsize, ctxt.sdma_ring_size);
	returns("CTXT_INFO", HFI1_IOCTL_CTXT_INFO, 0);
}

static void tids(void)
{
	uint32_t words[8] = { 0 };
	struct hfi1_tid_info tid = { .tidlist = (uintptr_t)words };

	call("TID_UPDATE", HFI1_IOCTL_TID_UPDATE, &tid, EINVAL);
	printf("hfi1u_tid_update: %s vaddr=0x0 tidlist=* length=0x0\n", file);
	refusal(HFI1U_CHECK_TID_UPDATE_LENGTH_ZERO, "TID_UPDATE.length-zero",
		"EINVAL");
	returns("TID_UPDATE", HFI1_IOCTL_TID_UPDATE, EINVAL);
	tid.vaddr = (uintptr_t)aligned_alloc(4096, 4096);
	tid.length = 4096;
	call("TID_UPDATE", HFI1_IOCTL_TID_UPDATE, &tid, 0);
	printf("hfi1u_tid_update: %s vaddr=* tidlist=* length=0x1000\n", file);
	printf("hfi1u_tid_update_result: %s tidcnt=0x1 length=0x1000\n", file);
	returns("TID_UPDATE", HFI1_IOCTL_TID_UPDATE, 0);
	call("TID_FREE", HFI1_IOCTL_TID_FREE, &tid, 0);
	printf("hfi1u_tid_free: %s tidlist=* tidcnt=0x1\n", file);
	printf("hfi1u_tid_word: %s word=%#x\n", file, words[0]);
	printf("hfi1u_tid_free_result: %s tidcnt=0x1\n", file);
	returns("TID_FREE", HFI1_IOCTL_TID_FREE, 0);
}

static void numbers(void)
{
	uint16_t pkey = 0x7abc;
	int type = 1;

	call("POLL_TYPE", HFI1_IOCTL_POLL_TYPE, &type, 0);
	printf("hfi1u_poll_type: %s value=1\n", file);
	returns("POLL_TYPE", HFI1_IOCTL_POLL_TYPE, 0);
	call("SET_PKEY", HFI1_IOCTL_SET_PKEY, &pkey, ENOENT);
	printf("hfi1u_set_pkey: %s value=%u\n", file, pkey);
	refusal(HFI1U_CHECK_SET_PKEY_NOT_IN_TABLE, "SET_PKEY.not-in-table",
		"ENOENT");
	returns("SET_PKEY", HFI1_IOCTL_SET_PKEY, ENOENT);
	call("unknown", 0x1be7, NULL, EINVAL);
	refusal(HFI1U_CHECK_IOCTL_UNKNOWN_COMMAND, "ioctl.unknown-command",
		"EINVAL");
	returns("unknown", 0x1be7, EINVAL);
}

/* Calls that are no ioctl: their checks have lists of their own. */
static void other_calls(void)
{
	char head[sizeof(struct sdma_req_info)] = { 0 };
	struct iovec vec = { head, sizeof(head) };

	if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096) != MAP_FAILED ||
	    writev(fd, &vec, 1) >= 0)
		exit(1);
	printf("hfi1u_mmap_common: %s token=0x1000 shared=1\n", file);
	refusal(HFI1U_CHECK_MMAP_COMMON_BAD_MAGIC, "mmap_common.bad-magic",
		"EINVAL");
	printf("hfi1u_write_entry: %s vectored=1 segments=0x1\n", file);
	printf("hfi1u_write_request: %s first_len=%#zx\n", file, vec.iov_len);
	refusal(HFI1U_CHECK_WRITE_REQUEST_SHORT_HEADER,
		"write_request.short-header", "EINVAL");
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/dev/hfi1_0";

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		perror(path);
		return 1;
	}
	before_assignment();
	assignment();
	tids();
	numbers();
	other_calls();
	return 0;
}
