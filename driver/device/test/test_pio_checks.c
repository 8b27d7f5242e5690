// SPDX-License-Identifier: BSD-3-Clause
/* Send contexts: the integrity checks of a packet. */
#include <string.h>

#include "sending.h"

/* One packet that violates exactly the check named. */
struct violation {
	uint64_t enable;
	uint64_t info;
	void (*spoil)(void);
};

static void spoil_nothing(void)
{
}

static void spoil_jkey(void)
{
	o.jkey = TEST_JKEY + 1;
}

static void spoil_pkey(void)
{
	o.pkey = 0x8002;
}

static void spoil_slid(void)
{
	o.slid = TEST_LID + 1;
}

static void spoil_opcode(void)
{
	o.opcode = 0x64;
}

static void spoil_vl(void)
{
	o.vl = 3;
}

static void spoil_mapping(void)
{
	wr(h, WFR_SEND_SC2VLT(0), 0x0706050403020101ULL);
}

static void spoil_grh(void)
{
	o.lnh = WFR_LRH0_LNH_GRH;
}

static void spoil_raw(void)
{
	o.lnh = WFR_LRH0_LNH_RAW;
}

static void spoil_ipv6(void)
{
	o.lnh = WFR_LRH0_LNH_RAW_IPV6;
}

static void spoil_bypass(void)
{
	o.pbc = WFR_PBC_PACKET_BYPASS;
}

static void spoil_test(void)
{
	o.pbc = WFR_PBC_TEST_BAD_ICRC;
}

static void spoil_rate(void)
{
	o.pbc = WFR_PREP(WFR_PBC_STATIC_RATE_CONTROL_COUNT, 7);
}

static void spoil_limit(void)
{
	wr(h, WFR_SEND_LEN_CHECK0, 14);
}

static const struct violation violations[] = {
#define V(e, i, f)                                                            \
	{                                                                     \
		WFR_SEND_CTXT_CHECK_ENABLE_##e, WFR_SEND_EGRESS_ERR_INFO_##i, \
			f                                                     \
	}
	V(CHECK_VL, VL, spoil_vl),
	V(CHECK_JOB_KEY, JOB_KEY, spoil_jkey),
	V(CHECK_PARTITION_KEY, PARTITION_KEY, spoil_pkey),
	V(CHECK_SLID, SLID, spoil_slid),
	V(CHECK_OPCODE, OPCODE, spoil_opcode),
	V(CHECK_VL_MAPPING, VL_MAPPING, spoil_mapping),
	V(DISALLOW_RAW, RAW, spoil_raw),
	V(DISALLOW_RAW_IPV6, RAW_IPV6, spoil_ipv6),
	V(DISALLOW_GRH, GRH, spoil_grh),
	V(DISALLOW_BYPASS, BYPASS, spoil_bypass),
	V(DISALLOW_KDETH_PACKETS, KDETH_PACKETS, spoil_nothing),
	V(DISALLOW_NON_KDETH_PACKETS, NON_KDETH_PACKETS, spoil_grh),
	V(DISALLOW_PBC_TEST, PBC_TEST, spoil_test),
	V(DISALLOW_TOO_LONG_IB_PACKETS, TOO_LONG_IB_PACKET, spoil_limit),
	V(DISALLOW_PBC_STATIC_RATE_CONTROL, PBC_STATIC_RATE_CONTROL,
	  spoil_rate),
#undef V
};

static void program_checks(uint64_t enable)
{
	wr(h, WFR_SEND_CTXT_CHECK_ENABLE(TEST_SCTXT), enable);
	wr(h, WFR_SEND_CTXT_CHECK_VL(TEST_SCTXT), 1u << 3);
	wr(h, WFR_SEND_CTXT_CHECK_JOB_KEY(TEST_SCTXT), TEST_JKEY | 0xffff0000u);
	wr(h, WFR_SEND_CTXT_CHECK_PARTITION_KEY(TEST_SCTXT), TEST_PKEY);
	wr(h, WFR_SEND_CTXT_CHECK_SLID(TEST_SCTXT), TEST_LID | 0xffff0000u);
	wr(h, WFR_SEND_CTXT_CHECK_OPCODE(TEST_SCTXT), 0xc0c0);
}

START_TEST(each_check_refuses)
{
	const struct violation *v = &violations[_i];

	program_checks(v->enable | WFR_SEND_CTXT_CHECK_ENABLE_CHECK_ENABLE);
	v->spoil();
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_INFO), v->info);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_SOURCE), TEST_SCTXT);
	ck_assert_uint_eq(errors(), WFR_SEND_CTXT_ERR_STATUS_DISALLOWED_PACKET);
	ck_assert(halted());
	ck_assert_uint_eq(sent(), 0);
	wr(h, WFR_SEND_EGRESS_ERR_INFO, ~0ULL);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_INFO), 0);
}
END_TEST

START_TEST(each_check_is_off_without_its_bit)
{
	const struct violation *v = &violations[_i];

	program_checks(v->enable); /* master bit missing */
	v->spoil();
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert(!halted());
}
END_TEST

START_TEST(good_packet_passes_all_checks)
{
	program_checks(0x3fffff &
		       ~WFR_SEND_CTXT_CHECK_ENABLE_DISALLOW_KDETH_PACKETS);
	pkt_make(&p, &o, 0);
	pio_send(h, &p);
	ck_assert_uint_eq(rd(h, WFR_SEND_EGRESS_ERR_INFO), 0);
	ck_assert_uint_eq(sent(), 1);
}
END_TEST

START_TEST(lengths_disagree)
{
	program_checks(
		WFR_SEND_CTXT_CHECK_ENABLE_CHECK_ENABLE |
		WFR_SEND_CTXT_CHECK_ENABLE_DISALLOW_BAD_PKT_LEN |
		WFR_SEND_CTXT_CHECK_ENABLE_DISALLOW_TOO_SMALL_IB_PACKETS);
	pkt_make(&p, &o, 0);
	pkt_set32(&p, 0, 3); /* PBC announces 3 dwords */
	pio_send(h, &p);
	ck_assert_uint_eq(
		rd(h, WFR_SEND_EGRESS_ERR_INFO),
		WFR_SEND_EGRESS_ERR_INFO_BAD_PKT_LEN |
			WFR_SEND_EGRESS_ERR_INFO_TOO_SMALL_IB_PACKETS);
}
END_TEST

START_TEST(empty_pbc_without_checks)
{
	memset(&p, 0, sizeof(p));
	p.len = 64;
	pio_send(h, &p);
	ck_assert(!halted());
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-pio-checks");
	TCase *tc = tcase_create("checks");
	int n = sizeof(violations) / sizeof(violations[0]);

	tcase_add_checked_fixture(tc, sending_setup, sending_teardown);
	tcase_add_loop_test(tc, each_check_refuses, 0, n);
	tcase_add_loop_test(tc, each_check_is_off_without_its_bit, 0, n);
	tcase_add_test(tc, good_packet_passes_all_checks);
	tcase_add_test(tc, lengths_disagree);
	tcase_add_test(tc, empty_pbc_without_checks);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
