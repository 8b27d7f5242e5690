// SPDX-License-Identifier: BSD-3-Clause
/*
 * How long a context lives.
 *
 * A context is watched from outside by means of a group of one: while it lives
 * another caller with the same key gets EBUSY, afterwards it founds a group.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/regions.h"
#include "groups.h"

/* A kernel may finish closing a moment after the last reference is gone. */
#define RELEASE_MS 1000

static struct hfi1_user_info watched(void)
{
	return hfi1c_group_info(1, 0);
}

static bool lives(const struct hfi1_user_info *info)
{
	int fd = hfi1c_open_device();
	long ret = hfi1c_assign(fd, info);

	hfi1c_expect(!ret || ret == -EBUSY, "joining gives %s",
		     strerrorname_np(-ret));
	close(fd);
	return ret;
}

static void expect_lives(const struct hfi1_user_info *info, const char *when)
{
	hfi1c_expect(lives(info), "the context is gone %s", when);
}

static void expect_gone(const struct hfi1_user_info *info, const char *when)
{
	struct timespec pause = { 0, 1000000 };
	int i;

	for (i = 0; i < RELEASE_MS; i++) {
		if (!lives(info))
			return;
		nanosleep(&pause, NULL);
	}
	hfi1c_fail("the context is still there %s", when);
}

static void close_releases(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_join_context(&ctxt, &info);
	expect_lives(&info, "while its file is open");
	close(ctxt.fd);
	expect_gone(&info, "after close");
}

static void mapping_holds(const struct hfi1c_case *c)
{
	const struct hfi1c_region *r = hfi1c_region(*(const int *)c->data);
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;
	void *at;

	hfi1c_join_context(&ctxt, &info);
	at = hfi1c_region_map(&ctxt, r->type, hfi1c_region_prot(r), 1);
	close(ctxt.fd);
	expect_lives(&info, "although a mapping is left");
	at = (void *)((uintptr_t)at / hfi1c_page_size() * hfi1c_page_size());
	hfi1c_expect_ok(hfi1c_munmap(at, hfi1c_region_length(&ctxt, r, 1)));
	expect_gone(&info, "after the last munmap");
}

static void last_mapping_counts(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;
	size_t page = hfi1c_page_size();
	void *one, *two;

	(void)c;
	hfi1c_join_context(&ctxt, &info);
	one = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ, 1);
	two = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ, 1);
	close(ctxt.fd);
	hfi1c_munmap(one, page);
	expect_lives(&info, "although one of two mappings is left");
	hfi1c_munmap(two, page);
	expect_gone(&info, "after the last munmap");
}

static void dup_holds(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;
	int copy;

	(void)c;
	hfi1c_join_context(&ctxt, &info);
	copy = dup(ctxt.fd);
	close(ctxt.fd);
	expect_lives(&info, "although a duplicate is open");
	hfi1c_expect_ok(hfi1c_ioctl(copy, HFI1_IOCTL_CREDIT_UPD, NULL));
	close(copy);
	expect_gone(&info, "after the duplicate was closed");
}

static void duplicates_are_one(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_context ctxt, copy;

	(void)c;
	ctxt.fd = hfi1c_open_device();
	copy.fd = dup2(ctxt.fd, 100);
	hfi1c_expect_ok(hfi1c_assign(copy.fd, &info));
	hfi1c_read_infos(&ctxt);
	hfi1c_read_infos(&copy);
	hfi1c_expect_u64(copy.info.ctxt, ctxt.info.ctxt,
			 "context of the duplicate");
	hfi1c_expect_errno(hfi1c_assign(ctxt.fd, &info), EINVAL);
	close(ctxt.fd);
	close(copy.fd);
}

static void use_inherited(struct hfi1c_peer *parent, void *data)
{
	int fd = *(int *)data;

	hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	hfi1c_tell(parent, 1);
	hfi1c_hear(parent);
	hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	hfi1c_tell(parent, 2);
	hfi1c_hear(parent);
}

