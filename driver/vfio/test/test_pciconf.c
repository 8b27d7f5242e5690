// SPDX-License-Identifier: BSD-3-Clause
#include <linux/pci_regs.h>
#include <string.h>

#include "client.h"
#include "pciconf.h"
#include "wfr_regs.h"

static struct vfu_pciconf conf;

static void setup(void)
{
	vfu_pciconf_init(&conf);
}

static uint32_t get(unsigned int off, unsigned int size)
{
	uint32_t val = 0;

	vfu_pciconf_read(&conf, off, &val, size);
	return val;
}

static bool set(unsigned int off, uint32_t val, unsigned int size)
{
	return vfu_pciconf_write(&conf, off, &val, size);
}

/* Walk the list as the kernel does. */
static unsigned int find_cap(unsigned int id)
{
	unsigned int at = get(PCI_CAPABILITY_LIST, 1), left = 48;

	while (at && --left && get(at, 1) != id)
		at = get(at + 1, 1);
	ck_assert_uint_ne(left, 0);
	return at;
}

static unsigned int find_ext_cap(unsigned int id)
{
	unsigned int at = 0x100, left = 48;

	while (at && --left && PCI_EXT_CAP_ID(get(at, 4)) != id)
		at = PCI_EXT_CAP_NEXT(get(at, 4));
	ck_assert_uint_ne(left, 0);
	return at;
}

START_TEST(identity)
{
	ck_assert_uint_eq(get(PCI_VENDOR_ID, 4), 0x24f08086);
	ck_assert_uint_eq(get(PCI_CLASS_REVISION, 4), 0x02080011);
	ck_assert_uint_eq(get(PCI_HEADER_TYPE, 1), PCI_HEADER_TYPE_NORMAL);
	ck_assert_uint_ne(get(PCI_STATUS, 2) & PCI_STATUS_CAP_LIST, 0);
	set(PCI_VENDOR_ID, 0, 4);
	set(PCI_CLASS_REVISION, 0, 4);
	ck_assert_uint_eq(get(PCI_VENDOR_ID, 4), 0x24f08086);
	ck_assert_uint_eq(get(PCI_CLASS_REVISION, 4), 0x02080011);
}
END_TEST

/* A driver refuses any other size than 64 MiB. */
START_TEST(bar_is_sized)
{
	uint64_t mask;

	set(PCI_BASE_ADDRESS_0, 0xffffffff, 4);
	set(PCI_BASE_ADDRESS_1, 0xffffffff, 4);
	mask = get(PCI_BASE_ADDRESS_0, 4) | (uint64_t)get(PCI_BASE_ADDRESS_1, 4)
						    << 32;
	ck_assert_uint_eq(mask & 0xf, PCI_BASE_ADDRESS_MEM_TYPE_64);
	ck_assert_uint_eq(~(mask & ~0xfULL) + 1, WFR_BAR0_SIZE);
	set(PCI_BASE_ADDRESS_2, 0xffffffff, 4);
	ck_assert_uint_eq(get(PCI_BASE_ADDRESS_2, 4), 0);
}
END_TEST

START_TEST(capabilities_are_where_a_driver_saves_them)
{
	unsigned int exp = find_cap(PCI_CAP_ID_EXP);
	unsigned int msix = find_cap(PCI_CAP_ID_MSIX);

	ck_assert_uint_ne(find_cap(PCI_CAP_ID_PM), 0);
	ck_assert_uint_eq(msix, 0xb0);
	ck_assert_uint_eq(get(msix + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_QSIZE,
			  255);
	ck_assert_uint_eq(get(msix + PCI_MSIX_TABLE, 4), WFR_MSIX_TABLE_OFFSET);
	ck_assert_uint_eq(get(msix + PCI_MSIX_PBA, 4), WFR_MSIX_PBA_OFFSET);
	ck_assert_uint_ne(get(exp + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR, 0);
	ck_assert_uint_eq(get(exp + PCI_EXP_LNKSTA, 2) & PCI_EXP_LNKSTA_CLS,
			  PCI_EXP_LNKSTA_CLS_8_0GB);
	ck_assert_uint_eq((get(exp + PCI_EXP_LNKSTA, 2) & PCI_EXP_LNKSTA_NLW) >>
				  PCI_EXP_LNKSTA_NLW_SHIFT,
			  16);
	ck_assert_uint_eq(find_ext_cap(PCI_EXT_CAP_ID_ERR), 0x100);
	ck_assert_uint_eq(find_ext_cap(PCI_EXT_CAP_ID_SECPCI), 0x148);
	ck_assert_uint_eq(find_ext_cap(PCI_EXT_CAP_ID_TPH), 0x178);
}
END_TEST

START_TEST(command_follows_its_mask)
{
	ck_assert(!vfu_pciconf_bus_master(&conf));
	set(PCI_COMMAND, 0xffff, 2);
	ck_assert_uint_eq(get(PCI_COMMAND, 2) & PCI_COMMAND_IO, 0);
	ck_assert_uint_ne(get(PCI_COMMAND, 2) & PCI_COMMAND_MEMORY, 0);
	ck_assert(vfu_pciconf_bus_master(&conf));
	set(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
	ck_assert(!vfu_pciconf_bus_master(&conf));
}
END_TEST

START_TEST(written_ones_clear)
{
	unsigned int sta = find_cap(PCI_CAP_ID_EXP) + PCI_EXP_DEVSTA;

	conf.now[sta] = 0xf;
	set(sta, 0x5, 2);
	ck_assert_uint_eq(get(sta, 2), 0xa);
	set(sta, 0, 2);
	ck_assert_uint_eq(get(sta, 2), 0xa);
}
END_TEST

/* The bit is asked for in any write that covers its byte, and reads as 0. */
START_TEST(function_level_reset)
{
	unsigned int ctl = find_cap(PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

	ck_assert(!set(ctl, 0x2810, 2));
	ck_assert(set(ctl, 0x2810 | PCI_EXP_DEVCTL_BCR_FLR, 2));
	ck_assert(set(ctl, PCI_EXP_DEVCTL_BCR_FLR, 4));
	ck_assert(set(ctl + 1, PCI_EXP_DEVCTL_BCR_FLR >> 8, 1));
	ck_assert(!set(ctl, 0x80, 1));
	ck_assert(!set(ctl + 2, 0x80, 1));
	ck_assert_uint_eq(get(ctl, 2) & PCI_EXP_DEVCTL_BCR_FLR, 0);
	set(PCI_COMMAND, PCI_COMMAND_MASTER, 2);
	vfu_pciconf_reset(&conf);
	ck_assert_uint_eq(get(PCI_COMMAND, 2), 0);
	ck_assert(!vfu_pciconf_bus_master(&conf));
}
END_TEST

START_TEST(port_logic_is_storage)
{
	set(0x70c, 0x12345678, 4);
	ck_assert_uint_eq(get(0x70c, 4), 0x12345678);
	set(0x900, 0x12345678, 4);
	ck_assert_uint_eq(get(0x900, 4), 0);
}
END_TEST

Suite *suite_pciconf(void)
{
	Suite *s = suite_create("pciconf");
	TCase *tc = tcase_create("space");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, identity);
	tcase_add_test(tc, bar_is_sized);
	tcase_add_test(tc, capabilities_are_where_a_driver_saves_them);
	tcase_add_test(tc, command_follows_its_mask);
	tcase_add_test(tc, written_ones_clear);
	tcase_add_test(tc, function_level_reset);
	tcase_add_test(tc, port_logic_is_storage);
	suite_add_tcase(s, tc);
	return s;
}
