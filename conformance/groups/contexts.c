// SPDX-License-Identifier: BSD-3-Clause
/*
 * Getting a context: what ASSIGN_CTXT does, what it leaves alone, and what
 * happens when there are no more.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/regions.h"
#include "groups.h"

/* More than any chip of this family has. */
#define MANY 200

static void nothing_is_written(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	int fd = hfi1c_open_device();
	void *arg;

	(void)c;
	arg = hfi1c_bad_pointer(HFI1C_BAD_READ_ONLY, &info, sizeof(info));
	hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_ASSIGN_CTXT, arg));
	hfi1c_expect(!memcmp(arg, &info, sizeof(info)),
		     "ASSIGN_CTXT changed its argument");
	close(fd);
}

static void argument_is_unchanged(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info(), copy;
	int fd = hfi1c_open_device();

	(void)c;
	info.pad = 0xdeadbeef;
	copy = info;
	hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_ASSIGN_CTXT, &info));
	hfi1c_expect(!memcmp(&copy, &info, sizeof(info)),
		     "ASSIGN_CTXT changed its argument");
	close(fd);
}

static void assign_with_minor(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_context ctxt = { .fd = hfi1c_open_device() };

	info.userversion = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
			   *(const __u16 *)c->data;
	hfi1c_expect_ok(hfi1c_assign(ctxt.fd, &info));
	hfi1c_read_infos(&ctxt);
	hfi1c_expect_u64(ctxt.base.sw_version & 0xffff, HFI1_USER_SWMINOR,
			 "the driver's minor version");
	close(ctxt.fd);
}

static void private_ignores_key(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(0, 7);
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_join_context(&one, &info);
	hfi1c_join_context(&two, &info);
	hfi1c_expect(one.info.ctxt != two.info.ctxt,
		     "two private contexts are one");
	hfi1c_expect_u64(two.info.subctxt, 0, "subcontext of a private one");
	hfi1c_expect_u64(one.base.subctxt_uregbase, 0,
			 "group token of a private context");
	close(one.fd);
	close(two.fd);
}

static void second_assign_fails(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_context ctxt, again;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_errno(hfi1c_assign(ctxt.fd, &info), EINVAL);
	again.fd = ctxt.fd;
	hfi1c_read_infos(&again);
	hfi1c_expect(!memcmp(&again.base, &ctxt.base, sizeof(ctxt.base)),
		     "a refused ASSIGN_CTXT changed the context");
	hfi1c_expect_u64(again.info.ctxt, ctxt.info.ctxt, "the context");
	close(ctxt.fd);
}

/* libpsm2 tries up to four times on the same file. */
static void refused_file_is_fresh(const struct hfi1c_case *c)
{
	struct hfi1_user_info good = hfi1c_user_info(), bad = good;
	struct hfi1_ctxt_info info;
	int fd = hfi1c_open_device();

	(void)c;
	bad.userversion += 1 << HFI1_SWMAJOR_SHIFT;
	hfi1c_expect_errno(hfi1c_assign(fd, &bad), ENODEV);
	hfi1c_expect_errno(hfi1c_ioctl(fd, HFI1_IOCTL_CTXT_INFO, &info),
			   EINVAL);
	bad = good;
	bad.subctxt_cnt = HFI1_MAX_SHARED_CTXTS + 1;
	hfi1c_expect_errno(hfi1c_assign(fd, &bad), EINVAL);
	hfi1c_expect_errno(hfi1c_ioctl(fd, HFI1_IOCTL_ASSIGN_CTXT, NULL),
			   EFAULT);
	hfi1c_expect_errno(hfi1c_ioctl(fd, HFI1_IOCTL_CTXT_INFO, &info),
			   EINVAL);
	hfi1c_expect_ok(hfi1c_assign(fd, &good));
	hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_CTXT_INFO, &info));
	close(fd);
}

