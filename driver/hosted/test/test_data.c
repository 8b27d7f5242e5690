// SPDX-License-Identifier: BSD-3-Clause
/* Trees, maps, bitmaps, number parsing and parameters of the shim. */
#include <check.h>
#include <stdlib.h>
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/idr.h>
#include <linux/interval_tree.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/string.h>
#include <hosted/hosted.h>
#include "tests.h"

#define NODES 400

struct item {
	struct rb_node rb;
	unsigned int key;
};

static void insert_item(struct rb_root *root, struct item *item)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item->key < rb_entry(parent, struct item, rb)->key ?
			       &parent->rb_left :
			       &parent->rb_right;
	}
	rb_link_node(&item->rb, parent, link);
	rb_insert_color(&item->rb, root);
}

static unsigned int depth(const struct rb_node *n)
{
	return n ? 1 + max(depth(n->rb_left), depth(n->rb_right)) : 0;
}

START_TEST(rbtree_sorts_and_balances)
{
	static struct item items[NODES];
	struct rb_root root = RB_ROOT;
	struct rb_node *n;
	unsigned int i, last = 0, seen = 0;

	for (i = 0; i < NODES; i++) {
		items[i].key = i;
		insert_item(&root, &items[i]);
	}
	ck_assert_uint_lt(depth(root.rb_node), 40);
	for (i = 0; i < NODES; i += 2)
		rb_erase(&items[i].rb, &root);
	for (n = rb_first(&root); n; n = rb_next(n), seen++) {
		ck_assert(!seen || rb_entry(n, struct item, rb)->key > last);
		last = rb_entry(n, struct item, rb)->key;
	}
	ck_assert_uint_eq(seen, NODES / 2);
	for (n = rb_last(&root); n; n = rb_prev(n))
		seen--;
	ck_assert_uint_eq(seen, 0);
}
END_TEST

static unsigned int overlaps(const struct interval_tree_node *nodes,
			     const bool *in, unsigned long start,
			     unsigned long last)
{
	unsigned int i, n = 0;

	for (i = 0; i < NODES; i++)
		n += in[i] && nodes[i].start <= last && nodes[i].last >= start;
	return n;
}

START_TEST(interval_tree_finds_overlaps)
{
	static struct interval_tree_node nodes[NODES], *it;
	struct rb_root_cached root = RB_ROOT_CACHED;
	bool in[NODES] = { false };
	unsigned long start, last;
	unsigned int i, n, round;

	srand(1);
	for (round = 0; round < 3000; round++) {
		i = rand() % NODES;
		if (in[i]) {
			interval_tree_remove(&nodes[i], &root);
		} else {
			nodes[i].start = rand() % 10000;
			nodes[i].last = nodes[i].start + rand() % 200;
			interval_tree_insert(&nodes[i], &root);
		}
		in[i] = !in[i];
		start = rand() % 10000;
		last = start + rand() % 300;
		n = 0;
		for (it = interval_tree_iter_first(&root, start, last); it;
		     it = interval_tree_iter_next(it, start, last))
			n++;
		ck_assert_uint_eq(n, overlaps(nodes, in, start, last));
	}
}
END_TEST

START_TEST(xarray_and_idr)
{
	DEFINE_XARRAY_ALLOC(xa);
	DEFINE_IDR(idr);
	unsigned long index;
	void *entry;
	u32 id;
	int i, n = 0;

	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(xa_alloc(&xa, &id, xa_mk_value(i),
					  XA_LIMIT(10, 14), GFP_KERNEL),
				 0);
		ck_assert_uint_eq(id, 10 + i);
	}
	ck_assert_int_eq(xa_alloc(&xa, &id, &n, XA_LIMIT(10, 14), GFP_KERNEL),
			 -EBUSY);
	ck_assert_ptr_eq(xa_erase(&xa, 12), xa_mk_value(2));
	ck_assert_int_eq(xa_insert(&xa, 11, &n, GFP_KERNEL), -EBUSY);
	ck_assert_int_eq(xa_alloc(&xa, &id, &n, XA_LIMIT(10, 14), GFP_KERNEL),
			 0);
	ck_assert_uint_eq(id, 12);
	xa_for_each(&xa, index, entry)
		n++;
	ck_assert_int_eq(n, 5);
	xa_destroy(&xa);
	ck_assert(xa_empty(&xa));
	ck_assert_int_eq(idr_alloc(&idr, &n, 3, 4, GFP_KERNEL), 3);
	ck_assert_int_eq(idr_alloc(&idr, &n, 3, 4, GFP_KERNEL), -ENOSPC);
	ck_assert_ptr_eq(idr_remove(&idr, 3), &n);
	idr_destroy(&idr);
}
END_TEST

