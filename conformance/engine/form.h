/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cases about the form of the interface: layouts, numbers, and how a command's
 * number is decoded.
 */
#ifndef HFI1C_FORM_H
#define HFI1C_FORM_H

#include "rules.h"

/* --- layout and numbers ---------------------------------------------------- */

/**
 * struct hfi1c_layout - what the spec says and what the compiler made of it
 * @name:     type, member or constant
 * @expected: by the spec
 * @actual:   by the compiler, for this data model
 * @index:    of the row in the 32-bit model's table
 */
struct hfi1c_layout_row {
	const char *what;
	uint64_t expected;
	uint64_t actual;
};

struct hfi1c_layout {
	const struct hfi1c_layout_row *rows;
	unsigned int count;
};

/** struct hfi1c_layout32 - numbers of rows in the 32-bit model's table */
struct hfi1c_layout32 {
	const char *const *what;
	const uint32_t *expected;
	unsigned int first;
	unsigned int count;
};

/* The table the 32-bit compiler made; empty where there was none. */
extern const uint32_t hfi1c_layout32_start[], hfi1c_layout32_end[];

struct hfi1c_number {
	const char *name;
	uint32_t value;
	uint32_t published;
	unsigned char dir;
	unsigned char type;
	unsigned char nr;
	unsigned short size;
	unsigned short type_size;
};

void hfi1c_run_layout(const struct hfi1c_case *c);
void hfi1c_run_layout32(const struct hfi1c_case *c);
void hfi1c_run_number(const struct hfi1c_case *c);
void hfi1c_run_number_hole(const struct hfi1c_case *c);

/* --- encoding -------------------------------------------------------------- */

/**
 * struct hfi1c_encoding - numbers that are no commands
 * @scenario: where to try them
 * @first:    lowest number to try, all of these fields
 * @nr_first, @nr_last: range of nr, inclusive
 * @request:  the number when @nr_last is 0
 * @answer:   the rule that answers
 */
struct hfi1c_encoding {
	const struct hfi1c_scenario *scenario;
	const struct hfi1c_check *answer;
	uint32_t request;
	unsigned short nr_first;
	unsigned short nr_last;
	unsigned char type;
};

void hfi1c_run_encoding(const struct hfi1c_case *c);
void hfi1c_run_encoding_range(const struct hfi1c_case *c);
void hfi1c_run_encoding_upper(const struct hfi1c_case *c);

#endif
