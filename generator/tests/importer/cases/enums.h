/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CASE_ENUMS_H
#define CASE_ENUMS_H

/**
 * enum case_step - where the work stands
 * @CASE_STEP_NONE: nothing has begun
 * @CASE_STEP_DONE: it is over
 */
enum case_step {
	CASE_STEP_NONE,
	CASE_STEP_HALF = 0x10,	/* half of it */
	CASE_STEP_DONE,
	CASE_STEP_BAD = -2,
	CASE_STEP_ALIAS = CASE_STEP_HALF,
	CASE_STEP_SHIFT = 1 << 4,
};

enum {
	CASE_ATTR_UNSPEC,
#define CASE_ATTR_UNSPEC CASE_ATTR_UNSPEC
	CASE_ATTR_NAME,
#define CASE_ATTR_NAME CASE_ATTR_NAME
#ifdef CASE_WITH_EXTRA
	CASE_ATTR_EXTRA,
#endif
	__CASE_ATTR_MAX
};
#define CASE_ATTR_MAX (__CASE_ATTR_MAX - 1)

typedef enum { CASE_NO, CASE_YES } case_answer;

#endif