static void contexts_are_distinct(const struct hfi1c_case *c)
{
	struct hfi1c_context a, b;

	(void)c;
	hfi1c_open_context(&a);
	hfi1c_open_context(&b);
	hfi1c_expect(a.info.ctxt != b.info.ctxt, "two files have context %u",
		     a.info.ctxt);
	hfi1c_expect(a.info.send_ctxt != b.info.send_ctxt,
		     "two files have send context %u", a.info.send_ctxt);
	hfi1c_expect(a.base.events_bufbase != b.base.events_bufbase,
		     "two files have one event word");
	hfi1c_expect(a.base.sc_credits_addr != b.base.sc_credits_addr,
		     "two files have one credit word");
	close(a.fd);
	close(b.fd);
}

static void neighbours_survive(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two, again;

	(void)c;
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	close(one.fd);
	again.fd = two.fd;
	hfi1c_read_infos(&again);
	hfi1c_expect(!memcmp(&again.base, &two.base, sizeof(two.base)),
		     "closing one file changed another's context");
	hfi1c_expect_ok(hfi1c_ioctl(two.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	close(two.fd);
}

static void read_only_file_does_all(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_context ctxt;
	int type = HFI1_POLL_TYPE_URGENT;
	void *at;

	(void)c;
	ctxt.fd = hfi1c_open(hfi1c_device(), O_RDONLY);
	hfi1c_expect(ctxt.fd >= 0, "cannot open read-only");
	hfi1c_expect_ok(hfi1c_assign(ctxt.fd, &info));
	hfi1c_read_infos(&ctxt);
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_POLL_TYPE, &type));
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	/* The kernel takes VM_SHARED from mappings that can never write. */
	hfi1c_expect_errno(
		hfi1c_mmap(ctxt.fd,
			   hfi1c_token_offset(ctxt.base.status_bufbase),
			   hfi1c_page_size(), PROT_READ, MAP_SHARED, &at),
		EINVAL);
	hfi1c_expect_errno(
		hfi1c_mmap(ctxt.fd, hfi1c_token_offset(ctxt.base.user_regbase),
			   hfi1c_page_size(), PROT_READ | PROT_WRITE,
			   MAP_SHARED, &at),
		EACCES);
	close(ctxt.fd);
}

/* Takes contexts until none is left; how many it got. */
static int take_all(int *fds)
{
	struct hfi1_user_info info = hfi1c_user_info();
	long ret;
	int n;

	for (n = 0; n < MANY; n++) {
		fds[n] = hfi1c_open_device();
		ret = hfi1c_assign(fds[n], &info);
		if (ret == -EBUSY)
			return n;
		hfi1c_expect_result(ret, 0, "ASSIGN_CTXT number many");
	}
	hfi1c_fail("%d contexts were given out and there is no end", MANY);
}

static void close_all(const int *fds, int count)
{
	while (count--)
		close(fds[count]);
}

static void exhaustion_is_ebusy(const struct hfi1c_case *c)
{
	struct hfi1_ctxt_info infos[MANY];
	int fds[MANY], n, i, j;

	(void)c;
	n = take_all(fds);
	hfi1c_expect(n > 0, "not even one context is free");
	for (i = 0; i < n; i++) {
		hfi1c_expect_ok(
			hfi1c_ioctl(fds[i], HFI1_IOCTL_CTXT_INFO, &infos[i]));
		for (j = 0; j < i; j++)
			hfi1c_expect(infos[i].ctxt != infos[j].ctxt &&
					     infos[i].send_ctxt !=
						     infos[j].send_ctxt,
				     "context %u was given out twice",
				     infos[i].ctxt);
	}
	close_all(fds, n + 1);
}

static void exhaustion_ends(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1_ctxt_info freed, got;
	int fds[MANY], n, i;

	(void)c;
	n = take_all(fds);
	hfi1c_expect_errno(hfi1c_assign(fds[n], &info), EBUSY);
	i = hfi1c_random() % n;
	hfi1c_expect_ok(hfi1c_ioctl(fds[i], HFI1_IOCTL_CTXT_INFO, &freed));
	close(fds[i]);
	hfi1c_expect_ok(hfi1c_assign(fds[n], &info));
	hfi1c_expect_ok(hfi1c_ioctl(fds[n], HFI1_IOCTL_CTXT_INFO, &got));
	hfi1c_expect_u64(got.ctxt, freed.ctxt, "the only free context");
	fds[i] = fds[n];
	close_all(fds, n);
}