static void child_holds(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;
	struct hfi1c_peer child;

	(void)c;
	hfi1c_join_context(&ctxt, &info);
	hfi1c_fork(&child, use_inherited, &ctxt.fd);
	hfi1c_hear(&child);
	close(ctxt.fd);
	expect_lives(&info, "although a child has the file");
	hfi1c_tell(&child, 0);
	hfi1c_hear(&child);
	hfi1c_tell(&child, 0);
	hfi1c_reap(&child);
	expect_gone(&info, "after the child left");
}

static void assign_in_child(struct hfi1c_peer *parent, void *data)
{
	struct hfi1_user_info info = hfi1c_user_info();

	(void)parent;
	hfi1c_expect_ok(hfi1c_assign(*(int *)data, &info));
}

/* The context belongs to the open file, not to who asked for it. */
static void child_assigns(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt = { .fd = hfi1c_open_device() };
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, assign_in_child, &ctxt.fd);
	hfi1c_reap(&child);
	hfi1c_read_infos(&ctxt);
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	close(ctxt.fd);
}

static void keep_mapping(struct hfi1c_peer *parent, void *data)
{
	const volatile uint64_t *status = data;

	hfi1c_tell(parent, status[0]);
	hfi1c_hear(parent);
	hfi1c_tell(parent, status[0]);
	hfi1c_hear(parent);
}

static void inherited_mapping_holds(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;
	struct hfi1c_peer child;
	uint64_t *status;

	(void)c;
	hfi1c_join_context(&ctxt, &info);
	status = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ,
				  1);
	fcntl(ctxt.fd, F_SETFD, 0);
	hfi1c_fork(&child, keep_mapping, status);
	hfi1c_expect_u64(hfi1c_hear(&child), status[0], "the child's status");
	hfi1c_munmap(status, hfi1c_page_size());
	close(ctxt.fd);
	expect_lives(&info, "although a child has file and mapping");
	hfi1c_tell(&child, 0);
	hfi1c_hear(&child);
	hfi1c_tell(&child, 0);
	hfi1c_reap(&child);
	expect_gone(&info, "after the child left");
}

static void use_received(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt = { .fd = hfi1c_receive_fd(parent) };
	const uint64_t *status;

	(void)data;
	hfi1c_read_infos(&ctxt);
	hfi1c_tell(parent, ctxt.info.ctxt);
	hfi1c_hear(parent);
	status = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ,
				  1);
	hfi1c_expect(*status & HFI1_STATUS_CHIP_PRESENT,
		     "the status page shows no chip");
	hfi1c_tell(parent, 0);
	hfi1c_hear(parent);
}

static void passed_file_works(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, use_received, NULL);
	hfi1c_join_context(&ctxt, &info);
	hfi1c_send_fd(&child, ctxt.fd);
	close(ctxt.fd);
	hfi1c_expect_u64(hfi1c_hear(&child), ctxt.info.ctxt,
			 "context of the passed file");
	expect_lives(&info, "although another process has the file");
	hfi1c_tell(&child, 0);
	hfi1c_hear(&child);
	hfi1c_tell(&child, 0);
	hfi1c_reap(&child);
	expect_gone(&info, "after the receiver left");
}

static void never_receives(struct hfi1c_peer *parent, void *data)
{
	(void)data;
	/* The message stays in the socket: no byte of it is taken. */
	if (!hfi1c_hears_within(parent, 5000))
		hfi1c_broken("no message came");
	hfi1c_tell(parent, 1);
	pause();
}

static void file_in_flight_holds(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context ctxt;
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, never_receives, NULL);
	hfi1c_join_context(&ctxt, &info);
	hfi1c_send_fd(&child, ctxt.fd);
	close(ctxt.fd);
	hfi1c_hear(&child);
	expect_lives(&info, "although its file is in flight");
	hfi1c_kill(&child, SIGKILL);
	expect_gone(&info, "after the socket with the file was closed");
}

/* Becomes cat(1), which lives until its standard input ends. */
static void become_another(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt;
	bool cloexec = *(const bool *)data;
	struct hfi1_user_info info = watched();

	hfi1c_join_context(&ctxt, &info);
	fcntl(ctxt.fd, F_SETFD, cloexec ? FD_CLOEXEC : 0);
	hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ, 1);
	hfi1c_tell(parent, ctxt.info.ctxt);
	hfi1c_hear(parent);
	dup2(parent->sock, 0);
	dup2(parent->sock, 1);
	execlp("cat", "cat", NULL);
	hfi1c_broken("cannot execute cat: %s", strerror(errno));
}

