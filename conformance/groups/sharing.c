// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sharing a context: who joins whom, where, and what members have in common.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/regions.h"
#include "groups.h"

static void followers_join(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 3);
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_join_context(&one, &info);
	hfi1c_join_context(&two, &info);
	hfi1c_expect_u64(one.info.subctxt, 0, "the founder's place");
	hfi1c_expect_u64(two.info.subctxt, 1, "the second member's place");
	hfi1c_expect_u64(two.info.ctxt, one.info.ctxt, "the context");
	hfi1c_expect_u64(two.info.send_ctxt, one.info.send_ctxt,
			 "the send context");
	hfi1c_expect_u64(two.base.jkey, one.base.jkey, "the job key");
	hfi1c_expect_u64(two.info.credits, one.info.credits, "the credits");
	hfi1c_expect_u64(two.info.rcvtids, one.info.rcvtids, "rcvtids");
	close(one.fd);
	close(two.fd);
}

static void eight_members(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(HFI1_MAX_SHARED_CTXTS, 0);
	struct hfi1c_context x[HFI1_MAX_SHARED_CTXTS];
	unsigned int i;

	(void)c;
	for (i = 0; i < HFI1_MAX_SHARED_CTXTS; i++) {
		hfi1c_join_context(&x[i], &info);
		hfi1c_expect_u64(x[i].info.subctxt, i, "place of member %u", i);
		hfi1c_expect_u64(x[i].info.ctxt, x[0].info.ctxt,
				 "context of member %u", i);
	}
	for (i = 0; i < HFI1_MAX_SHARED_CTXTS; i++)
		close(x[i].fd);
}

static void group_of_one(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(1, 0);
	struct hfi1c_context ctxt;
	int fd = hfi1c_open_device();

	(void)c;
	hfi1c_join_context(&ctxt, &info);
	hfi1c_expect_u64(ctxt.info.subctxt, 0, "the only place");
	hfi1c_expect(ctxt.base.subctxt_uregbase != 0,
		     "a group of one has no group areas");
	hfi1c_expect_errno(hfi1c_assign(fd, &info), EBUSY);
	close(fd);
	close(ctxt.fd);
}

static void full_group_refuses(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1_user_info private = hfi1c_user_info();
	struct hfi1c_context one, two, three;

	(void)c;
	hfi1c_join_context(&one, &info);
	hfi1c_join_context(&two, &info);
	three.fd = hfi1c_open_device();
	hfi1c_expect_errno(hfi1c_assign(three.fd, &info), EBUSY);
	hfi1c_expect_errno(hfi1c_assign(three.fd, &info), EBUSY);
	hfi1c_expect_ok(hfi1c_assign(three.fd, &private));
	hfi1c_read_infos(&three);
	hfi1c_expect(three.info.ctxt != one.info.ctxt,
		     "a private context is the full group's");
	close(one.fd);
	close(two.fd);
	close(three.fd);
}

/* How the second caller's argument differs. */
struct mismatch {
	int uuid_byte; /* -1: none */
	int id, count;
};

static void others_found_their_own(const struct hfi1c_case *c)
{
	const struct mismatch *m = c->data;
	struct hfi1_user_info info = hfi1c_group_info(2, 5), other = info;
	struct hfi1c_context one, two, three;

	if (m->uuid_byte >= 0)
		other.uuid[m->uuid_byte] ^= 1;
	other.subctxt_id ^= m->id;
	other.subctxt_cnt += m->count;
	hfi1c_join_context(&one, &info);
	hfi1c_join_context(&two, &other);
	hfi1c_expect(two.info.ctxt != one.info.ctxt,
		     "a caller with another key joined the group");
	hfi1c_expect_u64(two.info.subctxt, 0, "place of another founder");
	/* Both groups go on to find their own members. */
	hfi1c_join_context(&three, &info);
	hfi1c_expect_u64(three.info.ctxt, one.info.ctxt,
			 "context of the first group's next member");
	close(one.fd);
	close(two.fd);
	close(three.fd);
}

static void other_version_is_refused(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(3, 0), other = info;
	struct hfi1c_context one, two;
	int fd = hfi1c_open_device();

	(void)c;
	other.userversion ^= 1;
	hfi1c_join_context(&one, &info);
	hfi1c_expect_errno(hfi1c_assign(fd, &other), EINVAL);
	/* The refusal took no place. */
	hfi1c_join_context(&two, &info);
	hfi1c_expect_u64(two.info.subctxt, 1, "place of the next member");
	hfi1c_expect_ok(hfi1c_assign(fd, &info));
	close(fd);
	close(one.fd);
	close(two.fd);
}

