// SPDX-License-Identifier: BSD-3-Clause
/*
 * Automatic header generation: the same packets as without it.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>

#include "user.h"

#define USER(cap)  ((u64)(cap) << 24)
#define PAGE	   4096UL
#define HEADER_DWS 14
#define MOST	   64

static struct rig rig;
static struct user u;
static u8 data[20 * PAGE];

struct seen {
	u32 header[HEADER_DWS];
	u32 len;
};

static void set_up(void)
{
	size_t i;

	rig_start(&rig, NULL);
	user_start(&u, &rig);
	for (i = 0; i < sizeof(data); i++)
		data[i] = i * 7 + i / 256;
}

static void tear_down(void)
{
	user_stop(&u);
	rig_stop(&rig);
}

static void use_ahg(bool on)
{
	u64 caps = hfi1u_caps_read(rig.dd) & ~USER(HFI1_CAP_SDMA_AHG);

	hfi1u_caps_write(rig.dd, caps | (on ? USER(HFI1_CAP_SDMA_AHG) : 0));
	ck_assert_int_eq(!!(hfi1u_caps_read(rig.dd) & USER(HFI1_CAP_SDMA_AHG)),
			 on);
}

static u64 descriptors(void)
{
	u64 sum = 0;
	unsigned int e;

	for (e = 0; e < 16; e++)
		sum += ioread64(rig.bar + WFR_SEND_DMA_DESC_FETCHED_CNT(e));
	return sum;
}

static unsigned int collect(struct seen *seen, unsigned int count)
{
	unsigned int i, n;

	for (n = 0; n < count; n++) {
		size_t at = (size_t)u.entry * u.ctxt.rcvhdrq_entsize;
		u64 rhf = user_receive(&u);
		const volatile u32 *hdr = (const volatile u32 *)(u.hdrq + at) +
					  WFR_GET(WFR_RHF_HDRQ_OFFSET, rhf);

		ck_assert_uint_ne(rhf, 0);
		ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, 0);
		for (i = 0; i < HEADER_DWS; i++)
			seen[n].header[i] = hdr[i];
		seen[n].len = WFR_GET(WFR_RHF_PKT_LEN, rhf);
	}
	return n;
}

struct shape {
	unsigned int npkts, fragsize;
	size_t len;
	u32 psn, moved;
};

static const struct shape shapes[] = {
	{ 2, 2048, 4096, 0, 0 },
	{ 2, 64, 65, 0xfffe, 0xfffff },
	{ 7, 8192, 7 * 8192 - 1, 0x7ffffffd, 1000 },
	{ 20, 64, 20 * 64 - 5, 0xffff, 0xffffffff },
	{ 3, 64, 0, 17, 17 },
};

static void send_eager(const struct shape *s, struct seen *seen)
{
	struct user_req req;

	user_req(&u, &req, 5, s->npkts, s->fragsize, s->len);
	req.hdr.kdeth.swdata[6] = cpu_to_le32(s->moved);
	req.hdr.bth[2] = cpu_to_be32(s->psn);
	ck_assert_int_eq(user_writev(&u, &req, data, s->len), 1);
	collect(seen, s->npkts);
	ck_assert_uint_eq(user_completion(&u, 5), COMPLETE);
}

START_TEST(test_eager)
{
	struct seen plain[MOST], made[MOST];
	u64 before, with, without;

	before = descriptors();
	send_eager(&shapes[_i], plain);
	without = descriptors() - before;
	use_ahg(true);
	before = descriptors();
	send_eager(&shapes[_i], made);
	with = descriptors() - before;
	ck_assert_mem_eq(plain, made, shapes[_i].npkts * sizeof(*plain));
	/* edits take descriptors of their own */
	ck_assert_uint_gt(with, without);
}
END_TEST

static void send_expected(const u32 *tids, unsigned int count, size_t len,
			  struct seen *seen)
{
	struct user_req req;
	struct iovec iov[3] = {
		{ &req, sizeof(req) },
		{ data, len },
		{ (void *)tids, count * sizeof(*tids) },
	};
	unsigned int npkts = len / PAGE;
	u32 kdeth =
		WFR_PREP(WFR_KDETH0_KVER, WFR_KDETH_KVER) |
		WFR_PREP(WFR_KDETH0_TID, WFR_GET(WFR_TIDINFO_IDX, tids[0])) |
		WFR_PREP(WFR_KDETH0_TIDCTRL,
			 WFR_GET(WFR_TIDINFO_CTRL, tids[0])) |
		WFR_KDETH0_INTR;

