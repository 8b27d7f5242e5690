// SPDX-License-Identifier: BSD-3-Clause
/* Registers, interrupts, errors, freeze, trace and census. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "wfr_regtable.h"

static struct host *h;

static void setup(void)
{
	struct wfr_config cfg;

	wfr_config_init(&cfg);
	h = host_new(&cfg);
}

static void teardown(void)
{
	host_free(h);
}

START_TEST(identity_and_counts)
{
	ck_assert_uint_eq(rd(h, WFR_CCE_REVISION), 0x03020711);
	ck_assert_uint_eq(WFR_GET(WFR_CCE_REVISION2_IMPL_CODE,
				  rd(h, WFR_CCE_REVISION2)),
			  WFR_CCE_REVISION2_IMPL_CODE_SILICON);
	ck_assert_uint_eq(rd(h, WFR_RCV_CONTEXTS), 160);
	ck_assert_uint_eq(rd(h, WFR_SEND_CONTEXTS), 160);
	ck_assert_uint_eq(rd(h, WFR_SEND_DMA_ENGINES), 16);
	ck_assert_uint_eq(rd(h, WFR_RCV_ARRAY_CNT), 8192);
	ck_assert_uint_eq(rd(h, WFR_SEND_PIO_MEM_SIZE), 0x100000);
}
END_TEST

/* Registers with behaviour of their own on a plain write and read back. */
static bool has_behaviour(const struct wfr_reg_desc *reg)
{
	static const char *const names[] = {
		"SEND_CTRL",
		"RCV_CTRL",
		"SEND_PIO_INIT_CTXT",
		"SEND_DMA_CTRL",
		"SEND_DMA_TAIL",
		"MISC_CFG_FW_CTRL",
		"RCV_TID_FLOW_TABLE",
		"CCE_COUNTER_ARRAY32",
		"CCE_INT_COUNTER_ARRAY32",
		"RCV_COUNTER_ARRAY32",
		"SEND_COUNTER_ARRAY32",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(reg->name, names[i]))
			return true;
	return false;
}

static void check_register(const struct wfr_reg_desc *reg, uint64_t off)
{
	uint64_t val = 0x0123456789abcde0ULL;
	uint64_t before = rd(h, off);

	wr(h, off, val);
	switch (reg->access) {
	case WFR_RO:
		ck_assert_msg(rd(h, off) == before, "%s", reg->name);
		break;
	case WFR_RW:
		ck_assert_msg(rd(h, off) == val, "%s", reg->name);
		break;
	default:
		ck_assert_msg(rd(h, off) == 0, "%s", reg->name);
		break;
	}
}

/* Walk the whole table: the declared access kind is what one gets. */
START_TEST(access_kinds)
{
	const struct wfr_reg_desc *reg;
	unsigned int i;

	for (i = 0; i < wfr_reg_table_len; i++) {
		reg = &wfr_reg_table[i];
		if (has_behaviour(reg))
			continue;
		if (reg->offset == WFR_CCE_CTRL)
			continue;
		check_register(reg, reg->offset);
		if (reg->count > 1)
			check_register(reg,
				       reg->offset + (uint64_t)reg->stride *
							     (reg->count - 1));
		wfr_reset(h->dev);
	}
}
END_TEST

START_TEST(reset_values)
{
	unsigned int i;

	wr(h, WFR_SEND_CM_CTRL, 0);
	wr(h, WFR_CCE_SCRATCH(2), 7);
	wfr_reset(h->dev);
	ck_assert_uint_eq(rd(h, WFR_CCE_SCRATCH(2)), 0);
	for (i = 0; i < wfr_reg_table_len; i++) {
		const struct wfr_reg_desc *reg = &wfr_reg_table[i];

		if (reg->access != WFR_RW)
			continue;
		ck_assert_msg(rd(h, reg->offset) == reg->reset ||
				      reg->offset ==
					      WFR_DC8051_CFG_LOCAL_GUID ||
				      reg->offset == WFR_DCC_CFG_PORT_CONFIG,
			      "%s", reg->name);
	}
}
END_TEST