static void place_is_claimed_again(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(3, 0);
	struct hfi1c_context x[3], again;
	int leaver = *(const int *)c->data, i;

	for (i = 0; i < 3; i++)
		hfi1c_join_context(&x[i], &info);
	close(x[leaver].fd);
	hfi1c_join_context(&again, &info);
	hfi1c_expect_u64(again.info.subctxt, leaver, "the only free place");
	hfi1c_expect_u64(again.info.ctxt, x[1].info.ctxt, "the context");
	x[leaver] = again;
	for (i = 0; i < 3; i++) {
		hfi1c_read_infos(&x[i]);
		hfi1c_expect_u64(x[i].info.subctxt, i, "place of member %d", i);
		close(x[i].fd);
	}
}

static void lowest_place_first(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(4, 0);
	struct hfi1c_context x[4], again;
	int i;

	(void)c;
	for (i = 0; i < 4; i++)
		hfi1c_join_context(&x[i], &info);
	close(x[3].fd);
	close(x[1].fd);
	hfi1c_join_context(&again, &info);
	hfi1c_expect_u64(again.info.subctxt, 1, "the lowest free place");
	close(again.fd);
	close(x[0].fd);
	close(x[2].fd);
}

static void founder_leaves_first(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two, again;

	(void)c;
	hfi1c_open_pair(&one, &two);
	close(one.fd);
	again.fd = two.fd;
	hfi1c_read_infos(&again);
	hfi1c_expect(!memcmp(&again.base, &two.base, sizeof(two.base)),
		     "the founder's leaving changed the other's tokens");
	hfi1c_expect_ok(hfi1c_ioctl(two.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_PIO_CRED, PROT_READ, 2);
	close(two.fd);
}

static void last_one_ends_the_group(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0), other;
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_join_context(&one, &info);
	hfi1c_join_context(&two, &info);
	close(one.fd);
	close(two.fd);
	/* A new group may have another version: nothing is left of the old. */
	other = info;
	other.userversion ^= 1;
	hfi1c_join_context(&one, &other);
	hfi1c_expect_u64(one.info.subctxt, 0, "place of the new founder");
	close(one.fd);
}

static void private_is_not_joined(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0), private = info;
	struct hfi1c_context one, two;

	(void)c;
	private.subctxt_cnt = 0;
	hfi1c_join_context(&one, &private);
	hfi1c_join_context(&two, &info);
	hfi1c_expect(one.info.ctxt != two.info.ctxt,
		     "a caller joined a private context");
	close(one.fd);
	close(two.fd);
}

static void foreign_token_is_refused(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	void *at;

	(void)c;
	hfi1c_open_pair(&one, &two);
	hfi1c_expect_errno(
		hfi1c_mmap(one.fd, hfi1c_token_offset(two.base.rcvhdr_bufbase),
			   hfi1c_region_length(
				   &two,
				   hfi1c_region(WFR_MMAP_TOKEN_TYPE_RCV_HDRQ),
				   2),
			   PROT_READ, MAP_SHARED, &at),
		EINVAL);
	close(one.fd);
	close(two.fd);
}

/* Each of several processes founds or joins, all at the same moment. */
struct race {
	struct hfi1_user_info info;
};

static void racer(struct hfi1c_peer *parent, void *data)
{
	struct race *race = data;
	struct hfi1c_context ctxt;
	long ret;

	ctxt.fd = hfi1c_open_device();
	hfi1c_tell(parent, 0);
	hfi1c_hear(parent);
	ret = hfi1c_assign(ctxt.fd, &race->info);
	if (ret) {
		hfi1c_tell(parent, 0x10000 - ret);
	} else {
		hfi1c_read_infos(&ctxt);
		hfi1c_tell(parent, ctxt.info.ctxt << 8 | ctxt.info.subctxt);
	}
	hfi1c_hear(parent);
}

