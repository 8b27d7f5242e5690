// SPDX-License-Identifier: BSD-3-Clause
/*
 * What GET_VERS, CTXT_INFO and USER_INFO report, beyond the promises that the
 * generated cases check one by one.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../case.h"
#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/regions.h"
#include "groups.h"

static void version_is_four_bytes(const struct hfi1c_case *c)
{
	int fd = hfi1c_open_device();
	uint32_t words[2];

	(void)c;
	hfi1c_poison(words, sizeof(words));
	hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_GET_VERS, words));
	hfi1c_expect_u64(words[0],
			 (HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT) |
				 HFI1_USER_SWMINOR,
			 "the version");
	hfi1c_expect(hfi1c_is_poison(&words[1], sizeof(words[1])),
		     "GET_VERS writes beyond its int");
	close(fd);
}

static void ctxt_info_repeats(const struct hfi1c_case *c)
{
	struct hfi1_ctxt_info again;
	struct hfi1c_context ctxt;
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < 4; i++) {
		hfi1c_poison(&again, sizeof(again));
		hfi1c_expect_ok(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CTXT_INFO, &again));
		/* Links of other units may come and go meanwhile. */
		again.num_active = ctxt.info.num_active;
		hfi1c_expect(!memcmp(&again, &ctxt.info, sizeof(again)),
			     "CTXT_INFO changed its mind in call %d", i + 2);
	}
	close(ctxt.fd);
}

static void ctxt_info_fills_all(const struct hfi1c_case *c)
{
	size_t tail =
		offsetof(struct hfi1_ctxt_info, sdma_ring_size) + sizeof(__u16);
	unsigned char bytes[sizeof(struct hfi1_ctxt_info) + 8];
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_poison(bytes, sizeof(bytes));
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CTXT_INFO, bytes));
	hfi1c_expect(hfi1c_is_zero(bytes + tail,
				   sizeof(struct hfi1_ctxt_info) - tail),
		     "the tail padding of hfi1_ctxt_info is not zero");
	hfi1c_expect(hfi1c_is_poison(bytes + sizeof(struct hfi1_ctxt_info), 8),
		     "CTXT_INFO writes beyond its structure");
	close(ctxt.fd);
}

static void user_info_repeats(const struct hfi1c_case *c)
{
	struct hfi1_base_info again;
	struct hfi1c_context ctxt;
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < 4; i++) {
		hfi1c_poison(&again, sizeof(again));
		hfi1c_expect_ok(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_USER_INFO, &again));
		hfi1c_expect(!memcmp(&again, &ctxt.base, sizeof(again)),
			     "USER_INFO changed its mind in call %d", i + 2);
	}
	close(ctxt.fd);
}

static void user_info_padding(const struct hfi1c_case *c)
{
	unsigned char bytes[sizeof(struct hfi1_base_info) + 8];
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_poison(bytes, sizeof(bytes));
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_USER_INFO, bytes));
	hfi1c_expect(
		hfi1c_is_zero(bytes + offsetof(struct hfi1_base_info, padding1),
			      sizeof(__u16)),
		"padding1 of hfi1_base_info is not zero");
	hfi1c_expect(hfi1c_is_poison(bytes + sizeof(struct hfi1_base_info), 8),
		     "USER_INFO writes beyond its structure");
	close(ctxt.fd);
}

static void unit_is_the_node(const struct hfi1c_case *c)
{
	const char *digits = hfi1c_device() + strlen(hfi1c_device());
	struct hfi1c_context ctxt;

	(void)c;
	while (digits > hfi1c_device() && isdigit((unsigned char)digits[-1]))
		digits--;
	if (!*digits)
		hfi1c_skip("the name of the device has no number");
	hfi1c_open_context(&ctxt);
	hfi1c_expect_u64(ctxt.info.unit, atoi(digits), "unit of %s",
			 hfi1c_device());
	close(ctxt.fd);
}