START_TEST(half_accesses)
{
	wr(h, WFR_CCE_SCRATCH(0), 0x1122334455667788ULL);
	ck_assert_uint_eq(wfr_mmio_read(h->dev, WFR_CCE_SCRATCH(0), 4),
			  0x55667788);
	ck_assert_uint_eq(wfr_mmio_read(h->dev, WFR_CCE_SCRATCH(0) + 4, 4),
			  0x11223344);
	wfr_mmio_write(h->dev, WFR_CCE_SCRATCH(0) + 4, 0xaabbccdd, 4);
	ck_assert_uint_eq(rd(h, WFR_CCE_SCRATCH(0)), 0xaabbccdd55667788ULL);
}
END_TEST

START_TEST(bad_accesses)
{
	ck_assert_uint_eq(wfr_mmio_read(h->dev, WFR_BAR0_SIZE, 8), ~0ULL);
	ck_assert_uint_eq(wfr_mmio_read(h->dev, 4, 8), ~0ULL);
	ck_assert_uint_eq(wfr_mmio_read(h->dev, 0, 2), ~0ULL);
	ck_assert_uint_eq(rd(h, WFR_PIO_BASE), ~0ULL);
	wfr_mmio_write(h->dev, WFR_BAR0_SIZE, 1, 8);
	ck_assert_int_eq(wfr_pio_write(h->dev, 0, "12345678", 8), -EINVAL);
	ck_assert_int_eq(wfr_pio_write(h->dev, WFR_BAR0_SIZE - 8,
				       "0123456789abcdef", 16),
			 -EINVAL);
}
END_TEST

START_TEST(config_is_checked)
{
	struct wfr_config cfg;
	int err = 0;
	static const struct wfr_host_ops none;

	wfr_config_init(&cfg);
	ck_assert_ptr_null(wfr_create(&cfg, &none, NULL, &err));
	ck_assert_int_eq(err, -EINVAL);
}
END_TEST

START_TEST(interrupt_mask_and_clear)
{
	unsigned int src = WFR_IS_TCRIT;

	wr(h, WFR_CCE_INT_MAP(src / 8), 9ULL << (8 * (src % 8)));
	wfr_fault_temperature(h->dev);
	ck_assert(pending(h, src));
	ck_assert_uint_eq(h->vectors[9], 0);
	ck_assert_uint_eq(rd(h, WFR_CCE_INT_BLOCKED(src / 64)),
			  1ULL << (src % 64));
	/* Enabling what is pending interrupts. */
	wr(h, WFR_CCE_INT_MASK(src / 64), 1ULL << (src % 64));
	ck_assert_uint_eq(h->vectors[9], 1);
	/* Again while pending does not. */
	wfr_fault_temperature(h->dev);
	ck_assert_uint_eq(h->vectors[9], 1);
	clear_pending(h, src);
	ck_assert(!pending(h, src));
	wfr_fault_temperature(h->dev);
	ck_assert_uint_eq(h->vectors[9], 2);
	ck_assert_uint_eq(
		rd(h, WFR_CCE_INT_COUNTER_ARRAY32(WFR_CCE_INT_CNT_MISC)), 2);
}
END_TEST

START_TEST(interrupt_force)
{
	unsigned int i;

	wr(h, WFR_CCE_INT_MASK(4), 1);
	wr(h, WFR_CCE_INT_FORCE(4), 1);
	wr(h, WFR_CCE_INT_FORCE(4), 1);
	ck_assert_uint_eq(h->vectors[0], 2);
	for (i = 0; i < WFR_INT_REGS; i++)
		wr(h, WFR_CCE_INT_FORCE(i), ~0ULL);
	for (i = 0; i < WFR_INT_REGS; i++)
		ck_assert_uint_eq(rd(h, WFR_CCE_INT_STATUS(i)), ~0ULL);
}
END_TEST

START_TEST(error_triple)
{
	wr(h, WFR_CCE_INT_MASK(0), ~0ULL);
	ck_assert_int_eq(wfr_fault_raise(h->dev, WFR_FAULT_CCE, 0x6), 0);
	ck_assert_uint_eq(rd(h, WFR_CCE_ERR_STATUS), 0x6);
	ck_assert_uint_eq(h->vectors[0], 0);
	wr(h, WFR_CCE_ERR_MASK, ~0ULL);
	ck_assert_uint_eq(h->vectors[0], 1);
	wr(h, WFR_CCE_ERR_CLEAR, 0x2);
	ck_assert_uint_eq(rd(h, WFR_CCE_ERR_STATUS), 0x4);
	ck_assert_int_eq(wfr_fault_raise(h->dev, WFR_FAULT_BLOCKS, 1), -EINVAL);
}
END_TEST