static void exhaustion_hurts_nobody(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	int fds[MANY], n, i;

	(void)c;
	n = take_all(fds);
	for (i = 0; i < 5; i++)
		hfi1c_expect_errno(hfi1c_assign(fds[n], &info), EBUSY);
	for (i = 0; i < n; i++)
		hfi1c_expect_ok(
			hfi1c_ioctl(fds[i], HFI1_IOCTL_CREDIT_UPD, NULL));
	close_all(fds, n + 1);
	hfi1c_expect_u64(take_all(fds), n, "contexts the second time");
	close_all(fds, n + 1);
}

static void hold_one(struct hfi1c_peer *parent, void *data)
{
	struct hfi1_user_info info = hfi1c_user_info();
	int fd = hfi1c_open_device();

	(void)data;
	hfi1c_tell(parent, -hfi1c_assign(fd, &info));
	hfi1c_hear(parent);
}

static void exhaustion_by_processes(const struct hfi1c_case *c)
{
	struct hfi1c_peer children[MANY];
	int fds[MANY], all, n, i;
	uint64_t answer = 0;

	(void)c;
	all = take_all(fds);
	close_all(fds, all + 1);
	for (n = 0; n < MANY && !answer; n++) {
		hfi1c_fork(&children[n], hold_one, NULL);
		answer = hfi1c_hear(&children[n]);
	}
	hfi1c_expect_u64(answer, EBUSY, "errno for the last process");
	hfi1c_expect_u64(n - 1, all, "processes that got a context");
	for (i = 0; i < n; i++) {
		hfi1c_tell(&children[i], 0);
		hfi1c_reap(&children[i]);
	}
}

static void new_owner_finds_it_clean(const struct hfi1c_case *c)
{
	struct hfi1c_context old, new;
	const uint64_t *word;
	const void *queue;
	char *junk;

	(void)c;
	hfi1c_open_context(&old);
	junk = hfi1c_region_map(&old, WFR_MMAP_TOKEN_TYPE_RCV_HDRQ,
				PROT_READ | PROT_WRITE, 0);
	hfi1c_poison(junk, hfi1c_page_size());
	munmap(junk,
	       hfi1c_region_length(
		       &old, hfi1c_region(WFR_MMAP_TOKEN_TYPE_RCV_HDRQ), 0));
	close(old.fd);
	hfi1c_open_context(&new);
	word = hfi1c_region_map(&new, WFR_MMAP_TOKEN_TYPE_PIO_CRED, PROT_READ,
				0);
	hfi1c_expect_u64(*word, 0, "credit word of a new context");
	word = hfi1c_region_map(&new, WFR_MMAP_TOKEN_TYPE_EVENTS, PROT_READ, 0);
	hfi1c_expect_u64(*word, 0, "event word of a new context");
	queue = hfi1c_region_map(&new, WFR_MMAP_TOKEN_TYPE_RCV_HDRQ, PROT_READ,
				 0);
	hfi1c_expect(hfi1c_is_zero(queue, hfi1c_page_size()),
		     "a new context's header queue shows another's data");
	close(new.fd);
}

static void many_in_turn(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	int i;

	(void)c;
	for (i = 0; i < 100; i++) {
		hfi1c_open_context(&ctxt);
		hfi1c_expect_ok(hfi1c_close(ctxt.fd));
	}
}

static void units_are_apart(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_open_context(&one);
	two.fd = hfi1c_open(hfi1c_second_device(), O_RDWR);
	hfi1c_setup(two.fd >= 0, "cannot open %s", hfi1c_second_device());
	hfi1c_expect_ok(hfi1c_assign(two.fd, &info));
	hfi1c_read_infos(&two);
	hfi1c_expect(one.info.unit != two.info.unit,
		     "two nodes lead to unit %u", one.info.unit);
	close(one.fd);
	close(two.fd);
}