static void race_is_orderly(const struct hfi1c_case *c)
{
	unsigned int members = 6, places = *(const int *)c->data, refused = 0;
	struct race race = { .info = hfi1c_group_info(places, 0) };
	struct hfi1c_peer child[6];
	uint64_t answer, ctxt = ~0ULL;
	unsigned int i, seen = 0;

	for (i = 0; i < members; i++) {
		hfi1c_fork(&child[i], racer, &race);
		hfi1c_hear(&child[i]);
	}
	for (i = 0; i < members; i++)
		hfi1c_tell(&child[i], 0);
	for (i = 0; i < members; i++) {
		answer = hfi1c_hear(&child[i]);
		if (answer >= 0x10000) {
			hfi1c_expect_u64(answer - 0x10000, EBUSY,
					 "errno of who came too late");
			refused++;
			continue;
		}
		if (ctxt == ~0ULL)
			ctxt = answer >> 8;
		hfi1c_expect_u64(answer >> 8, ctxt, "context of member %u", i);
		hfi1c_expect(!(seen & 1 << (answer & 0xff)),
			     "place %llu was given out twice",
			     (unsigned long long)answer & 0xff);
		seen |= 1 << (answer & 0xff);
	}
	hfi1c_expect_u64(refused, members - places, "refused callers");
	hfi1c_expect_u64(seen, (1u << places) - 1, "mask of places");
	for (i = 0; i < members; i++) {
		hfi1c_tell(&child[i], 0);
		hfi1c_reap(&child[i]);
	}
}

static void group_memory_is_common(const struct hfi1c_case *c)
{
	unsigned int type = *(const unsigned int *)c->data;
	struct hfi1c_context one, two;
	volatile uint32_t *a, *b;
	size_t last;

	hfi1c_open_pair(&one, &two);
	a = hfi1c_region_map(&one, type, PROT_READ | PROT_WRITE, 2);
	b = hfi1c_region_map(&two, type, PROT_READ | PROT_WRITE, 2);
	last = hfi1c_region_length(&one, hfi1c_region(type), 2) / 4 - 1;
	hfi1c_expect_u64(b[0] | b[last], 0, "fresh group memory");
	a[0] = 0x12345678;
	b[last] = 0x87654321;
	hfi1c_expect_u64(b[0], 0x12345678, "what the first member wrote");
	hfi1c_expect_u64(a[last], 0x87654321, "what the second member wrote");
	close(one.fd);
	close(two.fd);
}

static void words_are_apart(const struct hfi1c_case *c)
{
	volatile uint64_t *a, *b;
	struct hfi1c_context one, two;
	uint64_t step;

	(void)c;
	hfi1c_open_pair(&one, &two);
	step = WFR_GET(WFR_MMAP_TOKEN_OFFSET, two.base.events_bufbase) -
	       WFR_GET(WFR_MMAP_TOKEN_OFFSET, one.base.events_bufbase);
	hfi1c_expect_u64(step, sizeof(uint64_t),
			 "distance of neighbours' event words");
	a = hfi1c_region_map(&one, WFR_MMAP_TOKEN_TYPE_SDMA_COMP,
			     PROT_READ | PROT_WRITE, 2);
	b = hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_SDMA_COMP,
			     PROT_READ | PROT_WRITE, 2);
	a[0] = 77;
	hfi1c_expect_u64(b[0], 0, "another member's completion ring");
	close(one.fd);
	close(two.fd);
}

static void hold_place(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt;

	hfi1c_join_context(&ctxt, data);
	hfi1c_tell(parent, ctxt.info.subctxt);
	pause();
}

/* The kernel closes what a killed process had; its place is free again. */
static void killed_member_leaves(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1c_peer child;
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_fork(&child, hold_place, &info);
	hfi1c_hear(&child);
	hfi1c_join_context(&one, &info);
	hfi1c_expect_u64(one.info.subctxt, 1, "place beside the child");
	hfi1c_kill(&child, SIGKILL);
	hfi1c_join_context(&two, &info);
	hfi1c_expect_u64(two.info.subctxt, 0, "the killed founder's place");
	hfi1c_expect_u64(two.info.ctxt, one.info.ctxt, "the context");
	close(one.fd);
	close(two.fd);
}

static const struct mismatch by_first_byte = { 0, 0, 0 },
			     by_last_byte = { 15, 0, 0 }, by_id = { -1, 1, 0 },
			     by_high_id = { -1, 0x8000, 0 },
			     by_count = { -1, 0, 1 };