static void exec_and_descriptor(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	bool cloexec = *(const bool *)c->data;
	struct hfi1c_peer child;

	hfi1c_fork(&child, become_another, (void *)c->data);
	hfi1c_hear(&child);
	expect_lives(&info, "before exec");
	hfi1c_tell(&child, 0);
	/* An echo proves that the other program runs. */
	hfi1c_tell(&child, 42);
	hfi1c_expect_u64(hfi1c_hear(&child), 42, "the echo");
	if (cloexec)
		expect_gone(&info, "after exec closed the file");
	else
		expect_lives(&info, "although exec kept the file");
	close(child.sock);
	child.sock = -1;
	hfi1c_reap(&child);
	expect_gone(&info, "after the program ended");
}

static void just_leave(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt;

	(void)parent;
	hfi1c_join_context(&ctxt, data);
	hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_RCV_HDRQ, PROT_READ, 1);
	_exit(0);
}

static void exit_releases(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, just_leave, &info);
	hfi1c_reap(&child);
	expect_gone(&info, "after its process left without close");
}

static void wait_mapped(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt;

	hfi1c_join_context(&ctxt, data);
	hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_UREGS,
			 PROT_READ | PROT_WRITE, 1);
	hfi1c_tell(parent, 1);
	pause();
}

static void kill_releases(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, wait_mapped, &info);
	hfi1c_hear(&child);
	expect_lives(&info, "while its process lives");
	hfi1c_kill(&child, SIGKILL);
	expect_gone(&info, "after its process was killed");
}

/* Does a bit of everything without end, to be killed in the middle of it. */
static void busy_life(struct hfi1c_peer *parent, void *data)
{
	struct hfi1_tid_info tid = { 0 };
	struct hfi1c_context ctxt;
	uint32_t list[64];
	void *buffer = hfi1c_pages(4), *at;

	hfi1c_tell(parent, 1);
	for (;;) {
		hfi1c_join_context(&ctxt, data);
		at = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS,
				      PROT_READ, 1);
		tid.vaddr = (uintptr_t)buffer;
		tid.tidlist = (uintptr_t)list;
		tid.length = 4 * hfi1c_page_size();
		hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_TID_UPDATE, &tid);
		hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL);
		close(ctxt.fd);
		munmap(at, hfi1c_page_size());
		((struct hfi1_user_info *)data)->subctxt_id++;
	}
}