static void check_token(const struct hfi1c_context *c,
			const struct hfi1c_region *r)
{
	uint64_t token = hfi1c_region_token(c, r);
	uint64_t rest = WFR_MMAP_TOKEN_OFFSET | WFR_MMAP_TOKEN_SUBCTXT |
			WFR_MMAP_TOKEN_CTXT | WFR_MMAP_TOKEN_TYPE |
			WFR_MMAP_TOKEN_MAGIC;

	hfi1c_expect_u64(WFR_GET(WFR_MMAP_TOKEN_MAGIC, token), WFR_MMAP_MAGIC,
			 "magic of the token of %s", r->name);
	hfi1c_expect_u64(WFR_GET(WFR_MMAP_TOKEN_TYPE, token), r->type,
			 "type in the token of %s", r->name);
	hfi1c_expect_u64(WFR_GET(WFR_MMAP_TOKEN_CTXT, token), c->info.ctxt,
			 "context in the token of %s", r->name);
	hfi1c_expect_u64(WFR_GET(WFR_MMAP_TOKEN_SUBCTXT, token),
			 c->info.subctxt, "subcontext in the token of %s",
			 r->name);
	hfi1c_expect(!(token & ~rest), "the token of %s has unused bits set",
		     r->name);
	hfi1c_expect(r->offset || !WFR_GET(WFR_MMAP_TOKEN_OFFSET, token),
		     "the token of %s has an offset in the page", r->name);
}

static void tokens_of(const struct hfi1c_context *c, bool shared)
{
	const struct hfi1c_region *r;
	size_t i;

	for (i = 0; i < hfi1c_region_count; i++) {
		r = &hfi1c_regions[i];
		if (r->type == WFR_MMAP_TOKEN_TYPE_RTAIL &&
		    !hfi1c_has_cap(c, HFI1_CAP_DMA_RTAIL))
			hfi1c_expect_u64(hfi1c_region_token(c, r), 0,
					 "token of %s without DMA_RTAIL",
					 r->name);
		else if (r->group && !shared)
			hfi1c_expect_u64(hfi1c_region_token(c, r), 0,
					 "token of %s of a private context",
					 r->name);
		else
			check_token(c, r);
	}
}

static void tokens_private(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	tokens_of(&ctxt, false);
	close(ctxt.fd);
}

static void tokens_shared(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_open_pair(&one, &two);
	tokens_of(&one, true);
	tokens_of(&two, true);
	close(one.fd);
	close(two.fd);
}

/* The rule of the spec, from what the kernel knows about this process. */
static unsigned int expected_jkey(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };
	unsigned int uid = geteuid();

	hfi1c_setup(!syscall(SYS_capget, &header, data), "capget: %s",
		    strerror(errno));
	if (data[0].effective & (1u << CAP_SYS_ADMIN))
		return uid & 31;
	uid &= 0xffff;
	return uid < 64 ? uid | 0x8000 : uid;
}

static void jkey_of_caller(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_u64(ctxt.base.jkey, expected_jkey(), "jkey of uid %u",
			 geteuid());
	close(ctxt.fd);
}

static void report_jkey(struct hfi1c_peer *parent, void *data)
{
	struct hfi1c_context ctxt;
	uid_t uid = *(const uid_t *)data;

	hfi1c_setup(!setresgid(uid, uid, uid) && !setresuid(uid, uid, uid),
		    "cannot become uid %u", uid);
	hfi1c_open_context(&ctxt);
	hfi1c_expect_u64(ctxt.base.jkey, expected_jkey(), "jkey of uid %u",
			 uid);
	hfi1c_tell(parent, ctxt.base.jkey);
}

/* Below 64 the upper bit keeps clear of the kernel's keys. */
static void jkey_of_uid(const struct hfi1c_case *c)
{
	struct hfi1c_peer child;
	uint64_t key;

	hfi1c_fork(&child, report_jkey, (void *)c->data);
	key = hfi1c_hear(&child);
	hfi1c_reap(&child);
	hfi1c_expect(key >= 64, "an ordinary user got the reserved key %llu",
		     (unsigned long long)key);
}

static void rec_cpu_is_usable(const struct hfi1c_case *c)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect(ctxt.info.rec_cpu == 0xffff || ctxt.info.rec_cpu < cpus,
		     "rec_cpu is %u, but there are %ld CPUs", ctxt.info.rec_cpu,
		     cpus);
	close(ctxt.fd);
}

static void active_units_agree(const struct hfi1c_case *c)
{
	const struct hfi1_status *status;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	status = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_STATUS, PROT_READ,
				  0);
	if (!(status->port & HFI1_STATUS_IB_READY))
		hfi1c_skip("the link is not up");
	hfi1c_read_infos(&ctxt);
	hfi1c_expect(ctxt.info.num_active >= 1,
		     "the link is up, but num_active is 0");
	close(ctxt.fd);
}

static void hardware_is_one(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_open_context(&one);
	hfi1c_open_context(&two);
	hfi1c_expect(one.base.hw_version != 0, "hw_version is 0");
	hfi1c_expect_u64(two.base.hw_version, one.base.hw_version,
			 "hw_version of a second context");
	hfi1c_expect_u64(two.info.unit, one.info.unit,
			 "unit of a second context");
	hfi1c_expect_u64(two.info.runtime_flags, one.info.runtime_flags,
			 "runtime_flags of a second context");
	close(one.fd);
	close(two.fd);
}

