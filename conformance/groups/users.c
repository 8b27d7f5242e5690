// SPDX-License-Identifier: BSD-3-Clause
/*
 * Two users on one unit.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/wire.h"
#include "groups.h"

#define WAIT_MS 2000
#define USER_A	1000
#define USER_B	1001

static void become(uid_t uid)
{
	hfi1c_setup(!setresgid(uid, uid, uid) && !setresuid(uid, uid, uid),
		    "cannot become uid %u", uid);
}

static void join_as_b(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt;

	become(USER_B);
	hfi1c_join_context(&ctxt, data);
	hfi1c_tell(parent, ctxt.info.ctxt << 8 | ctxt.info.subctxt);
	hfi1c_hear(parent);
}

/* Same uuid, same everything: another user founds a group of its own. */
static void users_do_not_share(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1c_context mine;
	struct hfi1c_peer child;
	uint64_t answer;

	(void)c;
	hfi1c_join_context(&mine, &info);
	hfi1c_fork(&child, join_as_b, &info);
	answer = hfi1c_hear(&child);
	hfi1c_expect(answer >> 8 != mine.info.ctxt,
		     "another user joined the group");
	hfi1c_expect_u64(answer & 0xff, 0, "another user's place");
	hfi1c_tell(&child, 0);
	hfi1c_reap(&child);
	close(mine.fd);
}

static void assign_as_b(struct hfi1c_peer *parent, void *data)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct hfi1c_context ctxt = { .fd = *(int *)data };

	become(USER_B);
	hfi1c_expect_ok(hfi1c_assign(ctxt.fd, &info));
	hfi1c_read_infos(&ctxt);
	hfi1c_tell(parent, ctxt.base.jkey);
}

/* The key is fixed by who asks for the context, not by who opened the file. */
static void key_is_the_assigner_s(const struct hfi1c_case *c)
{
	struct hfi1c_peer child;
	int fd = hfi1c_open_device();

	(void)c;
	hfi1c_fork(&child, assign_as_b, &fd);
	hfi1c_expect_u64(hfi1c_hear(&child), USER_B, "the job key");
	hfi1c_reap(&child);
	close(fd);
}

static void receive_as_b(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_wire w;

	(void)data;
	become(USER_B);
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_tell(parent, ctxt.info.ctxt);
	hfi1c_hear(parent);
	hfi1c_tell(parent, hfi1c_arrives(&w, &a, 100));
	hfi1c_hear(parent);
}

static void send_as_a(struct hfi1c_peer *parent, void *data)
{
	bool forge = *(const bool *)data;
	struct hfi1c_context ctxt, target;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	become(USER_A);
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_wire_allow(&w);
	target = ctxt;
	target.info.ctxt = hfi1c_hear(parent);
	target.info.subctxt = 0;
	p = hfi1c_packet_to(&w, &target);
	if (forge)
		p.jkey = USER_B;
	hfi1c_send(&w, &p);
	hfi1c_expect(!forge || hfi1c_halts(&w, WAIT_MS),
		     "a packet with another user's key does not halt");
	hfi1c_tell(parent, 0);
	hfi1c_hear(parent);
}

static void packets_do_not_cross(const struct hfi1c_case *c)
{
	struct hfi1c_peer a, b;
	uint64_t ctxt;

	hfi1c_fork(&b, receive_as_b, NULL);
	ctxt = hfi1c_hear(&b);
	hfi1c_fork(&a, send_as_a, (void *)c->data);
	hfi1c_tell(&a, ctxt);
	hfi1c_hear(&a);
	hfi1c_tell(&b, 0);
	hfi1c_expect_u64(hfi1c_hear(&b), 0, "packets of another user");
	hfi1c_tell(&a, 0);
	hfi1c_tell(&b, 0);
	hfi1c_reap(&a);
	hfi1c_reap(&b);
}

static const bool honest, forged = true;

static const struct hfi1c_case cases[] = {
	CASE_NEEDS("users.sharing", "ASSIGN_CTXT", users_do_not_share,
		   "nobody joins another user's group",
		   HFI1C_NEEDS_SECOND_USER),
	CASE_NEEDS("users.assigner", "ASSIGN_CTXT", key_is_the_assigner_s,
		   "the job key is that of the user who asks for the context",
		   HFI1C_NEEDS_SECOND_USER),
	{ .name = "users.packets.honest",
	  .clause = "ASSIGN_CTXT",
	  .doc = "a packet does not reach another user's context",
	  .run = packets_do_not_cross,
	  .data = &honest,
	  .needs = HFI1C_NEEDS_SECOND_USER },
	{ .name = "users.packets.forged",
	  .clause = "ASSIGN_CTXT",
	  .doc = "a packet with another user's key is not even sent",
	  .run = packets_do_not_cross,
	  .data = &forged,
	  .needs = HFI1C_NEEDS_SECOND_USER },
};

HFI1C_GROUP(users, "users", "Two users on one unit.", cases);