static const __u16 minor_zero = 0, minor_next = HFI1_USER_SWMINOR + 1,
		   minor_max = 0xffff;

static const struct hfi1c_case cases[] = {
	CASE("contexts.assign.read-only-argument", "ASSIGN_CTXT",
	     nothing_is_written, "ASSIGN_CTXT needs no writable argument"),
	CASE("contexts.assign.argument-unchanged",
	     "quirk.assign-direction quirk.user-info-pad",
	     argument_is_unchanged,
	     "ASSIGN_CTXT ignores pad and writes nothing back"),
	CASE_DATA("contexts.assign.minor-zero", "ASSIGN_CTXT.major-version",
		  assign_with_minor, "an older minor version is served",
		  &minor_zero),
	CASE_DATA("contexts.assign.minor-next", "ASSIGN_CTXT.major-version",
		  assign_with_minor, "a newer minor version is served",
		  &minor_next),
	CASE_DATA("contexts.assign.minor-max", "ASSIGN_CTXT.major-version",
		  assign_with_minor, "any minor version is served", &minor_max),
	CASE("contexts.assign.private-ignores-key", "ASSIGN_CTXT",
	     private_ignores_key,
	     "with subctxt_cnt 0 neither uuid nor subctxt_id join anything"),
	CASE("contexts.assign.once",
	     "ASSIGN_CTXT.already-assigned transition.unassigned.ASSIGN_CTXT",
	     second_assign_fails,
	     "a second ASSIGN_CTXT fails and leaves the context as it was"),
	CASE("contexts.assign.retry",
	     "transition.assigning.ASSIGN_CTXT.unassigned "
	     "ASSIGN_CTXT.major-version",
	     refused_file_is_fresh,
	     "after a refusal the file is as fresh as before"),
	CASE("contexts.distinct", "ASSIGN_CTXT", contexts_are_distinct,
	     "files have contexts, send contexts and words of their own"),
	CASE("contexts.neighbours", "file.release", neighbours_survive,
	     "closing one file leaves the others' contexts alone"),
	CASE("contexts.read-only-file", "file.open", read_only_file_does_all,
	     "a read-only file does all but mappings"),
	CASE("contexts.clean", "ASSIGN_CTXT quirk.hdrq-writable",
	     new_owner_finds_it_clean,
	     "a context shows nothing of its former owner"),
	CASE("contexts.in-turn", "file.release", many_in_turn,
	     "contexts come back when files are closed, a hundred times"),
	CASE_NEEDS("contexts.units", "file.open", units_are_apart,
		   "each node leads to its own unit", HFI1C_NEEDS_TWO_UNITS),
	CASE_NEEDS("contexts.exhaustion.distinct",
		   "ASSIGN_CTXT.no-free-context", exhaustion_is_ebusy,
		   "every context is given out once, then comes EBUSY",
		   HFI1C_EXCLUSIVE),
	CASE_NEEDS("contexts.exhaustion.recovery",
		   "ASSIGN_CTXT.no-free-context", exhaustion_ends,
		   "a freed context goes to the file that was refused",
		   HFI1C_EXCLUSIVE),
	CASE_NEEDS("contexts.exhaustion.harmless",
		   "ASSIGN_CTXT.no-free-context", exhaustion_hurts_nobody,
		   "refusals cost neither contexts nor the others' work",
		   HFI1C_EXCLUSIVE),
	CASE_NEEDS("contexts.exhaustion.processes",
		   "ASSIGN_CTXT.no-free-context", exhaustion_by_processes,
		   "processes exhaust the unit just as files do",
		   HFI1C_EXCLUSIVE),
};

HFI1C_GROUP(contexts, "contexts", "Getting a context, and having no more.",
	    cases);
