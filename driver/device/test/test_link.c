// SPDX-License-Identifier: BSD-3-Clause
/* Link training, the 8051 mailbox, link events. */
#include <errno.h>
#include <string.h>

#include "harness.h"

#define DELAY 1000u

static struct host *h;

static void setup_impl(enum wfr_impl impl, bool link_auto)
{
	struct wfr_config cfg;

	host_config(&cfg);
	cfg.impl = impl;
	cfg.link_auto = link_auto;
	cfg.link_delay_ns = DELAY;
	h = host_new(&cfg);
	wr(h, WFR_DC8051_ERR_EN, ~0ULL);
}

static void setup(void)
{
	setup_impl(WFR_IMPL_SILICON, false);
}

static void teardown(void)
{
	host_free(h);
}

/* Give a command as drivers do; returns the answer register. */
static uint64_t command(unsigned int type, uint64_t data)
{
	uint64_t cmd = WFR_PREP(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE, type) |
		       WFR_PREP(WFR_DC8051_CFG_HOST_CMD_0_REQ_DATA, data);
	uint64_t answer;

	wr(h, WFR_DC8051_CFG_HOST_CMD_0, cmd);
	wr(h, WFR_DC8051_CFG_HOST_CMD_0,
	   cmd | WFR_DC8051_CFG_HOST_CMD_0_REQ_NEW);
	answer = rd(h, WFR_DC8051_CFG_HOST_CMD_1);
	ck_assert(answer & WFR_DC8051_CFG_HOST_CMD_1_COMPLETED);
	wr(h, WFR_DC8051_CFG_HOST_CMD_0, 0);
	ck_assert_uint_eq(rd(h, WFR_DC8051_CFG_HOST_CMD_1), 0);
	return answer;
}

static unsigned int code(uint64_t answer)
{
	return WFR_GET(WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE, answer);
}

static uint64_t rsp(uint64_t answer)
{
	return WFR_GET(WFR_DC8051_CFG_HOST_CMD_1_RSP_DATA, answer);
}

static void ask_state(unsigned int state)
{
	ck_assert_uint_eq(
		code(command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_CHANGE_PHY_STATE,
			     state)),
		WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE_SUCCESS);
}

static unsigned int state(void)
{
	return WFR_GET(WFR_DC8051_STS_CUR_STATE_PORT,
		       rd(h, WFR_DC8051_STS_CUR_STATE));
}

static unsigned int lstate(void)
{
	return WFR_GET(WFR_DCC_CFG_PORT_CONFIG_LINK_STATE,
		       rd(h, WFR_DCC_CFG_PORT_CONFIG));
}

/* The message of the 8051, read in the order drivers do: clear, then look. */
static uint64_t message(void)
{
	if (!pending(h, WFR_IS_DC8051))
		return 0;
	wr(h, WFR_DC8051_ERR_CLR, rd(h, WFR_DC8051_ERR_FLG));
	clear_pending(h, WFR_IS_DC8051);
	ck_assert(!pending(h, WFR_IS_DC8051));
	return WFR_GET(WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG,
		       rd(h, WFR_DC8051_DBG_ERR_INFO_SET_BY_8051));
}

START_TEST(starts_offline_and_ready)
{
	ck_assert_uint_eq(state(), WFR_DC8051_STS_CUR_STATE_PORT_OFFLINE);
	ck_assert_uint_eq(WFR_GET(WFR_DC8051_STS_CUR_STATE_FIRMWARE,
				  rd(h, WFR_DC8051_STS_CUR_STATE)),
			  WFR_DC8051_STS_CUR_STATE_FIRMWARE_READY);
	ck_assert_uint_eq(lstate(), WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_DOWN);
	ck_assert_uint_ne(rd(h, WFR_DC8051_CFG_LOCAL_GUID), 0);
	pass_time(h, 100 * DELAY);
	ck_assert(!wfr_link_is_up(h->dev));
	ck_assert_int_eq(
		wfr_port_state_set(h->dev,
				   WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_ACTIVE),
		-ENOLINK);
}
END_TEST

