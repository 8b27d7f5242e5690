// SPDX-License-Identifier: BSD-3-Clause
/*
 * Partition keys.
 */
#include <errno.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/wire.h"
#include "groups.h"

#define TABLE_SIZE 16
#define WAIT_MS	   2000

static long set_key(int fd, uint16_t key)
{
	return hfi1c_ioctl(fd, HFI1_IOCTL_SET_PKEY, &key);
}

static unsigned int read_table(uint16_t *table)
{
	unsigned int n = hfi1c_port_pkeys(table, TABLE_SIZE);

	if (!n)
		hfi1c_skip("sysfs does not show the port's table");
	return n;
}

static bool in_table(const uint16_t *table, unsigned int n, uint16_t key)
{
	while (n--)
		if (table[n] == key)
			return true;
	return false;
}

static bool is_management(uint16_t key)
{
	return key == WFR_LIM_MGMT_PKEY || key == WFR_FULL_MGMT_PKEY;
}

static void table_decides(const struct hfi1c_case *c)
{
	uint16_t table[TABLE_SIZE], key;
	unsigned int n = read_table(table), i;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < n; i++)
		hfi1c_expect_result(set_key(ctxt.fd, table[i]),
				    is_management(table[i]) ? -EINVAL : 0,
				    "SET_PKEY of an entry of the table");
	for (i = 0; i < 200; i++) {
		key = hfi1c_random();
		if (in_table(table, n, key) || is_management(key))
			continue;
		hfi1c_expect_errno(set_key(ctxt.fd, key), ENOENT);
	}
	close(ctxt.fd);
}

/* Full and limited membership are different keys. */
static void membership_counts(const struct hfi1c_case *c)
{
	uint16_t table[TABLE_SIZE];
	unsigned int n = read_table(table), i, tried = 0;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < n; i++) {
		if (in_table(table, n, table[i] ^ 0x8000) ||
		    is_management(table[i]))
			continue;
		hfi1c_expect_errno(set_key(ctxt.fd, table[i] ^ 0x8000), ENOENT);
		tried++;
	}
	if (!tried)
		hfi1c_skip("every key is in the table in both memberships");
	close(ctxt.fd);
}

static void zero_is_an_entry(const struct hfi1c_case *c)
{
	uint16_t table[TABLE_SIZE];
	unsigned int n = read_table(table);
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_result(set_key(ctxt.fd, 0),
			    in_table(table, n, 0) ? 0 : -ENOENT,
			    "SET_PKEY of 0");
	close(ctxt.fd);
}

static void management_is_refused(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	hfi1c_open_context(&ctxt);
	hfi1c_expect_errno(set_key(ctxt.fd, *(const uint16_t *)c->data),
			   EINVAL);
	close(ctxt.fd);
}

/* A key the table has; the case is skipped when there is none. */
static uint16_t good_key(void)
{
	uint16_t table[TABLE_SIZE];
	unsigned int n = read_table(table), i;

	for (i = 0; i < n; i++)
		if (!is_management(table[i]))
			return table[i];
	hfi1c_skip("the table has management keys only");
}

static void repeats(const struct hfi1c_case *c)
{
	uint16_t key = good_key();
	struct hfi1c_context ctxt;
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < 10; i++)
		hfi1c_expect_ok(set_key(ctxt.fd, key));
	close(ctxt.fd);
}

static void two_bytes_are_read(const struct hfi1c_case *c)
{
	uint16_t key = good_key(), *edge = hfi1c_edge(sizeof(key));
	struct hfi1c_context ctxt;

	(void)c;
	*edge = key;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_SET_PKEY, edge));
	close(ctxt.fd);
}

static void packet_before_key_halts(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_halts(&w, WAIT_MS),
		     "a KDETH packet before SET_PKEY does not halt");
	hfi1c_expect(!hfi1c_arrives(&w, &a, 50),
		     "a KDETH packet before SET_PKEY arrives");
	close(ctxt.fd);
}

static void refusal_allows_nothing(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_expect_errno(set_key(ctxt.fd, WFR_FULL_MGMT_PKEY), EINVAL);
	hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_SET_PKEY, NULL),
			   EFAULT);
	p = hfi1c_packet_to(&w, &ctxt);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_halts(&w, WAIT_MS),
		     "a refused SET_PKEY allows KDETH packets");
	close(ctxt.fd);
}

