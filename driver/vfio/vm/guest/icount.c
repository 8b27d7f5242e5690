// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-icount: how many instructions each command takes.
 *
 * Under QEMU's -icount with shift 0 the time stamp counter counts the
 * instructions that the guest's only processor executes, so a difference of
 * two readings is exact.  Each command is called several times; the fewest
 * are printed, less those of the measurement itself.
 *
 * Usage: hfi1-icount [DEVICE]; prints "icount NAME INSTRUCTIONS" lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <rdma/rdma_user_ioctl_cmds.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#include "rdma/hfi/hfi1_ioctl.h"
#include "rdma/hfi/hfi1_user.h"
#include "rdma/hfi/hfi1_cmds.h"

#define ROUNDS	   12
#define MANY	   64
#define PAGE	   4096
#define TIDS_MAX   2048
#define UNMEASURED UINT64_MAX

static const char *path;
static uint64_t cost_of_reading;
static uint32_t words[TIDS_MAX];
static int failures;

struct sample {
	const char *name;
	uint64_t fewest;
};

static uint64_t now(void)
{
	_mm_lfence();
	return __rdtsc();
}

static void begin(struct sample *s, const char *name)
{
	s->name = name;
	s->fewest = UNMEASURED;
}

static void note(struct sample *s, uint64_t began, uint64_t ended, long ret)
{
	uint64_t spent = ended - began - cost_of_reading;

	if (ret < 0) {
		printf("icount: %s fails: %s\n", s->name, strerror(errno));
		failures++;
		return;
	}
	if (spent < s->fewest)
		s->fewest = spent;
}

static void end(const struct sample *s)
{
	if (s->fewest != UNMEASURED)
		printf("icount %s %llu\n", s->name,
		       (unsigned long long)s->fewest);
}

static long call(struct sample *s, int fd, unsigned long cmd, void *arg)
{
	uint64_t a = now();
	long ret = ioctl(fd, cmd, arg);

	note(s, a, now(), ret);
	return ret;
}

static void repeat(int fd, const char *name, unsigned long cmd, void *arg)
{
	struct sample s;
	int i;

	begin(&s, name);
	for (i = 0; i < ROUNDS; i++)
		call(&s, fd, cmd, arg);
	end(&s);
}

static int assigned(struct sample *opening, struct sample *assigning)
{
	struct hfi1_user_info info = {
		.userversion = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
			       HFI1_USER_SWMINOR,
	};
	uint64_t a = now();
	int fd = open(path, O_RDWR | O_CLOEXEC);

	note(opening, a, now(), fd);
	if (fd < 0)
		exit(1);
	if (call(assigning, fd, HFI1_IOCTL_ASSIGN_CTXT, &info))
		exit(1);
	return fd;
}

/* Opening, assigning and closing come in turns. */
static int life(void)
{
	struct sample opening, assigning, closing;
	int fd = -1, i, ret;
	uint64_t a;

	begin(&opening, "open");
	begin(&assigning, "ASSIGN_CTXT");
	begin(&closing, "close");
	for (i = 0; i < ROUNDS; i++) {
		if (fd >= 0) {
			a = now();
			ret = close(fd);
			note(&closing, a, now(), ret);
		}
		fd = assigned(&opening, &assigning);
	}
	end(&opening);
	end(&assigning);
	end(&closing);
	return fd;
}

static void register_pages(int fd, unsigned int pages, const char *update,
			   const char *release)
{
	unsigned char *buffer = mmap(NULL, (size_t)pages * PAGE,
				     PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct hfi1_tid_info info;
	struct sample up, down;
	int i;

	begin(&up, update);
	begin(&down, release);
	memset(buffer, 1, (size_t)pages * PAGE);
	for (i = 0; i < ROUNDS; i++) {
		info = (struct hfi1_tid_info){ .vaddr = (uintptr_t)buffer,
					       .tidlist = (uintptr_t)words,
					       .length = pages * PAGE };
		if (!call(&up, fd, HFI1_IOCTL_TID_UPDATE, &info))
			call(&down, fd, HFI1_IOCTL_TID_FREE, &info);
	}
	end(&up);
	end(&down);
	munmap(buffer, (size_t)pages * PAGE);
}

/* A context has to be halted before it can be reset. */
static void reset(int fd, unsigned int send_ctxt)
{
	const char *ctl = getenv("HFI1_CONFORMANCE_CTL");
	char command[256];
	struct sample s;
	int i;

	begin(&s, "CTXT_RESET");
	snprintf(command, sizeof(command), "%s halt 0 %u", ctl ? ctl : "false",
		 send_ctxt);
	for (i = 0; i < 3; i++) {
		if (system(command))
			break;
		usleep(200000);
		call(&s, fd, HFI1_IOCTL_CTXT_RESET, NULL);
	}
	end(&s);
}

static void commands(int fd)
{
	struct hfi1_tid_info pending = { .tidlist = (uintptr_t)words };
	struct hfi1_ctxt_info ctxt;
	struct hfi1_base_info base;
	unsigned long bits = 0;
	int zero = 0, one = 1, version;
	uint16_t key = 0;

	repeat(fd, "GET_VERS", HFI1_IOCTL_GET_VERS, &version);
	repeat(fd, "CTXT_INFO", HFI1_IOCTL_CTXT_INFO, &ctxt);
	repeat(fd, "USER_INFO", HFI1_IOCTL_USER_INFO, &base);
	repeat(fd, "CREDIT_UPD", HFI1_IOCTL_CREDIT_UPD, NULL);
	repeat(fd, "RECV_CTRL", HFI1_IOCTL_RECV_CTRL, &one);
	repeat(fd, "POLL_TYPE", HFI1_IOCTL_POLL_TYPE, &zero);
	repeat(fd, "ACK_EVENT", HFI1_IOCTL_ACK_EVENT, &bits);
	repeat(fd, "SET_PKEY", HFI1_IOCTL_SET_PKEY, &key);
	register_pages(fd, 1, "TID_UPDATE-1-page", "TID_FREE-1-page");
	register_pages(fd, MANY, "TID_UPDATE-64-pages", "TID_FREE-64-pages");
	repeat(fd, "TID_INVAL_READ", HFI1_IOCTL_TID_INVAL_READ, &pending);
	reset(fd, ctxt.send_ctxt);
}

int main(int argc, char **argv)
{
	uint64_t a, spent;
	int fd, i;

	path = argc > 1 ? argv[1] : "/dev/hfi1_0";
	cost_of_reading = UNMEASURED;
	for (i = 0; i < ROUNDS; i++) {
		a = now();
		spent = now() - a;
		if (spent < cost_of_reading)
			cost_of_reading = spent;
	}
	fd = life();
	commands(fd);
	close(fd);
	return failures ? 1 : 0;
}