/* The link blocks are levels: clearing the source alone does not help. */
START_TEST(level_sources)
{
	wr(h, WFR_DCC_ERR_FLG_EN, 1);
	wr(h, WFR_CCE_INT_MASK(WFR_IS_DCC / 64), ~0ULL);
	wfr_fault_raise(h->dev, WFR_FAULT_DCC, 1);
	ck_assert_uint_eq(h->vectors[0], 1);
	clear_pending(h, WFR_IS_DCC);
	ck_assert(pending(h, WFR_IS_DCC));
	ck_assert_uint_eq(h->vectors[0], 2);
	wr(h, WFR_DCC_ERR_FLG_CLR, 1);
	clear_pending(h, WFR_IS_DCC);
	ck_assert(!pending(h, WFR_IS_DCC));
}
END_TEST

START_TEST(freeze_and_unfreeze)
{
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_FREEZE);
	ck_assert_uint_eq(rd(h, WFR_CCE_STATUS), WFR_CCE_STATUS_ALL_FROZE);
	ck_assert_uint_eq(rd(h, WFR_CCE_CTRL), 0);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	ck_assert_uint_eq(rd(h, WFR_CCE_STATUS), 0);
	wfr_fault_sticky(h->dev, WFR_STICKY_UNFREEZE);
	wfr_fault_raise(h->dev, WFR_FAULT_RXE, WFR_RCV_ERR_STATUS_RX_RBUF_FULL);
	ck_assert_uint_eq(rd(h, WFR_CCE_STATUS), WFR_CCE_STATUS_ALL_FROZE);
	wr(h, WFR_CCE_CTRL, WFR_CCE_CTRL_SPC_UNFREEZE);
	ck_assert_uint_eq(rd(h, WFR_CCE_STATUS), WFR_CCE_STATUS_ALL_FROZE);
	/* The driver has asked; it does not ask again. */
	wfr_fault_sticky(h->dev, 0);
	ck_assert_uint_eq(rd(h, WFR_CCE_STATUS), 0);
	/* A freeze that nobody wanted to end stays. */
	wfr_fault_sticky(h->dev, WFR_STICKY_UNFREEZE);
	wfr_fault_freeze(h->dev);
	wfr_fault_sticky(h->dev, 0);
	ck_assert_uint_eq(rd(h, WFR_CCE_STATUS), WFR_CCE_STATUS_ALL_FROZE);
}
END_TEST

START_TEST(asic_handshakes)
{
	/* The mutex belongs to the first until it is given back. */
	wr(h, WFR_ASIC_CFG_MUTEX, 1);
	wr(h, WFR_ASIC_CFG_MUTEX, 2);
	ck_assert_uint_eq(rd(h, WFR_ASIC_CFG_MUTEX), 1);
	wr(h, WFR_ASIC_CFG_MUTEX, 0);
	wr(h, WFR_ASIC_CFG_MUTEX, 2);
	ck_assert_uint_eq(rd(h, WFR_ASIC_CFG_MUTEX), 2);

	wr(h, WFR_ASIC_CFG_SBUS_REQUEST,
	   WFR_PREP(WFR_ASIC_CFG_SBUS_REQUEST_COMMAND,
		    WFR_ASIC_CFG_SBUS_REQUEST_COMMAND_READ));
	ck_assert_uint_eq(WFR_GET(WFR_ASIC_STS_SBUS_RESULT_RESULT_CODE,
				  rd(h, WFR_ASIC_STS_SBUS_RESULT)),
			  WFR_ASIC_STS_SBUS_RESULT_RESULT_CODE_READ_OK);
	wr(h, WFR_ASIC_CFG_SBUS_EXECUTE, 1);
	ck_assert_uint_eq(rd(h, WFR_ASIC_STS_SBUS_RESULT) & 3, 3);
	wr(h, WFR_ASIC_CFG_SBUS_EXECUTE, 0);
	ck_assert_uint_eq(rd(h, WFR_ASIC_STS_SBUS_RESULT) & 3, 0);

	wr(h, WFR_MISC_CFG_RSA_CMD, WFR_MISC_CFG_RSA_CMD_CMD_START);
	ck_assert_uint_eq(WFR_GET(WFR_MISC_CFG_FW_CTRL_RSA_STATUS,
				  rd(h, WFR_MISC_CFG_FW_CTRL)),
			  WFR_MISC_CFG_FW_CTRL_RSA_STATUS_DONE);
	wr(h, WFR_MISC_CFG_FW_CTRL, WFR_MISC_CFG_FW_CTRL_FW_8051_LOADED);
	ck_assert_uint_eq(WFR_GET(WFR_MISC_CFG_FW_CTRL_RSA_STATUS,
				  rd(h, WFR_MISC_CFG_FW_CTRL)),
			  WFR_MISC_CFG_FW_CTRL_RSA_STATUS_DONE);
	wr(h, WFR_MISC_CFG_RSA_CMD, WFR_MISC_CFG_RSA_CMD_CMD_INIT);
	ck_assert_uint_eq(WFR_GET(WFR_MISC_CFG_FW_CTRL_RSA_STATUS,
				  rd(h, WFR_MISC_CFG_FW_CTRL)),
			  WFR_MISC_CFG_FW_CTRL_RSA_STATUS_IDLE);
}
END_TEST

