// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-hold: keep a device in use until told to stop.
 *
 * Opens a device, gets a context, maps every region, registers a buffer for
 * expected receive, and prints "held".  SIGUSR1 makes it report what still
 * works; SIGTERM ends it.
 *
 * Usage: hfi1-hold [-m] [DEVICE]
 *
 *	-m	keep the mappings only, close the file
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hfi1u.h"

#define BUFFER_BYTES 65536
#define TID_WORDS    256

static struct hfi1_base_info base;
static struct hfi1_ctxt_info ctxt;
static struct hfi1u_mapping mappings[HFI1U_REGION_SDMA_COMP + 1];
static uint32_t tids[TID_WORDS];

static void need(const char *what, int ret)
{
	if (!ret)
		return;
	fprintf(stderr, "hold: %s: %s\n", what, strerror(-ret));
	exit(1);
}

static void map_all(int fd)
{
	const struct hfi1u_view view = { .base_info = &base,
					 .ctxt_info = &ctxt };
	unsigned int type;

	for (type = 1; type <= HFI1U_REGION_SDMA_COMP; type++) {
		int ret = hfi1u_map(fd, type, &view, &mappings[type]);

		/* tokens that a private context has not */
		if (ret != -ENOENT)
			need(hfi1u_region_name(type), ret);
	}
}

static void take(int fd)
{
	struct hfi1_user_info user = {
		.userversion = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
			       HFI1_USER_SWMINOR,
	};
	struct hfi1_tid_info tid = { .tidlist = (uintptr_t)tids,
				     .length = BUFFER_BYTES };
	void *buffer = mmap(NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	need("buffer", buffer == MAP_FAILED ? -errno : 0);
	tid.vaddr = (uintptr_t)buffer;
	need("ASSIGN_CTXT", hfi1u_assign_ctxt(fd, &user));
	need("CTXT_INFO", hfi1u_ctxt_info(fd, &ctxt));
	need("USER_INFO", hfi1u_user_info(fd, &base));
	map_all(fd);
	need("TID_UPDATE", hfi1u_tid_update(fd, &tid));
}

/* Nothing here may crash, whatever became of the device. */
static void report(int fd)
{
	const struct hfi1_status *status = mappings[HFI1U_REGION_STATUS].object;
	const volatile uint64_t *regs = mappings[HFI1U_REGION_UREGS].object;
	int ret = fd < 0 ? 0 : hfi1u_credit_upd(fd);

	printf("hold: CREDIT_UPD %s, status %#llx, tail %#llx\n",
	       ret ? strerror(-ret) : "ok", (unsigned long long)status->dev,
	       (unsigned long long)regs[0]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool maps_only = argc > 1 && !strcmp(argv[1], "-m");
	const char *path = argc > 1 + maps_only ? argv[1 + maps_only] :
						  "/dev/hfi1_0";
	int fd = open(path, O_RDWR | O_CLOEXEC);
	sigset_t set;
	int sig = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	need(path, fd < 0 ? -errno : 0);
	take(fd);
	if (maps_only) {
		close(fd);
		fd = -1;
	}
	puts("held");
	fflush(stdout);
	while (!sigwait(&set, &sig) && sig == SIGUSR1)
		report(fd);
	return 0;
}
