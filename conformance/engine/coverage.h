/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the cases try of the ordered checks.
 */
#ifndef HFI1C_COVERAGE_H
#define HFI1C_COVERAGE_H

#include <stdio.h>

#include "rules.h"

/**
 * struct hfi1c_coverage - what the generated cases cover of one list
 * @list:    command or check list
 * @checks, @covered: ordered checks, and those a case violates
 * @pairs:   pairs i < j
 * @same:    pairs with equal errno, which no caller can tell apart
 * @told:    pairs a case violates together
 * @reasons: one line per check or pair without a case
 */
struct hfi1c_coverage {
	const char *list;
	unsigned int checks;
	unsigned int covered;
	unsigned int pairs;
	unsigned int same;
	unsigned int told;
	const char *const *reasons;
	unsigned int reason_count;
};

/* generated/conformance/coverage.c */
extern const struct hfi1c_coverage hfi1c_coverage[];
extern const unsigned int hfi1c_coverage_count;

/** hfi1c_coverage_print() - the table behind --coverage. */
void hfi1c_coverage_print(FILE *out);

#endif
