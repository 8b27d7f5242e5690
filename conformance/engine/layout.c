// SPDX-License-Identifier: BSD-3-Clause
/*
 * Layouts and numbers: what the compiler made of the published headers,
 * against what the spec says.
 */
#include <sys/ioctl.h>

#include "form.h"

void hfi1c_run_layout(const struct hfi1c_case *c)
{
	const struct hfi1c_layout *l = c->data;
	unsigned int i;

	for (i = 0; i < l->count; i++)
		hfi1c_expect_u64(l->rows[i].actual, l->rows[i].expected, "%s",
				 l->rows[i].what);
}

void hfi1c_run_layout32(const struct hfi1c_case *c)
{
	const struct hfi1c_layout32 *l = c->data;
	size_t have = hfi1c_layout32_end - hfi1c_layout32_start;
	unsigned int i;

	if (!have)
		hfi1c_not_supported("built without a 32-bit compiler");
	if (l->first + l->count > have)
		hfi1c_broken("the 32-bit table is from another spec");
	for (i = 0; i < l->count; i++)
		hfi1c_expect_u64(hfi1c_layout32_start[l->first + i],
				 l->expected[i], "%s of 32-bit programs",
				 l->what[i]);
}

void hfi1c_run_number(const struct hfi1c_case *c)
{
	const struct hfi1c_number *n = c->data;

	hfi1c_expect_u64(n->published, n->value, "%s", n->name);
	hfi1c_expect_u64(_IOC_DIR(n->published), n->dir, "direction of %s",
			 n->name);
	hfi1c_expect_u64(_IOC_TYPE(n->published), n->type, "type of %s",
			 n->name);
	hfi1c_expect_u64(_IOC_NR(n->published), n->nr, "nr of %s", n->name);
	hfi1c_expect_u64(_IOC_SIZE(n->published), n->size, "size of %s",
			 n->name);
	hfi1c_expect_u64(n->type_size, n->size, "size of %s's argument",
			 n->name);
}

void hfi1c_run_number_hole(const struct hfi1c_case *c)
{
	const struct hfi1c_number *n = c->data;
	unsigned int i;

	for (i = 0; i < hfi1c_rules_count; i++)
		hfi1c_expect(_IOC_NR(hfi1c_rules_all[i]->cmd) != n->nr,
			     "%s has the number of a hole, %#x",
			     hfi1c_rules_all[i]->name, n->nr);
}