static void killed_anywhere(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_peer child;
	struct timespec pause = { 0, 0 };
	struct hfi1c_context ctxt;
	int i;

	(void)c;
	for (i = 0; i < 30; i++) {
		hfi1c_fork(&child, busy_life, &info);
		hfi1c_hear(&child);
		pause.tv_nsec = hfi1c_random() % 5000000;
		nanosleep(&pause, NULL);
		hfi1c_kill(&child, SIGKILL);
		expect_gone(&info, "after its process was killed");
		hfi1c_open_context(&ctxt);
		hfi1c_expect_ok(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
		close(ctxt.fd);
	}
}

/* Memory of a closed file must not be another's before it is unmapped. */
static void mapping_is_not_reused(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = watched();
	struct hfi1c_context old, new;
	volatile uint64_t *a, *b;

	(void)c;
	hfi1c_join_context(&old, &info);
	a = hfi1c_region_map(&old, WFR_MMAP_TOKEN_TYPE_RCV_HDRQ,
			     PROT_READ | PROT_WRITE, 1);
	close(old.fd);
	hfi1c_open_context(&new);
	hfi1c_expect(new.info.ctxt != old.info.ctxt,
		     "a context with a live mapping was given out again");
	b = hfi1c_region_map(&new, WFR_MMAP_TOKEN_TYPE_RCV_HDRQ, PROT_READ, 0);
	a[0] = 0x1234;
	hfi1c_expect_u64(b[0], 0, "another context's header queue");
	close(new.fd);
}

static const int sop = WFR_MMAP_TOKEN_TYPE_PIO_BUFS_SOP,
		 pio = WFR_MMAP_TOKEN_TYPE_PIO_BUFS,
		 credits = WFR_MMAP_TOKEN_TYPE_PIO_CRED,
		 headers = WFR_MMAP_TOKEN_TYPE_RCV_HDRQ,
		 eager = WFR_MMAP_TOKEN_TYPE_RCV_EGRBUF,
		 uregs = WFR_MMAP_TOKEN_TYPE_UREGS,
		 events = WFR_MMAP_TOKEN_TYPE_EVENTS,
		 status = WFR_MMAP_TOKEN_TYPE_STATUS,
		 ring = WFR_MMAP_TOKEN_TYPE_SDMA_COMP,
		 group_uregs = WFR_MMAP_TOKEN_TYPE_SUBCTXT_UREGS,
		 group_headers = WFR_MMAP_TOKEN_TYPE_SUBCTXT_RCV_HDRQ,
		 group_eager = WFR_MMAP_TOKEN_TYPE_SUBCTXT_EGRBUF;
static const bool yes = true, no;

#define HOLDS(name_, region_, type_)                                       \
	CASE_DATA("lifetime.mapping." name_, "file.release mmap." region_, \
		  mapping_holds,                                           \
		  "a mapping of " region_ " keeps the context alive", &type_)

static const struct hfi1c_case cases[] = {
	CASE("lifetime.close", "file.release", close_releases,
	     "close gives the context back"),
	HOLDS("pio-bufs", "PIO_BUFS", pio),
	HOLDS("pio-bufs-sop", "PIO_BUFS_SOP", sop),
	HOLDS("pio-cred", "PIO_CRED", credits),
	HOLDS("rcv-hdrq", "RCV_HDRQ", headers),
	HOLDS("rcv-egrbuf", "RCV_EGRBUF", eager),
	HOLDS("uregs", "UREGS", uregs),
	HOLDS("events", "EVENTS", events),
	HOLDS("status", "STATUS", status),
	HOLDS("sdma-comp", "SDMA_COMP", ring),
	HOLDS("subctxt-uregs", "SUBCTXT_UREGS", group_uregs),
	HOLDS("subctxt-rcv-hdrq", "SUBCTXT_RCV_HDRQ", group_headers),
	HOLDS("subctxt-egrbuf", "SUBCTXT_EGRBUF", group_eager),
	CASE("lifetime.last-mapping", "file.release", last_mapping_counts,
	     "the last of several mappings ends the context"),
	CASE("lifetime.mapping-not-reused", "file.release",
	     mapping_is_not_reused,
	     "memory that is still mapped serves no other context"),
	CASE("lifetime.dup", "file.release", dup_holds,
	     "a duplicate keeps the context alive"),
	CASE("lifetime.dup-is-one-file", "file.open", duplicates_are_one,
	     "duplicates are one open file with one context"),
	CASE("lifetime.fork", "file.release", child_holds,
	     "a child keeps the context alive and can use it"),
	CASE("lifetime.fork-assign", "ASSIGN_CTXT", child_assigns,
	     "a context that a child assigned is its parent's too"),
	CASE("lifetime.fork-mapping", "file.release", inherited_mapping_holds,
	     "a mapping that a child inherited keeps the context alive"),
	CASE("lifetime.passed", "file.release", passed_file_works,
	     "a file passed over a socket works for the receiver"),
	CASE("lifetime.in-flight", "file.release", file_in_flight_holds,
	     "a file in flight keeps the context until the socket is gone"),
	CASE_DATA("lifetime.exec.cloexec", "file.release", exec_and_descriptor,
		  "exec ends mappings, and files marked FD_CLOEXEC", &yes),
	CASE_DATA("lifetime.exec.kept", "file.release", exec_and_descriptor,
		  "exec keeps files that are not marked", &no),
	CASE("lifetime.exit", "file.release", exit_releases,
	     "a process that leaves without close gives the context back"),
	CASE("lifetime.kill", "file.release", kill_releases,
	     "a killed process gives the context back"),
	{ .name = "lifetime.kill-anywhere",
	  .clause = "file.release",
	  .doc = "a process killed at any point leaves nothing behind",
	  .run = killed_anywhere,
	  .timeout = 30 },
};

HFI1C_GROUP(lifetime, "lifetime", "What keeps a context and what ends it.",
	    cases);
