// SPDX-License-Identifier: BSD-3-Clause
/*
 * Calls every command of libhfi1u, rightly and wrongly, and prints what came
 * of it.  Linked with the library of either front door; the output must not
 * tell which.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hfi1u.h"

#define PAGES 4
#define PKEY  0x8001
#define VERSION \
	((uint32_t)HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT | HFI1_USER_SWMINOR)

static void say(const char *what, int ret)
{
	const char *name = ret ? hfi1u_errno_name(-ret) : "0";

	if (name)
		printf("%-40s %s\n", what, name);
	else /* an errno that the spec does not have */
		printf("%-40s %s\n", what, strerror(-ret));
}

static int open_device(void)
{
	int fd = open("/dev/hfi1_0", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	perror("/dev/hfi1_0");
	exit(1);
}

static void before_assign(int fd)
{
	struct hfi1_user_info wrong = {
		.userversion = VERSION + (1 << HFI1_SWMAJOR_SHIFT)
	};
	struct hfi1_user_info large = {
		.userversion = VERSION, .subctxt_cnt = HFI1_MAX_SHARED_CTXTS + 1
	};
	struct hfi1_ctxt_info info;
	struct hfi1_tid_info tid = { .length = 4096 };
	int version = 0;

	say("GET_VERS", hfi1u_get_vers(fd, &version));
	printf("version %#x\n", version);
	say("GET_VERS, nowhere to write", hfi1u_get_vers(fd, NULL));
	say("CTXT_INFO, no context", hfi1u_ctxt_info(fd, &info));
	say("TID_UPDATE, no context", hfi1u_tid_update(fd, &tid));
	say("CREDIT_UPD, no context", hfi1u_credit_upd(fd));
	say("ASSIGN_CTXT, other major version", hfi1u_assign_ctxt(fd, &wrong));
	say("ASSIGN_CTXT, too many members", hfi1u_assign_ctxt(fd, &large));
}

static void assign(int fd)
{
	struct hfi1_user_info user = { .userversion = VERSION,
				       .uuid = { 1, 2, 3 } };

	say("ASSIGN_CTXT", hfi1u_assign_ctxt(fd, &user));
	say("ASSIGN_CTXT, again", hfi1u_assign_ctxt(fd, &user));
}

/* What is reported must be the same byte for byte; tokens hold no addresses. */
static void reports(int fd)
{
	struct hfi1_ctxt_info ctxt;
	struct hfi1_base_info base;
	char text[2048];

	memset(&ctxt, 0xa5, sizeof(ctxt));
	memset(&base, 0xa5, sizeof(base));
	say("CTXT_INFO", hfi1u_ctxt_info(fd, &ctxt));
	hfi1u_format_ctxt_info(text, sizeof(text), &ctxt);
	puts(text);
	say("USER_INFO", hfi1u_user_info(fd, &base));
	hfi1u_format_base_info(text, sizeof(text), &base);
	puts(text);
}

static void scalars(int fd)
{
	say("RECV_CTRL 0", hfi1u_recv_ctrl(fd, 0));
	say("RECV_CTRL 1", hfi1u_recv_ctrl(fd, 1));
	say("POLL_TYPE urgent", hfi1u_poll_type(fd, HFI1_POLL_TYPE_URGENT));
	say("POLL_TYPE 77", hfi1u_poll_type(fd, 77));
	say("ACK_EVENT", hfi1u_ack_event(fd, ~0ul));
	say("SET_PKEY 0", hfi1u_set_pkey(fd, 0));
	say("SET_PKEY", hfi1u_set_pkey(fd, PKEY));
	say("CREDIT_UPD", hfi1u_credit_upd(fd));
	say("CTXT_RESET, not halted", hfi1u_ctxt_reset(fd));
}

static void tids(int fd)
{
	char *memory = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	uint32_t list[PAGES] = { 0 };
	struct hfi1_tid_info tid = { .vaddr = (uintptr_t)memory,
				     .tidlist = (uintptr_t)list,
				     .tidcnt = 1234,
				     .length = PAGES * 4096 };
	struct hfi1_tid_info odd = tid, empty = tid, lost = tid, many = tid;

	odd.vaddr++;
	empty.length = 0;
	lost.tidlist = 8;
	many.tidcnt = 1 << 20;
	say("TID_UPDATE, odd address", hfi1u_tid_update(fd, &odd));
	say("TID_UPDATE, no length", hfi1u_tid_update(fd, &empty));
	say("TID_UPDATE, list unwritable", hfi1u_tid_update(fd, &lost));
	say("TID_UPDATE", hfi1u_tid_update(fd, &tid));
	printf("length %" PRIu32 ", entries %s\n", tid.length,
	       tid.tidcnt > 0 && tid.tidcnt <= PAGES ? "yes" : "no");
	say("TID_FREE, more than owned", hfi1u_tid_free(fd, &many));
	say("TID_FREE", hfi1u_tid_free(fd, &tid));
	say("TID_FREE, again", hfi1u_tid_free(fd, &tid));
	say("TID_INVAL_READ", hfi1u_tid_inval_read(fd, &tid));
	munmap(memory, PAGES * 4096);
}

int main(void)
{
	int fd = open_device();

	before_assign(fd);
	assign(fd);
	reports(fd);
	scalars(fd);
	tids(fd);
	close(fd);
	return 0;
}