START_TEST(training_by_the_driver)
{
	ask_state(WFR_DC8051_STS_CUR_STATE_PORT_POLLING);
	ck_assert_uint_eq(state(), WFR_DC8051_STS_CUR_STATE_PORT_POLLING);
	ck_assert_uint_eq(wfr_step(h->dev), DELAY);
	pass_time(h, DELAY);
	ck_assert_uint_eq(state(), WFR_DC8051_STS_CUR_STATE_PORT_VERIFYCAP);
	ck_assert_uint_eq(
		message(),
		WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_VERIFY_CAP_FRAME);
	ask_state(WFR_DC8051_STS_CUR_STATE_PORT_LINKUP);
	ck_assert(!wfr_link_is_up(h->dev));
	pass_time(h, DELAY);
	ck_assert_uint_eq(state(), WFR_DC8051_STS_CUR_STATE_PORT_LINKUP);
	ck_assert_uint_eq(lstate(), WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_INIT);
	ck_assert_uint_eq(rd(h, WFR_LCB_STS_LINK_TRANSFER_ACTIVE), 1);
	ck_assert_uint_eq(
		message(),
		WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_LINKUP_ACHIEVED);

	ask_state(WFR_DC8051_STS_CUR_STATE_PORT_OFFLINE);
	ck_assert_uint_eq(state(), WFR_DC8051_STS_CUR_STATE_PORT_OFFLINE);
	ck_assert_uint_eq(lstate(), WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_DOWN);
	ck_assert_uint_eq(rd(h, WFR_LCB_STS_LINK_TRANSFER_ACTIVE), 0);
}
END_TEST

START_TEST(training_of_a_simulator)
{
	teardown();
	setup_impl(WFR_IMPL_SIMULATOR, false);
	ask_state(WFR_DC8051_STS_CUR_STATE_PORT_POLLING);
	pass_time(h, DELAY);
	ck_assert(wfr_link_is_up(h->dev));
}
END_TEST

START_TEST(training_waits_for_a_cable)
{
	wfr_link_set(h->dev, false);
	ask_state(WFR_DC8051_STS_CUR_STATE_PORT_POLLING);
	pass_time(h, 10 * DELAY);
	ck_assert_uint_eq(state(), WFR_DC8051_STS_CUR_STATE_PORT_POLLING);
	wfr_link_set(h->dev, true);
	pass_time(h, DELAY);
	ck_assert_uint_eq(state(), WFR_DC8051_STS_CUR_STATE_PORT_VERIFYCAP);
}
END_TEST

START_TEST(pulled_cable)
{
	teardown();
	setup_impl(WFR_IMPL_SILICON, true);
	pass_time(h, DELAY);
	ck_assert(wfr_link_is_up(h->dev));
	message();
	wfr_link_set(h->dev, false);
	ck_assert_uint_eq(
		message(),
		WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_LINK_GOING_DOWN);
	ck_assert_uint_eq(lstate(), WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_DOWN);
	ck_assert_uint_eq(
		rsp(command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_READ_CONFIG_DATA,
			    (uint64_t)WFR_8051_FIELD_LINK_DOWN_REASON << 40 |
				    (uint64_t)WFR_8051_LANE_GENERAL << 32)),
		WFR_LDR_LINK_TRANSFER_ACTIVE_LOW);
	wfr_link_set(h->dev, true);
	pass_time(h, DELAY);
	ck_assert(wfr_link_is_up(h->dev));
}
END_TEST

START_TEST(configuration_fields)
{
	uint64_t lane2 = 5ULL << 40 | 2ULL << 32;
	uint64_t answer;

	command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_LOAD_CONFIG_DATA,
		lane2 | 0xcafef00d);
	answer = command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_READ_CONFIG_DATA,
			 lane2);
	ck_assert_uint_eq(rsp(answer), 0xcafef00d);
	/* The same through the memory window: lane 2, field 5. */
	wr(h, WFR_DC8051_CFG_RAM_ACCESS_CTRL,
	   WFR_DC8051_CFG_RAM_ACCESS_CTRL_READ_ENA |
		   (WFR_8051_LANE_BASE + 2 * WFR_8051_LANE_STRIDE + 4 * 5));
	ck_assert(rd(h, WFR_DC8051_CFG_RAM_ACCESS_STATUS) &
		  WFR_DC8051_CFG_RAM_ACCESS_STATUS_ACCESS_COMPLETED);
	ck_assert_uint_eq(rd(h, WFR_DC8051_CFG_RAM_ACCESS_RD_DATA) & ~0U,
			  0xcafef00d);
	wr(h, WFR_DC8051_CFG_RAM_ACCESS_CTRL,
	   WFR_DC8051_CFG_RAM_ACCESS_CTRL_READ_ENA | 0x7ff8);
	ck_assert_uint_eq(rd(h, WFR_DC8051_CFG_RAM_ACCESS_RD_DATA), 0);
}
END_TEST

