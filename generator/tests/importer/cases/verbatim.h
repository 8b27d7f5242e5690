/* SPDX-License-Identifier: BSD-3-Clause */
#define CASE_FIELDS int a; int b

static const int case_table[] = { 1, 2, 3 };

struct case_cut {
	int x;
#ifdef CASE_SHORT
};
#else
	int y;
};
#endif

struct case_class {
	int class;
	CASE_FIELDS;
};