/* What libpsm2 insists on, or it aborts the program. */
static void psm2_is_content(const struct hfi1c_case *c)
{
	struct hfi1c_context x;

	(void)c;
	hfi1c_open_context(&x);
	hfi1c_expect_u64(x.info.rcvtids % 8, 0, "rcvtids %% 8");
	hfi1c_expect_u64(x.info.egrtids % 8, 0, "egrtids %% 8");
	hfi1c_expect(x.info.rcvtids >= x.info.egrtids, "rcvtids < egrtids");
	hfi1c_expect_u64(x.info.rcvhdrq_cnt % 32, 0, "rcvhdrq_cnt %% 32");
	hfi1c_expect_u64(x.info.rcvhdrq_entsize % 64, 0,
			 "rcvhdrq_entsize %% 64");
	hfi1c_expect_u64(x.info.rcvegr_size % hfi1c_page_size(), 0,
			 "rcvegr_size %% page");
	hfi1c_expect(x.info.sdma_ring_size > 8, "sdma_ring_size is %u",
		     x.info.sdma_ring_size);
	hfi1c_expect(!(x.info.runtime_flags >> 63), "runtime_flags bit 63");
	hfi1c_expect_u64(x.base.sw_version >> HFI1_SWMAJOR_SHIFT,
			 HFI1_USER_SWMAJOR, "major version");
	close(x.fd);
}

static const uid_t uid_low = 5, uid_high = 1000, uid_wide = 0x31234;

static const struct hfi1c_case cases[] = {
	{ "info.version.four-bytes", "GET_VERS",
	  "GET_VERS writes the version and nothing beside it",
	  version_is_four_bytes, NULL, 0, 0 },
	{ "info.ctxt.repeats", "CTXT_INFO",
	  "CTXT_INFO says the same every time", ctxt_info_repeats, NULL, 0, 0 },
	{ "info.ctxt.fills-all", "CTXT_INFO quirk.ctxt-info-tail",
	  "CTXT_INFO writes its whole structure, padding as zero, and no more",
	  ctxt_info_fills_all, NULL, 0, 0 },
	{ "info.user.repeats", "USER_INFO",
	  "USER_INFO says the same every time", user_info_repeats, NULL, 0, 0 },
	{ "info.user.padding", "USER_INFO struct.hfi1_base_info",
	  "USER_INFO writes its padding as zero, and nothing behind it",
	  user_info_padding, NULL, 0, 0 },
	{ "info.unit", "CTXT_INFO file.open",
	  "the unit is the one whose node was opened", unit_is_the_node, NULL,
	  0, 0 },
	{ "info.tokens.private", "USER_INFO",
	  "every token of a private context names its region and context",
	  tokens_private, NULL, 0, 0 },
	{ "info.tokens.shared", "USER_INFO",
	  "every token of a group's member names its region and place",
	  tokens_shared, NULL, 0, 0 },
	{ "info.jkey.caller", "ASSIGN_CTXT",
	  "the job key follows from the caller's user", jkey_of_caller, NULL, 0,
	  0 },
	{ "info.jkey.low-uid", "ASSIGN_CTXT",
	  "a user below 64 gets a key with the upper bit", jkey_of_uid,
	  &uid_low, HFI1C_NEEDS_SECOND_USER, 0 },
	{ "info.jkey.user", "ASSIGN_CTXT", "a user's key is its uid",
	  jkey_of_uid, &uid_high, HFI1C_NEEDS_SECOND_USER, 0 },
	{ "info.jkey.wide-uid", "ASSIGN_CTXT",
	  "a wide uid is cut to its lower 16 bits", jkey_of_uid, &uid_wide,
	  HFI1C_NEEDS_SECOND_USER, 0 },
	{ "info.rec-cpu", "CTXT_INFO",
	  "the recommended CPU exists, or there is no recommendation",
	  rec_cpu_is_usable, NULL, 0, 0 },
	{ "info.num-active", "CTXT_INFO",
	  "num_active counts this unit when its link is up", active_units_agree,
	  NULL, 0, 0 },
	{ "info.hardware", "USER_INFO",
	  "contexts of one unit report the same hardware and capabilities",
	  hardware_is_one, NULL, 0, 0 },
	{ "info.psm2", "CTXT_INFO USER_INFO", "libpsm2's sanity checks hold",
	  psm2_is_content, NULL, 0, 0 },
};

HFI1C_GROUP(information, "info", "What the information commands report.",
	    cases);