START_TEST(credit_manager_reset_clears_itself)
{
	wr(h, WFR_SEND_CTRL,
	   WFR_SEND_CTRL_CM_RESET | WFR_SEND_CTRL_SEND_ENABLE);
	ck_assert_uint_eq(rd(h, WFR_SEND_CTRL), WFR_SEND_CTRL_SEND_ENABLE);
}
END_TEST

START_TEST(receive_buffer_init)
{
	wr(h, WFR_RCV_CTRL, WFR_RCV_CTRL_RX_RBUF_INIT);
	ck_assert_uint_eq(rd(h, WFR_RCV_STATUS), 0);
	pass_time(h, 100000);
	ck_assert_uint_eq(rd(h, WFR_RCV_STATUS),
			  WFR_RCV_STATUS_RX_RBUF_INIT_DONE);
}
END_TEST

START_TEST(names)
{
	char buf[64];

	ck_assert(wfr_reg_name(WFR_SEND_CTXT_CTRL(3), buf, sizeof(buf)));
	ck_assert_str_eq(buf, "SEND_CTXT_CTRL[3]");
	ck_assert(
		wfr_reg_name(WFR_RCV_TID_FLOW_TABLE(2, 31), buf, sizeof(buf)));
	ck_assert_str_eq(buf, "RCV_TID_FLOW_TABLE[2][31]");
	ck_assert(!wfr_reg_name(0x700000, buf, sizeof(buf)));
	ck_assert_str_eq(buf, "0x700000");
}
END_TEST

static void count_access(void *arg, const struct wfr_access_rec *rec)
{
	unsigned int *n = arg;

	n[rec->write]++;
}

START_TEST(trace_and_census)
{
	unsigned int n[2] = { 0, 0 };
	char *text = NULL;
	size_t len;
	FILE *f;

	wfr_trace_set(h->dev, count_access, n);
	ck_assert_int_eq(wfr_census_set(h->dev, true), 0);
	wr(h, WFR_CCE_SCRATCH(0), 5);
	rd(h, WFR_CCE_SCRATCH(0));
	rd(h, WFR_CCE_REVISION);
	wfr_trace_set(h->dev, NULL, NULL);
	ck_assert_uint_eq(n[0], 2);
	ck_assert_uint_eq(n[1], 1);

	f = open_memstream(&text, &len);
	ck_assert_uint_eq(wfr_census_print(h->dev, f), 1);
	fclose(f);
	ck_assert_ptr_nonnull(strstr(text, "CCE_REVISION"));
	free(text);
	ck_assert_int_eq(wfr_census_set(h->dev, false), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-csr");
	TCase *tc = tcase_create("csr");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, identity_and_counts);
	tcase_add_test(tc, access_kinds);
	tcase_add_test(tc, reset_values);
	tcase_add_test(tc, half_accesses);
	tcase_add_test(tc, bad_accesses);
	tcase_add_test(tc, config_is_checked);
	tcase_add_test(tc, interrupt_mask_and_clear);
	tcase_add_test(tc, interrupt_force);
	tcase_add_test(tc, error_triple);
	tcase_add_test(tc, level_sources);
	tcase_add_test(tc, freeze_and_unfreeze);
	tcase_add_test(tc, asic_handshakes);
	tcase_add_test(tc, credit_manager_reset_clears_itself);
	tcase_add_test(tc, receive_buffer_init);
	tcase_add_test(tc, names);
	tcase_add_test(tc, trace_and_census);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