static const int first = 0, middle = 1, last = 2, six = 6, three = 3;
static const unsigned int uregs = WFR_MMAP_TOKEN_TYPE_SUBCTXT_UREGS,
			  headers = WFR_MMAP_TOKEN_TYPE_SUBCTXT_RCV_HDRQ,
			  eager = WFR_MMAP_TOKEN_TYPE_SUBCTXT_EGRBUF;

static const struct hfi1c_case cases[] = {
	CASE("sharing.join", "ASSIGN_CTXT", followers_join,
	     "a second caller with the same key joins the context"),
	CASE("sharing.eight", "ASSIGN_CTXT", eight_members,
	     "eight members take the places 0 to 7 in order"),
	CASE("sharing.group-of-one", "ASSIGN_CTXT.group-full", group_of_one,
	     "subctxt_cnt 1 makes a group with a single place"),
	CASE("sharing.full", "ASSIGN_CTXT.group-full", full_group_refuses,
	     "a full group refuses, and no second one is founded"),
	CASE_DATA("sharing.mismatch.uuid-first", "ASSIGN_CTXT",
		  others_found_their_own, "the uuid's first byte decides",
		  &by_first_byte),
	CASE_DATA("sharing.mismatch.uuid-last", "ASSIGN_CTXT",
		  others_found_their_own, "the uuid's last byte decides",
		  &by_last_byte),
	CASE_DATA("sharing.mismatch.id", "ASSIGN_CTXT", others_found_their_own,
		  "subctxt_id decides", &by_id),
	CASE_DATA("sharing.mismatch.high-id", "ASSIGN_CTXT",
		  others_found_their_own, "all 16 bits of subctxt_id decide",
		  &by_high_id),
	CASE_DATA("sharing.mismatch.count", "ASSIGN_CTXT",
		  others_found_their_own, "subctxt_cnt decides", &by_count),
	CASE("sharing.version", "ASSIGN_CTXT.group-version",
	     other_version_is_refused,
	     "a member with another minor version is refused and costs nothing"),
	CASE_DATA("sharing.reclaim.founder", "ASSIGN_CTXT file.release",
		  place_is_claimed_again,
		  "the founder's place is claimed again", &first),
	CASE_DATA("sharing.reclaim.middle", "ASSIGN_CTXT file.release",
		  place_is_claimed_again, "a middle place is claimed again",
		  &middle),
	CASE_DATA("sharing.reclaim.last", "ASSIGN_CTXT file.release",
		  place_is_claimed_again, "the last place is claimed again",
		  &last),
	CASE("sharing.lowest-place", "ASSIGN_CTXT", lowest_place_first,
	     "of several free places the lowest is taken"),
	CASE("sharing.founder-leaves", "file.release", founder_leaves_first,
	     "the context outlives its founder"),
	CASE("sharing.last-leaves", "file.release ASSIGN_CTXT.group-version",
	     last_one_ends_the_group, "the group ends with its last member"),
	CASE("sharing.private", "ASSIGN_CTXT", private_is_not_joined,
	     "nobody joins a private context"),
	CASE("sharing.foreign-token", "mmap_common.other-subcontext",
	     foreign_token_is_refused,
	     "a member cannot map by another's token"),
	CASE_DATA("sharing.race.enough", "ASSIGN_CTXT", race_is_orderly,
		  "six processes at once make one group of six", &six),
	CASE_DATA("sharing.race.scarce", "ASSIGN_CTXT.group-full",
		  race_is_orderly,
		  "six processes at once fill a group of three, three get EBUSY",
		  &three),
	CASE_DATA("sharing.memory.uregs", "mmap.SUBCTXT_UREGS",
		  group_memory_is_common, "members share the register page",
		  &uregs),
	CASE_DATA("sharing.memory.headers", "mmap.SUBCTXT_RCV_HDRQ",
		  group_memory_is_common, "members share the header queues",
		  &headers),
	CASE_DATA("sharing.memory.eager",
		  "mmap.SUBCTXT_EGRBUF quirk.subctxt-egr-write",
		  group_memory_is_common, "members share the eager areas",
		  &eager),
	CASE("sharing.own-words", "mmap.EVENTS mmap.SDMA_COMP", words_are_apart,
	     "each member has its own event word and completion ring"),
	CASE("sharing.killed", "file.release", killed_member_leaves,
	     "a killed member's place is free again"),
};

HFI1C_GROUP(sharing, "sharing", "Several files on one context.", cases);
