// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-probe: does a driver answer at all?
 *
 * Opens a device, gets a context and maps every region it is told of.  A
 * smoke test of the VM lane, not of the interface: that is the suite's job.
 *
 * Usage: hfi1-probe [DEVICE]
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <rdma/rdma_user_ioctl_cmds.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rdma/hfi/hfi1_ioctl.h"
#include "rdma/hfi/hfi1_user.h"
#include "rdma/hfi/hfi1_cmds.h"

static unsigned int good, bad;

static bool step(const char *what, bool ok, uint64_t value)
{
	int err = errno;

	printf("probe: %-18s %#" PRIx64 " %s\n", what, value,
	       ok ? "ok" : strerror(err));
	good += ok;
	bad += !ok;
	return ok;
}

/* Regions are rounded up to pages by the token's length, or exactly so. */
static void map(int fd, const char *what, uint64_t token, size_t len,
		bool write)
{
	long page = sysconf(_SC_PAGESIZE);
	int prot = write ? PROT_WRITE : PROT_READ;
	void *p;

	len = (len + page - 1) & ~(size_t)(page - 1);
	p = mmap(NULL, len, prot, MAP_SHARED, fd,
		 token & ~(uint64_t)(page - 1));
	if (step(what, p != MAP_FAILED, token))
		munmap(p, len);
}

static void map_all(int fd, const struct hfi1_ctxt_info *ci,
		    const struct hfi1_base_info *bi)
{
	map(fd, "credits", bi->sc_credits_addr, 1, false);
	map(fd, "PIO SOP", bi->pio_bufbase_sop, ci->credits * 64, true);
	map(fd, "PIO", bi->pio_bufbase, ci->credits * 64, true);
	map(fd, "header queue", bi->rcvhdr_bufbase,
	    ci->rcvhdrq_cnt * ci->rcvhdrq_entsize, false);
	map(fd, "eager buffers", bi->rcvegr_bufbase,
	    (size_t)ci->egrtids * ci->rcvegr_size, false);
	map(fd, "user registers", bi->user_regbase, 1, true);
	map(fd, "events", bi->events_bufbase, 1, false);
	map(fd, "status", bi->status_bufbase, 1, false);
	map(fd, "SDMA completions", bi->sdma_comp_bufbase,
	    ci->sdma_ring_size * sizeof(struct hfi1_sdma_comp_entry), false);
}

static void probe(int fd)
{
	struct hfi1_user_info ui = {
		.userversion = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
			       HFI1_USER_SWMINOR,
	};
	struct hfi1_ctxt_info ci = { 0 };
	struct hfi1_base_info bi = { 0 };
	int version = 0;
	bool ok;

	ok = !ioctl(fd, HFI1_IOCTL_GET_VERS, &version);
	step("GET_VERS", ok, version);
	ok = !ioctl(fd, HFI1_IOCTL_ASSIGN_CTXT, &ui);
	if (!step("ASSIGN_CTXT", ok, 0))
		return;
	ok = !ioctl(fd, HFI1_IOCTL_CTXT_INFO, &ci);
	if (!step("CTXT_INFO", ok, ci.runtime_flags))
		return;
	ok = !ioctl(fd, HFI1_IOCTL_USER_INFO, &bi);
	if (!step("USER_INFO", ok, bi.sw_version))
		return;
	map_all(fd, &ci, &bi);
	step("CREDIT_UPD", !ioctl(fd, HFI1_IOCTL_CREDIT_UPD), 0);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/dev/hfi1_0";
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (step("open", fd >= 0, 0)) {
		probe(fd);
		step("close", !close(fd), 0);
	}
	printf("probe: %u passed, %u failed\n", good, bad);
	return bad ? 1 : 0;
}