	/* the sequence wraps, the generation stays */
	u.uregs[ur_rcvtidflowtable] =
		WFR_TID_FLOW_FLOW_VALID | WFR_PREP(WFR_TID_FLOW_GEN_VAL, 5) |
		WFR_PREP(WFR_TID_FLOW_SEQ_NUM, 0x7fb) |
		WFR_TID_FLOW_SEQ_MISMATCH | WFR_TID_FLOW_GEN_MISMATCH;
	user_req(&u, &req, 0, npkts, PAGE, len);
	req.info.ctrl = WFR_PREP(WFR_SDMA_REQ_CTRL_OPCODE, EXPECTED) |
			WFR_PREP(WFR_SDMA_REQ_CTRL_IOVCNT, 3);
	req.hdr.kdeth.ver_tid_offset = cpu_to_le32(kdeth);
	req.hdr.bth[2] = cpu_to_be32(WFR_PREP(WFR_BTH2_GEN, 5) |
				     WFR_PREP(WFR_BTH2_SEQ, 0x7fb));
	ck_assert_int_eq(hosted_writev(u.file, iov, 3), 1);
	collect(seen, npkts);
	ck_assert_uint_eq(user_completion(&u, 0), COMPLETE);
}

/* TID, offset and sequence of an expected request are edited alike. */
START_TEST(test_expected)
{
	size_t len = 15 * PAGE;
	u8 *mem = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct seen plain[MOST], made[MOST];
	u32 tids[16];
	struct hfi1_tid_info info = {
		.vaddr = (unsigned long)mem,
		.tidlist = (unsigned long)tids,
		.length = len,
	};

	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_TID_UPDATE, &info), 0);
	ck_assert_uint_gt(info.tidcnt, 1);
	send_expected(tids, info.tidcnt, len, plain);
	ck_assert_mem_eq(mem, data, len);
	memset(mem, 0, len);
	use_ahg(true);
	send_expected(tids, info.tidcnt, len, made);
	ck_assert_mem_eq(mem, data, len);
	ck_assert_mem_eq(plain, made, 15 * sizeof(*plain));
	info.tidlist = (unsigned long)tids;
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_TID_FREE, &info), 0);
	munmap(mem, len);
}
END_TEST

/* Requests that find no place for their header send whole ones. */
START_TEST(test_places)
{
	struct user_req req;
	unsigned int i;

	use_ahg(true);
	wfr_fault_delay(rig.wfr, 20000000);
	for (i = 0; i < WFR_AHG_ENTRIES + 8; i++) {
		user_req(&u, &req, i, 2, 64, 128);
		ck_assert_int_eq(user_writev(&u, &req, data, 128), 1);
	}
	wfr_fault_delay(rig.wfr, 0);
	for (i = 0; i < WFR_AHG_ENTRIES + 8; i++)
		ck_assert_uint_eq(user_completion(&u, i), COMPLETE);
	for (i = 0; i < 2 * (WFR_AHG_ENTRIES + 8); i++) {
		u64 rhf = user_receive(&u);

		ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, 0);
		ck_assert_mem_eq(user_payload(&u, rhf), data + i % 2 * 64, 64);
	}
}
END_TEST

/* An engine that was reset knows no headers, and is not asked for them. */
START_TEST(test_after_halt)
{
	struct user_req req;
	unsigned int i, e;

	use_ahg(true);
	for (i = 0; i < 10; i++) {
		wfr_fault_delay(rig.wfr, 1000000);
		user_req(&u, &req, 1, 40, 64, 40 * 64);
		user_writev(&u, &req, data, 40 * 64);
		for (e = 0; e < 16; e++)
			wfr_fault_sdma(rig.wfr, e,
				       WFR_SEND_DMA_ENG_ERR_STATUS_TIMEOUT);
		wfr_fault_delay(rig.wfr, 0);
		user_completion(&u, 1);
	}
	ck_assert(rig_wait(user_writev(&u, &req, data, 40 * 64) == 1 &&
			   user_completion(&u, 1) == COMPLETE));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-ahg");
	TCase *tc = tcase_create("ahg");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, test_eager, 0, ARRAY_SIZE(shapes));
	tcase_add_test(tc, test_expected);
	tcase_add_test(tc, test_places);
	tcase_add_test(tc, test_after_halt);
	suite_add_tcase(suite, tc);
	return rig_run(suite);
}