static void wrong_key_halts(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_wire_open(&w, &ctxt, 0);
	hfi1c_expect_ok(set_key(ctxt.fd, good_key()));
	p = hfi1c_packet_to(&w, &ctxt);
	p.pkey = good_key();
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS),
		     "a packet with the context's key does not arrive");
	p.pkey = good_key() ^ 0x10;
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_halts(&w, WAIT_MS),
		     "a packet with another key does not halt");
	close(ctxt.fd);
}

static void any_member_may(const struct hfi1c_case *c)
{
	struct hfi1c_context one, two;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_pair(&one, &two);
	hfi1c_wire_open(&w, &one, 2);
	hfi1c_expect_ok(set_key(two.fd, good_key()));
	p = hfi1c_packet_to(&w, &one);
	p.pkey = good_key();
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS),
		     "another member's SET_PKEY does not count");
	close(one.fd);
	close(two.fd);
}

static const uint16_t limited = WFR_LIM_MGMT_PKEY, full = WFR_FULL_MGMT_PKEY;

/* What one owner was allowed, the next one has to ask for. */
static void next_owner_asks_again(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned int send, i, inherited = 0;

	(void)c;
	for (i = 0; i < 4; i++) {
		hfi1c_open_context(&ctxt);
		hfi1c_wire_open(&w, &ctxt, 0);
		hfi1c_wire_allow(&w);
		send = ctxt.info.send_ctxt;
		hfi1c_wire_close(&w);
		close(ctxt.fd);

		hfi1c_open_context(&ctxt);
		hfi1c_wire_open(&w, &ctxt, 0);
		p = hfi1c_packet_to(&w, &ctxt);
		p.pkey = i % 2 ? 0xffff : p.pkey;
		hfi1c_send(&w, &p);
		hfi1c_expect(hfi1c_halts(&w, WAIT_MS) &&
				     !hfi1c_arrives(&w, &a, 0),
			     "the next owner of a send context sends without "
			     "SET_PKEY");
		inherited += ctxt.info.send_ctxt == send;
		hfi1c_wire_close(&w);
		close(ctxt.fd);
	}
	if (!inherited)
		hfi1c_skip("no send context was given to a next owner");
}

static const struct hfi1c_case cases[] = {
	CASE_NEEDS("pkey.next-owner", "SET_PKEY file.release",
		   next_owner_asks_again,
		   "the next owner of a send context has to call SET_PKEY",
		   HFI1C_EXCLUSIVE),
	CASE("pkey.table", "SET_PKEY.not-in-table", table_decides,
	     "every entry of the port's table is accepted, and nothing else"),
	CASE("pkey.membership", "SET_PKEY.not-in-table", membership_counts,
	     "the membership bit is part of the key"),
	CASE("pkey.zero", "quirk.pkey-zero SET_PKEY", zero_is_an_entry,
	     "0 is accepted as long as the table has an unused entry"),
	CASE_DATA("pkey.management.limited", "SET_PKEY.management-key",
		  management_is_refused, "0x7fff is refused", &limited),
	CASE_DATA("pkey.management.full", "SET_PKEY.management-key",
		  management_is_refused, "0xffff is refused", &full),
	CASE("pkey.repeats", "SET_PKEY", repeats, "repeating is harmless"),
	CASE("pkey.two-bytes", "SET_PKEY.copy-in", two_bytes_are_read,
	     "two bytes are read and no more"),
	CASE("pkey.before", "ASSIGN_CTXT SET_PKEY", packet_before_key_halts,
	     "a KDETH packet before SET_PKEY halts the context"),
	CASE("pkey.refusal", "SET_PKEY.management-key SET_PKEY.copy-in",
	     refusal_allows_nothing, "a refused SET_PKEY allows nothing"),
	CASE("pkey.checked", "SET_PKEY", wrong_key_halts,
	     "packets must carry the key that was set"),
	CASE("pkey.any-member", "SET_PKEY", any_member_may,
	     "any member of a group may set the key for all"),
};

HFI1C_GROUP(pkey, "pkey", "Partition keys and SET_PKEY.", cases);