START_TEST(unknown_requests)
{
	ck_assert_uint_eq(code(command(0x77, 0)),
			  WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE_NOT_SUPPORTED);
	ck_assert_uint_eq(
		code(command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_CHANGE_PHY_STATE,
			     0x11)),
		WFR_DC8051_CFG_HOST_CMD_1_RETURN_CODE_NOT_SUPPORTED);
}
END_TEST

START_TEST(idle_messages_come_back)
{
	teardown();
	setup_impl(WFR_IMPL_SILICON, true);
	pass_time(h, DELAY);
	message();
	command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_SEND_LCB_IDLE_MSG,
		WFR_IDLE_MSG_SMA | 2ULL << 8);
	ck_assert_uint_eq(message(), 0);
	pass_time(h, DELAY);
	ck_assert_uint_eq(message(),
			  WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_BC_SMA);
	ck_assert_uint_eq(
		rsp(command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_READ_LCB_IDLE_MSG,
			    0)),
		WFR_IDLE_MSG_SMA | 2ULL << 8);
}
END_TEST

START_TEST(link_registers_through_the_8051)
{
	unsigned int reg = (WFR_LCB_CFG_CRC_MODE - WFR_LCB_BASE) / 8;
	uint64_t val = 0x1122334455667788ULL;
	uint64_t answer;

	wr(h, WFR_DC8051_CFG_EXT_DEV_0,
	   WFR_PREP(WFR_DC8051_CFG_EXT_DEV_0_RETURN_CODE, val >> 40) |
		   WFR_PREP(WFR_DC8051_CFG_EXT_DEV_0_RSP_DATA, val >> 48));
	command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_WRITE_LCB_CSR,
		reg | (val & 0xffffffffffULL) << 8);
	ck_assert_uint_eq(rd(h, WFR_LCB_CFG_CRC_MODE), val);
	answer = command(WFR_DC8051_CFG_HOST_CMD_0_REQ_TYPE_READ_LCB_CSR, reg);
	ck_assert_uint_eq(rsp(answer), val & 0xffffffffffffULL);
	ck_assert_uint_eq(WFR_GET(WFR_DC8051_CFG_EXT_DEV_1_REQ_DATA,
				  rd(h, WFR_DC8051_CFG_EXT_DEV_1)),
			  val >> 48);
}
END_TEST

START_TEST(messages_add_up_until_read)
{
	teardown();
	setup_impl(WFR_IMPL_SILICON, true);
	pass_time(h, DELAY);
	wfr_link_set(h->dev, false);
	ck_assert_uint_eq(
		message(),
		WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_LINKUP_ACHIEVED |
			WFR_DC8051_DBG_ERR_INFO_SET_BY_8051_HOST_MSG_LINK_GOING_DOWN);
}
END_TEST

START_TEST(no_delay_no_waiting)
{
	struct wfr_config cfg;

	teardown();
	host_config(&cfg);
	cfg.link_delay_ns = 0;
	h = host_new(&cfg);
	ck_assert(wfr_link_is_up(h->dev));
	wfr_link_set(h->dev, false);
	ck_assert(!wfr_link_is_up(h->dev));
	wfr_link_set(h->dev, true);
	ck_assert(wfr_link_is_up(h->dev));
	ck_assert_uint_eq(lstate(), WFR_DCC_CFG_PORT_CONFIG_LINK_STATE_INIT);
}
END_TEST

START_TEST(reset_takes_the_link_down)
{
	ask_state(WFR_DC8051_STS_CUR_STATE_PORT_QUICK_LINKUP);
	pass_time(h, DELAY);
	ck_assert(wfr_link_is_up(h->dev));
	wfr_reset(h->dev);
	ck_assert(!wfr_link_is_up(h->dev));
	ck_assert_uint_eq(wfr_step(h->dev), WFR_STEP_IDLE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wfr-link");
	TCase *tc = tcase_create("link");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, starts_offline_and_ready);
	tcase_add_test(tc, training_by_the_driver);
	tcase_add_test(tc, training_of_a_simulator);
	tcase_add_test(tc, training_waits_for_a_cable);
	tcase_add_test(tc, pulled_cable);
	tcase_add_test(tc, configuration_fields);
	tcase_add_test(tc, unknown_requests);
	tcase_add_test(tc, idle_messages_come_back);
	tcase_add_test(tc, link_registers_through_the_8051);
	tcase_add_test(tc, messages_add_up_until_read);
	tcase_add_test(tc, no_delay_no_waiting);
	tcase_add_test(tc, reset_takes_the_link_down);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
