/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules: patterns of case names with a reason, from a file or the command
 * line.  A line of a file reads "PATTERN: REASON"; # starts a comment.
 */
#ifndef HFI1C_RUNNER_RULES_H
#define HFI1C_RUNNER_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct hfi1c_rule {
	char *pattern; /* fnmatch() */
	char *reason;
};

struct hfi1c_rules {
	struct hfi1c_rule *list;
	size_t count;
};

/* hfi1c_rules_add() - one rule; 0 or -ENOMEM. */
int hfi1c_rules_add(struct hfi1c_rules *rules, const char *pattern,
		    const char *reason);

/*
 * hfi1c_rules_read() - the rules of a file.
 *
 * Without @need_reason a pattern may stand alone.  Says what is wrong on
 * stderr, with file and line, and returns a negative errno.
 */
int hfi1c_rules_read(struct hfi1c_rules *rules, const char *path,
		     bool need_reason);

/* hfi1c_rules_find() - the reason of the first rule that matches, or NULL. */
const char *hfi1c_rules_find(const struct hfi1c_rules *rules, const char *name);
void hfi1c_rules_free(struct hfi1c_rules *rules);

#endif