START_TEST(xarray_without_memory)
{
	DEFINE_XARRAY(xa);
	int dummy;

	hosted_fail_alloc(current, 1);
	ck_assert_int_eq(xa_err(xa_store(&xa, 1, &dummy, GFP_KERNEL)), -ENOMEM);
	ck_assert_int_eq(xa_err(xa_store(&xa, 1, &dummy, GFP_KERNEL)), 0);
	xa_destroy(&xa);
}
END_TEST

START_TEST(bits)
{
	DECLARE_BITMAP(map, 200) = { 0 };
	unsigned long bit, sum = 0;

	ck_assert(!test_and_set_bit(65, map));
	ck_assert(test_and_set_bit(65, map));
	bitmap_set(map, 0, 3);
	for_each_set_bit(bit, map, 200)
		sum += bit;
	ck_assert_uint_eq(sum, 0 + 1 + 2 + 65);
	ck_assert_uint_eq(find_first_zero_bit(map, 200), 3);
	ck_assert_uint_eq(find_next_bit(map, 200, 66), 200);
	ck_assert_uint_eq(find_last_bit(map, 200), 65);
	ck_assert_uint_eq(bitmap_find_next_zero_area(map, 200, 0, 64, 7), 72);
	ck_assert_uint_eq(bitmap_weight(map, 200), 4);
	ck_assert_uint_eq(FIELD_GET(GENMASK_ULL(15, 8), 0xab12ULL), 0xab);
	ck_assert_uint_eq(FIELD_PREP(GENMASK_ULL(15, 8), 0x1ffULL), 0xff00);
	ck_assert_uint_eq(roundup_pow_of_two(4097UL), 8192);
	ck_assert_int_eq(ilog2(4096), 12);
}
END_TEST

START_TEST(numbers)
{
	char buf[4];
	u64 v;
	int i;

	ck_assert_int_eq(kstrtou64("0x10\n", 0, &v), 0);
	ck_assert_uint_eq(v, 16);
	ck_assert_int_eq(kstrtou64("16 ", 0, &v), -EINVAL);
	ck_assert_int_eq(kstrtou64("-1", 0, &v), -EINVAL);
	ck_assert_int_eq(kstrtou64("", 0, &v), -EINVAL);
	ck_assert_int_eq(kstrtou64("0x1ffffffffffffffff", 0, &v), -ERANGE);
	ck_assert_int_eq(kstrtoint("-2147483648", 0, &i), 0);
	ck_assert_int_eq(kstrtoint("2147483648", 0, &i), -ERANGE);
	ck_assert_int_eq(strscpy(buf, "abcdef", sizeof(buf)), -E2BIG);
	ck_assert_str_eq(buf, "abc");
	ck_assert_int_eq(scnprintf(buf, sizeof(buf), "12345"), 3);
}
END_TEST

static unsigned short test_short = 5;
module_param(test_short, ushort, 0644);
MODULE_PARM_DESC(test_short, "a short number");

START_TEST(parameters)
{
	char value[32];

	ck_assert_int_eq(hosted_param_set("test_short", "0x7fff"), 0);
	ck_assert_uint_eq(test_short, 0x7fff);
	ck_assert_int_eq(hosted_param_set("test_short", "65536"), -ERANGE);
	ck_assert_int_eq(hosted_param_set("test_short", "-1"), -ERANGE);
	ck_assert_int_eq(hosted_param_set("no_such", "1"), -ENOENT);
	ck_assert_int_gt(hosted_param_get("test_short", value, 32), 0);
	ck_assert_str_eq(value, "32767");
}
END_TEST

START_TEST(warnings_are_counted)
{
	hosted_log_to(NULL, HOSTED_EMERG);
	ck_assert(WARN_ON(1));
	ck_assert(!WARN_ON(0));
	ck_assert_uint_eq(hosted_warn_count(), 1);
}
END_TEST

Suite *data_suite(void)
{
	Suite *s = suite_create("data");
	TCase *tc = tcase_create("data");

	tcase_add_test(tc, rbtree_sorts_and_balances);
	tcase_add_test(tc, interval_tree_finds_overlaps);
	tcase_add_test(tc, xarray_and_idr);
	tcase_add_test(tc, xarray_without_memory);
	tcase_add_test(tc, bits);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, parameters);
	tcase_add_test(tc, warnings_are_counted);
	suite_add_tcase(s, tc);
	return s;
}
